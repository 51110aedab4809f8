"""SMOTE on embeddings: a yes/no head is balanced, emotions are mapped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from imblearn.over_sampling import SMOTE
from sklearn.neighbors import NearestNeighbors

from fer_lib.task import Task
from fer_lib.training.dataset import ActivationSamples


def smote(
    embeddings: np.ndarray, balanced: np.ndarray, mapped: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the synthetic points that make all values of one label equally frequent.

    Parameters
    ----------
    embeddings : ndarray
        float, shape (n, d).
    balanced : ndarray
        (n,), the label that SMOTE balances.
    mapped : ndarray
        (n,), another label; a synthetic point gets that of its nearest neighbour.
    seed : int
        The same seed gives the same points.

    Returns
    -------
    (ndarray, ndarray, ndarray)
        Of the m synthetic points alone: (m, d), and both labels, (m,). m may be 0.

    Raises
    ------
    ValueError
        If a value of the balanced label has fewer than two points: there is nothing between them.

    References
    ----------
    doi:10.28991/ESJ-2026-010-02-018, sections 3-4 and 4-4-3; Chawla et al., doi:10.1613/jair.953.
    """
    fewest = int(np.unique(balanced, return_counts=True)[1].min())
    if fewest < 2:
        raise ValueError(f"a class has {fewest} sample: SMOTE needs two or more to go between")
    method = SMOTE(random_state=seed, k_neighbors=min(5, fewest - 1))
    points, labels = method.fit_resample(embeddings, balanced)
    points, labels = points[len(embeddings) :], labels[len(embeddings) :]
    if not len(points):
        return points, labels, mapped[:0]
    nearest = NearestNeighbors(n_neighbors=1).fit(embeddings).kneighbors(points)[1][:, 0]
    return points, labels, mapped[nearest]


def with_synthetic(samples: ActivationSamples, task: Task, seed: int) -> ActivationSamples:
    """Return training samples with synthetic embeddings behind them, one head's labels balanced.

    That is the first yes/no head, or the first head where there is none; a synthetic embedding
    gets the other heads' labels of its nearest neighbour. It has no image, hence no changed
    copies: its views are all itself.

    Raises
    ------
    ValueError
        If the activations are feature maps: SMOTE goes between embeddings.
    """
    if any(one.ndim != 2 for one in samples.activations):
        raise ValueError("SMOTE goes between embeddings: freeze the whole backbone")
    joined = torch.cat(samples.activations, 1).float().numpy()
    balanced = (task.yes_no or task.heads)[0].name
    rows = np.arange(len(joined))
    points, labels, nearest = smote(joined, samples.targets[balanced].numpy(), rows, seed)
    made = {head: given[nearest] for head, given in samples.targets.items()}
    made[balanced] = torch.from_numpy(labels)
    parts = torch.from_numpy(points).to(samples.activations[0].dtype)
    parts = parts.split([a.shape[1] for a in samples.activations], 1)
    views = ()
    if samples.views:
        count = samples.views[0].shape[1]
        views = tuple(
            torch.cat([own, new[:, None].expand(-1, count, -1)])
            for own, new in zip(samples.views, parts, strict=True)
        )
    return replace(
        samples,
        activations=tuple(
            torch.cat([own, new]) for own, new in zip(samples.activations, parts, strict=True)
        ),
        views=views,
        targets={head: torch.cat([given, made[head]]) for head, given in samples.targets.items()},
    )
