"""The corrected resampled t test for mean differences over cross-validation folds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fer_lib.evaluation.bootstrap import Interval, student_ends, student_p


@dataclass(frozen=True)
class Corrected:
    """The corrected resampled t test of one difference.

    Attributes
    ----------
    interval : Interval
        The mean over all folds and its interval.
    t, p, p_holm : float
        Statistic; two-sided p; p after Holm's correction, nan before it.
    effect : float
        Mean over standard deviation of the folds' differences (Cohen's d of paired values).
    folds : int
        Differences behind it.
    """

    interval: Interval
    t: float
    p: float
    effect: float
    folds: int
    p_holm: float = float("nan")


def corrected_t(each: np.ndarray, ratio: float) -> Corrected:
    """Test whether the mean of the folds' differences is zero.

    Folds share training images, so their differences are not independent, and the usual t test
    finds too much. The variance is raised by the ratio of test to training images.

    Parameters
    ----------
    each : ndarray
        float (folds,): the difference in each fold, none of them nan.
    ratio : float
        Test images over training images, mean over the folds.

    Returns
    -------
    Corrected
        With fewer than two folds only the mean is known.

    References
    ----------
    Nadeau and Bengio, Machine Learning 52 (2003), doi:10.1023/A:1024068626366.
    """
    count = len(each)
    mean = float(each.mean()) if count else float("nan")
    nothing = Corrected(Interval(mean, np.nan, np.nan, count), np.nan, np.nan, np.nan, count)
    if count < 2:
        return nothing
    spread = float(each.std(ddof=1))
    if spread == 0:
        p = 1.0 if mean == 0 else 0.0
        return replace(nothing, interval=Interval(mean, mean, mean, count), p=p)
    error = spread * np.sqrt(1 / count + ratio)
    low, high = (float(end) for end in student_ends(mean, error, count - 1))
    p = student_p(mean, error, count - 1)
    return Corrected(Interval(mean, low, high, count), mean / error, p, mean / spread, count)


def wider(one: Interval, two: Interval) -> Interval:
    """Return the first value with an interval that contains both intervals."""
    if np.isnan([one.low, two.low]).any():
        return replace(one, low=float("nan"), high=float("nan"))
    return replace(one, low=min(one.low, two.low), high=max(one.high, two.high))
