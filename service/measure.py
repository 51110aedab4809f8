"""Measure accuracy on framed faces and time for each frame, for the page on the service."""

from __future__ import annotations

import io
import time

import numpy as np
import pandas as pd
from PIL import Image

from service import camera_frames
from service.camera_frames import Place
from service.detect import Face
from service.pipeline import STAGES, Pipeline
from service.test_client import Server, answer

WAYS = {"aligned": True, "cut out only": False}
NEAR = 0.3  # of the picture's side: how far from its middle the face that is meant may lie


def as_jpeg(frame: np.ndarray) -> bytes:
    """Return a frame (height, width, 3), uint8, as a browser would send it."""
    into = io.BytesIO()
    Image.fromarray(frame).save(into, "JPEG", quality=90)
    return into.getvalue()


def some_of_each(groups: pd.Series, each: int, seed: int) -> np.ndarray:
    """Return positions of at most ``each`` images of every group, drawn at random, in order."""
    drawn = np.random.default_rng(seed).permutation(len(groups))
    shuffled = pd.Series(drawn).groupby(groups.to_numpy()[drawn], observed=True)
    return np.sort(shuffled.head(each).to_numpy())


def meant(faces: list[Face], place: Place) -> Face | None:
    """Return the face that was shown at a place, or None if it was not found."""
    for face in faces:
        x, y, width, height = face.box
        away = np.hypot(x + width / 2 - place.middle[0], y + height / 2 - place.middle[1])
        if away < NEAR * place.side:
            return face
    return None


def framed_predictions(
    pipeline: Pipeline, table: pd.DataFrame, images: np.ndarray, angle: float, seed: int
) -> dict[str, pd.DataFrame]:
    """Return the service's predictions for faces in larger frames, with and without alignment.

    Parameters
    ----------
    pipeline : Pipeline
        As it is served.
    table : DataFrame
        One row an image: ``image_id``, ``group``, ``emotion``, ``authenticity``.
    images : ndarray
        uint8, shape (n, side, side, 3), in table order.
    angle : float
        By which each is turned, one way or the other, in degrees.
    seed : int
        Of the places in the frames.

    Returns
    -------
    dict
        By the names in `WAYS`: tables as `fer_lib.training.run_training.predictions` makes them,
        one row a face that was found. Both have the same rows.
    """
    rows: dict[str, list[dict]] = {way: [] for way in WAYS}
    places = camera_frames.places(len(table), angle, seed)
    known = table[["image_id", "group", "emotion", "authenticity"]].astype(str)
    for told, image, place in zip(known.to_dict("records"), images, places, strict=True):
        frame = camera_frames.frame(image, place)
        face = meant(pipeline.detector.find(frame), place)
        if face is None:
            continue
        taken = [pipeline.face(frame, face, level) for level in WAYS.values()]
        for way, said in zip(WAYS, pipeline.predictor.judge(taken), strict=True):
            of_emotions = {f"p_{name}": p for name, p in said.p_emotion.items()}
            rows[way].append(told | of_emotions | {"p_genuine": said.p_genuine})
    return {way: pd.DataFrame(found) for way, found in rows.items()}


def round_trips(server: Server, frames: list[bytes], level: bool, warm: int = 3) -> pd.DataFrame:
    """Return how long each frame took, one row a frame, in milliseconds.

    Columns: the stages as the server timed them, ``rest`` (the way there and back, the protocol
    and the JSON) and ``all``. The first ``warm`` frames are sent before, and not counted.

    Raises
    ------
    RuntimeError
        If a frame is not answered by faces.
    """
    rows = []
    with server.talk() as socket:
        answer(socket, f'{{"align": {str(level).lower()}}}')
        for content in [*frames[:warm], *frames]:
            start = time.perf_counter()
            said = answer(socket, content)
            whole = 1000 * (time.perf_counter() - start)
            if said["kind"] != "faces":
                raise RuntimeError(f"a frame was refused: {said['text']}")
            stages = {stage: said["ms"][stage] for stage in STAGES}
            rows.append(stages | {"rest": whole - sum(stages.values()), "all": whole})
    return pd.DataFrame(rows[warm:])
