"""Figures of the book in one style, with colours that colour-blind readers can tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fer_lib.evaluation.bootstrap import Interval

# Okabe and Ito's colours, told apart under the common kinds of colour blindness.
BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#5F5F5F"
STYLE = {
    "figure.dpi": 110,
    "figure.facecolor": "white",
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E3E3E3",
    "legend.frameon": False,
    "savefig.bbox": "tight",
}


def use_style() -> None:
    """Set the book's style for the figures of this process."""
    plt.rcParams.update(STYLE)


def bare(axis: Axes) -> None:
    """Take ticks, grid and frame off an axis that shows a picture."""
    axis.set(xticks=[], yticks=[])
    axis.grid(False)
    axis.spines[:].set_visible(False)


def shared_legend(
    figure: Figure, axis: Axes, columns: int, above: bool = True, last: int | None = None, **style
) -> None:
    """Put one legend, that of ``axis``, above or below all panels, where it hides nothing.

    ``last`` takes only so many of its lines, the last one first; ``style`` is matplotlib's.
    """
    figure.tight_layout()
    handles, names = axis.get_legend_handles_labels()
    if last is not None:
        handles, names = handles[: -last - 1 : -1], names[: -last - 1 : -1]
    place = {"loc": "lower center", "bbox_to_anchor": (0.5, 0.99)}
    if not above:
        place = {"loc": "upper center", "bbox_to_anchor": (0.5, 0.0)}
    figure.legend(handles, names, **place, ncols=columns, **style)


def marks(
    axis: Axes, places: np.ndarray, found: Iterable[Interval], colour: str, marker: str, name: str
) -> None:
    """Draw intervals as horizontal lines at heights ``places``, a mark at each value."""
    found = list(found)
    axis.hlines(places, [i.low for i in found], [i.high for i in found], color=colour, lw=2)
    axis.plot([i.value for i in found], places, marker, color=colour, ms=6, label=name)


def image_grid(
    images: np.ndarray, columns: list[str], rows: list[str], width: float = 11.0
) -> Figure:
    """Show images (rows, columns, side, side, 3), uint8 or float in [0, 1], with their names."""
    width = min(width, 2.4 * len(columns))  # few columns must not make giants
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
    figure, axis = plt.subplots(figsize=(9, 3.6))
    places = np.arange(len(table))
    width = 0.8 / len(table.columns)
    for k, name in enumerate(table.columns):
        drawn = axis.bar(
            places + (k - (len(table.columns) - 1) / 2) * width,
            table[name],
            width * 0.94,
            label=str(name),
            color=colours[k % len(colours)],
        )
        axis.bar_label(drawn, fontsize=9, padding=1)
    axis.set_xticks(places, table.index)
    axis.set_ylabel(ylabel)
    axis.grid(False, axis="x")
    axis.legend(ncols=len(table.columns), loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure


def learning_curves(history: pd.DataFrame) -> Figure:
    """Draw loss and accuracy over epochs, training and validation, the kept epoch marked."""
    figure, axes = plt.subplots(1, 3, figsize=(11, 3.3))
    panels = (
        ("joint loss", "train_loss", "val_loss"),
        ("emotion accuracy", "train_emotion_accuracy", "val_emotion_accuracy"),
        ("authenticity accuracy", "train_authenticity_accuracy", "val_authenticity_accuracy"),
    )
    kept = history.loc[history["best"], "epoch"].iloc[0]
    for axis, (title, training, validation) in zip(axes, panels, strict=True):
        axis.plot(history["epoch"], history[training], "o-", ms=3, color=GREY, label="training")
        axis.plot(history["epoch"], history[validation], "s-", ms=4, color=BLUE, label="validation")
        axis.axvline(kept, color=RED, lw=1, ls=":")
        axis.set(xlabel="epoch", title=title)
        axis.xaxis.get_major_locator().set_params(integer=True)
    axes[0].annotate(
        "kept ", (kept, axes[0].get_ylim()[1]), color=RED, ha="right", va="bottom", fontsize=9
    )
    axes[0].legend()
    figure.tight_layout()
    return figure


def confusion(matrices: dict[str, np.ndarray], classes: tuple[str, ...]) -> Figure:
    """Draw confusion matrices side by side: shade and number are the share of each true class."""
    side = 4.6 if len(classes) > 2 else 3.2
    figure, axes = plt.subplots(
        1, len(matrices), figsize=(side * len(matrices) + 0.4, side), squeeze=False
    )
    for axis, (name, matrix) in zip(axes[0], matrices.items(), strict=True):
        confusion_axis(axis, matrix, classes, name)
    figure.tight_layout()
    return figure


def confusion_axis(axis: Axes, matrix: np.ndarray, classes: tuple[str, ...], title: str) -> None:
    """Draw one confusion matrix, rows the truth: shade and number are the share of each row."""
    share = matrix / np.maximum(matrix.sum(1, keepdims=True), 1)
    axis.imshow(share, cmap="Blues", vmin=0, vmax=1)
    words = np.array(
        [
            [f"{n}\n{part:.0%}" if n else "" for n, part in zip(*rows, strict=True)]
            for rows in zip(matrix, share, strict=True)
        ]
    )
    label_cells(axis, words, share > 0.65, 8 if len(classes) > 2 else 11)
    name_cells(axis, classes, title)


def label_cells(axis: Axes, words: np.ndarray, dark: np.ndarray, size: int) -> None:
    """Write ``words`` (k, k), str, into the cells of a matrix, in white where it is ``dark``."""
    for row, column in np.ndindex(words.shape):
        if words[row, column]:
            axis.text(
                column,
                row,
                words[row, column],
                ha="center",
                va="center",
                fontsize=size,
                color="white" if dark[row, column] else "black",
            )


def name_cells(axis: Axes, classes: Sequence[str], title: str) -> None:
    """Name the rows (truth) and columns (prediction) of a matrix of classes."""
    axis.set_xticks(range(len(classes)), classes, rotation=45, ha="right")
    axis.set_yticks(range(len(classes)), classes)
    axis.set(title=title, xlabel="predicted", ylabel="true")
    axis.grid(False)
    axis.spines[:].set_visible(False)


def intervals(
    table: pd.DataFrame, xlabel: str, chance: float | None = None, width: float = 8.0
) -> Figure:
    """Draw intervals as a forest plot.

    Parameters
    ----------
    table : DataFrame
        Index: names, top to bottom. Columns: `fer_lib.evaluation.metrics.Interval` objects, one
        colour each.
    xlabel : str
        What is measured.
    chance : float, optional
        Drawn as a dashed line.
    width : float
        In inches, without the names.
    """
    figure, axis = plt.subplots(figsize=(width, 0.42 * len(table) + 1.2))
    offsets = np.linspace(-0.16, 0.16, len(table.columns)) if len(table.columns) > 1 else [0.0]
    for name, colour, marker, offset in zip(
        table.columns, (GREY, BLUE, ORANGE, GREEN), "sDo^", offsets, strict=False
    ):
        marks(axis, np.arange(len(table)) + offset, table[name], colour, marker, str(name))
    if chance is not None:
        axis.axvline(chance, color="black", lw=0.8, ls="--")
    axis.set_yticks(np.arange(len(table)), table.index)
    axis.invert_yaxis()
    axis.set_xlabel(xlabel)
    axis.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(table.columns))
    return figure
