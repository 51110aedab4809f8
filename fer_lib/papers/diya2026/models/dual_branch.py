"""EfficientNet-B0 dual-branch without SE (diya2026, section 4-4-5, Figure 10)."""

from __future__ import annotations

from torch import Tensor, nn

from fer_lib.models import backbones
from fer_lib.models.frozen_trunk import Staged, Tail, pooled
from fer_lib.models.pretrained_registry import random_start
from fer_lib.papers.diya2026.models import squeeze_excitation
from fer_lib.task import Task
from fer_lib.training.profiles import Profile

PAPER = (random_start("efficientnet_b0"),)
# Channels of the second branch's two convolutions, by whether the paper's total must be met:
# it gives no layout; 512 and 256 bring the whole to the 11.6 million that it prints.
CHANNELS = {True: (512, 256), False: (96, 64)}


class DualBranch(Tail):
    """One backbone; two dense blocks for one head, convolutions and a dense layer for the other.

    The paper gives "two dense-batch-norm-dropout" blocks of 256 units for the emotion and "a more
    profound convolution-dense pipeline" for the authenticity, without its sizes or any dropout
    rate. The convolutions work on the last feature map; where the whole backbone is frozen and
    only its embedding is at hand, they work on that as a map of one position.

    Parameters
    ----------
    task : Task
        Of two heads: in the paper the emotion, then the authenticity.
    top : nn.Sequential
        The stages that learn, up to the last feature map.
    width : int
        Its channels.
    channels : tuple of int
        Of the two convolutions, 3 x 3.
    dropout : float
        In each dense block, in [0, 1): our choice.

    References
    ----------
    doi:10.28991/ESJ-2026-010-02-018, section 4-4-5.
    """

    def __init__(
        self,
        task: Task,
        top: nn.Sequential,
        width: int,
        channels: tuple[int, int],
        dropout: float = 0.3,
    ) -> None:
        super().__init__(task, [top])
        dense, convolved = task.pair("dual_branch")
        first, second = channels
        blocks = [*_dense(width, 256, dropout), *_dense(256, 256, dropout)]
        self.add_head(dense, nn.Sequential(*blocks, nn.Linear(256, dense.outputs)))
        self.convolutions = nn.Sequential(
            nn.Conv2d(width, first, 3, padding=1),
            nn.BatchNorm2d(first),
            nn.ReLU(),
            nn.Conv2d(first, second, 3, padding=1),
            nn.BatchNorm2d(second),
            nn.ReLU(),
        )
        layers = [nn.Linear(second, 128), nn.ReLU(), nn.Dropout(dropout)]
        self.add_head(convolved, nn.Sequential(*layers, nn.Linear(128, convolved.outputs)))

    def forward(self, features: Tensor) -> dict[str, Tensor]:
        """Map the trunk's activations to the logits by head."""
        features = self.tops[0](features)
        if features.ndim == 2:
            features = features[:, :, None, None]
        dense, convolved = self.task.heads
        # This order, because dropout draws in it.
        second = self.answer(convolved, pooled(self.convolutions(features)))
        return {dense.name: self.answer(dense, pooled(features)), convolved.name: second}


def _dense(inputs: int, units: int, dropout: float) -> list[nn.Module]:
    return [nn.Linear(inputs, units), nn.BatchNorm1d(units), nn.ReLU(), nn.Dropout(dropout)]


def quick(profile: Profile) -> dict:
    """Return the changes to the training settings for a small number of epochs."""
    return {"learning_rate": 2e-3, "average": profile.weight_average}


def build(
    task: Task,
    backbones_: list[nn.Module],
    frozen: int,
    side: int,
    paper: bool,
    gates: str = "as_published",
) -> Staged:
    """Return a new model on one backbone, ``gates`` as `squeeze_excitation.apply` has them."""
    (backbone,) = backbones_
    trunk, top = backbones.split(backbone, frozen)
    squeeze_excitation.apply(top, gates)
    return Staged([trunk], DualBranch(task, top, backbone.num_features, CHANNELS[paper]))
