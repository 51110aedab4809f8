"""Scores of the searches and their differences, intervals by subject and over folds, all paired."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fer_lib import metrics
from fer_lib.compare.folds import corrected_t
from fer_lib.compare.pooled import weights_of
from fer_lib.intervals import LEVEL, Interval
from fer_lib.labels import EMOTIONS

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
            groups, k, _ = counts.shape
            drawn = (self.weights @ counts.reshape(groups, k * k)).reshape(-1, k, k)
            value += sign * float(metrics.confusion_scores(counts.sum(0))[score])
            draws += sign * metrics.confusion_scores(drawn)[score]
        tail = (1 - LEVEL) / 2
        low, high = (float(end) for end in np.quantile(draws, [tail, 1 - tail]))
        return Interval(value, low, high, len(self.counts))

    def over_folds(self, signs: dict[str, float], score: str) -> Interval:
        """Return the mean over the outer folds of a weighted sum of the ways' scores.

        The interval is that of `fer_lib.compare.folds.corrected_t`. The mean may differ a little
        from `sum`, which scores all images at once.

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
    """Return scores to ask for, of the predictions of `fer_lib.micro.optimisation.search.Found`.

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
    k = len(EMOTIONS)
    counts = np.empty((len(groups), len(ways), k, k))
    for number, way in enumerate(ways):
        cells = (codes * k + truth) * k + predictions[way].map(places).to_numpy()
        counts[:, number] = np.bincount(cells, minlength=len(groups) * k * k).reshape(-1, k, k)
    folds = predictions.groupby(codes)["fold"].first().to_numpy()  # a subject is in one fold only
    return Tuned(ways, counts, weights_of(len(groups), resamples, seed), folds)
