"""How far LIME repeats itself under other perturbed copies, and how many copies that needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from torch import Tensor, nn

from fer_lib.explain import lime
from fer_lib.papers.diya2026.explanations.balanced_lime import (
    Predict,
    all_heads,
    answers,
    column,
    design,
    fitted,
    nearness,
    weights_of_heads,
)
from fer_lib.papers.diya2026.explanations.map_agreement import spearman
from fer_lib.task import Task


def stability(
    predict: Predict, image: Tensor, segments: np.ndarray, sizes: Sequence[int], seeds: int
) -> dict[int, np.ndarray]:
    """Return how far balanced LIME repeats itself, by number of copies: (outputs,) each.

    The mean Spearman correlation of the segments' weights over all pairs of seeds. The designs of
    the smaller sizes are the beginnings of the largest, so that only that one is predicted.

    Parameters
    ----------
    predict, image, segments
        As for `fer_lib.papers.diya2026.explanations.balanced_lime.answers`.
    sizes : sequence of int
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


def sizes_of(segments: int, most: int) -> tuple[int, ...]:
    """Return the numbers of copies to try: a whole balanced design, doubled up to ``most``.

    Examples
    --------
    >>> sizes_of(45, 600), sizes_of(45, 100)
    ((128, 256, 512), (128,))
    """
    block = 2 << int(segments).bit_length()
    return tuple(block << k for k in range(16) if block << k <= max(block, most))


def by_model(
    models: Mapping[str, nn.Module],
    images: Tensor,
    segments: Sequence[np.ndarray],
    task: Task,
    targets: Mapping[str, Mapping[str, Tensor]],
    sizes: Sequence[int],
    seeds: int,
) -> pd.DataFrame:
    """Return the stability of every model and head, mean over images.

    Parameters
    ----------
    models : mapping
        Name to network, in evaluation mode.
    images : Tensor
        uint8 (n, 3, side, side).
    segments, task
        As for `fer_lib.papers.diya2026.explanations.balanced_lime.maps`.
    targets : mapping
        By model what that function takes.
    sizes, seeds
        As for `stability`.

    Returns
    -------
    DataFrame
        Index: model and head. Columns: the sizes.
    """
    rows = {}
    for name, model in models.items():
        predict = all_heads(model)
        each = [
            stability(predict, image, parts, sizes, seeds)
            for image, parts in zip(images, segments, strict=True)
        ]
        for head, chosen in targets[name].items():
            places = [column(task, head, int(target)) for target in chosen]
            rows[name, head] = {
                size: np.mean([found[size][k] for found, k in zip(each, places, strict=True)])
                for size in sizes
            }
    return pd.DataFrame(rows).T.rename_axis(["model", "head"])


def enough(table: pd.DataFrame, asked: float) -> int | None:
    """Return the fewest copies with which every row of `by_model` is as stable as asked.

    None if even the most copies are too few.
    """
    reached = (table >= asked).all()
    return int(reached.idxmax()) if reached.any() else None


def of_both(
    network: nn.Module,
    image: Tensor,
    segments: np.ndarray,
    task: Task,
    targets: Mapping[str, int],
    copies: int,
    seeds: int,
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return one class's weights by the package and by the balanced design, by head.

    Parameters
    ----------
    network, segments, task, copies
        As for `fer_lib.papers.diya2026.explanations.balanced_lime.maps`.
    image : Tensor
        uint8 (3, side, side).
    targets : mapping
        Head to the place of the class.
    seeds : int
        How many, from 0.

    Returns
    -------
    dict
        Head -> (package, balanced), each (seeds, segments).
    """
    picture = image.permute(1, 2, 0).contiguous().numpy()
    heads = [weights_of_heads(network, image, segments, copies, seed) for seed in range(seeds)]
    found = {}
    for head, target in targets.items():
        asked, place = (network, picture, segments, head, target), column(task, head, target)
        package = [lime.weights_of(*asked, copies, seed) for seed in range(seeds)]
        found[head] = np.stack(package), np.stack([weights[:, place] for weights in heads])
    return found


def distances(package: np.ndarray, balanced: np.ndarray) -> dict[str, float]:
    """Return how far one seed's weights lie from the package's mean weights, of both ways.

    For each seed of the package the mean over its other seeds is taken; the distance from it is
    that of this seed's own weights, and that of the balanced design's of the same seed. Euclidean,
    mean over seeds, as a share of the length of the package's mean weights.

    Parameters
    ----------
    package, balanced : ndarray
        (seeds, segments) each, made with the same number of copies; at least 2 seeds.
    """
    others = (package.sum(0) - package) / (len(package) - 1)
    length = np.linalg.norm(package.mean(0))
    return {
        name: float(np.linalg.norm(weights - others, axis=1).mean() / length)
        for name, weights in (("package", package), ("balanced", balanced))
    }


def comparison(
    both: Sequence[Mapping[str, tuple[np.ndarray, np.ndarray]]],
) -> pd.DataFrame:
    """Return how the balanced design compares with the package, a row a head, mean over faces.

    Parameters
    ----------
    both : sequence
        What `of_both` returns of each face.

    Returns
    -------
    DataFrame
        ``distance, package`` and ``distance, balanced`` (`distances`); ``stability, package`` and
        ``stability, balanced`` (`mean_agreement`).
    """
    rows = {}
    for head in both[0]:
        found = []
        for face in both:
            agree = (float(mean_agreement(weights[..., None])[0]) for weights in face[head])
            stable = dict(zip(("stability, package", "stability, balanced"), agree, strict=True))
            apart = distances(*face[head])
            found.append({f"distance, {name}": apart[name] for name in apart} | stable)
        rows[head] = pd.DataFrame(found).mean()
    return pd.DataFrame(rows).T.rename_axis("head")
