"""A folder that is there whole or not at all, each file under its hash in ``SHA256SUMS``."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from fer_lib import paths, progress, system

SUMS = "SHA256SUMS"


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def writing(folder: Path) -> Iterator[Path]:
    """Yield an empty folder beside ``folder``; once filled, it is sealed and moved there.

    A process that is killed leaves a hidden folder, never half of what was to be stored. If
    another process was faster, its files stay: they are as good. Whoever calls this holds
    `only_one`: a hidden folder that is found is taken for one that was left.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left in folder.parent.glob(f".{folder.name}-*"):
        remove(left)  # by a process that was killed
    part = system.new_folder(folder)
    try:
        yield part
        names = sorted(path.name for path in part.iterdir())
        lines = "".join(f"{_sha256(part / name)}  {name}\n" for name in names)
        (part / SUMS).write_text(lines)
        # Some libraries write files that only their owner can read, whatever the umask is.
        rights = stat.S_IMODE((part / SUMS).stat().st_mode)
        for path in part.iterdir():
            path.chmod(rights)
            with path.open("rb") as stream:
                os.fsync(stream.fileno())  # so that a power cut leaves the folder whole
        remove(folder)
        try:
            part.replace(folder)
        except OSError as error:
            damage = fault(folder, tuple(names))
            if damage is not None:
                raise paths.CacheError(
                    f"{folder} is to be replaced ({damage}) and cannot be ({error.strerror}): "
                    "delete it, or have its owner do so"
                ) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Let one process at a time make ``folder``; a second waits, and then finds it made.

    The system drops the lock with the process that holds it, so a kill leaves nothing to clear up.
    Whoever only wants to read looks first whether it is there: a lock is a file to be written.

    Raises
    ------
    fer_lib.paths.CacheError
        If nothing can be written beside ``folder``.
    """
    lock = FileLock(folder.with_name(f".{folder.name}.lock"))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        progress.say(f"{folder.name} is being made by another process: waiting for it")
        lock.acquire()
    except OSError as error:
        raise paths.CacheError(
            f"{folder.name} has to be made, and {folder.parent} cannot be written to "
            f"({error.strerror}): set FER_CACHE to a folder you can write to"
        ) from None
    try:
        yield
    finally:
        lock.release()


def exists(folder: Path) -> bool:
    """Return whether something was sealed there; whether it is sound, `fault` tells.

    Raises
    ------
    fer_lib.paths.CacheError
        If that cannot be seen, for want of permission or an answer of the disk.
    """
    with reading(folder):
        return _is_file(folder / SUMS)


@contextmanager
def reading(place: Path) -> Iterator[None]:
    """Raise `fer_lib.paths.CacheError` where the system refuses to read: that is not damage."""
    try:
        yield
    except OSError as error:
        if not system.refused(error):
            raise
        raise paths.unreadable(place, error) from None


def _is_file(path: Path) -> bool:
    """Return whether there is a file; raise `OSError` where that cannot be seen."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError as error:
        if system.refused(error):
            raise
        return False


def remove(folder: Path) -> None:
    """Remove what lies at ``folder``, be it a folder, a file or nothing."""
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)
    else:
        folder.unlink(missing_ok=True)


def sums(folder: Path) -> dict[str, str]:
    """Return the sha256 of each file as it was sealed."""
    with reading(folder):
        lines = (folder / SUMS).read_text(errors="replace").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def fault(folder: Path, files: tuple[str, ...]) -> str | None:
    """Return what is wrong with a sealed folder that should hold ``files``, or None.

    Raises
    ------
    fer_lib.paths.CacheError
        If that cannot be seen: what may not be read is not damaged.
    """
    if not exists(folder):
        return f"{SUMS} is missing"
    recorded = sums(folder)
    if set(recorded) != set(files):
        return f"{SUMS} is damaged"
    with reading(folder):
        for name, expected in recorded.items():
            path = folder / name
            if not _is_file(path):
                return f"{name} is missing"
            if _sha256(path) != expected:
                return f"{name} is damaged"
    return None
