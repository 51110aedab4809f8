"""Make a rendered set on disk, whole or not at all, and find it again."""

from __future__ import annotations

import concurrent.futures
import contextlib
import csv
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

import numpy as np

from face_renderer import disk, workers
from face_renderer.manifest import plan
from face_renderer.render import render
from face_renderer.spec import GENERATOR_VERSION, RenderedSpec

IMAGES, MANIFEST, META = "images.npy", "manifest.csv", "meta.json"


class FacesError(RuntimeError):
    """A rendered set cannot be read or made; the message is one line that names the cure."""


def sha256_of(data: bytes | np.ndarray) -> str:
    """Return the sha256 of bytes or an array's memory, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _file_sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 22):
            digest.update(block)
    return digest.hexdigest()


def folder_of(spec: RenderedSpec, folder: Path | str) -> Path:
    """Return where a set lies under ``folder``: ``<name>-<key>``."""
    return Path(folder) / f"{spec.name}-{spec.key()}"


def fault(spec: RenderedSpec, place: Path) -> str | None:
    """Return what is wrong with a set on disk, or None if it is sound.

    Every byte is hashed: a set of 1657 images takes about 0.3 s on a CPU with SHA instructions.

    Raises
    ------
    FacesError
        If it may not be read, which is not damage.
    """
    try:
        meta = json.loads((place / META).read_text())
        files = meta["files"]
        if len(bytes.fromhex(meta["set_sha256"])) != 32:
            return f"{META} has no hash of the set"
        if meta["key"] != spec.key():
            return f"{META} belongs to another set or version"
        for name in (IMAGES, MANIFEST):
            path = place / name
            if path.stat().st_size != files[name]["bytes"]:
                return f"{name} is {path.stat().st_size} bytes, expected {files[name]['bytes']}"
            if _file_sha256(path) != files[name]["sha256"]:
                return f"{name} was altered"
    except FileNotFoundError as error:
        return f"{Path(error.filename).name} is missing"
    except (ValueError, KeyError, TypeError, OSError) as error:
        if isinstance(error, OSError) and disk.refused(error):
            raise FacesError(
                f"{place} cannot be read ({error.strerror}): ask its owner to let you read it, "
                "or choose another folder"
            ) from None
        return f"{META} cannot be read ({type(error).__name__})"
    return None


def read_manifest(place: Path | str) -> list[dict]:
    """Return the rows of a set's manifest with numbers as numbers; ``render`` takes them."""
    with (Path(place) / MANIFEST).open(newline="") as file:
        return [{name: _number(text) for name, text in row.items()} for row in csv.DictReader(file)]


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _render_part(rows: list[dict], path: str, start: int, shape: tuple) -> list[str]:
    """Render rows into their place in an open file; return each image's sha256."""
    images = np.lib.format.open_memmap(path, mode="r")
    if images.shape != shape:
        raise FacesError(f"{path} changed while it was being written: run it again")
    hashes = []
    # Written and not mapped: a full disk is an error then, and does not kill the process.
    with open(path, "r+b") as file:
        file.seek(images.offset + start * images[0].nbytes)
        for row in rows:
            picture = render(row).tobytes()
            file.write(picture)
            hashes.append(sha256_of(picture))
        file.flush()
        os.fsync(file.fileno())
    return hashes


def _parts(rows: list[dict], size: int = 24) -> list[tuple[int, list[dict]]]:
    """Return the rows in runs of at most about ``size``, none across two subjects."""
    parts: list[tuple[int, list[dict]]] = []
    for number, row in enumerate(rows):
        last = parts[-1][1] if parts else None
        if last is None or last[0]["subject_id"] != row["subject_id"]:
            parts.append((number, [row]))
        else:
            last.append(row)
    return parts


def render_subjects(rows: list[dict], processes: int | None = None) -> Iterator[np.ndarray]:
    """Yield the pictures of one subject after the other, rendered side by side.

    Parameters
    ----------
    rows : list of dict
        Of a manifest, each subject's one after the other, all of one size.
    processes : int, optional
        At least 1; as many as there are cores or subjects if not given. The pixels do not depend
        on it.

    Yields
    ------
    (n, size, size, 3) uint8 array
        sRGB, one picture for each row of the subject.

    Raises
    ------
    face_renderer.workers.WorkerError
        If a worker process is killed or cannot start.
    """
    parts = [list(part) for _, part in groupby(rows, key=lambda row: row["subject_id"])]
    processes = min(processes or workers.processors(), len(parts))
    if processes <= 1:
        yield from map(_stacked, parts)
        return
    render(rows[0])  # compiled once here, so that the workers need not
    with workers.pool(processes) as executor:
        yield from executor.map(_stacked, parts)


def _stacked(rows: list[dict]) -> np.ndarray:
    return np.stack([render(row) for row in rows])


