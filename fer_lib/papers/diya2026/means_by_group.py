"""Means of columns with intervals over groups."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from fer_lib.evaluation.bootstrap import Interval, bootstrap


def means(
    columns: Mapping[str, np.ndarray], groups: np.ndarray, resamples: int, seed: int
) -> dict[str, Interval]:
    """Return the mean of each column, (n,), with its interval from resampling whole groups.

    ``groups`` (n,) says whose each row is; the others are those of
    `fer_lib.evaluation.bootstrap.bootstrap`.
    """

    def of(rows: np.ndarray) -> dict[str, float]:
        return {name: values[rows].mean() for name, values in columns.items()}

    return bootstrap(groups, of, resamples, seed)
