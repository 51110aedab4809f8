"""Threads: how many a job computes with, and a map in order over a few of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from engine.store import system

_BATCH = 64


def count() -> int:
    """Return ``$FER_THREADS``, or 1; the last bits of a result depend on it.

    Raises
    ------
    ValueError
        If it is not a whole number of 1 or more.
    """
    given = os.environ.get("FER_THREADS") or "1"
    if not given.isdecimal() or int(given) < 1:
        raise ValueError(f"THREADS={given}: must be a whole number, 1 or more")
    return int(given)


def in_order(function: Callable, items: Sequence) -> Iterator:
    """Map in order over a few threads (Pillow and hashlib release the interpreter lock)."""
    with ThreadPoolExecutor(min(4, system.processors())) as pool:
        for start in range(0, len(items), _BATCH):
            yield from pool.map(function, items[start : start + _BATCH])
