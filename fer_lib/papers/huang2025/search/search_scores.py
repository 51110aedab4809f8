"""Scores of the searches and paired differences, with intervals over subjects and folds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fer_lib.evaluation import metrics
from fer_lib.evaluation.bootstrap import Interval, interval, weights_of
from fer_lib.evaluation.counts_by_subject import confusion_by_group, weighted
from fer_lib.labels import EMOTIONS
from fer_lib.papers.huang2025.corrected_t_test import corrected_t

SCORES = ("macro F1", "accuracy")


@dataclass(frozen=True)
class Tuned:
    """Confusion matrices of every way and subject, and draws of subjects.

    Attributes
    ----------
    ways : tuple of str
        Columns of the predictions.
    counts : ndarray
        float (groups, ways, 7, 7), rows of a matrix the truth.
    weights : ndarray
        float (draws, groups): how often each draw has each subject, the same for all ways.
    folds : ndarray
        int (groups,): number, from 0, of the outer fold that tests a subject.
    """

    ways: tuple[str, ...]
    counts: np.ndarray
    weights: np.ndarray
    folds: np.ndarray

    def score(self, way: str, score: str) -> Interval:
        """Return one score of one way with its interval."""
        return self.sum({way: 1.0}, score)

    def difference(self, first: str, second: str, score: str) -> Interval:
        """Return a score of the first way less that of the second, on the same drawn subjects."""
        return self.sum({first: 1.0, second: -1.0}, score)

    def sum(self, signs: dict[str, float], score: str) -> Interval:
        """Return a weighted sum of the ways' scores, on the same drawn subjects.

        Raises
        ------
        ValueError
            If a way or the score is unknown.
        """
        self._known(signs, score)
        value, draws = 0.0, np.zeros(len(self.weights))
        for way, sign in signs.items():
            counts = self.counts[:, self.ways.index(way)]
            drawn = weighted(counts, self.weights)
            value += sign * float(metrics.confusion_scores(counts.sum(0))[score])
            draws += sign * metrics.confusion_scores(drawn)[score]
        return interval(value, draws, len(self.counts))

    def over_folds(self, signs: dict[str, float], score: str) -> Interval:
        """Return the mean over the outer folds of a weighted sum of the ways' scores.

        The interval is that of `fer_lib.papers.huang2025.corrected_t_test.corrected_t`. The mean
        may differ a little from `sum`, which scores all images at once.

        Raises
        ------
        ValueError
            If a way or the score is unknown.
        """
        self._known(signs, score)
        numbers = np.unique(self.folds)
        each = np.zeros(len(numbers))
        for way, sign in signs.items():
            counts = self.counts[:, self.ways.index(way)]
            parts = np.stack([counts[self.folds == number].sum(0) for number in numbers])
            each += sign * metrics.confusion_scores(parts)[score]
        images = self.counts[:, 0].sum((1, 2))
        tested = np.array([images[self.folds == number].sum() for number in numbers])
        return corrected_t(each, float((tested / (images.sum() - tested)).mean())).interval

    def _known(self, signs: dict[str, float], score: str) -> None:
        unknown = set(signs) - set(self.ways)
        if unknown or score not in SCORES:
            name = ", ".join(unknown) or score
            raise ValueError(f"unknown {name!r}: choose of {self.ways} and {SCORES}")


def tuned(predictions: pd.DataFrame, resamples: int, seed: int) -> Tuned:
    """Return scores to ask for, of the predictions of
    `fer_lib.papers.huang2025.search.nested_search.Found`.

    Parameters
    ----------
    predictions : DataFrame
        ``emotion``, ``group``, ``fold``, and one column a way, named with a comma.
    resamples, seed : int
        Draws of subjects.
    """
    ways = tuple(name for name in predictions if ", " in str(name))
    codes, groups = pd.factorize(predictions["group"], sort=True)
    places = {emotion: k for k, emotion in enumerate(EMOTIONS)}
    truth = predictions["emotion"].map(places).to_numpy()
    counts = [
        confusion_by_group(
            codes, truth, predictions[way].map(places).to_numpy(), len(groups), len(EMOTIONS)
        )
        for way in ways
    ]
    folds = predictions.groupby(codes)["fold"].first().to_numpy()  # a subject is in one fold only
    return Tuned(
        ways, np.stack(counts, 1).astype(float), weights_of(len(groups), resamples, seed), folds
    )
