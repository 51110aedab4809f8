"""Squeeze-and-excitation that starts as the identity, for a backbone trained without it."""

from __future__ import annotations

from collections.abc import Callable

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


class FixedGate(nn.Module):
    """Channel gates that no longer look at the image: each at one value.

    Parameters
    ----------
    gates : Tensor
        Shape (channels,).
    """

    def __init__(self, gates: Tensor) -> None:
        super().__init__()
        self.register_buffer("gates", gates.clone().view(1, -1, 1, 1))

    def forward(self, features: Tensor) -> Tensor:
        """Scale features (batch, channels, height, width) channel by channel."""
        return features * self.gates


GATES = ("as_published", "added", "on_top", "removed", "fixed")


def apply(stages: nn.Module, gates: str, ratio: int = 4) -> None:
    """Change the gates of every MBConv block among some stages.

    Parameters
    ----------
    stages : nn.Module
        Stages of a timm backbone.
    gates : str
        ``as_published`` changes nothing; ``added`` puts a gate that starts as the identity where
        a block has none; ``on_top`` puts one behind the block's own as well; ``removed`` takes
        every gate out; ``fixed`` marks the published gates to be held at their training means
        (`fix_at_means`).
    ratio : int
        Bottleneck of a new gate relative to the block's input channels, 4 as in EfficientNet-B0.

    Raises
    ------
    ValueError
        If ``gates`` is none of these.
    """
    if gates not in GATES:
        raise ValueError(f"unknown gates {gates!r}: choose one of {', '.join(GATES)}")
    # What is drawn later, such as the heads, is then the same with any gates: two networks differ
    # in their gates alone.
    with torch.random.fork_rng(devices=[]):
        for block in _blocks(stages):
            bare = isinstance(block.se, nn.Identity)
            if gates == "removed":
                block.se = nn.Identity()
            elif gates == "added" and bare:
                block.se = _new(block, ratio)
            elif gates == "on_top":
                block.se = nn.Sequential(block.se, _new(block, ratio))
            elif gates == "fixed":
                block.se = FixedGate(torch.ones(block.conv_dw.out_channels))


def fix_at_means(stages: nn.Module, moving: nn.Module, run: Callable[[nn.Module], None]) -> None:
    """Set the fixed gates of ``stages`` to the means of the gates of the same net with moving ones.

    Parameters
    ----------
    stages : nn.Module
        With gates ``fixed``.
    moving : nn.Module
        The same stages with their published gates.
    run : callable
        Sends the training images through ``moving``.
    """
    sums: dict[int, Tensor] = {}
    counts: dict[int, int] = {}

    def note(number: int):
        def hook(_module: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
            # A gate is the same at every position, so it is the ratio of the channel sums.
            before = inputs[0].abs().sum((2, 3))
            gate = output.abs().sum((2, 3)) / before.clamp_min(1e-12)
            seen = before > 0
            sums[number] = sums.get(number, 0) + (gate * seen).sum(0)
            counts[number] = counts.get(number, 0) + seen.sum(0)

        return hook

    pairs = list(zip(_blocks(stages), _blocks(moving), strict=True))
    hooks = [old.se.register_forward_hook(note(k)) for k, (_, old) in enumerate(pairs)]
    try:
        run(moving)
    finally:
        for hook in hooks:
            hook.remove()
    for number, (block, _) in enumerate(pairs):
        means = sums[number] / counts[number].clamp_min(1)
        block.se.gates.copy_(means.view(1, -1, 1, 1))


def _blocks(stages: nn.Module) -> list[nn.Module]:
    """Return the MBConv blocks among some stages, in order."""
    return [m for m in stages.modules() if hasattr(m, "conv_dw") and hasattr(m, "se")]


def _new(block: nn.Module, ratio: int) -> SqueezeExcitation:
    entry = block.conv_pw if hasattr(block, "conv_pwl") else block.conv_dw
    return SqueezeExcitation(block.conv_dw.out_channels, max(1, entry.in_channels // ratio))
