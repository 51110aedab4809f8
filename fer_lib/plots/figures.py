"""Figures of the book in one style: seaborn's plots, colours that colour-blind readers tell apart.

Every figure is at most 8 inches wide, the width of a page's column, and has its panels in at most
two columns, so that a phone shows them legibly too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fer_lib.evaluation.bootstrap import Interval

# Okabe and Ito's colours, told apart under the common kinds of colour blindness.
BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#5F5F5F"
PURPLE, SKY, BLACK = "#CC79A7", "#56B4E9", "#000000"
PALETTE = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY, GREY, BLACK)
WIDTH = 8.0  # inches of a page's column
STYLE = {
    "figure.dpi": 110,
    "font.sans-serif": ["DejaVu Sans"],  # matplotlib's own: the same picture on every machine
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.labelsize": 11,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": "#E3E3E3",
    "legend.frameon": False,
    "savefig.bbox": "tight",
}
# How an interval is drawn, given as three rows: its low end, its value, its high end.
INTERVAL = {
    "estimator": lambda rows: rows.iloc[len(rows) // 2],
    "errorbar": lambda rows: (rows.iloc[0], rows.iloc[-1]),
}


def use_style() -> None:
    """Set the book's style for the figures of this process."""
    sns.set_theme(style="whitegrid", context="notebook", palette=PALETTE, rc=STYLE)


def bare(axis: Axes) -> None:
    """Take ticks, grid and frame off an axis that shows a picture."""
    axis.set(xticks=[], yticks=[])
    axis.grid(False)
    axis.spines[:].set_visible(False)


def legend_above(drawn: Axes | sns.FacetGrid, columns: int, title: str | None = None) -> None:
    """Move the legend of an axis or of all panels above them, where it hides nothing."""
    sns.move_legend(
        drawn, "lower center", bbox_to_anchor=(0.5, 1), ncols=columns, title=title, frameon=False
    )
    if isinstance(drawn, sns.FacetGrid):
        drawn.figure.tight_layout()


def image_grid(
    images: np.ndarray, columns: list[str], rows: list[str], width: float = WIDTH
) -> Figure:
    """Show images (rows, columns, side, side, 3), uint8 or float in [0, 1], with their names."""
    width = min(width, WIDTH, 2.4 * len(columns))  # few columns must not make giants
    height = width * len(rows) / len(columns) + 0.35
    figure, axes = plt.subplots(len(rows), len(columns), figsize=(width, height), squeeze=False)
    for r, row_name in enumerate(rows):
        for c, column_name in enumerate(columns):
            axis = axes[r, c]
            axis.imshow(images[r, c])
            bare(axis)
            if r == 0:
                axis.set_title(column_name)
            if c == 0:
                axis.set_ylabel(row_name)
    figure.tight_layout(pad=0.3)
    return figure


def overlay(image: np.ndarray, relevance: np.ndarray, colour: str = "inferno") -> np.ndarray:
    """Return an image (side, side, 3), uint8, under a map (side, side): floats in [0, 1].

    The map is clipped below at zero and scaled so that its highest half percent is full.
    """
    positive = np.clip(relevance, 0, None)
    top = np.percentile(positive, 99.5) or positive.max()
    scaled = np.clip(positive / top, 0, 1) if top > 0 else positive
    heat = plt.get_cmap(colour)(scaled)[..., :3]
    alpha = 0.75 * np.sqrt(scaled)[..., None]
    grey = image.mean(2, keepdims=True) / 255 * 0.85
    return np.clip(grey * (1 - alpha) + heat * alpha, 0, 1)


def bars(table: pd.DataFrame, ylabel: str, colours: tuple[str, ...] = (ORANGE, BLUE)) -> Figure:
    """Draw grouped bars, one group a row and one bar a column, with the numbers on them."""
    figure, axis = plt.subplots(figsize=(WIDTH, 3.6))
    long = table.rename_axis("row").melt(ignore_index=False, var_name="column").reset_index()
    palette = [colours[k % len(colours)] for k in range(len(table.columns))]
    sns.barplot(long, x="row", y="value", hue="column", palette=palette, saturation=1, ax=axis)
    for drawn in axis.containers:
        axis.bar_label(drawn, fontsize=9, padding=1)
    axis.set(xlabel="", ylabel=ylabel)
    legend_above(axis, len(table.columns))
    return figure


