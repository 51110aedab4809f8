"""Bring face images to another side: the one way of data sets, trainings and the service.

Pillow's bicubic filter, widened where an image shrinks (antialiased): a network must see a face in
use exactly as in training. Loads neither torch nor pandas; threads change no byte.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PIL import Image

from engine.store import threads


def square(image: Image.Image, side: int) -> Image.Image:
    """Return an image stretched to ``side`` x ``side`` pixels; a copy if it has that size."""
    return image.resize((side, side), Image.Resampling.BICUBIC)


def face(pixels: np.ndarray, side: int) -> np.ndarray:
    """Return a face (height, width, 3), or grey (height, width), uint8, at another side."""
    return np.asarray(square(Image.fromarray(pixels), side))


def faces(images: np.ndarray, side: int) -> Iterator[np.ndarray]:
    """Yield the `face` of each image of (n, height, width, ...), in order."""
    return threads.in_order(lambda pixels: face(pixels, side), images)
