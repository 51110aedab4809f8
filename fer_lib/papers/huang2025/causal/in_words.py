"""Sentences on the effects of the randomised experiment, for whichever way they fall."""

from __future__ import annotations

from engine.page.sign_words import by_sign
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.huang2025.causal.outcomes import BOTH_RARE, Effects
from fer_lib.papers.huang2025.causal.treatment_assignment import SMOTE

MOVES = ("raises", "lowers", "does not measurably move")


def average(effects: Effects, emotions: int) -> str:
    """Return what SMOTE does on average to macro-F1, accuracy and the recall of both rare ones."""
    gain, price, rare = (effects[SMOTE, outcome] for outcome in ("macro F1", "accuracy", BOTH_RARE))
    return (
        f"Given at random, SMOTE {by_sign(gain, *MOVES)} macro-F1: {gain}. It "
        f"{by_sign(price, *MOVES)} accuracy: {price}, and {by_sign(rare, *MOVES)} the mean recall "
        f"of fear and disgust: {rare}. Macro-F1 is a mean over {emotions} classes: what two of "
        "them gain, others can lose."
    )


def along(slope: Interval) -> str:
    """Return how the effect of SMOTE on macro-F1 changes with a tenth of the ratio."""
    return (
        f"By a straight line, the effect on macro-F1 changes by {slope} when the ratio rises by a "
        "tenth: "
        + by_sign(
            slope,
            "it rises with the imbalance.",
            "it falls with the imbalance.",
            "these runs cannot tell whether it rises or falls.",
        )
    )


def remains(gap: Interval) -> str:
    """Return whether SMOTE makes up for missing images; ``gap`` is beyond that of balanced ones."""
    return (
        "Is augmentation enough? In further runs, in pairs, one had SMOTE on imbalanced images and "
        "one balanced images. The recall of the other emotions less that of fear and disgust "
        f"differs between the two by {gap}: "
        + by_sign(
            gap,
            "SMOTE does not make up for the images that are missing.",
            "SMOTE more than makes up for the images that are missing.",
            "these pairs cannot tell whether SMOTE makes up for the images that are missing.",
        )
    )
