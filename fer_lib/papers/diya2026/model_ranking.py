"""Which orderings of the models the data support, and why they do not support others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from engine.page import tables
from fer_lib.evaluation.paired_differences import Comparison, turned
from fer_lib.evaluation.verdicts import SEEDS_NEEDED, SIGNIFICANT
from fer_lib.papers.diya2026 import ablation_page
from fer_lib.training.run import Run


@dataclass(frozen=True)
class Place:
    """Whether one model may be put above another.

    Attributes
    ----------
    comparison : Comparison
        The better one first.
    claimed : bool
        Whether the order may be claimed.
    why : str
        The reason, in words.
    """

    comparison: Comparison
    claimed: bool
    why: str


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
        As for `fer_lib.evaluation.paired_differences.difference`.
    """
    pairs = list(combinations(runs, 2))
    return [
        replace(one, first=one.second, second=one.first, difference=turned(one.difference))
        if one.difference.value < 0
        else one
        for one in ablation_page.against(runs, pairs, which, resamples, seed, wanted)
    ]


def judge(
    one: Comparison,
    seeds: Mapping[str, int],
    unranked: Collection[str] = (),
    least_seeds: int = SEEDS_NEEDED,
    significant: float = SIGNIFICANT,
) -> Place:
    """Return whether the order of a comparison may be claimed.

    Parameters
    ----------
    one : Comparison
        With Holm's p.
    seeds : mapping
        How many seeds each model has.
    unranked : collection of str
        Models that are never ranked, such as a stand-in for one whose weights are missing.
    least_seeds, significant
        From how many seeds on, and below which p after correction, an order may be claimed.
    """
    outside = [name for name in (one.first, one.second) if name in unranked]
    few = [name for name in (one.first, one.second) if seeds[name] < least_seeds]
    d = one.difference
    if outside:
        return Place(one, False, f"{' and '.join(outside)} never ranked")
    if few:
        told = " and ".join(f"{name} has {seeds[name]}" for name in few)
        return Place(one, False, f"fewer than {least_seeds} seeds: {told}")
    if d.seeds < least_seeds:
        return Place(one, False, f"only {d.seeds} seeds in common")
    if not d.low > 0:
        return Place(one, False, "the interval of the difference holds zero")
    if not one.p_holm < significant:
        return Place(one, False, f"p is {one.p_holm:.2g} after correction for all comparisons")
    return Place(one, True, "interval above zero, also after correction")


def ordering(places: Sequence[Place]) -> list[str]:
    """Return the claimed orders as "A above B, C", best first; empty if none may be claimed."""
    above: dict[str, list[str]] = {}
    for place in places:
        if place.claimed:
            above.setdefault(place.comparison.first, []).append(place.comparison.second)
    most_first = sorted(above, key=lambda name: -len(above[name]))
    return [f"{name} above {', '.join(above[name])}" for name in most_first]


def table(places: Sequence[Place]) -> list[dict]:
    """Return one row a pair: its difference, corrected p, and whether an order may be claimed."""
    return [
        {
            "score": f"{place.comparison.head} {place.comparison.score}",
            "higher": place.comparison.first,
            "lower": place.comparison.second,
            "difference (points)": place.comparison.difference.percent(),
            "p, Holm": tables.p_value(place.comparison.p_holm),
            "order claimed": "yes" if place.claimed else "no",
            "why": place.why,
        }
        for place in places
    ]


def differences(places: Sequence[Place], names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return each row's score minus each column's in points, and what a cell says of it.

    Both are (n, n), float and str; a star marks an order that may be claimed, and what was not
    compared is 0 and "".
    """
    points = np.zeros((len(names), len(names)))
    words = np.full(points.shape, "", dtype="U9")
    for place in places:
        one = place.comparison
        row, column = names.index(one.first), names.index(one.second)
        for at, value in (
            ((row, column), one.difference.value),
            ((column, row), -one.difference.value),
        ):
            points[at] = 100 * value
            words[at] = f"{100 * value:+.1f}" + "*" * place.claimed
    return points, words
