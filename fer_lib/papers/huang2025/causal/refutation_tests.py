"""Three common refutation tests of an observational estimate, as in DoWhy.

Each changes the data in a way whose effect on the estimate is known. They find a faulty estimator
or an estimate that depends on few rows. They cannot find an unrecorded confounder.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from fer_lib.evaluation.bootstrap import Interval, interval
from fer_lib.papers.huang2025.causal import confounded_subsample
from fer_lib.papers.huang2025.causal.treatment_effects import Contrast

SHARE = 0.8  # of the rows in a random subset, as in DoWhy
CAUSE = "random cause"
# What the regression holds fixed.
WAYS = {
    "nothing held fixed": (),
    "ratio and features": ("imbalance", "features"),
    "ratio, features and classifier": confounded_subsample.BEFORE,
}
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
    """Return the estimates of the regression adjusted for ``known`` under each of the three tests.

    Parameters
    ----------
    of : Contrast
        Records, such as `confounded_subsample.confounded` returns.
    outcome : str
        Column of its rows.
    known : tuple of str
        Columns that the regression (`confounded_subsample.adjusted`) holds fixed.
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
    found = {}
    for name, (change, held) in ways.items():
        values = [
            confounded_subsample.adjusted(change(of, chance), outcome, held).value
            for _ in range(draws)
        ]
        found[name] = interval(float(pd.Series(values).mean()), values, of.splits)
    return found


def passes(found: dict[str, Interval], estimate: float) -> bool:
    """Return whether each range contains its expected value: zero, and twice the estimate."""
    wanted = {PLACEBO: 0.0, COMMON_CAUSE: estimate, SUBSET: estimate}
    return all(found[name].low <= value <= found[name].high for name, value in wanted.items())


def table(of: Contrast, outcome: str, experiment: Interval, draws: int, seed: int) -> pd.DataFrame:
    """Return a row for each of `WAYS`: the estimate, the three attempts, whether it passes all.

    ``experiment`` is what the estimates are compared with in the last column; the other arguments
    are those of `refute`.
    """
    rows = []
    for words, known in WAYS.items():
        one = confounded_subsample.adjusted(of, outcome, known)
        refuted = refute(of, outcome, known, draws, seed)
        passed = "passed" if passes(refuted, one.value) else "not passed"
        rows.append({"held fixed": words, "estimate": one, **refuted, "all three": passed})
        rows[-1]["off the experiment by"] = round(one.value - experiment.value, 3) + 0.0
    return pd.DataFrame(rows)
