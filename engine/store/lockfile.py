"""Read the lock, ``constraints.txt``, and find the packages behind an import."""

from __future__ import annotations

import importlib.metadata
import re
import sys
from collections.abc import Iterable
from functools import cache

from packaging.requirements import Requirement

from engine.store import paths

# Packages that a package loads by name where its metadata call them optional.
LOADED_BY_NAME = {
    "pandas": ("pyarrow",),
    "flaml": ("lightgbm", "optuna", "xgboost", "xgboost-cpu"),
}
FOR_AN_EXTRA = re.compile(r"\bextra *== *['\"]\w")


def pins() -> dict[str, str]:
    """Return name -> version of every package in ``constraints.txt``."""
    lines = (paths.root() / "constraints.txt").read_text().splitlines()
    parts = (line.partition("==") for line in lines if line and not line.startswith("#"))
    return {name.strip(): version.strip() for name, _, version in parts}


def canonical(name: str) -> str:
    """Return a package's name as the lock spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _installed() -> dict[str, list[tuple[set[str], list[str]]]]:
    """Return the installed packages by name: each with what it is imported as and what it requires.

    What `importlib.metadata` says of them, which takes ten times as long: it parses every file's
    path and every line of a description, and each job of a build has to ask.
    """
    found: dict[str, list[tuple[set[str], list[str]]]] = {}
    for one in importlib.metadata.distributions():
        head = (one.read_text("METADATA") or one.read_text("PKG-INFO") or "").partition("\n\n")[0]
        name = re.search("^Name: *(.+)$", head, re.MULTILINE)
        if name:
            tops = (one.read_text("top_level.txt") or "").split() or _tops(one)
            needs = re.findall("^Requires-Dist: *(.+)$", head, re.MULTILINE)
            found.setdefault(canonical(name[1]), []).append((set(tops), needs))
    return found


def _tops(one: importlib.metadata.Distribution) -> set[str]:
    """Return what a package that does not say so is imported as: where its Python files lie."""
    record = one.read_text("RECORD") or ""
    files = (line.partition(",")[0].strip('"') for line in record.splitlines())
    return {file.partition("/")[0].removesuffix(".py") for file in files if file.endswith(".py")}


@cache
def _providers() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for package, copies in _installed().items():
        for top in {top for tops, _ in copies for top in tops}:
            found.setdefault(top, set()).add(package)
    return found


def distributions(imported: Iterable[str]) -> set[str]:
    """Return the installed packages behind names that are imported; Python's own have none."""
    tops = {name.partition(".")[0] for name in imported} - set(sys.stdlib_module_names)
    return {package for top in tops for package in _providers().get(top, ())}


@cache
def _requires(package: str) -> frozenset[str]:
    """Return what one installed package requires here, without its extras."""
    lines = _installed().get(package, [(set(), [])])[0][1]
    # Most lines are for an extra alone; to parse them all would take longer than all the rest.
    parsed = [
        Requirement(line) for line in lines if not FOR_AN_EXTRA.search(line) or " or " in line
    ]
    wanted = [r for r in parsed if r.marker is None or r.marker.evaluate({"extra": ""})]
    named = LOADED_BY_NAME.get(package, ())
    return frozenset({canonical(r.name) for r in wanted} | set(named))


def required(packages: Iterable[str]) -> set[str]:
    """Return some packages with all that they require, directly or not."""
    found: set[str] = set()
    waiting = set(packages)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= _requires(name) - found
    return found
