"""EfficientNet-B0 for the emotion, MobileNetV2 for the authenticity (diya2026, section 4-4-2)."""

from __future__ import annotations

from torch import Tensor, nn

from fer_lib.models import backbones
from fer_lib.models.frozen_trunk import Staged, Tail, pooled
from fer_lib.models.pretrained_registry import random_start
from fer_lib.task import Task
from fer_lib.training.profiles import Profile

PAPER = (random_start("efficientnet_b0"), random_start("mobilenet_v2", "torchvision"))


class TwoStream(Tail):
    """Two backbones that share nothing, each with its own dense layers and its own head.

    The paper gives 256 units for the emotion, 128 and 64 for the authenticity, ReLU and dropout
    without its rate.

    Parameters
    ----------
    task : Task
        Of two heads: in the paper the emotion, then the authenticity.
    tops : list of nn.Sequential
        The stages that learn: of the first head's backbone and of the second's.
    widths : list of int
        Their channels.
    dropout : float
        After each dense block, in [0, 1): our choice.

    References
    ----------
    doi:10.28991/ESJ-2026-010-02-018, section 4-4-2, Figure 7.
    """

    def __init__(
        self, task: Task, tops: list[nn.Sequential], widths: list[int], dropout: float = 0.3
    ) -> None:
        super().__init__(task, tops)
        one, other = task.pair("two_stream")
        first, second = widths
        layers = [nn.Linear(first, 256), nn.ReLU(), nn.Dropout(dropout)]
        self.add_head(one, nn.Sequential(*layers, nn.Linear(256, one.outputs)))
        layers = [nn.Linear(second, 128), nn.ReLU(), nn.Dropout(dropout)]
        layers += [nn.Linear(128, 64), nn.ReLU()]
        self.add_head(other, nn.Sequential(*layers, nn.Linear(64, other.outputs)))

    def forward(self, first: Tensor, second: Tensor) -> dict[str, Tensor]:
        """Map the activations of both trunks to the logits by head."""
        parts = zip(self.task.heads, self.tops, (first, second), strict=True)
        return {head.name: self.answer(head, pooled(top(seen))) for head, top, seen in parts}

    def stream(self, head: str) -> int:
        """Return the head's own backbone: 0 for the first head, 1 for the second."""
        return self.task.heads.index(self.task[head])


def quick(profile: Profile) -> dict:
    """Return the changes to the training settings for a small number of epochs."""
    return {"learning_rate": 2e-3, "average": profile.weight_average}


def build(task: Task, backbones_: list[nn.Module], frozen: int, side: int, paper: bool) -> Staged:
    """Return a new model on two backbones."""
    trunks, tops = zip(*(backbones.split(one, frozen) for one in backbones_), strict=True)
    return Staged(trunks, TwoStream(task, list(tops), [one.num_features for one in backbones_]))
