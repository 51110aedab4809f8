"""Sum a run's predictions by subject: resampled scores are then matrix products."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fer_lib.evaluation import metrics
from fer_lib.evaluation.bootstrap import Interval, over_groups
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
    ranked : tuple of tuple
        For average precision, of a yes/no head once and else of each class, by falling score: the
        place in ``groups`` of each image, int (n,), whether it is positive, bool (n,), and the last
        place of each tied score, int (t,).
    """

    head: Head
    groups: np.ndarray
    classes: tuple[str, ...]
    matrix: np.ndarray
    wins: np.ndarray
    positives: np.ndarray
    negatives: np.ndarray
    ranked: tuple[tuple[np.ndarray, ...], ...]


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
    everyone = np.ones(len(place), bool)
    if not head.yes_no:
        guess = of.guess
        layers = [(of.truth == c, of.score[:, c], everyone) for c in range(k)]
        ranked = layers
    else:
        guess = (of.score >= threshold).astype(np.int64)
        inside = [everyone]
        if head.within:
            inside += [of.strata == stratum for stratum in np.unique(of.strata)]
        layers = [(of.truth == 1, of.score, mask) for mask in inside]
        ranked = layers[:1]
    counted = [_pairs(place, len(groups), *layer) for layer in layers]
    wins, positives, negatives = (np.stack(part) for part in zip(*counted, strict=True))
    matrix = confusion_by_group(place, of.truth, guess, len(groups), k)
    names = np.asarray(groups, dtype=object)
    falling = tuple(_falling(place, positive, score) for positive, score, _ in ranked)
    return Tally(head, names, of.classes, matrix, wins, positives, negatives, falling)


def _falling(place: np.ndarray, positive: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return ``place`` and ``positive`` by falling score, and the last place of each tied score."""
    order = np.argsort(-score, kind="stable")
    last = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))
    return place[order], positive[order], last


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
    return found | {"average precision": _average_precision(of.ranked[0], weights)}


def _average_precision(ranked: tuple[np.ndarray, ...], weights: np.ndarray) -> np.ndarray:
    """Return the average precision of each draw (B,), tied scores being one threshold."""
    if len(weights) > CHUNK:
        parts = (weights[k : k + CHUNK] for k in range(0, len(weights), CHUNK))
        return np.concatenate([_average_precision(ranked, part) for part in parts])
    place, positive, last = ranked
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


def score(
    predictions: pd.DataFrame, head: Head, resamples: int = 1000, seed: int = 0
) -> dict[str, Interval]:
    """Return all summary scores of one head, each with its interval by subject.

    Parameters
    ----------
    predictions, head
        As for `tally`; one set's rows.
    resamples, seed : int
        Number and seed of the draws of subjects, as for `bootstrap`.

    Returns
    -------
    dict of str to Interval
        `summary`, and of a head of many classes the mean average precision of each class present
        against the rest: shares in [0, 1], kappa and MCC in [-1, 1].

    Raises
    ------
    ValueError
        If there is no row, or the labels are not those of the head.

    References
    ----------
    Field and Welsh, J. R. Statist. Soc. B 69 (2007), doi:10.1111/j.1467-9868.2007.00593.x.

    Examples
    --------
    >>> head = Head("authenticity", ("fake", "genuine"), "authenticity", "bce")
    >>> answers = {"group": list("aabbcc"), "authenticity": ["fake", "genuine"] * 3}
    >>> table = pd.DataFrame(answers | {"p_genuine": [0.2, 0.9, 0.4, 0.7, 0.6, 0.8]})
    >>> found = score(table, head, resamples=200)
    >>> print(found["accuracy"], "|", found["AUC"])
    0.833 [0.500, 1.000] | 1.000 [1.000, 1.000]
    """
    of = tally(predictions, head)

    def scores(weights: np.ndarray) -> dict[str, np.ndarray]:
        found = summary(of, weights)
        if head.yes_no:
            return found
        each = [_average_precision(one, weights) for one in of.ranked]
        return found | {"average precision (macro)": np.nanmean(each, axis=0)}

    return over_groups(len(of.groups), scores, resamples, seed)


def paired_difference(
    first: pd.DataFrame, second: pd.DataFrame, head: Head, score: str, resamples: int, seed: int = 0
) -> Interval:
    """Return ``score`` of the first model minus the second's, both on the same drawn subjects.

    Parameters
    ----------
    first, second : DataFrame
        Predictions of two runs for the same images in the same order.
    head, resamples, seed
        As for `score`.
    score : str
        One of `summary`.

    Raises
    ------
    ValueError
        If the two tables are not about the same images, or the score is another one.
    """
    if list(first["image_id"]) != list(second["image_id"]):
        raise ValueError("the two runs were not evaluated on the same images in the same order")
    one, two = tally(first, head), tally(second, head)
    known = summary(one, np.ones((1, len(one.groups))))
    if score not in known:
        known = ", ".join(known)
        raise ValueError(f"no paired difference of {score!r} for {head.name!r}: choose of {known}")

    def apart(weights: np.ndarray) -> dict[str, np.ndarray]:
        return {score: summary(one, weights)[score] - summary(two, weights)[score]}

    return over_groups(len(one.groups), apart, resamples, seed)[score]
