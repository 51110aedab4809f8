"""A package of ours that can be installed alone works with what it declares and nothing else.

The environment holds the package, built from its own pyproject.toml, and links to what it declares
and what that requires, taken from the environment of these tests. So nothing is downloaded, and a
dependency that is not declared is not there.
"""

from __future__ import annotations

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import venv
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from engine.store import paths

ROOT = paths.root()
# With the exit status of the last command of its README's example.
PACKAGES = {"claimcheck": 1, "face_renderer": 0}
# Import every module of a package, then say which names of a list can be imported.
IMPORT_ALL = """
import importlib, importlib.util, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not found.name.endswith(".__main__"):
        importlib.import_module(found.name)
print(package.__path__[0], *(n for n in sys.argv[2:] if importlib.util.find_spec(n)), sep="\\n")
"""


def closure(*requirements: str) -> set[str]:
    """Return the distributions behind some requirements, themselves included, by their names."""
    found, waiting = set(), [Requirement(one) for one in requirements]
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        if name not in found and (one.marker is None or one.marker.evaluate({"extra": ""})):
            found.add(name)
            waiting += map(Requirement, metadata.requires(name) or [])
    return found


@dataclass(frozen=True)
class Environment:
    """A Python environment without pip, and an empty folder to work in."""

    folder: Path
    work: Path

    @property
    def programs(self) -> Path:
        """Where its commands lie."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    def run(self, *command: str) -> subprocess.CompletedProcess:
        """Run one of its commands in the empty folder."""
        left = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "FER_"))}
        return subprocess.run(
            [str(self.programs / command[0]), *command[1:]],
            cwd=self.work,
            env=left | {"PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )

    def link(self, *requirements: str) -> None:
        """Add what some requirements need."""
        asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
        site = Path(self.run("python", "-c", asked).stdout.strip())
        for name in closure(*requirements):
            told = metadata.distribution(name)
            for top in {file.parts[0] for file in told.files} - {"..", "__pycache__"}:
                if not (site / top).exists():
                    (site / top).symlink_to(Path(told.locate_file(top)).resolve())

    def install(self, source: Path) -> None:
        """Build and install the package in a folder, as pip does."""
        here = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
        wheels = self.work.parent / "wheels"
        offline = ["--no-deps", "--no-index"]
        for command in (
            [*here, "wheel", *offline, "--no-build-isolation", "-w", wheels, source],
            [*here, "--python", self.programs / "python", "install", *offline, "-f", wheels]
            + [declared(source)["name"]],
        ):
            done = subprocess.run(command, capture_output=True, text=True, cwd=self.work)
            assert done.returncode == 0, done.stdout + done.stderr


def declared(source: Path) -> dict:
    """Return what the pyproject.toml of a package's folder says of the project."""
    return tomllib.loads((source / "pyproject.toml").read_text())["project"]


def alone(package: str, folder: Path) -> Environment:
    """Return an environment with a package of ours and what it declares.

    Parameters
    ----------
    package : str
        Its name, and that of its folder in the checkout.
    folder : Path
        Empty; becomes the environment's, with a copy of the sources.
    """
    source = folder / "source" / package
    shutil.copytree(ROOT / package, source, ignore=shutil.ignore_patterns("__pycache__"))
    made = Environment(folder / "environment", folder / "work")
    made.work.mkdir()
    venv.create(made.folder, with_pip=False, symlinks=os.name != "nt")
    made.link(*declared(source)["dependencies"])
    made.install(source)
    return made


def others(package: str) -> list[str]:
    """Return everything else of ours that could be imported from the checkout."""
    folders = {file.parent.name for file in ROOT.glob("*/*.py")}
    assert {"fer_lib", "engine", "tests", package} <= folders
    return sorted(folders - {package})


def example(package: str) -> list[tuple[str, str]]:
    """Return the commands of a README's first example, each with what it prints."""
    text = (ROOT / package / "README.md").read_text(encoding="utf-8")
    block = re.search(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)[1]
    return [tuple(one.split("\n", 1)) for one in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]


@pytest.fixture(scope="module", params=PACKAGES)
def installed(request, tmp_path_factory):
    return request.param, alone(request.param, tmp_path_factory.mktemp(request.param))


def test_every_module_is_there_and_nothing_else_of_ours(installed):
    package, made = installed
    done = made.run("python", "-P", "-c", IMPORT_ALL, package, *others(package))
    assert done.returncode == 0, done.stderr
    (place,) = done.stdout.splitlines()
    assert Path(place).resolve().is_relative_to(made.folder.resolve())


def test_the_example_of_the_readme_prints_what_it_says(installed):
    package, made = installed
    if (ROOT / package / "examples").exists():
        shutil.copytree(ROOT / package / "examples", made.work / "examples", dirs_exist_ok=True)
    told = example(package)
    assert told
    for command, printed in told:
        done = made.run(*shlex.split(command))
        assert (done.stdout, done.stderr) == (printed, "")
    assert done.returncode == PACKAGES[package]


def test_the_readme_of_claimcheck_shows_its_example():
    shown = (ROOT / "claimcheck" / "README.md").read_text()
    ledger = (ROOT / "claimcheck" / "examples" / "planted_error.yml").read_text()
    assert f"```yaml\n{ledger}```\n" in shown


# Before the tests that add pytest, which brings packaging with it.
@pytest.mark.parametrize("name", ["fer_lib", "packaging"])
def test_what_is_not_declared_is_not_there(installed, name):
    """Both can be imported where these tests run."""
    package, made = installed
    asked = "import sys, importlib; print(importlib.import_module(sys.argv[1]).__file__)"
    file = Path(made.run("python", "-P", "-c", asked, package).stdout.strip())
    assert file.resolve().is_relative_to(made.folder.resolve())
    text = file.read_text()
    file.write_text(f"{text}import {name}\n")
    try:
        done = made.run("python", "-c", IMPORT_ALL, package)
    finally:
        file.write_text(text)
    assert f"No module named '{name}'" in done.stderr
    assert done.returncode == 1


@pytest.mark.slow
def test_its_own_tests_pass(installed):
    package, made = installed
    made.link("pytest")
    shutil.copytree(
        ROOT / "tests" / package,
        made.work / "tests",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    # What is slow is slow here as well, and runs beside this test.
    chosen = ("-m", "not slow", "-W", "ignore::pytest.PytestUnknownMarkWarning")
    done = made.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *chosen, "tests")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not re.search("skipped|xfailed|no tests ran", done.stdout)


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_declared_is_imported_and_the_other_way_round(package):
    files = [*(ROOT / package).glob("*.py"), *(ROOT / package).glob("*/*.py")]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text()))]
    names = {one.name for node in nodes if isinstance(node, ast.Import) for one in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    tops = {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {package}
    dists = metadata.packages_distributions()
    imported = {canonicalize_name(dists[top][0]) for top in tops}
    needed = declared(ROOT / package)["dependencies"]
    assert imported == {canonicalize_name(Requirement(one).name) for one in needed}
