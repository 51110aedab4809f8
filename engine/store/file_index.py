"""Hash the files of a folder, and reuse the hashes while files are unchanged."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from engine.store import artifact, keys, paths, system, threads


def hashes(
    folder: Path, files: list[str], index: Path, read: Callable[[Path], object]
) -> Iterator[object]:
    """Hash every file; those whose size and times are as last time are not read again.

    Parameters
    ----------
    folder : Path
        What the files lie in.
    files : list of str
        Their paths below it.
    index : Path
        File in the store that keeps the sizes, times and hashes for the next call.
    read : callable
        Given a path, returns the content in bytes, or something else for a file that has none.

    Yields
    ------
    tuple of (str, int), or object
        For each file the sha256 and the size in bytes; where it has no content, what ``read``
        returned.

    Raises
    ------
    engine.store.paths.CacheError
        If the disk is full. A store that may only be read keeps no index, and that is all.
    """
    known, new = _load(index), {}

    def identify(path: str) -> object:
        stamp = _stamp(folder / path)
        last = known.get(path) if known else None
        if stamp is not None and last is not None and last[:3] == stamp:
            return last
        content = read(folder / path)
        if not isinstance(content, bytes):
            return content
        return [*(stamp or [0, 0, 0]), keys.sha256(content), len(content)]

    for path, found in zip(files, threads.in_order(identify, files), strict=True):
        if isinstance(found, list):
            new[path], found = found, tuple(found[3:])
        yield found
    if known is not None and new != known:
        _save(index, new)


def _stamp(path: Path) -> list[int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    if not os.access(path, os.R_OK):
        return None
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns]


def _load(path: Path) -> dict[str, list] | None:
    """Return the index; empty if there is none, None if there is one that may not be read."""
    try:
        index = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and system.refused(error):
            return None
        return {}
    sound = isinstance(index, dict) and all(
        isinstance(entry, list) and len(entry) == 5 for entry in index.values()
    )
    return index if sound else {}


def _save(path: Path, index: dict[str, list]) -> None:
    try:
        with artifact.beside(path) as scratch:
            (scratch / path.name).write_text(json.dumps(index), encoding="utf-8")
            (scratch / path.name).replace(path)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return  # a store that is only read: the files are hashed anew the next time
        raise paths.full(path.parent, "the index of the files", error) from None
