"""Which action units make an emotion, and what tells its genuine form from its fake one.

Source: Table 2 of the dual-task paper
(doi:10.28991/ESJ-2026-010-02-018), whose indicators are quoted in each cue, and
for the emotions' cores the prototypes of the FACS Investigator's Guide. An emotion is a core,
common to both classes, and four or five cues. Each cue of each image is drawn on its own, and
with probability ``FLIP`` it is the other class's: so every cue is met in both classes, none
decides, and together they do.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from face_renderer import action_units
from face_renderer.exact_math import Draw

# The classes, in the order of every table of the renderer.
EMOTIONS = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
AUTHENTICITY = ("fake", "genuine")

FLIP = 0.185  # at difficulty 1
SPREAD = 0.10  # sd of each unit's intensity at difficulty 1
UNRELATED = 0.16  # probability that a unit occurs for no reason, at difficulty 1


@dataclass(frozen=True)
class Look:
    """What a cue does to the face.

    ``indicator`` is Table 2's wording; ``units`` adds to intensities, ``{number: change}``;
    ``lopsided`` takes this share off one side of a unit, ``{number: share}``.
    """

    indicator: str
    units: dict = field(default_factory=dict)
    lopsided: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Cue:
    """One thing to look at, in its genuine and its fake form."""

    name: str
    genuine: Look
    fake: Look


@dataclass(frozen=True)
class Recipe:
    """An emotion: action units that both classes share, and the cues between them."""

    core: dict
    cues: tuple


RECIPES = {
    "angry": Recipe(
        {4: 0.72, 9: 0.08},
        (
            Cue(
                "lips",
                Look("tight lips", {23: 0.85, 24: 0.65}),
                Look("missing lip tension", {25: 0.45}),
            ),
            Cue(
                "jaw",
                Look("clenched jaw", {31: 0.9, 17: 0.35}),
                Look("missing jaw tension", {26: 0.22}),
            ),
            Cue(
                "brows",
                Look("eyebrow tension", {4: 0.08}),
                Look("exaggerated brows", {4: 0.28, 2: 0.65}, {2: 0.5}),
            ),
            Cue(
                "eyes",
                Look("eye involvement: lids tense", {7: 0.8}),
                Look("eyes not involved", {5: 0.55}),
            ),
            Cue(
                "nose",
                Look("face tense as a whole: nostrils flared", {9: 0.45}),
                Look("lip curled instead", {10: 0.45}),
            ),
        ),
    ),
    "disgust": Recipe(
        {10: 0.52, 9: 0.35, 4: 0.22},
        (
            Cue(
                "nose",
                Look("curled nostrils", {9: 0.75}),
                Look("mouth curl only", {15: 0.5}),
            ),
            Cue(
                "lids",
                Look("squeezed eye lids", {7: 0.7, 6: 0.45}),
                Look("eyes not squeezed", {5: 0.4}),
            ),
            Cue(
                "lip",
                Look("uplifted lip", {10: 0.25}),
                Look("exaggerated curl", {10: 0.4}, {10: 0.7}),
            ),
            Cue(
                "brows",
                Look("wrinkles between the brows", {4: 0.45}),
                Look("missing wrinkles", {2: 0.5, 1: 0.2}),
            ),
            Cue("chin", Look("mouth follows", {17: 0.55}), Look("mouth slack", {25: 0.45})),
        ),
    ),
    "fear": Recipe(
        {1: 0.5, 2: 0.3, 5: 0.5, 25: 0.4},
        (
            Cue(
                "brows",
                Look("raised eyebrows, drawn together", {1: 0.45, 4: 0.65}),
                Look("incorrect brows", {1: -0.2, 2: 0.55}, {2: 0.45}),
            ),
            Cue(
                "lids",
                Look("eyelids tense", {5: 0.45, 7: 0.3}),
                Look("eyelids slack", {5: -0.22, 43: 0.1}),
            ),
            Cue(
                "mouth",
                Look("lips stretched back", {20: 0.9, 16: 0.2}),
                Look("mismatched mouth", {12: 0.38, 10: 0.2}),
            ),
            Cue(
                "opening",
                Look("brief open mouth", {26: 0.1}),
                Look("prolonged, wide open mouth", {26: 0.5}),
            ),
            Cue(
                "chin",
                Look("mouth follows: lips apart", {25: 0.4}),
                Look("mismatched chin, pushed up", {17: 0.5}),
            ),
        ),
    ),
    "happy": Recipe(
        {12: 0.78},
        (
            Cue("eyes", Look("eye wrinkles", {6: 0.85}), Look("mouth-only lift", {6: 0.08})),
            Cue(
                "symmetry",
                Look("symmetrical smile", {12: 0.0}, {12: 0.06}),
                Look("asymmetrical smile", {12: 0.12}, {12: 0.6}),
            ),
            Cue(
                "mouth",
                Look("natural cheek lift, teeth shown", {25: 0.75, 10: 0.2}),
                Look("smile pressed on", {14: 0.6, 24: 0.35}),
            ),
            Cue(
                "lids",
                Look("lids follow the cheeks", {7: 0.5}),
                Look("abrupt: eyes wide", {5: 0.5, 2: 0.25}),
            ),
            Cue(
                "direction",
                Look("corners rise with the cheeks", {12: 0.1}),
                Look("abrupt: pulled sideways", {12: -0.06, 20: 0.5}),
            ),
        ),
    ),
    "neutral": Recipe(
        {},
        (
            Cue(
                "lids",
                Look("slight eye narrowing", {7: 0.5, 43: 0.06}),
                Look("eyes held open", {5: 0.5}),
            ),
            Cue(
                "symmetry",
                Look("subtle asymmetry", {14: 0.55}, {14: 0.85}),
                Look("forced symmetry", {23: 0.55}),
            ),
            Cue(
                "lips",
                Look("lips at rest", {25: 0.12}),
                Look("lips pressed", {24: 0.7, 17: 0.25}),
            ),
            Cue(
                "corners",
                Look("corners at rest", {15: 0.15}, {15: 0.6}),
                Look("lips raised unnaturally long", {12: 0.30, 10: 0.15}),
            ),
            Cue(
                "brows",
                Look("brows at rest, a little low", {4: 0.28}),
                Look("brows held up", {2: 0.42, 1: 0.2}),
            ),
        ),
    ),
    "sad": Recipe(
        {15: 0.62, 17: 0.25, 1: 0.12},
        (
            Cue(
                "brows",
                Look("raised inner brows", {1: 0.85, 4: 0.45}),
                Look("brows not raised", {4: 0.25, 2: 0.12}),
            ),
            Cue("lids", Look("drooping eyelids", {43: 0.42}), Look("no drooping", {5: 0.45})),
            Cue(
                "match",
                Look("eyes and mouth match", {15: 0.2, 7: 0.2}, {15: 0.06}),
                Look("mismatched eyes and mouth", {15: 0.2}, {15: 0.65}),
            ),
            Cue(
                "onset",
                Look("slow onset", {20: 0.15, 25: 0.15}),
                Look("sudden onset: lips pushed up", {17: 0.7, 24: 0.45}),
            ),
            Cue(
                "cheeks",
                Look("eye involvement: cheeks drawn up", {6: 0.5}),
                Look("only the lip moves", {10: 0.42}),
            ),
        ),
    ),
    "surprise": Recipe(
        {1: 0.4, 2: 0.62, 5: 0.2, 26: 0.36, 25: 0.2},
        (
            Cue(
                "brows",
                Look("high brows", {1: 0.5, 2: 0.12}),
                Look("brows barely raised", {1: -0.2, 2: 0.0}),
            ),
            Cue(
                "synchrony",
                Look("brows rise together", {}, {2: 0.05}),
                Look("unsynced brows", {2: 0.22}, {2: 0.75}),
            ),
            Cue(
                "jaw",
                Look("brief jaw drop", {26: 0.06}),
                Look("excessive jaw drop", {26: 0.58}),
            ),
            Cue(
                "lids",
                Look("eye involvement: lids raised", {5: 0.7}),
                Look("eyes not involved", {7: 0.4}),
            ),
            Cue(
                "mouth",
                Look("mouth slack", {25: 0.3}),
                Look("mouth tense", {20: 0.55}),
            ),
        ),
    ),
}


# Square roots of primes: their multiples, modulo 1, fill the unit cube evenly.
_STEPS = (
    1.4142135623730951,
    1.7320508075688772,
    2.23606797749979,
    2.6457513110645907,
    3.3166247903554,
)


def _flipped(emotion: str, authenticity: str, cue: int, lot: int, share: float) -> str:
    """Return the class whose form a cue takes in the image that has this lot in its cell.

    Lots are dealt evenly, so that ``share`` of a cell has the cue flipped, be the cell ever so
    small, and the flips of different cues are independent.
    """
    other = AUTHENTICITY[1 - AUTHENTICITY.index(authenticity)]
    start = Draw("flip", emotion, authenticity, cue).uniform()
    return other if (start + (lot + 1) * _STEPS[cue]) % 1.0 < share else authenticity


def _unrelated(draw: Draw, difficulty: float) -> dict:
    """Return low-level action units that have nothing to do with the emotion."""
    out = {}
    for number in action_units.NUMBERS:
        occurs = draw.uniform() < UNRELATED * difficulty
        strength = draw.uniform(0.05, 0.30)
        balance = draw.uniform(-1.0, 1.0)
        if occurs:
            left, right = strength * min(1.0, 1.0 + balance), strength * min(1.0, 1.0 - balance)
            out[number] = (left, right)
    return out


def draw_units(
    emotion: str,
    authenticity: str,
    difficulty: float,
    seed: int,
    lot: int,
    strength: float | None = None,
) -> dict:
    """Return ``{column: intensity}`` for every action unit and side, in [0, 1.3].

    Parameters
    ----------
    emotion, authenticity : str
        Of ``EMOTIONS`` and ``AUTHENTICITY``.
    difficulty : float
        0 keeps every cue in its own class and every intensity at its mean; 1 is the default.
    seed : int
        The image's; both classes of one seed share all that does not tell them apart.
    lot : int
        The image's number in its cell, which decides the cues that are flipped.
    strength : float, optional
        Strength of the whole expression; drawn about 1 if not given.

    Raises
    ------
    ValueError
        If the emotion or the class is unknown, or difficulty is negative.
    """
    if emotion not in RECIPES:
        raise ValueError(f"unknown emotion {emotion!r}: one of {', '.join(EMOTIONS)}")
    if authenticity not in AUTHENTICITY:
        raise ValueError(f"unknown authenticity {authenticity!r}: one of {AUTHENTICITY}")
    if difficulty < 0:
        raise ValueError(f"difficulty is {difficulty}, must be 0 or more")
    recipe = RECIPES[emotion]
    draw = Draw(seed, "units", emotion, authenticity)
    means = dict(recipe.core)
    lopsided: dict = {}
    share = min(0.5, FLIP * difficulty)
    for k, cue in enumerate(recipe.cues):
        look = getattr(cue, _flipped(emotion, authenticity, k, lot, share))
        marked = max(0.25, draw.normal(1.0, 0.20 * difficulty))
        for number, change in look.units.items():
            means[number] = means.get(number, 0.0) + marked * change
        for number, part in look.lopsided.items():
            lopsided[number] = min(0.95, part * marked)
    whole = strength if strength is not None else max(0.6, draw.normal(1.0, 0.10 * difficulty))
    unrelated = _unrelated(Draw(seed, "unrelated"), difficulty)
    out = {}
    for number in action_units.NUMBERS:
        level = means.get(number, 0.0) * whole
        if number in means:
            level += draw.normal(0.0, SPREAD * difficulty)
        uneven = lopsided.get(number, 0.0) + abs(draw.normal(0.0, 0.07 * difficulty))
        weak = draw.choice(action_units.SIDES)
        for k, side in enumerate(action_units.SIDES):
            value = level * (1.0 - uneven if side == weak else 1.0)
            value += unrelated.get(number, (0.0, 0.0))[k]
            value = min(action_units.MAX_INTENSITY, max(0.0, value))
            out[action_units.column(number, side)] = round(value, 4)
    return out
