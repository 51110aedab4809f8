"""How much the studies of micro-expressions compute in each profile."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Amounts of one profile; counts, never seconds, so that a seed repeats.

    Attributes
    ----------
    subjects : int or None
        Rendered people; None for all of them.
    repeats, folds : int
        Of the grouped cross-validation of the classifiers.
    flaml_trials : int
        Models that FLAML tries in each training part.
    rf_trees, boost_rounds : int
        Trees of a random forest, rounds of XGBoost.
    runs : int
        Of the randomised experiment on SMOTE and focal loss.
    search_candidates, search_folds : int
        Settings that each search tries, and the outer folds it is judged on.
    bootstrap : int
        Resamples (of subjects) behind each interval.
    """

    subjects: int | None
    repeats: int
    folds: int
    flaml_trials: int
    rf_trees: int
    boost_rounds: int
    runs: int
    search_candidates: int
    search_folds: int
    bootstrap: int


SCALES = {
    "smoke": Scale(12, 1, 2, 6, 20, 10, 40, 4, 2, 100),
    "book": Scale(None, 2, 5, 24, 100, 100, 600, 12, 5, 2000),
    "book-full": Scale(None, 10, 5, 60, 100, 100, 3000, 24, 5, 2000),
    "paper": Scale(None, 10, 5, 60, 100, 100, 3000, 24, 5, 2000),
}


def get(name: str) -> Scale:
    """Return the amounts of a profile.

    Raises
    ------
    ValueError
        If there is none of that name; the message lists the known ones.
    """
    if name not in SCALES:
        raise ValueError(f"unknown profile {name!r}: choose one of {', '.join(SCALES)}")
    return SCALES[name]
