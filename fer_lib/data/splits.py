"""Divide a table into train, validation and test, by group or (to show the harm) by image.

``diya2026`` section 3-3 holds out 20 % of the images for testing and does not say by person.
Here whole groups go to one side, and a validation split of its own serves stopping and
scheduling.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

SPLITS = ("train", "val", "test")
FRACTIONS = (0.6, 0.2, 0.2)


def by_group(
    table: pd.DataFrame, fractions: tuple[float, float, float] = FRACTIONS, seed: int = 0
) -> pd.Series:
    """Split so that no group is on two sides, as balanced on emotion x authenticity as can be.

    A part of share f is one fold of round(1 / f); of the folds the one is taken whose size and
    labels come closest to what was asked for.

    Parameters
    ----------
    table : DataFrame
        Schema of ``schema.COLUMNS``, N rows.
    fractions : tuple of float
        Shares of images in train, val, test; they sum to 1, val and test at most 0.5 each.
    seed : int
        Same table and seed, same split.

    Returns
    -------
    Series
        N strings of ``SPLITS`` on the index of ``table``, named ``split``.

    Raises
    ------
    ValueError
        If the fractions make no sense or there are fewer than three groups.
    """
    _, val_share, test_share = _checked(fractions)
    groups = table["group"].to_numpy()
    count = len(np.unique(groups))
    if count < 3:
        raise ValueError(
            f"{count} group(s) cannot fill train, val and test: load at least three subjects"
        )
    return _two_cuts(table, groups, val_share, test_share, seed)


def by_image(
    table: pd.DataFrame, fractions: tuple[float, float, float] = FRACTIONS, seed: int = 0
) -> pd.Series:
    """Split image by image, letting people recur: for showing leakage, not for results.

    Parameters, return value and errors as ``by_group``.
    """
    _, val_share, test_share = _checked(fractions)
    if len(table) < 3:
        raise ValueError(f"{len(table)} image(s) cannot fill train, val and test: load more")
    return _two_cuts(table, None, val_share, test_share, seed)


def strata(table: pd.DataFrame) -> np.ndarray:
    """Return (N,) labels ``emotion|authenticity``; a missing authenticity counts as its own."""
    authenticity = table["authenticity"].astype(object).where(table["authenticity"].notna(), "-")
    return (table["emotion"].astype(str) + "|" + authenticity.astype(str)).to_numpy(dtype=object)


def counts(table: pd.DataFrame, split: pd.Series) -> pd.DataFrame:
    """Count images per split x emotion x authenticity.

    Returns
    -------
    DataFrame
        Rows: splits x emotions, then one ``all`` row a split. Columns: ``split``, ``emotion``,
        ``fake``, ``genuine``, ``unlabelled`` (only where authenticity is missing), ``total``,
        ``groups`` (groups with such an image).
    """
    emotions = list(pd.Categorical(table["emotion"]).categories)
    rows = []
    for name in SPLITS:
        part = table[(split == name).to_numpy()]
        rows += [
            _count_row(name, emotion, part[part["emotion"] == emotion]) for emotion in emotions
        ]
        rows.append(_count_row(name, "all", part))
    frame = pd.DataFrame(rows)
    if (frame["unlabelled"] == 0).all():
        frame = frame.drop(columns="unlabelled")
    return frame


def _count_row(split: str, emotion: str, part: pd.DataFrame) -> dict:
    return {
        "split": split,
        "emotion": emotion,
        "fake": int((part["authenticity"] == "fake").sum()),
        "genuine": int((part["authenticity"] == "genuine").sum()),
        "unlabelled": int(part["authenticity"].isna().sum()),
        "total": len(part),
        "groups": part["group"].nunique(),
    }


def _checked(fractions: tuple[float, float, float]) -> tuple[float, float, float]:
    sound = len(fractions) == 3 and all(0 < share < 1 for share in fractions)
    if not sound or abs(sum(fractions) - 1) > 1e-6 or max(fractions[1:]) > 0.5:
        raise ValueError(
            f"fractions {fractions}: give shares of train, val and test above 0 that sum to 1, "
            "val and test at most 0.5 each"
        )
    return fractions


def _two_cuts(
    table: pd.DataFrame, groups: np.ndarray | None, val_share: float, test_share: float, seed: int
) -> pd.Series:
    labels = strata(table)
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
    cutter = StratifiedKFold if groups is None else StratifiedGroupKFold
    splitter = cutter(n_splits=folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        # A label rarer than the folds is missing from some of them; counts() shows it.
        warnings.filterwarnings("ignore", message="The least populated class")
        parts = [part for _, part in splitter.split(labels, labels, groups)]
    parts = [part for part in parts if 0 < len(part) < len(labels)]
    return min(parts, key=lambda part: _misfit(labels, part, share))


def _misfit(labels: np.ndarray, part: np.ndarray, share: float) -> float:
    names, codes = np.unique(labels, return_inverse=True)
    whole = np.bincount(codes, minlength=len(names))
    inside = np.bincount(codes[part], minlength=len(names))
    return float(np.abs(inside - share * whole).sum() / len(labels))