def long_history(history: pd.DataFrame) -> pd.DataFrame:
    """Return a training history with one row a measurement, for seaborn.

    Each column ``train_...`` and ``val_...`` gives rows with ``measured``, such as "emotion
    accuracy", ``part``, "training" or "validation", and ``value``; other columns stay.
    """
    measured = [name for name in history if str(name).startswith(("train_", "val_"))]
    others = [name for name in history if name not in measured]
    long = history.melt(others, measured, var_name="measured")
    part, long["measured"] = zip(*long["measured"].str.split("_", n=1), strict=True)
    long["part"] = pd.Series(part).map({"train": "training", "val": "validation"})
    long["measured"] = long["measured"].str.replace("_", " ")
    return long if "seed" in long else long.assign(seed=0)


def learning_curves(history: pd.DataFrame, **shown: str) -> Figure:
    """Draw a history over its epochs, a line a seed and a dot at each epoch that was kept.

    Parameters
    ----------
    history : DataFrame
        One row an epoch: ``epoch``, ``best``, columns ``train_...`` and ``val_...``; and ``seed``
        where there are several.
    **shown : str
        Seaborn's ``col`` and ``hue``, columns of `long_history`. Without them every measurement
        has a panel, and training and validation a colour each.
    """
    long = long_history(history)
    col, hue = shown.get("col", "measured"), shown.get("hue", "part")
    lines = list(dict.fromkeys(long[hue]))
    drawn = {"x": "epoch", "y": "value", "hue": hue, "hue_order": lines}
    drawn["palette"] = (GREY, BLUE) if hue == "part" else PALETTE[: len(lines)]
    grid = sns.relplot(
        long,
        kind="line",
        **drawn,
        style="part",
        dashes={"training": (4, 2), "validation": ""},
        col=col,
        units="seed",
        estimator=None,
        **panels(long[col].nunique(), 2.4),
        facet_kws={"sharey": col != "measured", "sharex": False, "legend_out": False},
    )
    for name, axis in grid.axes_dict.items():
        kept = long[long["best"] & (long[col] == name)]
        sns.scatterplot(kept, **drawn, ax=axis, legend=False, zorder=3)
        axis.xaxis.get_major_locator().set_params(integer=True)
    grid.set_titles("{col_name}").set_axis_labels("epoch", "")
    legend_above(grid, 2)
    return grid.figure


def panels(number: int, height: float, width: float = WIDTH) -> dict[str, float]:
    """Return seaborn's sizes of so many panels in at most two columns; ``height`` is of one."""
    columns = min(number, 2)
    return {"col_wrap": columns, "height": height, "aspect": width / columns / height}


