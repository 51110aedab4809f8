"""The mean score of several seeds, with an interval over subjects and seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fer_lib.evaluation.bootstrap import (
    Interval,
    satterthwaite,
    student_ends,
    student_p,
    weights_of,
)
from fer_lib.evaluation.counts_by_subject import Tally, summary, tally
from fer_lib.training.run import Run

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
    return [tally(run.predictions[run.predictions["set"] == which], run.task[head]) for run in runs]


def over_seeds(
    of: Sequence[Tally], resamples: int, seed: int = 0, scores: Scores = summary
) -> dict[str, Pooled]:
    """Return the mean of each score over the runs of a training configuration, with its interval.

    Scores are averaged, images are not thrown together. **Subjects** are drawn with replacement,
    the same draw for every seed, because predictions for one subject are alike under all of them;
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
    """Return a score with its interval cut to the score's range, which Student's t ignores."""
    low, high = np.clip([one.low, one.high], -1.0 if name in SIGNED else 0.0, 1.0)
    return replace(one, low=float(low), high=float(high))


def drawn(of: Sequence[Tally], resamples: int, seed: int = 0, scores: Scores = summary) -> Drawn:
    """Return each score of each seed, (K,), of each seed and draw, (K, B), and the groups' number.

    Instead of tallies, ``of`` may hold anything with ``groups``, repeats allowed, that ``scores``
    takes: weights have a column for each of them.

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
    if subject_error == seed_error == 0:
        p = 1.0 if value == 0 else 0.0
        return Pooled(value, value, value, groups, 3, seeds, 0.0, 0.0, p)
    error, freedom = satterthwaite((subject_error, groups - 1), (seed_error, max(seeds - 1, 1)))
    p = student_p(value, error, freedom)
    low, high = student_ends(value, error, freedom)
    return Pooled(value, low, high, groups, 3, seeds, subject_error, seed_error, p)
