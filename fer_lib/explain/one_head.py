"""One head's logits, so that no method can explain another head."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

BATCH = 16  # images at a time; larger ones leave the cache: CPU time grows by a sixth at 64


def logits(output: Mapping[str, Tensor], head: str) -> Tensor:
    """Return one head's logits, (n, classes), also of a yes/no head, whose classes are two.

    Raises
    ------
    ValueError
        If the head is unknown.
    """
    if head not in output:
        raise ValueError(f"unknown head {head!r}: choose one of {', '.join(output)}")
    if output[head].ndim == 2:
        return output[head]
    # One logit z says yes. The softmax of (-z/2, z/2) is (1 - sigmoid(z), sigmoid(z)), so both
    # classes can be named as targets and keep the model's own probabilities.
    half = output[head] / 2
    return torch.stack([-half, half], 1)


class OneHead(nn.Module):
    """A network with the logits of one head as its only output, as packages expect a classifier.

    Parameters
    ----------
    network : nn.Module
        Returns the logits by head.
    head : str
        The head's name.

    Examples
    --------
    >>> class Both(nn.Module):
    ...     def forward(self, images):
    ...         return {"emotion": torch.ones(len(images), 7), "fake": images.mean((1, 2, 3))}
    >>> tuple(OneHead(Both(), "fake")(torch.zeros(2, 3, 8, 8)).shape)
    (2, 2)
    """

    def __init__(self, network: nn.Module, head: str) -> None:
        super().__init__()
        self.network, self.head = network, head

    def forward(self, images: Tensor) -> Tensor:
        """Return the head's logits, (n, classes), as `logits` has them."""
        return logits(self.network(images), self.head)
