"""Differences between the searches, with intervals over subjects and folds, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.huang2025.corrected_t_test import wider
from fer_lib.papers.huang2025.search import coefficient_maps, nested_search
from fer_lib.papers.huang2025.search.grid_and_optuna import GRID, LR, OPTUNA, SVM
from fer_lib.papers.huang2025.search.nested_search import BEFORE, column
from fer_lib.papers.huang2025.search.search_scores import SCORES, Tuned
from fer_lib.papers.huang2025.sign_words import by_sign

SVM_GAIN, LR_GAIN = "SVM: after less before", "LR: after less before"
BETWEEN = "gain of SVM less gain of LR"
AFTER = "after: SVM with grid search less LR with Optuna"
MODELS = "models alone: SVM less LR, mean of both searches"
ALONE = "searches alone: Optuna less grid, mean of both models"
OF_PAPER = {model: column(model, way) for model, way in nested_search.PAPERS}
AS_IT_COMES = {model: column(model, BEFORE) for model in (SVM, LR)}
_SVM, _LR = ({OF_PAPER[model]: 1.0, AS_IT_COMES[model]: -1.0} for model in (SVM, LR))
# What is compared: the weight of each way's score.
COMPARED = {
    SVM_GAIN: _SVM,
    LR_GAIN: _LR,
    BETWEEN: _SVM | {way: -sign for way, sign in _LR.items()},
    AFTER: {OF_PAPER[SVM]: 1.0, OF_PAPER[LR]: -1.0},
    MODELS: {
        column(model, way): half
        for model, half in ((SVM, 0.5), (LR, -0.5))
        for way in (GRID, OPTUNA)
    },
    ALONE: {
        column(model, way): half
        for way, half in ((OPTUNA, 0.5), (GRID, -0.5))
        for model in (SVM, LR)
    },
}


@dataclass(frozen=True)
class Difference:
    """A difference with intervals over test subjects and over training subjects."""

    people: Interval
    folds: Interval

    @property
    def both(self) -> Interval:
        """The difference with ends that hold both intervals."""
        return wider(self.people, self.folds)


def difference(scored: Tuned, signs: Mapping[str, float], score: str) -> Difference:
    """Return a weighted sum of the ways' scores, with both intervals."""
    return Difference(scored.sum(dict(signs), score), scored.over_folds(dict(signs), score))


def differences(scored: Tuned) -> dict[tuple[str, str], Difference]:
    """Return everything in `COMPARED`, by its name and score."""
    return {
        (words, score): difference(scored, signs, score)
        for words, signs in COMPARED.items()
        for score in SCORES
    }


def in_words(found: Mapping[tuple[str, str], Difference]) -> str:
    """Describe in sentences the effect of the search on macro-F1."""
    of = {words: one.both for (words, score), one in found.items() if score == "macro F1"}
    helps = ("helps", "harms", "does not measurably help")
    gains = "; ".join(
        f"choosing settings {by_sign(of[gain], *helps)} the {model} ({of[gain]})"
        for model, gain in (("SVM", SVM_GAIN), ("LR", LR_GAIN))
    )
    ahead = by_sign(
        of[AFTER],
        "the SVM is ahead",
        "the logistic regression is ahead",
        "neither model is measurably ahead",
    )
    alone = by_sign(
        of[ALONE],
        "makes a difference: Optuna is ahead",
        "makes a difference: the grid is ahead",
        "makes no measurable difference",
    )
    return (
        f"In macro-F1, {gains}. After it, {ahead} ({of[AFTER]}). Which search was used {alone} "
        f"({of[ALONE]}), at this number of settings and with one seed of the search."
    )


def agreement(one_fold: pd.DataFrame, name: str, planted: np.ndarray) -> float:
    """Return the rank correlation, over cells, of an emotion's map with planted changes.

    Parameters
    ----------
    one_fold : DataFrame
        As `fer_lib.papers.huang2025.search.coefficient_maps.spread` returns it.
    name : str
        The emotion.
    planted : ndarray
        (`coefficient_maps.CELLS`, `coefficient_maps.CELLS`), how much each cell is changed.
    """
    cells = coefficient_maps.maps(one_fold)[name]
    return float(stats.spearmanr(cells.ravel(), planted.ravel()).statistic)


def agreements(
    maps: pd.DataFrame, name: str, planted: Mapping[str, np.ndarray]
) -> tuple[list[float], list[float]]:
    """Return an emotion's `agreement` fold by fold: with its own changes, and with the others'."""
    parts = [part for _, part in maps[maps["emotion"] == name].groupby("fold")]
    own = [agreement(part, name, planted[name]) for part in parts]
    others = [agreement(part, name, planted[e]) for part in parts for e in planted if e != name]
    return own, others
