"""Standardisation and principal components, fitted on training rows, and their inverse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

DIMENSIONS = 64  # our choice: between the public code's 32 (Table 1) and 128 (its SMOTE runs)


@dataclass(frozen=True)
class Projection:
    """What was fitted.

    Attributes
    ----------
    mean, spread : ndarray
        (d,), of each feature.
    axes : ndarray
        (k, d), from standardised features to components of unit mean variance.
    """

    mean: np.ndarray
    spread: np.ndarray
    axes: np.ndarray

    def standardised(self, x: np.ndarray) -> np.ndarray:
        """Return features (n, d) as numbers of their own spread."""
        return (x - self.mean) / self.spread

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Return the components of features, (n, d) to (n, k)."""
        return self.standardised(x) @ self.axes.T

    def back(self, weights: np.ndarray) -> np.ndarray:
        """Return weights on components, (c, k), as weights on standardised features, (c, d)."""
        return weights @ self.axes


def fit(x: np.ndarray, seed: int, dimensions: int = DIMENSIONS) -> Projection:
    """Fit on training rows, (n, d), with as many components as asked for or as there can be.

    All components are divided by one number, so that their mean variance is one and a penalty
    means the same whichever features they come from.
    """
    scaler = StandardScaler().fit(x)
    count = min(dimensions, len(x) - 1, x.shape[1])
    # The average is taken out already; what is left of it is rounding.
    pca = PCA(count, svd_solver="randomized", random_state=seed).fit(scaler.transform(x))
    unit = np.sqrt(pca.explained_variance_.mean())
    return Projection(
        scaler.mean_.astype(float),
        scaler.scale_.astype(float),
        (pca.components_ / unit).astype(float),
    )
