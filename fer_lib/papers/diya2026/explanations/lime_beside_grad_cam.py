"""Grad-CAM of the faces that LIME explains, and whether the two methods complement each other."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from torch import Tensor, nn

from fer_lib.papers.diya2026.explanations import cams_one_pass, map_agreement, map_scores
from fer_lib.papers.diya2026.explanations.finer_layer import finer_layer

FINER = "Grad-CAM, finer layer"
BOTH_LESS_BETTER = "both less the better"


def grad_cam_maps(
    model: nn.Module, images: Tensor, targets: Mapping[str, Tensor], finer: bool
) -> dict[tuple[str, str], np.ndarray]:
    """Return Grad-CAM of each head's named class at the size of the images.

    Parameters
    ----------
    model : nn.Module
        In evaluation mode; `explained_layer` gives each head's last feature map.
    images : Tensor
        uint8 (n, 3, side, side).
    targets : mapping
        Head -> int64 (n,).
    finer : bool
        Whether also at the last layer on a finer grid.

    Returns
    -------
    dict
        ("Grad-CAM" or `FINER`, head) -> float32 (n, side, side).
    """
    layers = {"Grad-CAM": {head: model.explained_layer(head) for head in targets}}
    if finer:
        layers[FINER] = {
            head: finer_layer(model, layer, images[:1])
            for head, layer in layers["Grad-CAM"].items()
        }
    found = {}
    for method, chosen in layers.items():
        maps = cams_one_pass.maps(model, images, chosen, dict(targets), ("Grad-CAM",))
        for (_, head), held in maps.items():
            found[method, head] = map_scores.resized(held, images.shape[-1])
    return found


def complement(
    lime: np.ndarray, cam: np.ndarray, people: np.ndarray, masks: np.ndarray | None = None
) -> pd.DataFrame:
    """Return, a row a face, how far two methods' maps agree, and what their mean rank finds.

    Parameters
    ----------
    lime, cam : ndarray
        (n, side, side), of the same faces.
    people : ndarray
        str (n,): whose face it is.
    masks : ndarray, optional
        bool (n, side, side), the ground truth; without it only the agreement is told.

    Returns
    -------
    DataFrame
        ``agreement`` (Spearman), ``with other subjects`` (the same with other subjects' maps of the
        other method: chance); the AUC of each, of the sum of their ranks, and `BOTH_LESS_BETTER`:
        the latter less that of the method that is better on average.
    """
    frame = pd.DataFrame({"agreement": map_agreement.spearman(lime, cam)})
    frame["with other subjects"] = map_agreement.with_others(lime, cam, people)
    if masks is None:
        return frame
    ranks = map_agreement.ranked(lime) + map_agreement.ranked(cam)
    alone = [np.diagonal(map_scores.auc(maps, masks)) for maps in (lime, cam)]
    both = np.diagonal(map_scores.auc(ranks, masks))
    better = alone[np.nanmean(alone, axis=1).argmax()]
    frame["AUC, LIME"], frame["AUC, Grad-CAM"], frame["AUC, both"] = *alone, both
    frame[BOTH_LESS_BETTER] = both - better
    return frame
