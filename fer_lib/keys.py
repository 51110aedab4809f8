"""What decides a result, by content: the code it imports, the lock, the Python, the threads.

A run, a page or a data set is stored under a key made of this. Content decides and nothing else:
no time stamp, no folder and no file that is not read.
"""

from __future__ import annotations

import hashlib
import json
import platform
from pathlib import Path

import grimp

from fer_lib import paths, threads

PACKAGE = "fer_lib"


def sha256(content: bytes) -> str:
    """Return the sha256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def digest(ingredients: dict) -> str:
    """Return 12 hexadecimal digits that name a result: the same for the same ingredients."""
    return sha256(json.dumps(ingredients, sort_keys=True).encode())[:12]


class LibraryError(ValueError):
    """A file of ``fer_lib`` does not parse; the message names it and the line."""


class Library:
    """The import graph of ``fer_lib`` as its files are now.

    Every import statement counts, also one inside a function.

    Raises
    ------
    LibraryError
        If a file does not parse.
    """

    def __init__(self) -> None:
        try:
            self._graph = grimp.build_graph(PACKAGE, cache_dir=None)
        except grimp.exceptions.SourceSyntaxError as error:
            raise LibraryError(str(error)) from None
        self._hashes: dict[Path, str] = {}

    def modules(self, *names: str) -> set[str]:
        """Return the modules that importing ``names`` executes, directly or not.

        Raises
        ------
        ValueError
            If a name is no module of ``fer_lib``.
        """
        found: set[str] = set()
        waiting = set(names)
        while waiting:
            name = waiting.pop()
            if name not in self._graph.modules:
                raise ValueError(f"{name} is not a module of {PACKAGE}")
            found.add(name)
            # Importing a module executes the packages it lies in.
            parent = name.rpartition(".")[0]
            more = self._graph.find_modules_directly_imported_by(name) | ({parent} - {""})
            waiting |= more - found
        return found

    def chain(self, first: str, last: str) -> tuple[str, ...]:
        """Return the shortest way by imports from one module to another; empty if there is none."""
        if first == last:
            return (first,)
        return self._graph.find_shortest_chain(first, last) or ()

    def has(self, name: str) -> bool:
        """Return whether ``name`` is a module of ``fer_lib``."""
        return name in self._graph.modules

    def hashes(self, *names: str) -> dict[str, str]:
        """Return the sha256 of each file behind ``modules(*names)``, by path in the checkout.

        What a package carries beside its code (the head of the faces) belongs to it.
        """
        files: list[Path] = []
        for name in self.modules(*names):
            place = paths.root() / name.replace(".", "/")
            if place.is_dir():
                files.append(place / "__init__.py")
                files += carried(place)
            else:
                files.append(place.with_suffix(".py"))
        return {str(file.relative_to(paths.root())): self._hash(file) for file in sorted(files)}

    def _hash(self, file: Path) -> str:
        if file not in self._hashes:
            self._hashes[file] = sha256(file.read_bytes())
        return self._hashes[file]


def carried(package: Path) -> list[Path]:
    """Return the data files in a package's own folders; prose about them is not data."""
    found = []
    for place in sorted(package.iterdir()):
        if place.is_dir() and place.name != "__pycache__" and not (place / "__init__.py").exists():
            found += [file for file in sorted(place.rglob("*")) if file.is_file()]
        elif place.is_file():
            found.append(place)
    return [file for file in found if file.suffix not in (".py", ".pyc", ".md")]


def lock() -> dict[str, str]:
    """Return name -> version of every package in ``constraints.txt``."""
    lines = (paths.root() / "constraints.txt").read_text().splitlines()
    pins = (line.partition("==") for line in lines if line and not line.startswith("#"))
    return {name.strip(): version.strip() for name, _, version in pins}


def surroundings() -> dict:
    """Return what decides every result: the lock, the Python, the thread count."""
    version = ".".join(platform.python_version_tuple()[:2])
    return {"lock": lock(), "python": version, "threads": threads.count()}
