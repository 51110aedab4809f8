"""Worker processes that work on every system: how many, how they start, and what ends them."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager


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
def pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Yield a pool of worker processes; an error in the block cancels what has not begun.

    Raises
    ------
    WorkerError
        If one of them is killed or cannot start.
    """
    context = multiprocessing.get_context(start_method())
    with ProcessPoolExecutor(processes, mp_context=context) as executor:
        try:
            yield executor
        except BrokenProcessPool:
            raise WorkerError(
                "a worker process was killed or could not start: free some memory; a script of "
                'your own needs `if __name__ == "__main__":` around what it runs'
            ) from None
        except BaseException:
            executor.shutdown(cancel_futures=True)
            raise
