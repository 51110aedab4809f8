"""What every dual-task model returns."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

HEADS = ("emotion", "authenticity")


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


def check_head(head: str) -> str:
    """Return ``head`` if it names one of `HEADS`.

    Raises
    ------
    ValueError
        Otherwise; the message lists the known ones.
    """
    if head not in HEADS:
        raise ValueError(f"unknown head {head!r}: choose one of {', '.join(HEADS)}")
    return head
