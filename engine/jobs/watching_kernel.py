"""A Jupyter kernel that records which files of the checkout it opens.

Also which rows of a registry are looked up (`engine.store.registry`), and which packages are
imported. The engine compares the lists with what the page's key was made of: what is read but not
counted could change without anybody seeing that the page is stale.
"""

from __future__ import annotations

import os
import sys


def watch(log: str, root: str) -> None:
    """Append to ``log``, once each, what is used from now on.

    The path of every file under ``root`` that is opened; ``row:`` and the row of a registry that is
    looked up; ``import:`` and the top name of what is imported.
    """
    sink = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    seen: set[str] = set()

    def hook(event: str, arguments: tuple) -> None:
        if event == "open" and isinstance(arguments[0], str):
            # A hook must not open anything itself.
            name = os.path.abspath(arguments[0])  # noqa: PTH100
            if not name.startswith(root):
                return
        elif event == "fer_lib.row":
            name = f"row:{arguments[0]}"
        elif event == "import":
            name = "import:" + arguments[0].partition(".")[0]
        else:
            return
        if name not in seen:
            seen.add(name)
            os.write(sink, name.encode() + b"\n")

    sys.addaudithook(hook)


if __name__ == "__main__":
    watch(os.environ["FER_READS"], os.environ["FER_ROOT"] + os.sep)
    from ipykernel import kernelapp

    kernelapp.launch_new_instance()
