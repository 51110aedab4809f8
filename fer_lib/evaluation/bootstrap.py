"""A score with its interval: percentile bootstrap over subjects, or Student's t."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

LEVEL = 0.95
TAIL = (1 - LEVEL) / 2  # what lies beyond each end


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


def weights_of(groups: int | ArrayLike, resamples: int, seed: int = 0) -> np.ndarray:
    """Return how often each group is drawn, float (resamples, G); each row adds up to G.

    ``groups`` is their number; or a count for each, such as the cells of a table, whose units are
    then drawn one by one (rows add up to all of them).
    """
    units = np.ones(groups) if np.ndim(groups) == 0 else np.ravel(groups)
    total = round(units.sum())
    return np.random.default_rng(seed).multinomial(total, units / total, resamples).astype(float)


def over_groups(
    groups: int, scores: Callable[[np.ndarray], dict], resamples: int, seed: int = 0
) -> dict[str, Interval]:
    """Return each score with its cluster-bootstrap percentile interval.

    ``scores`` takes weights (B, ``groups``), how often each group counts, and returns named arrays
    (B,). Everything else is as for `bootstrap`.
    """
    found = scores(np.ones((1, groups)))
    draws = scores(weights_of(groups, resamples, seed)) if groups > 1 else found
    return {name: interval(float(one), draws[name], groups) for name, (one,) in found.items()}


def bootstrap(
    groups: ArrayLike, scores: Scores, resamples: int, seed: int = 0
) -> dict[str, Interval]:
    """Return each score with its cluster-bootstrap percentile interval.

    Whole groups are drawn with replacement, because images of one subject are not independent.

    Parameters
    ----------
    groups : array_like
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
    rows = np.arange(len(codes))

    def each(weights: np.ndarray) -> dict[str, list[float]]:
        found = [scores(rows.repeat(times[codes])) for times in weights.astype(int)]
        return {name: [one[name] for one in found] for name in found[0]}

    return over_groups(len(names), each, resamples, seed)


def means(
    columns: Mapping[str, ArrayLike] | pd.DataFrame,
    groups: ArrayLike,
    resamples: int,
    seed: int = 0,
) -> dict[str, Interval]:
    """Return what `bootstrap` gives for the mean of each column (n,), nan left out, by sums."""
    codes, names = pd.factorize(groups)
    table = np.array([columns[name] for name in columns], float).T
    held = pd.DataFrame(table).groupby(codes)
    sums, counts = held.sum().to_numpy(), held.count().to_numpy(float)

    def mean(weights: np.ndarray) -> dict[str, np.ndarray]:
        with np.errstate(invalid="ignore"):  # nan where nothing is left
            return dict(zip(columns, (weights @ sums / (weights @ counts)).T, strict=True))

    return over_groups(len(names), mean, resamples, seed)


def interval(value: float, draws: ArrayLike, groups: int, digits: int = 3) -> Interval:
    """Return a score with its percentile interval of draws (B,); no ends below two groups."""
    low, high = percentile_ends(draws) if groups > 1 else (np.nan, np.nan)
    return Interval(value, float(low), float(high), groups, digits)


def percentile_ends(draws: ArrayLike, axis: int | None = None) -> np.ndarray:
    """Return both ends of the percentile interval at `LEVEL`, along the first axis.

    Parameters
    ----------
    draws : array_like
        A score on resamples, at least one. Where one is nan, the score was not defined on that
        resample, which is left out; the ends are nan if it never was.
    axis : int, optional
        The axis of the resamples; None for all of ``draws``.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "All-NaN slice", RuntimeWarning)
        return np.nanquantile(np.asarray(draws, float), [TAIL, 1 - TAIL], axis=axis)


def student_ends(value: float, error: float, freedom: float) -> tuple[float, float]:
    """Return both ends of Student's two-sided interval at `LEVEL`.

    Parameters
    ----------
    value, error : float
        The estimate and its standard error.
    freedom : float
        Degrees of freedom, not always whole; without any the ends are nan.
    """
    reach = float(stats.t.ppf((1 + LEVEL) / 2, freedom)) * error
    return value - reach, value + reach


def satterthwaite(*parts: tuple[float, float]) -> tuple[float, float]:
    """Return standard error and degrees of freedom of a sum of independent estimates.

    Each part is such a pair itself, one error not zero (Biometrics Bull. 2, doi:10.2307/3002019).
    """
    variance = sum(error**2 for error, _ in parts)
    return variance**0.5, variance**2 / sum(error**4 / freedom for error, freedom in parts)


def student_p(value: float, error: float, freedom: float) -> float:
    """Return the two-sided p of an estimate of zero; ``error`` is positive."""
    return float(2 * stats.t.sf(abs(value) / error, freedom))
