"""Preprocess faces as the paper does: grey, 80 x 80 pixels, noise filtered."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from fer_lib.data import resizing

SIDE = 80  # text, section 3.2
WEIGHTS = (0.299, 0.587, 0.114)  # of red, green, blue: ITU-R BT.601 (our choice; the code's too)
WINDOW = 3  # of the median filter (our choice: the text names no filter, the code has none)
BATCH = 256


def prepared(images: np.ndarray) -> np.ndarray:
    """Return faces in grey, at `SIDE` pixels, noise-filtered.

    The paper's fourth step, normalisation, is the network's own and comes with it
    (`fer_lib.papers.huang2025.features`); local binary patterns do not change under it.

    Parameters
    ----------
    images : ndarray
        uint8 RGB, shape (n, side, side, 3).

    Returns
    -------
    ndarray
        uint8, shape (n, 80, 80). Each image is computed by itself.

    Raises
    ------
    ValueError
        If they are not square uint8 RGB images.
    """
    if images.ndim != 4 or images.shape[1] != images.shape[2] or images.shape[3] != 3:
        raise ValueError(f"images have shape {images.shape}: give square RGB, (n, side, side, 3)")
    if images.dtype != np.uint8:
        raise ValueError(f"images are {images.dtype}: give uint8, 0 to 255")
    found = np.empty((len(images), SIDE, SIDE), np.uint8)
    for start in range(0, len(images), BATCH):
        grey = np.rint(images[start : start + BATCH] @ np.array(WEIGHTS, np.float32))
        small = np.stack(list(resizing.faces(grey.astype(np.uint8), SIDE)))
        found[start : start + BATCH] = ndimage.median_filter(
            small, size=(1, WINDOW, WINDOW), mode="nearest"
        )
    return found
