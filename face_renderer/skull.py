"""How far the head reaches from its middle in each direction: what keeps hair out of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from face_renderer import facemap, head
from face_renderer.exact_math import PI, atan2, atan2_number, compiled
from face_renderer.raster import draw_triangles

GRID = (48, 96)  # elevation, azimuth
MIDDLE = np.array([0.0, 0.263, -0.795])  # of the skull, from between the eyes, in decimetres


@dataclass(frozen=True)
class Skull:
    """``middle`` (3,) and ``radius`` (48, 96) over elevation and azimuth."""

    middle: np.ndarray
    radius: np.ndarray


def measure(vertices: np.ndarray, scale: float) -> Skull:
    """Return the reach of a subject's head, ears and neck left out.

    Parameters
    ----------
    vertices : (V, 3) float
        The subject's head in head units.
    scale : float
        Head units per decimetre.
    """
    base = head.load()
    middle = MIDDLE * scale
    rows, columns = GRID
    arm = vertices - middle
    radius = np.sqrt(arm[:, 0] * arm[:, 0] + arm[:, 1] * arm[:, 1] + arm[:, 2] * arm[:, 2])
    flat = np.sqrt(arm[:, 0] * arm[:, 0] + arm[:, 2] * arm[:, 2])
    column = (atan2(arm[:, 0], arm[:, 2]) / PI * 0.5 + 0.5) * columns
    row = (0.5 - atan2(arm[:, 1], flat) / PI) * rows
    triangles = base.corner_vertex[base.triangles[base.materials == head.SKIN]]
    keep = ~facemap.on_ear(base.vertices)[triangles].any(1)
    keep &= base.vertices[triangles][:, :, 1].min(1) > 6.1
    # Triangles across the back, where the azimuth jumps, would smear over the whole grid.
    keep &= column[triangles].max(1) - column[triangles].min(1) < columns / 2
    triangles = np.ascontiguousarray(triangles[keep])
    reach = np.full(GRID, -1e9, np.float32)
    scratch = np.zeros((3, *GRID), np.float32)
    two_sided = np.ones(len(triangles), np.bool_)
    number = scratch[0].astype(np.int32)
    draw_triangles(column, row, radius, triangles, two_sided, reach, number, scratch[1], scratch[2])
    reach = reach.astype(np.float64)
    for _ in range(GRID[1]):
        empty = reach < 0
        if not empty.any():
            break
        for step, axis in ((1, 1), (-1, 1), (1, 0), (-1, 0)):
            near = np.roll(reach, step, axis)
            if axis == 0:  # the poles are not neighbours
                near[0 if step == 1 else -1] = -1.0
            reach = np.where((reach < 0) & (near > 0), near, reach)
    return Skull(middle, np.ascontiguousarray(reach))


@compiled
def reach(radius: np.ndarray, x: float, y: float, z: float) -> float:
    """Return the head's reach in the direction (x, y, z), in the unit of ``radius`` (H, W)."""
    rows, columns = radius.shape
    flat = math.sqrt(x * x + z * z)
    column = (atan2_number(x, z) / PI * 0.5 + 0.5) * columns - 0.5
    row = (0.5 - atan2_number(y, flat) / PI) * rows - 0.5
    row = min(rows - 1.001, max(0.0, row))
    if column < 0:
        column += columns
    j0 = int(column) % columns
    j1 = (j0 + 1) % columns
    i0 = int(row)
    u = column - int(column)
    v = row - i0
    low = radius[i0, j0] * (1 - u) + radius[i0, j1] * u
    high = radius[i0 + 1, j0] * (1 - u) + radius[i0 + 1, j1] * u
    return low * (1 - v) + high * v
