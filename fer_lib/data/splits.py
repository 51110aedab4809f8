"""Split a table into training, validation and test set, by group or (as a leak) by image.

Section 3-3 of doi:10.28991/ESJ-2026-010-02-018 holds out 20 % of the images for testing and does
not say whether by subject. Here whole groups go to one side, and early stopping and the
learning-rate schedule use a validation set of their own.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

SPLITS = ("train", "val", "test")
FRACTIONS = (0.6, 0.2, 0.2)
LABELS = ("emotion", "authenticity")  # the columns of labels that every table has


def split(
    table: pd.DataFrame,
    seed: int = 0,
    columns: tuple[str, ...] = LABELS,
    fractions: tuple[float, float, float] = FRACTIONS,
) -> pd.Series:
    """Split by subject: no group is on two sides, and the labels are as balanced as can be.

    A part of share f is one fold of round(1 / f); of the folds the one is taken whose size and
    labels come closest to what was asked for.

    Parameters
    ----------
    table : DataFrame
        Schema of ``schema.COLUMNS``, N rows.
    seed : int
        Same table and seed, same split.
    columns : tuple of str
        Of the labels whose every combination is spread evenly.
    fractions : tuple of float
        Shares of images in train, val, test; they sum to 1, val and test at most 0.5 each.

    Returns
    -------
    Series
        N strings of ``SPLITS`` on the index of ``table``, named ``split``.

    Raises
    ------
    ValueError
        If the fractions make no sense or there are fewer than three groups.

    References
    ----------
    The harm of splitting by image: Kapoor and Narayanan, doi:10.1016/j.patter.2023.100804.

    Examples
    --------
    >>> subjects = np.repeat(list("abcdefghij"), 4)
    >>> table = pd.DataFrame({"group": subjects, "emotion": "sad", "authenticity": "fake"})
    >>> parts = split(table, seed=3)
    >>> parts.value_counts().to_dict()
    {'train': 24, 'val': 8, 'test': 8}
    >>> int(table["group"].groupby(parts).nunique().sum())  # no subject is on two sides
    10
    """
    _, val_share, test_share = _checked(fractions)
    groups = table["group"].to_numpy()
    count = len(np.unique(groups))
    if count < 3:
        raise ValueError(
            f"{count} group(s) cannot fill train, val and test: load at least three subjects"
        )
    return _two_cuts(table, columns, groups, val_share, test_share, seed)


def by_image(
    table: pd.DataFrame,
    seed: int = 0,
    columns: tuple[str, ...] = LABELS,
    fractions: tuple[float, float, float] = FRACTIONS,
) -> pd.Series:
    """Split image by image, for showing leakage: a subject may be on both sides.

    Parameters, return value and errors as ``split``.
    """
    _, val_share, test_share = _checked(fractions)
    if len(table) < 3:
        raise ValueError(f"{len(table)} image(s) cannot fill train, val and test: load more")
    return _two_cuts(table, columns, None, val_share, test_share, seed)


def stratified_folds(
    labels: np.ndarray, groups: np.ndarray | None, count: int, seed: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the places (train, test) of folds that are as balanced in ``labels`` as can be.

    Parameters
    ----------
    labels : ndarray
        (n,). One that is rarer than there are folds is missing from some of them, and nobody is
        warned: who uses the folds looks.
    groups : ndarray or None
        (n,): none of them is on both sides; None lets everybody recur.
    count, seed : int
        Number of folds, and of the shuffle.
    """
    kind = StratifiedKFold if groups is None else StratifiedGroupKFold
    divided = kind(count, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The least populated class", UserWarning)
        return list(divided.split(labels, labels, groups))


def strata(table: pd.DataFrame, columns: tuple[str, ...] = LABELS) -> np.ndarray:
    """Return (N,) labels such as ``emotion|authenticity``; a missing one counts as its own."""
    parts = [table[c].astype(object).where(table[c].notna(), "-").astype(str) for c in columns]
    return parts[0].str.cat(parts[1:], sep="|").to_numpy(dtype=object)


def _checked(fractions: tuple[float, float, float]) -> tuple[float, float, float]:
    sound = len(fractions) == 3 and all(0 < share < 1 for share in fractions)
    if not sound or abs(sum(fractions) - 1) > 1e-6 or max(fractions[1:]) > 0.5:
        raise ValueError(
            f"fractions {fractions}: give shares of train, val and test above 0 that sum to 1, "
            "val and test at most 0.5 each"
        )
    return fractions


def _two_cuts(
    table: pd.DataFrame,
    columns: tuple[str, ...],
    groups: np.ndarray | None,
    val_share: float,
    test_share: float,
    seed: int,
) -> pd.Series:
    labels = strata(table, columns)
    split = np.full(len(table), "train", dtype=object)
    split[_cut(labels, groups, test_share, seed)] = "test"
    rest = np.flatnonzero(split == "train")
    rest_groups = None if groups is None else groups[rest]
    chosen = _cut(labels[rest], rest_groups, val_share / (1 - test_share), seed + 1)
    split[rest[chosen]] = "val"
    return pd.Series(split, index=table.index, name="split").astype(str)


def _cut(labels: np.ndarray, groups: np.ndarray | None, share: float, seed: int) -> np.ndarray:
    """Return the positions of about ``share`` of the rows."""
    units = len(labels) if groups is None else len(np.unique(groups))
    folds = min(max(2, round(1 / share)), units)
    if np.unique(labels, return_counts=True)[1].max() < folds:
        # Every label is rarer than there are folds: nothing to stratify by.
        labels = np.zeros(len(labels), dtype=int)
    # A label rarer than the folds is missing from some of them.
    parts = [part for _, part in stratified_folds(labels, groups, folds, seed)]
    parts = [part for part in parts if 0 < len(part) < len(labels)]
    return min(parts, key=lambda part: _misfit(labels, part, share))


def _misfit(labels: np.ndarray, part: np.ndarray, share: float) -> float:
    names, codes = np.unique(labels, return_inverse=True)
    whole = np.bincount(codes, minlength=len(names))
    inside = np.bincount(codes[part], minlength=len(names))
    return float(np.abs(inside - share * whole).sum() / len(labels))
