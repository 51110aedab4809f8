"""Compare two training configurations on the same subjects: differences, intervals, effects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from fer_lib.evaluation import metrics
from fer_lib.evaluation.bootstrap import Interval, interval, weights_of
from fer_lib.evaluation.counts_by_subject import confusion_by_group, weighted
from fer_lib.evaluation.paired_differences import corrected
from fer_lib.labels import EMOTIONS
from fer_lib.papers.huang2025 import corrected_t_test
from fer_lib.papers.huang2025.balancing.cross_validation import Arm, Scores
from fer_lib.papers.huang2025.corrected_t_test import Corrected
from fer_lib.papers.huang2025.grouped_folds import MINORITY

SUMMARY = ("accuracy", "macro F1", "weighted F1")
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
    rare = [list(classes).index(name) for name in MINORITY]
    return {
        **{name: found[name] for name in SUMMARY},
        **{f"recall of {name}": recall[..., k] for k, name in enumerate(classes)},
        RARE_ANSWERS: metrics.ratio(
            matrix[..., rare].sum((-2, -1)).astype(float), matrix.sum((-2, -1)).astype(float)
        ),
    }


def by_group(of: Scores, arm: Arm) -> np.ndarray:
    """Return confusion matrices of each repeat and subject, float (repeats, groups, 7, 7)."""
    places, groups = pd.factorize(of.images["group"], sort=True)
    size = (len(groups), len(EMOTIONS))
    counts = [confusion_by_group(places, of.truth, guess, *size) for guess in of.of(arm)]
    return np.stack(counts).astype(float)


def matrix(of: Scores, arm: Arm) -> np.ndarray:
    """Return an arm's confusion matrix added up over the repeats, int (7, 7), rows the truth."""
    return by_group(of, arm).sum((0, 1)).astype(np.int64)


@lru_cache(maxsize=128)
def drawn(
    of: Scores, arm: Arm, resamples: int, seed: int
) -> tuple[dict[str, float], dict[str, np.ndarray]]:
    """Return each score's mean over the repeats, and the same in each draw of subjects, (B,).

    The same seed draws the same subjects for every arm, so differences of draws are paired.
    """
    counts = by_group(of, arm)
    weights = weights_of(counts.shape[1], resamples, seed)
    each = np.stack([weighted(repeat, weights) for repeat in counts])
    values = {name: float(v.mean()) for name, v in named(counts.sum(1)).items()}
    draws = {name: v.mean(0) for name, v in named(each).items()}
    return values, draws


def scored(of: Scores, arm: Arm, resamples: int, seed: int = 0) -> dict[str, Interval]:
    """Return a configuration's scores on all subjects, each with its interval over subjects.

    Every image was judged by a model that had not seen its subject; repeats are averaged. Subjects
    are drawn with replacement (`fer_lib.evaluation.bootstrap.bootstrap`): the interval says how the
    scores would move with other subjects, not with other training sets (`corrected_t` does).
    """
    values, draws = drawn(of, arm, resamples, seed)
    groups = of.images["group"].nunique()
    return {name: interval(values[name], draws[name], groups) for name in values}


def difference(
    of: Scores, pairs: Sequence[tuple[Arm, Arm]], resamples: int, seed: int = 0
) -> dict[str, Interval]:
    """Return each score of the first training configurations minus the second's, paired by subject.

    Parameters
    ----------
    of : Scores
        What was measured.
    pairs : sequence of (Arm, Arm)
        With several, the mean of their differences.
    resamples, seed : int
        Number and seed of the draws of subjects.
    """
    total: dict[str, list] = {}
    for first, second in pairs:
        (a, many_a), (b, many_b) = (drawn(of, arm, resamples, seed) for arm in (first, second))
        for name in a:
            total.setdefault(name, []).append((a[name] - b[name], many_a[name] - many_b[name]))
    groups = of.images["group"].nunique()
    return {
        name: interval(
            float(np.mean([value for value, _ in each])),
            np.mean([draws for _, draws in each], axis=0),
            groups,
        )
        for name, each in total.items()
    }


def corrected_t(first: pd.DataFrame, second: pd.DataFrame, score: str) -> Corrected:
    """Test the mean difference of two training configurations over the folds
    (`fer_lib.papers.huang2025.corrected_t_test.corrected_t`).

    Parameters
    ----------
    first, second : DataFrame
        `fer_lib.papers.huang2025.balancing.cross_validation.Scores.rows_of` two arms.
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
    return corrected_t_test.corrected_t(
        each[known], float(ratio.mean()) if known.any() else float("nan")
    )


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
