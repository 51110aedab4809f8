"""The CNN baseline (diya2026, section 4-4-1, Figure 6)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from fer_lib.models.frozen_trunk import Staged, Tail
from fer_lib.task import Task
from fer_lib.training.profiles import Profile

PAPER = ()
EPOCHS = 8  # for one of a backbone: they are cheap, and it starts from nothing
FILTERS = {True: (64, 128, 32), False: (32, 64, 128)}  # by whether the paper's total must be met


class CNNBaseline(Tail):
    """Three convolutional blocks, one dense layer of 128 units, the heads.

    The paper gives the kernel (3 x 3), the activation (ReLU), max pooling, the dense layer, its
    dropout of 0.5 and a total of about 3.3 million parameters. It gives neither the filters nor
    the padding, and several choices meet the total at 224 pixels (64, 128 and 32 filters, padded,
    is one of them); the default, 32, 64 and 128 without padding, is for smaller images.

    Parameters
    ----------
    task : Task
        What it is asked.
    image_size : int
        Side of the square input in pixels, at least 32.
    filters : tuple of int
        Output channels of the three blocks.
    padding : int
        0 ("valid") or 1 ("same").

    Raises
    ------
    ValueError
        If the image is too small for three blocks.

    References
    ----------
    doi:10.28991/ESJ-2026-010-02-018, section 4-4-1.
    """

    def __init__(
        self,
        task: Task,
        image_size: int,
        filters: tuple[int, int, int] = (32, 64, 128),
        padding: int = 0,
    ) -> None:
        if image_size < 32:
            raise ValueError(f"image_size is {image_size}: the three blocks need 32 or more")
        blocks: list[nn.Module] = []
        channels = 3
        for width in filters:
            convolution = nn.Sequential(nn.Conv2d(channels, width, 3, padding=padding), nn.ReLU())
            blocks += [nn.MaxPool2d(2), convolution] if blocks else [convolution]
            channels = width
        super().__init__(task, [nn.Sequential(*blocks)])
        self.pool = nn.MaxPool2d(2)
        with torch.no_grad():
            flat = self.pool(self.tops[0](torch.zeros(1, 3, image_size, image_size))).numel()
        self.dense = nn.Sequential(nn.Flatten(), nn.Linear(flat, 128), nn.ReLU(), nn.Dropout(0.5))
        self.add_heads(lambda outputs: nn.Linear(128, outputs))

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """Map images (n, 3, side, side), normalised, to the logits by head."""
        return self.answers(self.dense(self.pool(self.tops[0](images))))


def quick(profile: Profile) -> dict:
    """Return the changes to the training settings for a small number of epochs."""
    epochs = EPOCHS * profile.tiny.epochs
    long = {"epochs": epochs, "patience": epochs, "plateau_patience": EPOCHS}
    return long | {"learning_rate": 1e-3}


def build(
    task: Task,
    backbones: list[nn.Module],
    frozen: int,
    side: int,
    paper: bool,
    filters: Sequence[int] = (),
) -> Staged:
    """Return a new model; ``paper`` takes the layout that meets the paper's total.

    ``filters`` are those of the three blocks, if they are not to be those of `FILTERS`.
    """
    tail = CNNBaseline(task, side, tuple(filters) or FILTERS[paper], int(paper))
    return Staged([nn.Identity()], tail)
