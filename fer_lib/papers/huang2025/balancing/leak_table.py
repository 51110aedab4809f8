"""Scores of logistic regression under several orders of split and SMOTE, and by a constant."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fer_lib.papers.huang2025.balancing import paired_scores, smote_before_split
from fer_lib.papers.huang2025.balancing.smote_before_split import BY_IMAGE, ORDERS
from fer_lib.papers.huang2025.corrected_t_test import corrected_t

SOUND = "split by subject, then SMOTE"
SHOWN = {"accuracy": "accuracy", "macro_f1": "macro F1"}
SHOWN |= {"recall_fear": "recall of fear", "recall_disgust": "recall of disgust"}
# What each step away from the sound order lets in.
STEPS = {
    BY_IMAGE: "the same {} stand on both sides of the split",
    ORDERS[1]: "scaling, PCA and SMOTE have seen the test images",
    ORDERS[2]: "every emotion counts alike, as in a balanced test set",
    ORDERS[3]: "synthetic points are tested too",
}


def most_frequent(truth: np.ndarray) -> dict[str, float]:
    """Return the scores of always naming the most frequent emotion; ``truth`` is int (n,)."""
    always = smote_before_split.scored(truth, np.full(len(truth), np.bincount(truth).argmax()))
    return {score: always[paired_scores.COLUMNS[score]] for score in paired_scores.SUMMARY}


def by_order(sound: pd.DataFrame, found: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the folds' scores under each order, the sound one first.

    Parameters
    ----------
    sound : DataFrame
        Rows of `fer_lib.papers.huang2025.balancing.cross_validation.Scores.rows_of`.
    found : DataFrame
        As `fer_lib.papers.huang2025.balancing.smote_before_split.before_the_split` returns it.
    """
    return {SOUND: sound} | {order: found[found["order"] == order] for order in ORDERS}


def intervals(each: dict[str, pd.DataFrame], folds: int) -> pd.DataFrame:
    """Return the mean of the scores `SHOWN` over folds under each order, each with its interval.

    The intervals are those of the corrected resampled t test: folds share training images.

    Parameters
    ----------
    each : dict
        As `by_order` returns it.
    folds : int
        Of one repeat; a test fold is ``1 / (folds - 1)`` of what trains.

    Returns
    -------
    DataFrame
        `fer_lib.evaluation.bootstrap.Interval` objects; one row an order.
    """
    ratio = 1 / (folds - 1)
    rows = {
        order: {
            words: corrected_t(frame[field].dropna().to_numpy(), ratio).interval
            for field, words in SHOWN.items()
        }
        for order, frame in each.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("order")


def steps(found: pd.DataFrame, units: str, score: str = "macro F1") -> list[dict]:
    """Return a row an order but the first: how a score moves from the order before, and why.

    ``found`` is that of `intervals`, ``units`` the word for those kept on one side of a split.
    """
    means = [one.value for one in found[score]]
    return [
        {"what changes": STEPS[order].format(units), f"change in {score}": new - old}
        for order, old, new in zip(found.index[1:], means, means[1:], strict=False)
    ]
