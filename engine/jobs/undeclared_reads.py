"""Compare what a notebook used with what its key counts: files, rows of tables, packages."""

from __future__ import annotations

import importlib.util
import sys
import threading
from pathlib import Path

from engine.store import keys, lockfile, paths, registry

# Read on the way, without weight for a result: the notebook's own folder is executed from memory.
ALWAYS = {"constraints.txt", "engine/jobs/watching_kernel.py"}
ALWAYS |= {"engine/__init__.py", "engine/jobs/__init__.py"}
ALWAYS |= {f"{name.replace('.', '/')}.py" for name in keys.INERT}
# Packages that others look for and that decide nothing: how functions travel between processes and
# how much memory there is (joblib), how a graph is printed (torch), help with tests (scikit-learn),
# in which letters a web server answers (requests), smooth regression lines, which no page draws
# (seaborn).
OPTIONAL = {"cloudpickle", "psutil", "tabulate", "charset-normalizer"}
OPTIONAL |= {"iniconfig", "pluggy", "pytest", "statsmodels"}


def lines(log: Path, kind: str = "") -> list[str]:
    """Return what a kernel's list has of one kind: ``row:``, ``import:``, or "" for files."""
    found = log.read_text().splitlines() if log.exists() else []
    if kind:
        return [line.removeprefix(kind) for line in found if line.startswith(kind)]
    return [line for line in found if not line.startswith(("row:", "import:"))]


class Rows:
    """The rows of registries that this thread looks up while it is entered.

    An audit hook cannot be taken away again, so there is one a process, which is silent in between.
    """

    _entered = threading.local()
    _hooked = False

    def __init__(self) -> None:
        self.found: set[str] = set()

    def __enter__(self) -> Rows:
        """Begin to listen."""
        if not Rows._hooked:
            Rows._hooked = True
            sys.addaudithook(Rows._hear)
        Rows._entered.rows = self.found
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop listening."""
        Rows._entered.rows = None

    @staticmethod
    def _hear(event: str, arguments: tuple) -> None:
        heard = getattr(Rows._entered, "rows", None) if event == registry.EVENT else None
        if heard is not None:
            heard.add(arguments[0])

    def uncounted(self, ingredients: dict) -> list[str]:
        """Return the rows that were looked up although a key does not count them."""
        return sorted(self.found - set(ingredients["rows"]))


def sources(log: Path) -> set[str]:
    """Return the files of the checkout in a kernel's list, compiled ones by their source."""
    found = set()
    left_out = [paths.build().resolve(), paths.cache().resolve(), paths.root() / ".git"]
    for line in lines(log):
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
        if not registry.is_file(name):  # of a registry the rows count, one by one
            found.add(str(name))
    return found


def undeclared(log: Path, ingredients: dict) -> list[str]:
    """Return the files and the rows that were read although the key does not count them."""
    counted = {*ingredients["library"], *ingredients["files"], *ALWAYS}
    rows = set(lines(log, "row:")) - set(ingredients["rows"])
    return sorted(sources(log) - counted) + [f"row {row} of a registry" for row in sorted(rows)]


def uncounted_packages(log: Path, ingredients: dict) -> list[str]:
    """Return the packages of the lock that were imported although the key does not count them."""
    imported = lockfile.distributions(lines(log, "import:")) - OPTIONAL
    return sorted((imported & set(lockfile.pins())) - set(ingredients["lock"]))
