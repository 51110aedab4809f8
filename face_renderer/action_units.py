"""Action units of the Facial Action Coding System, and what each moves and folds.

Source: P. Ekman, W. V. Friesen, J. C. Hager, Facial Action Coding System, 2002 (numbers and
names); the shapes are ARKit-style face units of the head, weighted to look like the unit.
"""

from __future__ import annotations

from dataclasses import dataclass

SIDES = ("L", "R")
_WORD = {"L": "Left", "R": "Right"}


@dataclass(frozen=True)
class ActionUnit:
    """One action unit.

    ``shapes`` and ``wrinkles`` are ``((name, weight), ...)``. A name with ``{side}`` is moved by
    its own side's intensity, any other by the mean of both sides.
    """

    number: int
    name: str
    shapes: tuple
    wrinkles: tuple = ()


def _unit(name: str) -> str:
    return "faceunits/" + name


ACTION_UNITS = (
    ActionUnit(
        1, "inner brow raiser", ((_unit("browInnerUp"), 1.25),), (("forehead_middle", 0.6),)
    ),
    ActionUnit(
        2,
        "outer brow raiser",
        ((_unit("browOuterUp{side}"), 1.15),),
        (("forehead_outer_{side}", 0.55),),
    ),
    ActionUnit(
        4,
        "brow lowerer",
        ((_unit("browDown{side}"), 0.95), ("own/browKnit{side}", 0.75)),
        (("glabella_{side}", 0.9),),
    ),
    ActionUnit(5, "upper lid raiser", ((_unit("eyeWide{side}"), 1.7),)),
    ActionUnit(
        6,
        "cheek raiser",
        ((_unit("cheekSquint{side}"), 1.0), (_unit("eyeSquint{side}"), 0.1)),
        (("crow_{side}", 0.9), ("infraorbital_{side}", 0.7)),
    ),
    ActionUnit(
        7,
        "lid tightener",
        ((_unit("eyeSquint{side}"), 0.85), (_unit("eyeBlink{side}"), 0.08)),
        (("infraorbital_{side}", 0.35),),
    ),
    ActionUnit(
        9,
        "nose wrinkler",
        ((_unit("noseSneer{side}"), 1.1),),
        (("nose_{side}", 0.9), ("nasolabial_{side}", 0.4)),
    ),
    ActionUnit(
        10,
        "upper lip raiser",
        ((_unit("mouthUpperUp{side}"), 1.0),),
        (("nasolabial_{side}", 0.7),),
    ),
    ActionUnit(
        12,
        "lip corner puller",
        ((_unit("mouthSmile{side}"), 1.0),),
        (("nasolabial_{side}", 0.8),),
    ),
    ActionUnit(14, "dimpler", ((_unit("mouthDimple{side}"), 1.1),), (("marionette_{side}", 0.3),)),
    ActionUnit(
        15,
        "lip corner depressor",
        ((_unit("mouthFrown{side}"), 1.05),),
        (("marionette_{side}", 0.8),),
    ),
    ActionUnit(16, "lower lip depressor", ((_unit("mouthLowerDown{side}"), 1.0),)),
    ActionUnit(17, "chin raiser", ((_unit("mouthShrugLower"), 1.0),), (("chin", 0.9),)),
    ActionUnit(
        20,
        "lip stretcher",
        ((_unit("mouthStretch{side}"), 1.2),),
        (("marionette_{side}", 0.35),),
    ),
    ActionUnit(
        23,
        "lip tightener",
        ((_unit("mouthPress{side}"), 0.6), (_unit("mouthFrown{side}"), 0.25)),
        (("lip_lines", 0.2),),
    ),
    ActionUnit(
        24,
        "lip pressor",
        ((_unit("mouthRollUpper"), 0.65), (_unit("mouthRollLower"), 0.65)),
        (("lip_lines", 0.2),),
    ),
    ActionUnit(
        25,
        "lips part",
        ((_unit("mouthLowerDown{side}"), 0.70), (_unit("mouthUpperUp{side}"), 0.45)),
    ),
    ActionUnit(26, "jaw drop", ((_unit("jawOpen"), 0.85),)),
    ActionUnit(31, "jaw clencher", (("own/jawClench{side}", 1.0), (_unit("jawForward"), 0.3))),
    ActionUnit(43, "eyes closed", ((_unit("eyeBlink{side}"), 0.62),)),
)

NUMBERS = tuple(unit.number for unit in ACTION_UNITS)
MAX_INTENSITY = 1.3


def column(number: int, side: str) -> str:
    """Return the manifest's column of an action unit's side, such as ``AU06_L``."""
    return f"AU{number:02d}_{side}"


