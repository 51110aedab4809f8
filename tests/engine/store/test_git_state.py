"""The commit of a checkout, and whether tracked files differ from it."""

import shutil
import subprocess

import pytest

from engine.store import git_state, paths


def git(folder, *words):
    identity = ["-c", "user.name=x", "-c", "user.email=x"]
    subprocess.run(["git", "-C", str(folder), *identity, *words], check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="no git")
def test_only_tracked_files_make_a_checkout_modified(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "root", lambda: tmp_path / "copy")
    git(tmp_path, "init")
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "file").write_text("1")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "x")
    assert git_state.commit() == ("unknown", False)  # the repository around it is another's
    monkeypatch.setattr(paths, "root", lambda: tmp_path)
    name, modified = git_state.commit()
    assert (len(name), modified) == (12, False)
    (tmp_path / "new").write_text("1")
    assert git_state.commit() == (name, False)
    (tmp_path / "copy" / "file").write_text("2")
    assert git_state.commit() == (name, True)
    monkeypatch.setenv("PATH", "")
    assert git_state.commit() == ("unknown", False)
