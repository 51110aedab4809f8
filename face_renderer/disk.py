"""Room on the disk, folders that are not yet in their place, and files that may not be read."""

from __future__ import annotations

import errno
import os
import uuid
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

_BLOCK = 1 << 22


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
