"""Figures of the page on the two searches: Figure 7 again, and faces under coefficient maps."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from fer_lib.papers.huang2025.search import nested_search
from fer_lib.papers.huang2025.search.contrasts import AS_IT_COMES, OF_PAPER
from fer_lib.papers.huang2025.search.search_scores import SCORES, Tuned
from fer_lib.plots import figures

GREY = 128  # a photograph's face is not shown: the mean of few may be somebody's


def before_after(scored: Tuned) -> Figure:
    """Draw Figure 7 again: a panel a score, a row a model, before its search and after it."""
    return figures.intervals(scores(scored), "held-out subjects")


def scores(scored: Tuned) -> dict[str, pd.DataFrame]:
    """Return for each score the intervals of both models (rows), before and after (columns)."""
    names = {model: f"{model}, {way}" for model, way in nested_search.PAPERS}
    sides = {"before: as it comes": AS_IT_COMES, "after: settings chosen": OF_PAPER}
    return {
        score: pd.DataFrame(
            {
                side: {names[model]: scored.score(ways[model], score) for model in names}
                for side, ways in sides.items()
            }
        )
        for score in SCORES
    }


def over_faces(
    faces: np.ndarray, emotions: np.ndarray, lines: Mapping[str, Mapping], rendered: bool
) -> Figure:
    """Draw the mean face of each emotion under maps, each from its weakest cell to its strongest.

    Parameters
    ----------
    faces : ndarray
        uint8 (n, side, side), prepared.
    emotions : ndarray
        (n,), their names.
    lines : mapping
        Name of a row to the map (cells, cells) of each emotion.
    rendered : bool
        Otherwise an even grey lies under the maps.
    """
    names = list(next(iter(lines.values())))
    pictures = []
    for maps in lines.values():
        pictures.append([])
        for name in names:
            values = np.asarray(maps[name])
            face = faces[emotions == name].mean(0).astype(np.uint8)[..., None].repeat(3, -1)
            face = face if rendered else np.full_like(face, GREY)
            shade = (values - values.min()) / max(np.ptp(values), 1e-12)
            side = len(face) // len(values)
            pictures[-1].append(figures.overlay(face, np.kron(shade, np.ones((side, side)))))
    return figures.image_grid(np.array(pictures), names, list(lines))
