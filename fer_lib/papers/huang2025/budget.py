"""How much the studies of micro-expressions compute in each profile.

The table is ``fer_lib/papers/huang2025/micro_amounts.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.store import registry


@dataclass(frozen=True)
class Scale:
    """Amounts of one profile; counts, never seconds, so that a seed repeats.

    Attributes
    ----------
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
    subjects : int or None
        Rendered subjects; None for all of them.
    """

    repeats: int
    folds: int
    flaml_trials: int
    rf_trees: int
    boost_rounds: int
    runs: int
    search_candidates: int
    search_folds: int
    bootstrap: int
    subjects: int | None = None


TABLE = registry.TableOf("micro_amounts", "profile", Scale, field="")
get, rows = TABLE.get, TABLE.rows
