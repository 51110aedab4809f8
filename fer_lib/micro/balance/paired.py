"""Two ways of training compared on the same people: differences, intervals, effect sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from fer_lib import metrics
from fer_lib.compare import folds
from fer_lib.compare.folds import Corrected
from fer_lib.compare.pairs import corrected
from fer_lib.compare.pooled import weights_of
from fer_lib.intervals import LEVEL, Interval
from fer_lib.labels import EMOTIONS
from fer_lib.micro.balance.scores import Arm, Scores

SUMMARY = ("accuracy", "macro F1", "weighted F1")
RARE = ("fear", "disgust")  # what the paper calls minority emotions
RARE_ANSWERS = "answers that are fear or disgust"
COLUMNS = {"accuracy": "accuracy", "macro F1": "macro_f1", "weighted F1": "weighted_f1"}
COLUMNS |= {f"recall of {name}": f"recall_{name}" for name in EMOTIONS}


def named(matrix: np.ndarray, classes: Sequence[str] = EMOTIONS) -> dict[str, np.ndarray]:
    """Return summary scores and recalls of confusion matrices (..., k, k), arrays of shape (...).

    Keys are `SUMMARY`, "recall of <class>", nan for a class without images, and `RARE_ANSWERS`, a
    share.
    """
    found = metrics.confusion_scores(matrix)
    recall = np.where(matrix.sum(-1) > 0, metrics.class_scores(matrix)["recall"], np.nan)
    rare = [list(classes).index(name) for name in RARE]
    return {
        **{name: found[name] for name in SUMMARY},
        **{f"recall of {name}": recall[..., k] for k, name in enumerate(classes)},
        RARE_ANSWERS: metrics.ratio(
            matrix[..., rare].sum((-2, -1)).astype(float), matrix.sum((-2, -1)).astype(float)
        ),
    }


def by_group(of: Scores, arm: Arm) -> np.ndarray:
    """Return confusion matrices of each repeat and person, float (repeats, groups, 7, 7)."""
    codes, names = pd.factorize(of.images["group"], sort=True)
    k = len(EMOTIONS)
    cells = (codes * k + of.truth) * k + of.of(arm)
    counts = [np.bincount(one, minlength=len(names) * k * k) for one in cells]
    return np.stack(counts).reshape(-1, len(names), k, k).astype(float)


def matrix(of: Scores, arm: Arm) -> np.ndarray:
    """Return an arm's confusion matrix added up over the repeats, int (7, 7), rows the truth."""
    return by_group(of, arm).sum((0, 1)).astype(np.int64)


@lru_cache(maxsize=128)
def drawn(
    of: Scores, arm: Arm, resamples: int, seed: int
) -> tuple[dict[str, float], dict[str, np.ndarray]]:
    """Return each score's mean over the repeats, and the same in each draw of people, (B,).

    The same seed draws the same people for every arm, so differences of draws are paired.
    """
    counts = by_group(of, arm)
    repeats, groups, k, _ = counts.shape
    weights = weights_of(groups, resamples, seed)
    each = np.einsum("bg,rgc->rbc", weights, counts.reshape(repeats, groups, k * k))
    values = {name: float(v.mean()) for name, v in named(counts.sum(1)).items()}
    draws = {name: v.mean(0) for name, v in named(each.reshape(repeats, -1, k, k)).items()}
    return values, draws


def ends(value: float, draws: np.ndarray, groups: int) -> Interval:
    """Return a score with its percentile interval.

    Without ends for fewer than two groups, or if no draw has a value.
    """
    tail = (1 - LEVEL) / 2
    if groups < 2 or np.isnan(draws).all():
        return Interval(value, float("nan"), float("nan"), groups)
    low, high = np.nanquantile(draws, [tail, 1 - tail])
    return Interval(value, float(low), float(high), groups)


def scored(of: Scores, arm: Arm, resamples: int, seed: int = 0) -> dict[str, Interval]:
    """Return an arm's scores on everybody, each with its interval by person.

    Every image was judged by a model that had not seen its person; repeats are averaged. People
    are drawn with replacement (`fer_lib.intervals.bootstrap`): the interval says how the scores
    would move with other people, not with other training parts (`corrected_t` does).
    """
    values, draws = drawn(of, arm, resamples, seed)
    groups = of.images["group"].nunique()
    return {name: ends(values[name], draws[name], groups) for name in values}


def difference(
    of: Scores, pairs: Sequence[tuple[Arm, Arm]], resamples: int, seed: int = 0
) -> dict[str, Interval]:
    """Return each score of the first arms minus the second's, paired by person.

    Parameters
    ----------
    of : Scores
        What was measured.
    pairs : sequence of (Arm, Arm)
        With several, the mean of their differences.
    resamples, seed : int
        Number and seed of the draws of people.
    """
    total: dict[str, list] = {}
    for first, second in pairs:
        (a, many_a), (b, many_b) = (drawn(of, arm, resamples, seed) for arm in (first, second))
        for name in a:
            total.setdefault(name, []).append((a[name] - b[name], many_a[name] - many_b[name]))
    groups = of.images["group"].nunique()
    return {
        name: ends(
            float(np.mean([value for value, _ in each])),
            np.mean([draws for _, draws in each], axis=0),
            groups,
        )
        for name, each in total.items()
    }


def corrected_t(first: pd.DataFrame, second: pd.DataFrame, score: str) -> Corrected:
    """Test the mean difference of two arms over the folds (`fer_lib.compare.folds.corrected_t`).

    Parameters
    ----------
    first, second : DataFrame
        `fer_lib.micro.balance.scores.Scores.rows_of` two arms.
    score : str
        A key of `COLUMNS`. Folds without a value are left out.

    Raises
    ------
    ValueError
        If the two were not measured on the same folds.
    """
    same = ["repeat", "fold", "seed", "train", "test"]
    if not np.array_equal(first[same].to_numpy(), second[same].to_numpy()):
        raise ValueError("the two arms were not measured on the same folds")
    column = COLUMNS[score]
    each = first[column].to_numpy() - second[column].to_numpy()
    known = ~np.isnan(each)
    ratio = (first["test"] / first["train"]).to_numpy()[known]
    return folds.corrected_t(each[known], float(ratio.mean()) if known.any() else float("nan"))


def mean_rows(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the mean of several arms' scores, fold by fold; they are of the same folds."""
    first = frames[0].reset_index(drop=True)
    scores = list(COLUMNS.values())
    mean = np.mean([frame[scores].to_numpy() for frame in frames], axis=0)
    return first.assign(**{name: mean[:, k] for k, name in enumerate(scores)})


def weakest(found: Mapping[str, Interval]) -> str:
    """Return which of several differences decides a claim that all of them are positive.

    One that lies below zero refutes it; else it is the one whose interval reaches lowest, or one
    without an interval.
    """
    below = [name for name, one in found.items() if one.high < 0]
    return min(
        below or found,
        key=lambda name: -np.inf if np.isnan(found[name].low) else found[name].low,
    )


def holm(found: Sequence[Corrected]) -> list[Corrected]:
    """Return the tests with Holm's p over all of them."""
    adjusted = corrected([one.p for one in found])
    return [replace(one, p_holm=float(p)) for one, p in zip(found, adjusted, strict=True)]
