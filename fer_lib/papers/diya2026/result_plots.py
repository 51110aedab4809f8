"""Figures of the result pages: mean curves, all heads' confusion matrices, reliability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from fer_lib.plots import figures
from fer_lib.plots.figures import BLACK, BLUE, ORANGE, RED, WIDTH
from fer_lib.task import Task

# The sides of a figure of curves: column, its axis, and where it stands on that of `curve_points`.
SIDES = (
    ("true positive rate at this false positive rate", "true positive rate", "false positive rate"),
    ("precision at this recall", "precision", "recall"),
)


def rates(
    curves: Mapping[str, pd.DataFrame], share: float, mark: Mapping[str, float] | None = None
) -> Figure:
    """Draw ROC curves and, beside them, precision over recall; a dashed line is chance.

    Parameters
    ----------
    curves : mapping
        Curve by name, as `fer_lib.papers.diya2026.learning_curves.mean_curve` gives it.
    share : float
        Of the positives, which is the precision of chance.
    mark : mapping, optional
        One more point, drawn as a red cross: its ``name``, "false positive rate",
        "true positive rate", "recall" and "precision".
    """
    figure, axes = plt.subplots(1, 2, figsize=(WIDTH, 4.3))
    long = pd.concat([one.assign(curve=name) for name, one in curves.items()], ignore_index=True)
    for axis, chance, (column, y, x) in zip(axes, ([0, 1], [share, share]), SIDES, strict=True):
        sns.lineplot(long, x="rate", y=column, hue="curve", style="curve", lw=2, ax=axis)
        axis.plot([0, 1], chance, color=BLACK, lw=0.8, ls="--")
        if mark:
            axis.plot(mark[x], mark[y], "x", color=RED, ms=10, mew=2.5, label=mark["name"])
        axis.set(xlabel=x, ylabel=y, aspect=1, xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    named = axes[0].get_legend_handles_labels()
    for axis in axes:
        axis.get_legend().remove()
    figure.tight_layout()
    columns = 2 if max(map(len, curves)) > 14 else 4
    figure.legend(*named, loc="lower center", bbox_to_anchor=(0.5, 0.97), ncols=columns)
    return figure


def differences(
    panels: Mapping[str, tuple[np.ndarray, np.ndarray]], names: Sequence[str]
) -> Figure:
    """Draw `fer_lib.papers.diya2026.model_ranking.differences`, one heat map above the other."""
    size = (WIDTH, 0.9 + 1.8 * len(panels))
    figure, axes = plt.subplots(len(panels), 1, figsize=size, squeeze=False, sharex=True)
    for axis, (title, (points, words)) in zip(axes[:, 0], panels.items(), strict=True):
        top = max(np.abs(points).max(), 1.0)
        shades = {"cmap": "PuOr_r", "vmin": -top, "vmax": top}
        figures.cells(axis, points, words, names, title, **shades)
        axis.set(xlabel="", ylabel="", aspect="auto")
        axis.label_outer()
    figure.tight_layout()
    return figure


def all_heads(task: Task, matrices: Sequence[np.ndarray], name: str) -> Figure:
    """Draw a model's confusion matrices, one a head of the task, one above the other."""
    shares = [3.2 if head.yes_no else len(head.classes) for head in task.heads]
    size = (5, round(7.8 * sum(shares) / 10.2, 1))
    figure, axes = plt.subplots(len(shares), 1, figsize=size, height_ratios=shares, squeeze=False)
    titles = [name] + [""] * (len(shares) - 1)
    for axis, head, matrix, title in zip(axes[:, 0], task.heads, matrices, titles, strict=True):
        figures.confusion_axis(axis, matrix, head.classes, title)
    figure.tight_layout()
    return figure


def reliability(frames: Mapping[str, Sequence[pd.DataFrame]], axis_name: str) -> Figure:
    """Draw reliability diagrams, two a row, a line a seed; marks grow with the bin's images.

    Parameters
    ----------
    frames : mapping
        Panel title to one `fer_lib.papers.diya2026.calibration.reliability` a seed.
    axis_name : str
        What the probability is of.
    """
    long = pd.concat(
        [
            one.assign(panel=title, seed=seed, share=one["images"] / one["images"].sum())
            for title, found in frames.items()
            for seed, one in enumerate(found)
        ],
        ignore_index=True,
    )
    drawn = {"x": "forecast", "y": "came true", "color": BLUE, "alpha": 0.6}
    size = figures.panels(len(frames), 4.0, 4.0 * min(len(frames), 2))
    grid = sns.relplot(
        long, **drawn, size="share", sizes=(20, 200), col="panel", **size, legend=False
    )
    for title, axis in grid.axes_dict.items():
        one = long[long["panel"] == title]
        sns.lineplot(one, **drawn, units="seed", estimator=None, lw=1, ax=axis)
        axis.plot([0, 1], [0, 1], color=BLACK, lw=0.8, ls="--")
        axis.set(aspect=1, xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    grid.set_titles("{col_name}").set_axis_labels(axis_name, "share that came true")
    grid.figure.tight_layout()
    return grid.figure


def spread_of_ends(many: tuple[float, float], five: pd.DataFrame, xlabel: str) -> Figure:
    """Draw the ends of many short intervals as histograms, and those of the long one as lines."""
    figure, axis = plt.subplots(figsize=(6, 3.4))
    ends = five[["low", "high"]].rename(columns="{} ends from few resamples".format)
    palette = {"palette": (ORANGE, BLUE), "alpha": 0.8}
    sns.histplot(
        ends.melt(value_name=xlabel), x=xlabel, hue="variable", bins=50, **palette, ax=axis
    )
    for end in many:
        axis.axvline(end, color=BLACK, lw=1.5, ls="--")
    axis.set(ylabel="intervals")
    figures.legend_above(axis, 2, "dashed: ends from all resamples")
    return figure
