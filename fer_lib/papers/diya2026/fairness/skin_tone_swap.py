"""Render the same face, expression, light, pose and camera with another skin tone.

A manifest row decides its picture, and each factor stands in columns of its own. The tone is
``tone_angle`` (the individual typology angle) and its label ``tone``; what the skin's colour
decides in turn follows from them at rendering: lips, freckles and flush, the skin that shows
through shaved hair and beard, brows no lighter than the skin allows, the lower lashes' roots.
``undertone``, hair, eyes and clothes stay as they are.

The generator's camera sets its exposure by the skin, as cameras do, so that a darker face would
also come with a lighter background. Here the camera is held: column ``exposure`` is changed by
what the skin alone would have moved it, and all that is not skin keeps its pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import torch
from torch import Tensor

import face_renderer as faces
from engine.store.progress import Progress
from face_renderer import identity, scene
from face_renderer.exact_math import linear
from face_renderer.render import exposure
from fer_lib.training import augmentation

# Both ends of the generator's range, and the middle of each of its three labels.
TONES = {"lightest": 60.0, "light": 44.0, "medium": 11.5, "dark": -27.5, "darkest": -50.0}
ENDS = ("lightest", "darkest")
TONE_COLUMNS = ("tone", "tone_angle", "exposure")
LIGHT_COLUMNS = tuple(c for c in scene.SCENE_COLUMNS if c.startswith("light_")) + (
    "fill",
    "ambient",
    "exposure",
)
BACKGROUND_COLUMNS = tuple(c for c in scene.SCENE_COLUMNS if c.startswith("background"))
OWN = "as it is"
NOISE, LIGHT, BACKGROUND = "another noise", "another light", "another background"
DARKER = "whole picture darker"


def check_tone(tone: str) -> str:
    """Return ``tone``.

    Raises
    ------
    ValueError
        If it is not one of `TONES`; the message lists them.
    """
    if tone not in TONES:
        raise ValueError(f"unknown tone {tone!r}: choose one of {', '.join(TONES)}")
    return tone


def _camera(row: dict) -> float:
    """Return what the generator's camera makes of a row's skin and light, without its setting."""
    skin = linear(identity.tone_colour(float(row["tone_angle"]), float(row["undertone"])))
    return exposure({**row, "exposure": 1.0}, skin)


def held(row: dict, original: dict) -> dict:
    """Return ``row`` with the exposure that ``original`` was taken with."""
    setting = float(original["exposure"]) * _camera(original) / _camera(row)
    return {**row, "exposure": setting}


def with_tone(row: dict, tone: str) -> dict:
    """Return a row with another tone of skin and the camera left to react to it."""
    angle = TONES[check_tone(tone)]
    return {**row, "tone": identity.tone_label(angle), "tone_angle": angle}


def counterfactual_tones(
    rows: Iterable[dict], tones: Iterable[str] = tuple(TONES)
) -> dict[str, list[dict]]:
    """Return the rows in each tone: only `TONE_COLUMNS` differ, and the camera is held.

    Parameters
    ----------
    rows : iterable of dict
        Manifest rows, as `face_renderer.plan` makes them.
    tones : iterable of str
        Of `TONES`.

    Raises
    ------
    ValueError
        If a tone is unknown; the message lists the known ones.
    """
    rows = list(rows)
    return {tone: [held(with_tone(row, tone), row) for row in rows] for tone in tones}


def other_scene(row: dict, columns: tuple[str, ...]) -> dict:
    """Return a row whose ``columns`` of the scene are drawn anew, the camera held.

    The ranges are the generator's own, at the row's difficulty; the same row gives the same scene.
    """
    scenery = scene.draw_factors(int(row["seed"]) + 1, float(row["difficulty"]))
    fresh = {name: scenery[name] for name in columns if name != "exposure"}
    return held({**row, **fresh}, row)


def other_noise(row: dict) -> dict:
    """Return a row that differs in the sensor's noise only: the picture taken once more."""
    return {**row, "seed": int(row["seed"]) + 1}


