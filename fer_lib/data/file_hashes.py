"""Hash the files of a data root, and reuse the hashes while files are unchanged."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import NamedTuple

from engine.store import artifact, keys, paths, system, threads
from engine.store.progress import Progress
from fer_lib.data import image_files
from fer_lib.data.class_folders import Candidate


class Source(NamedTuple):
    """A readable file: its candidate entry, the hash of its content, its size in bytes."""

    candidate: Candidate
    sha256: str
    n_bytes: int


def take(
    folder: Path, candidates: list[Candidate], store: Path, name: str, progress: bool = True
) -> tuple[list[Source], list[tuple]]:
    """Hash every file; those whose size and times are as last time are not read again.

    Parameters
    ----------
    folder : Path
        The data root.
    candidates : list of Candidate
        The files to identify.
    store : Path
        Folder that keeps the sizes, times and hashes for the next call.
    name : str
        Of the data set, for the progress line and the index's file name.
    progress : bool
        Whether to say every few seconds how far it is.

    Returns
    -------
    sources : list of Source
        The readable files, in the order given.
    problems : list of tuple
        Report rows for the others.

    Raises
    ------
    engine.store.paths.CacheError
        If the disk is full. A store that may only be read keeps no index, and that is all.
    """
    index_path = (
        store / f"{name}-files-{keys.sha256(os.fsencode(os.path.realpath(folder)))[:12]}.json"
    )
    known = _load(index_path)
    index: dict[str, list] = {}
    sources: list[Source] = []
    unreadable: list[tuple] = []
    meter = Progress(f"{name}: checked", len(candidates), progress)

    def identify(candidate: Candidate):
        stamp = _stamp(folder / candidate.path)
        last = known.get(candidate.file) if known else None
        if stamp is not None and last is not None and last[:3] == stamp:
            return candidate, last
        try:
            content = image_files.read_bytes(folder / candidate.path)
        except image_files.UnusableImage as trouble:
            return candidate, trouble
        return candidate, [*(stamp or [0, 0, 0]), keys.sha256(content), len(content)]

    for candidate, result in threads.in_order(identify, candidates):
        meter.step()
        if isinstance(result, image_files.UnusableImage):
            unreadable.append((candidate.file, result.problem, result.cure, "skipped", 1))
            continue
        index[candidate.file] = result
        sources.append(Source(candidate, result[3], result[4]))
    if known is not None and index != known:
        _save(index_path, index)
    return sources, unreadable


def data_hash(sources: list[Source]) -> str:
    """Return the sha256 over the sorted (relative path, content hash, size) of all files."""
    ordered = sorted(sources, key=lambda source: source.candidate.file)
    lines = "".join(f"{s.candidate.file}\t{s.sha256}\t{s.n_bytes}\n" for s in ordered)
    return keys.sha256(lines.encode())


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
