"""Light on a point: soft sun, fill, sky, cast shadows, and the film's answer to it. Compiled."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from face_renderer.exact_math import compiled, inlined
from face_renderer.noise import hashed


class Lights(NamedTuple):
    """Main and fill light (direction (3,), colour (3,)), light from below and from the sky."""

    direction: np.ndarray
    colour: np.ndarray
    fill_direction: np.ndarray
    fill_colour: np.ndarray
    ground: np.ndarray
    sky: np.ndarray


class Shadow(NamedTuple):
    """A depth picture from the main light: ``depth`` (S, S), ``axes`` (3, 3), ``centre``, scale."""

    depth: np.ndarray
    axes: np.ndarray
    centre: np.ndarray
    scale: float


@inlined
def visible(shadow: Shadow, x: float, y: float, z: float, bias: float) -> float:
    """Return which share of the main light reaches (x, y, z): soft edges, 0 to 1.

    The point, in head units, is taken ``bias`` nearer to the light, so that nothing shades itself.
    """
    axes = shadow.axes
    size = shadow.depth.shape[0]
    sx = axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z - shadow.centre[0]
    sy = axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z - shadow.centre[1]
    sz = axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z + bias
    column = sx * shadow.scale + size * 0.5 - 1.0
    row = sy * shadow.scale + size * 0.5 - 1.0
    j = math.floor(column)
    i = math.floor(row)
    u = column - j
    v = row - i
    if i < 0 or j < 0 or i > size - 3 or j > size - 3:
        return 1.0
    total = 0.0
    for a in range(3):
        weight_row = 1.0 - v if a == 0 else (1.0 if a == 1 else v)
        for b in range(3):
            weight = 1.0 - u if b == 0 else (1.0 if b == 1 else u)
            if shadow.depth[i + a, j + b] < sz:
                total += weight_row * weight
    return total * 0.25


@inlined
def visible_rough(shadow: Shadow, x: float, y: float, z: float, bias: float) -> float:
    """Return what ``visible`` does from four depths instead of nine; for hair."""
    axes = shadow.axes
    size = shadow.depth.shape[0]
    sx = axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z - shadow.centre[0]
    sy = axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z - shadow.centre[1]
    sz = axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z + bias
    j = math.floor(sx * shadow.scale + size * 0.5 - 0.5)
    i = math.floor(sy * shadow.scale + size * 0.5 - 0.5)
    if i < 0 or j < 0 or i > size - 2 or j > size - 2:
        return 1.0
    total = 0.0
    for a in range(2):
        for b in range(2):
            if shadow.depth[i + a, j + b] < sz:
                total += 0.25
    return total


@inlined
def received(
    lights: Lights,
    nx: float,
    ny: float,
    nz: float,
    lit: float,
    open_sky: float,
    wrap: float,
    c: int,
) -> float:
    """Return the light of channel ``c`` that a point with this normal receives.

    ``lit`` is the share of main light, ``open_sky`` the share of sky seen, and ``wrap`` how far
    light creeps round the edge (under the skin, red further than blue).
    """
    d = lights.direction
    f = lights.fill_direction
    main = (nx * d[0] + ny * d[1] + nz * d[2] + wrap) / (1.0 + wrap)
    fill = (nx * f[0] + ny * f[1] + nz * f[2] + wrap) / (1.0 + wrap)
    up = 0.5 + 0.5 * ny
    around = (lights.ground[c] * (1.0 - up) + lights.sky[c] * up) * open_sky
    total = around + lights.fill_colour[c] * max(0.0, fill) * (0.3 + 0.7 * open_sky)
    return total + lights.colour[c] * max(0.0, main) * lit


@inlined
def highlight(lights: Lights, nx: float, ny: float, nz: float, doublings: int) -> float:
    """Return the strength of the main light's mirror image: the cosine squared so many times."""
    hx = lights.direction[0]
    hy = lights.direction[1]
    hz = lights.direction[2] + 1.0
    length = math.sqrt(hx * hx + hy * hy + hz * hz)
    power = max(0.0, (nx * hx + ny * hy + nz * hz) / length)
    for _ in range(doublings):
        power = power * power
    return power


@compiled
def display(x: float) -> float:
    """Return the display value (0 to 1) of linear light: a film's shoulder, then sRGB's curve."""
    if x <= 0.0:
        return 0.0
    x = 1.55 * x
    x = x * (1.0 + x / 6.5) / (1.0 + x)
    if x > 1.0:
        x = 1.0
    root2 = math.sqrt(x)
    root4 = math.sqrt(root2)
    root8 = math.sqrt(root4)
    x = 0.662002687 * root2 + 0.684122060 * root4 - 0.323583601 * root8 - 0.0225411470 * x
    return x + 0.38 * (x * x * (3.0 - 2.0 * x) - x)  # a print's contrast


TABLE_SIZE = 4096


@lru_cache(maxsize=1)
def display_table() -> np.ndarray:
    """Return ``display`` of x at even steps of x / (1 + x), which goes from 0 to 1."""
    share = np.arange(TABLE_SIZE + 1) / TABLE_SIZE
    return np.array([display(t / (1.0 - t)) if t < 1.0 else 1.0 for t in share])


@compiled
def develop(
    light: np.ndarray,
    table: np.ndarray,
    exposure: float,
    noise: float,
    vignette: float,
    seed: int,
    out: np.ndarray,
) -> None:
    """Turn (H, W, 3) linear light into a (H, W, 3) uint8 picture with sensor noise.

    Parameters
    ----------
    light : (H, W, 3) float array
        Linear light, 0 or more.
    table : ndarray
        ``display_table``'s.
    exposure : float
        What the light is multiplied by.
    noise : float
        Amplitude of the sensor's noise, as a share of the display's range; 0 for none.
    vignette : float
        How much light falls off towards the corners.
    seed : int
        Of the noise, 0 or more.
    out : (H, W, 3) uint8 array, changed in place
        sRGB.
    """
    height, width = light.shape[0], light.shape[1]
    for row in range(height):
        for column in range(width):
            dx = (column + 0.5) / width - 0.5
            dy = (row + 0.5) / height - 0.5
            gain = exposure * (1.0 - vignette * (dx * dx + dy * dy))
            one = (hashed(column, row, seed) - 0.5) * noise
            two = (hashed(column, row, seed + 1) - 0.5) * noise
            for c in range(3):
                x = max(0.0, light[row, column, c] * gain)
                x = x / (1.0 + x) * TABLE_SIZE
                k = min(TABLE_SIZE - 1, int(x))
                value = table[k] + (x - k) * (table[k + 1] - table[k])
                value += one + two + 0.5 * (one if c == 0 else (two if c == 1 else -one))
                value = value * 255.0 + 0.5
                out[row, column, c] = 0 if value < 0.0 else (255 if value > 255.0 else int(value))
