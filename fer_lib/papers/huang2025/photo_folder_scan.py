"""Find class folders below train and test folders, whatever their spelling and nesting.

The layout is that of the public code of ``huang2025``: ``train`` and ``test``, in each one folder a
source (``train1``, ``train2``, ...), in each of these one folder a class. Levels may be missing.
"""

from __future__ import annotations

import os
from pathlib import Path

from fer_lib.data.class_folders import (
    Candidate,
    Scan,
    emotion_of,
    is_folder,
    is_system,
    listing,
    some_names,
)
from fer_lib.data.schema import EMOTIONS, DataError

LAYOUT = "<root>/train/train1/happy/*.png, <root>/test/test1/happy/*.png, ..."
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff")

_PARTS = {
    "train": ("train", "training"),
    "test": ("test", "testing"),
    "val": ("val", "valid", "validation"),
}
_DEEPEST = 6


class _Nested(Scan):
    """A scan that goes into folders and links, each once; files with one problem share a row."""

    def __init__(self, root: Path):
        super().__init__(root, row_a_file=False)
        self._visited: set[str] = set()

    def entries(self, folder: Path) -> list[os.DirEntry]:
        """List a folder the first time; a link to it is reported."""
        real = os.path.realpath(folder)
        if real in self._visited:
            problem, cure = "a link to a folder that was read already", "delete it"
            self.report(f"{folder}/", problem, cure, "skipped")
            return []
        self._visited.add(real)
        return super().entries(folder)


def scan(root: Path) -> tuple[list[Candidate], list[tuple]]:
    """List the image files below ``root`` with label, part and source, as `Scan.done` returns them.

    Raises
    ------
    DataError
        If there is no class folder.
    """
    if not _holds_class(root):
        names = some_names([entry for entry in listing(root)[0] if is_folder(entry)])
        raise DataError(
            f"no class folders in {root} (found: {names}): expected {LAYOUT} for "
            + ", ".join(EMOTIONS)
        )
    found = _Nested(root)
    _visit(root, (), found)
    return found.done()


def place_of(names: tuple[str, ...]) -> tuple[str, str]:
    """Return part and source that the folders above a class folder stand for, outermost first.

    ``train/train1`` is part train and source train1, ``a/train`` part train and source a. The part
    is empty where no folder names one; the source is the part where nothing else is left.
    """
    for k, name in enumerate(names):
        word = name.casefold().rstrip("0123456789 _-")
        part = next((part for part, known in _PARTS.items() if word in known), None)
        if part:
            own = (name,) if name.casefold() != word else ()
            return part, "/".join(names[k + 1 :] or own or names[:k] or (part,))
    return "", "/".join(names)


def _visit(folder: Path, above: tuple[str, ...], found: Scan) -> None:
    """Take the class folders of a folder, and go into the others that hold some."""
    for entry in found.entries(folder):
        if not is_folder(entry):
            found.stray(entry, "lies in no class folder")
        elif emotion := emotion_of(entry.name):
            if entry.name.casefold() != emotion:
                problem = f"spelt {entry.name!r}, read as {emotion!r}"
                found.report(f"{entry.path}/", problem, "nothing to do", "used")
            _take(Path(entry.path), emotion, place_of(above), found)
        elif len(above) < _DEEPEST and _holds_class(Path(entry.path)):
            _visit(Path(entry.path), (*above, entry.name), found)
        else:
            _unknown(entry, found)


def _take(folder: Path, emotion: str, place: tuple[str, str], found: Scan) -> None:
    """Take every image file of a class folder and of the folders in it, as the public code does."""
    for entry in found.entries(folder):
        if is_folder(entry):
            _take(Path(entry.path), emotion, place, found)
        elif Path(entry.name).suffix.casefold() in SUFFIXES:
            found.take(entry, emotion, part=place[0], source=place[1])
        else:
            cure = f"nothing to do, or save it as one of {', '.join(SUFFIXES)}"
            found.report(entry.path, "by its suffix not an image", cure, "ignored")


def _unknown(entry: os.DirEntry, found: Scan) -> None:
    inside = sum(len(files) for _, _, files in os.walk(entry.path))
    problem = f"{entry.name!r} is none of the seven emotions"
    cure = f"nothing to do, or rename it to one of {', '.join(EMOTIONS)}"
    if "contempt" in entry.name.casefold():
        cure = "nothing to do: the paper names seven emotions without it"
    found.report(f"{entry.path}/", problem, cure, "skipped", max(1, inside))


def _holds_class(folder: Path, deep: int = 0) -> bool:
    folders = [entry for entry in listing(folder)[0] if is_folder(entry)]
    if any(emotion_of(entry.name) for entry in folders):
        return True
    below = (Path(entry.path) for entry in folders if not is_system(entry))
    return deep < _DEEPEST and any(_holds_class(one, deep + 1) for one in below)
