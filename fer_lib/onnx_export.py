"""A trained dual-task model as one ONNX file, and whether that file computes the same.

The graph takes faces as bytes and returns probabilities: normalising, softmax and sigmoid are
inside, so that whoever runs it cannot do them differently from the training. What a caller has to
know besides (names of the emotions, side of the input, origin) stands in the file's own metadata.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import onnx
import pandas as pd
import torch
from torch import Tensor, nn

from fer_lib import onnx_runtime, tensors, threads
from fer_lib.labels import EMOTIONS
from fer_lib.tensors import MEAN, STD

OPSET = 18
INPUT = "faces"
OUTPUTS = ("p_emotion", "p_genuine")
TOLERANCE = 1e-4  # of a probability; float32 sums in another order differ by about 1e-6


class Probabilities(nn.Module):
    """What is exported: any model that returns `DualOutput`, from bytes to probabilities.

    Parameters
    ----------
    model : nn.Module
        Maps normalised images (n, 3, side, side) to the logits of both heads.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1) * 255)
        self.register_buffer("std", torch.tensor(STD).view(1, 3, 1, 1) * 255)

    def forward(self, faces: Tensor) -> tuple[Tensor, Tensor]:
        """Map uint8 RGB (n, 3, side, side) to (n, 7) and (n,), floats in [0, 1]."""
        logits = self.model((faces.float() - self.mean) / self.std)
        return torch.softmax(logits.emotion, 1), torch.sigmoid(logits.authenticity)


def export(model: nn.Module, side: int, path: Path, about: dict) -> None:
    """Write ``model`` as a single ONNX file whose batch may have any size.

    Parameters
    ----------
    model : nn.Module
        Returns `DualOutput`; put into evaluation mode here.
    side : int
        Side of the square input in pixels.
    path : Path
        Of the file.
    about : dict
        What JSON can hold; comes back from `about`, with ``emotions`` and ``side`` added.

    Raises
    ------
    onnx.checker.ValidationError
        If what was written is no valid graph.
    """
    whole = Probabilities(model).eval()
    faces = torch.zeros(2, 3, side, side, dtype=torch.uint8)
    with warnings.catch_warnings():
        # The newer exporter takes fifteen times as long here and two packages more. It gives the
        # same numbers; torch is pinned, and `compare` looks at every file that is made.
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        torch.onnx.export(
            whole,
            (faces,),
            str(path),
            input_names=[INPUT],
            output_names=list(OUTPUTS),
            dynamic_axes={name: {0: "n"} for name in (INPUT, *OUTPUTS)},
            opset_version=OPSET,
            dynamo=False,
        )
    graph = onnx.load(path)
    told = about | {"emotions": list(EMOTIONS), "side": side}
    onnx.helper.set_model_props(graph, {"about": json.dumps(told, sort_keys=True)})
    onnx.checker.check_model(graph, full_check=True)
    onnx.save(graph, path)


def about(opened: onnx_runtime.Session) -> dict:
    """Return what `export` wrote into the file beside the graph."""
    return json.loads(opened.get_modelmeta().custom_metadata_map["about"])


def compare(model: nn.Module, path: Path, images: np.ndarray, batch: int = 32) -> pd.DataFrame:
    """Return how far the file is from the model on some faces, one row a head.

    Parameters
    ----------
    model : nn.Module
        What was exported.
    path : Path
        The file.
    images : ndarray
        uint8, shape (n, height, width, 3).
    batch : int
        Faces at a time; the last batch may be smaller.

    Returns
    -------
    DataFrame
        Index: the output's name. Columns: ``largest difference`` of a probability, ``labels that
        differ`` (most probable emotion; genuine or fake at 0.5), ``faces``, ``equal`` (whether the
        largest difference is at most `TOLERANCE`; labels then differ at ties only).
    """
    opened = onnx_runtime.session(path, threads.count())
    faces = tensors.resize(images, about(opened)["side"])
    whole = Probabilities(model).eval()
    ours: list[list[np.ndarray]] = [[], []]
    theirs: list[list[np.ndarray]] = [[], []]
    for start in range(0, len(faces), batch):
        part = faces[start : start + batch]
        with torch.inference_mode():
            for place, output in zip(ours, whole(part), strict=True):
                place.append(output.numpy())
        for place, output in zip(theirs, opened.run(OUTPUTS, {INPUT: part.numpy()}), strict=True):
            place.append(output)
    rows = []
    for name, one, other in zip(OUTPUTS, map(np.concatenate, ours), theirs, strict=True):
        other = np.concatenate(other)
        labels = [p.argmax(1) if p.ndim == 2 else p >= 0.5 for p in (one, other)]
        furthest = float(np.abs(one - other).max())
        differing = int((labels[0] != labels[1]).sum())
        rows.append(
            {
                "output": name,
                "faces": len(one),
                "largest difference": furthest,
                "labels that differ": differing,
                "equal": furthest <= TOLERANCE,
            }
        )
    return pd.DataFrame(rows).set_index("output")
