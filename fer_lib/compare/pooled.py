"""A score over several seeds, with an interval that carries the subjects and the seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from fer_lib.compare.tally import Tally, by_class, summary, tally
from fer_lib.intervals import LEVEL, Interval
from fer_lib.runs import Run

# Scores that may be below zero; every other is a share.
SIGNED = ("Cohen's kappa", "MCC", "gap", "excess")
Scores = Callable[[Tally, np.ndarray], dict[str, np.ndarray]]
Drawn = tuple[dict[str, np.ndarray], dict[str, np.ndarray], int]  # as `drawn` returns it


@dataclass(frozen=True)
class Pooled(Interval):
    """A score's mean over seeds with its interval.

    Attributes
    ----------
    seeds : int
        How many trainings stand behind it; with one, the interval says nothing of their luck.
    subject_error, seed_error : float
        The two standard errors that the interval adds up: of who was tested, of the training.
    p : float
        Two-sided, that the value is zero; meant for differences.
    """

    seeds: int = 1
    subject_error: float = float("nan")
    seed_error: float = float("nan")
    p: float = float("nan")


def tallies(runs: Sequence[Run], which: str, head: str) -> list[Tally]:
    """Return each run's `Tally` on the set called ``which``, in the order of the runs."""
    return [tally(run.predictions[run.predictions["set"] == which], head) for run in runs]


def weights_of(groups: int, resamples: int, seed: int) -> np.ndarray:
    """Return how often each group is drawn, float (resamples, groups); each row adds up to G."""
    chance = np.random.default_rng(seed)
    return chance.multinomial(groups, np.full(groups, 1 / groups), resamples).astype(float)


def over_seeds(
    of: Sequence[Tally], resamples: int, seed: int = 0, scores: Scores = summary
) -> dict[str, Pooled]:
    """Return the mean of each score over the runs of an arm, with its interval.

    Scores are averaged, images are not thrown together. **Subjects** are drawn with replacement,
    the same draw for every seed, because the same person's images answer alike under all of them;
    this gives the standard error of the mean over seeds. **Seeds** are too few to be drawn: their
    own error is the spread of the seeds' scores over the root of their number. Both are added in
    squares, and the interval is Student's with Welch and Satterthwaite's degrees of freedom, so
    that two or three seeds pay for being few.

    Parameters
    ----------
    of : sequence of Tally
        One a seed. Where each seed has its own test part, all groups are drawn from their union;
        the spread of the seeds then also holds whom each tested, and the interval is wide rather
        than short.
    resamples, seed : int
        Number and seed of the draws.
    scores : callable
        Takes a `Tally` and weights (B, G), returns named arrays (B,).

    References
    ----------
    Owen, Ann. Appl. Stat. 1 (2007), doi:10.1214/07-AOAS122 (crossed effects: adding both is
    mildly conservative); Satterthwaite, Biometrics Bull. 2 (1946), doi:10.2307/3002019.
    """
    values, draws, groups = drawn(of, resamples, seed, scores)
    return {name: within(pool(values[name], draws[name], groups), name) for name in values}


def within(one: Pooled, name: str) -> Pooled:
    """Return a score with its ends cut at what it can be; Student's t knows no limits."""
    low, high = np.clip([one.low, one.high], -1.0 if name in SIGNED else 0.0, 1.0)
    return replace(one, low=float(low), high=float(high))


def drawn(of: Sequence[Tally], resamples: int, seed: int = 0, scores: Scores = summary) -> Drawn:
    """Return each score of each seed, (K,), of each seed and draw, (K, B), and the groups' number.

    Raises
    ------
    ValueError
        Without a tally.
    """
    if not of:
        raise ValueError("no run to score")
    names = np.unique(np.concatenate([one.groups for one in of]).astype(str))
    weights = weights_of(len(names), resamples, seed)
    values, draws = [], []
    for one in of:
        mine = weights[:, np.searchsorted(names, one.groups.astype(str))]
        values.append(scores(one, np.ones((1, len(one.groups)))))
        draws.append(scores(one, mine))
    return (
        {name: np.array([value[name][0] for value in values]) for name in values[0]},
        {name: np.stack([draw[name] for draw in draws]) for name in values[0]},
        len(names),
    )


def less(first: Drawn, second: Drawn) -> dict[str, Pooled]:
    """Return the first's scores minus the second's, seed by seed and draw by draw.

    Both must be of the same seeds and groups, in the same order, and drawn with the same seed.
    Differences of shares end at -1 and 1.
    """
    (values, draws, groups), (others, other_draws, _) = first, second
    found = {
        name: pool(values[name] - others[name], draws[name] - other_draws[name], groups)
        for name in values
    }
    return {name: one if name in SIGNED else within(one, "gap") for name, one in found.items()}


def pool(values: np.ndarray, draws: np.ndarray, groups: int) -> Pooled:
    """Return the mean of ``values`` (K,) with the interval that ``draws`` (K, B) and K give.

    The ends are nan with fewer than two groups, and are not cut at 0 or 1 (`within` does that).
    """
    value, seeds = float(np.mean(values)), len(values)
    if groups < 2 or np.isnan(value):
        return Pooled(value, float("nan"), float("nan"), groups, seeds=seeds)
    subject_error = float(np.nanstd(draws.mean(0), ddof=1))
    seed_error = float(np.std(values, ddof=1) / np.sqrt(seeds)) if seeds > 1 else 0.0
    variance = subject_error**2 + seed_error**2
    if variance == 0:
        p = 1.0 if value == 0 else 0.0
        return Pooled(value, value, value, groups, 3, seeds, 0.0, 0.0, p)
    shares = subject_error**4 / (groups - 1) + seed_error**4 / max(seeds - 1, 1)
    freedom = variance**2 / shares
    error = np.sqrt(variance)
    reach = stats.t.ppf((1 + LEVEL) / 2, freedom) * error
    p = float(2 * stats.t.sf(abs(value) / error, freedom))
    low, high = value - reach, value + reach
    return Pooled(value, low, high, groups, 3, seeds, subject_error, seed_error, p)


def class_table(of: Sequence[Tally], resamples: int, seed: int = 0) -> pd.DataFrame:
    """Return precision, recall, F1 (each a `Pooled`) and support a seed, one row a class."""
    found = over_seeds(of, resamples, seed, by_class)
    support = np.mean([one.matrix.sum((0, 2)) for one in of], axis=0)
    rows = [
        {what: found[f"{name}/{what}"] for what in ("precision", "recall", "F1")}
        | {"support": round(float(support[c]))}
        for c, name in enumerate(of[0].classes)
    ]
    return pd.DataFrame(rows, index=pd.Index(of[0].classes, name="class"))


def each_seed(of: Sequence[Tally]) -> pd.DataFrame:
    """Return the summary scores of every seed, one row a seed in the order given."""
    rows = []
    for one in of:
        found = summary(one, np.ones((1, len(one.groups))))
        rows.append({name: float(value[0]) for name, value in found.items()})
    return pd.DataFrame(rows)
