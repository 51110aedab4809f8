"""A folder that is there whole or not at all, each file under its hash in ``SHA256SUMS``."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from fer_lib import progress

SUMS = "SHA256SUMS"


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def writing(folder: Path) -> Iterator[Path]:
    """Yield an empty folder beside ``folder``; once filled, it is sealed and moved there.

    A process that is killed leaves a hidden folder, never half of what was to be stored. If
    another process was faster, its files stay: they are as good.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left in folder.parent.glob(f".{folder.name}-*"):
        remove(left)  # by a process that was killed
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as temporary:
        part = Path(temporary) / "part"
        part.mkdir()
        yield part
        names = sorted(path.name for path in part.iterdir())
        lines = "".join(f"{_sha256(part / name)}  {name}\n" for name in names)
        (part / SUMS).write_text(lines)
        for path in part.iterdir():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())  # so that a power cut leaves the folder whole
        remove(folder)
        try:
            part.replace(folder)
        except OSError:
            if fault(folder, tuple(names)) is not None:
                raise


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Let one process at a time make ``folder``; a second waits, and then finds it made.

    The system drops the lock with the process that holds it, so a kill leaves nothing to clear up.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.with_name(f".{folder.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress.say(f"{folder.name} is being made by another process: waiting for it")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def exists(folder: Path) -> bool:
    """Return whether something was sealed there; whether it is sound, `fault` tells."""
    return (folder / SUMS).is_file()


def remove(folder: Path) -> None:
    """Remove what lies at ``folder``, be it a folder, a file or nothing."""
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)
    else:
        folder.unlink(missing_ok=True)


def sums(folder: Path) -> dict[str, str]:
    """Return the sha256 of each file as it was sealed."""
    lines = (folder / SUMS).read_text(errors="replace").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def fault(folder: Path, files: tuple[str, ...]) -> str | None:
    """Return what is wrong with a sealed folder that should hold ``files``, or None."""
    if not exists(folder):
        return f"{SUMS} is missing"
    recorded = sums(folder)
    if set(recorded) != set(files):
        return f"{SUMS} is damaged"
    for name, expected in recorded.items():
        path = folder / name
        if not path.is_file():
            return f"{name} is missing"
        if _sha256(path) != expected:
            return f"{name} is damaged"
    return None
