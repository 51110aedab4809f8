"""What the operating system offers, and what to do where it offers less.

Linux has calls that macOS lacks. They stand here and nowhere else: the linter refuses them in any
other file (``banned-api`` in ``pyproject.toml``).
"""

from __future__ import annotations

import errno
import multiprocessing
import os
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_BLOCK = 1 << 22


class WorkerError(RuntimeError):
    """A worker process ended before its work was done; the message is one line."""


def processors() -> int:
    """Return how many this process may use; where a system cannot say, how many there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def start_method() -> str:
    """Return how worker processes start, as `multiprocessing` calls it.

    A forked one has everything loaded and compiled at once. Only on Linux is that safe: system
    libraries of macOS may crash in a forked process.
    """
    return "fork" if sys.platform == "linux" and hasattr(os, "fork") else "spawn"


@contextmanager
def workers(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Yield a pool of worker processes; an error in the block cancels what has not begun.

    Raises
    ------
    WorkerError
        If one of them is killed or cannot start.
    """
    context = multiprocessing.get_context(start_method())
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        try:
            yield pool
        except BrokenProcessPool:
            raise WorkerError(
                "a worker process was killed or could not start: free some memory; a script of "
                'your own needs `if __name__ == "__main__":` around what it runs'
            ) from None
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def reserve(file: BinaryIO, size: int) -> None:
    """Have the disk keep room for the first ``size`` bytes of a file; what it holds stays.

    Parameters
    ----------
    file : binary file
        Open for reading and writing.
    size : int
        Bytes.

    Raises
    ------
    OSError
        If there is not so much room.
    """
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(file.fileno(), 0, size)
            return
        except OSError as error:  # some file systems cannot
            if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS):
                raise
    # A hole in a file has no place on the disk; written back as it reads, it has one.
    for start in range(0, size, _BLOCK):
        length = min(_BLOCK, size - start)
        file.seek(start)
        held = file.read(length).ljust(length, b"\0")
        file.seek(start)
        file.write(held)
    file.flush()
    os.fsync(file.fileno())


def new_folder(place: Path) -> Path:
    """Make a hidden folder beside ``place``, open to whom the umask lets in, and return it.

    What `tempfile.mkdtemp` makes only its owner can open, also once it was moved into its place.
    """
    while True:
        folder = place.with_name(f".{place.name}-{uuid.uuid4().hex[:8]}")
        with suppress(FileExistsError):
            folder.mkdir()
            return folder


def refused(error: OSError) -> bool:
    """Return whether a file could not be read for a reason that says nothing of what it holds.

    So it is with a lack of permission, or a disk that does not answer; but not with a file that is
    not there, and not where a library reports damage as an `OSError`, which has no number.
    """
    absent = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.EINVAL)
    return error.errno is not None and error.errno not in absent
