"""Who is on the picture: factors of a subject, each drawn on its own, and the head they make."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from face_renderer import head
from face_renderer.exact_math import Draw, linear

ANCESTRY_SHAPES = ("african", "asian", "caucasian")  # the source's names for its three head shapes
HAIR_STYLES = {
    "shaved": 0.05,
    "crop": 0.20,
    "side_part": 0.18,
    "swept_back": 0.12,
    "curly": 0.12,
    "afro": 0.06,
    "bob": 0.12,
    "long": 0.10,
    "tied_back": 0.05,
}
HAIR_COLOURS = {  # display values
    "black": ((0.075, 0.065, 0.065), 0.28),
    "dark_brown": ((0.16, 0.105, 0.075), 0.28),
    "brown": ((0.30, 0.19, 0.115), 0.17),
    "auburn": ((0.33, 0.17, 0.105), 0.06),
    "blond": ((0.57, 0.45, 0.295), 0.11),
    "grey": ((0.52, 0.51, 0.50), 0.10),
}
IRIS_COLOURS = {
    "dark_brown": ((0.26, 0.155, 0.085), 0.42),
    "hazel": ((0.40, 0.28, 0.14), 0.2),
    "green": ((0.36, 0.42, 0.27), 0.13),
    "blue": ((0.34, 0.48, 0.60), 0.17),
    "grey": ((0.48, 0.52, 0.54), 0.08),
}
GARMENTS = {"crew_neck": 0.45, "v_neck": 0.25, "collar": 0.3}
GARMENT_COLOURS = (
    (0.16, 0.19, 0.27),
    (0.25, 0.27, 0.30),
    (0.62, 0.62, 0.60),
    (0.80, 0.79, 0.76),
    (0.42, 0.16, 0.17),
    (0.19, 0.32, 0.28),
    (0.30, 0.42, 0.55),
    (0.56, 0.47, 0.36),
    (0.36, 0.24, 0.36),
    (0.11, 0.11, 0.12),
    (0.66, 0.44, 0.32),
    (0.50, 0.55, 0.42),
)
BEARDS = {"none": 0.52, "stubble": 0.22, "short": 0.16, "full": 0.10}

# Individual typology angle (degrees) from very light to dark, and the display colour there.
TONE_ANGLE = (60.0, 42.0, 28.0, 12.0, -5.0, -25.0, -50.0)
TONE_COLOUR = (
    (0.900, 0.735, 0.640),
    (0.862, 0.685, 0.575),
    (0.805, 0.615, 0.495),
    (0.722, 0.528, 0.412),
    (0.605, 0.425, 0.322),
    (0.465, 0.318, 0.238),
    (0.310, 0.207, 0.156),
)

SUBJECT_COLUMNS = (
    "identity_seed",
    "sex",
    "age",
    "head_shape",
    "tone",
    "tone_angle",
    "undertone",
    "hair_style",
    "hair_colour",
    "hair_length",
    "hairline",
    "brow_thickness",
    "beard",
    "lip_colour",
    "freckles",
    "iris",
    "garment",
    "garment_r",
    "garment_g",
    "garment_b",
)


def tone_label(angle: float) -> str:
    """Return light (angle above 28), medium or dark (below -5)."""
    return "light" if angle > 28 else ("medium" if angle > -5 else "dark")


def tone_colour(angle: float, undertone: float = 0.0) -> np.ndarray:
    """Return the skin's display colour (3,) at a typology angle of 60 (light) to -50 (dark)."""
    k = 0
    while k < len(TONE_ANGLE) - 2 and angle < TONE_ANGLE[k + 1]:
        k += 1
    t = (TONE_ANGLE[k] - angle) / (TONE_ANGLE[k] - TONE_ANGLE[k + 1])
    t = min(1.0, max(0.0, t))
    low, high = np.array(TONE_COLOUR[k]), np.array(TONE_COLOUR[k + 1])
    colour = low * (1 - t) + high * t
    return colour * (1.0 + undertone * np.array([0.02, 0.0, -0.05]))


def draw_factors(seed: int, index: int, sex: str) -> dict:
    """Return a subject's factors; each has a random stream of its own, so none tells another.

    Parameters
    ----------
    seed : int
        The set's.
    index : int
        The subject's number in the set.
    sex : str
        "male" or "female": the set fixes how many of each. It decides the head's shape and
        whether a beard may grow or lips be coloured, nothing else.
    """

    def draw(name):
        return Draw(seed, "subject", index, name)

    garment = draw("garment")
    colour = garment.choice(GARMENT_COLOURS)
    shade = garment.uniform(0.8, 1.15)
    age = draw("age").uniform()
    angle = draw("tone").uniform(-50.0, 60.0)
    beard = draw("beard").choice(tuple(BEARDS), tuple(BEARDS.values()))
    return {
        "identity_seed": draw("identity").integer(2**31),
        "sex": sex,
        "age": round(20 + 52 * age, 1),
        "head_shape": draw("shape").choice(ANCESTRY_SHAPES),
        "tone": tone_label(angle),
        "tone_angle": round(angle, 2),
        "undertone": round(draw("undertone").uniform(-1.0, 1.0), 3),
        "hair_style": draw("style").choice(tuple(HAIR_STYLES), tuple(HAIR_STYLES.values())),
        "hair_colour": draw("hair").choice(
            tuple(HAIR_COLOURS), [weight for _, weight in HAIR_COLOURS.values()]
        ),
        "hair_length": round(draw("length").uniform(0.75, 1.3), 3),
        "hairline": round(draw("hairline").uniform(-1.0, 1.0), 3),
        "brow_thickness": round(draw("brows").uniform(0.8, 1.25), 3),
        "beard": beard if sex == "male" else "none",
        "lip_colour": round(draw("lips").uniform(), 3) if sex == "female" else 0.0,
        "freckles": round(max(0.0, draw("freckles").uniform(-2.0, 1.0)), 3),
        "iris": draw("iris").choice(
            tuple(IRIS_COLOURS), [weight for _, weight in IRIS_COLOURS.values()]
        ),
        "garment": garment.choice(tuple(GARMENTS), tuple(GARMENTS.values())),
        "garment_r": round(min(0.85, colour[0] * shade), 4),
        "garment_g": round(min(0.85, colour[1] * shade), 4),
        "garment_b": round(min(0.85, colour[2] * shade), 4),
    }


