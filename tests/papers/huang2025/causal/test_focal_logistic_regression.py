"""The focal loss has the gradient it says, is cross-entropy at gamma 0, looks at what is hard."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch.nn import functional

from fer_lib.papers.huang2025.causal import focal_logistic_regression


def points(n=90, width=5, classes=3, seed=0):
    chance = np.random.default_rng(seed)
    y = np.repeat(np.arange(classes), n // classes)
    return chance.normal(size=(n, width)) + 1.2 * np.eye(classes, width)[y], y


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0, 5.0])
def test_the_gradient_is_that_of_the_loss(gamma):
    x, y = points()
    flat = np.random.default_rng(1).normal(size=3 * 6)
    _, gradient = focal_logistic_regression.loss_and_gradient(flat, x, y, 3, gamma, 0.7)
    step = 1e-6
    for k in range(len(flat)):
        ends = []
        for sign in (-1, 1):
            moved = flat.copy()
            moved[k] += sign * step
            ends.append(focal_logistic_regression.loss_and_gradient(moved, x, y, 3, gamma, 0.7)[0])
        assert gradient[k] == pytest.approx((ends[1] - ends[0]) / (2 * step), abs=1e-7)


@pytest.mark.parametrize("gamma", [0.0, 2.0])
def test_the_loss_is_the_one_of_the_paper(gamma):
    x, y = points()
    flat = np.random.default_rng(2).normal(size=3 * 6)
    weights = torch.from_numpy(flat.reshape(3, 6))
    logits = torch.from_numpy(x) @ weights[:, :-1].T + weights[:, -1]
    each = functional.cross_entropy(logits, torch.from_numpy(y), reduction="none")
    wanted = ((1 - torch.exp(-each)) ** gamma * each).mean()
    wanted = wanted + (weights[:, :-1] ** 2).sum() / (2 * 0.7 * len(x))
    found, _ = focal_logistic_regression.loss_and_gradient(flat, x, y, 3, gamma, 0.7)
    assert found == pytest.approx(float(wanted))


def test_without_gamma_it_is_logistic_regression():
    x, y = points()
    ours = focal_logistic_regression.fit(x, y, gamma=0.0, c=0.5)
    theirs = LogisticRegression(C=0.5, max_iter=5000, tol=1e-8).fit(x, y)
    assert np.abs(ours.weights[:, :-1] - theirs.coef_).max() < 2e-3
    assert np.array_equal(ours.predict(x), theirs.predict(x))


def test_gamma_lets_easy_rows_count_less():
    x, y = points(classes=2)
    flat = np.random.default_rng(3).normal(size=2 * 6)
    easy = x + 8 * np.eye(2, 5)[y]  # the same rows, far on their own side
    far = np.concatenate([np.eye(2, 5), np.zeros((2, 1))], 1).ravel()
    hard_share = []
    for gamma in (0.0, 2.0):
        on_hard = np.abs(
            focal_logistic_regression.loss_and_gradient(flat, x, y, 2, gamma, 1e9)[1]
        ).sum()
        on_easy = np.abs(
            focal_logistic_regression.loss_and_gradient(far, easy, y, 2, gamma, 1e9)[1]
        ).sum()
        hard_share.append(on_hard / (on_hard + on_easy))
    assert hard_share[1] > hard_share[0]


def test_a_row_without_doubt_gives_no_nan():
    x, y = np.array([[1e4], [-1e4]]), np.array([0, 1])
    for gamma in (0.0, 0.5, 2.0):
        loss, gradient = focal_logistic_regression.loss_and_gradient(
            np.array([1.0, 0, -1.0, 0]), x, y, 2, gamma, 1e12
        )
        assert np.isfinite(loss) and np.isfinite(gradient).all()


def test_labels_may_be_words_and_a_fit_repeats():
    x, y = points()
    names = np.array(["fear", "happy", "sad"])[y]
    first, again = (focal_logistic_regression.fit(x, names, gamma=2.0) for _ in range(2))
    assert np.array_equal(first.weights, again.weights)
    assert set(first.predict(x)) <= set(names)
    assert (first.predict(x) == names).mean() > 0.6  # by chance a third


@pytest.mark.parametrize(
    ("given", "told"),
    [({"gamma": -1}, "gamma is -1"), ({"c": 0}, "c is 0"), ({}, "1 class to learn")],
)
def test_what_makes_no_sense_is_refused(given, told):
    x, y = points()
    with pytest.raises(ValueError, match=told):
        focal_logistic_regression.fit(x, y if given else np.zeros(len(y)), **given)
