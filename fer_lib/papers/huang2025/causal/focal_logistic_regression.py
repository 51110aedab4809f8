"""Softmax regression with the focal loss, which gives easy images less weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax

LEAST = 1e-12  # of 1 - p, so that its powers below one stay finite
STEPS = 300  # at most, of L-BFGS


@dataclass(frozen=True)
class Softmax:
    """A fitted softmax regression.

    Attributes
    ----------
    weights : ndarray
        (k, d + 1), one row a class; the last column is the constant.
    classes : ndarray
        (k,), the labels in the order of the rows.
    """

    weights: np.ndarray
    classes: np.ndarray

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return the most probable label of each row of ``x``, (n, d)."""
        scores = x @ self.weights[:, :-1].T + self.weights[:, -1]
        return self.classes[scores.argmax(1)]


def loss_and_gradient(
    flat: np.ndarray, x: np.ndarray, places: np.ndarray, classes: int, gamma: float, c: float
) -> tuple[float, np.ndarray]:
    """Return the penalised mean focal loss and its gradient.

    Parameters
    ----------
    flat : ndarray
        (k * (d + 1),), weights and constants of `Softmax`, flattened.
    x : ndarray
        (n, d).
    places : ndarray
        int (n,), the true class of each row, 0 to k - 1.
    classes : int
        k.
    gamma : float
        0 is cross-entropy; the larger, the less an easy row counts.
    c : float
        Inverse strength of the squared penalty on the weights, as scikit-learn's ``C``.

    References
    ----------
    Lin et al., doi:10.1109/ICCV.2017.324, equation (4), over k classes, without class weights.
    """
    n = len(x)
    weights = flat.reshape(classes, -1)
    logs = log_softmax(x @ weights[:, :-1].T + weights[:, -1], axis=1)
    rows = np.arange(n)
    log_p = logs[rows, places]
    p = np.exp(log_p)
    missed = np.maximum(-np.expm1(log_p), LEAST)  # 1 - p of the true class
    loss = -(missed**gamma) * log_p
    # d loss / d score_j = pull * (1[j is true] - p_j)
    pull = gamma * p * missed ** (gamma - 1) * log_p - missed**gamma
    by_score = -np.exp(logs) * pull[:, None]
    by_score[rows, places] += pull
    gradient = np.empty_like(weights)
    gradient[:, :-1] = by_score.T @ x / n + weights[:, :-1] / (c * n)
    gradient[:, -1] = by_score.sum(0) / n
    penalty = (weights[:, :-1] ** 2).sum() / (2 * c * n)
    return float(loss.mean() + penalty), gradient.ravel()


def fit(x: np.ndarray, y: np.ndarray, gamma: float = 0.0, c: float = 1.0) -> Softmax:
    """Return the softmax regression of least penalised focal loss.

    Parameters
    ----------
    x : ndarray
        float (n, d).
    y : ndarray
        (n,), labels.
    gamma, c : float
        As in `loss_and_gradient`.

    Raises
    ------
    ValueError
        If gamma is negative, c is not positive, or there is only one label.
    """
    if gamma < 0:
        raise ValueError(f"gamma is {gamma}: give 0 or more")
    if c <= 0:
        raise ValueError(f"c is {c}: give more than 0")
    classes, places = np.unique(y, return_inverse=True)
    if len(classes) < 2:
        raise ValueError(f"{len(classes)} class to learn: give two or more")
    x = np.ascontiguousarray(x, float)
    start = np.zeros(len(classes) * (x.shape[1] + 1))
    found = minimize(
        loss_and_gradient,
        start,
        args=(x, places, len(classes), gamma, c),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": STEPS, "ftol": 1e-9, "gtol": 1e-5},
    )
    return Softmax(found.x.reshape(len(classes), -1), classes)
