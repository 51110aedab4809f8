"""The rendered micro-expressions of the pages on ``huang2025``, in the common table."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd

from fer_lib import data as datasets
from fer_lib import keys, paths, sealed, system
from fer_lib.data.schema import COLUMNS, EMOTIONS, FaceData, empty_report, validate
from fer_lib.progress import Progress, say

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
        `fer_lib.micro.rendered.clips.plan`. No authenticity.

    Raises
    ------
    ValueError
        If the name is unknown or there are not so many subjects.
    fer_lib.paths.CacheError
        If the store cannot be written to.
    """
    from fer_lib.micro.rendered import clips

    if name != clips.RENDERED_MICRO.name:
        raise ValueError(f"unknown set of clips {name!r}: choose {clips.RENDERED_MICRO.name}")
    return _rendered(clips.RENDERED_MICRO, n_subjects, progress)


def _rendered(spec, n_subjects: int | None, shown: bool) -> FaceData:
    """Return a set of clips from the store, rendered first if it is not there or damaged."""
    several = spec.several(n_subjects)
    place = paths.cache() / "data" / datasets.identity(spec.name)
    folder = place / f"{spec.name}-{several}subjects-{spec.key()}"
    try:
        if _damage(folder) is not None:
            with sealed.only_one(folder):
                damage = _damage(folder)
                if damage is not None:
                    if damage != "missing":
                        say(f"{damage} in {folder.name}: making it again")
                    _make(spec, several, folder, shown)
    except OSError as error:
        raise paths.CacheError(
            f"the store {place} cannot take the images ({error.strerror or error}): "
            "free some space or set FER_CACHE to another folder"
        ) from None
    table = pd.read_parquet(folder / "table.parquet")
    table["emotion"] = pd.Categorical(table["emotion"], categories=EMOTIONS)
    lines = "".join(f"{t.image_id} {t.emotion} {t.sha256}\n" for t in table.itertuples())
    return FaceData(
        table=validate(table),
        images=np.load(folder / "images.npy", mmap_mode="r"),
        name=spec.name,
        kind="rendered",
        group_kind="subject",
        sha256=hashlib.sha256(lines.encode()).hexdigest(),
        report=empty_report(),
        has_truth=False,  # there is no twin without an authenticity
    )


def _damage(folder: Path) -> str | None:
    """Return why a set has to be rendered, or None if it is there and sound."""
    with sealed.reading(folder):
        there = folder.exists()
    return sealed.fault(folder, FILES) if there else "missing"


def _make(spec, several: int, folder: Path, shown: bool) -> None:
    keys.refuse_outdated("fer_lib.micro.rendered.clips")
    from fer_lib.micro.rendered import clips

    rows = clips.plan(spec, several)
    told = Progress(f"{spec.name}: rendered", len(rows), shown, unit="clips")
    pictures = []
    for part in _pictures(rows):
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
        sha256=[hashlib.sha256(image.tobytes()).hexdigest() for image in images],
    )
    further = [column for column in table.columns if column not in COLUMNS]
    with sealed.writing(folder) as part:
        np.save(part / "images.npy", images)
        table[[*COLUMNS, *further]].to_parquet(part / "table.parquet")


def _pictures(rows: list[dict]) -> Iterator[np.ndarray]:
    """Yield the pictures (n, S, S, 3) of one subject after the other, rendered side by side.

    The pixels do not depend on how many processes there are.
    """
    parts = [list(part) for _, part in groupby(rows, key=lambda row: row["subject_id"])]
    processes = min(system.processors(), len(parts))
    if processes == 1:
        yield from map(_render, parts)
        return
    _render(rows[:1])  # compiled once here, so that the workers need not
    with system.workers(processes) as pool:
        yield from pool.map(_render, parts)


def _render(rows: list[dict]) -> np.ndarray:
    from fer_lib import faces

    return np.stack([faces.render(row) for row in rows])
