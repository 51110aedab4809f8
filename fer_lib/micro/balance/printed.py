"""What notebooks of the paper's public code print: confusion matrices and the scores of Table 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import yaml

from fer_lib import paths
from fer_lib.intervals import Interval
from fer_lib.micro.balance.paired import ends, named

FILE = "book/settings/huang2025_matrices.yml"


@dataclass(frozen=True)
class Matrix:
    """One printed confusion matrix.

    Attributes
    ----------
    title : str
        What the model was given.
    cell : int
        Of the notebook, counted from 0.
    counts : ndarray
        int (7, 7), rows the truth.
    printed : dict
        Score to the text printed with it.
    """

    title: str
    cell: int
    counts: np.ndarray
    printed: dict[str, str]


def load() -> dict:
    """Return the whole file: where it is from, ``matrices`` and ``table1``."""
    return yaml.safe_load((paths.root() / FILE).read_text(encoding="utf-8"))


def matrices() -> dict[str, Matrix]:
    """Return the printed matrices by key: baseline, pca, smote, borderline."""
    return {
        key: Matrix(one["title"], one["cell"], np.array(one["counts"]), one["printed"])
        for key, one in load()["matrices"]["found"].items()
    }


def together(first: np.ndarray, second: np.ndarray, alike: bool) -> np.ndarray:
    """Return how often each pair of answers may have been given to one image.

    Two matrices of the same images say how often each model gave each answer, not how often both
    gave the same one. Two cases are worked out for each true class: the models agree as often as
    the totals allow, or no more often than chance makes them.

    Parameters
    ----------
    first, second : ndarray
        int (k, k), of the same images: the rows add up to the same.
    alike : bool
        The first of the two cases.

    Returns
    -------
    ndarray
        float (k, k, k): true class, first answer, second answer; adds up to both matrices.

    Raises
    ------
    ValueError
        If the rows do not add up to the same.
    """
    if not np.array_equal(first.sum(1), second.sum(1)):
        raise ValueError("the two matrices are not of the same images: their rows differ")
    found = np.zeros((*first.shape, first.shape[0]))
    for k, (one, two) in enumerate(zip(first.astype(float), second.astype(float), strict=True)):
        total = one.sum()
        if total == 0:
            continue
        if not alike:
            found[k] = np.outer(one, two) / total
            continue
        agreed = np.minimum(one, two)
        left = total - agreed.sum()
        found[k] = np.diag(agreed)
        if left:  # what is left of one goes to what is left of the other
            found[k] += np.outer(one - agreed, two - agreed) / left
    return found


def difference(
    first: np.ndarray,
    second: np.ndarray,
    classes: list[str],
    alike: bool,
    resamples: int,
    seed: int = 0,
) -> dict[str, Interval]:
    """Return each score of the first matrix minus the second's, images being drawn anew.

    Parameters
    ----------
    first, second, alike
        As for `together`.
    classes : list of str
        Of rows and columns.
    resamples, seed : int
        Number and seed of the draws. Images count as independent, which those of one person or
        of one film are not; and one training stands behind each matrix.
    """
    shares = together(first, second, alike)
    total = int(first.sum())
    chance = np.random.default_rng(seed)
    draws = chance.multinomial(total, (shares / total).ravel(), resamples)
    draws = draws.reshape(-1, *shares.shape)
    a, b = named(draws.sum(3), classes), named(draws.sum(2), classes)
    one, two = named(first, classes), named(second, classes)
    value = {name: one[name] - two[name] for name in one}
    return {name: ends(float(value[name]), a[name] - b[name], total) for name in value}
