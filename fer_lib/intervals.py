"""A score with its interval, from resampling whole subjects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

LEVEL = 0.95


@dataclass(frozen=True)
class Interval:
    """A score with its bootstrap interval.

    Attributes
    ----------
    value, low, high : float
        The score on the data at hand, and the percentile interval's ends.
    groups : int
        Number of groups (subjects) that were resampled.
    digits : int
        How many are shown.
    """

    value: float
    low: float
    high: float
    groups: int
    digits: int = 3

    @property
    def ends(self) -> str:
        """Both ends in brackets, or that there are none."""
        if np.isnan(self.low):
            return "no interval"
        # Adding zero turns a rounded -0.0 into 0.0, whose sign would only puzzle.
        low, high = (round(end, self.digits) + 0.0 for end in (self.low, self.high))
        return f"[{low:.{self.digits}f}, {high:.{self.digits}f}]"

    def __str__(self) -> str:
        """Return the score with its interval."""
        return f"{self.value:.{self.digits}f} {self.ends}"

    def percent(self) -> Interval:
        """Return the same in percent."""
        return Interval(100 * self.value, 100 * self.low, 100 * self.high, self.groups, 1)


Scores = Callable[[np.ndarray], dict[str, float]]


def bootstrap(
    groups: np.ndarray, scores: Scores, resamples: int, seed: int = 0
) -> dict[str, Interval]:
    """Return each score with its cluster-bootstrap percentile interval.

    Whole groups are drawn with replacement, because images of one person are not independent.

    Parameters
    ----------
    groups : ndarray
        Shape (n,), the group of each row.
    scores : callable
        Takes row positions, int (m,), repeats allowed, and returns named floats; nan where one
        is not defined (such resamples are left out of its interval).
    resamples : int
        Number of draws; with fewer than two groups the ends are nan.
    seed : int
        Of the draws.

    References
    ----------
    Field and Welsh, J. R. Statist. Soc. B 69 (2007), doi:10.1111/j.1467-9868.2007.00593.x.
    """
    codes, names = pd.factorize(groups)
    rows = [np.nonzero(codes == code)[0] for code in range(len(names))]
    found = scores(np.arange(len(groups)))
    if len(names) < 2:
        return {k: Interval(v, float("nan"), float("nan"), len(names)) for k, v in found.items()}
    chance = np.random.default_rng(seed)
    draws = pd.DataFrame(
        scores(np.concatenate([rows[code] for code in chance.integers(0, len(names), len(names))]))
        for _ in range(resamples)
    )
    tail = (1 - LEVEL) / 2
    ends = draws.quantile([tail, 1 - tail])
    return {
        name: Interval(value, float(ends[name].iloc[0]), float(ends[name].iloc[1]), len(names))
        for name, value in found.items()
    }
