"""Keep ``environment.yml`` (conda) at the pins of ``constraints.txt``."""

from __future__ import annotations

import sys
import tomllib

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from engine.store import paths
from engine.store.lockfile import pins

HEADER = """\
# For conda users: `conda env create -f environment.yml && conda activate fer-companion`,
# then `make book VENV=$CONDA_PREFIX`. Written by `make lock`; same pins as constraints.txt.
name: fer-companion
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python {supported}
  - pip
  - make
  - git
  - pip:
"""


def project() -> dict:
    """Return the table ``project`` of pyproject.toml."""
    return tomllib.loads((paths.root() / "pyproject.toml").read_text())["project"]


def pythons() -> list[str]:
    """Return the supported minor versions of Python 3, such as ``3.11``, oldest first."""
    supported = SpecifierSet(project()["requires-python"])
    return [f"3.{minor}" for minor in range(100) if f"3.{minor}.0" in supported]


def direct(*extras: str) -> dict[str, Marker | None]:
    """Return the direct dependencies, with those of ``extras``, and where each is wanted."""
    table = project()
    lines = list(table["dependencies"])
    for extra in extras:
        lines += table["optional-dependencies"][extra]
    asked = [Requirement(line) for line in lines]
    names = {canonicalize_name(one.name): one.marker for one in asked}
    return {name: marker for name, marker in names.items() if name != table["name"]}


def text() -> str:
    """Return what environment.yml should hold."""
    locked = pins()
    lines = [
        f"      - {name}=={locked[name]}{f'; {marker}' if marker else ''}\n"
        for name, marker in direct("serve", "book", "cluster", "dev").items()
    ]
    head = HEADER.format(supported=project()["requires-python"])
    return head + "      - -c constraints.txt\n" + "".join(lines) + "      - -e .\n"


def write() -> None:
    """Write environment.yml."""
    (paths.root() / "environment.yml").write_text(text())


if __name__ == "__main__":
    write()
    sys.exit(0)
