"""Room on the disk is kept, a new folder has the rights of the umask, a refusal is no damage."""

import errno
import os
import stat
from pathlib import Path

import pytest

from face_renderer import disk

FULL = Path("/dev/full")


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
    size = disk._BLOCK + 5_000_001
    with path.open("r+b") as file:
        file.truncate(size)
        before = path.stat().st_blocks * 512
        disk.reserve(file, size)
    assert before < 100_000
    assert path.stat().st_blocks * 512 >= size
    assert path.stat().st_size == size
    assert path.read_bytes() == b"header".ljust(size, b"\0")


def test_a_short_file_grows_to_what_is_reserved(tmp_path, monkeypatch):
    for name in ("with", "without"):
        path = tmp_path / name
        path.write_bytes(b"abc")
        with path.open("r+b") as file:
            disk.reserve(file, 10)
        assert path.read_bytes() == b"abc".ljust(10, b"\0")
        without(monkeypatch)


def test_a_full_disk_is_an_error(tmp_path, monkeypatch):
    without(monkeypatch, errno.ENOSPC)
    with (tmp_path / "file").open("w+b") as file, pytest.raises(OSError, match="No space left"):
        disk.reserve(file, 10)


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
def test_a_full_disk_is_an_error_without_the_call(monkeypatch):
    without(monkeypatch)
    with FULL.open("r+b", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        disk.reserve(file, 10)


@pytest.mark.parametrize("mask", [0o022, 0o002, 0o077])
def test_a_new_folder_has_the_rights_of_the_umask(tmp_path, mask):
    before = os.umask(mask)
    try:
        folder = disk.new_folder(tmp_path / "place")
    finally:
        os.umask(before)
    assert folder.parent == tmp_path
    assert folder.name.startswith(".place-")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o777 & ~mask
    assert disk.new_folder(tmp_path / "place") != folder


def test_no_permission_and_no_answer_are_not_damage():
    for number in (errno.EACCES, errno.EPERM, errno.EIO, errno.ESTALE, errno.EMFILE):
        assert disk.refused(OSError(number, "said"))
    for number in (errno.ENOENT, errno.ENOTDIR, errno.EISDIR):
        assert not disk.refused(OSError(number, "said"))
    assert not disk.refused(OSError("a parquet file that is cut short"))
