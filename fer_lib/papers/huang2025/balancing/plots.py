"""Figures of the page on rare emotions: faces and patterns, Table 1, orders of split and SMOTE."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from fer_lib.papers.huang2025.balancing.leak_table import SHOWN
from fer_lib.papers.huang2025.features import POINTS, RADIUS
from fer_lib.plots import figures
from fer_lib.plots.figures import BLACK, BLUE, GREY, RED, WIDTH

LETTERS = 26  # a line of a label holds so many


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


def orders(
    each: dict[str, pd.DataFrame], found: pd.DataFrame, chance: float, score: str = "macro_f1"
) -> Figure:
    """Draw a score under each order: a small dot a fold, the mean with its interval.

    Parameters
    ----------
    each : dict
        As `fer_lib.papers.huang2025.balancing.leak_table.by_order` returns it; the first is sound
        and blue, the others are red.
    found : DataFrame
        The intervals of the same orders, as its `intervals` returns them.
    chance : float
        Drawn as a dashed line.
    score : str
        A column of ``each``.
    """
    names = {order: textwrap.fill(order, LETTERS) for order in each}
    long = pd.concat([frame[[score]].assign(order=names[order]) for order, frame in each.items()])
    figure, axis = plt.subplots(figsize=(WIDTH, 3.4))
    sns.stripplot(long, x=score, y="order", color=GREY, alpha=0.5, size=4, jitter=0.12, ax=axis)
    means = found[SHOWN[score]]
    for place, one in enumerate(means):
        colour = BLUE if place == 0 else RED
        ends = [[max(one.value - one.low, 0)], [max(one.high - one.value, 0)]]
        axis.errorbar(one.value, place, xerr=ends, fmt="o", ms=8, lw=2.5, color=colour, zorder=4)
        axis.annotate(
            f"{one.value:.2f}",
            (one.value, place),
            (0, 11),
            textcoords="offset points",
            ha="center",
            color=colour,
            weight="bold",
        )
    axis.axvline(chance, color=BLACK, lw=0.9, ls="--")
    place = {"xycoords": ("data", "axes fraction"), "ha": "right"}
    axis.annotate("chance ", (chance, 0.02), **place)
    axis.set(xlabel=f"{SHOWN[score]} that would be reported", ylabel="", xlim=(0, 1))
    figure.tight_layout()
    return figure
