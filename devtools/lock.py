"""Renew ``constraints.txt``: every package, direct or not, at the version a fresh resolution gives.

pip itself resolves (``--dry-run --report``), so that the lock is what an installation would get.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from devtools import conda_file
from engine.store import paths

EXTRAS = ("serve", "book", "cluster", "dev", "lab", "judge")
HEADER = """\
# Complete lock of this project: `make lock` renews it, `make book` and `make test` install from it.
# Resolved on Python {resolved}; holds what Python {pythons} need as well.
# torch is pinned without a local tag: the same pin gives whatever build the platform offers.
"""


def resolve(requirements: list[str], known: dict[str, str]) -> list[dict]:
    """Return pip's report on ``requirements``, one entry a distribution, nothing installed."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        constraints = Path(folder) / "known.txt"
        constraints.write_text("".join(f"{name}=={pin}\n" for name, pin in known.items()))
        options = ["--dry-run", "--ignore-installed", "-qq", "--report", str(report)]
        command = [sys.executable, "-m", "pip", "install", *options, "-c", str(constraints)]
        subprocess.run(command + requirements, check=True, cwd=paths.root())
        return [entry["metadata"] for entry in json.loads(report.read_text())["install"]]


def missing_elsewhere(found: list[dict]) -> list[str]:
    """Return requirements of ``found`` that other Python versions have and this one has not."""
    names = {canonicalize_name(entry["name"]) for entry in found}
    missing = set()
    for entry in found:
        for line in entry.get("requires_dist", []):
            requirement = Requirement(line)
            if canonicalize_name(requirement.name) in names or requirement.marker is None:
                continue
            for python in conda_file.pythons():
                where = default_environment() | {
                    "python_version": python,
                    "python_full_version": f"{python}.0",
                    "extra": "",
                }
                if requirement.marker.evaluate(where):
                    missing.add(f"{requirement.name}{requirement.specifier}")
    return sorted(missing)


def too_new(found: list[dict]) -> list[str]:
    """Return which of ``found`` refuse the first release of a supported Python, and what they ask.

    pip resolves for the Python that runs it, which may be a later patch release than a user's.
    """
    refused = []
    for entry in found:
        accepts = SpecifierSet(entry.get("requires_python") or "")
        if not all(f"{python}.0" in accepts for python in conda_file.pythons()):
            refused.append(f"{entry['name']} {entry['version']} ({accepts})")
    return refused


def public(version: str) -> str:
    """Return a version without its local tag (``2.13.0+cpu`` becomes ``2.13.0``)."""
    return version.partition("+")[0]


def main() -> int:
    """Resolve everything afresh and write constraints.txt and environment.yml."""
    found = resolve(["-e", f".[{','.join(EXTRAS)}]"], {})
    pins = {}
    while True:
        if refused := too_new(found):
            print(
                f"error: not for every supported Python: {', '.join(refused)}: "
                "bound them in pyproject.toml",
                file=sys.stderr,
            )
            return 1
        for entry in found:
            pins[canonicalize_name(entry["name"])] = public(entry["version"])
        pins.pop("fer-companion", None)
        more = [
            line
            for line in missing_elsewhere(found)
            if canonicalize_name(Requirement(line).name) not in pins
        ]
        if not more:
            break
        found = resolve(more, pins)
    pins["xgboost"] = pins["xgboost-cpu"]  # one release: macOS has the one, all others the other
    header = HEADER.format(
        resolved=f"{sys.version_info.major}.{sys.version_info.minor}",
        pythons=", ".join(conda_file.pythons()),
    )
    lines = [f"{name}=={pin}\n" for name, pin in sorted(pins.items())]
    (paths.root() / "constraints.txt").write_text(header + "".join(lines))
    conda_file.write()
    print(f"constraints.txt: {len(pins)} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
