"""Align a face as in the training images: eyes level, in their usual place and size.

Both ways lead to the same canonical square: with alignment by the eyes (turned, scaled, shifted),
without it by the box (scaled and shifted only).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

import cv2
import numpy as np

from service.detect import Detector, Face

SIDE = 224  # of the canonical square, in pixels: the side of the training images
LOOK_SHARE = 0.7  # of the canonical square that the box fills then
LOOKS = 2  # more, each at the face turned back so far; on training images a third adds little


@dataclass(frozen=True)
class Template:
    """Where a face usually is in the training images, as shares of their side.

    Attributes
    ----------
    eyes_middle, box_middle : tuple of float
        x and y of the point between the eyes, and of the middle of the detector's box.
    eyes_apart, box_side : float
        Distance between the eyes; square root of the box's area.
    """

    eyes_middle: tuple[float, float]
    eyes_apart: float
    box_middle: tuple[float, float]
    box_side: float

    def as_dict(self) -> dict:
        """Return the fields, for JSON; ``Template(**fields)`` is the way back."""
        return asdict(self)


def template_of(images: Iterable[np.ndarray], detector: Detector) -> Template:
    """Return the template of some training images (side, side, 3), uint8: medians over them.

    Raises
    ------
    ValueError
        If no image holds a face.
    """
    measured = []
    for image in images:
        faces = detector.find(image)
        if not faces:
            continue
        eyes, (x, y, width, height) = closer(image, faces[0], detector).eyes, faces[0].box
        apart = np.hypot(*(eyes[1] - eyes[0]))
        values = [*eyes.mean(0), apart, x + width / 2, y + height / 2, math.sqrt(width * height)]
        measured.append(np.array(values) / image.shape[0])
    if not measured:
        raise ValueError("no face was found in any training image")
    eye_x, eye_y, apart, box_x, box_y, box_side = np.median(measured, 0).round(4).tolist()
    return Template((eye_x, eye_y), apart, (box_x, box_y), box_side)


def turn_of(face: Face) -> float:
    """Return the angle of the line through the eyes, in degrees; 0 is level, positive clockwise."""
    across, down = face.eyes[1] - face.eyes[0]
    return math.degrees(math.atan2(down, across))


def closer(frame: np.ndarray, face: Face, detector: Detector) -> Face:
    """Return a face with its eyes found more closely.

    The detector places the eyes of a turned face as if it were less turned, so it is shown the face
    again, turned back by what it said: each time what is left is smaller.
    """
    x, y, width, height = face.box
    middle = np.array([x + width / 2, y + height / 2])
    scale = LOOK_SHARE * SIDE / max(math.sqrt(width * height), 1.0)
    for _ in range(LOOKS):
        there, back = _ways(middle, (0.5, 0.5), scale, turn_of(face))
        found = detector.find(_taken(frame, there, scale))
        if not found:
            break
        face = replace(face, eyes=found[0].eyes @ back[:, :2].T + back[:, 2])
    return face


def aligned(frame: np.ndarray, face: Face, template: Template) -> np.ndarray:
    """Return the face (224, 224, 3), uint8, with its eyes level and where the template has them."""
    apart = max(float(np.hypot(*(face.eyes[1] - face.eyes[0]))), 1.0)
    scale = template.eyes_apart * SIDE / apart
    there, _ = _ways(face.eyes.mean(0), template.eyes_middle, scale, turn_of(face))
    return _taken(frame, there, scale)


def cropped(frame: np.ndarray, face: Face, template: Template) -> np.ndarray:
    """Return the face (224, 224, 3), uint8, its box where the template has it, not turned."""
    x, y, width, height = face.box
    scale = template.box_side * SIDE / max(math.sqrt(width * height), 1.0)
    there, _ = _ways(np.array([x + width / 2, y + height / 2]), template.box_middle, scale, 0.0)
    return _taken(frame, there, scale)


def _ways(
    middle: np.ndarray, place: tuple[float, float], scale: float, turn: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the maps (2, 3) from frame to canonical square and back, both in pixels.

    ``middle`` of the frame comes to ``place`` (shares of the square), scaled and turned back.
    """
    angle = math.radians(turn)
    turned = scale * np.array(
        [[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]]
    )
    there = np.column_stack([turned, np.array(place) * SIDE - turned @ middle])
    inverse = np.linalg.inv(turned)
    return there, np.column_stack([inverse, -inverse @ there[:, 2]])


def _taken(frame: np.ndarray, there: np.ndarray, scale: float) -> np.ndarray:
    """Return the canonical square that ``there`` cuts out of a frame.

    A face that is much larger than the square is taken at a multiple of its side and averaged, or
    it would be full of jags. Beyond the frame its border goes on. The means of whole blocks belong
    to this sampling; the square that results is resized as training images are
    (`fer_lib.data.resizing`).
    """
    finer = min(8, max(1, math.ceil(0.75 / scale)))
    side = SIDE * finer
    matrix = there * finer
    # Pixel centres lie at half numbers in our coordinates, at whole ones in OpenCV's.
    matrix[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
    taken = cv2.warpAffine(
        frame, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return taken if finer == 1 else cv2.resize(taken, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
