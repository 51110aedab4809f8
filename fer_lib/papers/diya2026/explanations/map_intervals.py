"""Means over faces with bootstrap intervals over subjects, for many columns at once."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fer_lib.evaluation.bootstrap import Interval, percentile_ends


def means(
    frame: pd.DataFrame, columns: list[str], groups: np.ndarray, resamples: int, seed: int
) -> dict[str, Interval]:
    """Return each column's mean with its cluster-bootstrap percentile interval.

    What `fer_lib.evaluation.bootstrap.bootstrap` gives for means, by sums of groups: a page has
    hundreds.

    Parameters
    ----------
    frame : DataFrame
        One row a face; missing values are left out of their column.
    columns : list of str
        Which.
    groups : ndarray
        (n,): whose face it is. Whole groups are drawn.
    resamples, seed : int
        As there; with fewer than two groups, or where a column is empty, the ends are nan.
    """
    values = frame[columns].to_numpy(float)
    codes, names = pd.factorize(groups)
    there = ~np.isnan(values)
    count = len(names)
    sums, counts = np.zeros((count, len(columns))), np.zeros((count, len(columns)))
    np.add.at(sums, codes, np.where(there, values, 0))
    np.add.at(counts, codes, there)
    nothing = np.full(len(columns), np.nan)
    total = counts.sum(0)
    value = np.divide(sums.sum(0), total, out=nothing.copy(), where=total > 0)
    low, high = nothing.copy(), nothing.copy()
    if count > 1:
        chance = np.random.default_rng(seed)
        draws = chance.integers(0, count, (resamples, count))
        times = np.stack([np.bincount(draw, minlength=count) for draw in draws])
        held = times @ counts
        drawn = np.divide(times @ sums, held, out=np.full(held.shape, np.nan), where=held > 0)
        known = total > 0
        low[known], high[known] = percentile_ends(drawn[:, known], axis=0)
    return {
        name: Interval(float(value[k]), float(low[k]), float(high[k]), count)
        for k, name in enumerate(columns)
    }
