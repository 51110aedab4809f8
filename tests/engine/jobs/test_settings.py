"""Bad input stops at once: one clear line, a status other than 0, nothing run."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time

import pytest

from engine.store import paths
from tests.helpers import copies


def start(module: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Run one of the tools as the Makefile does."""
    here = copies.Copy(paths.root(), paths.root() / "_build" / "store")
    return here.kept("-m", f"engine.{module}", *arguments, **environment)


def test_good_input_passes(tmp_path):
    done = start("jobs.check", "--profile", "smoke", FER_CACHE=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")


def test_settings_are_checked_before_anything_is_installed(tmp_path):
    """With the standard library alone, as `make` does on a fresh machine."""
    command = [sys.executable, "-S", "-m", "engine.jobs.check", "--profile", "smoke"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    environment["FER_CACHE"] = str(tmp_path)
    done = subprocess.run(
        command, cwd=paths.root(), env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("module", ["jobs.check", "build"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--profile", "bok"), "choose one of smoke, book"),
        (("--data", "nothing"), "rendered46"),
        (("--data", "gffd2025"), "DATA_ROOT"),
        (("--data", "gffd2025", "--data-root", "/nowhere/at/all"), "/nowhere/at/all"),
        (("--data", "gffd2025", "--data-root", "EMPTY"), "empty"),
        (("--seed", "one"), "whole number"),
    ],
)
def test_bad_input_is_one_clear_line(tmp_path, module, arguments, said):
    empty = tmp_path / "empty"
    empty.mkdir()
    arguments = [str(empty) if word == "EMPTY" else word for word in arguments]
    began = time.monotonic()
    done = start(module, *arguments, FER_CACHE=str(tmp_path / "store"), FER_BUILD=str(tmp_path))
    assert done.returncode == 2
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("error: ")
    assert said in lines[0]
    assert time.monotonic() - began < 20
    assert not (tmp_path / "executed").exists()


def test_a_store_that_cannot_be_written_is_said(tmp_path):
    # A file in the way refuses root as well, which permissions do not.
    blocked = tmp_path / "file"
    blocked.write_text("")
    done = start("jobs.check", FER_CACHE=str(blocked / "store"))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "FER_CACHE" in done.stderr


def test_bad_jobs_are_said(tmp_path):
    done = start("build", "--jobs", "0", FER_BUILD=str(tmp_path))
    assert done.returncode == 2
    assert "JOBS=0" in done.stderr


def test_a_second_build_is_refused(tmp_path):
    import fcntl

    with (tmp_path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = start("build", "--profile", "smoke", FER_BUILD=str(tmp_path))
    assert done.returncode == 2
    assert "another build" in done.stderr


AWKWARD = """--config a=1 b="c d" 'e' PROFIL=x, (y); z"""


@pytest.mark.parametrize(
    "setting", ["PROFIL=smoke", "profile=smoke", "PROFIL=", f"PROFIL={AWKWARD}"]
)
def test_make_refuses_a_misspelt_setting(setting):
    done = subprocess.run(
        ["make", "help", setting], cwd=paths.root(), capture_output=True, text=True
    )
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1
    assert f"unknown setting {setting.partition('=')[0]}:" in done.stderr


def without_make() -> dict[str, str]:
    """Return the environment without what a make around this test says, such as its folder."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}


def test_make_passes_on_what_a_setting_holds_as_it_is():
    """Blanks, quotes and further signs of equality, as options for Snakemake have them."""
    settings = dict.fromkeys(
        ("DATA_ROOT", "FLAGS", "STORAGE", "PAGE", "SEED", "N", "HOST"), AWKWARD
    )
    for target, options in {
        "book": ("--data-root", "--flags", "--storage", "--seed"),
        "why": ("--data-root", "--seed"),
        "verify": ("--data-root", "--seed"),
        "notebook": ("--data-root", "--seed"),
        "serve": ("--data-root", "--seed", "--host"),
    }.items():
        done = subprocess.run(
            ["make", "-n", target, *(f"{name}={value}" for name, value in settings.items())],
            cwd=paths.root(),
            env=without_make(),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        words = shlex.split(done.stdout.splitlines()[-1])
        for option in options:
            either = option + "=" + AWKWARD in words or words[words.index(option) + 1] == AWKWARD
            assert either, (target, option)


def test_make_passes_bad_input_on():
    done = subprocess.run(
        ["make", "-n", "book", "PROFILE=smoke", "DATA_ROOT=/a b"],
        cwd=paths.root(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    assert "--data-root '/a b'" in done.stdout
