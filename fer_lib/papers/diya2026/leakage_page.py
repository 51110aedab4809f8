"""What the page on leakage measures on the trained networks, and its sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from fer_lib.evaluation import paired_differences
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.diya2026 import learning_curves
from fer_lib.papers.diya2026.ablation_page import SCORES, own_score, unpaired
from fer_lib.papers.diya2026.planted_leaks import KINDS, Archive
from fer_lib.training.run import Run

PROTOCOLS = {
    "by_image": "split by image",
    "copies_first": "augmented copies, then split by image",
    "stopped_on_test": "by subject, stopped on the test part",
    "unclear_dropped": "unclear images dropped, then by subject",
}
WRONG = {"base": 0.0, "wrong_05": 0.05, "wrong_10": 0.10, "wrong_20": 0.20}
Runs = Mapping[str, Sequence[Run]]


def added(runs: Runs, resamples: int, seed: int) -> pd.DataFrame:
    """Return the points that each flawed protocol adds to what the correct one reports.

    Parameters
    ----------
    runs : mapping
        Runs by training configuration: ``base``, the correct protocol, and those of `PROTOCOLS`.
    resamples, seed : int
        Behind each interval.

    Returns
    -------
    DataFrame
        `Interval` in percentage points, a row a configuration, a column a score. Where the
        training is stopped on the test part, both have the same test images and the difference is
        paired; elsewhere the errors of both are added.
    """
    rows: dict[str, dict[str, Interval]] = {}
    for arm in PROTOCOLS:
        rows[arm] = {}
        for head, score in SCORES:
            if arm == "stopped_on_test":
                pair = runs[arm], runs["base"]
                step = paired_differences.difference(*pair, "test", head, resamples, seed)[score]
            else:
                both = (own_score(runs, resamples, seed, a, head, score) for a in (arm, "base"))
                step = unpaired(*both)
            rows[arm][f"{head} {score}"] = step.percent()
    return pd.DataFrame.from_dict(rows, orient="index")


def scores(runs: Runs, sets: Mapping[str, str], resamples: int, seed: int) -> list[dict]:
    """Return what each protocol reports on its own test part, and on further subjects if any.

    ``sets`` are those of `fer_lib.papers.diya2026.result_page.sets_of`.
    """
    return [
        {"protocol": words}
        | {
            f"{head} {score}, {text}": own_score(runs, resamples, seed, arm, head, score, which)
            for head, score in SCORES
            for which, text in sets.items()
        }
        for arm, words in {"base": "by subject (correct)", **PROTOCOLS}.items()
    ]


def wrong_labels(runs: Runs, which: str, resamples: int, seed: int) -> pd.DataFrame:
    """Return the authenticity accuracy by share of wrong training labels, on the set ``which``.

    Returns
    -------
    DataFrame
        A row a share of `WRONG`: accuracy, its change in points, and the accuracy that would be
        seen if the test labels were wrong as often: a(1 - e) + (1 - a)e.
    """
    rows = []
    for arm, share in WRONG.items():
        right = own_score(runs, resamples, seed, arm, "authenticity", "accuracy", which)
        row: dict[str, object] = {"wrong labels (%)": round(100 * share), "accuracy": right}
        row["change (points)"] = "reference"
        if arm != "base":
            pair = runs[arm], runs["base"]
            found = paired_differences.difference(*pair, which, "authenticity", resamples, seed)
            row["change (points)"] = found["accuracy"].percent()
        row["seen by wrong test labels"] = right.value * (1 - share) + (1 - right.value) * share
        rows.append(row)
    return pd.DataFrame(rows)


def of_copies(added: pd.Series, most: int) -> str:
    """Return what the figure of copies shows; ``added`` is that of `planted_leaks.points_added`."""
    accuracy, area = added["emotion accuracy"], added["authenticity AUC"]
    told = "; ".join(
        f"{KINDS[kind]} add **{accuracy[kind, most]}** points of emotion accuracy and "
        f"{area[kind, most]} of authenticity AUC"
        for kind in accuracy.index.unique("kind")
    )
    return f"With {most} copies of each take, split by image, {told}."


def of_subjects(by_name: float, most_frequent: float) -> str:
    """Return what a subject's name tells of the emotion."""
    told = "no more" if by_name <= most_frequent else "more"
    return (
        f"From the subject's name the emotion is right with a share of {by_name:.3f}, {told} than "
        f"always naming the most frequent one, {most_frequent:.3f}."
    )


