"""A network in two parts: frozen trunks, and a tail that is trained."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import Tensor, nn

from fer_lib.task import Head, Task


def pooled(features: Tensor) -> Tensor:
    """Return the channel means of a feature map (n, c, h, w); an embedding (n, c) as it is."""
    return features.mean((2, 3)) if features.ndim == 4 else features


class Tail(nn.Module):
    """The part of a model that learns; each head is a module called by the head's name.

    Attributes
    ----------
    task : Task
        What it is asked.
    tops : ModuleList
        What is left of each backbone above its trunk, up to the last feature map; may be empty.
    """

    def __init__(self, task: Task, tops: Sequence[nn.Sequential]) -> None:
        super().__init__()
        self.task = task
        self.tops = nn.ModuleList(tops)

    def add_head(self, head: Head, module: nn.Module) -> None:
        """Take ``module``, with `Head.outputs` outputs, as a head.

        Raises
        ------
        ValueError
            If the model calls another part by the head's name.
        """
        if hasattr(self, head.name):
            raise ValueError(
                f"{type(self).__name__} has a part called {head.name}: rename the head"
            )
        self.add_module(head.name, module)

    def add_heads(self, make: Callable[[int], nn.Module]) -> None:
        """Take ``make(outputs)`` as each head of the task, in its order."""
        for head in self.task.heads:
            self.add_head(head, make(head.outputs))

    def answer(self, head: Head, embedding: Tensor) -> Tensor:
        """Return a head's logits: (n, classes), of a yes/no head (n,)."""
        logits = getattr(self, head.name)(embedding)
        return logits.squeeze(1) if head.yes_no else logits

    def answers(self, embedding: Tensor) -> dict[str, Tensor]:
        """Return every head's logits by its name, all from one embedding (n, units)."""
        return {head.name: self.answer(head, embedding) for head in self.task.heads}

    def stream(self, head: str) -> int:
        """Return which backbone a head looks through, from 0."""
        self.task[head]  # refuses an unknown one
        return 0


class Staged(nn.Module):
    """Images through the trunks, their activations through the tail.

    Parameters
    ----------
    trunks : sequence of nn.Module
        One for each backbone; each maps normalised images (n, 3, side, side) to activations.
    tail : Tail
        Maps the activations of all trunks to the logits by head.

    Attributes
    ----------
    task : Task
        What it is asked.
    side : int
        Of the square images that it takes, in pixels; 0 where nobody has said.
    """

    side = 0

    def __init__(self, trunks: Sequence[nn.Module], tail: Tail) -> None:
        super().__init__()
        self.trunks = nn.ModuleList(trunks)
        self.tail, self.task = tail, tail.task

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """Map images (n, 3, side, side), normalised, to the logits by head."""
        return self.tail(*(trunk(images) for trunk in self.trunks))

    def explained_layer(self, head: str) -> nn.Module:
        """Return the module whose output is the last feature map that ``head`` looks at."""
        stream = self.tail.stream(head)
        top = self.tail.tops[stream]
        return top[-1] if len(top) else self.trunks[stream]
