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


def pins() -> dict[str, str]:
    """Return name -> version of every package in ``constraints.txt``."""
    lines = (paths.root() / "constraints.txt").read_text().splitlines()
    parts = (line.partition("==") for line in lines if line and not line.startswith("#"))
    return {name.strip(): version.strip() for name, _, version in parts}


def canonical(name: str) -> str:
    """Return a package's name as the lock spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _providers() -> dict[str, list[str]]:
    return importlib.metadata.packages_distributions()


def distributions(imported: Iterable[str]) -> set[str]:
    """Return the installed packages behind names that are imported; Python's own have none."""
    tops = {name.partition(".")[0] for name in imported} - set(sys.stdlib_module_names)
    return {canonical(package) for top in tops for package in _providers().get(top, ())}


@cache
def _requires(package: str) -> frozenset[str]:
    """Return what one installed package requires here, without its extras."""
    try:
        lines = importlib.metadata.requires(package) or []
    except importlib.metadata.PackageNotFoundError:
        lines = []
    parsed = map(Requirement, lines)
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
