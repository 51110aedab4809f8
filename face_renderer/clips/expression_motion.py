"""What a face does in a clip: the weak expression that moves, and what stays at rest."""

from __future__ import annotations

from face_renderer import action_units
from face_renderer.exact_math import Draw
from face_renderer.recipes import RECIPES

CUES = (1, 2)  # genuine cues beside the core of the emotion
STRENGTH_SD = 0.2  # of a unit about its mean, relative, at difficulty 1
LOPSIDED_SD = 0.12  # of the share that one side lacks
REST_SHARE, REST_MOST = 0.3, 0.12  # of units in a face at rest, and their highest intensity
UNRELATED = 0.1  # probability of a unit that has nothing to do with the emotion
UNRELATED_STRENGTH = (0.03, 0.12)


def expression(row: dict) -> dict:
    """Return ``{unit: (left, right)}`` of what moves, at the apex: nothing if neutral.

    The core of the emotion and one or two of its genuine cues, chosen for the clip.
    """
    if row["emotion"] == "neutral":
        return {}
    recipe, difficulty = RECIPES[row["emotion"]], float(row["difficulty"])
    draw = Draw(int(row["clip_seed"]), "expression")
    means = dict(recipe.core)
    for cue in draw.shuffled(recipe.cues)[: draw.choice(CUES)]:
        for unit, change in cue.genuine.units.items():
            means[unit] = means.get(unit, 0.0) + change
    out = {}
    for unit in sorted(means):
        value = float(row["intensity"]) * means[unit]
        value *= max(0.3, draw.normal(1.0, STRENGTH_SD * difficulty))
        weaker = 1.0 - min(0.6, abs(draw.normal(0.0, LOPSIDED_SD * difficulty)))
        out[unit] = (value, value * weaker)[:: draw.choice((1, -1))]
    return out


def at_rest(row: dict) -> dict:
    """Return ``{unit: (left, right)}`` of what stays through a clip.

    The subject's face at rest, which differs a little from clip to clip, and weak units that have
    nothing to do with any emotion.
    """
    difficulty = float(row["difficulty"])
    person = Draw(int(row["identity_seed"]), "at rest")
    clip = Draw(int(row["clip_seed"]), "at rest")
    out = {}
    for unit in action_units.NUMBERS:
        has, most = person.uniform() < REST_SHARE, person.uniform(0.0, REST_MOST)
        own = most * difficulty * clip.uniform(0.6, 1.4) if has else 0.0
        occurs = clip.uniform() < UNRELATED * difficulty
        strength, balance = clip.uniform(*UNRELATED_STRENGTH), clip.uniform(-1.0, 1.0)
        left, right = min(1.0, 1.0 + balance), min(1.0, 1.0 - balance)
        extra = strength if occurs else 0.0
        out[unit] = (own + extra * left, own + extra * right)
    return out
