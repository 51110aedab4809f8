"""Regression discontinuity as the paper and its code specify it, on the experiment's runs.

Everything is a function of three columns: the imbalance ratio, who was treated, the outcome.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

from fer_lib.evaluation.bootstrap import Interval, student_ends
from fer_lib.papers.huang2025.causal.treatment_assignment import CUTOFF, NONE

PLACEBO = 0.6  # text, section 5.1: a cutoff at which nothing is decided
BANDWIDTH = 0.15  # code; the text says "local" and no number
BIN = 0.02  # code
FEWEST = 4  # runs on either side; with fewer there is no estimate
KERNELS = ("uniform", "triangular")


@dataclass(frozen=True)
class Jump:
    """The coefficient of the treatment in a local linear regression.

    Attributes
    ----------
    tau : Interval
        The coefficient with its normal interval; nan where there were too few runs.
    error, p : float
        Its standard error (HC1) and two-sided p value.
    untreated, treated : int
        Runs that were used.
    """

    tau: Interval
    error: float
    p: float
    untreated: int
    treated: int


def estimate(
    ratio: np.ndarray,
    treated: np.ndarray,
    outcome: np.ndarray,
    cutoff: float = CUTOFF,
    bandwidth: float | None = None,
    kernel: str = "uniform",
) -> Jump:
    """Regress the outcome on (ratio - cutoff) x treated, with HC1 errors, as the public code does.

    If the treatment is given from the cutoff on and nowhere below, the coefficient is the jump
    there. If it occurs on both sides, it is the difference of two lines that both run through all
    ratios, read off at the cutoff.

    Parameters
    ----------
    ratio, treated, outcome : ndarray
        (n,): the running variable, 0 or 1, and what is explained.
    cutoff : float
        Where the coefficient is read off.
    bandwidth : float, optional
        Runs farther from the cutoff are left out; None takes all.
    kernel : str
        "uniform" (code), or "triangular": nearer runs count more (our choice; needs a bandwidth).

    Raises
    ------
    ValueError
        If the cutoff lies outside of the ratios, or bandwidth or kernel make no sense.
    """
    ratio, treated = np.asarray(ratio, float), np.asarray(treated, float)
    if not ratio.min() < cutoff < ratio.max():
        ends = f"{ratio.min():.2f} to {ratio.max():.2f}"
        raise ValueError(f"the cutoff {cutoff} lies outside of the ratios, {ends}")
    if bandwidth is not None and bandwidth <= 0:
        raise ValueError(f"the bandwidth is {bandwidth}: give more than 0, or None for all runs")
    if kernel not in KERNELS or (kernel == "triangular" and bandwidth is None):
        raise ValueError(f"kernel {kernel!r}: give uniform, or triangular with a bandwidth")
    away = ratio - cutoff
    weights = np.ones(len(ratio))
    if bandwidth is not None:
        weights = (np.abs(away) <= bandwidth).astype(float)
        if kernel == "triangular":
            weights = np.maximum(1 - np.abs(away) / bandwidth, 0)
    used = weights > 0
    away, treated, weights = away[used], treated[used], weights[used]
    counts = [int((treated == side).sum()) for side in (0, 1)]
    if min(counts) < FEWEST:
        nothing = float("nan")
        return Jump(Interval(nothing, nothing, nothing, sum(counts)), nothing, nothing, *counts)
    design = np.column_stack([np.ones(len(away)), away, treated, away * treated])
    fitted = sm.WLS(np.asarray(outcome, float)[used], design, weights).fit(cov_type="HC1")
    value, error = float(fitted.params[2]), float(fitted.bse[2])
    ends = student_ends(value, error, np.inf)  # the normal interval, as the code has it
    return Jump(Interval(value, *ends, sum(counts)), error, float(fitted.pvalues[2]), *counts)


def assigned_by_cutoff(
    runs: pd.DataFrame, treatment: str, cutoff: float = CUTOFF
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the runs of a world in which the ratio alone decides the treatment.

    From the experiment those are kept that did what the rule says: treated from the cutoff on,
    untreated below. The lots made the kept ones a fair sample on either side.

    Returns
    -------
    (DataFrame, ndarray)
        The kept rows, and whether each was treated, float (n,).
    """
    above = (runs["imbalance"] >= cutoff).to_numpy()
    obeyed = (runs["treatment"] == np.where(above, treatment, NONE)).to_numpy()
    return runs[obeyed].reset_index(drop=True), above[obeyed].astype(float)


def sensitivity(
    ratio: np.ndarray,
    treated: np.ndarray,
    outcome: np.ndarray,
    bandwidths: tuple[float | None, ...] = (None, BANDWIDTH, 0.1, 0.05),
    cutoff: float = CUTOFF,
) -> pd.DataFrame:
    """Return the estimate under several bandwidths and both kernels, one row each."""
    rows = []
    for bandwidth in bandwidths:
        for kernel in KERNELS if bandwidth is not None else KERNELS[:1]:
            found = estimate(ratio, treated, outcome, cutoff, bandwidth, kernel)
            rows.append(
                {
                    "bandwidth": "all runs" if bandwidth is None else f"{bandwidth}",
                    "kernel": kernel,
                    "runs": found.untreated + found.treated,
                    "tau": found.tau,
                    "standard error": found.error,
                }
            )
    return pd.DataFrame(rows)


def density(
    ratio: np.ndarray, cutoff: float = CUTOFF, windows: tuple[float, ...] = (0.02, 0.05, 0.1)
) -> pd.DataFrame:
    """Return, for windows around the cutoff, how many runs lie on either side, and a binomial p.

    Where units could choose their side, they would pile up on one.

    References
    ----------
    The question is that of McCrary, doi:10.1016/j.jeconom.2007.05.005; the test is the simplest.
    """
    away = np.asarray(ratio, float) - cutoff
    rows = []
    for window in windows:
        below = int(((away < 0) & (away >= -window)).sum())
        above = int(((away >= 0) & (away < window)).sum())
        p = stats.binomtest(above, below + above).pvalue if below + above else float("nan")
        rows.append({"window": window, "below": below, "above": above, "p": float(p)})
    return pd.DataFrame(rows)


def binned(ratio: np.ndarray, outcome: np.ndarray, width: float = BIN) -> pd.DataFrame:
    """Return the mean outcome of each bin of the ratio, the cutoff being an edge.

    Returns
    -------
    DataFrame
        ``imbalance`` (middle of the bin), ``runs``, ``mean``; empty bins are left out.
    """
    place = np.floor((np.asarray(ratio, float) - CUTOFF) / width + 1e-9)
    table = pd.DataFrame({"place": place, "outcome": np.asarray(outcome, float)})
    means = table.groupby("place")["outcome"].agg(["size", "mean"]).reset_index()
    return pd.DataFrame(
        {
            "imbalance": CUTOFF + (means["place"] + 0.5) * width,
            "runs": means["size"],
            "mean": means["mean"],
        }
    )
