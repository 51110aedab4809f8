"""What the page on calibration shows and says; what it computes stands in modules of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from engine.page import tables
from engine.page.sign_words import by_sign
from fer_lib.evaluation import metrics, over_seeds
from fer_lib.evaluation.bootstrap import percentile_ends
from fer_lib.evaluation.over_seeds import Drawn, Pooled
from fer_lib.papers.diya2026 import bootstrap_coverage, calibration, named_configs
from fer_lib.papers.diya2026.calibration import Forecast
from fer_lib.training.run import Run

SCORES = ("accuracy", "macro F1", "AUC")
ERROR = "ECE, equal width"
# The key of a forecast: model and head.
Key = tuple[str, str]


def title(key: Key) -> str:
    """Return what to call a model's head."""
    name, head = key
    return f"{named_configs.title(name)}, {head}"


def say_few(draws: Mapping[str, np.ndarray], ends: Mapping[str, pd.DataFrame], few: int) -> None:
    """Show intervals from few resamples beside those from all, and say how wrong they are.

    ``draws`` has a score's draws (1, B) by name, ``ends`` what `bootstrap_coverage.from_few` gives.
    """
    rows = [
        {"score": name} | bootstrap_coverage.beside_many(draws[name][0], ends[name])
        for name in ends
    ]
    tables.table(rows, f"Intervals from {few} resamples: where the middle 95 % of their ends lie")
    shares = [row["mean share of the width"] for row in rows]
    tables.say(
        f"On average an interval from {few} draws is {min(shares):.0%} to {max(shares):.0%} "
        f"as wide as that from all. That the smallest and largest of {few} draws enclose the "
        f"middle 95 % happens in {bootstrap_coverage.coverage(few):.1%} of cases, "
        "whatever the score."
    )


def say_inside(draws: np.ndarray, ends: pd.DataFrame) -> None:
    """Say how many intervals from few draws (`bootstrap_coverage.from_few`) are too narrow."""
    low, high = percentile_ends(draws)
    inside = ((ends["low"] > low) & (ends["high"] < high)).mean()
    tables.say(
        f"Of these intervals {inside:.0%} lie inside the lines at both ends: they promise more "
        "than they know. The lower ends alone spread over "
        f"{100 * float(ends['low'].max() - ends['low'].min()):.1f} points of accuracy."
    )


def say_subjects(
    by_subject: Mapping[str, np.ndarray],
    by_image: Mapping[str, np.ndarray],
    within: Mapping[str, float],
) -> None:
    """Show both kinds of interval, and say why one is narrower.

    Parameters
    ----------
    by_subject, by_image : mapping
        By score the draws, (1, B).
    within : mapping
        What `calibration.within_subjects` returns of the same run.
    """
    rows = []
    for name in SCORES:
        both = {"subjects": by_subject[name], "images": by_image[name]}
        ends = {unit: percentile_ends(drawn) for unit, drawn in both.items()}
        width = {unit: high - low for unit, (low, high) in ends.items()}
        shown = {f"drawn by {u}": f"[{low:.3f}, {high:.3f}]" for u, (low, high) in ends.items()}
        share = {"width, subjects over images": width["subjects"] / width["images"]}
        rows.append({"score": name} | shown | share)
    tables.table(rows, "The same run, subjects or single images drawn")
    effect, across = within["design effect"], within["between the classes"]
    narrower = effect < 1
    told = (
        f"Two images of one subject are right together with a correlation of "
        f"{within['correlation']:.3f}. With {within['images a subject']:.0f} images a subject that "
        f"{'divides' if narrower else 'multiplies'} the variance of the accuracy by "
        f"{1 / effect if narrower else effect:.2f}. "
    )
    if narrower and across < 0:
        told += (
            "Its interval is **narrower** over subjects, for a reason: the shares of right answers "
            f"on a subject's genuine and fake faces are correlated by {across:.2f}. A face that "
            "looks genuine to the model is right when genuine and wrong when fake. Each subject "
            "has both equally often, so such errors cancel within a subject. "
            "Drawing images ignores that."
        )
    elif narrower:
        told += "Its interval is narrower over subjects, by no pattern that this page explains."
    else:
        told += "Drawing images would make the intervals too narrow."
    tables.say(told)


def say_printed(averaged: bootstrap_coverage.Averages, few: int) -> None:
    """Say how often averages over few runs print like the paper's table; fold it by value."""
    tables.say(
        f"Of {len(averaged.alike):,} made-up tables of averages over {few} runs, "
        f"{int(averaged.alike.sum()):,} print like Table 6 in all values. Of "
        f"{len(averaged.ends_alike):,} intervals from {few} draws, "
        f"{int(averaged.ends_alike.sum()):,} print like the paper's at both ends."
    )
    shown = averaged.singly
    share = shown["prints like it"].map("{:.1%}".format)
    tables.folded(shown.assign(**{"prints like it": share}), "The same for each value of Table 6")


