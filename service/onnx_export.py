"""Export a trained model as one ONNX file, and check that it computes the same.

The graph takes faces as bytes and returns probabilities: normalising, softmax and sigmoid are
inside, so that whoever runs it cannot do them differently from the training. What a caller has to
know besides (side of the input, names of the classes, origin) stands in the file's own metadata.
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

from engine.store import threads
from fer_lib.task import Task
from fer_lib.training import augmentation
from fer_lib.training.augmentation import MEAN, STD
from fer_lib.training.loop import probabilities
from service import onnx_runtime

OPSET = 18
INPUT = "faces"
TOLERANCE = 1e-4  # of a probability; float32 sums in another order differ by about 1e-6


class Probabilities(nn.Module):
    """What is exported: any model that returns the logits by head, from bytes to probabilities.

    Parameters
    ----------
    model : nn.Module
        Maps normalised images (n, 3, side, side) to the logits by head.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1) * 255)
        self.register_buffer("std", torch.tensor(STD).view(1, 3, 1, 1) * 255)

    def forward(self, faces: Tensor) -> tuple[Tensor, ...]:
        """Map uint8 RGB (n, 3, side, side) to (n, classes) or (n,) a head, floats in [0, 1]."""
        output = self.model((faces.float() - self.mean) / self.std)
        return tuple(probabilities(output).values())


def names(task: Task) -> list[str]:
    """Return what the file calls its outputs, one a head, such as ``p_emotion``, ``p_genuine``."""
    return [head.output for head in task.heads]


def export(model: nn.Module, task: Task, side: int, path: Path, about: dict) -> None:
    """Write ``model`` as a single ONNX file whose batch may have any size.

    Parameters
    ----------
    model : nn.Module
        Returns the logits by head; put into evaluation mode here.
    task : Task
        Its heads.
    side : int
        Side of the square input in pixels.
    path : Path
        Of the file.
    about : dict
        What JSON can hold; comes back from `about`, with ``side`` added, and for each head of
        more than two classes their names (``emotions`` for the head ``emotion``).

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
            output_names=names(task),
            dynamic_axes={name: {0: "n"} for name in (INPUT, *names(task))},
            opset_version=OPSET,
            dynamo=False,
        )
    graph = onnx.load(path)
    classes = {f"{head.name}s": list(head.classes) for head in task.heads if not head.yes_no}
    told = about | classes | {"side": side}
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
        differ`` (most probable class; yes or no at 0.5), ``faces``, ``equal`` (whether the
        largest difference is at most `TOLERANCE`; labels then differ at ties only).
    """
    opened = onnx_runtime.session(path, threads.count())
    faces = augmentation.resize(images, about(opened)["side"])
    whole = Probabilities(model).eval()
    outputs = [output.name for output in opened.get_outputs()]
    ours: list[list[np.ndarray]] = [[] for _ in outputs]
    theirs: list[list[np.ndarray]] = [[] for _ in outputs]
    for start in range(0, len(faces), batch):
        part = faces[start : start + batch]
        with torch.inference_mode():
            for place, output in zip(ours, whole(part), strict=True):
                place.append(output.numpy())
        for place, output in zip(theirs, opened.run(outputs, {INPUT: part.numpy()}), strict=True):
            place.append(output)
    rows = []
    for name, one, other in zip(outputs, map(np.concatenate, ours), theirs, strict=True):
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
