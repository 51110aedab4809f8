"""Write a result folder atomically, with the SHA-256 of each file in ``SHA256SUMS``."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from engine.store import paths, progress, system

SUMS = "SHA256SUMS"


def sha256(path: Path) -> str:
    """Return the sha256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def beside(folder: Path) -> Iterator[Path]:
    """Yield an empty folder beside ``folder``, to be moved there; remove it if it is left."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = system.new_folder(folder)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def put(made: Path, folder: Path, sound: Callable[[], bool]) -> None:
    """Move ``made`` to ``folder``, unless another process has put there what is ``sound``.

    What is not sound is set aside first, under a name of our own, so that two processes cannot
    collide. No lock is needed: a reader sees the old folder, the new one, or none.

    Raises
    ------
    OSError
        If the third attempt fails as well.
    """
    for attempts_left in (2, 1, 0):
        try:
            made.replace(folder)
            return
        except OSError:
            if attempts_left == 0:
                raise
        if sound():
            return
        aside = made.with_name(f"{made.name}-old{attempts_left}")
        with suppress(FileNotFoundError):
            folder.replace(aside)
        shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def writing(folder: Path) -> Iterator[Path]:
    """Yield an empty folder beside ``folder``; once filled, it is sealed and moved there.

    A process that is killed leaves a hidden folder, never half of what was to be stored. If
    another process was faster, its files stay: they are as good. Whoever calls this holds
    `only_one`: a hidden folder that is found is taken for one that was left.
    """
    for left in folder.parent.glob(f".{folder.name}-*"):
        remove(left)  # by a process that was killed
    with beside(folder) as part:
        yield part
        names = sorted(path.name for path in part.iterdir())
        lines = "".join(f"{sha256(part / name)}  {name}\n" for name in names)
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


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Let one process at a time make ``folder``; a second waits, and then finds it made.

    The system drops the lock with the process that holds it, so a kill leaves nothing to clear up.
    Whoever only wants to read looks first whether it is there: a lock is a file to be written.

    Raises
    ------
    engine.store.paths.CacheError
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
    engine.store.paths.CacheError
        If that cannot be seen, for want of permission or an answer of the disk.
    """
    with reading(folder):
        return _is_file(folder / SUMS)


@contextmanager
def reading(place: Path) -> Iterator[None]:
    """Raise `paths.CacheError` where the system refuses to read: that is not damage."""
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
    engine.store.paths.CacheError
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
            if sha256(path) != expected:
                return f"{name} is damaged"
    return None
