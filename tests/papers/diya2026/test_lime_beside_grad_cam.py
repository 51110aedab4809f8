"""Grad-CAM at two layers, and what two methods find together."""

import numpy as np
import pytest
import torch

from fer_lib.papers.diya2026.explanations import lime_beside_grad_cam as beside
from fer_lib.papers.diya2026.explanations import map_scores
from tests.helpers.explained import SIDE

PEOPLE = np.array(["a", "b", "c"])


def masks():
    """Return a mask of its own for each of three faces: a corner, another, and the middle."""
    found = np.zeros((3, 16, 16), bool)
    found[0, :4, :4] = found[1, -4:, -4:] = found[2, 6:10, 6:10] = True
    return found


def noisy(mask, seed, strength):
    return mask * strength + np.random.default_rng(seed).random(mask.shape)


def test_two_methods_that_each_see_half_complement_each_other():
    true = masks()
    left, right = true.copy(), true.copy()
    left[:, :, 1::2], right[:, :, ::2] = False, False
    one, two = noisy(left, 0, 1.0), noisy(right, 1, 1.0)
    found = beside.complement(one, two, PEOPLE, true)
    alone = np.diagonal(map_scores.auc(one, true))
    assert found["AUC, LIME"].tolist() == pytest.approx(alone.tolist())
    assert (
        found[beside.BOTH_LESS_BETTER].min() > 0.02 and found[beside.BOTH_LESS_BETTER].mean() > 0.05
    )
    again = beside.complement(one, one, PEOPLE, true)
    assert np.allclose(again[beside.BOTH_LESS_BETTER], 0, atol=0.01)
    assert np.allclose(again["agreement"], 1)


def test_a_method_that_sees_nothing_takes_away():
    true = masks()
    found = beside.complement(noisy(true, 0, 1.0), noisy(true, 1, 0.0), PEOPLE, true)
    assert (found[beside.BOTH_LESS_BETTER] < 0).all()


def test_without_truth_there_is_only_agreement():
    maps = noisy(masks(), 0, 1.0)
    assert list(beside.complement(maps, maps, PEOPLE)) == ["agreement", "with other subjects"]


class Deep(torch.nn.Module):
    """Two layers, the second on a grid half as fine."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.first = torch.nn.Conv2d(3, 4, 3, 2, 1)
        self.last = torch.nn.Conv2d(4, 4, 3, 2, 1)
        self.head = torch.nn.Linear(4, 9)

    def explained_layer(self, head):
        return self.last

    def forward(self, images):
        said = self.head(self.last(self.first(images).relu()).mean((2, 3)))
        return {"emotion": said[:, :7], "authenticity": said[:, 7] - said[:, 8]}


def test_grad_cam_has_the_size_of_the_images_at_both_layers():
    images = torch.randint(0, 256, (2, 3, SIDE, SIDE), dtype=torch.uint8)
    targets = {"emotion": torch.tensor([0, 3]), "authenticity": torch.tensor([1, 0])}
    found = beside.grad_cam_maps(Deep().eval(), images, targets, finer=True)
    assert set(found) == {(m, h) for m in ("Grad-CAM", beside.FINER) for h in targets}
    assert {maps.shape for maps in found.values()} == {(2, SIDE, SIDE)}
    last = beside.grad_cam_maps(Deep().eval(), images, targets, finer=False)
    assert set(last) == {("Grad-CAM", head) for head in targets}
    for key, maps in last.items():
        assert np.array_equal(maps, found[key])
    assert not np.array_equal(found["Grad-CAM", "emotion"], found[beside.FINER, "emotion"])
