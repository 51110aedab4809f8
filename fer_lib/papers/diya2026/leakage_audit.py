"""Audit a split for leakage: do test images, or near-duplicates of them, occur in training?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from fer_lib.data import duplicates
from fer_lib.data.splits import SPLITS, strata

OK = "ok"
LEAK = "leak"
UNBALANCED = "unbalanced"
NOT_CHECKED = "not checked"
# Share of a split's labels that may lie in other cells than overall, beyond what chance moves.
BALANCE_LIMIT = 0.10

_EXAMPLES = 3


def audit(table: pd.DataFrame, split: pd.Series, images: np.ndarray | None = None) -> pd.DataFrame:
    """Check a split for leakage and for skewed labels.

    Near-duplicates are pairs of images in two splits whose perceptual hashes are close
    (``duplicates.COPY_DISTANCE``, which says what that cannot find). Labels are balanced if the
    total variation distance between the emotion x authenticity shares of a split and of the
    whole table is at most ``BALANCE_LIMIT`` plus what a random draw of as many images gives.

    Parameters
    ----------
    table : DataFrame
        Schema of ``schema.COLUMNS``, N rows.
    split : Series
        N strings of ``splits.SPLITS`` on the index of ``table``.
    images : ndarray, optional
        (N, S, S, 3) uint8. Needed for near-duplicates if the table has no column ``phash``.

    Returns
    -------
    DataFrame
        ``check``, ``found`` (in words, with examples) and ``verdict``: ``ok``, ``leak`` or
        ``not checked``.

    Raises
    ------
    ValueError
        If split or images do not fit the table, or the split has an unknown or an empty part.
    """
    parts = _checked(table, split, images)
    rows = [
        _shared(table["group"], parts, "groups in more than one split", "groups"),
        _shared(table["sha256"], parts, "identical images in more than one split", "images"),
        _near_duplicates(table, parts, images),
        _balance(table, parts),
    ]
    return pd.DataFrame(rows, columns=["check", "found", "verdict"])


def _checked(table: pd.DataFrame, split: pd.Series, images: np.ndarray | None) -> np.ndarray:
    if not split.index.equals(table.index):
        raise ValueError("split and table differ in their index: make the split from this table")
    if images is not None and len(images) != len(table):
        raise ValueError(f"{len(images)} images for {len(table)} rows: pass those of this table")
    parts = split.to_numpy(dtype=object)
    unknown = sorted({str(part) for part in parts} - set(SPLITS))
    if unknown:
        raise ValueError(f"unknown split {unknown[0]!r}: use {', '.join(SPLITS)}")
    empty = [name for name in SPLITS if name not in set(parts)]
    if empty:
        raise ValueError(f"the split {empty[0]!r} is empty: split again with more groups")
    return parts


def _shared(values: pd.Series, parts: np.ndarray, check: str, what: str) -> tuple:
    places = pd.Series(parts).groupby(values.to_numpy()).nunique()
    shared = list(places.index[places > 1])
    if not shared:
        return check, f"0 of {len(places)} {what}", OK
    examples = ", ".join(str(value)[:16] for value in shared[:_EXAMPLES])
    return check, f"{len(shared)} of {len(places)} {what}, such as {examples}", LEAK


def _near_duplicates(table: pd.DataFrame, parts: np.ndarray, images: np.ndarray | None) -> tuple:
    check = "near-duplicates in more than one split"
    if {"phash", "phash_mirrored"} <= set(table.columns):
        hashes = list(table["phash"])
        mirrored = list(table["phash_mirrored"])
    elif images is not None:
        pairs_of_hashes = [duplicates.hash_pair(image) for image in images]
        hashes = [upright for upright, _ in pairs_of_hashes]
        mirrored = [mirror for _, mirror in pairs_of_hashes]
    else:
        return check, "needs the images", NOT_CHECKED
    pairs = duplicates.near_pairs(hashes, mirrored, duplicates.COPY_DISTANCE)
    crossing = pairs[parts[pairs[:, 0]] != parts[pairs[:, 1]]]
    if len(crossing) == 0:
        return check, f"0 pairs within {duplicates.COPY_DISTANCE} of 256 bits", OK
    names = table["image_id"].to_numpy()
    examples = ", ".join(f"{names[a]} = {names[b]}" for a, b in crossing[:_EXAMPLES])
    return check, f"{len(crossing)} pairs, such as {examples}", LEAK


def _balance(table: pd.DataFrame, parts: np.ndarray) -> tuple:
    labels, codes = np.unique(strata(table).astype(str), return_inverse=True)
    overall = np.bincount(codes, minlength=len(labels)) / len(codes)
    excess, distance, worst = max(_distance(codes[parts == name], overall, name) for name in SPLITS)
    found = (
        f"largest distance {distance:.3f} ({worst}), "
        f"limit {distance - excess:.3f} for its number of images"
    )
    return "label balance", found, UNBALANCED if excess > 0 else OK


def _distance(codes: np.ndarray, overall: np.ndarray, name: str) -> tuple[float, float, str]:
    count = len(codes)
    shares = np.bincount(codes, minlength=len(overall)) / count
    distance = 0.5 * float(np.abs(shares - overall).sum())
    # Mean absolute deviation of a binomial share, by the normal approximation.
    by_chance = 0.5 * float(np.sqrt(2 / np.pi * overall * (1 - overall) / count).sum())
    return distance - BALANCE_LIMIT - by_chance, distance, name
