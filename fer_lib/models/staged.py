"""A network in two parts: trunks that stay as they are, and a tail that learns."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from fer_lib.models.output import DualOutput, check_head


def pooled(features: Tensor) -> Tensor:
    """Return the channel means of a feature map (n, c, h, w); an embedding (n, c) as it is."""
    return features.mean((2, 3)) if features.ndim == 4 else features


class Tail(nn.Module):
    """The part of a dual-task model that learns.

    Attributes
    ----------
    tops : ModuleList
        What is left of each backbone above its trunk, up to the last feature map; may be empty.
    """

    def __init__(self, tops: Sequence[nn.Sequential]) -> None:
        super().__init__()
        self.tops = nn.ModuleList(tops)

    def stream(self, head: str) -> int:
        """Return which backbone a head looks through, from 0."""
        check_head(head)
        return 0


class Staged(nn.Module):
    """Images through the trunks, their activations through the tail.

    Parameters
    ----------
    trunks : sequence of nn.Module
        One for each backbone; each maps normalised images (n, 3, side, side) to activations.
    tail : Tail
        Maps the activations of all trunks to `DualOutput`.
    """

    def __init__(self, trunks: Sequence[nn.Module], tail: Tail) -> None:
        super().__init__()
        self.trunks = nn.ModuleList(trunks)
        self.tail = tail

    def forward(self, images: Tensor) -> DualOutput:
        """Map images (n, 3, side, side), normalised, to the logits of both heads."""
        return self.tail(*(trunk(images) for trunk in self.trunks))

    def explained_layer(self, head: str) -> nn.Module:
        """Return the module whose output is the last feature map that ``head`` looks at."""
        stream = self.tail.stream(head)
        top = self.tail.tops[stream]
        return top[-1] if len(top) else self.trunks[stream]
