"""Class activation maps of all heads and methods from one forward pass, for hundreds of faces.

``pytorch_grad_cam`` (`fer_lib.explain.grad_cam`) takes a forward pass for each head and method,
the gradient of every layer, and for EigenCAM a full singular value decomposition; here one pass,
the gradient of one layer and a decomposition of the smaller side give the same maps, unscaled and
on the layer's own grid. On a layer with negative features Grad-CAM++ is the package's as well: a
positive gradient may then get a negative weight, which its paper, whose features come from a ReLU,
rules out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call

from fer_lib.explain.one_head import logits
from fer_lib.papers.diya2026.traced_layers import hooked
from fer_lib.training.augmentation import normalise

BATCH = 32
EPSILON = 1e-6  # of the package, in the denominator of Grad-CAM++


def grad_cam(features: Tensor, gradients: Tensor) -> Tensor:
    """Return Grad-CAM: features weighed by their mean gradients (doi:10.1109/ICCV.2017.74).

    Parameters
    ----------
    features, gradients : Tensor
        (n, channels, h, w): a layer's activations, and one class's gradients with respect to them.

    Returns
    -------
    Tensor
        (n, h, w), not negative.
    """
    return (features * gradients.mean((2, 3), keepdim=True)).sum(1).relu()


def grad_cam_plus_plus(features: Tensor, gradients: Tensor) -> Tensor:
    """Return Grad-CAM++, which weighs each place's gradient (doi:10.1109/WACV.2018.00097).

    Shapes as for `grad_cam`. Higher derivatives are powers of the first, as for the exponential of
    the logit that the paper differentiates; its own factor, one an image, is left out.
    """
    square = gradients**2
    total = features.sum((2, 3), keepdim=True)
    share = square / (2 * square + total * gradients**3 + EPSILON)
    share = torch.where(gradients == 0, 0, share)
    return (features * (share * gradients.relu()).sum((2, 3), keepdim=True)).sum(1).relu()


def eigen_cam(features: Tensor, gradients: Tensor) -> Tensor:
    """Return EigenCAM: the first principal component of the features (arXiv:2008.00299).

    Shapes as for `grad_cam`. It asks neither head nor class, so where both heads see one layer
    their maps are the same: what a map can find without knowing what is explained.
    """
    n, channels, high, wide = features.shape
    table = features.reshape(n, channels, high * wide).double()
    table = table - table.mean(2, keepdim=True)
    # The component from the smaller of the two tables of products: far quicker than an SVD.
    if channels <= high * wide:
        _, vectors = torch.linalg.eigh(table @ table.mT)
        first = (vectors[..., -1:].mT @ table)[:, 0]
    else:
        values, vectors = torch.linalg.eigh(table.mT @ table)
        first = vectors[..., -1] * values[:, -1:].clamp_min(0).sqrt()
    # A component's sign is arbitrary: its larger end is turned up.
    sign = torch.where(-first.amin(1, keepdim=True) > first.amax(1, keepdim=True), -1.0, 1.0)
    return (first * sign).reshape(n, high, wide).relu().float()


METHODS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "Grad-CAM": grad_cam,
    "Grad-CAM++": grad_cam_plus_plus,
    "EigenCAM": eigen_cam,
}


class _Tap:
    """Keeps what a layer gives, as the start of a graph; everything before it has none."""

    def __init__(self) -> None:
        self.features: Tensor | None = None

    def __call__(self, _module: nn.Module, _given: object, output: Tensor) -> Tensor:
        if self.features is not None:
            raise ValueError("the layer runs twice in one pass: explain one that runs once")
        self.features = output if output.requires_grad else output.detach().requires_grad_()
        return self.features.clone()  # so that what follows may work in place


def features_and_gradients(
    model: nn.Module,
    images: Tensor,
    layers: dict[str, nn.Module],
    targets: dict[str, Tensor],
) -> dict[str, tuple[Tensor, Tensor]]:
    """Return each head's (features, gradients) from one forward pass of the model.

    The gradient of one head's class is asked for by itself, so that no head leaks into the other.

    Parameters
    ----------
    model : nn.Module
        Returns the logits by head, in evaluation mode.
    images : Tensor
        uint8, (n, 3, side, side).
    layers : dict
        Head -> the layer whose activations are weighed; the heads may share one.
    targets : dict
        Head -> int64 (n,), the class that is explained for each image.

    Raises
    ------
    ValueError
        If a layer takes no part in what its head says, or runs more than once a pass.
    """
    taps = {id(layer): (_Tap(), layer) for layer in layers.values()}
    # Parameters without gradients: nothing before the layer keeps a graph.
    still = {name: parameter.detach() for name, parameter in model.named_parameters()}
    with hooked((layer, tap) for tap, layer in taps.values()), torch.enable_grad():
        output = functional_call(model, still, (normalise(images),))
        found = {}
        for head, layer in layers.items():
            features = taps[id(layer)][0].features
            score = logits(output, head).gather(1, targets[head][:, None]).sum()
            gradients = None
            if features is not None and score.requires_grad:
                (gradients,) = torch.autograd.grad(
                    score, features, retain_graph=True, allow_unused=True
                )
            if gradients is None:
                raise ValueError(f"the layer takes no part in what head {head} says")
            found[head] = features.detach(), gradients.detach()
    return found


def maps(
    model: nn.Module,
    images: Tensor,
    layers: dict[str, nn.Module],
    targets: dict[str, Tensor],
    methods: tuple[str, ...] = tuple(METHODS),
) -> dict[tuple[str, str], np.ndarray]:
    """Return the maps of all methods and heads by (method, head), one forward pass a batch.

    Parameters
    ----------
    model, images, layers, targets
        As for `features_and_gradients`; any number of images.
    methods : tuple of str
        Of `METHODS`.

    Returns
    -------
    dict
        float32 arrays (n, h, w) on the layer's own grid, not negative.
    """
    parts: dict[tuple[str, str], list[Tensor]] = {(m, h): [] for m in methods for h in layers}
    for start in range(0, len(images), BATCH):
        batch = slice(start, start + BATCH)
        chosen = {head: target[batch] for head, target in targets.items()}
        found = features_and_gradients(model, images[batch], layers, chosen)
        for (method, head), held in parts.items():
            held.append(METHODS[method](*found[head]))
    return {key: torch.cat(held).float().numpy() for key, held in parts.items()}


def one(
    model: nn.Module,
    images: Tensor,
    layer: nn.Module,
    head: str,
    target: Tensor,
    method: str = "Grad-CAM",
) -> np.ndarray:
    """Return the maps of one method and one head, float32 (n, h, w), as `maps` has them."""
    return maps(model, images, {head: layer}, {head: target}, (method,))[method, head]
