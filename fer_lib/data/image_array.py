"""Store decoded images atomically, as one ``.npy`` file beside their table.

A stack is a folder of ``images.npy``, ``table.parquet``, ``report.parquet`` and ``meta.json``.
It is written under another name and renamed once complete, so that a killed job or two jobs at
once never leave half of one. ``meta.json`` records the size of each file: a stack that was cut
short or altered in length is found out and made again.
"""

from __future__ import annotations

import io
import json
import os
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from engine.store import artifact, paths, system
from engine.store.progress import say

_FILES = ("images.npy", "table.parquet", "report.parquet")


@dataclass(frozen=True)
class Stack:
    """The content of a stack folder: images (N, S, S, 3) uint8 memory-mapped, table, report."""

    images: np.ndarray
    table: pd.DataFrame
    report: pd.DataFrame


class StackWriter:
    """Append images one by one, then finish with the table and the report."""

    def __init__(self, folder: Path, rows: int, size: int):
        self.folder = folder
        self.rows = 0
        self._size = size
        self._file = (folder / "images.npy").open("wb")
        self._header = _npy_header(rows, size)
        self._file.write(self._header)

    def append(self, pixels: np.ndarray) -> None:
        """Add one (S, S, 3) uint8 image."""
        self._file.write(np.ascontiguousarray(pixels, dtype=np.uint8).tobytes())
        self.rows += 1

    def finish(self, table: pd.DataFrame, report: pd.DataFrame) -> None:
        """Write the rest; ``table`` has one row for each image appended."""
        if len(table) != self.rows:
            raise ValueError(f"{len(table)} table rows for {self.rows} images")
        header = _npy_header(self.rows, self._size)
        # numpy pads headers so that the first axis may change in place.
        assert len(header) == len(self._header)
        self._file.seek(0)
        self._file.write(header)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        table.to_parquet(self.folder / "table.parquet")
        report.to_parquet(self.folder / "report.parquet")
        sizes = {name: (self.folder / name).stat().st_size for name in _FILES}
        (self.folder / "meta.json").write_text(json.dumps({"bytes": sizes}, indent=1) + "\n")

    def close(self) -> None:
        """Close the file, finished or not."""
        self._file.close()


@contextmanager
def writing(folder: Path, rows: int, size: int) -> Iterator[StackWriter]:
    """Write a stack to ``folder``; it appears there only if the block ends without an error.

    Raises
    ------
    CacheError
        If the disk is full or cannot be written to.
    """
    try:
        with artifact.beside(folder) as scratch:
            with closing(StackWriter(scratch, rows, size)) as writer:
                yield writer
            # What another job has just made is kept.
            artifact.put(scratch, folder, lambda: read(folder) is not None)
    except OSError as error:
        raise paths.full(folder.parent, "the images", error) from None


def read(folder: Path) -> Stack | None:
    """Open a stack, or return None if it is not there.

    One that is damaged is named in the progress and counts as not there: it is made again.

    Raises
    ------
    CacheError
        If it may not be read, which is not damage.
    """
    try:
        if not stat.S_ISDIR(folder.stat().st_mode):
            return None
    except OSError as error:
        if system.refused(error):
            raise paths.unreadable(folder, error) from None
        return None
    try:
        recorded = json.loads((folder / "meta.json").read_text())["bytes"]
        for name in _FILES:
            if (folder / name).stat().st_size != recorded[name]:
                raise ValueError(f"{name} has changed in length")
        images = np.load(folder / "images.npy", mmap_mode="r")
        table = pd.read_parquet(folder / "table.parquet")
        report = pd.read_parquet(folder / "report.parquet")
        if len(table) != len(images):
            raise ValueError("the table and the images differ in number")
    except Exception as error:  # whatever is wrong with it, the cure is to make it again
        if isinstance(error, OSError) and system.refused(error):
            raise paths.unreadable(folder, error) from None
        reason = " ".join(str(error).split())[:120]
        say(f"the stored copy {folder.name} is damaged ({reason}): making it again")
        return None
    return Stack(images, table, report)


def _npy_header(rows: int, size: int) -> bytes:
    buffer = io.BytesIO()
    description = {"descr": "|u1", "fortran_order": False, "shape": (rows, size, size, 3)}
    np.lib.format.write_array_header_1_0(buffer, description)
    return buffer.getvalue()
