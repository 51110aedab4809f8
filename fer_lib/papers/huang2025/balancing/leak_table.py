"""Table of logistic regression with several orders of split and SMOTE, and of a constant guess."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.page import tables
from fer_lib.papers.huang2025.balancing import paired_scores, smote_before_split

SOUND = "split by person, then SMOTE"
SHOWN = {"accuracy": "accuracy", "macro_f1": "macro F1"}
SHOWN |= {"recall_fear": "recall of fear", "recall_disgust": "recall of disgust"}


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
    return {SOUND: sound} | {
        order: found[found["order"] == order] for order in smote_before_split.ORDERS
    }


def means(each: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the mean over folds of the scores `SHOWN`, one row an order."""
    found = pd.DataFrame({order: frame[list(SHOWN)].mean() for order, frame in each.items()}).T
    return found.rename(columns=SHOWN).rename_axis("order")


def table(each: dict[str, pd.DataFrame]) -> list[dict]:
    """Return a row an order: points tested a fold, how many are synthetic, scores with ranges."""
    return [
        {
            "order": order,
            "test points a fold": round(frame["test" if order == SOUND else "test_points"].mean()),
            "of them synthetic": 0 if order == SOUND else round(frame["synthetic"].mean()),
        }
        | {words: tables.mean_and_range(frame[field]) for field, words in SHOWN.items()}
        for order, frame in each.items()
    ]
