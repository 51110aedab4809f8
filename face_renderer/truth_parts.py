"""Where a difference of two expressions is geometry, and where it is wrinkles and shading."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from face_renderer.render import compose, expressed, subject_of


@dataclass(frozen=True)
class Steps:
    """One face, another expression of it, and the two half-way pictures, all without noise.

    Each array is (size, size, 3) uint8.

    Attributes
    ----------
    itself, other : ndarray
        The two whole pictures.
    moved : ndarray
        The other's geometry: each point of the skin lies where the other has it, and keeps its own
        light, shadow and wrinkles.
    shaded : ndarray
        The other's wrinkles and shading (normals, shadow, folds) at the place where it lies itself.
    """

    itself: np.ndarray
    moved: np.ndarray
    shaded: np.ndarray
    other: np.ndarray

    def whole(self) -> np.ndarray:
        """Return how much each pixel changes in all, float32 (size, size), 0 to 255."""
        return _difference(self.itself, self.other)

    def geometry(self) -> np.ndarray:
        """Return how much each pixel changes by geometry alone, as `whole`."""
        return _difference(self.itself, self.moved)

    def shading(self) -> np.ndarray:
        """Return how much each pixel changes by wrinkles and shading alone, as `whole`."""
        return _difference(self.itself, self.shaded)


def steps(row: dict, other: dict) -> Steps:
    """Return the pictures between a manifest row and another expression of it.

    The two single changes need not add up to the whole: where both act, they may help or hinder
    each other.

    Parameters
    ----------
    row : dict
        A manifest row.
    other : dict
        The same person and scene with other action units (`face_renderer.twin`,
        `face_renderer.action_units.neutral`).

    Raises
    ------
    ValueError
        If more than the action units differ: then the difference is not the expression's.
    """
    allowed = {"image_id", "authenticity", "emotion", "sha256"}
    for name in row:
        if not name.startswith("AU") and name not in allowed and row[name] != other.get(name):
            raise ValueError(f"{name} differs too: {row[name]} and {other.get(name)}")
    person = subject_of(row)
    own, own_folds = expressed(row, person)
    far, far_folds = expressed(other, person)
    return Steps(
        compose(row, own, own, own_folds, noise=False),
        compose(row, far, own, own_folds, noise=False),
        compose(row, own, far, far_folds, noise=False),
        compose(row, far, far, far_folds, noise=False),
    )


def _difference(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    return np.abs(one.astype(np.float32) - two.astype(np.float32)).mean(2)
