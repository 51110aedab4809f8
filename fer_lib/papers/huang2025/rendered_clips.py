"""Load the rendered micro-expressions of ``huang2025`` in the common table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from engine.store import artifact, keys, paths, stage
from engine.store.progress import Progress
from fer_lib.data import datasets
from fer_lib.data.schema import COLUMNS, EMOTIONS, FaceData, empty_report, validate

FILES = ("images.npy", "table.parquet")


def load(name: str, n_subjects: int | None = None, progress: bool = True) -> FaceData:
    """Load a rendered set of micro-expressions, made first if the store has none.

    Parameters
    ----------
    name : str
        ``rendered_micro``.
    n_subjects : int, optional
        Only the first so many subjects; None for all of them.
    progress : bool
        Whether to say every few seconds how far it is.

    Returns
    -------
    FaceData
        The apex frame of each clip, 112 x 112, ``group`` the subject; further columns as
        `face_renderer.clips.clip_set.plan`. No authenticity.

    Raises
    ------
    ValueError
        If the name is unknown or there are not so many subjects.
    engine.store.paths.CacheError
        If the store cannot be written to.
    """
    from face_renderer.clips import clip_set

    if name != clip_set.RENDERED_MICRO.name:
        raise ValueError(f"unknown set of clips {name!r}: choose {clip_set.RENDERED_MICRO.name}")
    return _rendered(clip_set.RENDERED_MICRO, n_subjects, progress)


def _rendered(spec, n_subjects: int | None, shown: bool) -> FaceData:
    """Return a set of clips from the store, rendered first if it is not there or damaged."""
    several = spec.several(n_subjects)
    place = paths.cache() / "data" / datasets.identity(spec.name)
    folder = place / f"{spec.name}-{several}subjects-{spec.key()}"
    try:
        stage.made_once(
            folder,
            lambda: stage.reason(folder, FILES),
            lambda: _make(spec, several, folder, shown),
        )
    except OSError as error:
        raise paths.full(place, "the images", error) from None
    table = pd.read_parquet(folder / "table.parquet")
    table["emotion"] = pd.Categorical(table["emotion"], categories=EMOTIONS)
    lines = "".join(f"{t.image_id} {t.emotion} {t.sha256}\n" for t in table.itertuples())
    return FaceData(
        table=validate(table),
        images=np.load(folder / "images.npy", mmap_mode="r"),
        name=spec.name,
        kind="rendered",
        group_kind="subject",
        sha256=keys.sha256(lines.encode()),
        report=empty_report(),
        has_truth=False,  # there is no twin without an authenticity
    )


def _make(spec, several: int, folder: Path, shown: bool) -> None:
    keys.refuse_outdated("face_renderer.clips.clip_set")
    from face_renderer import dataset
    from face_renderer.clips import clip_set

    rows = clip_set.plan(spec, several)
    told = Progress(f"{spec.name}: rendered", len(rows), shown, unit="clips")
    pictures = []
    for part in dataset.render_subjects(rows):
        pictures.append(part)
        told.step(len(part))
    images = np.concatenate(pictures)
    table = pd.DataFrame(rows).assign(
        dataset=spec.name,
        file="",
        authenticity=None,
        group=[f"{spec.name}/{row['subject_id']}" for row in rows],
        group_kind="subject",
        width=spec.size,
        height=spec.size,
        sha256=[keys.sha256(image.tobytes()) for image in images],
    )
    further = [column for column in table.columns if column not in COLUMNS]
    with artifact.writing(folder) as part:
        np.save(part / "images.npy", images)
        table[[*COLUMNS, *further]].to_parquet(part / "table.parquet")
