"""Wrinkles: grooves on the skin atlas, each with a name that action units and age refer to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from face_renderer import facemap, head
from face_renderer.exact_math import compiled, exp

SIDE_SIGN = {"L": 1.0, "R": -1.0}


def _arc(start, end, bulge, n=9):
    """Return n points of a shallow arc; positive ``bulge`` lies to the left of start -> end."""
    (x0, y0), (x1, y1) = start, end
    out = []
    for i in range(n):
        t = i / (n - 1)
        b = bulge * 4 * t * (1 - t)
        # Not divided by the length: the bulge is given for these very arcs.
        dx, dy = x1 - x0, y1 - y0
        length = float(np.sqrt(dx * dx + dy * dy))
        out.append((x0 + t * dx - dy / length * b, y0 + t * dy + dx / length * b))
    return out


# On the left half (x > 0) of the base head, mirrored for the right; lines and their half width.
_PAIRED = {
    "crow": (
        [
            _arc((0.475, 7.31), (0.60, 7.385), 0.012),
            _arc((0.482, 7.285), (0.625, 7.29), 0.010),
            _arc((0.475, 7.262), (0.60, 7.20), -0.012),
        ],
        0.013,
    ),
    "infraorbital": (
        [_arc((0.20, 7.212), (0.46, 7.205), -0.055), _arc((0.22, 7.17), (0.44, 7.14), -0.050)],
        0.017,
    ),
    "nasolabial": ([_arc((0.17, 6.96), (0.325, 6.60), 0.035)], 0.028),
    "marionette": ([_arc((0.285, 6.585), (0.325, 6.42), 0.012)], 0.021),
    "glabella": (
        [_arc((0.055, 7.37), (0.075, 7.53), -0.008), _arc((0.10, 7.40), (0.115, 7.50), -0.006)],
        0.016,
    ),
    "nose": (
        [
            _arc((0.01, 7.34), (0.09, 7.31), 0.008),
            _arc((0.015, 7.28), (0.12, 7.22), 0.010),
            _arc((0.02, 7.22), (0.13, 7.15), 0.010),
        ],
        0.014,
    ),
    "forehead_outer": (
        [_arc((0.16, 7.63 + 0.075 * i), (0.46, 7.61 + 0.068 * i), 0.02) for i in range(3)],
        0.018,
    ),
}
_MIDDLE = {
    "forehead_middle": (
        [_arc((-0.2, 7.63 + 0.075 * i), (0.2, 7.63 + 0.075 * i), 0.016) for i in range(3)],
        0.018,
    ),
    "chin": (
        [_arc((-0.13, 6.42), (0.13, 6.42), 0.04), _arc((-0.08, 6.33), (0.08, 6.33), 0.03)],
        0.019,
    ),
    "lip_lines": ([[(k * 0.05, 6.71), (k * 0.051, 6.77)] for k in range(-3, 4)], 0.009),
}


def _line_distance(line, x, y):
    """Return the distance of points to a polyline, and how far along it (0 to 1) they lie."""
    points = np.array(line)
    steps = points[1:] - points[:-1]
    lengths = np.sqrt(steps[:, 0] * steps[:, 0] + steps[:, 1] * steps[:, 1])
    total = 0.0
    for length in lengths:
        total += length
    nearest = np.full(x.shape, 1e9)
    along = np.zeros(x.shape)
    done = 0.0
    for (x0, y0), (dx, dy), length in zip(points[:-1], steps, lengths, strict=True):
        t = np.clip(((x - x0) * dx + (y - y0) * dy) / (length * length), 0, 1)
        a, b = x - x0 - t * dx, y - y0 - t * dy
        far = np.sqrt(a * a + b * b)
        closer = far < nearest
        nearest = np.where(closer, far, nearest)
        along = np.where(closer, (done + t * length) / total, along)
        done += length
    return nearest, along


def _groove(lines, width, side):
    """Return atlas indices and depths of grooves; the skin bulges a little beside them."""
    face = facemap.load()
    x = face.x * side
    depth = np.zeros(face.x.shape)
    for line in lines:
        xs, ys = zip(*line, strict=True)
        pad = 4 * width
        near = (face.front > 0) & (x > min(xs) - pad) & (x < max(xs) + pad)
        near &= (face.y > min(ys) - pad) & (face.y < max(ys) + pad)
        far, along = _line_distance(line, x[near], face.y[near])
        taper = np.sqrt(np.clip(np.minimum(along, 1 - along) / 0.3, 0, 1))
        a, b = far / width, (far - 2.0 * width) / (1.2 * width)
        groove = (exp(-a * a) - 0.35 * exp(-b * b)) * taper
        depth[near] = np.where(np.abs(groove) > np.abs(depth[near]), groove, depth[near])
    kept = np.nonzero(np.abs(depth) > 0.01)[0]
    return face.index[kept], depth[kept].astype(np.float32)


@dataclass(frozen=True)
class Wrinkles:
    """All grooves, one after the other: ``starts`` (K+1,), ``index`` and ``depth``."""

    names: tuple
    starts: np.ndarray
    index: np.ndarray
    depth: np.ndarray


@lru_cache(maxsize=1)
def load() -> Wrinkles:
    """Return every groove of the base head."""
    grooves = {}
    for name, (lines, width) in _PAIRED.items():
        for side, sign in SIDE_SIGN.items():
            grooves[f"{name}_{side}"] = _groove(lines, width, sign)
    for name, (lines, width) in _MIDDLE.items():
        grooves[name] = _groove(lines, width, 1.0)
    starts = np.zeros(len(grooves) + 1, np.int64)
    for k, (index, _) in enumerate(grooves.values()):
        starts[k + 1] = starts[k] + len(index)
    return Wrinkles(
        tuple(grooves),
        starts,
        np.concatenate([index for index, _ in grooves.values()]),
        np.concatenate([depth for _, depth in grooves.values()]),
    )


@compiled
def _add(height, weights, starts, index, depth):
    for k in range(weights.shape[0]):
        if weights[k] > 0.0:
            for j in range(starts[k], starts[k + 1]):
                height[index[j]] += weights[k] * depth[j]


def height_map(age_weights: dict, unit_weights: dict) -> np.ndarray:
    """Return (H, W) float32 depth of the grooves: those of age plus those of action units."""
    grooves = load()
    height = np.zeros(head.ATLAS_SIZE[0] * head.ATLAS_SIZE[1], np.float32)
    weights = [age_weights.get(n, 0.0) + unit_weights.get(n, 0.0) for n in grooves.names]
    weights = np.array(weights, np.float32)
    _add(height, weights, grooves.starts, grooves.index, grooves.depth)
    return height.reshape(head.ATLAS_SIZE)
