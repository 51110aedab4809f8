"""Data sets in one table schema, their splits, and the leakage audit."""

from __future__ import annotations

from pathlib import Path

from fer_lib import dataset_registry, keys
from fer_lib.data.schema import (
    AUTHENTICITY,
    COLUMNS,
    EMOTIONS,
    DataError,
    FaceData,
    validate,
)
from fer_lib.dataset_registry import Dataset

__all__ = [
    "AUTHENTICITY",
    "COLUMNS",
    "EMOTIONS",
    "DataError",
    "FaceData",
    "check",
    "identity",
    "load",
    "subjects",
    "validate",
]


def load(
    name: str,
    root: str | Path | None = None,
    size: int | None = None,
    n_subjects: int | None = None,
    progress: bool = True,
) -> FaceData:
    """Load a data set by name.

    Parameters
    ----------
    name : str
        A row of ``fer_lib/tables/datasets.toml``.
    root : path, optional
        Where one's own copy of a data set of photographs lies. Rendered sets have none.
    size : int, optional
        Side of the square images in pixels; None for the set's own.
    n_subjects : int, optional
        A smaller rendered set of so many subjects. Photographs without subject ids cannot be
        cut down by subject: all of them are loaded, whatever the number.
    progress : bool
        Whether to say every few seconds how far it is.

    Returns
    -------
    FaceData

    Raises
    ------
    ValueError
        If the name is unknown or ``size`` is not a sensible number of pixels.
    DataError
        If the data cannot be used; one line with the cure.
    fer_lib.paths.CacheError
        If the store cannot be written to.
    """
    found = _found(name, root)
    if size is not None and not 16 <= size <= 1024:
        raise ValueError(f"size is {size} pixels: choose 16 to 1024")
    asked = {"progress": progress} | ({} if size is None else {"size": size})
    adapter = dataset_registry.module(found, found.adapter)
    if found.rendered:
        return adapter.load(name, n_subjects=n_subjects, **asked)
    return adapter.load(root, **asked)


def identity(name: str, root: str | Path | None = None) -> str:
    """Return what tells a data set from every other, without loading an image of it.

    Of photographs the hash over all files; of a rendered set the hash of what renders it, because
    the same code and seed give the same pixels.

    Raises
    ------
    ValueError, DataError
        As for `load`.
    """
    found = _found(name, root)
    if not found.rendered:
        return dataset_registry.module(found, found.adapter).identity(root)
    # Told without importing what renders: every job asks, and few render.
    code = keys.library().ingredients(found.renderer)
    what = found.renderer.rpartition(".")[2]
    return f"{what}-" + keys.digest({"library": code["library"], "lock": code["lock"]})


def subjects(name: str, profile: str) -> int | None:
    """Return how many subjects of a data set a profile loads; None for all."""
    found = dataset_registry.get(name)
    if not found.subjects:
        return None
    return dataset_registry.module(found, found.subjects).get(profile).subjects


def check(name: str, root: str | Path | None = None) -> None:
    """Refuse at once what ``load`` would refuse, without reading or making any image.

    Raises
    ------
    ValueError
        If the name is unknown.
    DataError
        If ``root`` does not fit the data set; one line with the cure.
    """
    found = _found(name, root)
    if not found.rendered:
        dataset_registry.module(found, found.adapter).check(root)


def _found(name: str, root: str | Path | None) -> Dataset:
    found = dataset_registry.get(name)
    if found.rendered and root is not None and str(root).strip():
        folders = [n for n in dataset_registry.TABLE if not dataset_registry.get(n).rendered]
        raise DataError(
            f"DATA_ROOT is set but {name} is rendered and reads no folder: "
            f"add DATA={' or DATA='.join(folders)}, or leave DATA_ROOT empty"
        )
    return found
