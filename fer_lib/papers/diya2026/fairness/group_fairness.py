"""Scores by group of subjects, and differences between groups with interval and test.

Groups differ in their subjects, so everything is resampled and permuted by subject.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pandas as pd
from scipy import stats

from fer_lib.evaluation import metrics
from fer_lib.evaluation.bootstrap import LEVEL, Interval, over_groups
from fer_lib.evaluation.counts_by_subject import Tally, areas, auc_within, matrices, tally
from fer_lib.labels import AUTHENTICITY
from fer_lib.papers.diya2026.task import TASK

ACCURACY, AUC, WITHIN = "emotion accuracy", "authenticity AUC", "AUC within emotion"
TRUE, FALSE = "genuine called genuine", "fake called genuine"
SCORES = (ACCURACY, AUC, WITHIN, TRUE, FALSE)
Answers = dict[str, Tally]  # of one run, by head

# The AUC within emotion says much the same as the AUC: tested twice, it would only cost power.
COMPARED = (ACCURACY, AUC, TRUE, FALSE)
PERMUTATIONS = 9_999
AGES = ((0, "under 35"), (35, "35 to 50"), (50, "over 50"))  # above so many years
VALUES = {  # in the order in which they are shown
    "tone": ("light", "medium", "dark"),
    "sex": ("female", "male"),
    "age": tuple(label for _, label in AGES),
}
MIN_SUBJECTS = 10  # with fewer, a percentile interval says little


def answers(predictions: pd.DataFrame) -> Answers:
    """Return the answers of one run added up by subject; authenticity is decided at 0.5."""
    return {head.name: tally(predictions, head) for head in TASK.heads}


def score(of: Answers, name: str, drawn: np.ndarray) -> np.ndarray:
    """Return one of `SCORES` for weights ``drawn`` (..., S): how often each subject counts.

    nan where the weights leave nothing to score, for instance no genuine image.
    """
    if name == ACCURACY:
        return metrics.confusion_scores(matrices(of["emotion"], drawn))["accuracy"]
    if name in (TRUE, FALSE):
        label = "genuine" if name == TRUE else "fake"
        row = matrices(of["authenticity"], drawn)[..., AUTHENTICITY.index(label), :]
        return metrics.ratio(row[..., AUTHENTICITY.index("genuine")], row.sum(-1), np.nan)
    won, pairs = areas(of["authenticity"], drawn)
    return auc_within(won, pairs) if name == WITHIN else metrics.ratio(won, pairs, np.nan)[..., 0]


def mean_score(runs: list[Answers], name: str, drawn: np.ndarray) -> np.ndarray:
    """Return the mean of a score over several seeds of training."""
    return np.mean([score(of, name, drawn) for of in runs], axis=0)


def factors_of(table: pd.DataFrame) -> pd.DataFrame:
    """Return each subject's tone, sex and age group, index ``group``, from a rendered set's table.

    Raises
    ------
    ValueError
        If the table lacks a factor, as photographs do; the message names it.
    """
    missing = [name for name in VALUES if name not in table.columns]
    if missing:
        raise ValueError(f"the table has no column {missing[0]!r}: it can't be measured by group")
    people = table.drop_duplicates("group").set_index("group")[list(VALUES)]
    starts, labels = zip(*AGES, strict=True)
    ages = pd.cut(people["age"].astype(float), [*starts, np.inf], labels=list(labels))
    return people.assign(age=ages.astype(str))


def cells(people: pd.DataFrame) -> pd.DataFrame:
    """Return how many subjects each cell of tone, sex and age holds, a column for each age."""
    ordered = people.assign(
        **{name: pd.Categorical(people[name], values) for name, values in VALUES.items()}
    )
    counted = ordered.groupby(list(VALUES), observed=False).size().unstack("age").reset_index()
    counted.columns = counted.columns.astype(str)
    return counted.astype({"tone": str, "sex": str})


def members(people: pd.DataFrame, subjects: np.ndarray) -> dict[tuple[str, str], np.ndarray]:
    """Return bool (S,) for each (factor, value) that has a subject, in the factors' order.

    Raises
    ------
    KeyError
        If a subject is not among ``people`` (from `factors_of`).
    """
    known = people.loc[subjects]
    found = {(f, v): (known[f] == v).to_numpy() for f in VALUES for v in VALUES[f]}
    return {group: mask for group, mask in found.items() if mask.any()}


def compared(groups: dict[tuple[str, str], np.ndarray]) -> list[tuple[str, str, str]]:
    """Return (factor, first, second) for every two groups of the same factor."""
    return [(one[0], one[1], two[1]) for one, two in combinations(groups, 2) if one[0] == two[0]]


def by_group(
    runs: list[Answers], people: pd.DataFrame, resamples: int, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the scores of every group, and the differences between groups of a factor.

    Parameters
    ----------
    runs : list of Answers
        One a seed of training (`answers`), all of the same subjects; scores are means over
        them.
    people : DataFrame
        As `factors_of` returns it.
    resamples, seed : int
        Of the bootstrap by subject, and of the permutations.

    Returns
    -------
    scores : DataFrame
        ``factor``, ``value``, ``subjects``, and an `Interval` for each of `SCORES`.
    differences : DataFrame
        ``score`` (of `COMPARED`), ``factor``, ``first``, ``second``, ``difference`` (first minus
        second, `Interval`, not widened), ``seeds`` (lowest and highest difference), ``p`` of
        permuting subjects between the two groups, ``p adjusted`` for all rows of this table by
        Benjamini and Hochberg (doi:10.1111/j.2517-6161.1995.tb02031.x), and ``told apart``.

    Raises
    ------
    ValueError
        If the runs are not about the same subjects.
    """
    subjects = runs[0]["emotion"].groups
    if any(list(of["emotion"].groups) != list(subjects) for of in runs):
        raise ValueError("the runs were not evaluated on the same subjects")
    groups = members(people, subjects)
    pairs = compared(groups)

    def scores(weights: np.ndarray) -> dict[tuple, np.ndarray]:
        found = {
            (*group, name): mean_score(runs, name, weights * mask)
            for group, mask in groups.items()
            for name in SCORES
        }
        apart = {
            (name, factor, one, two): found[factor, one, name] - found[factor, two, name]
            for name in COMPARED
            for factor, one, two in pairs
        }
        return found | apart

    found = over_groups(len(subjects), scores, resamples, seed)
    found = {key: _of_enough(one, key, groups) for key, one in found.items()}
    table = pd.DataFrame(
        {"factor": f, "value": v, "subjects": int(mask.sum())}
        | {name: found[f, v, name] for name in SCORES}
        for (f, v), mask in groups.items()
    )
    differences = [
        {
            "score": name,
            "factor": factor,
            "first": one,
            "second": two,
            "difference": found[name, factor, one, two],
            "seeds": _range(runs, name, groups[factor, one], groups[factor, two]),
            "p": permuted(runs, name, groups[factor, one], groups[factor, two], seed),
        }
        for name in COMPARED
        for factor, one, two in pairs
    ]
    return table, adjusted(pd.DataFrame(differences))


