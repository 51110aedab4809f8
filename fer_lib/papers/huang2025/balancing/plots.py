"""Figures of the page on rare emotions: scores, recalls with and without SMOTE, differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.huang2025.features import POINTS, RADIUS
from fer_lib.plots import figures
from fer_lib.plots.figures import BLUE, GREEN, GREY, ORANGE, RED, confusion_axis

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

    figure, axes = plt.subplots(2, len(faces), figsize=(1.55 * len(faces), 3.4), squeeze=False)
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


def beside_printed(
    ours: Mapping[str, pd.DataFrame],
    printed: pd.DataFrame,
    guess: Mapping[str, float],
) -> Figure:
    """Draw the scores of Table 1 again: one panel a score, one line a classifier.

    Parameters
    ----------
    ours : mapping
        What was done to what came out: `Interval`s, index the classifiers, columns the scores.
    printed : DataFrame
        The paper's numbers, same index and columns.
    guess : mapping
        Each score of always answering the most frequent emotion.
    """
    figure, axes = plt.subplots(1, len(printed.columns), figsize=(11, 3.5), sharey=True)
    offsets = np.linspace(-0.14, 0.14, len(ours))
    for axis, score in zip(axes, printed.columns, strict=True):
        for (name, table), offset, colour, marker in zip(
            ours.items(), offsets, (GREY, BLUE), "so", strict=False
        ):
            figures.marks(axis, np.arange(len(table)) + offset, table[score], colour, marker, name)
        places = np.arange(len(printed))
        axis.plot(
            printed[score],
            places,
            "D",
            mfc="white",
            mec=ORANGE,
            mew=1.8,
            ms=7,
            label="printed in Table 1 (other data)",
        )
        axis.axvline(guess[score], color="black", lw=0.9, ls="--")
        ends = [one.high for table in ours.values() for one in table[score]]
        axis.set(xlabel=score, xlim=(0, 1.06 * max(np.nanmax(ends), printed[score].max())))
        axis.set_yticks(places, printed.index)
    axes[0].invert_yaxis()
    axes[0].text(
        guess[printed.columns[0]],
        (len(printed) - 1) / 2,
        "most frequent \nemotion always ",
        fontsize=9,
        va="center",
        ha="right",
    )
    figures.shared_legend(figure, axes[0], 4)
    return figure


def recalls(
    before: Mapping[str, Sequence[float]],
    after: Mapping[str, Sequence[float]],
    emotions: Sequence[str],
    rare: Sequence[str],
) -> Figure:
    """Draw how the recall of each emotion moves, one panel a classifier, one line an emotion.

    Parameters
    ----------
    before, after : mapping
        Classifier to recalls in the order of ``emotions``, without and with SMOTE.
    emotions : sequence of str
        Names shown, most frequent first.
    rare : sequence of str
        Those of ``emotions`` that stand on a band.
    """
    figure, axes = plt.subplots(1, len(before), figsize=(11.5, 3.9), sharey=True, sharex=True)
    places = np.arange(len(emotions))
    top = max(max(each) for side in (before, after) for each in side.values())
    for axis, name in zip(axes, before, strict=True):
        for place, emotion in enumerate(emotions):
            if emotion in rare:
                axis.axhspan(place - 0.5, place + 0.5, color=BAND, zorder=0)
        for place, (start, end) in enumerate(zip(before[name], after[name], strict=True)):
            colour = GREEN if end >= start else RED
            axis.plot([start, end], [place, place], color=colour, lw=3, zorder=2)
        axis.plot(before[name], places, "s", color=GREY, ms=6, label="without SMOTE", zorder=3)
        axis.plot(after[name], places, "o", color=BLUE, ms=7, label="with SMOTE", zorder=3)
        axis.set(title=name, xlabel="recall", ylim=(len(emotions) - 0.5, -0.5))
        axis.set_xlim(-0.04, 1.08 * top)
        axis.set_yticks(places, emotions)
        axis.grid(False, axis="y")
    figures.shared_legend(figure, axes[0], 4)
    return figure


def differences(
    people: Mapping[str, Mapping[str, Interval]], folds: Mapping[str, Mapping[str, Interval]]
) -> Figure:
    """Draw differences with two kinds of interval, one panel a score, one line a row.

    Parameters
    ----------
    people, folds : mapping
        Row to score to the `Interval` over subjects and over folds. The first row is the headline.
    """
    scores = list(next(iter(people.values())))
    figure, axes = plt.subplots(1, len(scores), figsize=(11.5, 0.42 * len(people) + 1.4))
    for axis, score in zip(np.atleast_1d(axes), scores, strict=True):
        axis.axhspan(-0.5, 0.5, color="#EAF1F8", zorder=0)
        for place, name in enumerate(people):
            one, other = people[name][score], folds[name][score]
            colour = BLUE if place == 0 else GREY
            thin = {"color": colour, "lw": 1.2, "label": "other training parts"}
            thick = {"color": colour, "lw": 5, "alpha": 0.5, "label": "other people"}
            thick["solid_capstyle"] = "butt"
            axis.plot([other.low, other.high], [place, place], **thin)
            axis.plot([one.low, one.high], [place, place], **thick)
            axis.plot(one.value, place, "o", color=colour, ms=6)
        axis.axvline(0, color="black", lw=0.9)
        axis.set(title=score, ylim=(len(people) - 0.5, -0.5), xlabel="change")
        shown = list(people) if score == scores[0] else [""] * len(people)
        axis.set_yticks(range(len(people)), shown)
        axis.tick_params(axis="y", length=0)
        axis.grid(False, axis="y")
        axis.locator_params(axis="x", nbins=5)
    told = "interval of the change with SMOTE, for"
    figures.shared_legend(figure, figure.axes[0], 2, last=2, title=told)
    return figure


def moved(before: np.ndarray, after: np.ndarray, classes: Sequence[str], titles: tuple) -> Figure:
    """Draw two confusion matrices (k, k) and how many points of each row moved between them."""
    figure, axes = plt.subplots(1, 3, figsize=(14.2, 4.9))
    for axis, counts, title in zip(axes, (before, after), titles, strict=False):
        confusion_axis(axis, counts, tuple(classes), title)
    share = [counts / np.maximum(counts.sum(1, keepdims=True), 1) for counts in (before, after)]
    points = 100 * (share[1] - share[0])
    top = max(np.abs(points).max(), 1.0)
    axes[2].imshow(points, cmap="PuOr_r", vmin=-top, vmax=top)
    words = [[f"{p:+.0f}" if abs(p) >= 0.5 else "" for p in row] for row in points]
    figures.label_cells(axes[2], np.array(words), np.abs(points) > 0.6 * top, 10)
    figures.name_cells(axes[2], classes, titles[2])
    for axis in axes[1:]:
        axis.set_ylabel("")
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
    figure, axis = plt.subplots(figsize=(1.2 + 1.75 * len(found), 4.2))
    places = np.arange(len(found))
    for score, colour, marker in zip(
        found.columns, (GREY, BLUE, ORANGE, GREEN), "soD^", strict=False
    ):
        axis.plot(places, found[score], marker=marker, color=colour, lw=2, ms=7, label=score)
    axis.axhline(chance, color="black", lw=0.9, ls="--")
    axis.annotate("chance ", (places[-1] + 0.35, chance), fontsize=9, va="bottom", ha="right")
    axis.set_xticks(
        places, [name.replace(", ", ",\n").replace(": ", ":\n") for name in found.index]
    )
    axis.set(ylabel="mean over folds", xlim=(-0.35, places[-1] + 0.35), ylim=(0, None))
    axis.grid(False, axis="x")
    figures.shared_legend(figure, axis, 4)
    return figure


def printed_recalls(found: pd.DataFrame, rare: Sequence[str]) -> Figure:
    """Draw the recalls of several printed confusion matrices, one line an emotion.

    Parameters
    ----------
    found : DataFrame
        Index: emotions. Columns: matrices, recalls in [0, 1].
    rare : sequence of str
        Emotions that stand on a band.
    """
    figure, axis = plt.subplots(figsize=(8.2, 3.9))
    places = np.arange(len(found))
    for place, emotion in enumerate(found.index):
        if emotion in rare:
            axis.axhspan(place - 0.5, place + 0.5, color=BAND, zorder=0)
        low, high = found.loc[emotion].min(), found.loc[emotion].max()
        axis.plot([low, high], [place, place], color="#BBBBBB", lw=1.5, zorder=1)
    styles = zip(found.columns, (ORANGE, GREY, BLUE, GREEN), "Dso^", strict=False)
    for place, (name, colour, marker) in enumerate(styles):
        axis.plot(
            found[name],
            places,
            marker,
            color=colour,
            ms=8 if place != 2 else 7,
            mfc="none" if place != 2 else colour,
            mew=1.8,
            label=name,
            zorder=3,
        )
    axis.set_yticks(places, found.index)
    axis.set(xlabel="recall", xlim=(0, 1), ylim=(len(found) - 0.5, -0.5))
    axis.grid(False, axis="y")
    figures.shared_legend(figure, axis, 2)
    return figure
