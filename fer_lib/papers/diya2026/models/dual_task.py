"""The proposed dual-task model (diya2026, sections 4-1 and 4-2, Figure 3, Table 4)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from fer_lib.models import backbones
from fer_lib.models.frozen_trunk import Staged, Tail, pooled
from fer_lib.models.pretrained_registry import random_start
from fer_lib.papers.diya2026.models import squeeze_excitation
from fer_lib.task import Task
from fer_lib.training.profiles import Profile

PAPER = (random_start("efficientnet_b0"),)


class DualTask(Tail):
    """One EfficientNet-B0-family backbone for all heads, each a dropout and a dense layer.

    EfficientNet-B0 as published carries squeeze-and-excitation in its MBConv blocks, after the
    depthwise convolution, which is where the paper puts it. EfficientNet-Lite0 is B0 without it:
    there the gates are added at the same place and start as the identity.

    Parameters
    ----------
    task : Task
        What it is asked.
    top : nn.Sequential
        The stages that learn, up to the last feature map.
    width : int
        Its channels.
    dropout : float
        Before each head, in [0, 1). The paper names dropout but not its rate: our choice.

    References
    ----------
    doi:10.28991/ESJ-2026-010-02-018, sections 4-1 and 4-2;
    EfficientNet: Tan and Le, ICML 2019, arXiv:1905.11946.
    """

    def __init__(self, task: Task, top: nn.Sequential, width: int, dropout: float = 0.3) -> None:
        super().__init__(task, [top])
        self.add_heads(
            lambda outputs: nn.Sequential(nn.Dropout(dropout), nn.Linear(width, outputs))
        )

    def forward(self, features: Tensor) -> dict[str, Tensor]:
        """Map the trunk's activations to the logits by head."""
        return self.answers(pooled(self.tops[0](features)))


def quick(profile: Profile) -> dict:
    """Return the changes to the training settings for a small number of epochs."""
    return {"learning_rate": 4e-3, "average": profile.weight_average}


def build(
    task: Task,
    backbones_: list[nn.Module],
    frozen: int,
    side: int,
    paper: bool,
    gates: str = "added",
) -> Staged:
    """Return a new model on one backbone, ``gates`` as `squeeze_excitation.apply` has them.

    Only the stages that learn get gates: an identity that never moves would change nothing.
    """
    (backbone,) = backbones_
    trunk, top = backbones.split(backbone, frozen)
    squeeze_excitation.apply(top, gates)
    return Staged([trunk], DualTask(task, top, backbone.num_features))


def prepare(
    network: Staged,
    options: dict,
    again: Callable[[dict], Staged],
    show: Callable[[nn.Module], None],
) -> None:
    """Hold fixed gates at the means that the published ones have over the training part."""
    if options.get("gates") == "fixed":
        moving = again({"gates": "as_published"}).tail
        squeeze_excitation.fix_at_means(
            network.tail, moving.to(memory_format=torch.channels_last), show
        )
