"""Figures of the result pages: mean curves, histories of several seeds, reliability."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fer_lib.evaluation.bootstrap import Interval
from fer_lib.plots.figures import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    RED,
    confusion_axis,
    intervals,
    shared_legend,
)
from fer_lib.task import Task
from fer_lib.training.run import Run

PURPLE, SKY, BLACK = "#CC79A7", "#56B4E9", "#000000"
# A line is told by its colour and its dashes.
LINES = (
    (BLUE, "-"),
    (GREY, "-"),
    (ORANGE, "--"),
    (GREEN, "-."),
    (RED, ":"),
    (PURPLE, (0, (5, 1, 1, 1, 1, 1))),
    (SKY, (0, (1, 1))),
    (BLACK, (0, (3, 3))),
)
RATES = {
    "true positive rate at this false positive rate": ("false positive rate", "true positive rate"),
    "precision at this recall": ("recall", "precision"),
}

# Columns of a history: what to call them, and their colour.
ACCURACIES = {
    "train_emotion_accuracy": ("emotion, training", BLUE),
    "val_emotion_accuracy": ("emotion, validation", BLUE),
    "train_authenticity_accuracy": ("authenticity, training", ORANGE),
    "val_authenticity_accuracy": ("authenticity, validation", ORANGE),
}


def rates(
    axis: Axes, curves: Mapping[str, pd.DataFrame], column: str, title: str, chance: float | None
) -> None:
    """Draw curves from `fer_lib.papers.diya2026.learning_curves.mean_curve` on one axis.

    Parameters
    ----------
    axis : Axes
        Where to.
    curves : mapping
        Curve by name; at most eight.
    column : str
        One of `RATES`: the ROC curve, or precision and recall.
    title : str
        Of the panel.
    chance : float or None
        Height of the line of chance; None for the diagonal.
    """
    for (name, curve), (colour, dashes) in zip(curves.items(), LINES[: len(curves)], strict=True):
        axis.plot(curve["rate"], curve[column], color=colour, ls=dashes, lw=2, label=name)
    ends = [0, 1] if chance is None else [chance, chance]
    axis.plot([0, 1], ends, color="black", lw=0.8, ls="--")
    x, y = RATES[column]
    axis.set(xlabel=x, ylabel=y, title=title, aspect=1, xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))


def histories(
    axis: Axes, runs: Sequence[Run], lines: Mapping[str, tuple[str, str]], title: str
) -> None:
    """Draw columns of the histories of all seeds on one axis, a thin line a seed.

    Parameters
    ----------
    axis : Axes
        Where to.
    runs : sequence of Run
        One a seed. The epoch whose weights were kept has a mark on each line.
    lines : mapping
        Column to (label, colour). Training is drawn dashed.
    title : str
        Of the panel.
    """
    for column, (label, colour) in lines.items():
        dashes = "--" if column.startswith("train") else "-"
        for place, run in enumerate(runs):
            history = run.history
            axis.plot(
                history["epoch"],
                history[column],
                color=colour,
                ls=dashes,
                lw=1.3,
                alpha=0.75,
                label=label if place == 0 else None,
            )
            best = history[history["best"]].tail(1)
            axis.plot(best["epoch"], best[column], "o", color=colour, ms=4)
    axis.set(xlabel="epoch", title=title)
    axis.xaxis.get_major_locator().set_params(integer=True)


def rates_alone(
    curves: Mapping[str, pd.DataFrame],
    column: str,
    title: str,
    chance: float | None,
    columns: int,
    mark: tuple[float, float, str] | None = None,
) -> Figure:
    """Draw curves as `rates` does in a figure of their own, the legend below in ``columns``.

    ``mark`` is a further point (x, y, name), drawn as a red cross.
    """
    figure, axis = plt.subplots(figsize=(5.4, 5.4))
    rates(axis, curves, column, title, chance)
    if mark:
        axis.plot(mark[0], mark[1], "x", color=RED, ms=10, mew=2.5, label=mark[2])
    below(figure, axis, columns)
    return figure


def histories_alone(
    runs: Sequence[Run], lines: Mapping[str, tuple[str, str]], title: str
) -> Figure:
    """Draw histories as `histories` does in a figure of their own, the legend below."""
    figure, axis = plt.subplots(figsize=(6, 4))
    histories(axis, runs, lines, title)
    below(figure, axis)
    return figure


def forest(scores: Mapping[str, Interval], label: str, axis_name: str, chance: float) -> Figure:
    """Draw one score of several models, a row a model, with intervals and a line of chance."""
    names = {textwrap.fill(name, 30, break_on_hyphens=False): one for name, one in scores.items()}
    return intervals(pd.DataFrame({label: names}), axis_name, chance, width=4.6)


def all_heads(task: Task, matrices: Sequence[np.ndarray], name: str) -> Figure:
    """Draw a model's confusion matrices, one a head of the task, one above the other."""
    shares = [3.2 if head.yes_no else len(head.classes) for head in task.heads]
    size = (5, round(7.8 * sum(shares) / 10.2, 1))
    figure, axes = plt.subplots(len(shares), 1, figsize=size, height_ratios=shares, squeeze=False)
    titles = [name] + [""] * (len(shares) - 1)
    for axis, head, matrix, title in zip(axes[:, 0], task.heads, matrices, titles, strict=True):
        confusion_axis(axis, matrix, head.classes, title)
    figure.tight_layout()
    return figure


def below(figure: Figure, axis: Axes, columns: int = 2) -> None:
    """Put one legend, that of ``axis``, below a figure's panels."""
    shared_legend(figure, axis, columns, above=False)


def reliability(frames: Mapping[str, Sequence[pd.DataFrame]], axis_name: str) -> Figure:
    """Draw reliability diagrams side by side, a line a seed; marks grow with the bin's images.

    Parameters
    ----------
    frames : mapping
        Panel title to one `fer_lib.papers.diya2026.calibration.reliability` a seed.
    axis_name : str
        What the probability is of.
    """
    figure, axes = plt.subplots(1, len(frames), figsize=(4.6 * len(frames), 4.4), squeeze=False)
    for axis, (title, found) in zip(axes[0], frames.items(), strict=True):
        for frame in found:
            axis.plot(frame["forecast"], frame["came true"], color=BLUE, lw=1, alpha=0.6)
            share = frame["images"] / frame["images"].sum()
            axis.scatter(
                frame["forecast"], frame["came true"], s=12 + 220 * share, color=BLUE, alpha=0.6
            )
        axis.plot([0, 1], [0, 1], color="black", lw=0.8, ls="--")
        axis.set(title=title, xlabel=axis_name, ylabel="share that came true", aspect=1)
        axis.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    figure.tight_layout()
    return figure


def spread_of_ends(many: tuple[float, float], five: pd.DataFrame, xlabel: str) -> Figure:
    """Draw the ends of many short intervals as histograms, and those of the long one as lines."""
    figure, axis = plt.subplots(figsize=(6, 3.4))
    bins = np.histogram_bin_edges(np.r_[five["low"], five["high"]], 50)
    axis.hist(five["low"], bins, color=ORANGE, alpha=0.8, label="lower ends from few resamples")
    axis.hist(five["high"], bins, color=BLUE, alpha=0.8, label="upper ends from few resamples")
    for end in many:
        axis.axvline(end, color="black", lw=1.5, ls="--")
    axis.axvline(many[0], color="black", lw=1.5, ls="--", label="ends from all resamples")
    axis.set(xlabel=xlabel, ylabel="intervals")
    below(figure, axis, 1)
    return figure
