"""Sum a run's predictions by subject, so that resampled scores are matrix products."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fer_lib.evaluation import metrics
from fer_lib.task import Head

CHUNK = 250  # draws at a time where each has a number for each image


@dataclass(frozen=True)
class Tally:
    """One head's answers of one run, by group.

    Attributes
    ----------
    head : Head
        The head.
    groups : ndarray
        str (G,), the groups (subjects), each once.
    classes : tuple of str
        The k classes.
    matrix : ndarray
        Shape (G, k, k), counts; rows are the truth, columns the prediction.
    wins : ndarray
        Shape (L, G, G): in how many pairs a positive image of the first group is scored above a
        negative one of the second, a tie counting half. Of a head of many classes layer l is
        class l against the rest; of a yes/no head layer 0 is all images, then one layer a stratum.
    positives, negatives : ndarray
        Shape (L, G), the images behind ``wins``.
    ranked : tuple of ndarray
        For average precision, by falling score: the place in ``groups`` of each image, int (n,),
        whether it is positive, bool (n,), and the last place of each tied score, int (t,).
        Of a yes/no head only; else empty.
    """

    head: Head
    groups: np.ndarray
    classes: tuple[str, ...]
    matrix: np.ndarray
    wins: np.ndarray
    positives: np.ndarray
    negatives: np.ndarray
    ranked: tuple[np.ndarray, ...]


def tally(predictions: pd.DataFrame, head: Head, threshold: float = 0.5) -> Tally:
    """Return one head's answers added up by group.

    Parameters
    ----------
    predictions : DataFrame
        As for `fer_lib.evaluation.metrics.judged`; at least one row.
    head : Head
        The head.
    threshold : float
        From which probability on a yes/no head says yes; 0.5 where the paper says nothing else.

    Raises
    ------
    ValueError
        If there is no row, or the labels are not those of the head.
    """
    if predictions.empty:
        raise ValueError("no predictions to add up: this run was not evaluated on that set")
    of = metrics.judged(predictions, head)
    place, groups = pd.factorize(of.groups, sort=True)
    k = len(of.classes)
    if not head.yes_no:
        guess, ranked = of.guess, ()
        layers = [(of.truth == c, of.score[:, c], np.ones(len(place), bool)) for c in range(k)]
    else:
        guess = (of.score >= threshold).astype(np.int64)
        genuine = of.truth == 1
        inside = [np.ones(len(place), bool)]
        if head.within:
            inside += [of.strata == stratum for stratum in np.unique(of.strata)]
        layers = [(genuine, of.score, mask) for mask in inside]
        order = np.argsort(-of.score, kind="stable")
        falling = of.score[order]
        last = np.nonzero(np.append(falling[1:] != falling[:-1], True))[0]
        ranked = (place[order], genuine[order], last)
    counted = [_pairs(place, len(groups), *layer) for layer in layers]
    wins, positives, negatives = (np.stack(part) for part in zip(*counted, strict=True))
    matrix = confusion_by_group(place, of.truth, guess, len(groups), k)
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
    low = score[down][order]
    left, right = (np.searchsorted(low, score[up], side) for side in ("left", "right"))
    wins = np.zeros((groups, groups))
    np.add.at(wins, place[up], (below[left] + below[right]) / 2)
    counts = (np.bincount(place[mask], minlength=groups).astype(float) for mask in (up, down))
    return wins, *counts


def confusion_by_group(
    places: np.ndarray, truth: np.ndarray, guess: np.ndarray, groups: int, classes: int
) -> np.ndarray:
    """Return each group's confusion matrix, int (groups, classes, classes), rows the truth.

    Parameters
    ----------
    places, truth, guess : ndarray
        int (n,): the number of each image's group, and of its true and predicted class, from 0.
    groups, classes : int
        How many there are.
    """
    cells = (places * classes + truth) * classes + guess
    counts = np.bincount(cells, minlength=groups * classes * classes)
    return counts.reshape(groups, classes, classes)


def weighted(counts: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the sum (..., k, k) of matrices (G, k, k), group g counting ``weights[..., g]`` times.

    Exact for whole weights.
    """
    groups, *shape = counts.shape
    return (weights @ counts.reshape(groups, -1)).reshape(*weights.shape[:-1], *shape)


def matrices(of: Tally, weights: np.ndarray) -> np.ndarray:
    """Return confusion matrices (..., k, k) where group g counts ``weights[..., g]`` times."""
    return weighted(of.matrix, weights)


def areas(of: Tally, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs won and all pairs of each layer, (..., L): an AUC is one over the other.

    Group g counts ``weights[..., g]`` times, so a pair of groups as often as the product.
    """
    won = np.stack([((weights @ layer) * weights).sum(-1) for layer in of.wins], -1)
    return won, (weights @ of.positives.T) * (weights @ of.negatives.T)


def auc_within(won: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return authenticity's AUC over pairs of the same emotion (...), of its `areas`."""
    return metrics.ratio(won[..., 1:].sum(-1), pairs[..., 1:].sum(-1), np.nan)


def summary(of: Tally, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Return the summary scores of each draw, float (B,): `metrics.confusion_scores` and AUC.

    ``weights`` is as for `matrices`. Of a yes/no head also AUC within `Head.within` and average
    precision; of any other the mean AUC of each class present against the rest. nan where a score
    is not defined.
    """
    found = metrics.confusion_scores(matrices(of, weights))
    won, pairs = areas(of, weights)
    each = metrics.ratio(won, pairs, np.nan)
    if not of.head.yes_no:
        known = ~np.isnan(each)
        total = np.where(known, each, 0).sum(1)
        return found | {"AUC (macro)": metrics.ratio(total, known.sum(1), np.nan)}
    found["AUC"] = each[:, 0]
    if of.head.within:
        found[f"AUC within {of.head.within}"] = auc_within(won, pairs)
    precision = [
        _average_precision(of, weights[start : start + CHUNK])
        for start in range(0, len(weights), CHUNK)
    ]
    return found | {"average precision": np.concatenate(precision)}


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
