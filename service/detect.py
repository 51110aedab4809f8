"""Detect faces in a frame with YuNet, run by OpenCV.

The network's file lies in ``models`` (its README says where it is from). W. Wu, H. Peng and S. Yu,
"YuNet: A Tiny Millisecond-level Face Detector", doi:10.1007/s11633-023-1423-y.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

MODEL = Path(__file__).parent / "models" / "face_detection_yunet_2023mar.onnx"
LONGEST = 320  # pixels of the longer side of what the detector sees
LEAST_SCORE = 0.7
OVERLAP = 0.3  # of two boxes, above which the weaker one is dropped
CANDIDATES = 500  # boxes before that

# OpenCV 5 warns at every start that its engine has one target only.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)


@dataclass(frozen=True)
class Face:
    """A face that was found, in pixels of the frame.

    Attributes
    ----------
    box : tuple of float
        Left, top, width, height.
    eyes : ndarray
        float64, shape (2, 2): x, y of the eye on the left of the picture, then of the other.
    score : float
        The detector's own, in [0, 1].
    """

    box: tuple[float, float, float, float]
    eyes: np.ndarray
    score: float


class Detector:
    """A face detector; not to be used by two threads at once.

    Parameters
    ----------
    longest : int
        Frames are shrunk until their longer side is at most this, in pixels.
    """

    def __init__(self, longest: int = LONGEST) -> None:
        self.longest = longest
        cv2.setNumThreads(1)
        self._network = cv2.FaceDetectorYN.create(
            str(MODEL), "", (longest, longest), LEAST_SCORE, OVERLAP, CANDIDATES
        )

    def find(self, frame: np.ndarray) -> list[Face]:
        """Return the faces in a frame (height, width, 3), uint8 RGB, the largest first."""
        height, width = frame.shape[:2]
        shrink = min(1.0, self.longest / max(height, width))
        size = max(1, round(width * shrink)), max(1, round(height * shrink))
        # Fast, and seen by the detector only: faces are cut out of the whole frame.
        seen = frame if shrink == 1 else cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
        self._network.setInputSize(size)
        _, found = self._network.detect(cv2.cvtColor(seen, cv2.COLOR_RGB2BGR))
        if found is None:
            return []
        back = np.array([width / size[0], height / size[1]])
        faces = [
            Face(
                tuple((row[:4].reshape(2, 2) * back).ravel().tolist()),
                row[4:8].reshape(2, 2).astype(float) * back,
                float(row[14]),
            )
            for row in found
        ]
        return sorted(faces, key=lambda face: face.box[2] * face.box[3], reverse=True)
