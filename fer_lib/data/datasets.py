"""Data sets by name or by settings: loaded, identified, and refused where they cannot be."""

from __future__ import annotations

from pathlib import Path

from engine.store import keys
from fer_lib.data import dataset_registry
from fer_lib.data.dataset_registry import Dataset
from fer_lib.data.schema import DataError, FaceData
from fer_lib.settings import Settings


def load(settings: Settings, size: int | None = None, progress: bool = True) -> FaceData:
    """Load the data set of some settings, with as many subjects as their profile takes.

    Parameters
    ----------
    settings : Settings
        Data set, where it lies, profile.
    size, progress
        As for `by_name`.

    Returns
    -------
    FaceData
        N images (N, S, S, 3), uint8 RGB, and their table, N rows.

    Raises
    ------
    ValueError, DataError, engine.store.paths.CacheError
        As for `by_name`.

    Examples
    --------
    >>> faces = load(Settings("rendered46", "", "smoke", 0), progress=False)
    >>> faces.kind, len(faces.table) == len(faces.images)
    ('rendered', True)
    """
    subjects_ = subjects(settings.data, settings.profile)
    return by_name(settings.data, settings.data_root or None, size, subjects_, progress)


def by_name(
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
    engine.store.paths.CacheError
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
    """Return a string that identifies a data set, without loading any of its images.

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
    what = found.renderer.rpartition(".")[2]
    return f"{what}-" + keys.digest(keys.code(found.renderer))


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
