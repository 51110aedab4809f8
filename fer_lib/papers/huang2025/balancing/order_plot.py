"""Figure of the score that each order of split and SMOTE would report."""

from __future__ import annotations

import textwrap

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from fer_lib.papers.huang2025.balancing.leak_table import SHOWN
from fer_lib.plots.figures import BLUE, GREY, RED

LETTERS = 26  # a line of a label holds so many


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
    figure, axis = plt.subplots(figsize=(8, 3.8))
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
    axis.axvline(chance, color="black", lw=0.9, ls="--")
    place = {"xycoords": ("data", "axes fraction"), "ha": "right"}
    axis.annotate("chance ", (chance, 0.02), **place)
    axis.set(xlabel=f"{SHOWN[score]} that would be reported", ylabel="", xlim=(0, 1))
    figure.tight_layout()
    return figure
