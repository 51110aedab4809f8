"""Read class names from folder names, and find image files below a data root.

What every adapter of folders shares. Which folders it expects, and what it says of others, is its
own, in the folder of its paper.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

_EMOTION_WORDS = {
    "angry": ("angry", "anger"),
    "disgust": ("disgust", "disgusted", "digust"),
    "fear": ("fear", "fearful", "afraid", "scared"),
    "happy": ("happy", "happiness", "joy"),
    "neutral": ("neutral", "neutrality"),
    "sad": ("sad", "sadness"),
    "surprise": ("surprise", "surprised", "suprise", "suprised"),
}
_AUTHENTICITY_WORDS = {
    "fake": ("fake", "faked", "posed", "acted"),
    "genuine": ("genuine", "real", "geniune", "spontaneous"),
}
_FILLER = ("image", "images", "face", "faces", "facial", "expression", "expressions", "emotion")
_SYSTEM_FILES = ("thumbs.db", "desktop.ini", "__macosx")


@dataclass(frozen=True)
class Candidate:
    """A file in a class folder, not opened yet.

    Attributes
    ----------
    path : str
        Relative to the data root.
    file : str
        The same with forward slashes and in printable characters, to be shown and stored.
    emotion : str
        One of the seven.
    authenticity : str, optional
        ``fake`` or ``genuine``; None where the data set has none.
    further : dict
        Values of further columns of the table, such as ``part`` and ``source``.
    """

    path: str
    file: str
    emotion: str
    authenticity: str | None = None
    further: dict[str, str] = field(default_factory=dict)


def emotion_of(name: str) -> str | None:
    """Return the emotion that a folder name stands for, or None."""
    return _label(name, _EMOTION_WORDS, also=())


def authenticity_of(name: str, emotion: str) -> str | None:
    """Return ``fake`` or ``genuine`` for a folder name below ``emotion``, or None.

    The emotion may be repeated in the name (``Happy/Happy_Fake``); another one may not.
    """
    return _label(name, _AUTHENTICITY_WORDS, also=_EMOTION_WORDS[emotion])


def _label(name: str, words: dict[str, tuple[str, ...]], also: tuple[str, ...]) -> str | None:
    found = set()
    for word in re.findall(r"[a-z]+", name.casefold()):
        label = next((key for key, known in words.items() if word in known), None)
        if label is not None:
            found.add(label)
        elif word not in _FILLER and word not in also:
            return None
    return found.pop() if len(found) == 1 else None


class Scan:
    """The files found below a data root, with their labels, and the problems found.

    Parameters
    ----------
    root : Path
        The data root.
    row_a_file : bool
        Whether the report has a row for each file; else files with one problem share a row.
    """

    def __init__(self, root: Path, row_a_file: bool):
        self.root = root
        self._row_a_file = row_a_file
        self._candidates: list[Candidate] = []
        self._rows: dict[tuple[str, ...], tuple] = {}

    def take(self, entry: os.DirEntry, emotion: str, authenticity: str | None = None, **further):
        """Take a file of a class folder; ``further`` is as for `Candidate`."""
        path, file = os.path.relpath(entry.path, self.root), shown(entry.path, self.root)
        self._candidates.append(Candidate(path, file, emotion, authenticity, further))

    def report(
        self,
        path: str,
        problem: str,
        cure: str,
        action: str,
        count: int = 1,
        together: bool = False,
    ) -> None:
        """Note a problem of ``path``, a folder's with a slash at its end.

        ``together`` puts all files with this problem into one row in any case.
        """
        file = shown(path, self.root)
        own = file if self._row_a_file and not together else ""
        first, *_, earlier = self._rows.get((problem, cure, action, own), (file, 0))
        self._rows[problem, cure, action, own] = (first, problem, cure, action, earlier + count)

    def stray(self, entry: os.DirEntry, where: str) -> None:
        """Note a file that lies where only folders are expected; ``where`` says it in words."""
        cure = "move it into the class folder it belongs to, or delete it"
        self.report(entry.path, f"{where}: no label", cure, "skipped")

    def entries(self, folder: Path) -> list[os.DirEntry]:
        """List a folder, setting aside (and reporting) what an operating system left there."""
        found, trouble = listing(folder)
        if trouble:
            cure = "make the folder readable (chmod u+rx)"
            self.report(f"{folder}/", f"cannot be listed: {trouble.lower()}", cure, "skipped")
        for entry in found:
            if is_system(entry):
                problem = "left there by an operating system, not an image"
                self.report(entry.path, problem, "nothing to do, or delete it", "ignored")
        return [entry for entry in found if not is_system(entry)]

    def done(self) -> tuple[list[Candidate], list[tuple]]:
        """Return the files, sorted by path, and report rows (file, problem, cure, action, count).

        Sorted, so that the order does not depend on the file system.
        """
        return sorted(self._candidates, key=lambda one: one.file), list(self._rows.values())


def listing(folder: Path) -> tuple[list[os.DirEntry], str]:
    """Return what a folder holds, sorted by name, and why it could not be listed, or ""."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name), ""
    except OSError as error:
        return [], error.strerror or str(error)


def is_system(entry: os.DirEntry) -> bool:
    """Return whether an operating system puts such files beside people's own."""
    return entry.name.startswith(".") or entry.name.casefold() in _SYSTEM_FILES


def is_folder(entry: os.DirEntry) -> bool:
    """Return whether it is a folder, or a link to one."""
    try:
        return entry.is_dir()
    except OSError:
        # A symbolic link to itself: opening it as a file will say so.
        return False


def some_names(entries: list[os.DirEntry]) -> str:
    """Return the names of the first eight of some folders, in words."""
    names = [entry.name for entry in entries]
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "") or "no folders"


def shown(path: str | Path, root: Path) -> str:
    """Return a path below ``root`` as a report shows it; a slash at its end stays."""
    relative = Path(os.path.relpath(path, root)).as_posix() + "/" * str(path).endswith("/")
    # Names may hold line breaks, or bytes that are not UTF-8.
    relative = os.fsencode(relative).decode("utf-8", "backslashreplace")
    return "".join(letter if letter.isprintable() else "?" for letter in relative)
