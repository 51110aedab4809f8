"""Report on decoded class folders: copies, contradictory labels, missing classes."""

from __future__ import annotations

import pandas as pd

from fer_lib.data.photographs import large_group
from fer_lib.labels import EMOTIONS


def of_content(table: pd.DataFrame) -> list[tuple]:
    """Return report rows (file, problem, cure, action, count) on what the images are.

    Parameters
    ----------
    table : DataFrame
        One row an image: ``file``, ``sha256``, ``emotion``, ``group`` of near-duplicates, ``part``.
    """
    return _copies(table) + _shared(table) + large_group(table)


def _copies(table: pd.DataFrame) -> list[tuple]:
    copies = table[table.groupby("sha256")["file"].transform("size") > 1]
    if copies.empty:
        return []
    problem = f"{copies['sha256'].nunique()} contents occur more than once"
    cure = "nothing to do: kept in one group"
    rows = [(copies["file"].iloc[0], problem, cure, "used", len(copies))]
    torn = copies[copies.groupby("sha256")["emotion"].transform("nunique") > 1]
    for _, one in torn.groupby("sha256", sort=False):
        labels = ", ".join(sorted(set(one["emotion"])))
        problem = f"contradictory labels ({labels}): same content as {one['file'].iloc[1]}"
        cure = "keep the copy with the right label, delete the others"
        rows.append((one["file"].iloc[0], problem, cure, "used", len(one)))
    return rows


def _shared(table: pd.DataFrame) -> list[tuple]:
    trained = set(table.loc[table["part"] == "train", "group"])
    shared = table[(table["part"] == "test") & table["group"].isin(trained)]
    if shared.empty:
        return []
    problem = "test images with a copy or near-copy in a training folder"
    return [(shared["file"].iloc[0], problem, "split by group, not by part", "used", len(shared))]


def lost(table: pd.DataFrame) -> list[tuple]:
    """Return report rows on emotions without an image."""
    absent = [emotion for emotion in EMOTIONS if emotion not in set(table["emotion"])]
    cure = "restore the folder from the archive"
    return [
        (f"{one}/", f"NO IMAGE of {one}: no result for it", cure, "missing", 1) for one in absent
    ]
