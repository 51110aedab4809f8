"""Two figures of the terms: a word cloud and the network."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from wordcloud import WordCloud

from fer_lib.evaluation.bootstrap import Interval
from fer_lib.plots import figures

DRAWN = 80  # words of a cloud
FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"


def cloud(frequency: pd.Series, colours: dict[str, str], other: str, seed: int) -> np.ndarray:
    """Draw a word cloud: the size of a word follows its frequency.

    Parameters
    ----------
    frequency : Series
        By term, highest first; at most `DRAWN` are drawn, of terms that are equal all or none.
    colours : dict of str to str
        Colours of some terms.
    other : str
        Colour of the others.
    seed : int
        Of the places.

    Returns
    -------
    ndarray
        uint8, (height, width, 3). The font is the one that matplotlib brings, so that the picture
        is the same everywhere.
    """
    drawn = WordCloud(
        width=1320,
        height=600,
        background_color="white",
        font_path=str(FONT),
        max_words=DRAWN,
        max_font_size=120,
        min_font_size=11,
        relative_scaling=0.6,
        prefer_horizontal=1.0,
        margin=4,
        color_func=lambda word, **_: colours.get(word, other),
        random_state=seed,
    )
    shown = frequency
    if len(frequency) > DRAWN:
        shown = frequency[frequency > frequency.iloc[DRAWN]]
    shown = frequency.iloc[:DRAWN] if shown.empty else shown  # all are equal
    return drawn.generate_from_frequencies(shown.to_dict()).to_array()


def draw(graph: nx.Graph, table: pd.DataFrame, marked: list[str], seed: int) -> Figure:
    """Draw a network: the area of a node follows its degree centrality, the marked ones are blue.

    Parameters
    ----------
    graph : Graph
        Nodes without an edge are left out.
    table : DataFrame
        From `measures`.
    marked : list of str
        Nodes in blue.
    seed : int
        Of the places.
    """
    # A view by `subgraph` would have the order of a set, which changes from process to process.
    tied = nx.Graph(graph)
    tied.remove_nodes_from([node for node in graph if not graph.degree(node)])
    figure, axis = plt.subplots(figsize=(figures.WIDTH, 6.8))
    axis.axis("off")
    if not len(tied):
        axis.text(0.5, 0.5, "no two keywords occur in the same document", ha="center")
        return figure
    places = _places(tied, seed)
    heaviest = max(weight for *_, weight in tied.edges(data="weight"))
    for one, other, weight in tied.edges(data="weight"):
        x, y = zip(places[one], places[other], strict=True)
        axis.plot(x, y, color="#B9B9B9", lw=0.4 + 2.6 * weight / heaviest, zorder=1)
    centrality = table["degree centrality"]
    for node in tied:
        colour = figures.BLUE if node in marked else figures.GREY
        x, y = places[node]
        axis.scatter([x], [y], s=60 + 900 * centrality[node], color=colour, lw=0, zorder=2)
        axis.annotate(
            node,
            (x, y),
            (0, 4 + np.sqrt(60 + 900 * centrality[node]) / 2),
            textcoords="offset points",
            ha="center",
            fontsize=9,
            fontweight="bold" if node in marked else "normal",
            bbox={"boxstyle": "round,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.8},
            zorder=3,
        )
    axis.margins(0.08)
    return figure


def shares(held: pd.DataFrame) -> Figure:
    """Draw the share of resamples in which each term is in the top ten, a mark a column."""
    return figures.intervals(held, "share of resamples with the term in the top ten")


def needed(sizes: list[int], found: dict[str, list[Interval]], expected: float, top: int) -> Figure:
    """Draw how many top terms two separate corpora share, against their size.

    Parameters
    ----------
    sizes : list of int
        Documents in each corpus.
    found : dict
        Name of a score to an interval a size.
    expected : float
        The number that blindly drawn terms share, a dashed line.
    top : int
        The most that can be shared.
    """
    figure, axis = plt.subplots(figsize=(figures.WIDTH, 3.6))
    long = figures.long_intervals(pd.DataFrame(found, index=sizes))
    kinds = {"hue": "series", "style": "series", "markers": ["s", "o"], "dashes": False}
    colours = (figures.GREY, figures.BLUE)
    sns.lineplot(
        long, x="name", y="value", **kinds, palette=colours, sort=False, **figures.INTERVAL, ax=axis
    )
    axis.axhline(expected, color="black", lw=0.8, ls="--")
    axis.set(xlabel="documents in each corpus", ylabel="top ten terms in common", ylim=(0, top))
    figures.legend_above(axis, 2)
    return figure


def _places(graph: nx.Graph, seed: int) -> dict[str, np.ndarray]:
    """Return where the nodes stand: springs first, then labels that touch are moved apart."""
    names = list(graph)
    start = nx.circular_layout(names)
    apart = 2.2 / np.sqrt(len(names))
    springs = nx.spring_layout(graph, k=apart, pos=start, iterations=200, weight=None, seed=seed)
    points = np.array([springs[name] for name in names])
    points = (points - points.min(0)) / np.maximum(np.ptp(points, axis=0), 1e-9)
    widths = np.array([0.03 + 0.0125 * len(name) for name in names])  # shares of the picture
    boxes = np.stack([(widths[:, None] + widths) / 2, np.full((len(names),) * 2, 0.1)], -1)
    order = np.arange(len(names))
    for _ in range(300):
        apart = points[:, None] - points
        over = boxes - np.abs(apart)
        touching = (over > 1e-3).all(2) & (order[:, None] != order)
        if not touching.any():
            break
        ahead = np.where(apart == 0, np.sign(order[:, None] - order)[..., None], np.sign(apart))
        nearest = over.argmin(2)[..., None] == np.arange(2)  # moved along the shorter way out
        points += 0.3 * (over * ahead * nearest * touching[..., None]).sum(1)
    return {name: point.round(3) for name, point in zip(names, points, strict=True)}
