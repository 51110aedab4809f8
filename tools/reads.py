"""What a notebook read of the checkout, against what its key was made of."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from fer_lib import paths

# Read on the way, without weight for a result: the notebook's own folder is executed from memory.
ALWAYS = {"constraints.txt", "tools/kernel.py", "tools/__init__.py"}


def sources(log: Path) -> set[str]:
    """Return the files of the checkout in a kernel's list, compiled ones by their source."""
    found = set()
    lines = log.read_text().splitlines() if log.exists() else []
    left_out = [paths.build().resolve(), paths.cache().resolve(), paths.root() / ".git"]
    for line in lines:
        path = Path(line)
        if path.suffix == ".pyc" and path.parent.name == "__pycache__":
            path = Path(importlib.util.source_from_cache(line))
        if any(path.is_relative_to(folder) for folder in left_out) or not path.is_file():
            continue
        name = path.relative_to(paths.root())
        if name.parts[0].startswith(".") or name.parts[0] == "_build":
            continue  # an environment, a store, an editor's files
        if name.parts[0].endswith(".egg-info"):
            continue  # what pip notes of the installed package
        found.add(str(name))
    return found


def undeclared(log: Path, ingredients: dict) -> list[str]:
    """Return the files that were read although the key does not count them."""
    counted = {*ingredients["library"], *ingredients["files"], *ALWAYS}
    return sorted(sources(log) - counted)
