"""Squeeze-and-excitation that starts as the identity, for a backbone trained without it."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class SqueezeExcitation(nn.Module):
    """Channel gates from globally pooled features (Hu et al., doi:10.1109/CVPR.2018.00745).

    The gate is 2 * sigmoid(logit) and the last layer starts at zero, so that every gate is one
    and the pretrained backbone computes at first exactly what it did without the module.

    Parameters
    ----------
    channels : int
        Channels of the feature map.
    reduced : int
        Units of the bottleneck.
    """

    def __init__(self, channels: int, reduced: int) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(channels, reduced, 1)
        self.expand = nn.Conv2d(reduced, channels, 1)
        nn.init.zeros_(self.expand.weight)
        nn.init.zeros_(self.expand.bias)

    def forward(self, features: Tensor) -> Tensor:
        """Scale features (batch, channels, height, width) channel by channel."""
        pooled = features.mean((2, 3), keepdim=True)
        gate = torch.sigmoid(self.expand(nn.functional.silu(self.reduce(pooled))))
        return features * (2 * gate)
