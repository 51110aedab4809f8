"""Print progress: one plain line every few seconds, nothing for short work."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

SECONDS_BETWEEN_LINES = 3.0


def say(line: str) -> None:
    """Tell whoever watches the process, never the page that a notebook becomes.

    Appended to the file named in ``$FER_PROGRESS`` if there is one (the engine shows it). Without
    the engine it is printed: in a notebook opened by hand under the cell, else on standard error.
    """
    target = os.environ.get("FER_PROGRESS")
    if target:
        with Path(target).open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")
    elif _in_notebook():
        print(line, flush=True)
    else:
        print(line, file=sys.__stderr__, flush=True)


def _in_notebook() -> bool:
    """Return whether this process is a notebook's kernel, without importing IPython for it."""
    shell = sys.modules.get("IPython")
    return shell is not None and hasattr(shell.get_ipython(), "kernel")


class Progress:
    """Count steps of a known total and say so now and then.

    Parameters
    ----------
    what : str
        Start of the line, for example ``gffd2025: decoded``.
    total : int
        Steps in all.
    shown : bool
        False keeps it silent.
    unit : str
        What a step is, in the plural.
    """

    def __init__(self, what: str, total: int, shown: bool = True, *, unit: str = "images"):
        self.what = what
        self.total = total
        self.shown = shown
        self.unit = unit
        self.done = 0
        self._started = time.monotonic()
        self._last_line = self._started

    def step(self, count: int = 1) -> None:
        """Count some steps; print a line if the last one is a few seconds old."""
        self.done += count
        now = time.monotonic()
        spoke = self._last_line > self._started
        finished = self.done == self.total and spoke
        if not self.shown or (now - self._last_line < SECONDS_BETWEEN_LINES and not finished):
            return
        self._last_line = now
        rate = self.done / max(now - self._started, 1e-9)
        say(f"{self.what} {self.done} of {self.total} {self.unit}, {rate:.3g} a second")
