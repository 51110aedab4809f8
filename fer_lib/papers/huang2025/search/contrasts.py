"""Differences between the searches, with intervals over subjects and folds, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from engine.page import tables
from engine.page.sign_words import by_sign
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.huang2025 import printed_code
from fer_lib.papers.huang2025.corrected_t_test import wider
from fer_lib.papers.huang2025.search import coefficient_maps, nested_search
from fer_lib.papers.huang2025.search.grid_and_optuna import GRID, LR, OPTUNA, SVM
from fer_lib.papers.huang2025.search.nested_search import BEFORE, column
from fer_lib.papers.huang2025.search.search_scores import SCORES, Tuned

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


def agreement_table(
    maps: pd.DataFrame, cells: Mapping[str, np.ndarray], moved: Mapping[str, np.ndarray]
) -> list[dict]:
    """Return a row an emotion that moves: `agreements` as means, the own ones with their range.

    ``cells`` names the emotions; ``moved`` has the planted changes of those that are known.
    """
    rows = []
    for name in cells:
        if name in moved:
            own, other = agreements(maps, name, moved)
            rows.append({"emotion": name, "with its own movement": tables.mean_and_range(own, 2)})
            rows[-1]["with the other emotions'"] = round(float(np.mean(other)), 3)
    return rows


def cost_table(about: dict) -> list[dict]:
    """Return a row a model and search: fits, and seconds as measured when it was made."""
    rows = []
    for model in (SVM, LR):
        for way in (GRID, OPTUNA):
            key = column(model, way)
            fits, seconds = about["fits"][key], about["seconds"][key]
            rows.append({"model": model, "search": way, "fits": fits, "seconds": f"{seconds:.1f}"})
            each = tables.Measurement(f"{1000 * seconds / fits:.0f}")
            rows[-1]["milliseconds a fit"] = each
    return rows


def public_rows() -> list[dict]:
    """Return what the public notebook prints of both models, before (a constant) and after."""
    public = printed_code.load("search")
    return [
        {
            "model": words,
            "score": shown,
            "before, a constant": public["figure7"]["before"][key][score],
            "after, printed": f"{float(public[key]['after'][score]):.3f}",
        }
        for key, words in (("svm", "SVM, grid search"), ("lr", "LR, Optuna"))
        for score, shown in (("f1", "F1 of the positive class"), ("accuracy", "accuracy"))
    ]


def price_in_words(price: Interval) -> str:
    """Return what choosing on the test fold changes in macro-F1, and what that shows."""
    return (
        f"Scored on the test fold, the same model with as many trials reports {price.value:+.3f} "
        f"in macro-F1 ({price.ends}, the wider of both intervals). How much of this is luck with "
        "these images, and how much comes from trials that had the whole training part to learn "
        "from, cannot be told from the same images. "
        + by_sign(
            price,
            "That it is above zero shows that such a score may not be reported.",
            "Here it went the other way.",
            "With so few settings and folds the interval holds zero; with more trials the "
            "difference can be expected to grow.",
        )
    )


def agreement_in_words(maps: pd.DataFrame, moved: Mapping[str, np.ndarray]) -> str:
    """Return how far the cells that move a score are those that the expression moves."""
    if not moved:
        return "Where an expression changes these photographs is not known: the maps have no score."
    each = [agreements(maps, name, moved) for name in moved if (maps["emotion"] == name).any()]
    own, others = (np.mean([np.mean(part) for part in side]) for side in zip(*each, strict=True))
    return (
        "At a rank correlation of one, the cells that move the score most would be those that the "
        f"expression moves most. It is {own:.2f} on average, and {others:.2f} with where the other "
        "expressions move the face: faces fill the middle of every picture, so some agreement "
        "comes from that alone."
    )
