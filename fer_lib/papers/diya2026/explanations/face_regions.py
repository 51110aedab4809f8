"""Regions of the face from its 68 landmarks, and the share of relevance in each."""

from __future__ import annotations

import numpy as np
from scipy.spatial import ConvexHull
from skimage.draw import polygon2mask

from fer_lib.papers.diya2026.explanations.map_scores import energy_share

# In order of precedence: where two overlap, the first has the pixel.
REGIONS = ("mouth", "eyes", "brows", "forehead", "nose and cheeks", "periphery")
NAMED = ("eyes", "brows", "mouth")  # the regions that the paper names

# Places in the iBUG annotation, doi:10.1016/j.imavis.2016.01.002.
_JAW, _BROWS, _NOSE = slice(0, 17), slice(17, 27), slice(27, 36)
_EYE_RIGHT, _EYE_LEFT, _MOUTH = slice(36, 42), slice(42, 48), slice(48, 60)


def _hull(points: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return the convex hull of points (column, row) as a mask; a first pixel's centre is 0.5."""
    corners = points[ConvexHull(points).vertices]
    return polygon2mask(shape, corners[:, ::-1] - 0.5)


def _around(points: np.ndarray, along: float, across: float, axes: np.ndarray) -> np.ndarray:
    """Return points and copies of them moved outwards, in pixels, along the face's two axes."""
    moves = [(i * along, j * across) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    return np.concatenate([points + i * axes[0] + j * axes[1] for i, j in moves])


def masks(landmarks: np.ndarray, side: int) -> dict[str, np.ndarray]:
    """Return the regions of one face, a partition of the picture.

    ``mouth``, ``eyes`` and ``brows`` (with the skin between them) are the hulls of their landmarks
    with a margin for lids, crow's feet and lip corners; ``forehead`` lies above the brows, about as
    high as the nose is long; ``nose and cheeks`` is what remains within jaw and brows;
    ``periphery`` is all the rest: hair, ears, neck, clothes, background.

    Parameters
    ----------
    landmarks : ndarray
        (68, 2), column and row in pixels of the picture.
    side : int
        Of the picture.

    Returns
    -------
    dict
        `REGIONS` -> bool (side, side).

    Raises
    ------
    ValueError
        If there are not 68 landmarks.
    """
    points = np.asarray(landmarks, np.float64)
    if points.shape != (68, 2):
        raise ValueError(f"landmarks have shape {points.shape}: 68 points are needed")
    right, left = points[_EYE_RIGHT].mean(0), points[_EYE_LEFT].mean(0)
    across = left - right
    unit = np.linalg.norm(across)  # between the eyes, the measure of all margins
    across = across / unit
    up = np.array([across[1], -across[0]])
    axes = np.stack([across, up])
    shape = (side, side)

    def grown(part: slice, along: float, high: float) -> np.ndarray:
        return _hull(_around(points[part], along * unit, high * unit, axes), shape)

    height = abs((points[33] - points[27]) @ up)
    brows = points[_BROWS]
    found = {
        "mouth": grown(_MOUTH, 0.10, 0.10),
        "eyes": grown(_EYE_RIGHT, 0.14, 0.10) | grown(_EYE_LEFT, 0.14, 0.10),
        "brows": grown(_BROWS, 0.05, 0.08),
        "forehead": _hull(np.concatenate([brows, brows + 0.9 * height * up]), shape),
        "nose and cheeks": _hull(np.concatenate([points[_JAW], brows]), shape),
        "periphery": np.ones(shape, bool),
    }
    free = np.ones(shape, bool)
    for name in REGIONS:
        found[name] = found[name] & free
        free &= ~found[name]
    return found


def stack(landmarks: np.ndarray, side: int) -> np.ndarray:
    """Return the regions of many faces, bool (n, regions, side, side), in the order of `REGIONS`.

    ``landmarks`` is (n, 68, 2).
    """
    return np.stack([[masks(one, side)[name] for name in REGIONS] for one in landmarks])


def shares(maps: np.ndarray, regions: np.ndarray) -> np.ndarray:
    """Return the share of each map's positive relevance in each region, (n, regions).

    Rows add up to one; nan where a map has no positive relevance.

    Parameters
    ----------
    maps : ndarray
        (n, side, side).
    regions : ndarray
        bool (n, regions, side, side), as `stack` gives.
    """
    return np.concatenate(
        [energy_share(one[None], own) for one, own in zip(maps, regions, strict=True)]
    )


def areas(regions: np.ndarray) -> np.ndarray:
    """Return each region's share of the picture (n, regions): what an even map would put there."""
    return regions.mean((2, 3))
