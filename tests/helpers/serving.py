"""A real server process on loopback, with a small untrained model, for the tests of the service."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import torch
from PIL import Image

import face_renderer as faces
from fer_lib.papers.diya2026.models import cnn_baseline
from fer_lib.papers.diya2026.task import TASK
from service import onnx_export, test_client
from service.alignment import Template
from service.test_client import LONGEST, answer

__all__ = ["LONGEST", "answer", "encoded", "model", "png_that_claims", "rendered", "server"]


@dataclass(frozen=True)
class Watched(test_client.Server):
    """A running server, and the file of what it says."""

    log: Path

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self.pid)


def model(folder: Path) -> Path:
    """Write a small exported model that knows nothing."""
    torch.manual_seed(0)
    about = {
        "run": "untrained",
        "profile": "smoke",
        "data": "rendered46",
        "data_kind": "rendered",
        "random_start": False,
        "template": Template((0.49, 0.44), 0.28, (0.5, 0.54), 0.72).as_dict(),
    }
    path = folder / "model.onnx"
    onnx_export.export(cnn_baseline.build(TASK, [], 0, 64, False), TASK, 64, path, about)
    return path


@contextmanager
def server(folder: Path, *more: str, **environment: str) -> Iterator[Watched]:
    """Yield a server of the small model."""
    path = folder / "model.onnx"
    if not path.exists():
        model(folder)
    log = folder / "log"
    with (
        log.open("w") as stream,
        test_client.running(path, *more, log=stream, **environment) as running,
    ):
        yield Watched(running.address, running.pid, log)


def encoded(picture: np.ndarray, kind: str = "JPEG") -> bytes:
    """Return a picture as the bytes of a file."""
    into = io.BytesIO()
    Image.fromarray(picture).save(into, kind)
    return into.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes whose head claims any size."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + checksum(kind + content)

    def checksum(content: bytes) -> bytes:
        return struct.pack(">I", zlib.crc32(content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1_000_000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def rendered(n: int) -> list[np.ndarray]:
    """Return some rendered faces."""
    rows = faces.plan(faces.RENDERED46)
    return [faces.render(rows[k * len(rows) // n]) for k in range(n)]
