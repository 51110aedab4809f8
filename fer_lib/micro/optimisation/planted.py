"""Where a rendered expression changes the face, cell by cell: the truth that maps are held to."""

from __future__ import annotations

import numpy as np

from fer_lib import faces
from fer_lib.micro.optimisation.coefficients import CELLS
from fer_lib.micro.rendered import clips

REST = "neutral"  # in which nothing moves


def chosen(count: int, n_subjects: int | None = None) -> dict[str, list[dict]]:
    """Return up to so many rendered clips of each emotion but neutral, each of another person."""
    found: dict[str, dict[str, dict]] = {}
    for row in clips.plan(clips.RENDERED_MICRO, n_subjects):
        if row["emotion"] != REST:
            found.setdefault(row["emotion"], {}).setdefault(row["subject_id"], row)
    return {emotion: list(found[emotion].values())[:count] for emotion in sorted(found)}


def changes(rows: list[dict]) -> np.ndarray:
    """Return how much clips change the face from onset to apex, (`CELLS`, `CELLS`).

    Parameters
    ----------
    rows : list of dict
        As `fer_lib.micro.rendered.clips.plan` gives them. Each is rendered at both moments,
        without the sensor's noise, so what differs is the expression.

    Returns
    -------
    ndarray
        Mean absolute difference of grey levels in each cell, mean over the clips.
    """
    total = np.zeros((CELLS, CELLS))
    for row in rows:
        apex, onset = (
            faces.render(clips.frame(row, ms), noise=False).astype(float).mean(2)
            for ms in (float(row["apex_ms"]), 0.0)
        )
        side = len(apex) // CELLS
        total += np.abs(apex - onset).reshape(CELLS, side, CELLS, side).mean((1, 3))
    return total / len(rows)
