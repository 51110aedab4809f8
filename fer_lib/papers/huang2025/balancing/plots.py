"""Figures of the page on rare emotions: scores, recalls with and without SMOTE, differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.huang2025.features import POINTS, RADIUS
from fer_lib.plots import figures
from fer_lib.plots.figures import BLACK, GREEN, RED, WIDTH

BAND = "#F3EBDD"  # behind the rare emotions


def clearest_person(table: pd.DataFrame) -> list:
    """Return the rows of one subject's clearest images, one for each emotion.

    Of those who show all emotions that anybody shows, it is who shows them most intensely.
    """
    clear = table.sort_values("intensity", ascending=False, kind="stable")
    one_each = clear.groupby(["group", "emotion"], sort=False, observed=True).head(1)
    whole = one_each.groupby("group")["emotion"].count() == one_each.groupby("group").size().max()
    someone = one_each[one_each["group"].map(whole)].groupby("group")["intensity"].mean().idxmax()
    mine = one_each[one_each["group"] == someone].sort_values("emotion", kind="stable")
    return list(mine.index)


def patterns(faces: np.ndarray, names: Sequence[str]) -> Figure:
    """Draw prepared faces, uint8 (n, 80, 80), above their local binary patterns."""
    from skimage.feature import local_binary_pattern

    figure, axes = plt.subplots(
        2, len(faces), figsize=(min(1.55 * len(faces), WIDTH), 2.7), squeeze=False
    )
    for column, (face, name) in enumerate(zip(faces, names, strict=True)):
        code = local_binary_pattern(np.pad(face, RADIUS, mode="edge"), POINTS, RADIUS)
        code = code[RADIUS:-RADIUS, RADIUS:-RADIUS]
        for axis, shown in zip(axes[:, column], (face, code), strict=True):
            axis.imshow(shown, cmap="gray", vmin=0, vmax=255)
            figures.bare(axis)
        axes[0, column].set_title(name, fontsize=11)
    for row, name in enumerate(("prepared", "patterns")):
        axes[row, 0].set_ylabel(name)
    figure.tight_layout(pad=0.3)
    return figure


def band(axis: Axes, names: Sequence[str], marked: Sequence[str]) -> None:
    """Lay a band behind the ``marked`` rows of a forest plot whose rows are ``names``."""
    for place, name in enumerate(names):
        if name in marked:
            axis.axhspan(place - 0.5, place + 0.5, color=BAND, zorder=0)


def beside_printed(
    ours: Mapping[str, pd.DataFrame],
    printed: pd.DataFrame,
    guess: Mapping[str, float],
) -> Figure:
    """Draw the scores of Table 1 again: one panel a score, one row a classifier.

    Parameters
    ----------
    ours : mapping
        What was done to what came out: `Interval`s, index the classifiers, columns the scores.
    printed : DataFrame
        The paper's numbers, same index and columns.
    guess : mapping
        Each score of always answering the most frequent emotion.
    """
    both = dict(ours) | {"printed in Table 1 (other data)": printed}
    panels = {
        score: pd.DataFrame({name: table[score] for name, table in both.items()})
        for score in printed.columns
    }
    return figures.intervals(panels, "dashed: always the most frequent", guess)


def recalls(
    before: Mapping[str, Sequence[float]],
    after: Mapping[str, Sequence[float]],
    emotions: Sequence[str],
    rare: Sequence[str],
) -> Figure:
    """Draw how the recall of each emotion moves, one panel a classifier, one row an emotion.

    Parameters
    ----------
    before, after : mapping
        Classifier to recalls in the order of ``emotions``, without and with SMOTE.
    emotions : sequence of str
        Names shown, most frequent first.
    rare : sequence of str
        Those of ``emotions`` that stand on a band.
    """
    sides = {"without SMOTE": before, "with SMOTE": after}
    panels = {
        name: pd.DataFrame({side: of[name] for side, of in sides.items()}, index=list(emotions))
        for name in before
    }
    figure = figures.intervals(panels, "recall")
    for axis, table in zip(figure.axes, panels.values(), strict=True):
        band(axis, emotions, rare)
        rises = table["with SMOTE"] >= table["without SMOTE"]
        places, colours = range(len(table)), np.where(rises, GREEN, RED)
        axis.hlines(places, table.min(axis=1), table.max(axis=1), color=colours, lw=3, zorder=1)
    return figure


def differences(
    people: Mapping[str, Mapping[str, Interval]], folds: Mapping[str, Mapping[str, Interval]]
) -> Figure:
    """Draw differences with two kinds of interval, one panel a score.

    Parameters
    ----------
    people, folds : mapping
        Row to score to the `Interval` over subjects and over folds. The first row is the headline,
        and stands on a band.
    """
    sides = {"over test subjects": people, "over training folds": folds}
    panels = {
        score: pd.DataFrame(
            {side: {name: of[name][score] for name in people} for side, of in sides.items()}
        )
        for score in next(iter(people.values()))
    }
    figure = figures.intervals(panels, "change with SMOTE", 0.0)
    for axis in figure.axes:
        band(axis, list(people), list(people)[:1])
    return figure


def moved(before: np.ndarray, after: np.ndarray, classes: Sequence[str], titles: tuple) -> Figure:
    """Draw two confusion matrices (k, k) and how many points of each row moved between them."""
    figure, axes = plt.subplots(2, 2, figsize=(WIDTH, WIDTH), sharey=True)
    for axis, counts, title in zip(axes.flat, (before, after), titles, strict=False):
        figures.confusion_axis(axis, counts, classes, title, counts=False)
    share = [counts / np.maximum(counts.sum(1, keepdims=True), 1) for counts in (before, after)]
    points = 100 * (share[1] - share[0])
    top = max(np.abs(points).max(), 1.0)
    words = np.where(np.abs(points) >= 0.5, np.char.mod("%+.0f", points), "")
    shades = {"cmap": "PuOr_r", "vmin": -top, "vmax": top}
    figures.cells(axes[1, 0], points, words, classes, titles[2], **shades)
    axes[0, 1].set_ylabel("")
    axes[1, 1].remove()
    figure.tight_layout()
    return figure


def orders(found: pd.DataFrame, chance: float) -> Figure:
    """Draw scores under several orders of split and SMOTE, one line a score.

    Parameters
    ----------
    found : DataFrame
        Index: orders, soundest first. Columns: scores, means over folds.
    chance : float
        Macro-F1 and recall of an answer by chance, drawn as a dashed line.
    """
    figure, axis = plt.subplots(figsize=(WIDTH, 4.0))
    names = [name.replace(", ", ",\n").replace(": ", ":\n") for name in found.index]
    sns.lineplot(found.set_axis(names), markers=list("soD^"[: found.shape[1]]), ms=8, ax=axis)
    axis.axhline(chance, color=BLACK, lw=0.9, ls="--")
    axis.annotate(
        "chance", (0.98, chance), xycoords=("axes fraction", "data"), ha="right", va="bottom"
    )
    axis.set(ylabel="mean over folds", ylim=(0, None))
    figures.legend_above(axis, 4)
    return figure


def printed_recalls(found: pd.DataFrame, rare: Sequence[str]) -> Figure:
    """Draw the recalls of several printed confusion matrices, one row an emotion.

    Parameters
    ----------
    found : DataFrame
        Index: emotions. Columns: matrices, recalls in [0, 1].
    rare : sequence of str
        Emotions that stand on a band.
    """
    figure = figures.intervals(found, "recall")
    (axis,) = figure.axes
    band(axis, found.index, rare)
    axis.hlines(range(len(found)), found.min(axis=1), found.max(axis=1), color="#BBBBBB", zorder=1)
    axis.set_xlim(0, 1)
    return figure
