"""A dual-task model seen through one head, so that no method can explain the other."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fer_lib.models.output import DualOutput, check_head


def logits(output: DualOutput, head: str) -> Tensor:
    """Return one head's logits, (n, classes): 7 for "emotion", fake and genuine for the other.

    Raises
    ------
    ValueError
        If the head is unknown.
    """
    if check_head(head) == "emotion":
        return output.emotion
    # One logit z says genuine. The softmax of (-z/2, z/2) is (1 - sigmoid(z), sigmoid(z)), so both
    # classes can be named as targets and keep the model's own probabilities.
    half = output.authenticity / 2
    return torch.stack([-half, half], 1)


class OneHead(nn.Module):
    """The model with only one head's logits as its output.

    Parameters
    ----------
    model : nn.Module
        Returns `fer_lib.models.output.DualOutput`.
    head : str
        "emotion" or "authenticity".
    """

    def __init__(self, model: nn.Module, head: str) -> None:
        super().__init__()
        self.model = model
        self.head = check_head(head)

    def forward(self, images: Tensor) -> Tensor:
        """Return the head's logits, (n, classes), as `logits` has them."""
        return logits(self.model(images), self.head)
