"""Operating-system calls, with a fallback where a system lacks them.

Linux has calls that macOS lacks. They stand here and in `face_renderer.workers` and
`face_renderer.disk`, which have functions of these names too, word for word, so that each package
works without the other: the linter refuses such calls in any other file (``banned-api`` in
``pyproject.toml``).
"""

from __future__ import annotations

import errno
import os
import uuid
from contextlib import suppress
from pathlib import Path


def processors() -> int:
    """Return how many this process may use; where a system cannot say, how many there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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
