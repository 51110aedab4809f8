"""Paired tests between models on the same images, corrected for multiple comparisons.

McNemar's test is not used: it assumes independent images, and images of one subject are not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from statsmodels.stats.multitest import multipletests

from fer_lib.evaluation.counts_by_subject import summary
from fer_lib.evaluation.over_seeds import Drawn, Pooled, Scores, drawn, less, tallies
from fer_lib.training.run import Run


@dataclass(frozen=True)
class Comparison:
    """One model against another in one score.

    Attributes
    ----------
    first, second : str
        Names of the models.
    head, score : str
        What is compared.
    difference : Pooled
        First minus second, with its interval and its p.
    p_holm : float
        ``difference.p`` after Holm's correction over all comparisons it was made with; nan before.
    """

    first: str
    second: str
    head: str
    score: str
    difference: Pooled
    p_holm: float = float("nan")


def shared(first: Sequence[Run], second: Sequence[Run]) -> tuple[list[Run], list[Run]]:
    """Return the runs of both that have a seed in common, in the order of the seeds.

    Runs of one seed had the same split, so both learnt from the same subjects.
    """
    mine = {run.about["seed"]: run for run in first}
    other = {run.about["seed"]: run for run in second}
    seeds = sorted(set(mine) & set(other))
    return [mine[seed] for seed in seeds], [other[seed] for seed in seeds]


def difference(
    first: Sequence[Run],
    second: Sequence[Run],
    which: str,
    head: str,
    resamples: int,
    seed: int = 0,
    scores: Scores = summary,
) -> dict[str, Pooled]:
    """Return each score of the first model minus the second's, paired by seed and by subject.

    Parameters
    ----------
    first, second : sequence of Run
        One a seed; only seeds that both have are used (`shared`).
    which : str
        The set, such as "rendered_test".
    head, resamples, seed, scores
        As for `fer_lib.evaluation.over_seeds.over_seeds`, where the interval is explained.

    Raises
    ------
    ValueError
        If they share no seed, or were not evaluated on the same images.
    """
    one, two = shared(first, second)
    _check(one, two, which)
    return less(
        drawn(tallies(one, which, head), resamples, seed, scores),
        drawn(tallies(two, which, head), resamples, seed, scores),
    )


def _check(first: Sequence[Run], second: Sequence[Run], which: str) -> None:
    """Raise unless there is a seed in common and each saw the same images in both models."""
    if not first:
        raise ValueError("the two models have no seed in common")
    for a, b in zip(first, second, strict=True):
        if sorted(_images(a, which)) != sorted(_images(b, which)):
            raise ValueError("the two runs were not evaluated on the same images")


def _images(run: Run, which: str) -> list[str]:
    return run.predictions.loc[run.predictions["set"] == which, "image_id"].tolist()


def every_pair(
    runs: Mapping[str, Sequence[Run]],
    which: str,
    wanted: Sequence[tuple[str, str]],
    resamples: int,
    seed: int = 0,
) -> list[Comparison]:
    """Return all models against each other, better first, with Holm's correction over all of it.

    Parameters
    ----------
    runs : mapping
        Runs of each model by its name.
    which : str
        The set.
    wanted : sequence of (head, score)
        Such as ("authenticity", "AUC"). The correction is over pairs of models times these.
    resamples, seed : int
        As for `difference`.
    """
    done: dict[tuple, Drawn] = {}

    def of(name: str, chosen: Sequence[Run], head: str) -> Drawn:
        """Return the draws of a model on the seeds it shares with another, worked out once."""
        key = (name, head, *(run.about["seed"] for run in chosen))
        if key not in done:
            done[key] = drawn(tallies(chosen, which, head), resamples, seed)
        return done[key]

    found = []
    for first, second in combinations(runs, 2):
        one, two = shared(runs[first], runs[second])
        _check(one, two, which)
        heads = dict.fromkeys(head for head, _ in wanted)
        gained = {head: less(of(first, one, head), of(second, two, head)) for head in heads}
        found += compared(first, second, wanted, gained)
    return holm([better_first(one) for one in found])


def compared(
    first: str,
    second: str,
    wanted: Sequence[tuple[str, str]],
    gained: Mapping[str, Mapping[str, Pooled]],
) -> list[Comparison]:
    """Return a comparison for each wanted (head, score), of each head's differences."""
    return [
        Comparison(first, second, head, score, gained[head][score])
        for head in gained
        for asked, score in wanted
        if asked == head
    ]


def better_first(one: Comparison) -> Comparison:
    """Return the comparison turned round where the difference is negative."""
    if not one.difference.value < 0:
        return one
    return replace(one, first=one.second, second=one.first, difference=turned(one.difference))


def turned(one: Pooled) -> Pooled:
    """Return a difference the other way round."""
    return replace(one, value=-one.value, low=-one.high, high=-one.low)


def corrected(p: Sequence[float]) -> np.ndarray:
    """Return Holm's step-down p of each of some tests (Scand. J. Statist. 6, 1979), float (n,).

    One without a p (too few subjects) stays nan, but counts: nothing gets easier by being unknown.
    """
    given = np.asarray(p, float)
    found = multipletests(np.where(np.isnan(given), 1.0, given), method="holm")[1]
    return np.where(np.isnan(given), np.nan, found)


def holm(found: Sequence[Comparison]) -> list[Comparison]:
    """Return the comparisons with Holm's p, as `corrected` has it, over all of them."""
    if not found:
        return []
    adjusted = corrected([one.difference.p for one in found])
    return [replace(one, p_holm=float(q)) for one, q in zip(found, adjusted, strict=True)]
