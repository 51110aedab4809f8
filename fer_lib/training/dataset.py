"""Datasets for training: augmented images, or stored activations and their views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from fer_lib.training.augmentation import Augmentation, augment, normalise


class Samples(Protocol):
    """Inputs of a network with their labels.

    Attributes
    ----------
    targets : dict of str to Tensor
        By head, shape (n,): int64, the place among its classes; of a yes/no head float32, 1 or 0.
    """

    targets: dict[str, Tensor]

    def __len__(self) -> int:
        """Return the number of samples."""

    def plain(self, batch: Tensor) -> tuple[Tensor, ...]:
        """Return the inputs at the places ``batch`` as they are, for evaluation."""

    def drawn(self, batch: Tensor, generator: torch.Generator) -> tuple[Tensor, ...]:
        """Return the inputs at the places ``batch``, changed at random, for training."""


@dataclass(frozen=True)
class ImageSamples:
    """Images, normalised when they are drawn.

    Attributes
    ----------
    images : Tensor
        uint8, shape (n, 3, side, side), RGB.
    targets : dict of str to Tensor
        As in `Samples`.
    augmentation : Augmentation or None
        How far training images are changed; None leaves them as they are.
    """

    images: Tensor
    targets: dict[str, Tensor]
    augmentation: Augmentation | None = None

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.images)

    def plain(self, batch: Tensor) -> tuple[Tensor, ...]:
        """Return float32 images (m, 3, side, side), normalised."""
        return (normalise(self.images[batch]),)

    def drawn(self, batch: Tensor, generator: torch.Generator) -> tuple[Tensor, ...]:
        """Return float32 images (m, 3, side, side), normalised and changed."""
        (images,) = self.plain(batch)
        if self.augmentation is None:
            return (images,)
        return (augment(images, self.augmentation, generator),)


@dataclass(frozen=True)
class ActivationSamples:
    """Stored activations, one array for each backbone.

    Attributes
    ----------
    activations : tuple of Tensor
        Of the stored precision, each (n, ...).
    views : tuple of Tensor
        Likewise, each (n, views, ...); with no view, or an empty tuple, nothing is changed.
    targets : dict of str to Tensor
        As in `Samples`.
    """

    activations: tuple[Tensor, ...]
    views: tuple[Tensor, ...]
    targets: dict[str, Tensor]

    def __len__(self) -> int:
        """Return the number of images behind the activations."""
        return len(self.activations[0])

    def plain(self, batch: Tensor) -> tuple[Tensor, ...]:
        """Return float32 activations (m, ...) of each backbone."""
        return tuple(_float(one[batch]) for one in self.activations)

    def drawn(self, batch: Tensor, generator: torch.Generator) -> tuple[Tensor, ...]:
        """Return float32 activations (m, ...) of one view of each image, drawn at random.

        All backbones see the same view, because they see the same changed image.
        """
        if not self.views or not self.views[0].shape[1]:
            return self.plain(batch)
        view = torch.randint(0, self.views[0].shape[1], (len(batch),), generator=generator)
        return tuple(_float(one[batch, view]) for one in self.views)


def _float(activations: Tensor) -> Tensor:
    full = activations.float()
    return full.contiguous(memory_format=torch.channels_last) if full.ndim == 4 else full
