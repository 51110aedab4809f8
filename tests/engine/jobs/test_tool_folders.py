"""Settings and caches of tools lie in the build folder; pip keeps the user's settings."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from engine.jobs import run_notebook, tool_folders


@pytest.fixture
def built(tmp_path, monkeypatch):
    """Return a build folder; the home folder has pip's settings."""
    monkeypatch.setenv("FER_BUILD", str(tmp_path / "built"))
    monkeypatch.setenv("FER_CACHE", str(tmp_path / "store"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("XDG_CONFIG_HOME", "PIP_CONFIG_FILE", "PIP_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    pip = tmp_path / "home" / ".config" / "pip"
    pip.mkdir(parents=True)
    (pip / "pip.conf").write_text("[global]\ntimeout = 123\n")
    return tmp_path / "built"


def fonts():
    """Return the font lists of matplotlib in the folder that is set."""
    folder = Path(os.environ["MPLCONFIGDIR"])
    return list(folder.glob("fontlist-*.json"))


def test_the_font_list_is_made_once_and_again_only_when_it_is_damaged(built, tmp_path):
    run_notebook.set_environment(tmp_path / "first")
    (made,) = fonts()
    assert made.is_relative_to(built)
    first = made.stat().st_mtime_ns
    run_notebook.set_environment(tmp_path / "second")
    assert made.stat().st_mtime_ns == first
    made.write_text(made.read_text()[:100])
    run_notebook.set_environment(tmp_path / "third")
    assert json.loads(made.read_text())["ttflist"]
    assert [path.name for path in made.parent.iterdir()] == [made.name]


def test_each_execution_has_folders_of_its_own_for_jupyter(built, tmp_path):
    seen = set()
    for name in ("first", "second"):
        run_notebook.set_environment(tmp_path / name)
        seen |= {os.environ[of] for of in ("JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    assert len(seen) == 4


def test_only_where_no_home_is_known_there_is_one(built, tmp_path, monkeypatch):
    home = os.environ["HOME"]
    assert tool_folders.environment(tmp_path)["HOME"] == home
    for name in ("HOME", "LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)

    def unknown(number):
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    found = tool_folders.environment(tmp_path)
    assert Path(found["HOME"]).is_relative_to(built)
    assert found["LOGNAME"] == "unknown"


def test_pip_keeps_the_settings_of_the_user(built, tmp_path, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    found = tool_folders.environment(tmp_path)
    assert found["HTTPS_PROXY"] == "http://127.0.0.1:9"
    command = [sys.executable, "-m", "pip", "config", "get", "global.timeout"]
    done = subprocess.run(command, env=found, capture_output=True, text=True)
    assert done.stdout.strip() == "123", done.stderr
