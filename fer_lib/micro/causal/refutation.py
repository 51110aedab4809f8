"""Three usual attempts to refute an estimate read off records, as DoWhy has them.

Each does something to the records whose result is known beforehand. They find a fault of the
estimator or an estimate that hangs on few rows; a cause that nobody recorded they cannot see.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from fer_lib.intervals import LEVEL, Interval
from fer_lib.micro.causal import observational
from fer_lib.micro.causal.effects import Contrast

SHARE = 0.8  # of the rows in a random subset, as in DoWhy
CAUSE = "random cause"
PLACEBO, COMMON_CAUSE, SUBSET = "placebo treatment", "random common cause", "random subset"


def placebo(of: Contrast, chance: np.random.Generator) -> Contrast:
    """Return the same rows, the treatment permuted: whatever is found is no effect."""
    return Contrast(of.rows, chance.permutation(of.treated))


def with_cause(of: Contrast, chance: np.random.Generator) -> Contrast:
    """Return the same rows with a column of noise that is unrelated to everything."""
    return Contrast(of.rows.assign(**{CAUSE: chance.normal(size=len(of.rows))}), of.treated)


def subset(of: Contrast, chance: np.random.Generator) -> Contrast:
    """Return a random part of the rows."""
    kept = np.sort(chance.choice(len(of.rows), round(SHARE * len(of.rows)), replace=False))
    return Contrast(of.rows.iloc[kept].reset_index(drop=True), of.treated[kept])


def refute(
    of: Contrast, outcome: str, known: tuple[str, ...], draws: int, seed: int
) -> dict[str, Interval]:
    """Return what the regression beside ``known`` finds under each of the three.

    Parameters
    ----------
    of : Contrast
        Records, such as `observational.confounded` returns.
    outcome : str
        Column of its rows.
    known : tuple of str
        Columns that the regression (`observational.adjusted`) holds fixed.
    draws, seed : int
        How often each is done, and the seed.

    Returns
    -------
    dict
        Of `PLACEBO` (should be zero), `COMMON_CAUSE` and `SUBSET` (should both be the estimate):
        the mean over the draws, and the range that holds 95 % of them.

    Raises
    ------
    ValueError
        With fewer than two draws.
    """
    if draws < 2:
        raise ValueError(f"{draws} draws: give 2 or more")
    chance = np.random.default_rng(seed)
    ways: dict[str, tuple[Callable, tuple[str, ...]]] = {
        PLACEBO: (placebo, known),
        COMMON_CAUSE: (with_cause, (*known, CAUSE)),
        SUBSET: (subset, known),
    }
    tail = (1 - LEVEL) / 2
    found = {}
    for name, (change, held) in ways.items():
        values = pd.Series(
            [observational.adjusted(change(of, chance), outcome, held).value for _ in range(draws)]
        )
        low, high = values.quantile([tail, 1 - tail])
        found[name] = Interval(float(values.mean()), float(low), float(high), of.splits)
    return found


def passes(found: dict[str, Interval], estimate: float) -> bool:
    """Return whether each range holds what it should: zero, and twice the estimate."""
    wanted = {PLACEBO: 0.0, COMMON_CAUSE: estimate, SUBSET: estimate}
    return all(found[name].low <= value <= found[name].high for name, value in wanted.items())