def _of_enough(found: Interval, key: tuple, groups: dict) -> Interval:
    """Return an interval with its number of subjects, and no ends where a group has only one."""
    named = [(key[0], key[1])] if key[-1] in SCORES else [(key[1], value) for value in key[2:]]
    sizes = [int(groups[group].sum()) for group in named]
    if min(sizes) < 2:
        return replace(found, low=np.nan, high=np.nan, groups=sum(sizes))
    return replace(found, groups=sum(sizes))


def _range(runs: list[Answers], name: str, one: np.ndarray, two: np.ndarray) -> str:
    if len(runs) == 1:
        return "one seed"
    each = [float(score(of, name, one * 1.0) - score(of, name, two * 1.0)) for of in runs]
    return f"{min(each):+.3f} to {max(each):+.3f}"


def permuted(runs: list[Answers], name: str, one: np.ndarray, two: np.ndarray, seed: int) -> float:
    """Return the two-sided p of a difference when subjects change groups at random.

    ``one`` and ``two`` are bool (S,). nan if a group has fewer than two subjects.
    """
    if min(one.sum(), two.sum()) < 2:
        return float("nan")

    def drawn(chosen: np.ndarray) -> np.ndarray:
        weights = np.zeros((*chosen.shape[:-1], len(one)))
        np.put_along_axis(weights, chosen.astype(int), 1.0, -1)
        return weights

    def difference(first: np.ndarray, second: np.ndarray, axis: int) -> np.ndarray:
        first, second = np.moveaxis(first, axis, -1), np.moveaxis(second, axis, -1)
        return mean_score(runs, name, drawn(first)) - mean_score(runs, name, drawn(second))

    found = stats.permutation_test(
        (np.nonzero(one)[0], np.nonzero(two)[0]),
        difference,
        vectorized=True,
        n_resamples=PERMUTATIONS,
        batch=1000,
        rng=np.random.default_rng(seed),
    )
    return float(found.pvalue)


def adjusted(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with ``p adjusted`` and ``told apart``, one family: all its rows.

    The false discovery rate is held, not the chance of any false one: where the question is harm,
    a difference that is missed costs more than one that is looked at in vain. A row whose ``p`` is
    nan was not tested: it stays undecided and is not counted.
    """
    p = table["p"].to_numpy(float)
    known = ~np.isnan(p)
    out = np.full(len(p), np.nan)
    if known.any():
        out[known] = stats.false_discovery_control(p[known], method="bh")
    apart = np.where(out <= 1 - LEVEL, "yes", "no")
    return table.assign(**{"p adjusted": out, "told apart": apart})


def intersections(
    runs: list[Answers], people: pd.DataFrame, resamples: int, seed: int
) -> pd.DataFrame:
    """Return emotion accuracy and genuine called genuine for each tone x sex x age.

    A cell with fewer than `MIN_SUBJECTS` subjects has its count, and no score.
    """
    subjects = runs[0]["emotion"].groups
    known = people.loc[subjects]
    rows = []
    for values in product(*VALUES.values()):
        cell = dict(zip(VALUES, values, strict=True))
        inside = np.nonzero(np.all([known[name] == cell[name] for name in cell], axis=0))[0]
        row = cell | {"subjects": len(inside)}
        if len(inside) < MIN_SUBJECTS:
            rows.append(row | dict.fromkeys((ACCURACY, TRUE), "too few subjects"))
            continue

        def scores(weights: np.ndarray, inside=inside) -> dict[str, np.ndarray]:
            drawn = np.zeros((len(weights), len(subjects)))
            drawn[:, inside] = weights
            return {name: mean_score(runs, name, drawn) for name in (ACCURACY, TRUE)}

        rows.append(row | over_groups(len(inside), scores, resamples, seed))
    return pd.DataFrame(rows)
