"""Explanations find a planted cue, name their head, repeat with a seed, and are scored rightly."""

import numpy as np
import pytest
import torch
from torch import nn

from fer_lib import explain
from fer_lib.models.output import DualOutput


class Corners(nn.Module):
    """The emotion head sees red in the upper left, the authenticity head green in the lower right.

    Each looks at the brightest pixel there, through a channel of its own.
    """

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 2, 1, bias=False)
        with torch.no_grad():
            self.conv.weight.zero_()
            self.conv.weight[0, 0] = 1
            self.conv.weight[1, 1] = 1

    def forward(self, images):
        seen = self.conv(images)
        left = seen[:, 0, :8, :8].amax((1, 2))
        right = seen[:, 1, -8:, -8:].amax((1, 2))
        emotion = torch.stack([left, *[torch.zeros_like(left)] * 6], 1)
        return DualOutput(emotion, right)


@pytest.fixture
def image():
    chance = np.random.default_rng(0)
    pixels = torch.full((3, 32, 32), 110, dtype=torch.uint8)  # about zero once normalised
    pixels[0, :8, :8] = torch.from_numpy(chance.integers(130, 250, (8, 8), dtype=np.uint8))
    pixels[1, -8:, -8:] = torch.from_numpy(chance.integers(130, 250, (8, 8), dtype=np.uint8))
    return pixels


def corner(head):
    mask = np.zeros((32, 32), bool)
    if head == "emotion":
        mask[:8, :8] = True
    else:
        mask[-8:, -8:] = True
    return mask


TARGETS = [("emotion", 0), ("authenticity", 1)]


@pytest.mark.parametrize(("head", "target"), TARGETS)
def test_grad_cam_explains_the_head_it_is_asked_for(image, head, target):
    model = Corners().eval()
    (found,) = explain.grad_cam(model, image[None], head, torch.tensor([target]), model.conv)
    assert found.shape == (32, 32)
    assert explain.relevance_share(found, corner(head)).share > 0.95


@pytest.mark.parametrize(("head", "target"), TARGETS)
def test_lime_finds_the_corner_that_its_head_sees(image, head, target):
    segments = np.arange(32)[:, None] // 8 * 4 + np.arange(32)[None] // 8
    model = Corners().eval()

    def found(seed):
        return explain.lime(model, image, head, target, segments, 200, seed)

    share = explain.relevance_share(found(0), corner(head))
    assert share.share > 0.8 > share.chance
    assert np.array_equal(found(0), found(0))
    assert not np.array_equal(found(0), found(1))


def test_unknown_head_is_refused():
    with pytest.raises(ValueError, match="unknown head 'mouth'"):
        explain.OneHead(Corners(), "mouth")


def test_truth_mask_is_the_smallest_that_holds_the_energy():
    truth = np.zeros((10, 10))
    truth[0, :4] = [5, 3, 1, 1]
    assert explain.truth_mask(truth, 0.8).sum() == 2
    assert explain.truth_mask(truth, 0.5).sum() == 1
    with pytest.raises(ValueError, match="nothing to find"):
        explain.truth_mask(np.zeros((4, 4)))


def test_share_and_chance():
    mask = np.zeros((10, 10), bool)
    mask[:2] = True
    even = explain.relevance_share(np.ones((10, 10)), mask)
    assert even.share == pytest.approx(even.chance) == pytest.approx(0.2)
    assert explain.relevance_share(mask.astype(float), mask).share == 1
    assert np.isnan(explain.relevance_share(-mask.astype(float), mask).share)
    assert np.isnan(explain.relevance_share(np.zeros((10, 10)), mask).share)


def test_negative_relevance_does_not_count():
    mask = np.zeros((2, 2), bool)
    mask[0, 0] = True
    assert explain.relevance_share(np.array([[1.0, -9], [0, 1]]), mask).share == 0.5


def test_resized_maps_keep_their_place():
    maps = np.zeros((1, 4, 4), np.float32)
    maps[0, 0, 0] = 1
    large = explain.resized(maps, 16)
    assert large.shape == (1, 16, 16)
    row, column = np.unravel_index(large[0].argmax(), (16, 16))
    assert max(row, column) <= 2


def test_the_explained_probability_is_the_models_own(image):
    model = Corners().eval()
    batch = torch.randn(4, 3, 32, 32)
    seen = explain.OneHead(model, "authenticity")(batch).softmax(1)
    assert torch.allclose(seen[:, 1], model(batch).authenticity.sigmoid())
    assert torch.allclose(seen.sum(1), torch.ones(4))


def test_all_shares_at_once_equal_one_by_one():
    chance = np.random.default_rng(0)
    maps = chance.normal(size=(3, 8, 8))
    maps[1] = -1
    masks = chance.random((2, 8, 8)) > 0.6
    found = explain.shares(maps, masks)
    for i in range(3):
        for j in range(2):
            expected = explain.relevance_share(maps[i], masks[j]).share
            assert found[i, j] == pytest.approx(expected, nan_ok=True)
