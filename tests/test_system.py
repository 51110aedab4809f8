"""What the system offers, and what is done where it offers less."""

import errno
import os
import signal
import stat
from pathlib import Path

import pytest

from fer_lib import system

FULL = Path("/dev/full")


def test_processors_are_those_that_the_process_may_use(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 3, 5}, raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert system.processors() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    assert system.processors() == 8
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert system.processors() == 1


def test_processes_are_forked_on_linux_only(monkeypatch):
    for platform, expected in (("linux", "fork"), ("darwin", "spawn"), ("win32", "spawn")):
        monkeypatch.setattr("sys.platform", platform)
        monkeypatch.setattr(os, "fork", None, raising=False)
        assert system.start_method() == expected
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delattr(os, "fork")
    assert system.start_method() == "spawn"


def without(monkeypatch, error=None):
    """Take `os.posix_fallocate` away, or have it refuse."""
    if error is None:
        monkeypatch.delattr(os, "posix_fallocate", raising=False)
        return

    def refuse(*_):
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, "posix_fallocate", refuse, raising=False)


@pytest.mark.parametrize("refusal", [None, errno.EOPNOTSUPP, errno.EINVAL])
def test_room_is_kept_where_the_system_has_no_call_for_it(tmp_path, monkeypatch, refusal):
    without(monkeypatch, refusal)
    path = tmp_path / "file"
    path.write_bytes(b"header")
    size = system._BLOCK + 5_000_001
    with path.open("r+b") as file:
        file.truncate(size)
        before = path.stat().st_blocks * 512
        system.reserve(file, size)
    assert before < 100_000
    assert path.stat().st_blocks * 512 >= size
    assert path.stat().st_size == size
    assert path.read_bytes() == b"header".ljust(size, b"\0")


def test_a_short_file_grows_to_what_is_reserved(tmp_path, monkeypatch):
    for name in ("with", "without"):
        path = tmp_path / name
        path.write_bytes(b"abc")
        with path.open("r+b") as file:
            system.reserve(file, 10)
        assert path.read_bytes() == b"abc".ljust(10, b"\0")
        without(monkeypatch)


def test_a_full_disk_is_an_error(tmp_path, monkeypatch):
    without(monkeypatch, errno.ENOSPC)
    with (tmp_path / "file").open("w+b") as file, pytest.raises(OSError, match="No space left"):
        system.reserve(file, 10)


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
def test_a_full_disk_is_an_error_without_the_call(monkeypatch):
    without(monkeypatch)
    with FULL.open("r+b", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        system.reserve(file, 10)


def _end(number):
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_worker_that_is_killed_is_one_line(monkeypatch, method):
    monkeypatch.setattr(system, "start_method", lambda: method)
    said = pytest.raises(system.WorkerError, match="was killed or could not start: free")
    with said as error, system.workers(1) as pool:
        pool.submit(_end, signal.SIGKILL).result()
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("mask", [0o022, 0o002, 0o077])
def test_a_new_folder_has_the_rights_of_the_umask(tmp_path, mask):
    before = os.umask(mask)
    try:
        folder = system.new_folder(tmp_path / "place")
    finally:
        os.umask(before)
    assert folder.parent == tmp_path
    assert folder.name.startswith(".place-")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o777 & ~mask
    assert system.new_folder(tmp_path / "place") != folder


def test_no_permission_and_no_answer_are_not_damage():
    for number in (errno.EACCES, errno.EPERM, errno.EIO, errno.ESTALE, errno.EMFILE):
        assert system.refused(OSError(number, "said"))
    for number in (errno.ENOENT, errno.ENOTDIR, errno.EISDIR):
        assert not system.refused(OSError(number, "said"))
    assert not system.refused(OSError("a parquet file that is cut short"))
