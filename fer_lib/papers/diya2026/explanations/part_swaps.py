"""Exchange one part of a face, its geometry or its shading, and see what the model answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch
from torch import nn

from face_renderer import truth_parts
from fer_lib.explain.one_head import logits
from fer_lib.labels import AUTHENTICITY
from fer_lib.papers.diya2026.explanations.explained_faces import Cases, others
from fer_lib.training.augmentation import normalise, resize

CHANGED = ("geometry alone", "wrinkles and shading alone", "both, the twin")
DIFFERENCE = "geometry less shading"


def pictures(cases: Cases) -> np.ndarray:
    """Return each rendered face, and the same with a part of its twin of the other class.

    They have no noise: uint8 (n, 4, size, size, 3), the face itself, then as `CHANGED` says.
    """
    found = []
    for row in cases.rows:
        steps = truth_parts.steps(row, others(row)["authenticity"])
        found.append(np.stack([steps.itself, steps.moved, steps.shaded, steps.other]))
    return np.stack(found)


def falls(network: nn.Module, cases: Cases, swapped: np.ndarray, side: int) -> pd.DataFrame:
    """Return how far the authenticity head's log-odds of the true class fall with each exchange.

    A positive fall moves the answer towards the twin's class, as the exchange should.

    Parameters
    ----------
    network : nn.Module
        In evaluation mode.
    cases, swapped : Cases, ndarray
        Rendered faces, and what `pictures` returns of them.
    side : int
        Of the network's input, in pixels.

    Returns
    -------
    DataFrame
        One row a face: the columns `CHANGED`, the first less the second as `DIFFERENCE`, and
        ``group``, whose face it is.
    """
    found = []
    for row, four in zip(cases.rows, swapped, strict=True):
        with torch.inference_mode():
            said = logits(network(normalise(resize(four, side))), "authenticity")
        genuine = AUTHENTICITY.index(row["authenticity"]) == 1
        odds = (said[:, 1] - said[:, 0]).numpy() * (1 if genuine else -1)
        found.append(dict(zip(CHANGED, odds[0] - odds[1:], strict=True)))
    frame = pd.DataFrame(found, columns=list(CHANGED))
    frame[DIFFERENCE] = frame[CHANGED[0]] - frame[CHANGED[1]]
    return frame.assign(group=cases.groups)
