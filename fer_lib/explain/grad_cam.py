"""Class activation maps of one head by the package ``pytorch_grad_cam``."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr

import numpy as np
import torch
from torch import Tensor, nn

from fer_lib.explain.one_head import BATCH, OneHead
from fer_lib.models import torchvision_repair
from fer_lib.models.frozen_trunk import Staged
from fer_lib.task import Head
from fer_lib.training.augmentation import normalise, resize

METHODS = ("Grad-CAM", "Grad-CAM++", "EigenCAM")
SCORE_CAM = "Score-CAM"  # a forward pass for each channel of the layer: only where it is asked for


def cams(
    network: Staged,
    images: np.ndarray,
    head: Head,
    target: int | None = None,
    methods: tuple[str, ...] = METHODS,
) -> dict[str, np.ndarray]:
    """Return the class activation maps of one head, as ``pytorch_grad_cam`` makes them.

    Parameters
    ----------
    network : Staged
        Is left as it was.
    images : ndarray
        uint8 RGB (n, S, S, 3), such as rows of ``faces.images``; resized to the network's side.
    head : Head
        Whose class is explained.
    target : int, optional
        The place of that class among the head's; None: of each image the one that is predicted.
    methods : tuple of str
        Of `METHODS`; or "Score-CAM", which takes a forward pass for each channel of the layer.

    Returns
    -------
    dict of str to ndarray
        By method, float32 (n, side, side) in [0, 1], of the last feature map that the head sees.

    Raises
    ------
    ValueError
        If the network has no such head, or there is no such class or method.

    References
    ----------
    Grad-CAM doi:10.1109/ICCV.2017.74, Grad-CAM++ doi:10.1109/WACV.2018.00097, EigenCAM
    arXiv:2008.00299, Score-CAM doi:10.1109/CVPRW50498.2020.00020.

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
    if target is not None and not 0 <= target < len(head.classes):
        raise ValueError(f"head {head.name} has no class {target}: it has {len(head.classes)}")
    pixels = resize(images, network.side)
    layer = network.explained_layer(head.name)
    classes = torch.full((len(pixels),), 0 if target is None else target)
    if target is None:
        with _unchanged(network), torch.inference_mode():
            one = OneHead(network, head.name)
            classes = torch.cat([one(normalise(p)).argmax(1) for p in pixels.split(BATCH)])
    return {m: by_package(network, pixels, layer, head.name, classes, m) for m in methods}


def by_package(
    model: nn.Module, images: Tensor, layer: nn.Module, head: str, target: Tensor, method: str
) -> np.ndarray:
    """Return maps of one method of ``pytorch_grad_cam`` at any layer of a model.

    EigenCAM has the package's own correction of the sign (doi:10.3390/app15137562): without it the
    sign is what the decomposition happens to return, and a map may show the inverse.

    Parameters
    ----------
    model : nn.Module
        Returns the logits by head; is left as it was.
    images : Tensor
        uint8 (n, 3, side, side).
    layer : nn.Module
        Of the model: whose activations are weighed.
    head, target : str, Tensor
        The head, and int64 (n,) the class explained for each image.
    method : str
        As for `cams`.

    Returns
    -------
    ndarray
        float32 (n, side, side), each scaled to [0, 1].

    Raises
    ------
    ValueError
        If there is no such method.
    """
    torchvision_repair.ensure()  # of torchvision, which the package imports
    import pytorch_grad_cam as package
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
    from pytorch_grad_cam.utils.svd_on_activations import (
        get_2d_projection_with_sign_correction as signed_projection,
    )

    kinds = {
        "Grad-CAM": package.GradCAM,
        "Grad-CAM++": package.GradCAMPlusPlus,
        "EigenCAM": package.EigenCAM,
        SCORE_CAM: package.ScoreCAM,
    }
    if method not in kinds:
        raise ValueError(f"unknown method {method!r}: choose one of {', '.join(kinds)}")
    with ExitStack() as stack:
        stack.enter_context(_unchanged(model))
        stack.enter_context(redirect_stderr(io.StringIO()))  # the progress bar of Score-CAM
        explainer = kinds[method](OneHead(model, head), [layer])
        # Not the package's own `with`, which swallows an IndexError.
        stack.callback(explainer.activations_and_grads.release)
        explainer.batch_size = BATCH
        if method == "EigenCAM":
            explainer.get_cam_image = lambda *given: signed_projection(given[3])
        found = []
        at_once = 1 if method == SCORE_CAM else BATCH  # it holds a copy of an image a channel
        for batch, classes in zip(images.split(at_once), target.split(at_once), strict=True):
            pixels = normalise(batch).requires_grad_(method != SCORE_CAM)
            found.append(explainer(pixels, [ClassifierOutputTarget(int(k)) for k in classes]))
    return np.concatenate(found)


@contextmanager
def _unchanged(model: nn.Module) -> Iterator[None]:
    """Put a model in evaluation mode without gradients of parameters; undo both afterwards."""
    modes = [(module, module.training) for module in model.modules()]
    kept = [(one, one.requires_grad, one.grad) for one in model.parameters()]
    try:
        model.eval().requires_grad_(False)
        yield
    finally:
        for module, training in modes:
            module.training = training
        for parameter, wanted, gradient in kept:
            parameter.requires_grad_(wanted).grad = gradient
