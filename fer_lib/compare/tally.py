"""One run's answers on one set, added up by group: all that scores of redrawn groups need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fer_lib import metrics

CHUNK = 250  # draws at a time where each has a number for each image


@dataclass(frozen=True)
class Tally:
    """One head's answers of one run, by group.

    Attributes
    ----------
    head : str
        "emotion" or "authenticity".
    groups : ndarray
        str (G,), the groups (subjects), each once.
    classes : tuple of str
        The k classes.
    matrix : ndarray
        Shape (G, k, k), counts; rows are the truth, columns the prediction.
    wins : ndarray
        Shape (L, G, G): in how many pairs a positive image of the first group is scored above a
        negative one of the second, a tie counting half. For the emotions layer l is class l against
        the rest; for authenticity layer 0 is all images, then one layer an emotion.
    positives, negatives : ndarray
        Shape (L, G), the images behind ``wins``.
    ranked : tuple of ndarray
        For average precision, by falling score: the place in ``groups`` of each image, int (n,),
        whether it is positive, bool (n,), and the last place of each tied score, int (t,).
        Authenticity only; empty for the emotions.
    """

    head: str
    groups: np.ndarray
    classes: tuple[str, ...]
    matrix: np.ndarray
    wins: np.ndarray
    positives: np.ndarray
    negatives: np.ndarray
    ranked: tuple[np.ndarray, ...]


def tally(predictions: pd.DataFrame, head: str, threshold: float = 0.5) -> Tally:
    """Return one head's answers added up by group.

    Parameters
    ----------
    predictions : DataFrame
        As for `fer_lib.metrics.judged`; at least one row.
    head : str
        "emotion" or "authenticity".
    threshold : float
        From which P(genuine) on an image is called genuine; 0.5 in section 4-3.

    Raises
    ------
    ValueError
        If there is no row, or the head is unknown.
    """
    if predictions.empty:
        raise ValueError("no predictions to add up: this run was not evaluated on that set")
    of = metrics.judged(predictions, head)
    place, groups = pd.factorize(of.groups, sort=True)
    k = len(of.classes)
    if head == "emotion":
        guess, ranked = of.guess, ()
        layers = [(of.truth == c, of.score[:, c], np.ones(len(place), bool)) for c in range(k)]
    else:
        guess = (of.score >= threshold).astype(np.int64)
        genuine = of.truth == 1
        inside = [np.ones(len(place), bool)] + [of.emotion == e for e in metrics.EMOTIONS]
        layers = [(genuine, of.score, mask) for mask in inside]
        order = np.argsort(-of.score, kind="stable")
        falling = of.score[order]
        last = np.nonzero(np.append(falling[1:] != falling[:-1], True))[0]
        ranked = (place[order], genuine[order], last)
    cell = (place * k + of.truth) * k + guess
    counted = [_pairs(place, len(groups), *layer) for layer in layers]
    wins, positives, negatives = (np.stack(part) for part in zip(*counted, strict=True))
    matrix = np.bincount(cell, minlength=len(groups) * k * k).reshape(-1, k, k)
    names = np.asarray(groups, dtype=object)
    return Tally(head, names, of.classes, matrix, wins, positives, negatives, ranked)


def _pairs(
    place: np.ndarray, groups: int, positive: np.ndarray, score: np.ndarray, inside: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the wins (groups, groups) and the numbers of positives and negatives (groups,)."""
    up, down = positive & inside, ~positive & inside
    order = np.argsort(score[down], kind="stable")
    below = np.zeros((order.size + 1, groups))
    below[np.arange(1, order.size + 1), place[down][order]] = 1
    below = below.cumsum(0)  # row i: how many of each group are among the i lowest negatives
    left, right = (np.searchsorted(score[down][order], score[up], side) for side in SIDES)
    wins = np.zeros((groups, groups))
    np.add.at(wins, place[up], (below[left] + below[right]) / 2)
    counts = (np.bincount(place[mask], minlength=groups).astype(float) for mask in (up, down))
    return wins, *counts


SIDES = ("left", "right")


def matrices(of: Tally, weights: np.ndarray) -> np.ndarray:
    """Return confusion matrices (B, k, k) where group g counts ``weights[b, g]`` times, (B, G)."""
    k = len(of.classes)
    return (weights @ of.matrix.reshape(len(of.groups), k * k)).reshape(-1, k, k)


def summary(of: Tally, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Return the summary scores of each draw, float (B,): `metrics.confusion_scores` and AUC.

    ``weights`` is as for `matrices`. For authenticity also AUC within emotion and average
    precision; for the emotions the mean AUC of each class present against the rest. nan where a
    score is not defined.
    """
    found = metrics.confusion_scores(matrices(of, weights))
    won = np.stack([((weights @ layer) * weights).sum(1) for layer in of.wins], 1)
    pairs = (weights @ of.positives.T) * (weights @ of.negatives.T)
    areas = metrics.ratio(won, pairs, np.nan)
    if of.head == "emotion":
        known = ~np.isnan(areas)
        total = np.where(known, areas, 0).sum(1)
        return found | {"AUC (macro)": metrics.ratio(total, known.sum(1), np.nan)}
    within = metrics.ratio(won[:, 1:].sum(1), pairs[:, 1:].sum(1), np.nan)
    precision = [
        _average_precision(of, weights[start : start + CHUNK])
        for start in range(0, len(weights), CHUNK)
    ]
    return found | {
        "AUC": areas[:, 0],
        "AUC within emotion": within,
        "average precision": np.concatenate(precision),
    }


def _average_precision(of: Tally, weights: np.ndarray) -> np.ndarray:
    """Return the average precision of each draw (B,), tied scores being one threshold."""
    place, positive, last = of.ranked
    each = weights[:, place].astype(np.float32)
    called = each.cumsum(1, dtype=np.float64)[:, last]
    hits = (each * positive).cumsum(1, dtype=np.float64)[:, last]
    gained = np.diff(hits, axis=1, prepend=0.0)
    return metrics.ratio((gained * metrics.ratio(hits, called)).sum(1), hits[:, -1], np.nan)


def by_class(of: Tally, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Return "class/score" for precision, recall and F1 of each class, float (B,) each."""
    found = metrics.class_scores(matrices(of, weights))
    return {
        f"{name}/{what}": found[what][:, c]
        for c, name in enumerate(of.classes)
        for what in ("precision", "recall", "F1")
    }
