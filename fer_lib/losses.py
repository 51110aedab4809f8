"""The joint loss of both heads, as equation (1) has it, with either loss for authenticity."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from fer_lib.models.output import DualOutput


@dataclass(frozen=True)
class Loss:
    """alpha x cross-entropy(emotion) + beta x authenticity loss.

    Attributes
    ----------
    authenticity : str
        ``bce`` (section 4-2, Table 4) or ``focal`` (abstract, section 3-4; sections 4-4-2, 4-4-5).
    gamma : float
        Of the focal loss, 0 or more; at 0 it is the BCE.
    alpha, beta : float
        The weights.

    References
    ----------
    doi:10.28991/ESJ-2026-010-02-018, equation (1); focal loss: Lin et al.,
    doi:10.1109/ICCV.2017.324, equation (4), without its class weight.

    Raises
    ------
    ValueError
        If the authenticity loss is unknown or gamma is negative.
    """

    authenticity: str = "bce"
    gamma: float = 2.0
    alpha: float = 0.4
    beta: float = 0.6

    def __post_init__(self) -> None:
        """Refuse what is unknown."""
        if self.authenticity not in ("bce", "focal"):
            raise ValueError(f"unknown loss {self.authenticity!r}: choose bce or focal")
        if self.gamma < 0:
            raise ValueError(f"gamma is {self.gamma}: give 0 or more")

    def __call__(self, output: DualOutput, emotion: Tensor, genuine: Tensor) -> Tensor:
        """Return the mean joint loss, a scalar.

        Parameters
        ----------
        output : DualOutput
            Logits, (n, 7) and (n,).
        emotion, genuine : Tensor
            int64 (n,) and float32 (n,).
        """
        first = functional.cross_entropy(output.emotion, emotion)
        each = functional.binary_cross_entropy_with_logits(
            output.authenticity, genuine, reduction="none"
        )
        if self.authenticity == "focal":
            each = (1 - torch.exp(-each)) ** self.gamma * each
        return self.alpha * first + self.beta * each.mean()