def chosen_rows(count: int, n_subjects: int) -> list[dict]:
    """Return ``count`` rows of the further rendered subjects, in pairs.

    Each subject, spread evenly over the set, gives one emotion, genuine and fake; emotions come
    equally often, up to rounding. No one of them is in any training.

    Raises
    ------
    ValueError
        If ``count`` is odd, or more than two rows a subject.
    """
    if count % 2 or not 2 <= count <= 2 * n_subjects:
        raise ValueError(f"count is {count}, must be even, 2 to {2 * n_subjects}")
    rows = faces.plan(faces.RENDERED_TEST.with_subjects(n_subjects))
    people = sorted({row["subject_id"] for row in rows})
    places = np.linspace(0, len(people) - 1, count // 2).round().astype(int)
    found = {(r["subject_id"], r["emotion"], r["authenticity"]): r for r in rows}
    cells = [(people[p], faces.EMOTIONS[k % len(faces.EMOTIONS)]) for k, p in enumerate(places)]
    return [found[(*cell, authenticity)] for cell in cells for authenticity in faces.AUTHENTICITY]


@dataclass(frozen=True)
class Versions:
    """Pictures of the same faces, each changed in one thing, as `rendered` makes them.

    Attributes
    ----------
    rows : list of dict
        The faces as they are.
    images : dict of str -> Tensor
        uint8 (n, 3, side, side) for each change: `OWN`, each of `TONES`, the same "by camera"
        for the two ends, `NOISE`, `LIGHT`, `BACKGROUND`, `DARKER`.
    sizes : dict of str -> ndarray
        (n,), mean absolute difference to the face as it is, 0 to 255, at the rendered size.
    """

    rows: list[dict]
    images: dict[str, Tensor]
    sizes: dict[str, np.ndarray]


def by_camera(tone: str) -> str:
    """Return the name of the version in which the camera was left to react to a tone."""
    return f"{check_tone(tone)}, camera reacting"


def rendered(
    rows: list[dict], side: int, render: Callable[[dict], np.ndarray] = faces.render
) -> Versions:
    """Render every version of every face, at ``side`` pixels for a network.

    `DARKER` multiplies the whole picture so that it changes by as much as the tones do on average:
    a comparison of exactly that size, for a change that says nothing of the face.
    """
    images: dict[str, list] = {}
    sizes: dict[str, list] = {}
    progress = Progress("faces with another tone: rendered", len(rows))
    for _, part in groupby(rows, key=lambda row: row["subject_id"]):
        person = list(part)
        for made in _all_versions(person, render):
            for name, image in made.items():
                images.setdefault(name, []).append(augmentation.resize(image[None], side)[0])
                sizes.setdefault(name, []).append(change_size(made[OWN], image))
            progress.step()
    return Versions(
        rows,
        {name: torch.stack(parts) for name, parts in images.items()},
        {name: np.array(parts) for name, parts in sizes.items()},
    )


def change_size(one: np.ndarray, two: np.ndarray) -> float:
    """Return the mean absolute difference of two uint8 pictures, 0 to 255."""
    return float(np.abs(one.astype(float) - two).mean())


def darker(image: np.ndarray, size: float) -> np.ndarray:
    """Return a uint8 picture multiplied so that its mean absolute change is ``size``, 0 to 255.

    The same in every pixel's own measure, as less exposure is, and as augmentation in training
    does; black at most.
    """
    return np.rint(image * max(0.0, 1 - size / max(image.mean(), 1e-9))).astype(np.uint8)


def _all_versions(person: list[dict], render: Callable) -> list[dict[str, np.ndarray]]:
    """Return every version of one subject's rows, one dict a row.

    A skin is made once for all pictures in it: that costs more than a picture does.
    """
    jobs = []
    for row in person:
        changed = {OWN: row} | {t: one[0] for t, one in counterfactual_tones([row]).items()}
        changed |= {by_camera(tone): with_tone(row, tone) for tone in ENDS}
        changed[NOISE] = other_noise(row)
        changed[LIGHT] = other_scene(row, LIGHT_COLUMNS)
        changed[BACKGROUND] = other_scene(row, BACKGROUND_COLUMNS)
        jobs.append(changed)
    order = [(k, name) for k, changed in enumerate(jobs) for name in changed]
    order.sort(key=lambda job: jobs[job[0]][job[1]]["tone_angle"])
    made = {(k, name): render(jobs[k][name]) for k, name in order}
    out = []
    for k, changed in enumerate(jobs):
        pictures = {name: made[k, name] for name in changed}
        own = pictures[OWN]
        size = float(np.mean([change_size(own, pictures[tone]) for tone in TONES]))
        out.append(pictures | {DARKER: darker(own, size)})
    return out
