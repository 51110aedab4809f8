"""The steps from frame to answer, timed one by one (doi:10.28991/ESJ-2026-010-02-018, Figure 5)."""

from __future__ import annotations

import time
from dataclasses import asdict

import numpy as np

from fer_lib.data import resizing
from service import alignment, frames
from service.alignment import Template
from service.detect import Detector, Face
from service.predict import Predictor

STAGES = ("decode", "detect", "align", "network")
MOST_FACES = 8


class Pipeline:
    """From the bytes of a frame to an answer; one frame at a time.

    Parameters
    ----------
    detector : Detector
        Finds the faces.
    predictor : Predictor
        Judges them; its file holds the `Template` that says how they are taken from the frame.
    """

    def __init__(self, detector: Detector, predictor: Predictor) -> None:
        self.detector = detector
        self.predictor = predictor
        self.template = Template(**predictor.about["template"])

    def face(self, frame: np.ndarray, found: Face, level: bool) -> np.ndarray:
        """Return one face as the network takes it, with or without alignment."""
        if level:
            found = alignment.closer(frame, found, self.detector)
            taken = alignment.aligned(frame, found, self.template)
        else:
            taken = alignment.cropped(frame, found, self.template)
        return resizing.face(taken, self.predictor.side)

    def answer(self, content: bytes, level: bool = True) -> dict:
        """Return what the client is told of a frame, fit for JSON.

        Parameters
        ----------
        content : bytes
            JPEG, PNG or WebP.
        level : bool
            Whether faces are aligned by their eyes, or only cut out.

        Returns
        -------
        dict
            ``kind`` "faces", ``text`` (a sentence), ``width`` and ``height`` of the frame,
            ``aligned``, ``faces`` (``box``, ``eyes``, ``score``, ``p_emotion``, ``p_genuine``),
            the largest first, and ``ms`` a stage.

        Raises
        ------
        Refusal
            If the frame cannot be read.
        """
        clock = [time.perf_counter()]
        frame = frames.decode(content)
        clock.append(time.perf_counter())
        found = self.detector.find(frame)
        clock.append(time.perf_counter())
        taken = [self.face(frame, face, level) for face in found[:MOST_FACES]]
        clock.append(time.perf_counter())
        judged = self.predictor.judge(taken)
        clock.append(time.perf_counter())
        return {
            "kind": "faces",
            "text": told(len(found)),
            "width": frame.shape[1],
            "height": frame.shape[0],
            "aligned": level,
            "faces": [
                {"box": face.box, "eyes": face.eyes.tolist(), "score": face.score, **asdict(said)}
                for face, said in zip(found, judged, strict=False)
            ],
            "ms": dict(zip(STAGES, (np.diff(clock) * 1000).round(2).tolist(), strict=True)),
        }


def told(found: int) -> str:
    """Return how many faces were found, in a sentence."""
    if found == 0:
        return "No face was found in this frame."
    if found == 1:
        return "One face was found."
    if found <= MOST_FACES:
        return f"{found} faces were found."
    return f"{found} faces were found; the {MOST_FACES} largest were looked at."
