"""Data sets in one table schema, their splits, and the leakage audit."""

from __future__ import annotations

from pathlib import Path

from fer_lib.data.schema import (
    AUTHENTICITY,
    COLUMNS,
    EMOTIONS,
    DataError,
    FaceData,
    validate,
)

NAMES = ("rendered46", "rendered_test", "gffd2025")

__all__ = [
    "AUTHENTICITY",
    "COLUMNS",
    "EMOTIONS",
    "NAMES",
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
    size: int = 224,
    n_subjects: int | None = None,
    progress: bool = True,
) -> FaceData:
    """Load a data set by name.

    Parameters
    ----------
    name : str
        One of ``NAMES``.
    root : path, optional
        Where one's own copy of a data set of photographs lies. Rendered sets have none.
    size : int
        Side of the square images in pixels.
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
    _check_name(name, root)
    if not 16 <= size <= 1024:
        raise ValueError(f"size is {size} pixels: choose 16 to 1024")
    if name == "gffd2025":
        from fer_lib.data import gffd2025

        return gffd2025.load(root, size=size, progress=progress)
    from fer_lib.data import rendered

    return rendered.load(name, n_subjects=n_subjects, size=size, progress=progress)


def identity(name: str, root: str | Path | None = None) -> str:
    """Return what tells a data set from every other, without loading an image of it.

    Of photographs the hash over all files; of a rendered set the hash of what renders it, because
    the same code and seed give the same pixels.

    Raises
    ------
    ValueError, DataError
        As for `load`.
    """
    _check_name(name, root)
    if name == "gffd2025":
        from fer_lib.data import gffd2025

        return gffd2025.identity(root)
    from fer_lib.data import generator

    return generator.identity()


def subjects(profile: str) -> int | None:
    """Return how many subjects a profile loads; None for all."""
    return None


def check(name: str, root: str | Path | None = None) -> None:
    """Refuse at once what ``load`` would refuse, without reading or making any image.

    Raises
    ------
    ValueError
        If the name is unknown.
    DataError
        If ``root`` does not fit the data set; one line with the cure.
    """
    _check_name(name, root)
    if name == "gffd2025":
        from fer_lib.data import gffd2025

        gffd2025.check(root)


def _check_name(name: str, root: str | Path | None) -> None:
    if name not in NAMES:
        raise ValueError(f"unknown data set {name!r}: choose one of {', '.join(NAMES)}")
    if name != "gffd2025" and root is not None and str(root).strip():
        raise DataError(
            f"DATA_ROOT is set but {name} is rendered and reads no folder: "
            "add DATA=gffd2025, or leave DATA_ROOT empty"
        )
