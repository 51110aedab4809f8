"""Differences between training configurations and a reference configuration, score by score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from engine.page import tables
from fer_lib.evaluation import paired_differences
from fer_lib.evaluation.bootstrap import satterthwaite, student_ends, student_p
from fer_lib.evaluation.over_seeds import Drawn, Pooled, drawn, less, over_seeds, tallies
from fer_lib.evaluation.paired_differences import Comparison
from fer_lib.papers.diya2026 import result_page
from fer_lib.training.run import Run

SCORES = (("emotion", "accuracy"), ("authenticity", "AUC"))


def opened(runs: Mapping[str, Sequence[Run]], data: str) -> result_page.Setting:
    """Show the header of all runs that a page compares; return what they have in common.

    Parameters
    ----------
    runs : mapping
        Runs by training configuration, the reference ``base`` among them.
    data : str
        The page's data set.
    """
    tables.header_of_runs([run for each in runs.values() for run in each])
    return result_page.setting(runs["base"][0], data)


def against(
    runs: Mapping[str, Sequence[Run]],
    wanted: Sequence[tuple[str, str]],
    which: str,
    resamples: int,
    seed: int = 0,
    scores: Sequence[tuple[str, str]] = SCORES,
) -> list[Comparison]:
    """Return each wanted arm minus its reference, paired by seed and subject, Holm-corrected.

    Parameters
    ----------
    runs : mapping
        Runs by arm.
    wanted : sequence of (arm, reference)
        What is compared; the correction is over all of it times the scores.
    which : str
        The set that both are tested on.
    resamples, seed
        As for `fer_lib.evaluation.paired_differences.difference`.
    scores : sequence of (head, score)
        What is compared.
    """
    done: dict[tuple, Drawn] = {}

    def of(name: str, chosen: Sequence[Run], head: str) -> Drawn:
        """Return the draws of an arm on the seeds it shares with another, worked out once."""
        key = (name, head, *(run.about["seed"] for run in chosen))
        if key not in done:
            done[key] = drawn(tallies(chosen, which, head), resamples, seed)
        return done[key]

    found = []
    for pair in wanted:
        one, two = paired_differences.shared(runs[pair[0]], runs[pair[1]], which)
        for head in dict.fromkeys(head for head, _ in scores):
            gained = less(of(pair[0], one, head), of(pair[1], two, head))
            asked = [score for of_head, score in scores if of_head == head]
            found += [Comparison(*pair, head, score, gained[score]) for score in asked]
    return paired_differences.holm(found)


def table(
    runs: Mapping[str, Sequence[Run]],
    found: Sequence[Comparison],
    words: Mapping[str, str],
    which: str,
    resamples: int,
    seed: int = 0,
) -> pd.DataFrame:
    """Return one row a configuration: its scores, and by how much it is above its reference.

    Parameters
    ----------
    runs, which, resamples, seed
        As for `against`.
    found : sequence of Comparison
        From `against`.
    words : mapping
        An arm's name to what the row says.

    Returns
    -------
    DataFrame
        Columns: seeds; for each score the arm's own and its difference to the reference, both
        with intervals; the smallest corrected p.
    """
    rows: dict[str, dict] = {}
    names = dict.fromkeys([c.second for c in found] + [c.first for c in found])
    asked = dict.fromkeys((c.head, c.score) for c in found)
    for name in names:
        row: dict[str, object] = {"seeds": len(runs[name])}
        mine = {(c.head, c.score): c for c in found if c.first == name}
        for head, score in asked:
            own = over_seeds(tallies(runs[name], which, head), resamples, seed)[score]
            row[f"{head} {score}"] = own
            c = mine.get((head, score))
            row[f"change in {head} {score}"] = c.difference if c else "reference"
            row[f"p ({head})"] = tables.p_value(c.p_holm) if c else "–"
        rows[words.get(name, name)] = row
    return pd.DataFrame(rows).T.rename_axis("training configuration")


def own_score(
    runs: Mapping[str, Sequence[Run]],
    resamples: int,
    seed: int,
    arm: str,
    head: str,
    score: str,
    which: str = "test",
) -> Pooled:
    """Return an arm's score on one set, mean over seeds: on "test", what its protocol reports."""
    return over_seeds(tallies(runs[arm], which, head), resamples, seed)[score]


def by_score(found: Sequence[Comparison], words: Mapping[str, str]) -> pd.DataFrame:
    """Return differences for a forest plot: a column a score, a row what ``words`` call an arm."""
    return pd.DataFrame(
        {
            f"{head} {score}": {
                words[c.first]: c.difference for c in found if (c.head, c.score) == (head, score)
            }
            for head, score in SCORES
        }
    )


def unpaired(first: Pooled, second: Pooled) -> Pooled:
    """Return first minus second where the two were tested on different images.

    Their errors are added in squares as if independent, which is wide where they share subjects.
    """
    parts = [(one.subject_error, max(one.groups - 1, 1)) for one in (first, second)]
    parts += [(one.seed_error, max(one.seeds - 1, 1)) for one in (first, second)]
    value, total = first.value - second.value, sum(error for error, _ in parts)
    if not np.isfinite(total) or total == 0:
        nothing = float("nan")
        return replace(first, value=value, low=nothing, high=nothing, p=nothing)
    error, freedom = satterthwaite(*parts)
    return Pooled(
        value,
        *student_ends(value, error, freedom),
        min(first.groups, second.groups),
        first.digits,
        min(first.seeds, second.seeds),
        float(np.hypot(first.subject_error, second.subject_error)),
        float(np.hypot(first.seed_error, second.seed_error)),
        student_p(value, error, freedom),
    )
