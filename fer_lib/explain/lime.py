"""LIME of both heads from one set of perturbed copies, as few of them as stability needs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from scipy.linalg import hadamard
from skimage.segmentation import slic
from torch import Tensor, nn

from fer_lib.explain.agreement import spearman
from fer_lib.explain.view import logits
from fer_lib.tensors import normalise

BATCH = 16  # larger ones leave the cache: measured, CPU time grows by a sixth at 64
KERNEL_WIDTH = 0.25  # of cosine distances, as in the authors' package
RIDGE = 1.0  # as there

Predict = Callable[[Tensor], Tensor]


def segments_of(image: Tensor, count: int) -> np.ndarray:
    """Return SLIC superpixels of a uint8 image (3, side, side): int (side, side), from 0.

    They have no chance in them: every seed perturbs the same segments.
    """
    return slic(image.permute(1, 2, 0).numpy(), n_segments=count, start_label=0, compactness=12)


def design(segments: int, copies: int, seed: int) -> np.ndarray:
    """Return which segments each perturbed copy keeps, bool (copies, segments).

    Half of the copies are the others turned inside out, so that what two segments do together
    cannot be mistaken for what one does; and within a block of copies each segment is kept in half
    of them, and each pair of segments together in a quarter, as nearly as the number allows: the
    rows of a Hadamard matrix, their columns drawn and their signs turned at random.

    Parameters
    ----------
    segments : int
        At least 1.
    copies : int
        Even. A design of more copies begins with the one of fewer, if both have the same seed.
    seed : int
        Of the draws.

    Raises
    ------
    ValueError
        If ``copies`` is not even and positive.

    References
    ----------
    Two-level designs and their foldover: Plackett and Burman, doi:10.1093/biomet/33.4.305;
    Box and Hunter, doi:10.1080/00401706.1961.10489951.
    """
    if copies < 2 or copies % 2:
        raise ValueError(f"copies is {copies}: must be even and positive")
    chance = np.random.default_rng(seed)
    order = 1 << int(segments).bit_length()  # more rows than segments: one column is constant
    rows: list[np.ndarray] = []
    while 2 * sum(map(len, rows)) < copies:
        columns = 1 + chance.permutation(order - 1)[:segments]
        signs = chance.choice([-1, 1], segments)
        rows.append(hadamard(order)[chance.permutation(order)][:, columns] * signs > 0)
    kept = np.concatenate(rows)[: copies // 2]
    return np.stack([kept, ~kept], 1).reshape(copies, segments)


def nearness(kept: np.ndarray) -> np.ndarray:
    """Return each copy's weight (copies,): near the whole image counts more.

    Of the cosine distance between what is kept and all, as in the authors' package.
    """
    distance = 1 - np.sqrt(kept.mean(1))
    return np.sqrt(np.exp(-(distance**2) / KERNEL_WIDTH**2))


def fitted(kept: np.ndarray, answers: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return each segment's weight in the weighed ridge regression, (segments, outputs).

    Parameters
    ----------
    kept : ndarray
        bool (copies, segments).
    answers : ndarray
        (copies, outputs), probabilities.
    weights : ndarray
        (copies,), from `nearness`.
    """
    share = weights / weights.sum()
    x = kept - share @ kept
    y = answers - share @ answers
    left = (x * weights[:, None]).T @ x + RIDGE * np.eye(kept.shape[1])
    return np.linalg.solve(left, (x * weights[:, None]).T @ y)


