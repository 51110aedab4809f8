"""Deletion and insertion curves: how a prediction changes with the pixels a map calls important."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn import functional

from fer_lib.explain.one_head import BATCH, logits
from fer_lib.training.augmentation import normalise


@dataclass(frozen=True)
class Curves:
    """The probability of a head's class while pixels are deleted or inserted by importance.

    Attributes
    ----------
    share : ndarray
        (steps + 1,): share of the pixels that have changed, from 0 to 1.
    deletion, insertion : ndarray
        (n, steps + 1): probability of the explained class, pixels replaced by the blurred image,
        or put back into it.
    """

    share: np.ndarray
    deletion: np.ndarray
    insertion: np.ndarray

    def areas(self) -> dict[str, np.ndarray]:
        """Return the mean probability along each curve, (n,): deletion low and insertion high."""
        return {
            "deletion": np.trapezoid(self.deletion, self.share, axis=1),
            "insertion": np.trapezoid(self.insertion, self.share, axis=1),
        }


def blurred(images: Tensor, share: float = 0.06) -> Tensor:
    """Return normalised images under a Gaussian of ``share`` of their side: form without detail.

    A black or grey hole would be something that the network has never seen; a blurred face is the
    same face without what an expression needs.
    """
    sigma = share * images.shape[-1]
    reach = int(np.ceil(3 * sigma))
    line = torch.exp(-0.5 * (torch.arange(-reach, reach + 1) / sigma) ** 2)
    line = (line / line.sum()).expand(3, 1, 1, -1)
    wide = functional.pad(images, (reach,) * 4, mode="replicate")
    across = functional.conv2d(wide, line, groups=3)
    return functional.conv2d(across, line.transpose(2, 3), groups=3)


def curves(
    model: nn.Module,
    images: Tensor,
    maps: np.ndarray,
    head: str,
    target: Tensor,
    steps: int = 16,
) -> Curves:
    """Return the deletion and insertion curves of some maps (Petsiuk et al., arXiv:1806.07421).

    Pixels of equal relevance are taken in the order of their place.

    Parameters
    ----------
    model : nn.Module
        In evaluation mode.
    images : Tensor
        uint8 (n, 3, side, side).
    maps : ndarray
        (n, side, side).
    head, target : str, Tensor
        The head, and int64 (n,) the class explained.
    steps : int
        Into how many equal parts the pixels are divided.

    Raises
    ------
    ValueError
        If the maps are not of the images' size.
    """
    side = images.shape[-1]
    if maps.shape != (len(images), side, side):
        raise ValueError(f"maps of shape {maps.shape} do not lie on images of side {side}")
    order = np.argsort(-maps.reshape(len(maps), -1), axis=1, kind="stable")
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(side * side)[None], axis=1)
    share = np.linspace(0, 1, steps + 1)
    limits = torch.from_numpy(np.round(share * side * side))
    clear = normalise(images)
    blur = blurred(clear)
    said = {"deletion": [], "insertion": []}
    with torch.inference_mode():
        for i in range(len(images)):
            first = torch.from_numpy(place[i].reshape(side, side))
            taken = (first[None] < limits[:, None, None])[:, None]
            for name, one, two in (
                ("deletion", blur[i], clear[i]),
                ("insertion", clear[i], blur[i]),
            ):
                batch = torch.where(taken, one, two)
                batch = batch.contiguous(memory_format=torch.channels_last)
                parts = [
                    logits(model(part), head).softmax(1)[:, target[i]]
                    for part in batch.split(BATCH)
                ]
                said[name].append(torch.cat(parts).double().numpy())
    return Curves(share, np.stack(said["deletion"]), np.stack(said["insertion"]))


def with_noise(
    model: nn.Module,
    images: Tensor,
    maps: dict[str, np.ndarray],
    head: str,
    target: Tensor,
    grid: int,
    steps: int,
    seed: int,
) -> dict[str, Curves]:
    """Return the curves of several methods' maps, and under ``noise`` those of `chance_maps`.

    Parameters
    ----------
    model, images, head, target, steps
        As for `curves`.
    maps : dict
        Method to maps (n, side, side).
    grid, seed : int
        Cells along a side of the noise, and its seed.
    """
    noise = chance_maps(len(images), grid, images.shape[-1], seed)
    every = {**maps, "noise": noise}
    return {name: curves(model, images, one, head, target, steps) for name, one in every.items()}


def beside_noise(found: Curves, noise: Curves) -> pd.DataFrame:
    """Return a row a face: deletion and insertion, and how much better than noise each is."""
    own, chance = found.areas(), noise.areas()
    return pd.DataFrame(
        {
            **own,
            "deletion below noise": chance["deletion"] - own["deletion"],
            "insertion above noise": own["insertion"] - chance["insertion"],
        }
    )


def chance_maps(count: int, grid: int, side: int, seed: int) -> np.ndarray:
    """Return maps that know nothing: noise on a grid like the layer's, float32 (n, side, side)."""
    noise = torch.rand(count, 1, grid, grid, generator=torch.Generator().manual_seed(seed))
    large = functional.interpolate(noise, size=(side, side), mode="bilinear", align_corners=False)
    return large.squeeze(1).numpy()
