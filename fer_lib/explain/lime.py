"""LIME of one head by its authors' package, on SLIC superpixels, repeatable and without a bar."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from skimage.segmentation import slic
from torch import Tensor, nn

from fer_lib.explain.one_head import BATCH, logits
from fer_lib.models.frozen_trunk import Staged
from fer_lib.task import Head
from fer_lib.training.augmentation import normalise, resize

with warnings.catch_warnings():
    # In a notebook its progress bar asks at once for widgets, which nothing here needs.
    warnings.filterwarnings("ignore", "IProgress not found")
    from lime import lime_image


def segments_of(image: np.ndarray, count: int = 50) -> np.ndarray:
    """Return the SLIC superpixels of a uint8 image (side, side, 3): int (side, side), from 0.

    They have no chance in them: every seed perturbs the same segments. The package's own default,
    quickshift, finds a handful of segments in a face of 48 pixels.

    Examples
    --------
    >>> image = np.random.default_rng(0).integers(0, 256, (48, 48, 3), np.uint8)
    >>> segments_of(image, 20).shape
    (48, 48)
    """
    return slic(image, n_segments=count, start_label=0, compactness=12)


def probabilities(network: nn.Module, head: str) -> Callable[[np.ndarray], np.ndarray]:
    """Return the function that LIME asks: images (n, side, side, 3), uint8, to (n, classes).

    Parameters
    ----------
    network : nn.Module
        Returns the logits by head, in evaluation mode.
    head : str
        The one head whose probabilities are given.
    """

    def predict(images: np.ndarray) -> np.ndarray:
        batch = normalise(torch.from_numpy(images).permute(0, 3, 1, 2))
        with torch.inference_mode():
            return logits(network(batch), head).softmax(1).double().numpy()

    return predict


@contextmanager
def without_bar() -> Iterator[None]:
    """Keep the package from printing a progress bar, which it has no argument against.

    Examples
    --------
    >>> with without_bar():
    ...     assert lime_image.tqdm([1, 2]) == [1, 2]
    """

    def as_it_is(rows: Iterable) -> Iterable:
        return rows

    shown = lime_image.tqdm
    lime_image.tqdm = as_it_is
    try:
        yield
    finally:
        lime_image.tqdm = shown


def weights_of(
    network: nn.Module,
    image: np.ndarray,
    segments: np.ndarray,
    head: str,
    target: int,
    copies: int,
    seed: int,
) -> np.ndarray:
    """Return every segment's weight for one class of one head, float64 (segments,).

    Parameters
    ----------
    network : nn.Module
        In evaluation mode.
    image : ndarray
        uint8 (side, side, 3), at the network's own size. A hidden segment lies under its mean
        colour.
    segments : ndarray
        int (side, side), from 0.
    head, target : str, int
        The head, and the place of the class among its classes.
    copies : int
        Perturbed copies: forward passes of one image. The first is the image itself.
    seed : int
        The same seed repeats the weights bit for bit.

    Raises
    ------
    ValueError
        If ``copies`` is not positive, or the network has no such head.

    References
    ----------
    Ribeiro et al., doi:10.1145/2939672.2939778; its package `lime`.
    """
    if copies < 1:
        raise ValueError(f"copies is {copies}: must be positive")
    # An explainer goes on drawing from its own stream: only a fresh one repeats.
    explainer = lime_image.LimeImageExplainer(feature_selection="none", random_state=seed)
    with without_bar():
        explanation = explainer.explain_instance(
            image,
            probabilities(network, head),
            labels=(target,),
            top_labels=None,
            num_samples=copies,
            batch_size=BATCH,
            segmentation_fn=lambda _: segments,
        )
    found = dict(explanation.local_exp[target])
    return np.array([found[place] for place in range(len(found))])


def lime(
    network: Staged,
    image: np.ndarray,
    head: Head,
    target: int | None = None,
    segments: int = 50,
    copies: int = 256,
    seed: int = 0,
) -> np.ndarray:
    """Return the LIME map of one head's class for one image, by the package `lime`.

    Parameters
    ----------
    network : Staged
        In evaluation mode.
    image : ndarray
        uint8 RGB (S, S, 3), such as a row of ``faces.images``; resized to the network's side.
    head : Head
        Whose class is explained.
    target : int, optional
        The place of that class among the head's; None: the one that is predicted.
    segments : int
        Superpixels asked for; SLIC makes somewhat fewer.
    copies : int
        Perturbed copies: forward passes of one image.
    seed : int
        The same seed repeats the map bit for bit.

    Returns
    -------
    ndarray
        float32 (side, side): how much each pixel's segment adds to the class's probability.

    Raises
    ------
    ValueError
        If ``copies`` is not positive, or the network has no such head.

    References
    ----------
    Ribeiro et al., doi:10.1145/2939672.2939778.

    Examples
    --------
    >>> from fer_lib.settings import Settings
    >>> from fer_lib.training import configs, run_training
    >>> settings = Settings("rendered46", "", "smoke", 0)
    >>> network = run_training.build(configs.first("cnn_baseline", settings)).eval()
    >>> image = np.random.default_rng(0).integers(0, 256, (48, 48, 3), np.uint8)
    >>> found = lime(network, image, network.task["emotion"], copies=16)
    >>> found.shape == (network.side, network.side), found.dtype.name
    (True, 'float32')
    """
    pixels: Tensor = resize(image[None], network.side)[0]
    picture = pixels.permute(1, 2, 0).contiguous().numpy()
    if target is None:
        target = int(probabilities(network, head.name)(picture[None]).argmax())
    parts = segments_of(picture, segments)
    found = weights_of(network, picture, parts, head.name, target, copies, seed)
    return found[parts].astype(np.float32)
