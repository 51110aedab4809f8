"""Arithmetic of the audit pages: the range that one printed score leaves for another.

It is written independently of `claimcheck`, which it checks: the two share no code.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from fractions import Fraction

import numpy as np
from scipy import stats

Ends = tuple[float, float]


def most_precision(
    area: float, hits: float, misses: float, alarms: float, rejections: float, with_counts: bool
) -> float:
    """Return the largest average precision that an AUC leaves.

    Parameters
    ----------
    area : float
        The AUC.
    hits, misses, alarms, rejections : float
        Counts at one threshold: positives right and wrong, negatives wrong and right.
    with_counts : bool
        Whether the counts are of the same scores, which leaves less; otherwise they only say how
        many images each class has.
    """
    positives, negatives = hits + misses, alarms + rejections
    wrong_pairs = (1 - area) * positives * negatives
    below = min(wrong_pairs, misses * negatives) if with_counts else wrong_pairs
    above = wrong_pairs - below
    return 1 - (above / (hits + alarms) + below / (positives + negatives)) / positives


def precision_if_alike(auc: float, positives: int, negatives: int) -> float:
    """Return the average precision where equally many negatives stand before each positive."""
    place = np.arange(1, positives + 1)
    return float(np.mean(place / (place + (1 - auc) * negatives)))


def precision_if_normal(auc: float, positives: int, negatives: int) -> float:
    """Return the average precision where both classes have normal scores of the same spread."""
    recall = (np.arange(10_000) + 0.5) / 10_000
    alarms = stats.norm.sf(stats.norm.isf(recall) + np.sqrt(2) * stats.norm.ppf(auc))
    return float(np.mean(positives * recall / (positives * recall + negatives * alarms)))


def f1_of(hits: int, alarms: int, misses: int) -> float:
    """Return F1 from counts."""
    return 2 * hits / (2 * hits + alarms + misses)


def counts(images: int, others: int, spans: Mapping[str, Ends]) -> list[tuple[int, int, int]]:
    """Return all hits, false alarms and misses of a class whose scores lie in some spans.

    Parameters
    ----------
    images, others : int
        Of the class, and of all other classes.
    spans : mapping
        "precision", "recall" and "f1", or some of them, to the ends of what is printed. Only counts
        with a hit are listed.
    """
    fitting = []
    for hits, alarms in itertools.product(range(1, images + 1), range(others + 1)):
        values = {"precision": hits / (hits + alarms), "recall": hits / images}
        values["f1"] = 2 * hits / (hits + alarms + images)
        if all(low <= values[score] <= high for score, (low, high) in spans.items()):
            fitting.append((hits, alarms, images - hits))
    return fitting


def possible(images: int, printed: Iterable[str]) -> bool:
    """Return whether each printed share is a whole number of so many images, rounded."""
    for text in printed:
        place = Fraction(10) ** -len(text.partition(".")[2])
        low, high = Fraction(text) - place / 2, Fraction(text) + place / 2
        if math.floor(high * images) < math.ceil(low * images):
            return False
    return True
