"""Ground-truth maps of where a rendered expression changes the face, cell by cell."""

from __future__ import annotations

import numpy as np

from face_renderer.clips import clip_set
from fer_lib.papers.huang2025.clip_plots import change
from fer_lib.papers.huang2025.search.coefficient_maps import CELLS

REST = "neutral"  # in which nothing moves


def chosen(count: int, n_subjects: int | None = None) -> dict[str, list[dict]]:
    """Return up to so many rendered clips of each emotion but neutral, each of another subject."""
    found: dict[str, dict[str, dict]] = {}
    for row in clip_set.plan(clip_set.RENDERED_MICRO, n_subjects):
        if row["emotion"] != REST:
            found.setdefault(row["emotion"], {}).setdefault(row["subject_id"], row)
    return {emotion: list(found[emotion].values())[:count] for emotion in sorted(found)}


def changes(rows: list[dict]) -> np.ndarray:
    """Return how much clips change the face from onset to apex, (`CELLS`, `CELLS`).

    Parameters
    ----------
    rows : list of dict
        As `face_renderer.clip_set.clip_set.plan` gives them. Each is rendered at both moments,
        without the sensor's noise, so what differs is the expression.

    Returns
    -------
    ndarray
        Mean absolute difference of grey levels in each cell, mean over the clip_set.
    """
    total = np.zeros((CELLS, CELLS))
    for row in rows:
        moved = np.abs(change(row))
        side = len(moved) // CELLS
        total += moved.reshape(CELLS, side, CELLS, side).mean((1, 3))
    return total / len(rows)