def measured(
    forecasts: Mapping[Key, Sequence[Forecast]], resamples: int, seed: int, bins: int
) -> dict[Key, dict[str, Pooled]]:
    """Show each forecast's calibration; return it by model and head.

    Folded are the parts of the Brier score and the bins.
    """
    found = {
        key: calibration.over_seeds(list(of), resamples, seed, bins)
        for key, of in forecasts.items()
    }
    shown = (ERROR, "ECE, equal size", "Brier score", "forecast minus truth")
    tables.table(
        [
            {"model and head": title(key)} | {name: one[name] for name in shown}
            for key, one in found.items()
        ],
        f"Calibration, mean over seeds, {bins} bins",
    )
    parts = [
        {"model and head": title(key)}
        | pd.DataFrame([calibration.brier_parts(one) for one in of]).mean().to_dict()
        for key, of in forecasts.items()
    ]
    tables.folded(parts, "The Brier score is miscalibration less discrimination plus uncertainty")
    for key, of in forecasts.items():
        frames = [
            calibration.reliability(one, bins=bins).assign(training=k) for k, one in enumerate(of)
        ]
        tables.folded(pd.concat(frames), f"Bins of {title(key)}")
    return found


def say_squared(of: Sequence[Forecast], resamples: int, seed: int, bins: int) -> None:
    """Show that squared probabilities have the same AUC and another calibration."""
    rows = []
    for how, found in (
        ("as they are", list(of)),
        ("squared", [replace(one, p=one.p**2) for one in of]),
    ):
        scores = calibration.over_seeds(found, resamples, seed, bins)
        area = float(np.mean([metrics.auc(one.true, one.p) for one in found]))
        kept = {name: scores[name] for name in (ERROR, "Brier score", "forecast minus truth")}
        rows.append({"probabilities": how, "AUC": area} | kept)
    tables.table(rows, "The same AUC with other probabilities")
    apart = rows[1][ERROR].value - rows[0][ERROR].value
    tables.say(
        f"The AUC changes by {abs(rows[1]['AUC'] - rows[0]['AUC']):.3f}, the calibration error by "
        f"{apart:+.3f}."
    )


@dataclass(frozen=True)
class Thresholds:
    """Two thresholds on one set: a fixed one, and each run's best on its validation part.

    Attributes
    ----------
    chosen : list of float
        One a run.
    fixed, best : Drawn
        The scores of `calibration.at_thresholds`.
    gain : dict
        By score, the second less the first.
    """

    chosen: list[float]
    fixed: Drawn
    best: Drawn
    gain: dict[str, Pooled]


def thresholds_of(
    runs: Sequence[Run], fixed: float, which: str, resamples: int, seed: int
) -> Thresholds:
    """Return how runs decide on a set at ``fixed`` and at their validation part's best."""
    chosen = [calibration.best_threshold(run) for run in runs]
    asked = which, resamples, seed
    plain = calibration.at_thresholds(runs, [fixed] * len(runs), *asked)
    best = calibration.at_thresholds(runs, chosen, *asked)
    return Thresholds(chosen, plain, best, over_seeds.less(best, plain))


def say_thresholds(
    found: Mapping[tuple[str, str], Thresholds], fixed: float, sets: Mapping[str, str]
) -> None:
    """Show the two thresholds of the proposed model on the last set; fold all others.

    Parameters
    ----------
    found : mapping
        By model and set.
    fixed : float
        The threshold that all share.
    sets : mapping
        What to call each set; the last is the one to judge by.
    """
    last = list(sets)[-1]
    for (name, which), one in found.items():
        rows = [
            {
                "score": score,
                f"at {fixed:g}": float(one.fixed[0][score].mean()),
                "at the best on validation": float(one.best[0][score].mean()),
                "difference": one.gain[score],
            }
            for score in one.gain
        ]
        own = (name, which) == (named_configs.PROPOSED, last)
        show = tables.table if own else tables.folded
        show(rows, f"Two thresholds, {named_configs.title(name)}, {sets[which]}")
    lines = [
        {"model": named_configs.title(name), "training": k, "threshold": threshold}
        for (name, which), one in found.items()
        if which == last
        for k, threshold in enumerate(one.chosen)
    ]
    tables.folded(lines, "Thresholds chosen on the validation part")
    gain = found[named_configs.PROPOSED, last].gain["accuracy"]
    word = by_sign(gain, "more", "less", "not measurably more")
    tables.say(
        f"In accuracy the chosen thresholds reach {word} than {fixed:g}: {gain.percent()} points."
    )


def answer(ends: pd.DataFrame, draws: np.ndarray, few: int, error: Pooled) -> str:
    """Return the page's answer: how far probabilities are off, and what few resamples give."""
    low, high = percentile_ends(draws)
    share = ends["width"].mean() / (high - low)
    return (
        f"The probability of genuine is off by {error} on average (expected calibration error). An "
        f"interval from {few} resamples is {share:.0%} as wide as it should be, and its draws "
        f"enclose the middle 95 % in {bootstrap_coverage.coverage(few):.1%} of cases."
    )
