"""Tables of differences between groups for the page on fairness."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from fer_lib.plots import figures


def with_p(found: pd.DataFrame) -> pd.DataFrame:
    """Return a table with p values for display: no smaller than a thousandth, or none."""
    words = {
        name: found[name].map(lambda p: "–" if p != p else "< 0.001" if p < 0.001 else f"{p:.3f}")
        for name in ("p", "p adjusted")
    }
    return found.assign(**words)


def forest(tables: Mapping[str, pd.DataFrame], score: str, xlabel: str) -> Figure:
    """Draw one score of every group, all models; a table by model has ``factor`` and ``value``."""
    first = next(iter(tables.values()))
    chart = pd.DataFrame(
        {shown: list(scores[score]) for shown, scores in tables.items()},
        index=first["factor"] + ": " + first["value"],
    )
    return figures.intervals(chart, xlabel)


def tone_beside(row: pd.Series, other: str) -> str:
    """Return whether another tone moves P(genuine) more than another kind of change, in words.

    ``row`` is one of `fer_lib.papers.diya2026.fairness.skin_tone_effects.beside_chance`, against
    the change ``other``.
    """
    word = "less" if row["difference"].value < 0 else "more"
    told = f"{word} than a change of the kind *{other}*"
    if row["told apart"] != "yes":
        told = (
            "neither more nor less, as far as these faces tell, than a change of the kind "
            f"*{other}*"
        )
    return f"another tone moves P(genuine) {told}: {row['difference']}."