def confusion(matrices: Mapping[str, np.ndarray], classes: tuple[str, ...]) -> Figure:
    """Draw confusion matrices, two a row: shade and number are the share of each true class."""
    columns, rows = min(len(matrices), 2), -(-len(matrices) // 2)
    size = (WIDTH, (0.6 if rows > 1 else 2.2) + 0.25 * len(classes))
    size = (size[0], size[1] * rows) if columns > 1 else (3.4 + 0.25 * len(classes),) * 2
    figure, axes = plt.subplots(
        rows, columns, figsize=size, squeeze=False, sharex=True, sharey=True
    )
    for axis in axes.flat[len(matrices) :]:
        axis.set_visible(False)
    for axis, (name, matrix) in zip(axes.flat, matrices.items(), strict=False):
        confusion_axis(axis, matrix, classes, name, counts=len(matrices) == 1 or len(classes) < 4)
        axis.set(aspect="auto" if rows > 1 else 1)
        axis.label_outer()
    figure.tight_layout()
    return figure


def confusion_axis(
    axis: Axes, matrix: np.ndarray, classes: Sequence[str], title: str, counts: bool = True
) -> None:
    """Draw one confusion matrix, rows the truth: shade and number are the share of each row.

    ``counts`` writes the number of images above its share.
    """
    share = matrix / np.maximum(matrix.sum(1, keepdims=True), 1)
    words = np.char.mod("%.0f%%", 100 * share)
    if counts:
        words = np.char.add(np.char.mod("%d\n", matrix), words)
    words = np.where(matrix > 0, words, "")
    cells(axis, share, words, classes, title, cmap="Blues", vmin=0, vmax=1)


def cells(
    axis: Axes,
    values: np.ndarray,
    words: np.ndarray,
    classes: Sequence[str],
    title: str,
    **shades: object,
) -> None:
    """Draw a matrix of classes as seaborn's heat map, with ``words``, str (k, k), in its cells."""
    size = {"size": 9 if len(classes) > 2 else 11}
    names = {"xticklabels": classes, "yticklabels": classes}
    sns.heatmap(
        values,
        annot=words,
        fmt="",
        annot_kws=size,
        cbar=False,
        ax=axis,
        **names,
        **shades,
    )
    axis.set(title=title, xlabel="predicted", ylabel="true", aspect=1)
    axis.set_xticklabels(classes, rotation=45, ha="right")
    axis.set_yticklabels(classes, rotation=0)


def long_intervals(table: pd.DataFrame) -> pd.DataFrame:
    """Return intervals as rows for seaborn, three an interval: low end, value, high end.

    Columns: ``name``, the row of the table, ``series``, its column, and ``value``. Draw them with
    `INTERVAL`. A plain number gives one row, and is drawn without ends.
    """
    return pd.DataFrame(
        [
            {"name": name, "series": str(series), "value": value}
            for series, column in table.items()
            for name, one in column.items()
            for value in ((one.low, one.value, one.high) if isinstance(one, Interval) else (one,))
        ]
    )


def intervals(
    table: pd.DataFrame | Mapping[str, pd.DataFrame],
    xlabel: str,
    chance: float | Mapping[str, float] | None = None,
    width: float = WIDTH,
) -> Figure:
    """Draw intervals as a forest plot, or numbers without ends as open marks.

    Parameters
    ----------
    table : DataFrame or mapping
        Index: names, top to bottom. Columns: `fer_lib.evaluation.bootstrap.Interval` objects or
        numbers, one colour each. A mapping gives each table a panel of its own, two a row.
    xlabel : str
        What is measured.
    chance : float or mapping, optional
        Drawn as a dashed line; by panel where it differs.
    width : float
        In inches, of the whole figure.
    """
    tables = {"": table} if isinstance(table, pd.DataFrame) else table
    long = pd.concat(
        [long_intervals(one).assign(panel=name) for name, one in tables.items()], ignore_index=True
    )
    long["name"] = long["name"].astype(str)
    names, series = (list(dict.fromkeys(long[column])) for column in ("name", "series"))
    ends = long.duplicated(["name", "series", "panel"]).any()
    grid = sns.catplot(
        long,
        kind="point",
        x="value",
        y="name",
        hue="series",
        order=names,
        col="panel",
        **INTERVAL,
        linestyle="none",
        palette=dict(zip(series, (GREY, BLUE, ORANGE, GREEN), strict=False)),
        markers=list("sDo^"[: len(series)]),
        markersize=6 if ends else 8,
        fillstyle="full" if ends else "none",
        markeredgewidth=0 if ends else 2,
        err_kws={"linewidth": 2},
        dodge=0.32 if ends and len(series) > 1 else False,
        sharex=False,
        **panels(len(tables), 0.42 * len(names) + 1.0, width),
        legend_out=False,
    )
    grid.set_titles("{col_name}").set_axis_labels(xlabel, "")
    for name, axis in grid.axes_dict.items():
        value = chance.get(name) if isinstance(chance, Mapping) else chance
        if value is not None:
            axis.axvline(value, color=BLACK, lw=0.8, ls="--")
    legend_above(grid, 2 if width < WIDTH or max(map(len, series)) > 20 else 4)
    return grid.figure
