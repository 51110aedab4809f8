"""Place faces in larger frames, rotated and off-centre, as a camera would show them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 640, 480
SMALLEST, LARGEST = 180, 380  # side of the picture in the frame, in pixels


@dataclass(frozen=True)
class Place:
    """Where in a frame a picture is shown.

    Attributes
    ----------
    middle : tuple of float
        x and y of its middle, in pixels of the frame.
    side : float
        Its side in pixels.
    angle : float
        By which it is turned, in degrees, clockwise.
    ground : tuple of int
        Two grey levels, in [0, 255]: the wall behind it goes from one to the other.
    """

    middle: tuple[float, float]
    side: float
    angle: float
    ground: tuple[int, int]


def places(n: int, angle: float, seed: int) -> list[Place]:
    """Return ``n`` places drawn at random, turned by ``angle`` degrees one way or the other.

    The same seed gives the same sizes, sides and walls at every angle, so that angles compare.
    """
    draw = np.random.default_rng(seed)
    found = []
    for _ in range(n):
        side = draw.uniform(SMALLEST, LARGEST)
        inside = 0.45 * side  # the face itself never leaves the frame
        x = draw.uniform(inside, WIDTH - inside)
        y = draw.uniform(inside, HEIGHT - inside)
        way = draw.choice((-1, 1))
        ground = tuple(int(level) for level in draw.integers(30, 226, 2))
        found.append(Place((x, y), side, float(way * angle), ground))
    return found


def frame(picture: np.ndarray, place: Place) -> np.ndarray:
    """Return a frame (480, 640, 3), uint8, with a square picture (side, side, 3) at a place."""
    level = np.linspace(*place.ground, WIDTH).astype(np.uint8)
    wall = Image.fromarray(np.tile(level[None, :, None], (HEIGHT, 1, 3)))
    side = round(place.side)
    # The world before the camera, so not `fer_lib.data.resizing`, which is what is to be tested.
    shown = Image.fromarray(picture).resize((side, side), Image.Resampling.LANCZOS).convert("RGBA")
    # Pillow turns the other way round.
    turned = shown.rotate(-place.angle, Image.Resampling.BICUBIC, expand=True)
    corner = [round(m - s / 2) for m, s in zip(place.middle, turned.size, strict=True)]
    wall.paste(turned, tuple(corner), turned)
    return np.array(wall)
