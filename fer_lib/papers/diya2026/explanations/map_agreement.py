"""Rank correlation of explanation maps, also with the maps of other subjects."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata


def _standard_ranks(maps: np.ndarray) -> np.ndarray:
    """Return the maps' mean ranks, centred and of length one (n, pixels); zero if all are equal."""
    ranks = rankdata(maps.reshape(len(maps), -1), axis=1)
    ranks -= ranks.mean(1, keepdims=True)
    length = np.linalg.norm(ranks, axis=1, keepdims=True)
    return np.where(length == 0, 0, ranks / np.where(length == 0, 1, length))


def spearman(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Return Spearman's rank correlation of each map with its counterpart, (n,).

    Parameters
    ----------
    one, two : ndarray
        (n, ...), of the same shape.

    Returns
    -------
    ndarray
        In [-1, 1]. A map that is equal everywhere ranks nothing: it agrees with none, so 0.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    if one.shape != two.shape:
        raise ValueError(f"maps of shape {one.shape} and {two.shape} cannot be compared")
    return (_standard_ranks(one) * _standard_ranks(two)).sum(1)


def with_others(one: np.ndarray, two: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return the mean correlation of each map of ``one`` with other subjects' maps of ``two``.

    What two methods, or two models, agree on because both look at the middle of a face.

    Parameters
    ----------
    one, two : ndarray
        (n, ...), of the same shape.
    groups : ndarray
        (n,): whose face it is.

    Returns
    -------
    ndarray
        (n,); nan with fewer than two subjects.
    """
    return mean_of_others(_standard_ranks(one) @ _standard_ranks(two).T, groups, 1)


def mean_of_others(table: np.ndarray, groups: np.ndarray, axis: int) -> np.ndarray:
    """Return the mean of a table (n, n) along an axis over pairs of different subjects, (n,).

    ``groups`` (n,) says whose face each is. Missing values are left out; nan where none is left.
    """
    counted = (groups[:, None] != groups[None]) & ~np.isnan(table)
    count, total = counted.sum(axis), np.where(counted, table, 0).sum(axis)
    return np.where(count == 0, np.nan, total / np.maximum(count, 1))


def over_seeds(maps: list[np.ndarray]) -> np.ndarray:
    """Return the mean correlation over all pairs of trainings, (n,).

    ``maps`` are (n, ...) each, the same faces in each; at least two.
    """
    pairs = [spearman(maps[i], maps[j]) for i in range(len(maps)) for j in range(i + 1, len(maps))]
    if not pairs:
        raise ValueError("one training has nothing to be compared with: two or more are needed")
    return np.mean(pairs, axis=0)


def ranked(maps: np.ndarray) -> np.ndarray:
    """Return maps (n, ...) as ranks in [0, 1), face by face; of equals the first is lower."""
    flat = maps.reshape(len(maps), -1)
    order = np.argsort(np.argsort(flat, axis=1, kind="stable"), axis=1)
    return (order / order.shape[1]).reshape(maps.shape)
