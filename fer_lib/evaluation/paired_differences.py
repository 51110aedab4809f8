"""Paired tests between models on the same images, corrected for multiple comparisons.

McNemar's test is not used: it assumes independent images, and images of one subject are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from statsmodels.stats.multitest import multipletests

from fer_lib.evaluation.counts_by_subject import summary
from fer_lib.evaluation.over_seeds import Pooled, Scores, drawn, less, tallies
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


def shared(first: Sequence[Run], second: Sequence[Run], which: str) -> tuple[list[Run], list[Run]]:
    """Return the runs of both that have a seed in common, in the order of the seeds.

    Runs of one seed had the same split, so both learnt from the same subjects.

    Raises
    ------
    ValueError
        If there is none, or the two were not evaluated on the same images of the set ``which``.
    """
    mine = {run.about["seed"]: run for run in first}
    other = {run.about["seed"]: run for run in second}
    seeds = sorted(set(mine) & set(other))
    if not seeds:
        raise ValueError("the two models have no seed in common")
    for pair in ((mine[seed].predictions, other[seed].predictions) for seed in seeds):
        one, two = (sorted(table.loc[table["set"] == which, "image_id"]) for table in pair)
        if one != two:
            raise ValueError("the two runs were not evaluated on the same images")
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
    one, two = shared(first, second, which)
    return less(
        drawn(tallies(one, which, head), resamples, seed, scores),
        drawn(tallies(two, which, head), resamples, seed, scores),
    )


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
