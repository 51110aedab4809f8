"""The skin atlas seen as a map of the face: where each texel lies, noise, and the hairline."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from face_renderer import head
from face_renderer.exact_math import PI, atan2, exp, smoothstep
from face_renderer.noise import noise3_field

# Height of the hairline on the base head against the angle from straight ahead (degrees).
_ANGLE = (0, 25, 42, 58, 72, 86, 100, 115, 135, 180)
_HEIGHT = (7.94, 7.96, 7.92, 7.74, 7.46, 7.20, 7.46, 7.25, 6.85, 6.72)
NOISE_FREQUENCIES = (4.0, 12.0, 40.0, 90.0)


def between(x: np.ndarray, knots: tuple, values: tuple) -> np.ndarray:
    """Return piecewise-linear interpolation at x, of its shape; flat beyond the ends.

    ``knots`` rise, and ``values`` are as many. In plain arithmetic, which rounds alike everywhere.
    """
    out = np.full(np.shape(x), float(values[0]))
    for k in range(len(knots) - 1):
        t = np.clip((x - knots[k]) / (knots[k + 1] - knots[k]), 0.0, 1.0)
        out = out + t * (values[k + 1] - values[k])
    return out


def above_hairline(places: np.ndarray, shift: float = 0.0) -> np.ndarray:
    """Return how far (N, 3) places on the base head lie above the hairline, in decimetres.

    ``shift`` from -1 to 1 lowers or raises it: at 1 the temples recede.
    """
    x, y, z = np.abs(places[:, 0]), places[:, 1], places[:, 2]
    angle = atan2(x, z - 0.55) * (180.0 / PI)
    line = between(angle, _ANGLE, _HEIGHT)
    recede = exp(-((angle - 36.0) / 14.0) * ((angle - 36.0) / 14.0))
    front = smoothstep(75.0, 45.0, angle)
    line = line + shift * 0.05 * front + max(0.0, shift) * 0.11 * recede
    return y - line


def on_ear(places: np.ndarray) -> np.ndarray:
    """Return which (N, 3) places on the base head belong to the ears."""
    x, y, z = np.abs(places[:, 0]), places[:, 1], places[:, 2]
    return (x > 0.745) & (y < 7.54) & (z < 0.97) & (z > 0.0)


@dataclass(frozen=True)
class FaceMap:
    """Texels of the atlas that hold skin, flattened: N of them.

    ``index`` (N,) into the flat atlas; ``place`` (N, 3) on the base head; ``x``, ``y``, ``z`` its
    columns and ``across`` = abs(x); ``front`` (N,) 1 on the face's front; ``noise`` (4, N) in
    [-0.5, 0.5], coarse to fine; ``lips``, ``eyelids``, ``ears`` (N,) masks in [0, 1].
    """

    index: np.ndarray
    place: np.ndarray
    x: np.ndarray
    y: np.ndarray
    z: np.ndarray
    across: np.ndarray
    front: np.ndarray
    noise: np.ndarray
    lips: np.ndarray
    eyelids: np.ndarray
    ears: np.ndarray

    def blob(self, x: float, y: float, wide: float, high: float) -> np.ndarray:
        """Return (N,) a soft spot on both halves of the face's front."""
        a = (self.across - x) / wide
        b = (self.y - y) / high
        return exp(-(a * a + b * b)) * self.front


@lru_cache(maxsize=1)
def load() -> FaceMap:
    """Return the map of the base head."""
    base = head.load()
    flat = base.position.reshape(-1, 3)
    index = np.nonzero((flat != 0).any(1))[0]
    place = np.ascontiguousarray(flat[index])
    x, y, z = (np.ascontiguousarray(column) for column in place.T)
    noise = [noise3_field(place, f, k) - 0.5 for k, f in enumerate(NOISE_FREQUENCIES)]
    masks = {name: mask.reshape(-1)[index] for name, mask in base.masks.items()}
    front = (z > 0.5).astype(np.float64)
    return FaceMap(index, place, x, y, z, np.abs(x), front, np.stack(noise), **masks)
