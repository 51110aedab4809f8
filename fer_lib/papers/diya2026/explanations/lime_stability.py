"""How far LIME repeats itself under other perturbed copies."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from fer_lib.explain.lime import Predict, answers, design, fitted, nearness
from fer_lib.papers.diya2026.explanations.map_agreement import spearman


def stability(
    predict: Predict, image: Tensor, segments: np.ndarray, sizes: tuple[int, ...], seeds: int
) -> dict[int, np.ndarray]:
    """Return how far LIME repeats itself, by number of copies: (outputs,) each.

    The mean Spearman correlation of the segments' weights over all pairs of seeds. The designs of
    the smaller sizes are the beginnings of the largest, so that only that one is predicted.

    Parameters
    ----------
    predict, image, segments
        As for `fer_lib.explain.lime.answers`.
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
