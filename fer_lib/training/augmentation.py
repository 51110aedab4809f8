"""Turn images into batches: resize once, then normalise and augment each batch."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from fer_lib.data import resizing
from fer_lib.models import torchvision_repair
from fer_lib.models.pretrained_registry import IMAGENET

if TYPE_CHECKING:
    from torchvision.transforms import v2

MEAN, STD = IMAGENET
_MEAN_255, _STD_255 = (torch.tensor(channels).view(1, 3, 1, 1) * 255 for channels in IMAGENET)


@dataclass(frozen=True)
class Augmentation:
    """How far training images are changed (section 3-4 names the kinds, not the sizes).

    Attributes
    ----------
    flip : float
        Probability of a horizontal flip.
    rotation : float
        Largest rotation in degrees, either way.
    scale, shift : float
        Largest relative zoom, and largest shift as a share of the side, either way.
    brightness, contrast : float
        Largest relative change, either way.
    """

    flip: float = 0.5
    rotation: float = 10.0
    scale: float = 0.08
    shift: float = 0.04
    brightness: float = 0.25
    contrast: float = 0.25


def resize(images: np.ndarray, side: int) -> Tensor:
    """Return uint8 images (n, height, width, 3) as uint8 (n, 3, side, side), by `resizing`."""
    found = np.empty((len(images), 3, side, side), np.uint8)
    for place, face in zip(found, resizing.faces(images, side), strict=True):
        place[:] = face.transpose(2, 0, 1)
    return torch.from_numpy(found)


def normalise(images: Tensor) -> Tensor:
    """Map uint8 RGB (n, 3, side, side) to float32 with ImageNet's mean and deviation per channel.

    The result lies channels-last in memory, which is what makes the CPU's convolutions fast.
    """
    return ((images.float() - _MEAN_255) / _STD_255).contiguous(memory_format=torch.channels_last)


def pixels(images: Tensor) -> Tensor:
    """Map normalised images back to uint8 RGB: the inverse of `normalise`, what is beyond cut."""
    return (images * _STD_255 + _MEAN_255).round().clamp(0, 255).to(torch.uint8).contiguous()


def transforms(how: Augmentation) -> v2.Compose:
    """Return the same random changes as transforms of torchvision, for one image at a time.

    `augment` draws from the same distributions for a whole batch at once. Four things differ: it
    repeats the border where torchvision fills with black; its zoom is one over torchvision's; it
    cuts no pixel to the range of an image; its contrast spreads colours about the mean of the
    normalised image, where torchvision spreads them about the mean of the grey image.

    Parameters
    ----------
    how : Augmentation
        The sizes.

    Returns
    -------
    Compose
        Maps an image (3, height, width), uint8 or float32 in [0, 1], to one of the same shape and
        type; a PIL image to a PIL image. Chance is torch's own.

    Examples
    --------
    >>> change = transforms(Augmentation())
    >>> change(torch.zeros(3, 64, 64, dtype=torch.uint8)).shape
    torch.Size([3, 64, 64])
    """
    torchvision_repair.ensure()
    from torchvision.transforms import v2

    return v2.Compose(
        [
            v2.RandomHorizontalFlip(how.flip),
            v2.RandomAffine(
                degrees=how.rotation,
                translate=(how.shift, how.shift),
                scale=(1 - how.scale, 1 + how.scale),
                interpolation=v2.InterpolationMode.BILINEAR,
            ),
            v2.ColorJitter(brightness=how.brightness, contrast=how.contrast),
        ]
    )


def augment(images: Tensor, how: Augmentation, generator: torch.Generator) -> Tensor:
    """Change each image of a normalised batch at random: flip, rotate, zoom, shift, light.

    As `transforms`, for a whole batch and in less time: `make bench` prints the ratio.

    Parameters
    ----------
    images : Tensor
        float32, shape (n, 3, side, side), normalised.
    how : Augmentation
        The sizes.
    generator : torch.Generator
        The one source of chance, so that a seed repeats.
    """
    n = len(images)

    def spread(size: float) -> Tensor:
        return (torch.rand(n, generator=generator) * 2 - 1) * size

    angle = spread(how.rotation) * math.pi / 180
    zoom = 1 + spread(how.scale)
    mirror = 1 - 2 * (torch.rand(n, generator=generator) < how.flip).float()
    matrix = torch.zeros(n, 2, 3)
    matrix[:, 0, 0] = torch.cos(angle) * zoom * mirror
    matrix[:, 0, 1] = -torch.sin(angle) * zoom
    matrix[:, 1, 0] = torch.sin(angle) * zoom * mirror
    matrix[:, 1, 1] = torch.cos(angle) * zoom
    matrix[:, :, 2] = torch.stack([spread(2 * how.shift), spread(2 * how.shift)], 1)
    grid = functional.affine_grid(matrix, list(images.shape), align_corners=False)
    moved = functional.grid_sample(images, grid, padding_mode="border", align_corners=False)
    centre = moved.mean((1, 2, 3), keepdim=True)
    gain = (1 + spread(how.contrast)).view(n, 1, 1, 1)
    # Brightness multiplies the pixel value; in normalised units that is a gain plus an offset.
    light = spread(how.brightness).view(n, 1, 1, 1)
    offset = torch.tensor([m / s for m, s in zip(MEAN, STD, strict=True)]).view(1, 3, 1, 1)
    changed = ((moved - centre) * gain + centre) * (1 + light) + offset * light
    return changed.contiguous(memory_format=torch.channels_last)


def batches(n: int, size: int, generator: torch.Generator | None) -> Iterator[Tensor]:
    """Yield index tensors of at most ``size``; in random order with a generator, else in order.

    A last batch of one is left out when shuffling: batch normalisation cannot use it.
    """
    order = torch.arange(n) if generator is None else torch.randperm(n, generator=generator)
    for start in range(0, n, size):
        batch = order[start : start + size]
        if generator is None or len(batch) > 1:
            yield batch
