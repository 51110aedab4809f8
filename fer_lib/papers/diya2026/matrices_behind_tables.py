"""Confusion matrices that are compatible with a printed table of recalls and precisions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement, product
from math import comb, prod

import numpy as np
import pandas as pd

from fer_lib.evaluation import metrics

Range = tuple[float, float]  # what a printed number can stand for, as `Claim.rounding` gives it
MOST = 1_000_000  # combinations beyond which it is not tried


def matrices(
    support: Sequence[int], recall: Sequence[Range], precision: Sequence[Range]
) -> list[np.ndarray]:
    """Return every matrix of whole numbers whose scores all print like the table.

    Parameters
    ----------
    support : sequence of int
        Images of each of the k classes.
    recall, precision : sequence of (float, float)
        The range of each class. A class that is never predicted has precision 0.

    Returns
    -------
    list of ndarray
        int (k, k), rows the truth; empty if the table contradicts itself.

    Raises
    ------
    ValueError
        If there are too many ways to lay the errors out.
    """
    k = len(support)
    hits = [
        [hit for hit in range(images + 1) if _inside(hit / images, of)]
        for images, of in zip(support, recall, strict=True)
    ]
    ways = prod(
        sum(comb(images - hit + k - 2, k - 2) for hit in some)
        for images, some in zip(support, hits, strict=True)
    )
    if ways > MOST:
        raise ValueError(f"{ways:,} ways to lay out the errors: too many to try")
    rows = [
        [row for hit in some for row in _rows(place, hit, images - hit, k)]
        for place, (images, some) in enumerate(zip(support, hits, strict=True))
    ]
    found = []
    for chosen in product(*rows):
        matrix = np.array(chosen)
        share = metrics.class_scores(matrix)["precision"]
        if all(_inside(value, of) for value, of in zip(share, precision, strict=True)):
            found.append(matrix)
    return found


def _inside(value: float, of: Range) -> bool:
    return of[0] - 1e-9 <= value <= of[1] + 1e-9


def _rows(place: int, hits: int, misses: int, k: int) -> Iterator[np.ndarray]:
    """Yield each row (k,) with so many right answers and the misses over the other classes."""
    others = [other for other in range(k) if other != place]
    for called in combinations_with_replacement(others, misses):
        row = np.bincount(called, minlength=k) if called else np.zeros(k, int)
        row[place] = hits
        yield row


def errors(matrix: np.ndarray, classes: Sequence[str]) -> dict[str, int]:
    """Return the cells off the diagonal that hold an image, as "true called predicted"."""
    return {
        f"{true} called {named}": int(matrix[r, c])
        for r, true in enumerate(classes)
        for c, named in enumerate(classes)
        if r != c and matrix[r, c]
    }


def side_by_side(found: Sequence[np.ndarray], classes: Sequence[str]) -> pd.DataFrame:
    """Return the `errors` of some matrices, a row a cell and a column a matrix; 0 where none is."""
    each = {f"matrix {n}": errors(one, classes) for n, one in enumerate(found, 1)}
    return pd.DataFrame(each).fillna(0).astype(int).rename_axis("error")