def answers(predict: Predict, image: Tensor, segments: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Return what ``predict`` says of the perturbed copies, (copies, outputs).

    A segment that is not kept lies under its mean colour. Only a batch of copies exists at a time.

    Parameters
    ----------
    predict : callable
        Normalised float32 images (n, 3, side, side) -> (n, outputs).
    image : Tensor
        uint8 (3, side, side).
    segments : ndarray
        int (side, side), from 0.
    kept : ndarray
        bool (copies, segments).
    """
    labels = torch.from_numpy(segments.reshape(-1).astype(np.int64))
    pixels = normalise(image[None])[0].permute(1, 2, 0).reshape(-1, 3)
    count = kept.shape[1]
    sizes = torch.bincount(labels, minlength=count).clamp_min(1).unsqueeze(1)
    mean = torch.zeros(count, 3).index_add_(0, labels, pixels) / sizes
    hidden = mean[labels]
    side = image.shape[-1]
    said = []
    with torch.inference_mode():
        for start in range(0, len(kept), BATCH):
            shown = torch.from_numpy(kept[start : start + BATCH])[:, labels].unsqueeze(2)
            batch = torch.where(shown, pixels, hidden).reshape(-1, side, side, 3)
            said.append(predict(batch.permute(0, 3, 1, 2)).double())
    return torch.cat(said).numpy()


def both_heads(model: nn.Module) -> Predict:
    """Return a function that gives the probabilities of both heads, (n, 9): emotions, then two."""

    def predict(batch: Tensor) -> Tensor:
        output = model(batch)
        parts = [logits(output, head).softmax(1) for head in ("emotion", "authenticity")]
        return torch.cat(parts, 1)

    return predict


def column(head: str, target: int) -> int:
    """Return the place of a head's class in what `both_heads` gives."""
    return target if head == "emotion" else 7 + target


def weights_of(
    model: nn.Module, image: Tensor, segments: np.ndarray, copies: int, seed: int
) -> np.ndarray:
    """Return every segment's LIME weight for all classes of both heads, (segments, 9).

    Parameters
    ----------
    model : nn.Module
        In evaluation mode.
    image : Tensor
        uint8, (3, side, side), at the model's own size.
    segments : ndarray
        int (side, side), from 0, as `segments_of` gives.
    copies : int
        Perturbed copies: forward passes of one image.
    seed : int
        The same seed repeats the weights bit for bit.

    References
    ----------
    Ribeiro et al., doi:10.1145/2939672.2939778.
    """
    kept = design(int(segments.max()) + 1, copies, seed)
    return fitted(kept, answers(both_heads(model), image, segments, kept), nearness(kept))


def one(
    model: nn.Module,
    image: Tensor,
    head: str,
    target: int,
    segments: np.ndarray,
    copies: int,
    seed: int,
) -> np.ndarray:
    """Return the LIME map of one head's class: float32 (side, side), a pixel has its segment's."""
    found = weights_of(model, image, segments, copies, seed)[:, column(head, target)]
    return found[segments].astype(np.float32)


def stability(
    predict: Predict, image: Tensor, segments: np.ndarray, sizes: tuple[int, ...], seeds: int
) -> dict[int, np.ndarray]:
    """Return how far LIME repeats itself, by number of copies: (outputs,) each.

    The mean Spearman correlation of the segments' weights over all pairs of seeds. The designs of
    the smaller sizes are the beginnings of the largest, so that only that one is predicted.

    Parameters
    ----------
    predict, image, segments
        As for `answers`.
    sizes : tuple of int
        Numbers of copies, each even.
    seeds : int
        At least 2.
    """
    found: dict[int, list[np.ndarray]] = {size: [] for size in sizes}
    for seed in range(seeds):
        kept = design(int(segments.max()) + 1, max(sizes), seed)
        said = answers(predict, image, segments, kept)
        for size, weights in found.items():
            part = kept[:size]
            weights.append(fitted(part, said[:size], nearness(part)))
    return {size: mean_agreement(np.stack(weights)) for size, weights in found.items()}


def mean_agreement(weights: np.ndarray) -> np.ndarray:
    """Return the mean Spearman correlation over pairs of seeds, (outputs,).

    ``weights`` is (seeds, segments, outputs).
    """
    pairs = np.triu_indices(len(weights), 1)
    return np.array(
        [
            np.mean(spearman(weights[pairs[0], :, k], weights[pairs[1], :, k]))
            for k in range(weights.shape[2])
        ]
    )
