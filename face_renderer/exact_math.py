"""Elementary functions and random draws that give the same last bit on every machine.

``math.sin``, ``numpy.exp`` and their kin differ in the last bit between C libraries and CPU
generations. Pixels must not, so everything that reaches one is built from ``+ - * /``, ``sqrt``,
``floor`` and comparisons, which IEEE 754 rounds in one way only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numba import njit

# A number, or an array of any shape: the result has the same.
Numbers = float | np.ndarray

PI = 3.141592653589793


def compiled(function: Callable) -> Callable:
    """Compile with numba, cached on disk where a folder for the cache can be written.

    ``fastmath`` stays off: it would let the compiler reorder sums.
    """
    try:
        return njit(cache=True, nogil=True)(function)
    except RuntimeError:  # neither the package folder nor the user's cache can be written
        return njit(nogil=True)(function)


def inlined(function: Callable) -> Callable:
    """Compile as ``compiled`` does, and copy the code into each caller: for small functions."""
    try:
        return njit(cache=True, nogil=True, forceinline=True)(function)
    except RuntimeError:
        return njit(nogil=True, forceinline=True)(function)


def exp(x: Numbers) -> Numbers:
    """Return e**x for x in [-60, 60] (clamped below), array or number, relative error < 1e-12."""
    x = np.maximum(x, -60.0) * (1.0 / 1024.0)
    power = 1.0 + x * (1.0 + x * (0.5 + x * (1 / 6.0 + x * (1 / 24.0 + x * (1 / 120.0)))))
    for _ in range(10):
        power = power * power
    return power


def sin(x: Numbers) -> Numbers:
    """Return the sine of x radians, array or number, absolute error < 1e-7."""
    x = x - 2.0 * PI * np.floor(x / (2.0 * PI) + 0.5)
    q = x * x
    series = 1.0 - q / 342.0
    for k in (272.0, 210.0, 156.0, 110.0, 72.0, 42.0, 20.0, 6.0):
        series = 1.0 - q / k * series
    return x * series


def cos(x: Numbers) -> Numbers:
    """Return the cosine of x radians, array or number, absolute error < 1e-7."""
    return sin(x + 0.5 * PI)


def atan2(y: Numbers, x: Numbers) -> Numbers:
    """Return the angle of (x, y) in radians, array or number, absolute error < 2e-5."""
    ax = np.abs(x)
    ay = np.abs(y)
    r = np.minimum(ax, ay) / np.maximum(np.maximum(ax, ay), 1e-300)
    q = r * r
    a = r * (0.9998660 + q * (-0.3302995 + q * (0.1801410 + q * (-0.0851330 + q * 0.0208351))))
    a = np.where(ay > ax, 0.5 * PI - a, a)
    a = np.where(x < 0, PI - a, a)
    return np.where(y < 0, -a, a)


@inlined
def atan2_number(y: float, x: float) -> float:
    """Return what ``atan2`` does, for compiled code and one number."""
    ax = abs(x)
    ay = abs(y)
    r = min(ax, ay) / max(max(ax, ay), 1e-300)
    q = r * r
    a = r * (0.9998660 + q * (-0.3302995 + q * (0.1801410 + q * (-0.0851330 + q * 0.0208351))))
    if ay > ax:
        a = 0.5 * PI - a
    if x < 0:
        a = PI - a
    return -a if y < 0 else a


def smoothstep(low: Numbers, high: Numbers, x: Numbers) -> Numbers:
    """Return the cubic ramp from 0 at ``low`` to 1 at ``high`` (``low > high`` falls)."""
    t = np.clip((x - low) / (high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def linear(srgb: Sequence[float] | np.ndarray) -> np.ndarray:
    """Turn display values in [0, 1], of any shape, into linear light (cubic fit, within 0.005)."""
    c = np.asarray(srgb, np.float64)
    return c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878)


def rotate(points: np.ndarray, matrix: Sequence[np.ndarray] | np.ndarray) -> np.ndarray:
    """Return ``points @ matrix.T`` for (..., 3) points and (k, 3) rows without BLAS.

    The sums of BLAS come in an order that varies between machines.
    """
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    out = np.empty((*points.shape[:-1], len(matrix)))
    for k, row in enumerate(matrix):
        out[..., k] = row[0] * x + row[1] * y + row[2] * z
    return out


class Draw:
    """A stream of random numbers named by its key; uses nothing but PCG64's uniform doubles.

    Parameters
    ----------
    *key : int or str
        The same key gives the same stream on every machine.
    """

    def __init__(self, *key: int | str) -> None:
        digest = hashlib.sha256("/".join(str(part) for part in key).encode()).digest()
        words = np.frombuffer(digest, "<u4").tolist()
        self._uniform = np.random.Generator(np.random.PCG64(np.random.SeedSequence(words))).random

    def uniform(self, low: float = 0.0, high: float = 1.0, size: int | tuple | None = None) -> Any:
        """Return uniform numbers in [low, high): one, or an array of shape ``size``."""
        return low + (high - low) * self._uniform(size)

    def normal(self, mean: float = 0.0, sd: float = 1.0, size: int | tuple | None = None) -> Any:
        """Return near-normal numbers (sum of twelve uniforms, so within six sd), as `uniform`."""
        total = -6.0
        parts = self._uniform(12).tolist() if size is None else None
        for k in range(12):
            total = total + (parts[k] if parts else self._uniform(size))
        return mean + sd * total

    def integer(self, n: int) -> int:
        """Return an integer in [0, n)."""
        return int(self._uniform() * n)

    def choice(self, options: Sequence, weights: Sequence[float] | None = None) -> Any:
        """Return one of ``options``, with these relative weights; without, each is as likely."""
        if weights is None:
            return options[self.integer(len(options))]
        x = self._uniform() * sum(weights)
        for option, weight in zip(options, weights, strict=True):
            x -= weight
            if x < 0:
                return option
        return options[-1]

    def shuffled(self, items: Iterable) -> list:
        """Return the items in random order (Fisher-Yates)."""
        items = list(items)
        for i in range(len(items) - 1, 0, -1):
            j = self.integer(i + 1)
            items[i], items[j] = items[j], items[i]
        return items
