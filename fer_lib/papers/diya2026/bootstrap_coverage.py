"""Coverage of bootstrap intervals with few resamples (the paper uses five, section 5-1-8)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fer_lib.evaluation.bootstrap import TAIL, percentile_ends


def from_few(draws: np.ndarray, few: int, repeats: int, seed: int = 0) -> pd.DataFrame:
    """Return the intervals that ``few`` resamples give, had one drawn them ``repeats`` times.

    Parameters
    ----------
    draws : ndarray
        Float (B,), a score on many resamples of the groups.
    few : int
        How many of them make one interval, at least two.
    repeats, seed : int
        How many such intervals, and the seed of their choice.

    Returns
    -------
    DataFrame
        ``low``, ``high`` (percentile ends, as NumPy interpolates), ``mean`` and ``width``, one row
        a repeat.
    """
    if few < 2:
        raise ValueError(f"{few} resamples have no interval: take at least 2")
    chosen = np.random.default_rng(seed).choice(draws, (repeats, few))
    low, high = percentile_ends(chosen, axis=1)
    return pd.DataFrame({"low": low, "high": high, "mean": chosen.mean(1), "width": high - low})


def coverage(few: int) -> float:
    """Return how often smallest and largest of ``few`` draws enclose the middle 95 % of all.

    Exactly: both tails of 2.5 % must be hit. It bounds what a percentile interval from ``few``
    draws can do, since interpolation stays inside them.
    """
    return 1 - 2 * (1 - TAIL) ** few + (1 - 2 * TAIL) ** few
