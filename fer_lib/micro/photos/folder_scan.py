"""Find class folders below train and test folders, forgiving how people name and nest them.

The layout is that of the public code of ``huang2025``: ``train`` and ``test``, in each one folder a
source (``train1``, ``train2``, ...), in each of these one folder a class. Levels may be missing.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from fer_lib.data.folders import emotion_of
from fer_lib.data.schema import EMOTIONS, DataError

LAYOUT = "<root>/train/train1/happy/*.png, <root>/test/test1/happy/*.png, ..."
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff")

_PARTS = {
    "train": ("train", "training"),
    "test": ("test", "testing"),
    "val": ("val", "valid", "validation"),
}
_SYSTEM_FILES = ("thumbs.db", "desktop.ini", "__macosx")
_DEEPEST = 6


@dataclass(frozen=True)
class Candidate:
    """A file in a class folder, not opened yet.

    ``path`` is relative to the data root; ``file`` is the same with forward slashes and in
    printable characters. ``part`` and ``source`` are as `place_of` gives them.
    """

    path: str
    file: str
    emotion: str
    part: str
    source: str


class _Found:
    """What a scan has come upon so far."""

    def __init__(self, root: Path):
        self.root = root
        self.candidates: list[Candidate] = []
        # (problem, cure, action) -> files: one row of the report each.
        self.problems: dict[tuple[str, str, str], list[str]] = {}
        self.visited: set[str] = set()

    def report(self, path: str, problem: str, cure: str, action: str, count: int = 1) -> None:
        files = self.problems.setdefault((problem, cure, action), [])
        files += [_shown(path, self.root)] * count


def scan(root: Path) -> tuple[list[Candidate], list[tuple]]:
    """List the image files below ``root`` with label, part and source.

    Returns
    -------
    candidates : list of Candidate
        Sorted by relative path, so that the order does not depend on the file system.
    problems : list of tuple
        Report rows (file, problem, cure, action, count), one a problem; ``file`` is the first.

    Raises
    ------
    DataError
        If there is no class folder.
    """
    if not _holds_class(root):
        names = [entry.name for entry in _entries(root)[0] if _is_folder(entry)]
        listed = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "") or "no folders"
        raise DataError(
            f"no class folders in {root} (found: {listed}): expected {LAYOUT} for "
            + ", ".join(EMOTIONS)
        )
    found = _Found(root)
    _visit(root, (), found)
    found.candidates.sort(key=lambda candidate: candidate.file)
    rows = [(files[0], *key, len(files)) for key, files in found.problems.items()]
    return found.candidates, rows


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


def _visit(folder: Path, above: tuple[str, ...], found: _Found) -> None:
    """Take the class folders of a folder, and go into the others that hold some."""
    for entry in _listed(folder, found):
        if not _is_folder(entry):
            cure = "move it into the class folder it belongs to, or delete it"
            found.report(entry.path, "lies in no class folder: no label", cure, "skipped")
        elif emotion := emotion_of(entry.name):
            if entry.name.casefold() != emotion:
                problem = f"spelt {entry.name!r}, read as {emotion!r}"
                found.report(entry.path + "/", problem, "nothing to do", "used")
            _take(Path(entry.path), emotion, place_of(above), found)
        elif len(above) < _DEEPEST and _holds_class(Path(entry.path)):
            _visit(Path(entry.path), (*above, entry.name), found)
        else:
            _unknown(entry, found)


def _take(folder: Path, emotion: str, place: tuple[str, str], found: _Found) -> None:
    """Take every image file of a class folder and of the folders in it, as the public code does."""
    for entry in _listed(folder, found):
        if _is_folder(entry):
            _take(Path(entry.path), emotion, place, found)
        elif Path(entry.name).suffix.casefold() in SUFFIXES:
            path = os.path.relpath(entry.path, found.root)
            shown = _shown(entry.path, found.root)
            found.candidates.append(Candidate(path, shown, emotion, *place))
        else:
            cure = f"nothing to do, or save it as one of {', '.join(SUFFIXES)}"
            found.report(entry.path, "by its suffix not an image", cure, "ignored")


def _unknown(entry: os.DirEntry, found: _Found) -> None:
    inside = sum(len(files) for _, _, files in os.walk(entry.path))
    problem = f"{entry.name!r} is none of the seven emotions"
    cure = f"nothing to do, or rename it to one of {', '.join(EMOTIONS)}"
    if "contempt" in entry.name.casefold():
        cure = "nothing to do: the paper names seven emotions without it"
    found.report(entry.path + "/", problem, cure, "skipped", max(1, inside))


def _holds_class(folder: Path, deep: int = 0) -> bool:
    folders = [entry for entry in _entries(folder)[0] if _is_folder(entry)]
    if any(emotion_of(entry.name) for entry in folders):
        return True
    below = (Path(entry.path) for entry in folders if not _is_system(entry))
    return deep < _DEEPEST and any(_holds_class(one, deep + 1) for one in below)


def _listed(folder: Path, found: _Found) -> list[os.DirEntry]:
    """List a folder once, setting aside (and reporting) what an operating system left there."""
    real = os.path.realpath(folder)
    if real in found.visited:
        problem, cure = "a link to a folder that was read already", "delete it"
        found.report(f"{folder}/", problem, cure, "skipped")
        return []
    found.visited.add(real)
    entries, trouble = _entries(folder)
    if trouble:
        cure = "make the folder readable (chmod u+rx)"
        found.report(f"{folder}/", f"cannot be listed: {trouble.lower()}", cure, "skipped")
    for entry in entries:
        if _is_system(entry):
            problem = "left there by an operating system, not an image"
            found.report(entry.path, problem, "nothing to do, or delete it", "ignored")
    return [entry for entry in entries if not _is_system(entry)]


def _entries(folder: Path) -> tuple[list[os.DirEntry], str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name), ""
    except OSError as error:
        return [], error.strerror or str(error)


def _is_system(entry: os.DirEntry) -> bool:
    return entry.name.startswith(".") or entry.name.casefold() in _SYSTEM_FILES


def _is_folder(entry: os.DirEntry) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a symbolic link to itself: opening it as a file will say so
        return False


def _shown(path: str | Path, root: Path) -> str:
    shown = Path(os.path.relpath(path, root)).as_posix() + "/" * str(path).endswith("/")
    # Names may hold line breaks, or bytes that are not UTF-8.
    shown = os.fsencode(shown).decode("utf-8", "backslashreplace")
    return "".join(letter if letter.isprintable() else "?" for letter in shown)
