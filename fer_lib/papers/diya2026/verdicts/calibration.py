"""Verdicts on what diya2026 says of its bootstrap, its probabilities and its threshold."""

from __future__ import annotations

import numpy as np

from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.diya2026.bootstrap_coverage import ENDS, Averages

OF_AUC = ("auc.certainty", "auc.credibility")


def judge(
    rows: VerdictRows, exact: np.ndarray, averaged: Averages, gain: Interval, error: Interval
) -> None:
    """Add the sentences of sections 4-3, 5-1 and 5-3.

    Parameters
    ----------
    rows : VerdictRows
        The table.
    exact, averaged : ndarray, Averages
        What `bootstrap_coverage.exact_ends` and `bootstrap_coverage.averages` return.
    gain : Interval
        Of the accuracy by the validation part's best threshold, of the proposed model.
    error : Interval
        The expected calibration error of its authenticity head.
    """
    for name, end in zip(ENDS, exact, strict=True):
        how = f"very many draws of single images from Figure 13 give {end:.4f}"
        rows.within(name, end, end, how)
    rows.underspecified(
        "bootstrap.resamples",
        "neither the draws in a run nor the unit drawn are given; if a run is one resample, both "
        f"printed ends come out in {100 * averaged.ends_alike.mean():.2f} % of tries",
    )
    rows.underspecified(
        "table6.averaged",
        "the values are those of the four counts of Figure 13 themselves; if a run is one "
        f"resample, averages print like that in {100 * averaged.alike.mean():.2f} % of tries",
    )
    rows.underspecified(
        "deploy.threshold",
        "why it was chosen is not said; ours is the accuracy that the validation part's best "
        "threshold gains on it, in points",
        gain.percent(),
    )
    for name in OF_AUC:
        why = "squared probabilities have the same AUC; ours is the ECE as it is"
        rows.inconsistent(name, why, error)
