"""pyproject.toml, constraints.txt and environment.yml agree, and the lock is whole."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from devtools import conda_file
from engine.store import paths

LOCK = (paths.root() / "constraints.txt").read_text()
PINS = conda_file.pins()


def test_every_line_is_one_exact_pin():
    lines = [line for line in LOCK.splitlines() if line and not line.startswith("#")]
    for line in lines:
        assert re.fullmatch(r"[a-z0-9-]+==[0-9][\w.]*", line), line
    assert lines == sorted(lines, key=lambda line: line.partition("==")[0])


def test_no_registry_and_no_local_build():
    assert "://" not in LOCK
    assert "--" not in LOCK
    assert "+" not in LOCK
    assert "torch==2.13.0\n" in LOCK


def test_direct_dependencies_are_locked_within_their_bounds():
    project = tomllib.loads((paths.root() / "pyproject.toml").read_text())["project"]
    lines = list(project["dependencies"])
    for extra in ("serve", "book", "cluster", "dev", "lab", "judge"):
        lines += project["optional-dependencies"][extra]
    for line in lines:
        requirement = Requirement(line)
        name = canonicalize_name(requirement.name)
        if name != project["name"]:
            assert PINS[name] in requirement.specifier, line


def test_environment_yml_has_the_same_pins():
    assert (paths.root() / "environment.yml").read_text() == conda_file.text()


def test_nothing_installed_is_missing_from_the_lock():
    """What the direct dependencies pull in, followed to the end, is pinned."""
    asked = conda_file.direct("serve", "book", "cluster", "dev")
    todo, seen = [name for name, where in asked.items() if not where or where.evaluate()], set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        assert name in PINS, f"{name} is not in constraints.txt: make lock"
        for line in metadata.requires(name) or []:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                todo.append(canonicalize_name(requirement.name))
    assert len(seen) > 100


def test_version_is_stated_once_for_all():
    project = tomllib.loads((paths.root() / "pyproject.toml").read_text())["project"]
    citation = (paths.root() / "CITATION.cff").read_text()
    assert f"\nversion: {project['version']}\n" in citation
    # A string in the library would count for every stored result.
    assert project["version"] not in (paths.root() / "fer_lib" / "__init__.py").read_text()
