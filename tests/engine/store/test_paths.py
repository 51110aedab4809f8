"""Where the store lies: in the checkout for who works there, else in the user's own cache."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.store import paths

PRINT = "from engine.store import paths; print(paths.cache())"


@pytest.fixture
def free(tmp_path, monkeypatch):
    """Let no variable say where anything lies, and the home folder be an empty one."""
    for name in ("FER_CACHE", "FER_BUILD", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(paths, "root", lambda: tmp_path / "checkout")
    (tmp_path / "checkout" / "notebooks").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    return tmp_path


@pytest.mark.parametrize("place", ["checkout", "checkout/notebooks"])
def test_who_works_in_the_checkout_has_the_store_there(free, monkeypatch, place):
    monkeypatch.chdir(free / place)
    assert paths.cache() == free / "checkout" / "_build" / "store"
    assert not (free / "home").exists()


@pytest.mark.parametrize(
    ("system", "given", "place"),
    [
        ("linux", "", "home/.cache"),
        ("darwin", "", "home/Library/Caches"),
        ("linux", "{}/mine", "mine"),
        ("darwin", "{}/mine", "mine"),
        ("linux", "relative", "home/.cache"),  # the specification wants it left out
    ],
)
def test_elsewhere_it_is_the_users_cache(free, monkeypatch, system, given, place):
    monkeypatch.chdir(free / "elsewhere")
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setenv("XDG_CACHE_HOME", given.format(free))
    assert paths.cache() == free / place / "fer-companion"
    assert paths.cache().is_dir()
    assert not (free / "checkout" / "_build").exists()


def test_a_folder_beside_the_checkout_with_its_name_at_the_front_is_elsewhere(free, monkeypatch):
    (free / "checkout-2").mkdir()
    monkeypatch.chdir(free / "checkout-2")
    assert paths.cache() == free / "home" / ".cache" / "fer-companion"


def test_what_a_variable_says_comes_first(free, monkeypatch):
    monkeypatch.chdir(free / "elsewhere")
    monkeypatch.setenv("FER_BUILD", str(free / "built"))
    assert paths.cache() == free / "built" / "store"
    monkeypatch.setenv("FER_CACHE", str(free / "given"))
    assert paths.cache() == free / "given"


@pytest.mark.parametrize("own", [True, False])
def test_a_command_of_the_project_has_the_store_of_its_checkout(tmp_path, own):
    """Also from another folder; a piece of code that imports it there does not."""
    checkout, elsewhere, home = (tmp_path / name for name in ("checkout", "elsewhere", "home"))
    for name in ("engine", "engine/store"):
        (checkout / name).mkdir(parents=True)
        (checkout / name / "__init__.py").touch()
    (checkout / "engine" / "store" / "paths.py").write_text(Path(paths.__file__).read_text())
    (checkout / "engine" / "where.py").write_text(PRINT)
    elsewhere.mkdir()
    left_out = ("FER_", "XDG_", "PYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    done = subprocess.run(
        [sys.executable, "-P", *(("-m", "engine.where") if own else ("-c", PRINT))],
        cwd=elsewhere,
        env=kept | {"HOME": str(home), "PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
    )
    users = Path("Library/Caches" if sys.platform == "darwin" else ".cache")
    wanted = checkout / "_build" / "store" if own else home / users / "fer-companion"
    assert (done.stdout, done.stderr) == (f"{wanted}\n", "")
