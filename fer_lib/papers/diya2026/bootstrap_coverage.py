"""Coverage of bootstrap intervals with few resamples (the paper uses five, section 5-1-8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from claimcheck import Claim
from fer_lib.evaluation import metrics
from fer_lib.evaluation.bootstrap import LEVEL, TAIL, percentile_ends, weights_of
from fer_lib.labels import AUTHENTICITY

ENDS = ("authenticity.ci_low", "authenticity.ci_high")


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


def beside_many(draws: np.ndarray, ends: pd.DataFrame) -> dict[str, str | float]:
    """Return how intervals from few draws compare with that from all: one row of a table.

    Parameters
    ----------
    draws : ndarray
        Float (B,).
    ends : DataFrame
        As `from_few` returns it.
    """
    low, high = percentile_ends(draws)
    share = ends["width"] / (high - low)
    return {
        "from all draws": f"[{low:.3f}, {high:.3f}]",
        "lower end from few": "{:.3f} to {:.3f}".format(*percentile_ends(ends["low"])),
        "upper end from few": "{:.3f} to {:.3f}".format(*percentile_ends(ends["high"])),
        "mean share of the width": float(share.mean()),
    }


@dataclass(frozen=True)
class Averages:
    """How often averages over few bootstrap runs print like the counts that they resample.

    Attributes
    ----------
    singly : DataFrame
        A row a printed value: ``value``, ``printed``, ``prints like it`` (share).
    alike : ndarray
        bool (tables,): whether all values of a made-up table print like the paper's.
    ends_alike : ndarray
        bool (intervals,): whether both ends of an interval from as few draws print like its own.
    """

    singly: pd.DataFrame
    alike: np.ndarray
    ends_alike: np.ndarray


def exact_ends(counts: np.ndarray) -> np.ndarray:
    """Return the ends, (2,), of a bootstrap of a matrix's images with very many draws.

    The number of right answers in a draw is binomial, so they are known exactly.
    """
    total = int(counts.sum())
    right = int(np.trace(counts))
    return np.array(stats.binom.interval(LEVEL, total, right / total)) / total


def averages(
    counts: np.ndarray, ledger: Mapping[str, Claim], few: int, tables: int, seed: int
) -> Averages:
    """Return `Averages` of a confusion matrix of fake and genuine whose values are printed.

    Parameters
    ----------
    counts : ndarray
        (2, 2), rows the truth.
    ledger : mapping
        Claims by id: those of Table 6 and its text, and `ENDS`.
    few, tables : int
        Bootstrap runs in an average, each one draw of all images; made-up tables.
    seed : int
        Of the draws.
    """
    again = weights_of(counts, tables * few, seed).reshape(-1, 2, 2)
    overall, per_class = metrics.confusion_scores(again), metrics.class_scores(again)
    values = {
        "authenticity.accuracy": 100 * overall["accuracy"],
        "authenticity.kappa": overall["Cohen's kappa"],
        "authenticity.mcc": overall["MCC"],
    } | {
        f"{where}.{name}.{what.lower()}": per_class[what][:, place]
        for place, name in enumerate(AUTHENTICITY)
        for where, whats in (("table6", ("precision", "recall", "F1")), ("text", ("recall", "F1")))
        for what in whats
    }
    alike, singly = np.ones(tables, bool), []
    for name, value in values.items():
        low, high = ledger[name].rounding
        mean = value.reshape(tables, few).mean(1)
        prints = (low <= mean) & (mean <= high)
        alike &= prints
        shown = {"value": ledger[name].title, "printed": ledger[name].shown}
        singly.append(shown | {"prints like it": float(prints.mean())})
    ends = from_few(overall["accuracy"], few, tables // 2, seed)
    (from_, to), (from_high, to_high) = (ledger[name].rounding for name in ENDS)
    both = ends["low"].between(from_, to) & ends["high"].between(from_high, to_high)
    return Averages(pd.DataFrame(singly), alike, both.to_numpy())