def hair_colour(row: dict) -> np.ndarray:
    """Return the hair's linear colour (3,)."""
    return linear(HAIR_COLOURS[row["hair_colour"]][0])


def iris_colour(row: dict) -> np.ndarray:
    """Return the iris's linear colour (3,)."""
    return linear(IRIS_COLOURS[row["iris"]][0])


def age_share(row: dict) -> float:
    """Return 0 at 20 years to 1 at 72."""
    return (float(row["age"]) - 20.0) / 52.0


_OPPOSITES = (
    ("-decr", "-incr"),
    ("-down", "-up"),
    ("-in", "-out"),
    ("-backward", "-forward"),
    ("-concave", "-convex"),
    ("-compress", "-uncompress"),
)


@lru_cache(maxsize=1)
def _opposed_shapes() -> tuple:
    """Return ``((key, shapes one way, shapes the other way), ...)``; eyes, ears in pairs."""
    found: dict = {}
    for name in head.load().shapes:
        group, _, rest = name.partition("/")
        if group in ("faceunits", "macrodetails", "asym", "own"):
            continue
        for way, ending in ((w, e) for pair in _OPPOSITES for w, e in enumerate(pair)):
            if rest.endswith(ending):
                stem = rest[: -len(ending)].removeprefix("l-").removeprefix("r-")
                found.setdefault(f"{group}/{stem}", ([], []))[way].append(name)
    return tuple((key, *found[key]) for key in sorted(found))


_OUTLINES = ("oval", "round", "rectangular", "square", "triangular", "invertedtriangular")


def shape_weights(row: dict) -> dict:
    """Return the blend-shape weights of a subject's head."""
    draw = Draw(row["identity_seed"], "head")
    shapes = head.load().shapes
    age = age_share(row)
    rest = [draw.uniform(), draw.uniform(), draw.uniform()]
    total = sum(rest)
    origin = {name: 0.3 * r / total for name, r in zip(ANCESTRY_SHAPES, rest, strict=True)}
    origin[row["head_shape"]] += 0.7
    mean = 0.86 if row["sex"] == "male" else 0.14
    male = min(1.0, max(0.0, mean + draw.normal(0, 0.09)))
    weight = draw.normal(-0.05, 0.42)
    build = "maxweight" if weight > 0 else "minweight"
    weights: dict = {}
    for sex, sex_share in (("male", male), ("female", 1 - male)):
        for years, years_share in (("young", 1 - age), ("old", age)):
            for name, share in origin.items():
                weights[f"macrodetails/{name}-{sex}-{years}"] = share * sex_share * years_share
            name = f"macrodetails/universal-{sex}-{years}-averagemuscle-{build}"
            weights[name] = 0.6 * abs(weight) * sex_share * years_share
    for _, one_way, other_way in _opposed_shapes():
        x = min(0.55, max(-0.55, draw.normal(0, 0.21)))
        for name in one_way if x < 0 else other_way:
            weights[name] = weights.get(name, 0.0) + abs(x)
    outline = draw.choice(_OUTLINES)
    strength = draw.uniform(0.0, 0.4)
    if f"head/head-{outline}" in shapes:
        weights[f"head/head-{outline}"] = strength
    uneven = [name for name in sorted(shapes) if name.startswith("asym/")]
    for name in draw.shuffled(uneven)[:5]:
        weights[name] = draw.uniform(0.0, 0.35)
    # The source's eyes are wide open at rest; people's lids cover the iris's upper edge.
    rest = draw.uniform(0.02, 0.11)
    weights["faceunits/eyeBlinkLeft"] = rest
    weights["faceunits/eyeBlinkRight"] = rest + draw.uniform(-0.02, 0.02)
    return {name: value for name, value in weights.items() if name in shapes}


EYE_TO_CHIN = 1.09


def face_vertices(row: dict) -> tuple[np.ndarray, float]:
    """Return a subject's neutral head and its scale.

    Returns
    -------
    vertices : (V, 3) float
        Origin between the eyes; one unit is a little less than from the eyes to the chin.
    scale : float
        Units per decimetre of the base head: blend shapes are added with this factor.
    """
    base = head.load()
    shaped = head.deform(base.vertices, base.shapes, shape_weights(row))
    places = base.vertices
    left = mean_point(shaped, base.vertices_of(head.EYE_LEFT))
    right = mean_point(shaped, base.vertices_of(head.EYE_RIGHT))
    centre = (left + right) * 0.5
    chin = (np.abs(places[:, 0]) < 0.05) & (np.abs(places[:, 1] - 6.2) < 0.1) & (places[:, 2] > 1.3)
    chin_height = mean_point(shaped, np.nonzero(chin)[0])[1]
    scale = EYE_TO_CHIN / max(0.6, centre[1] - chin_height)
    # Long and short faces stay a little long and short.
    scale = 0.75 * scale + 0.25
    return (shaped - centre) * scale, float(scale)


def mean_point(vertices: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Return the mean of some vertices, summed in order."""
    total = np.zeros(3)
    for i in numbers:
        total = total + vertices[i]
    return total / len(numbers)
