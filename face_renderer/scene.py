"""Pose, camera, light and background of an image: drawn apart from who is on it and how."""

from __future__ import annotations

import numpy as np

from face_renderer.exact_math import Draw, compiled, cos, linear, sin
from face_renderer.noise import hashed, noise2

BACKGROUNDS = ("studio", "wall", "room", "lights", "foliage")

SCENE_COLUMNS = (
    "yaw",
    "pitch",
    "roll",
    "zoom",
    "shift_x",
    "shift_y",
    "gaze_x",
    "gaze_y",
    "light_azimuth",
    "light_elevation",
    "light_strength",
    "light_warmth",
    "fill",
    "ambient",
    "exposure",
    "sensor_noise",
    "vignette",
    "background",
    "background_seed",
    "background_angle",
    "background_r1",
    "background_g1",
    "background_b1",
    "background_r2",
    "background_g2",
    "background_b2",
)

FIELD = 2.28  # height of the picture in head units at zoom 1
EYE_LINE = 0.445  # from the top
DISTANCE = 13.0  # camera to face, head units
PIVOT = np.array([0.0, -0.3, -0.9])


def draw_factors(seed: int, difficulty: float) -> dict:
    """Return a scene's factors; angles in radians, colours as display values.

    At difficulty 1, yaw has sd 0.16 and pitch 0.08, and light comes from anywhere in front.
    """
    draw = Draw(seed, "scene")
    d = difficulty

    def within(limit, value):
        return min(limit, max(-limit, value))

    factors = {
        "yaw": within(0.45, draw.normal(0, 0.16 * d)),
        "pitch": within(0.22, draw.normal(0.01, 0.08 * d)),
        "roll": within(0.18, draw.normal(0, 0.05 * d)),
        "zoom": draw.uniform(1 - 0.06 * d, 1 + 0.07 * d),
        "shift_x": draw.normal(0, 0.022 * d),
        "shift_y": draw.normal(0, 0.018 * d),
        "gaze_x": within(0.22, draw.normal(0, 0.06)),
        "gaze_y": within(0.12, draw.normal(0, 0.035)),
        "light_azimuth": draw.uniform(-1.05 * d, 1.05 * d),
        "light_elevation": draw.uniform(0.45 - 0.3 * d, 0.55 + 0.3 * d),
        "light_strength": draw.uniform(0.95, 1.35),
        "light_warmth": draw.uniform(-0.12 * d, 0.12 * d),
        "fill": draw.uniform(0.18, 0.42),
        "ambient": draw.uniform(0.20, 0.36),
        "exposure": draw.uniform(1 - 0.17 * d, 1 + 0.14 * d),
        "sensor_noise": draw.uniform(0.002, 0.004 + 0.010 * d),
        "vignette": draw.uniform(0.0, 0.5),
    }
    factors = {name: round(value, 5) for name, value in factors.items()}
    factors["background"] = draw.choice(BACKGROUNDS)
    factors["background_seed"] = draw.integer(2**31)
    factors["background_angle"] = round(draw.uniform(0, 6.2832), 4)
    grey = draw.uniform(0.12, 0.78)
    for end in "12":
        level = within(0.82, max(0.06, grey + draw.uniform(-0.2, 0.2)))
        colour = draw.uniform(0.03, 0.11)
        for channel in "rgb":
            value = level * (1 + colour * draw.uniform(-1.6, 1.6))
            factors[f"background_{channel}{end}"] = round(min(0.9, max(0.03, value)), 4)
    return factors


def rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Return the (3, 3) matrix that turns the head: yaw first, then pitch, then roll."""
    cy, sy, cp, sp, cr, sr = (float(f(angle)) for angle in (yaw, pitch, roll) for f in (cos, sin))
    # Written out: a library's matrix product may round in another order.
    turn = np.array([[cy, 0, sy], [sp * sy, cp, -sp * cy], [-cp * sy, sp, cp * cy]])
    return np.array(
        [
            cr * turn[0] - sr * turn[1],
            sr * turn[0] + cr * turn[1],
            turn[2],
        ]
    )


def project(points: np.ndarray, row: dict, size: float) -> tuple[np.ndarray, np.ndarray]:
    """Return columns and rows, in pixels of a picture ``size`` wide, of turned (..., 3) points."""
    near = DISTANCE / (DISTANCE - points[..., 2])
    scale = size / FIELD * float(row["zoom"])
    x = size * (0.5 + float(row["shift_x"])) + points[..., 0] * near * scale
    y = size * (EYE_LINE + float(row["shift_y"])) - points[..., 1] * near * scale
    return x, y


def light_direction(row: dict) -> np.ndarray:
    """Return the unit vector towards the main light."""
    azimuth, elevation = float(row["light_azimuth"]), float(row["light_elevation"])
    flat = float(cos(elevation))
    return np.array([float(sin(azimuth)) * flat, float(sin(elevation)), float(cos(azimuth)) * flat])


@compiled
def _paint(kind, seed, along_x, along_y, first, second, out):
    """Fill (H, W, 3) with a blurred background of one kind, in linear light."""
    size = out.shape[0]
    offset_x = hashed(seed, 1, 5) * 50.0
    offset_y = hashed(seed, 2, 5) * 50.0
    for row in range(size):
        y = row / size - 0.5
        for column in range(size):
            x = column / size - 0.5
            t = 0.5 + x * along_x + y * along_y
            gain = 1.0
            if kind == 0:
                t = 1.25 * (x * x + (y + 0.1) * (y + 0.1)) * 2.0
            elif kind == 1:
                soft = noise2(x * 3.0 + offset_x, y * 3.0 + offset_y, seed)
                t = 0.6 * t + 0.4 * soft
                gain = 0.95 + 0.1 * noise2(x * 22.0 + offset_x, y * 22.0, seed + 1)
            elif kind == 2:
                # Out-of-focus furniture: upright and level blocks with soft edges.
                upright = noise2(x * 5.0 + offset_x, 0.5, seed)
                level = noise2(0.5, y * 4.0 + offset_y, seed + 1)
                t = 0.55 * upright + 0.45 * level
                t = (t - 0.5) * 2.2 + 0.5
                gain = 0.8 + 0.4 * noise2(x * 2.5 + offset_y, y * 2.5, seed + 2)
            elif kind == 3:
                gain = 0.75
                for k in range(14):
                    cx = hashed(seed, k, 11) - 0.5
                    cy = hashed(seed, k, 12) - 0.5
                    radius = 0.03 + 0.07 * hashed(seed, k, 13)
                    dx = x - cx
                    dy = y - cy
                    far = (dx * dx + dy * dy) / (radius * radius)
                    disc = min(1.0, max(0.0, (1.3 - far) / 0.8))
                    gain += disc * (0.08 + 0.38 * hashed(seed, k, 14))
            else:
                # Two grids turned against each other hide each other's lattice.
                u = 0.8 * x + 0.6 * y
                v = 0.8 * y - 0.6 * x
                coarse = noise2(x * 5.0 + offset_x, y * 5.0 + offset_y, seed)
                fine = noise2(u * 7.0 + offset_y, v * 7.0 + offset_x, seed + 3)
                t = (0.5 * coarse + 0.5 * fine - 0.5) * 1.6 + 0.5
                gain = 0.85 + 0.3 * t
            t = min(1.0, max(0.0, t))
            for c in range(3):
                out[row, column, c] = gain * (first[c] * (1.0 - t) + second[c] * t)


def background(row: dict, size: int) -> np.ndarray:
    """Return (size, size, 3) the background alone, in linear light."""
    # It is out of focus, so half the size will do.
    small = np.empty(((size + 1) // 2 + 1, (size + 1) // 2 + 1, 3))
    angle = float(row["background_angle"])
    kind = BACKGROUNDS.index(row["background"])
    first, second = (
        linear([float(row[f"background_{channel}{end}"]) for channel in "rgb"]) for end in "12"
    )
    seed = int(row["background_seed"]) % 1000003
    _paint(kind, seed, float(cos(angle)), float(sin(angle)), first, second, small)
    across = np.empty((small.shape[0], 2 * small.shape[1] - 2, 3))
    across[:, 0::2] = small[:, :-1]
    across[:, 1::2] = 0.5 * (small[:, :-1] + small[:, 1:])
    out = np.empty((2 * small.shape[0] - 2, across.shape[1], 3))
    out[0::2] = across[:-1]
    out[1::2] = 0.5 * (across[:-1] + across[1:])
    return np.ascontiguousarray(out[:size, :size])