COLUMNS = tuple(column(number, side) for number in NUMBERS for side in SIDES)


def intensities(row: dict) -> dict:
    """Return ``{number: (left, right)}`` of a manifest row; ValueError if out of [0, 1.3]."""
    out = {}
    for number in NUMBERS:
        pair = tuple(float(row[column(number, side)]) for side in SIDES)
        if not all(0.0 <= value <= MAX_INTENSITY for value in pair):
            raise ValueError(f"AU{number:02d} is {pair}, outside [0, {MAX_INTENSITY}]")
        out[number] = pair
    return out


def neutral(row: dict) -> dict:
    """Return a copy of a manifest row with every action unit at zero."""
    return {**row, **dict.fromkeys(COLUMNS, 0.0)}


def with_units(row: dict, units: dict[int, float | tuple[float, float]]) -> dict:
    """Return a copy of a manifest row with these action units and no other.

    Parameters
    ----------
    row : dict
        A manifest row, as `face_renderer.plan` makes it.
    units : dict of int -> float or (float, float)
        Number of the action unit -> intensity, 0 to `MAX_INTENSITY`: of both sides, or of the
        person's left and right.

    Raises
    ------
    ValueError
        If there is no such action unit, or an intensity is out of its range.

    Examples
    --------
    >>> from face_renderer import RENDERED46, plan
    >>> smile = with_units(plan(RENDERED46)[0], {6: 0.8, 12: (1.0, 0.9)})
    >>> {name: smile[name] for name in COLUMNS if smile[name]}
    {'AU06_L': 0.8, 'AU06_R': 0.8, 'AU12_L': 1.0, 'AU12_R': 0.9}
    """
    columns = {}
    for number, intensity in units.items():
        if number not in NUMBERS:
            raise ValueError(f"no action unit {number}: choose of {', '.join(map(str, NUMBERS))}")
        pair = intensity if isinstance(intensity, tuple) else (intensity, intensity)
        if len(pair) != len(SIDES):
            raise ValueError(f"AU{number:02d} is {pair}: give one intensity, or left and right")
        columns |= {column(number, side): float(x) for side, x in zip(SIDES, pair, strict=True)}
    changed = {**neutral(row), **columns}
    intensities(changed)
    return changed


def _spread(pairs: tuple, left: float, right: float, total: dict, words: dict) -> None:
    for name, weight in pairs:
        if "{side}" in name:
            for side, value in (("L", left), ("R", right)):
                key = name.format(side=words[side])
                total[key] = total.get(key, 0.0) + weight * value
        else:
            total[name] = total.get(name, 0.0) + weight * 0.5 * (left + right)


def blend_weights(units: dict) -> tuple[dict, dict]:
    """Return blend-shape weights and wrinkle weights for ``{number: (left, right)}``.

    Units that pull against each other are settled here: with AU1 the inner brow rises although
    AU4 lowers it (FACS, combination 1+4), and a pressed mouth (AU24) does not part (AU25, AU16).
    """
    shapes: dict = {}
    wrinkles: dict = {}
    for unit in ACTION_UNITS:
        left, right = units[unit.number]
        _spread(unit.shapes, left, right, shapes, _WORD)
        _spread(unit.wrinkles, left, right, wrinkles, {"L": "L", "R": "R"})
    raised = min(1.0, 0.5 * (units[1][0] + units[1][1]))
    for word in _WORD.values():
        shapes[_unit(f"browDown{word}")] *= 1.0 - 0.8 * raised
        # Lids cannot close beyond shut, nor can widening and closing add up.
        squeezed = shapes[_unit(f"eyeSquint{word}")]
        shapes[_unit(f"eyeSquint{word}")] = min(1.0, squeezed)
        shut = shapes[_unit(f"eyeBlink{word}")]
        shapes[_unit(f"eyeBlink{word}")] = min(0.75, shut) * (1.0 - 0.35 * min(1.0, squeezed))
        shapes[_unit(f"eyeWide{word}")] *= 1.0 - min(0.6, shut)
    pressed = min(1.0, 0.5 * (units[24][0] + units[24][1]))
    jaw = min(1.0, 0.5 * (units[26][0] + units[26][1]) * 1.5)
    for name in ("mouthRollUpper", "mouthRollLower"):
        shapes[_unit(name)] *= 1.0 - 0.8 * jaw
    for word in _WORD.values():
        shapes[_unit(f"mouthLowerDown{word}")] *= 1.0 - 0.7 * pressed
        shapes[_unit(f"mouthUpperUp{word}")] *= 1.0 - 0.3 * pressed
    return shapes, {name: min(1.2, value) for name, value in wrinkles.items()}
