"""A Jupyter kernel that writes down which files of the checkout it opens.

The engine compares the list with what the page's key was made of: a file that is read but not
counted would make a page stale without anybody seeing it.
"""

from __future__ import annotations

import os
import sys


def watch(log: str, root: str) -> None:
    """Append the path of every file under ``root`` that is opened from now on to ``log``, once."""
    sink = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    seen: set[str] = set()

    def hook(event: str, arguments: tuple) -> None:
        if event != "open" or not isinstance(arguments[0], str):
            return
        name = os.path.abspath(arguments[0])  # noqa: PTH100  (a hook must not open anything itself)
        if name.startswith(root) and name not in seen:
            seen.add(name)
            os.write(sink, name.encode() + b"\n")

    sys.addaudithook(hook)


if __name__ == "__main__":
    watch(os.environ["FER_READS"], os.environ["FER_ROOT"] + os.sep)
    from ipykernel import kernelapp

    kernelapp.launch_new_instance()
