"""Plot a network from the live model: one box for each part, streams side by side."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from fer_lib.plots.figures import BLUE, GREY

FROZEN, LEARNS, HEAD = "#ECECEC", "#DCEAF5", "#FCEFD6"
BOX, GAP = 0.74, 0.26  # height of a box and of the space under it, in rows


def architecture(parts: pd.DataFrame, streams: list[str], side: int) -> Figure:
    """Draw `fer_lib.papers.diya2026.model_summary.parts` from top to bottom.

    Parameters
    ----------
    parts : DataFrame
        From `fer_lib.papers.diya2026.model_summary.parts`.
    streams : list of str
        A name for each stream.
    side : int
        Image side in pixels.

    Returns
    -------
    Figure
        Grey boxes stay as they are, blue ones learn, yellow ones follow the feature maps.
    """
    columns = [parts[parts["stream"] == k] for k in range(len(streams))]
    after = parts[parts["stream"] == -1]
    rows = max(map(len, columns)) + len(after) + 1.6
    figure, axis = plt.subplots(
        figsize=(2.3 * len(streams) + (1.1 if len(streams) == 1 else 0.2), 0.47 * rows)
    )
    width = 1.0
    for k, (name, column) in enumerate(zip(streams, columns, strict=True)):
        x, y = 1.15 * k, 0.0
        axis.text(x + width / 2, y + 0.25, f"{name}\n3 × {side} × {side}", ha="center", fontsize=9)
        for _, part in column.iterrows():
            y = _box(axis, x, y, width, part, LEARNS if part["learns"] else FROZEN)
    foot = -(max(map(len, columns)) * (BOX + GAP)) - 0.35
    whole = 1.15 * (len(streams) - 1) + width
    for k in range(len(streams)):
        low = -(len(columns[k]) * (BOX + GAP)) + GAP
        axis.annotate(
            "",
            (1.15 * k + width / 2, foot),
            (1.15 * k + width / 2, low),
            arrowprops={"arrowstyle": "-|>", "color": GREY, "lw": 0.9},
        )
    shared = [
        part
        for name, part in after.set_index("part", drop=False).iterrows()
        if name in ("pool", "dense")
    ]
    y = foot
    for part in shared:
        y = _box(axis, 0.0, y, whole, part, HEAD)
    # The heads stand side by side: neither looks at the other.
    half, lowest = (whole - 0.08) / 2, y
    for x, names in ((0.0, ("emotion",)), (half + 0.08, ("convolutions", "authenticity"))):
        own = [part for _, part in after.iterrows() if part["part"] in names]
        below = y
        for part in own:
            below = _box(axis, x, below, half, part, HEAD, last=part is own[-1])
        lowest = min(lowest, below)
    axis.set(xlim=(-0.05, whole + 0.05), ylim=(lowest + GAP - 0.05, 0.75))
    axis.axis("off")
    figure.tight_layout(pad=0.2)
    return figure


def _count(parameters: int) -> str:
    """Return a number of parameters, short."""
    if not parameters:
        return "–"
    return f"{parameters / 1e6:.2f} M" if parameters >= 1e5 else f"{parameters / 1e3:.1f} k"


def _box(axis, x, y, width, part, colour, last=False) -> float:
    """Draw one part with its top at ``y``; return where the next one starts."""
    axis.add_patch(
        FancyBboxPatch(
            (x, y - BOX),
            width,
            BOX,
            boxstyle="round,pad=0,rounding_size=0.05",
            facecolor=colour,
            edgecolor=BLUE if part["learns"] else GREY,
            linewidth=0.9,
        )
    )
    gates = f" · {part['gates']} SE" if part["gates"] else ""
    count = _count(part["parameters"])
    # Two lines, so that two streams side by side can still be read on a phone.
    axis.text(x + 0.04, y - 0.3 * BOX, part["part"] + gates, va="center", fontsize=10)
    shape = part["output"].replace(" × ", "×")
    axis.text(x + 0.04, y - 0.72 * BOX, shape, va="center", fontsize=9, color="#333333")
    axis.text(
        x + width - 0.04,
        y - 0.72 * BOX,
        count,
        va="center",
        ha="right",
        fontsize=9,
        color="#333333",
    )
    if not last:
        axis.plot([x + width / 2] * 2, [y - BOX, y - BOX - GAP], color=GREY, lw=0.9)
    return y - BOX - GAP
