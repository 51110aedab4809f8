"""Map the coefficients of a linear classifier back to the LBP cells of the face."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fer_lib.papers.huang2025.features import CELLS, CODES

ELSEWHERE = -1  # the row and column of what has no place on the face


def spread(
    weights: np.ndarray, classes: np.ndarray, seen: np.ndarray, cnn_width: int
) -> pd.DataFrame:
    """Return how much each cell moves the score of each emotion, image by image.

    A cell's contribution to a score is the sum of its features times their weights; what is told
    is its standard deviation over images. What all classes share is taken out of the weights
    first: it moves no decision.

    Parameters
    ----------
    weights : ndarray
        (k, d), on standardised features.
    classes : ndarray
        (k,), names of the rows.
    seen : ndarray
        (n, d), standardised features of images: ``cnn_width`` of the network, then LBP, cell
        by cell.
    cnn_width : int
        How many features come before the local binary patterns.

    Returns
    -------
    DataFrame
        ``emotion``, ``row`` and ``column`` of the cell, ``spread``; the network's features, which
        have no place, are one row with `ELSEWHERE`.

    Raises
    ------
    ValueError
        If the features are not those of a grid of `CELLS` x `CELLS` cells.
    """
    if seen.shape[1] - cnn_width != CELLS**2 * CODES:
        raise ValueError(
            f"{seen.shape[1] - cnn_width} local binary patterns are not {CELLS} x {CELLS} cells of "
            f"{CODES}: lay them out as fer_lib.papers.huang2025.features does"
        )
    own = weights - weights.mean(0)
    rows = []
    for name, weight in zip(classes, own, strict=True):
        parts = seen * weight
        whole = parts[:, :cnn_width].sum(1)
        rows.append((name, ELSEWHERE, ELSEWHERE, float(whole.std())))
        cells = parts[:, cnn_width:].reshape(len(seen), CELLS**2, CODES).sum(2).std(0)
        rows += [(name, k // CELLS, k % CELLS, float(value)) for k, value in enumerate(cells)]
    return pd.DataFrame(rows, columns=["emotion", "row", "column", "spread"])


def maps(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the mean over folds of the cells of each emotion, (`CELLS`, `CELLS`)."""
    cells = table[table["row"] != ELSEWHERE]
    means = cells.groupby(["emotion", "row", "column"])["spread"].mean()
    return {
        emotion: means[emotion].to_numpy().reshape(CELLS, CELLS)
        for emotion in means.index.get_level_values(0).unique()
    }
