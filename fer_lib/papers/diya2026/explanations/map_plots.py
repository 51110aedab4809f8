"""Figures of the pages on explanations: relevance by region, curves, randomised weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from fer_lib.papers.diya2026.explanations.deletion_insertion import Curves
from fer_lib.plots.figures import BLUE, GREEN, GREY, ORANGE


def colours(methods: Sequence[str]) -> dict[str, str]:
    """Return the colour of each of three methods, and that of noise."""
    return dict(zip([*methods, "noise"], (BLUE, ORANGE, GREEN, GREY), strict=True))


def density(
    of_head: Mapping[str, np.ndarray], rows: Sequence[str], columns: Sequence[str]
) -> Figure:
    """Draw heat maps one above the other: relevance over what an even map would have.

    Each array is (rows, columns), one a head.
    """
    figure, axes = plt.subplots(len(of_head), 1, figsize=(6.5, 8.2))
    for axis, (head, found) in zip(axes, of_head.items(), strict=True):
        axis.imshow(found, cmap="Blues", vmin=0, vmax=4, aspect="auto")
        for (r, c), value in np.ndenumerate(found):
            colour = "white" if value > 2.4 else "black"
            axis.text(c, r, f"{value:.1f}", ha="center", va="center", color=colour)
        axis.set_xticks(range(len(columns)), [one.replace(" and ", "\n& ") for one in columns])
        axis.set_yticks(range(len(rows)), rows)
        axis.set_title(f"head {head}: relevance over an even map's")
        axis.grid(False)
        axis.spines[:].set_visible(False)
    figure.tight_layout()
    return figure


def curves(found: Mapping[str, Mapping[str, Curves]], shown: Mapping[str, str]) -> Figure:
    """Draw deletion and insertion for each head, a line a method.

    Parameters
    ----------
    found : mapping
        Head to method to curves.
    shown : mapping
        Method to colour.
    """
    figure, axes = plt.subplots(len(found), 2, figsize=(7.5, 6.4), sharey=True)
    for row, (head, of) in zip(axes, found.items(), strict=True):
        for axis, kind in zip(row, ("deletion", "insertion"), strict=True):
            for method, colour in shown.items():
                held = of[method]
                style = "--" if method == "noise" else "-"
                mean = getattr(held, kind).mean(0)
                axis.plot(held.share, mean, style, color=colour, label=method)
            axis.set(title=f"{head}: {kind}", xlabel="share of pixels changed", ylim=(0, 1))
        row[0].set_ylabel("probability of the class")
    axes[0, 0].legend(fontsize=9)
    figure.tight_layout()
    return figure


def falls(found: Mapping[str, Mapping[str, pd.DataFrame]], shown: Mapping[str, str]) -> Figure:
    """Draw how the maps of randomised models fall away from the trained one's, a panel a head.

    Parameters
    ----------
    found : mapping
        Head to method to a table: ``share of layers``, ``correlation``, ``different people``.
    shown : mapping
        Method to colour.
    """
    figure, axes = plt.subplots(1, len(found), figsize=(8, 3.6), sharey=True)
    for axis, (head, of) in zip(axes, found.items(), strict=True):
        for method, held in of.items():
            x, y = [0, *held["share of layers"]], [1, *held["correlation"]]
            axis.plot(x, y, "o-", ms=4, color=shown[method], label=method)
            axis.axhline(held["different people"].iloc[0], color=shown[method], lw=1, ls=":")
        axis.set(title=f"head {head}", xlabel="share of layers shuffled", ylim=(-0.6, 1.05))
    axes[0].set_ylabel("rank correlation")
    axes[0].legend(fontsize=9)
    figure.tight_layout()
    return figure
