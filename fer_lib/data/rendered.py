"""Load the rendered sets of ``face_renderer`` in the common table."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

import face_renderer as faces
from engine.store import keys, paths
from engine.store.progress import Progress, say
from fer_lib.data import datasets, image_array, resizing
from fer_lib.data.schema import COLUMNS, EMOTIONS, FaceData, empty_report, validate


def load(
    name: str, n_subjects: int | None = None, size: int = 224, progress: bool = True
) -> FaceData:
    """Load a rendered set, making it first if the store has none.

    Parameters
    ----------
    name : str
        ``rendered46`` (46 subjects, the counts of Table 3 of the first paper) or ``rendered_test``
        (100 further subjects, one image per subject x emotion x authenticity).
    n_subjects : int, optional
        A smaller set of so many subjects, counts scaled; None for all of them.
    size : int
        Side of the images in pixels. Faces are rendered at their own size and then resized, so
        that every size shows the same faces and has the same data hash.
    progress : bool
        Whether to say every few seconds how far it is.

    Returns
    -------
    FaceData
        ``kind`` rendered, ``group_kind`` subject; the table keeps every factor and action unit
        of the manifest as a further column. ``group`` carries the set's name, so that subjects
        of two sets never share one.

    Raises
    ------
    ValueError
        If the name is unknown or ``n_subjects`` is not a positive number.
    engine.store.paths.CacheError
        If the store cannot be written to.
    face_renderer.FacesError
        If the set cannot be written or is being rewritten; one line with the cure.
    """
    spec = _spec(name)
    if n_subjects is not None:
        if n_subjects < 1:
            raise ValueError(f"n_subjects is {n_subjects}: give 1 or more, or None for all")
        if n_subjects != spec.n_male + spec.n_female:
            spec = spec.with_subjects(n_subjects)
    keys.refuse_outdated("face_renderer")
    place = paths.cache() / "data" / datasets.identity(name)
    meter = Progress(f"{spec.name}: rendered", spec.n_images, progress)
    folder = faces.make_set(spec, place, progress=meter.step, report=say)
    meta = json.loads((folder / "meta.json").read_text())
    # A factor may well have the value "none"; only an empty field is missing.
    manifest = pd.read_csv(folder / "manifest.csv", keep_default_na=False, na_values=[""])
    images = np.load(folder / "images.npy", mmap_mode="r")
    table = _table(manifest, name, images.shape[1])
    return FaceData(
        table=validate(table),
        images=images if size == images.shape[1] else _resized(folder, images, size),
        name=name,
        kind="rendered",
        group_kind="subject",
        sha256=meta["set_sha256"],
        report=empty_report(),
        has_truth=True,
    )


def _spec(name: str):
    if name == "rendered46":
        return faces.RENDERED46
    if name == "rendered_test":
        return faces.RENDERED_TEST
    raise ValueError(f"unknown rendered set {name!r}: choose rendered46 or rendered_test")


def _table(manifest: pd.DataFrame, name: str, side: int) -> pd.DataFrame:
    table = manifest.assign(
        dataset=name,
        file="",
        emotion=pd.Categorical(manifest["emotion"], categories=EMOTIONS),
        group=name + "/" + manifest["subject_id"],
        group_kind="subject",
        width=side,
        height=side,
    )
    further = [column for column in manifest.columns if column not in COLUMNS]
    return table[[*COLUMNS, *further]]


def _resized(folder: Path, images: np.ndarray, size: int) -> np.ndarray:
    target = folder.with_name(f"{folder.name}-{size}px")
    stored = image_array.read(target)
    if stored is not None and len(stored.images) == len(images):
        return stored.images
    with image_array.writing(target, len(images), size) as writer:
        for pixels in resizing.faces(images, size):
            writer.append(pixels)
        writer.finish(pd.DataFrame({"row": range(len(images))}), empty_report())
    return image_array.read(target).images
