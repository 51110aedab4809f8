"""Class activation maps of all heads and methods from one forward pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call

from fer_lib.explain.one_head import logits
from fer_lib.models.frozen_trunk import Staged
from fer_lib.task import Head
from fer_lib.training.augmentation import normalise, resize

BATCH = 32


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
    # The paper's features are behind a ReLU; where a layer has none, its negative ones are left out
    # of the sum, which would otherwise turn signs around.
    total = features.relu().sum((2, 3), keepdim=True)
    below = 2 * square + total * gradients**3
    share = torch.where(below == 0, 0, square / torch.where(below == 0, 1, below))
    return (features * (share * gradients.relu()).sum((2, 3), keepdim=True)).sum(1).relu()


def eigen_cam(features: Tensor, gradients: Tensor) -> Tensor:
    """Return EigenCAM: the first principal component of the features (arXiv:2008.00299).

    Shapes as for `grad_cam`. It asks neither head nor class, so where both heads see one layer
    their maps are the same: what a map can find without knowing what is explained.
    """
    n, channels, high, wide = features.shape
    table = features.reshape(n, channels, high * wide)
    # The component's sign is arbitrary: it is turned to the side where there is more activation.
    # The component from the smaller of the two tables of products: far quicker than an SVD.
    if channels <= high * wide:
        _, vectors = torch.linalg.eigh(table @ table.mT)
        first = (vectors[..., -1:].mT @ table)[:, 0]
    else:
        values, vectors = torch.linalg.eigh(table.mT @ table)
        first = vectors[..., -1] * values[:, -1:].clamp_min(0).sqrt()
    sign = torch.where((first * table.sum(1)).sum(1, keepdim=True) < 0, -1.0, 1.0)
    return (first * sign).reshape(n, high, wide).relu()


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


def cams(
    network: Staged, images: np.ndarray, head: Head, target: int | None = None
) -> dict[str, np.ndarray]:
    """Return the class activation maps of one head by all `METHODS`.

    Parameters
    ----------
    network : Staged
        In evaluation mode.
    images : ndarray
        uint8 RGB (n, S, S, 3), such as rows of ``faces.images``; resized to the network's side.
    head : Head
        Whose class is explained.
    target : int, optional
        The place of that class among the head's; None: of each image the one that is predicted.

    Returns
    -------
    dict of str to ndarray
        By method, float32 (n, h, w), not negative, on the grid of the last feature map.

    Raises
    ------
    ValueError
        If the network has no such head.

    References
    ----------
    Grad-CAM doi:10.1109/ICCV.2017.74, Grad-CAM++ doi:10.1109/WACV.2018.00097, EigenCAM
    arXiv:2008.00299.

    Examples
    --------
    >>> from fer_lib.settings import Settings
    >>> from fer_lib.training import configs, run_training
    >>> settings = Settings("rendered46", "", "smoke", 0)
    >>> network = run_training.build(configs.first("cnn_baseline", settings)).eval()
    >>> found = cams(network, np.full((2, 48, 48, 3), 90, np.uint8), network.task["emotion"])
    >>> list(found), found["Grad-CAM"].shape[0], found["Grad-CAM"].dtype.name
    (['Grad-CAM', 'Grad-CAM++', 'EigenCAM'], 2, 'float32')
    """
    pixels, layers = resize(images, network.side), {head.name: network.explained_layer(head.name)}
    classes = torch.full((len(pixels),), 0 if target is None else target)
    if target is None:
        with torch.inference_mode():
            batches = [network(normalise(part)) for part in pixels.split(BATCH)]
        classes = torch.cat([logits(output, head.name).argmax(1) for output in batches])
    found = maps(network, pixels, layers, {head.name: classes})
    return {method: found[method, head.name] for method in METHODS}


@contextmanager
def hooked(hooks: Iterable[tuple[nn.Module, Callable]]) -> Iterator[None]:
    """Call each module's hook, as torch's forward hooks are called, until the block ends."""
    handles = [module.register_forward_hook(hook) for module, hook in hooks]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
