"""Predict with the exported model through onnxruntime; serving needs no torch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from service import onnx_runtime


@dataclass(frozen=True)
class Judged:
    """The predictions of the model for one face.

    Attributes
    ----------
    p_emotion : dict
        Probability of each emotion; they sum to 1.
    p_genuine : float
        Of "genuine", in [0, 1].
    """

    p_emotion: dict[str, float]
    p_genuine: float


class Predictor:
    """The exported model.

    Parameters
    ----------
    path : Path
        Written by `service.onnx_export.export`.
    threads : int
        To compute with.

    Attributes
    ----------
    about : dict
        What stands in the file: ``emotions``, ``side`` and what the exporter added.

    Raises
    ------
    ValueError
        If the file does not say what it is.
    """

    def __init__(self, path: Path, threads: int = 1) -> None:
        self._session = onnx_runtime.session(path, threads)
        told = self._session.get_modelmeta().custom_metadata_map.get("about")
        if told is None:
            raise ValueError(f"{path.name} was not exported by this project: it names no emotions")
        self.about = json.loads(told)

    @property
    def side(self) -> int:
        """Side of the faces that the model takes, in pixels."""
        return self.about["side"]

    def judge(self, faces: list[np.ndarray]) -> list[Judged]:
        """Return the predictions for faces, each (side, side, 3), uint8 RGB."""
        if not faces:
            return []
        batch = np.ascontiguousarray(np.stack(faces).transpose(0, 3, 1, 2))
        emotion, genuine = self._session.run(("p_emotion", "p_genuine"), {"faces": batch})
        return [
            Judged(dict(zip(self.about["emotions"], row.tolist(), strict=True)), float(one))
            for row, one in zip(emotion, genuine, strict=True)
        ]