def of_alone(alone: pd.Series, copied: Interval, images: int, splits: int) -> str:
    """Return what an image-level split of images without copies adds, by score."""
    accuracy, area = alone["emotion accuracy"], alone["authenticity AUC"]
    seen = [one for one in (accuracy, area) if one.low > 0]
    told = "a little" if seen else "nothing that can be seen"
    return (
        f"Over {splits} random splits of all {images:,} images without copies, the image-level "
        f"split adds {told}: **{accuracy}** points of emotion accuracy and **{area}** of "
        f"authenticity AUC. The most copies added {copied}."
    )


def of_choice(chosen: pd.Series, tried: int) -> str:
    """Return what the figure of choosing on the test part shows."""
    return (
        f"The best of {tried} on the test part reports **{chosen['emotion accuracy', tried]}** "
        f"points more emotion accuracy, and {chosen['authenticity AUC', tried]} more authenticity "
        f"AUC, than the best of {tried} on the validation part."
    )


def of_networks(runs: Runs, steps: pd.DataFrame) -> str:
    """Return what the figure of the trained networks shows; ``steps`` is from `added`."""
    accuracy = steps["emotion accuracy"]
    both = zip(runs["base"], runs["stopped_on_test"], strict=True)
    epochs = [[learning_curves.kept(run)["epoch"] for run in pair] for pair in both]
    every = steps.to_numpy().ravel()
    clear = sum(one.low > 0 or one.high < 0 for one in every)
    return (
        f"{clear} of {len(every)} intervals are clear of zero; {len(epochs)} "
        f"{'seed leaves' if len(epochs) == 1 else 'seeds leave'} them wide. The image-level split "
        f"changes the network's emotion accuracy by {accuracy['by_image']} "
        f"points, augmented copies before it by {accuracy['copies_first']}, and dropping the "
        f"unclear quarter by **{accuracy['unclear_dropped']}**. Stopping on the test part chose "
        f"the same epoch from {sum(one == other for one, other in epochs)} of {len(epochs)} seeds: "
        f"of {len(runs['base'][0].history)} epochs, which says nothing about long trainings."
    )


def of_wrong_labels(noise: pd.DataFrame) -> str:
    """Return what the table of `wrong_labels` shows."""
    worst = noise.iloc[-1]
    return (
        f"With {worst['wrong labels (%)']} % of the labels wrong, the accuracy changes by "
        f"**{worst['change (points)']}** points; with test labels wrong as often, "
        f"{worst['seen by wrong test labels']:.3f} would be seen."
    )


def step(added: Interval, what: str) -> str:
    """Return in a sentence by how many points something changes a score, or that none is seen."""
    if np.isnan(added.low) or added.low <= 0 <= added.high:
        return f"{what} changes it by {added}, which may be nothing."
    if added.value > 0:
        return f"{what} adds {added}."
    return (
        f"{what} takes away {replace(added, value=-added.value, low=-added.high, high=-added.low)}."
    )


def answer(
    archive: Archive,
    planted: pd.DataFrame,
    copied: Interval,
    chosen: Interval,
    alone: pd.DataFrame,
    image_level: pd.Series,
    seeds: int,
) -> tuple[str, str]:
    """Return the answer of the page and what it rests on.

    Parameters
    ----------
    archive, planted, alone
        From `planted_leaks.read`.
    copied, chosen : Interval
        Points of emotion accuracy: from the most copies split by image, and from choosing on the
        test part.
    image_level : Series of Interval
        Points that the image-level split without copies adds, by score.
    seeds : int
        From how many the network was trained.
    """
    kind = "burst frames" if "burst" in archive.copies else "augmented copies"
    fresh = " (every rendered face is a fresh scene)" if len(archive.further) else ""
    told = [
        f"In points of emotion accuracy, {planted['copies'].max()} {kind} of each take, split by "
        f"image, add {copied}."
        if copied.low > 0
        else step(copied, f"In points of emotion accuracy, splitting {kind} by image"),
        step(chosen, "Choosing the best configuration on the test part"),
        step(image_level["emotion accuracy"], f"The image-level split by itself{fresh}"),
        f"(Authenticity AUC: {image_level['authenticity AUC']}.)",
    ]
    rests_on = (
        f"Logistic regression on frozen embeddings, {planted['seed'].nunique()} random splits of "
        f"{len(archive.takes)} takes, and {alone['seed'].nunique()} of all {len(archive.table):,} "
        "images for the split by itself; intervals are over splits. The trained networks, from "
        f"{seeds} {'seed' if seeds == 1 else 'seeds'}, are below."
    )
    return " ".join(told), rests_on
