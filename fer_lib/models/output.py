"""What every dual-task model returns."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

from fer_lib.heads import HEADS, check_head

__all__ = ["HEADS", "DualOutput", "check_head"]


class DualOutput(NamedTuple):
    """Logits of the two heads.

    Attributes
    ----------
    emotion : Tensor
        Shape (batch, 7); softmax gives the probabilities of the emotions.
    authenticity : Tensor
        Shape (batch,); the sigmoid gives the probability of "genuine".
    """

    emotion: Tensor
    authenticity: Tensor
