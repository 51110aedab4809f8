"""Compute keys from everything that decides a result: code, packages, Python, threads.

A run, a page or a data set is stored under its key. Only content counts: no time stamp, no folder,
and no file that is not read. Three things never count, so that changing them makes no stored result
stale: rows of a table that a result does not use (`engine.store.registry`), modules that only
report (`INERT`), and the words of a progress line.
"""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from collections.abc import Iterable
from contextlib import suppress
from copy import deepcopy
from pathlib import Path

import grimp

from engine.store import lockfile, paths, progress_words, threads

# What is ours and computes something: every file below them can decide a result.
PACKAGES = ("claimcheck", "engine", "face_renderer", "fer_lib")
# They tell people and records how far a computation is and on what machine it ran, and hand nothing
# back to it: tests/engine/test_inert.py computes the same numbers with stubs in their place.
INERT = ("engine.store.machine", "engine.store.progress")
# Of the files beside the code these are data. Others are a registry, whose rows count, or prose, or
# left there by an editor.
DATA = (".json", ".npz", ".yml")


def sha256(content: bytes) -> str:
    """Return the sha256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def digest(ingredients: dict) -> str:
    """Return 12 hexadecimal digits that name a result: the same for the same ingredients."""
    return sha256(json.dumps(ingredients, sort_keys=True).encode())[:12]


class LibraryError(ValueError):
    """A file of `PACKAGES` does not parse; the message names it and the line."""


class Library:
    """The import graph of `PACKAGES` as their files are now; `library` returns the one to use.

    Every import statement counts, also one inside a function.

    Raises
    ------
    LibraryError
        If a file does not parse.
    """

    def __init__(self) -> None:
        try:
            self._graph = grimp.build_graph(
                *PACKAGES, include_external_packages=True, cache_dir=None
            )
        except grimp.exceptions.SourceSyntaxError as error:
            raise LibraryError(str(error)) from None
        self._root = paths.root()
        self._hashes: dict[str, dict[str, str]] = {}
        # Many trainings share one set of modules.
        self._known: dict[tuple[str, ...], set[str]] = {}
        self._ingredients: dict[tuple, dict] = {}

    def modules(self, *names: str) -> set[str]:
        """Return the modules that importing ``names`` executes, directly or not.

        Those of `INERT` are left out, and so is what only they import.

        Raises
        ------
        ValueError
            If a name is no module of `PACKAGES`.
        """
        return {name for name in self._reached(*names) if self.has(name)}

    def _reached(self, *names: str) -> set[str]:
        """Return what importing ``names`` executes, packages of others by their top name."""
        if names in self._known:
            return self._known[names]
        found: set[str] = set()
        waiting = set(names) - set(INERT)
        for name in names:
            if not self.has(name):
                raise ValueError(f"{name} is not a module of {', '.join(PACKAGES)}")
        while waiting:
            name = waiting.pop()
            found.add(name)
            if not self.has(name):
                continue
            # Importing a module executes the packages it lies in.
            parent = name.rpartition(".")[0]
            more = self._graph.find_modules_directly_imported_by(name) | ({parent} - {""})
            waiting |= more - found - set(INERT)
        self._known[names] = found
        return found

    def chain(self, first: str, last: str) -> tuple[str, ...]:
        """Return the shortest way by imports from one module to another; empty if there is none."""
        if first == last:
            return (first,)
        return self._graph.find_shortest_chain(first, last) or ()

    def has(self, name: str) -> bool:
        """Return whether ``name`` is a module of ours."""
        return name.partition(".")[0] in PACKAGES and name in self._graph.modules

    def hashes(self, *names: str) -> dict[str, str]:
        """Return the hash of each file behind ``modules(*names)``, by path in the checkout.

        It is the file's sha256, but for the words of progress lines
        (`engine.store.progress_words`). What a package carries beside its code (the head of the
        faces) belongs to it.
        """
        found: dict[str, str] = {}
        for name in self.modules(*names):
            found |= self._of_module(name)
        return dict(sorted(found.items()))

    def _code(self, name: str) -> Path:
        """Return the file of a module."""
        place = self._root / name.replace(".", "/")
        return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")

    def _of_module(self, name: str) -> dict[str, str]:
        """Return the hash of each file of one module, by path in the checkout."""
        if name not in self._hashes:
            code = self._code(name)
            try:
                files = {code: sha256(progress_words.counted(code.read_bytes()))}
            except SyntaxError as error:  # grimp reads the syntax of later Pythons as well
                where = f"{code.relative_to(self._root)}, line {error.lineno}"
                raise LibraryError(f"{where}: it does not parse ({error.msg})") from None
            package = code.parent if code.name == "__init__.py" else None
            files |= {f: sha256(f.read_bytes()) for f in (carried(package) if package else ())}
            self._hashes[name] = {str(f.relative_to(self._root)): h for f, h in files.items()}
        return self._hashes[name]

    def versions(self, *names: str, also: Iterable[str] = ()) -> dict[str, str]:
        """Return name -> version, by the lock, of the packages behind some modules.

        Those that the modules import, and all that these require; ``also`` names further ones by
        what is imported of them.
        """
        imported = {name for name in self._reached(*names) if not self.has(name)} | set(also)
        pins = lockfile.pins()
        behind = lockfile.required(lockfile.distributions(imported) & set(pins))
        return {name: pins[name] for name in sorted(behind & set(pins))}

    def ingredients(self, *names: str, also: Iterable[str] = ()) -> dict:
        """Return all of a key that is the same for every kind of result computed by ``names``.

        ``library``: the files; ``lock``: the packages; and `surroundings`.
        """
        asked = (names, frozenset(also))
        if asked not in self._ingredients:
            versions = self.versions(*names, also=also)
            self._ingredients[asked] = {"library": self.hashes(*names), "lock": versions}
        return {**deepcopy(self._ingredients[asked]), **surroundings()}


_now: tuple[dict, Library] | None = None
_outdated: set[str] = set()


def library() -> Library:
    """Return the import graph of the files as they are now, built once while they stay the same.

    Raises
    ------
    LibraryError
        If a file does not parse.
    """
    global _now
    state = _state()
    if _now is None or _now[0] != state:
        fresh = Library()
        if _now is not None:
            before = _now[0]
            changed = {file for file, known in before.items() if state.get(file) != known}
            _outdated.update({_module(file) for file in changed} & set(sys.modules))
        _now = (state, fresh)
    return _now[1]


def _state() -> dict[Path, tuple]:
    """Return what changes when a file does that decides a key; an editor's own files do not.

    No file is opened: a page is refused that reads what its key does not count.
    """
    found = {}
    own = (file for package in PACKAGES for file in (paths.root() / package).rglob("*"))
    for file in [paths.root() / "constraints.txt", *sorted(own)]:
        if file.suffix in (".py", ".txt", *DATA) and not file.name.startswith("."):
            with suppress(FileNotFoundError):  # gone between the two questions
                s = file.stat()
                found[file] = (s.st_size, s.st_mtime_ns, s.st_ctime_ns, s.st_ino)
    return found


def _module(file: Path) -> str:
    """Return what a file of the library is imported as."""
    parts = file.relative_to(paths.root()).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def refuse_outdated(*names: str, counted: dict[str, str] | None = None) -> None:
    """Refuse to compute with code that is no longer that of the files, by which results are named.

    A kernel that is kept open goes on with the modules that it has imported.

    Parameters
    ----------
    *names : str
        The modules that compute.
    counted : dict, optional
        The files behind them as a key counts them (`Library.hashes`).

    Raises
    ------
    LibraryError
        If a module behind ``names`` was imported before its file changed, or if a file is no
        longer as it was counted.
    """
    old = sorted(library().modules(*names) & _outdated)
    if old:
        raise LibraryError(f"{old[0]} changed after it was imported here: restart this kernel")
    if counted is not None:
        now = library().hashes(*names)
        changed = sorted(f for f in now.keys() | counted.keys() if now.get(f) != counted.get(f))
        if changed:
            raise LibraryError(f"{changed[0]} changed since the result was asked for: try again")


def code(*names: str) -> dict:
    """Return the part of a key that is code: the files behind modules, and the packages.

    For pixels, which depend on neither Python nor the number of threads.
    """
    found = library().ingredients(*names)
    return {"library": found["library"], "lock": found["lock"]}


def carried(package: Path) -> list[Path]:
    """Return the data files in a package's own folders, without what pip leaves of a build."""
    found = []
    for place in sorted(package.iterdir()):
        if place.name == "build" or place.suffix == ".egg-info":
            continue
        if place.is_dir():
            own = (place / "__init__.py").exists()  # a package of its own
            found += [] if own else [file for file in sorted(place.rglob("*")) if file.is_file()]
        elif place.is_file():
            found.append(place)
    return [f for f in found if f.suffix in DATA and not f.name.startswith(".")]


def surroundings() -> dict:
    """Return what decides every result beside code and packages: the Python, the thread count."""
    version = ".".join(platform.python_version_tuple()[:2])
    return {"python": version, "threads": threads.count()}
