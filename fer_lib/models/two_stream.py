"""EfficientNet-B0 for the emotion, MobileNetV2 for the authenticity (diya2026, section 4-4-2)."""

from __future__ import annotations

from torch import Tensor, nn

from fer_lib import backbones
from fer_lib.models.output import HEADS, DualOutput, check_head
from fer_lib.models.staged import Staged, Tail, pooled
from fer_lib.profiles import Profile

PAPER = ("efficientnet_b0", "mobilenetv2_100")


class TwoStream(Tail):
    """Two backbones that share nothing, each with its own dense layers and its own head.

    The paper gives 256 units for the emotion, 128 and 64 for the authenticity, ReLU and dropout
    without its rate.

    Parameters
    ----------
    tops : list of nn.Sequential
        The stages that learn: of the emotion's backbone and of the authenticity's.
    widths : list of int
        Their channels.
    dropout : float
        After each dense block, in [0, 1): our choice.

    References
    ----------
    doi:10.28991/ESJ-2026-010-02-018, section 4-4-2, Figure 7.
    """

    def __init__(self, tops: list[nn.Sequential], widths: list[int], dropout: float = 0.3) -> None:
        super().__init__(tops)
        first, second = widths
        self.emotion = nn.Sequential(
            nn.Linear(first, 256), nn.ReLU(), nn.Dropout(dropout), nn.Linear(256, 7)
        )
        self.authenticity = nn.Sequential(
            nn.Linear(second, 128),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(128, 64),
            nn.ReLU(),
            nn.Linear(64, 1),
        )

    def forward(self, first: Tensor, second: Tensor) -> DualOutput:
        """Map the activations of both trunks to the logits of both heads."""
        emotion = self.emotion(pooled(self.tops[0](first)))
        authenticity = self.authenticity(pooled(self.tops[1](second)))
        return DualOutput(emotion, authenticity.squeeze(1))

    def stream(self, head: str) -> int:
        """Return the head's own backbone: 0 for the emotion, 1 for the authenticity."""
        return HEADS.index(check_head(head))


def quick(profile: Profile) -> dict:
    """Return what training takes where epochs are few."""
    return {"learning_rate": 2e-3, "average": profile.weight_average}


def build(backbones_: list[nn.Module], frozen: int, side: int, paper: bool) -> Staged:
    """Return a new model on two backbones."""
    trunks, tops = zip(*(backbones.split(one, frozen) for one in backbones_), strict=True)
    return Staged(trunks, TwoStream(list(tops), [one.num_features for one in backbones_]))
