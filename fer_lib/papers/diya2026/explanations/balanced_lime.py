"""LIME for all heads from one set of perturbed copies, in a balanced design.

For scores over many faces: one forward pass of a copy serves every class of every head, where the
package `lime` (`fer_lib.explain.lime`) makes new copies for each, and a balanced design of copies
repeats itself better over seeds than as many copies drawn by lot. `make bench` measures both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from scipy.linalg import hadamard
from torch import Tensor, nn

from fer_lib.explain.one_head import BATCH, logits
from fer_lib.task import Task
from fer_lib.training.augmentation import normalise

KERNEL_WIDTH = 0.25  # of cosine distances, as in the package
RIDGE = 1.0  # as there

Predict = Callable[[Tensor], Tensor]


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

    Of the cosine distance between what is kept and all, as in the package.
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


def all_heads(model: nn.Module) -> Predict:
    """Return a function that gives the probabilities of all heads' classes, side by side.

    They are (n, 9) for seven emotions and two kinds of authenticity.
    """

    def predict(batch: Tensor) -> Tensor:
        output = model(batch)
        return torch.cat([logits(output, head).softmax(1) for head in output], 1)

    return predict


def column(task: Task, head: str, target: int) -> int:
    """Return the place of a head's class in what `all_heads` gives."""
    before = task.heads[: task.heads.index(task[head])]
    return sum(len(one.classes) for one in before) + target


def weights_of_heads(
    model: nn.Module, image: Tensor, segments: np.ndarray, copies: int, seed: int
) -> np.ndarray:
    """Return every segment's LIME weight for all classes of all heads, (segments, classes).

    Parameters
    ----------
    model : nn.Module
        In evaluation mode.
    image : Tensor
        uint8, (3, side, side), at the model's own size.
    segments : ndarray
        int (side, side), from 0, as `fer_lib.explain.lime.segments_of` gives.
    copies : int
        Perturbed copies: forward passes of one image.
    seed : int
        The same seed repeats the weights bit for bit.

    References
    ----------
    Ribeiro et al., doi:10.1145/2939672.2939778.
    """
    kept = design(int(segments.max()) + 1, copies, seed)
    return fitted(kept, answers(all_heads(model), image, segments, kept), nearness(kept))


def maps(
    network: nn.Module,
    images: Tensor,
    segments: Sequence[np.ndarray],
    task: Task,
    targets: Mapping[str, Tensor],
    copies: int,
    seed: int,
) -> dict[str, np.ndarray]:
    """Return the LIME maps of one class of each head, float32 (n, side, side) by head.

    Parameters
    ----------
    network : nn.Module
        In evaluation mode.
    images : Tensor
        uint8 (n, 3, side, side).
    segments : sequence of ndarray
        int (side, side) of each image.
    task : Task
        Whose heads the network has, in their order.
    targets : mapping
        Head -> int64 (n,), the class that is explained for each image.
    copies, seed : int
        As for `weights_of_heads`; the same design for every image.
    """
    found: dict[str, list[np.ndarray]] = {head: [] for head in targets}
    for i, (image, parts) in enumerate(zip(images, segments, strict=True)):
        weights = weights_of_heads(network, image, parts, copies, seed)
        for head, held in found.items():
            held.append(weights[parts, column(task, head, int(targets[head][i]))])
    return {head: np.stack(held).astype(np.float32) for head, held in found.items()}
