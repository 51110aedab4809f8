"""Figures of the page on causal inference."""

from __future__ import annotations

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.huang2025.causal import causal_diagram, regression_discontinuity
from fer_lib.plots.figures import BLUE, GREEN, GREY, ORANGE, RED

PLACES = {"X": (0, 1), "T": (0, 0), "Z": (1, 1), "Y": (1, 0)}


def diagram(worlds: dict[str, tuple[tuple[str, str], ...]]) -> Figure:
    """Draw causal diagrams side by side; the arrow from treatment to outcome is dashed."""
    figure, axes = plt.subplots(1, len(worlds), figsize=(3.3 * len(worlds), 3.4), squeeze=False)
    for axis, (title, arrows) in zip(axes[0], worlds.items(), strict=True):
        graph = causal_diagram.graph(arrows)
        asked = (causal_diagram.TREATMENT, causal_diagram.OUTCOME)
        given = {"ax": axis, "pos": PLACES, "node_size": 1300, "arrowsize": 16, "width": 1.6}
        others = [arrow for arrow in graph.edges if arrow != asked]
        nx.draw_networkx_nodes(
            graph, PLACES, ax=axis, node_size=1300, node_color="white", edgecolors="black"
        )
        nx.draw_networkx_labels(graph, PLACES, ax=axis, font_size=13)
        nx.draw_networkx_edges(graph, edgelist=others, edge_color=GREY, **given)
        nx.draw_networkx_edges(graph, edgelist=[asked], style="dashed", edge_color=BLUE, **given)
        axis.set_title(title, wrap=True)
        axis.set(xlim=(-0.35, 1.35), ylim=(-0.35, 1.35))
        axis.set_axis_off()
    figure.tight_layout()
    return figure


def curves(
    panels: dict[str, tuple[np.ndarray, list[Interval], pd.DataFrame]], treatment: str
) -> Figure:
    """Draw effects along the imbalance ratio: a curve with its band, and bins with intervals.

    Parameters
    ----------
    panels : dict
        Of each outcome the ratios and the effects there, and a table of bins (``middle``,
        ``effect``).
    treatment : str
        Named on the axes.
    """
    figure, axes = plt.subplots(1, len(panels), figsize=(5 * len(panels), 3.7), squeeze=False)
    for axis, (title, (ratios, effects, bins)) in zip(axes[0], panels.items(), strict=True):
        low, high = [e.low for e in effects], [e.high for e in effects]
        axis.fill_between(ratios, low, high, color=BLUE, alpha=0.2, lw=0)
        axis.plot(ratios, [e.value for e in effects], color=BLUE, label="all runs, quadratic")
        _with_ends(axis, bins["middle"], list(bins["effect"]), GREY, "D", "runs of a bin")
        axis.axhline(0, color="black", lw=0.8, ls="--")
        axis.set(xlabel="imbalance ratio", ylabel=f"effect of {treatment}", title=title)
    _legend_above(figure, axes[0, 0])
    return figure


def _legend_above(figure: Figure, axis: Axes) -> None:
    """Put one legend above all panels, where it hides nothing."""
    figure.tight_layout(rect=(0, 0, 1, 0.93))
    handles, labels = axis.get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper center", ncols=len(labels))


def _with_ends(axis: Axes, x, found: list[Interval], colour: str, marker: str, label: str) -> None:
    """Draw intervals as points with bars; those without ends as points."""
    values = np.array([one.value for one in found])
    low, high = (np.array([getattr(one, end) for one in found]) for end in ("low", "high"))
    axis.vlines(x, low, high, color=colour, lw=1.5)
    axis.plot(x, values, marker, color=colour, ms=5, ls="", label=label)


def jumps(panels: dict[str, tuple[pd.DataFrame, np.ndarray]], outcome: str) -> Figure:
    """Draw both set-ups of the discontinuity design: bins of each kind of run, lines, the cutoff.

    Parameters
    ----------
    panels : dict
        Of each title the runs and whether each counts as treated.
    outcome : str
        Column of the runs.
    """
    size = (5 * len(panels), 3.7)
    figure, axes = plt.subplots(1, len(panels), figsize=size, sharey=True, squeeze=False)
    for axis, (title, (runs, treated)) in zip(axes[0], panels.items(), strict=True):
        for side, colour, marker, label in (
            (0, GREY, "o", "without SMOTE"),
            (1, GREEN, "s", "with SMOTE"),
        ):
            part = runs[treated == side]
            x, y = part["imbalance"].to_numpy(), part[outcome].to_numpy()
            bins = regression_discontinuity.binned(x, y)
            axis.plot(bins["imbalance"], bins["mean"], marker, color=colour, ms=5, label=label)
            if len(part) >= regression_discontinuity.FEWEST:
                ends = np.array([x.min(), x.max()])
                axis.plot(ends, np.polyval(np.polyfit(x, y, 1), ends), color=colour, lw=2)
        axis.axvline(regression_discontinuity.CUTOFF, color=RED, lw=1, ls=":")
        axis.set(xlabel="imbalance ratio", title=title)
    axes[0, 0].set_ylabel(outcome)
    _legend_above(figure, axes[0, 0])
    return figure


def worlds(table: pd.DataFrame, truth: Interval) -> Figure:
    """Draw the estimates of each way over confounded worlds, beside the experiment's.

    Parameters
    ----------
    table : DataFrame
        As `fer_lib.papers.huang2025.causal.confounded_subsample.repeated` returns it.
    truth : Interval
        From the experiment.
    """
    ways = list(dict.fromkeys(table["way"]))
    figure, axis = plt.subplots(figsize=(8, 0.6 * len(ways) + 1.4))
    axis.axvspan(truth.low, truth.high, color=BLUE, alpha=0.15, lw=0)
    axis.axvline(truth.value, color=BLUE, lw=1.5, label="experiment, with its interval")
    for place, way in enumerate(ways):
        values = np.sort([one.value for one in table.loc[table["way"] == way, "effect"]])
        spread = np.linspace(-0.22, 0.22, len(values))
        axis.plot(values, place + spread, "o", color=GREY, ms=3, ls="")
        axis.plot(values.mean(), place, "D", color=ORANGE, mec="black", ms=8)
    axis.set_yticks(range(len(ways)), ways)
    axis.invert_yaxis()
    axis.set_xlabel("effect of SMOTE on macro-F1")
    axis.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure
