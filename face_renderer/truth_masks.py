"""What no photograph has: where the expression, and its fakeness, truly are."""

from __future__ import annotations

import numpy as np

from face_renderer import action_units, manifest, scene
from face_renderer import head as head_module
from face_renderer import landmarks as landmark_vertices
from face_renderer.render import expressed, raster_head, render, subject_of, view_of

_FACE = (
    head_module.SKIN,
    head_module.EYE_LEFT,
    head_module.EYE_RIGHT,
    head_module.UPPER_TEETH,
    head_module.LOWER_TEETH,
    head_module.TONGUE,
    head_module.MOUTH_CAVITY,
    head_module.EYE_CAVITY,
)


def au_displacement(row: dict) -> np.ndarray:
    """Return how far the action units move what is seen at each pixel.

    Parameters
    ----------
    row : dict
        A manifest row.

    Returns
    -------
    (size, size) float32 array
        Length of the displacement in space, in pixels of this picture (before projection, so
        that moves towards the camera count); 0 off the head. Hair is left out: what lies behind
        it counts.

    Examples
    --------
    >>> from face_renderer import RENDERED46, plan, with_units
    >>> row = plan(RENDERED46)[0]
    >>> moved = au_displacement(with_units(row, {26: 1.0}))  # the jaw drops
    >>> furthest = np.unravel_index(moved.argmax(), moved.shape)
    >>> bool(furthest[0] > landmarks(row)[57, 1])  # below the lower lip
    True
    >>> float(au_displacement(with_units(row, {})).max())
    0.0
    """
    size = int(row["size"])
    person = subject_of(row)
    base = head_module.load()
    vertices, _ = expressed(row, person)
    move = vertices - person.vertices
    length = np.sqrt(move[:, 0] ** 2 + move[:, 1] ** 2 + move[:, 2] ** 2)
    length = length * (size / scene.FIELD * float(row["zoom"]))
    _, triangle, w1, w2 = raster_head(view_of(row, vertices, size), size)
    seen = triangle >= 0
    seen[seen] = np.isin(base.materials[triangle[seen]], _FACE)
    corner = base.corner_vertex[base.triangles[triangle[seen]]]
    b1, b2 = w1[seen].astype(np.float64), w2[seen].astype(np.float64)
    out = np.zeros((size, size), np.float32)
    out[seen] = (
        length[corner[:, 0]] * (1 - b1 - b2) + length[corner[:, 1]] * b1 + length[corner[:, 2]] * b2
    )
    return out


def _difference(row: dict, other: dict) -> np.ndarray:
    """Return (size, size) float32 mean absolute difference of two noiseless pictures, 0 to 255."""
    one = render(row, noise=False).astype(np.float32)
    two = render(other, noise=False).astype(np.float32)
    return np.abs(one - two).mean(2)


def expression_counterfactual(row: dict) -> np.ndarray:
    """Return how much each pixel changes when the same face in the same scene is neutral.

    Returns
    -------
    (size, size) float32 array
        Mean absolute difference over channels, 0 to 255, sensor noise off.
    """
    return _difference(row, action_units.neutral(row))


def authenticity_counterfactual(row: dict) -> np.ndarray:
    """Return how much each pixel changes against the twin of the other class.

    Returns
    -------
    (size, size) float32 array
        Mean absolute difference over channels, 0 to 255, sensor noise off.
    """
    return _difference(row, manifest.twin(row))


def landmarks(row: dict) -> np.ndarray:
    """Return the 68 iBUG landmarks.

    Returns
    -------
    (68, 2) float32 array
        Column and row in pixels (the first pixel's centre is at 0.5); points turned away from
        the camera are where they would be seen through the head.

    Examples
    --------
    >>> from face_renderer import RENDERED46, plan
    >>> marks = landmarks(plan(RENDERED46)[0])
    >>> marks.shape
    (68, 2)
    >>> bool(marks[48, 0] < marks[54, 0])  # the right corner of the mouth is left in the picture
    True
    """
    vertices, _ = expressed(row, subject_of(row))
    view = view_of(row, vertices, int(row["size"]))
    chosen = landmark_vertices.vertices()
    return np.stack([view.x[chosen], view.y[chosen]], 1).astype(np.float32)
