"""Score maps against ground-truth masks, each score with its chance levels."""

from __future__ import annotations

import numpy as np
import torch
from scipy.stats import rankdata
from torch.nn import functional

from fer_lib.papers.diya2026.explanations.map_agreement import mean_of_others

TRUTH_ENERGY = 0.8  # share of a truth map's energy that its mask holds


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


def resized(maps: np.ndarray, side: int) -> np.ndarray:
    """Return maps (n, h, w) as float32 (n, side, side), bilinear, antialiased where they shrink."""
    return (
        functional.interpolate(
            torch.from_numpy(np.ascontiguousarray(maps, dtype=np.float32))[:, None],
            size=(side, side),
            mode="bilinear",
            antialias=max(maps.shape[1:]) > side,
            align_corners=False,
        )
        .squeeze(1)
        .numpy()
    )


def energy_share(maps: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Return the share of each map's positive relevance that falls on each mask.

    Parameters
    ----------
    maps : ndarray
        (m, height, width).
    masks : ndarray
        (n, height, width), bool, or weights in [0, 1].

    Returns
    -------
    ndarray
        (m, n) in [0, 1]; nan for a map without positive relevance. A map that is equal everywhere
        gets the mask's share of the image.

    References
    ----------
    Wang et al., Score-CAM (energy-based pointing game), doi:10.1109/CVPRW50498.2020.00020.
    """
    positive = np.clip(maps, 0, None).reshape(len(maps), -1).astype(np.float64)
    totals = positive.sum(1, keepdims=True)
    found = positive @ masks.reshape(len(masks), -1).T.astype(np.float64)
    return np.where(totals == 0, np.nan, found / np.where(totals == 0, 1, totals))


def pointing(maps: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Return whether each map's highest point lies on each mask: (m, n), 1 or 0.

    Where several pixels are highest it is their share on the mask. nan for a map that is equal
    everywhere. No tolerance around the mask. A map whose highest point is drawn at random hits as
    often as the mask is large.

    References
    ----------
    Zhang et al., the pointing game, doi:10.1007/s11263-017-1059-x.
    """
    flat = maps.reshape(len(maps), -1)
    highest = (flat == flat.max(1, keepdims=True)).astype(np.float64)
    hits = highest @ masks.reshape(len(masks), -1).T.astype(np.float64)
    hits = hits / highest.sum(1, keepdims=True)
    return np.where(np.ptp(flat, axis=1)[:, None] == 0, np.nan, hits)


def auc(maps: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Return how well each map ranks each mask's pixels above the others: (m, n), chance 0.5.

    The area under the ROC curve from mean ranks (Mann and Whitney): ties count half. nan for a
    map that is equal everywhere, and for a mask that is empty or full.
    """
    flat = maps.reshape(len(maps), -1)
    ranks = rankdata(flat, axis=1)
    inside = masks.reshape(len(masks), -1).T.astype(np.float64)
    positives = inside.sum(0)
    negatives = len(inside) - positives
    pairs = positives * negatives
    above = ranks @ inside - positives * (positives + 1) / 2
    found = np.where(pairs == 0, np.nan, above / np.where(pairs == 0, 1, pairs))
    return np.where(np.ptp(flat, axis=1)[:, None] == 0, np.nan, found)


SCORES = {"energy share": energy_share, "pointing game": pointing, "AUC": auc}


def against_masks(
    maps: np.ndarray, masks: np.ndarray, groups: np.ndarray
) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return every score of each map on its own mask, and both chance levels.

    Parameters
    ----------
    maps, masks : ndarray
        (n, height, width), one mask a map.
    groups : ndarray
        (n,): whose face it is.

    Returns
    -------
    dict
        Score -> (found, even, others), each float (n,). ``even`` is what a map without any
        knowledge gets: the mask's share of the image, or 0.5 for the AUC. ``others`` is the mean of
        the other subjects' maps laid over this mask: they keep the method's habits, such as looking
        at the middle of a face, and know nothing of this one; nan with fewer than two subjects.
    """
    area = masks.reshape(len(masks), -1).mean(1)
    result = {}
    for name, score in SCORES.items():
        table = score(maps, masks)
        others = mean_of_others(table, groups, 0)
        even = np.full(len(maps), 0.5) if name == "AUC" else area
        result[name] = np.diagonal(table).copy(), even, others
    return result
