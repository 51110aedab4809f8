"""What `make` installs, and where: nothing twice, and nothing into what another checkout uses."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from devtools import conda_file
from engine import installed_checkout
from engine.store import paths

ROOT = paths.root()
# Which sets of packages hold which.
WIDER = {
    "serve": {"book", "cluster", "dev", "lab"},
    "book": {"cluster", "dev", "lab"},
    "cluster": {"dev"},
    "dev": set(),
    "lab": set(),
    "judge": set(),
}
# A command for which each is installed.
COMMANDS = {
    "serve": ("serve",),
    "book": ("book",),
    "cluster": ("book", "FLAGS=--executor slurm"),
    "dev": ("lint",),
    "lab": ("lab",),
    "judge": ("judge",),
}


def make(*words: str) -> subprocess.CompletedProcess:
    """Run make in this checkout, without what a make around this test was given."""
    left = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS", "VENV"))}
    return subprocess.run(["make", *words], cwd=ROOT, env=left, capture_output=True, text=True)


def stamp(environment: Path, packages: str) -> Path:
    """Return the file that says that a set of packages is installed."""
    said = make("-n", *COMMANDS[packages], f"VENV={environment}").stdout
    (found,) = set(re.findall(rf"touch (\S+installed-{packages}-\S+)", said))
    return Path(found)


def installs(environment: Path, packages: str) -> bool:
    """Return whether make would install something for a command."""
    done = make("-n", *COMMANDS[packages], f"VENV={environment}")
    assert done.returncode == 0, done.stderr
    return f"-e '.[{packages}]'" in done.stdout


@pytest.mark.parametrize("there", WIDER)
def test_what_holds_a_set_of_packages_will_do_for_it(tmp_path, there):
    stamp(tmp_path, there).touch()
    for wanted, wider in WIDER.items():
        assert installs(tmp_path, wanted) == (wanted != there and there not in wider), wanted


def test_another_lock_will_not_do(tmp_path):
    found = stamp(tmp_path, "book")
    found.with_name(f"{found.name}0").touch()
    assert installs(tmp_path, "serve")
    assert installs(tmp_path, "book")


def test_the_sets_hold_each_other_as_the_project_declares():
    declared = conda_file.project()["optional-dependencies"]
    assert set(declared) == set(WIDER)

    def held(name: str) -> set[str]:
        inner = set(re.findall(r"fer-companion\[(\w+)\]", " ".join(declared[name])))
        return inner.union(*map(held, inner))

    assert {name: {w for w in WIDER if name in held(w)} for name in WIDER} == WIDER


@pytest.fixture
def environment(tmp_path):
    """An environment without pip, and a function that lets it use a checkout."""
    made = tmp_path / "venv"
    venv.create(made, with_pip=False, symlinks=True)

    def use(folder: Path, **more) -> Path:
        told = {"url": folder.as_uri(), "dir_info": {"editable": True}, **more}
        (packages,) = made.glob("lib/python*/site-packages")
        about = packages / "fer_companion-0.1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(
            "Metadata-Version: 2.1\nName: fer-companion\nVersion: 0.1\n"
        )
        (about / "direct_url.json").write_text(json.dumps(told))
        return made

    return use


@pytest.mark.parametrize("target", ["serve", "book", "lab"])
def test_an_environment_of_another_checkout_is_refused(tmp_path, environment, target):
    other = tmp_path / "a checkout"
    other.mkdir()
    made = environment(other)
    before = sorted(made.rglob("*"))
    done = make(target, f"VENV={made}", f"PYTHON={sys.executable}")
    assert done.returncode == 2
    (line,) = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert line == (
        f"error: the environment {made} is that of the checkout {other}, which would lose it: "
        "set VENV=..., such as VENV=.venv"
    )
    assert sorted(made.rglob("*")) == before


def test_one_s_own_environment_is_not_and_neither_is_one_whose_checkout_is_gone(
    tmp_path, environment
):
    """It comes as far as the installation: there is no pip."""
    made = environment(tmp_path / "gone")
    done = make("serve", f"VENV={made}", f"PYTHON={sys.executable}")
    assert "No module named pip" in done.stderr
    assert "is that of the checkout" not in done.stderr


@pytest.mark.parametrize(
    ("more", "used"),
    [({}, True), ({"dir_info": {}}, False), ({"dir_info": {"editable": False}}, False)],
)
def test_whose_code_an_environment_uses(tmp_path, environment, more, used):
    other = tmp_path / "a checkout"
    other.mkdir()
    (packages,) = environment(other, **more).glob("lib/python*/site-packages")
    assert installed_checkout.checkout(str(packages)) == (other if used else None)
    assert installed_checkout.checkout(str(tmp_path)) is None