def _render_all(
    rows: list[dict],
    path: Path,
    shape: tuple,
    processes: int,
    progress: Callable[[int], object],
) -> list[str]:
    parts = _parts(rows)
    hashes = [""] * len(rows)
    if processes == 1:
        for start, part in parts:
            hashes[start : start + len(part)] = _render_part(part, str(path), start, shape)
            progress(len(part))
        return hashes
    render(rows[0])  # compiled once here, so that the workers need not
    with workers.pool(processes) as executor:
        waiting = {
            executor.submit(_render_part, part, str(path), start, shape): start
            for start, part in parts
        }
        for future in concurrent.futures.as_completed(waiting):
            start, found = waiting[future], future.result()
            hashes[start : start + len(found)] = found
            progress(len(found))
    return hashes


def _write(
    spec: RenderedSpec, place: Path, processes: int, progress: Callable[[int], object]
) -> None:
    """Fill a new folder with the whole set."""
    rows = plan(spec)
    shape = (len(rows), spec.size, spec.size, 3)
    path = place / IMAGES
    images = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=shape)
    header, size = images.offset, path.stat().st_size
    del images
    with path.open("r+b") as file:
        disk.reserve(file, size)  # a full disk is said before the first image
    hashes = _render_all(rows, path, shape, processes, progress)
    with (place / MANIFEST).open("w", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], "sha256"], lineterminator="\n")
        writer.writeheader()
        for row, digest in zip(rows, hashes, strict=True):
            writer.writerow({**row, "sha256": digest})
    with path.open("rb") as file:
        file.seek(header)
        set_digest = hashlib.sha256()
        while block := file.read(1 << 22):
            set_digest.update(block)
    files = {
        name: {"bytes": (place / name).stat().st_size, "sha256": _file_sha256(place / name)}
        for name in (IMAGES, MANIFEST)
    }
    meta = {
        "spec": spec.as_dict(),
        "key": spec.key(),
        "generator_version": GENERATOR_VERSION,
        "set_sha256": set_digest.hexdigest(),
        "files": files,
    }
    (place / META).write_text(json.dumps(meta, indent=1) + "\n")


def _put(made: Path, place: Path, spec: RenderedSpec) -> None:
    """Move a finished folder into its place; yield to another process that was faster."""
    for _ in range(5):
        try:
            made.rename(place)
            return
        except OSError:
            if fault(spec, place) is None:
                return
            # Unsound: step aside under a name of our own, so that two processes cannot collide.
            aside = disk.new_folder(place)
            with contextlib.suppress(FileNotFoundError):
                place.rename(aside / "old")
            shutil.rmtree(aside, ignore_errors=True)
    raise FacesError(f"{place} is being rewritten by another process: try again")


def _silent(_: object) -> None:
    pass


def make_set(
    spec: RenderedSpec,
    folder: Path | str,
    processes: int | None = None,
    progress: Callable[[int], object] = _silent,
    report: Callable[[str], object] = _silent,
) -> Path:
    """Render a set, or return at once if it is there and sound.

    Parameters
    ----------
    spec : RenderedSpec
        What to render.
    folder : path
        Where; created if need be.
    processes : int, optional
        1 to 64; as many as there are cores if not given. The pixels do not depend on it.
    progress : callable, optional
        Called with how many further images are rendered, ``spec.n_images`` in all; not at all if
        the set is there already.
    report : callable, optional
        Called with one line if a set is damaged and therefore made again.

    Returns
    -------
    Path
        ``<folder>/<name>-<key>`` with ``images.npy`` (N, size, size, 3) uint8, ``manifest.csv``
        (the plan and each image's sha256) and ``meta.json`` (spec, key, set_sha256).

    Raises
    ------
    FacesError
        If the folder cannot be read or written to, the disk is full or a worker process was
        killed; one line that names the cure.
    ValueError
        If ``processes`` is not 1 to 64.

    Examples
    --------
    >>> import json, tempfile
    >>> spec = RenderedSpec("two", 1, 1, {("happy", "genuine"): 2}, seed=5, size=64)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     place = make_set(spec, folder, processes=1, progress=print)
    ...     [row["subject_id"] for row in read_manifest(place)]
    ...     np.load(place / "images.npy").shape
    ...     json.loads((place / "meta.json").read_text())["key"] == spec.key()
    1
    1
    ['s000', 's001']
    (2, 64, 64, 3)
    True
    """
    if processes is None:
        processes = min(64, workers.processors())
    if not 1 <= processes <= 64:
        raise ValueError(f"processes is {processes}, must be 1 to 64")
    place = folder_of(spec, folder)
    wrong = fault(spec, place)
    if wrong is None:
        return place
    if place.exists():
        report(f"{place.name}: {wrong}; it is made again")
    working = None
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        working = disk.new_folder(place)
        made = working / "set"
        made.mkdir()
        _write(spec, made, processes, progress)
        _put(made, place, spec)
    except workers.WorkerError as error:
        raise FacesError(f"{spec.name} cannot be rendered: {error}") from None
    except OSError as error:
        need = spec.n_images * spec.size * spec.size * 3 / 1e6
        raise FacesError(
            f"{spec.name} cannot be written to {place.parent} ({error.strerror or error}): "
            f"choose a folder that can be written to and has {need:.0f} MB free"
        ) from None
    finally:
        if working is not None:
            shutil.rmtree(working, ignore_errors=True)
    return place
