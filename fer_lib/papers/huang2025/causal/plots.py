"""Figures of the page on causal inference."""

from __future__ import annotations

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.huang2025.causal import causal_diagram, regression_discontinuity
from fer_lib.plots import figures
from fer_lib.plots.figures import BLACK, BLUE, GREEN, GREY, ORANGE, RED, WIDTH

PLACES = {"X": (0, 1), "T": (0, 0), "Z": (1, 1), "Y": (1, 0)}


def diagram(worlds: dict[str, tuple[tuple[str, str], ...]]) -> Figure:
    """Draw causal diagrams, two a row; the arrow from treatment to outcome is dashed."""
    rows = -(-len(worlds) // 2)
    figure, axes = plt.subplots(rows, 2, figsize=(WIDTH, 2.3 * rows), squeeze=False)
    for axis in axes.flat:
        axis.set_axis_off()
    for axis, (title, arrows) in zip(axes.flat, worlds.items(), strict=False):
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
    figure, axes = plt.subplots(1, len(panels), figsize=(WIDTH, 2.9), squeeze=False)
    given = figures.INTERVAL | {"y": "value"}
    for axis, (title, (ratios, effects, bins)) in zip(axes[0], panels.items(), strict=True):
        curve = figures.long_intervals(pd.DataFrame({"": effects}, index=ratios))
        sns.lineplot(
            curve, x="name", **given, sort=False, color=BLUE, label="all runs, quadratic", ax=axis
        )
        marks = figures.long_intervals(bins.set_index("middle")[["effect"]])
        sns.pointplot(
            marks,
            x="name",
            **given,
            native_scale=True,
            linestyle="none",
            marker="D",
            markersize=5,
            color=GREY,
            err_kws={"linewidth": 1.5},
            label="runs of a bin",
            ax=axis,
        )
        axis.axhline(0, color=BLACK, lw=0.8, ls="--")
        axis.set(xlabel="imbalance ratio", ylabel=f"effect of {treatment}", title=title)
    _legend_above(figure)
    return figure


def _legend_above(figure: Figure) -> None:
    """Put one legend above all panels, where it hides nothing."""
    named = figure.axes[0].get_legend_handles_labels()
    for axis in figure.axes:
        axis.legend().remove()
    figure.tight_layout()
    figure.legend(*named, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)


def jumps(panels: dict[str, tuple[pd.DataFrame, np.ndarray]], outcome: str) -> Figure:
    """Draw both set-ups of the discontinuity design: bins of each kind of run, lines, the cutoff.

    Parameters
    ----------
    panels : dict
        Of each title the runs and whether each counts as treated.
    outcome : str
        Column of the runs.
    """
    figure, axes = plt.subplots(1, len(panels), figsize=(WIDTH, 2.9), sharey=True, squeeze=False)
    kinds = ((0, GREY, "o", "without SMOTE"), (1, GREEN, "s", "with SMOTE"))
    for axis, (title, (runs, treated)) in zip(axes[0], panels.items(), strict=True):
        for side, colour, marker, label in kinds:
            part = runs[treated == side]
            bins = regression_discontinuity.binned(
                part["imbalance"].to_numpy(), part[outcome].to_numpy()
            )
            drawn = {"color": colour, "ax": axis}
            sns.scatterplot(bins, x="imbalance", y="mean", marker=marker, label=label, **drawn)
            if len(part) >= regression_discontinuity.FEWEST:
                line = {"x": "imbalance", "y": outcome, "scatter": False, "ci": None}
                sns.regplot(part, **line, line_kws={"lw": 2}, **drawn)
        axis.axvline(regression_discontinuity.CUTOFF, color=RED, lw=1, ls=":")
        axis.set(xlabel="imbalance ratio", ylabel=outcome, title=title)
    _legend_above(figure)
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
    long = table.assign(value=[one.value for one in table["effect"]])
    figure, axis = plt.subplots(figsize=(WIDTH, 0.5 * long["way"].nunique() + 1.2))
    drawn = {"x": "value", "y": "way", "ax": axis}
    axis.axvspan(truth.low, truth.high, color=BLUE, alpha=0.15, lw=0)
    axis.axvline(truth.value, color=BLUE, lw=1.5, label="experiment, with its interval")
    sns.violinplot(long, **drawn, color="#E3E3E3", inner="point", cut=0, density_norm="width")
    sns.pointplot(long, **drawn, errorbar=None, linestyle="none", marker="D", color=ORANGE)
    axis.set(xlabel="effect of SMOTE on macro-F1", ylabel="")
    axis.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0))
    figure.tight_layout()
    return figure
