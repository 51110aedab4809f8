"""Grad-CAM and LIME for one head at a time, and how much of their relevance falls on the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from captum._utils.models.linear_model import SkLearnRidge
from captum.attr import LayerAttribution, LayerGradCam, Lime
from skimage.segmentation import slic
from torch import Tensor, nn

from fer_lib.models.output import check_head
from fer_lib.tensors import normalise

TRUTH_ENERGY = 0.8  # share of a truth map's energy that its mask holds


class OneHead(nn.Module):
    """A dual-task model seen through one head, so that no method can explain the other.

    Parameters
    ----------
    model : nn.Module
        Returns `fer_lib.models.output.DualOutput`.
    head : str
        "emotion" gives (n, 7) logits; "authenticity" gives (n, 2), for fake and genuine.
    """

    def __init__(self, model: nn.Module, head: str) -> None:
        super().__init__()
        self.model = model
        self.head = check_head(head)

    def forward(self, images: Tensor) -> Tensor:
        """Return the head's logits, (n, classes)."""
        output = self.model(images)
        if self.head == "emotion":
            return output.emotion
        # One logit z says genuine. The softmax of (-z/2, z/2) is (1 - sigmoid(z), sigmoid(z)), so
        # both classes can be named as targets and keep the model's own probabilities.
        half = output.authenticity / 2
        return torch.stack([-half, half], 1)


def grad_cam(
    model: nn.Module, images: Tensor, head: str, target: Tensor, layer: nn.Module
) -> np.ndarray:
    """Return Grad-CAM maps of one head (Selvaraju et al., doi:10.1109/ICCV.2017.74).

    Parameters
    ----------
    model : nn.Module
        A trained dual-task model.
    images : Tensor
        uint8, shape (n, 3, side, side).
    head : str
        "emotion" or "authenticity".
    target : Tensor
        int64 (n,), the class that is explained for each image.
    layer : nn.Module
        The convolution whose activations are weighed.

    Returns
    -------
    ndarray
        float32, shape (n, side, side), not negative, in the units of the layer's activations.
    """
    method = LayerGradCam(OneHead(model, head), layer)
    maps = method.attribute(normalise(images), target=target, relu_attributions=True)
    maps = LayerAttribution.interpolate(maps, tuple(images.shape[-2:]), "bilinear")
    return maps.detach().squeeze(1).numpy()


def segments_of(image: Tensor, count: int) -> np.ndarray:
    """Return SLIC superpixels of a uint8 image (3, side, side): int (side, side), from 0."""
    return slic(image.permute(1, 2, 0).numpy(), n_segments=count, start_label=0, compactness=12)


def _nearness(
    _image: Tensor, _perturbed: Tensor, kept: Tensor, **_unused: object
) -> float:  # captum's signature
    """Weigh a perturbed copy by the cosine distance of its kept segments to all of them."""
    distance = 1 - torch.sqrt(kept.float().mean())
    return float(torch.exp(-(distance**2) / 0.25**2))


def lime(
    model: nn.Module,
    image: Tensor,
    head: str,
    target: int,
    segments: np.ndarray,
    samples: int,
    seed: int,
) -> np.ndarray:
    """Return a LIME map of one head (Ribeiro et al., doi:10.1145/2939672.2939778).

    Segments are hidden at random under their mean colour; a ridge regression on what is kept,
    weighed by nearness to the whole image, gives each segment its weight.

    Parameters
    ----------
    model : nn.Module
        A trained dual-task model.
    image : Tensor
        uint8, shape (3, side, side).
    head, target : str, int
        The head and the class that is explained.
    segments : ndarray
        int (side, side), from 0, as `segments_of` gives.
    samples : int
        Perturbed copies.
    seed : int
        The same seed repeats the map.

    Returns
    -------
    ndarray
        float32 (side, side), each pixel with its segment's weight, positive where the segment
        speaks for the target.
    """
    side = image.shape[-1]
    pixels = image.permute(1, 2, 0).reshape(-1, 3).float()
    labels = torch.from_numpy(segments.reshape(-1).astype(np.int64))
    count = int(labels.max()) + 1
    sizes = torch.bincount(labels, minlength=count).clamp_min(1).unsqueeze(1)
    colour = torch.zeros(count, 3).index_add_(0, labels, pixels) / sizes
    hidden = colour[labels].reshape(side, side, 3).permute(2, 0, 1).unsqueeze(0)
    view = OneHead(model, head)

    def probability(batch: Tensor) -> Tensor:
        with torch.inference_mode():
            return view(batch).softmax(1)

    torch.manual_seed(seed)
    weights = Lime(probability, SkLearnRidge(alpha=1.0), _nearness).attribute(
        normalise(image.unsqueeze(0)),
        baselines=normalise(hidden),
        target=target,
        feature_mask=torch.from_numpy(segments.astype(np.int64))[None, None],
        n_samples=samples,
        perturbations_per_eval=32,
    )
    return weights[0, 0].numpy().astype(np.float32)


@dataclass(frozen=True)
class Share:
    """How much of a map's relevance falls on a mask, beside chance.

    Attributes
    ----------
    share : float
        Positive relevance on the mask over all positive relevance, in [0, 1]; nan for an empty map.
    chance : float
        What a map of equal relevance everywhere would give: the mask's share of the image.
    """

    share: float
    chance: float


def truth_mask(truth: np.ndarray, energy: float = TRUTH_ENERGY) -> np.ndarray:
    """Return the smallest set of pixels that holds ``energy`` of a truth map, bool, same shape.

    Raises
    ------
    ValueError
        If the map is zero everywhere: there is nothing to find.
    """
    flat = np.sort(truth.ravel())[::-1].astype(np.float64)
    if flat[0] <= 0:
        raise ValueError("the truth map is zero everywhere: this image has nothing to find")
    reached = np.searchsorted(np.cumsum(flat), energy * flat.sum())
    return truth >= flat[min(int(reached), len(flat) - 1)]


def relevance_share(relevance: np.ndarray, mask: np.ndarray) -> Share:
    """Score one map (height, width) against one mask of the same shape."""
    return Share(float(shares(relevance[None], mask[None])[0, 0]), float(mask.mean()))


def shares(maps: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Score every map against every mask.

    Parameters
    ----------
    maps : ndarray
        (m, height, width).
    masks : ndarray
        bool (n, height, width).

    Returns
    -------
    ndarray
        (m, n): the share of map i's positive relevance on mask j, as `relevance_share` has it.
    """
    positive = np.clip(maps, 0, None).reshape(len(maps), -1).astype(np.float64)
    totals = positive.sum(1, keepdims=True)
    empty = totals == 0
    found = positive @ masks.reshape(len(masks), -1).T.astype(np.float64)
    return np.where(empty, np.nan, found / np.where(empty, 1, totals))


def resized(maps: np.ndarray, side: int) -> np.ndarray:
    """Return maps (n, s, s) resized to (n, side, side), bilinear."""
    return (
        nn.functional.interpolate(
            torch.from_numpy(np.ascontiguousarray(maps, dtype=np.float32))[:, None],
            size=(side, side),
            mode="bilinear",
            align_corners=False,
        )
        .squeeze(1)
        .numpy()
    )
