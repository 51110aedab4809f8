"""Models whose explanation is known, for the tests of explanations."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

SIDE = 32
TARGETS = [("emotion", 0), ("authenticity", 1)]


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
        self.bright = nn.ReLU()  # Grad-CAM++ is defined for features that are not negative

    def forward(self, images):
        seen = self.bright(self.conv(images))
        left = seen[:, 0, :8, :8].amax((1, 2))
        right = seen[:, 1, -8:, -8:].amax((1, 2))
        emotion = torch.stack([left, *[torch.zeros_like(left)] * 6], 1)
        return {"emotion": emotion, "authenticity": right}


class Patch(nn.Module):
    """Linear: emotion 0 is the mean of one patch, authenticity that of another."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1, bias=False)
        with torch.no_grad():
            self.conv.weight.copy_(torch.eye(3)[:, :, None, None])

    def forward(self, images):
        seen = self.conv(images)
        emotion = torch.zeros(len(images), 7)
        emotion[:, 0] = 2 * seen[:, 0, 8:16, 16:24].mean((1, 2))
        genuine = 2 * seen[:, 1, 24:, :8].mean((1, 2))
        return {"emotion": emotion, "authenticity": genuine}


def corner(head):
    """Return the mask of what a head of `Corners` sees."""
    mask = np.zeros((SIDE, SIDE), bool)
    if head == "emotion":
        mask[:8, :8] = True
    else:
        mask[-8:, -8:] = True
    return mask


def patch(head):
    """Return the mask of what a head of `Patch` sees."""
    mask = np.zeros((SIDE, SIDE), bool)
    if head == "emotion":
        mask[8:16, 16:24] = True
    else:
        mask[24:, :8] = True
    return mask


def squares():
    """Return sixteen square segments, int (32, 32)."""
    return np.arange(SIDE)[:, None] // 8 * 4 + np.arange(SIDE)[None] // 8


@pytest.fixture
def image():
    """Return a grey image with something red and something green where `Corners` looks."""
    chance = np.random.default_rng(0)
    pixels = torch.full((3, SIDE, SIDE), 110, dtype=torch.uint8)  # about zero once normalised
    pixels[0, :8, :8] = torch.from_numpy(chance.integers(130, 250, (8, 8), dtype=np.uint8))
    pixels[1, -8:, -8:] = torch.from_numpy(chance.integers(130, 250, (8, 8), dtype=np.uint8))
    return pixels


@pytest.fixture
def noisy():
    """Return five images of noise."""
    chance = np.random.default_rng(1)
    return torch.from_numpy(chance.integers(0, 256, (5, 3, SIDE, SIDE), dtype=np.uint8))
