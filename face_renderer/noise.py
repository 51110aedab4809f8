"""Hashed value noise: a smooth random field that needs no state and no table."""

from __future__ import annotations

import math

import numpy as np

from face_renderer.exact_math import compiled, inlined


@inlined
def hashed(i: int, j: int, k: int) -> float:
    """Return a number in [0, 1] that looks random in the three integers."""
    h = np.uint32(i) * np.uint32(374761393)
    h = np.uint32(h + np.uint32(j) * np.uint32(668265263))
    h = np.uint32(h + np.uint32(k) * np.uint32(1274126177))
    h = np.uint32((h ^ (h >> np.uint32(13))) * np.uint32(1274126177))
    h = np.uint32(h ^ (h >> np.uint32(16)))
    h = np.uint32((h ^ (h >> np.uint32(15))) * np.uint32(2246822519))
    h = np.uint32(h ^ (h >> np.uint32(13)))
    return float(h) / 4294967295.0


@compiled
def noise2(x: float, y: float, seed: int) -> float:
    """Return smooth noise in [0, 1] at (x, y); features are about one unit wide."""
    i = math.floor(x)
    j = math.floor(y)
    u = x - i
    v = y - j
    u = u * u * (3.0 - 2.0 * u)
    v = v * v * (3.0 - 2.0 * v)
    low = hashed(i, j, seed) * (1.0 - u) + hashed(i + 1, j, seed) * u
    high = hashed(i, j + 1, seed) * (1.0 - u) + hashed(i + 1, j + 1, seed) * u
    return low * (1.0 - v) + high * v


@compiled
def noise3_field(points: np.ndarray, frequency: float, seed: int) -> np.ndarray:
    """Return smooth noise in [0, 1], (N,), at (N, 3) points; ``frequency`` features a unit."""
    out = np.empty(points.shape[0])
    for n in range(points.shape[0]):
        x = points[n, 0] * frequency + 100.0
        y = points[n, 1] * frequency + 100.0
        z = points[n, 2] * frequency + 100.0
        k = math.floor(z)
        w = z - k
        w = w * w * (3.0 - 2.0 * w)
        below = noise2(x, y, seed * 7919 + k)
        above = noise2(x, y, seed * 7919 + k + 1)
        out[n] = below * (1.0 - w) + above * w
    return out
