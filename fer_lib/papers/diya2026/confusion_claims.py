"""Scores that are positive where a sentence about the confusion matrix holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fer_lib.evaluation import metrics
from fer_lib.evaluation.counts_by_subject import Tally, matrices
from fer_lib.evaluation.over_seeds import Scores


def confused_more_than_average(first: str, second: str) -> Scores:
    """Return a score: the share of all errors between two classes, less an average pair's.

    Of k classes there are k (k - 1) / 2 pairs. nan in a draw without an error.
    """

    def score(of: Tally, weights: np.ndarray) -> dict[str, np.ndarray]:
        counted = matrices(of, weights)
        k = len(of.classes)
        a, b = of.classes.index(first), of.classes.index(second)
        errors = counted.sum((1, 2)) - np.trace(counted, axis1=1, axis2=2)
        share = metrics.ratio(counted[:, a, b] + counted[:, b, a], errors, np.nan)
        return {"excess": share - 2 / (k * (k - 1)), "share": share}

    return score


def recall_gap(better: Sequence[str], worse: Sequence[str]) -> Scores:
    """Return a score: mean recall of the first classes minus mean recall of the others."""

    def score(of: Tally, weights: np.ndarray) -> dict[str, np.ndarray]:
        recall = metrics.class_scores(matrices(of, weights))["recall"]
        one, two = ([of.classes.index(name) for name in names] for names in (better, worse))
        return {"gap": recall[:, one].mean(1) - recall[:, two].mean(1)}

    return score


def recall_of(name: str) -> Scores:
    """Return a score: the recall of one class."""

    def score(of: Tally, weights: np.ndarray) -> dict[str, np.ndarray]:
        recall = metrics.class_scores(matrices(of, weights))["recall"]
        return {"recall": recall[:, of.classes.index(name)]}

    return score
