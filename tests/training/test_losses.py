"""The joint loss is equation (1), the focal loss is Lin's, and a weight of zero is none."""

import math
from dataclasses import replace

import pytest
import torch

from fer_lib.papers.diya2026.task import TASK
from fer_lib.task import Task
from fer_lib.training.losses import joint


def task(kind, gamma=2.0, alpha=0.4, beta=0.6):
    """Return the two heads, the second with this loss, and both with these weights."""
    emotion, authenticity = TASK.heads
    second = replace(authenticity, loss=kind, gamma=gamma, weight=beta)
    return Task((replace(emotion, weight=alpha), second))


def by_head(emotion, authenticity):
    return {"emotion": emotion, "authenticity": authenticity}


@pytest.fixture
def case():
    torch.manual_seed(0)
    output = by_head(torch.randn(6, 7, requires_grad=True), torch.randn(6, requires_grad=True))
    labels = by_head(torch.tensor([0, 1, 2, 3, 6, 5]), torch.tensor([0.0, 1, 1, 0, 1, 0]))
    return output, labels


@pytest.mark.parametrize(("alpha", "beta"), [(0.4, 0.6), (1.0, 0.0), (0.0, 1.0)])
def test_focal_with_gamma_0_is_bce(case, alpha, beta):
    focal = joint(task("focal", 0.0, alpha, beta), *case)
    assert torch.equal(focal, joint(task("bce", 2.0, alpha, beta), *case))


@pytest.mark.parametrize("gamma", [1.5, 2.0])
def test_the_focal_loss_by_hand(gamma):
    """-(1 - p)^gamma ln p, where p is what the label is given: 0.8 and 0.25 here."""
    logits = torch.tensor([math.log(0.8 / 0.2), math.log(0.75 / 0.25)])
    output = by_head(torch.zeros(2, 7), logits)
    labels = by_head(torch.tensor([0, 0]), torch.tensor([1.0, 0.0]))
    found = joint(task("focal", gamma, 0.0, 1.0), output, labels)
    expected = -(0.2**gamma * math.log(0.8) + 0.75**gamma * math.log(0.25)) / 2
    assert float(found) == pytest.approx(expected, rel=1e-5)


def test_the_focal_loss_turns_from_what_is_easy(case):
    """The surer a right answer is, the smaller its share of the gradient against BCE's."""
    logits = torch.tensor([0.1, 4.0], requires_grad=True)
    output = by_head(torch.zeros(2, 7), logits)
    labels = by_head(torch.tensor([0, 0]), torch.ones(2))
    shares = []
    for kind in ("bce", "focal"):
        (gradient,) = torch.autograd.grad(joint(task(kind, 2.0, 0.0, 1.0), output, labels), logits)
        shares.append(float(gradient[1] / gradient[0]))
    assert 0 < shares[1] < shares[0] / 100


@pytest.mark.parametrize("kind", ["bce", "focal"])
@pytest.mark.parametrize(("alpha", "beta"), [(0.0, 1.0), (1.0, 0.0)])
def test_a_head_with_weight_0_gets_no_gradient(case, kind, alpha, beta):
    output, labels = case
    joint(task(kind, 2.0, alpha, beta), output, labels).backward()
    assert bool(output["emotion"].grad.abs().sum() > 0) is bool(alpha)
    assert bool(output["authenticity"].grad.abs().sum() > 0) is bool(beta)


def test_the_weights_scale_each_part(case):
    weights = ((1.0, 0.0), (0.0, 1.0), (1.0, 1.5))
    parts = [float(joint(task("focal", 2.0, *w), *case)) for w in weights]
    assert parts[2] == pytest.approx(parts[0] + 1.5 * parts[1])


def test_a_sure_and_right_answer_has_a_finite_gradient():
    logit = torch.tensor([60.0], requires_grad=True)
    output = by_head(torch.zeros(1, 7), logit)
    joint(task("focal", 1.5), output, by_head(torch.tensor([0]), torch.ones(1))).backward()
    assert torch.isfinite(logit.grad).all()


@pytest.mark.parametrize(
    ("given", "message"),
    [({"kind": "hinge"}, "unknown loss 'hinge'"), ({"gamma": -1.0}, "gamma is -1.0")],
)
def test_what_is_unknown_is_refused(given, message):
    with pytest.raises(ValueError, match=message):
        task(**({"kind": "bce"} | given))
