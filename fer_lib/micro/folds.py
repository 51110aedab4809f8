"""Folds by subject, and the emotions that enough subjects show to be divided."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold

from fer_lib.data import DataError
from fer_lib.labels import EMOTIONS


def by_group(emotion: np.ndarray, group: np.ndarray, count: int, seed: int) -> list[tuple]:
    """Return (train, test) places of folds by subject, as balanced in emotion as can be."""
    divided = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        # A rare emotion may have fewer images than there are folds; who uses the folds looks.
        warnings.filterwarnings("ignore", "The least populated class", UserWarning)
        return list(divided.split(emotion, emotion, group))


def divisible(table: pd.DataFrame, least: int) -> list[str]:
    """Return the emotions that at least so many groups show, in the order of `EMOTIONS`.

    Rendered sets have all of them; a reader's folders may lack one, or hold it in copies of one
    image, which are one group and cannot stand on both sides of a split.

    Parameters
    ----------
    table : DataFrame
        With ``emotion`` and ``group``.
    least : int
        Groups.

    Raises
    ------
    DataError
        If fewer than three emotions are left.
    """
    groups = table.groupby(table["emotion"].astype(str))["group"].nunique()
    kept = [emotion for emotion in EMOTIONS if groups.get(emotion, 0) >= least]
    if len(kept) < 3:
        found = ", ".join(f"{name} {n}" for name, n in groups.items() if n)
        raise DataError(
            f"fewer than three emotions are shown by {least} people or more ({found}): add images "
            "of other people (near-copies count as one)"
        )
    return kept
