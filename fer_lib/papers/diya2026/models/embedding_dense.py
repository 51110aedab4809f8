"""One dense layer on a frozen backbone's embedding (diya2026, section 4-4-3, Figure 8).

With two backbones, their embeddings side by side: that is section 4-4-4, Figure 9.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fer_lib.models import backbones
from fer_lib.models.frozen_trunk import Staged, Tail, pooled
from fer_lib.models.pretrained_registry import random_start
from fer_lib.task import Task
from fer_lib.training.profiles import Profile

PAPER = (random_start("efficientnet_b3"),)
PAPER_FUSION = (random_start("mobilenet_v2", "torchvision"), random_start("legacy_xception"))


class EmbeddingDense(Tail):
    """The embeddings of one or two backbones, a dense layer of 256 units, the heads.

    Parameters
    ----------
    task : Task
        What it is asked.
    tops : list of nn.Sequential
        The stages that learn; empty where the backbones are frozen, as the paper has them.
    width : int
        Units of the joined embedding: 1536 for EfficientNet-B3, 3328 for the fusion.
    dropout : float
        After the dense layer; 0.3 in the paper.

    References
    ----------
    doi:10.28991/ESJ-2026-010-02-018, sections 4-4-3 and 4-4-4.
    """

    def __init__(
        self, task: Task, tops: list[nn.Sequential], width: int, dropout: float = 0.3
    ) -> None:
        super().__init__(task, tops)
        self.dense = nn.Sequential(nn.Linear(width, 256), nn.ReLU(), nn.Dropout(dropout))
        self.add_heads(lambda outputs: nn.Linear(256, outputs))

    def forward(self, *features: Tensor) -> dict[str, Tensor]:
        """Map the activations of all trunks to the logits by head."""
        parts = [pooled(top(one)) for top, one in zip(self.tops, features, strict=True)]
        return self.answers(self.dense(torch.cat(parts, 1)))


def quick(profile: Profile) -> dict:
    """Return the changes to the training settings for a small number of epochs."""
    return {"learning_rate": 1e-3, "average": profile.weight_average}


def build(task: Task, backbones_: list[nn.Module], frozen: int, side: int, paper: bool) -> Staged:
    """Return a new model on one or two backbones."""
    trunks, tops = zip(*(backbones.split(one, frozen) for one in backbones_), strict=True)
    width = sum(one.num_features for one in backbones_)
    return Staged(trunks, EmbeddingDense(task, list(tops), width))
