"""The number of threads of a job; the last bits of a result depend on it."""

from __future__ import annotations

import os


def count() -> int:
    """Return ``$FER_THREADS``, or 1.

    Raises
    ------
    ValueError
        If it is not a whole number of 1 or more.
    """
    given = os.environ.get("FER_THREADS") or "1"
    if not given.isdecimal() or int(given) < 1:
        raise ValueError(f"THREADS={given}: must be a whole number, 1 or more")
    return int(given)
