"""Scan folders of photographs: read labels off their names, and report what is out of place.

Every data set in class folders is scanned by this; what differs between them is a `Layout`. No
folder is changed, no file is opened, and nothing is left out without a row in the report.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from fer_lib.data.schema import DataError

_FILLER = ("image", "images", "face", "faces", "facial", "expression", "expressions", "emotion")
_SYSTEM_FILES = ("thumbs.db", "desktop.ini", "__macosx")
_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz")


@dataclass(frozen=True)
class Level:
    """One level of class folders, each of which gives its images a label.

    Attributes
    ----------
    column : str
        Column of the table that holds the label.
    words : dict
        Label -> what stands for it, in lower case: a word of a folder's name, or all of the name.
    called : str
        These folders in words.
    least : int
        How many of the labels must have a usable image; 0 for all.
    """

    column: str
    words: dict[str, tuple[str, ...]]
    called: str
    least: int = 0

    def label(self, name: str, also: Sequence[str] = ()) -> str | None:
        """Return the label that a folder name stands for; None if none, or two, or other words.

        Words such as "faces", and those of ``also``, may stand beside it.
        """
        of = {word: label for label, known in self.words.items() for word in known}
        name = unicodedata.normalize("NFC", name.casefold())
        beside = {*_FILLER, *also} - set(of)
        words = [name] if name in of else re.findall(r"[a-z]+", name)
        found = {of.get(word) for word in words if word not in beside}
        return found.pop() if len(found) == 1 else None


EMOTION = Level(
    "emotion",
    {
        "angry": ("angry", "anger"),
        "disgust": ("disgust", "disgusted", "digust"),
        "fear": ("fear", "fearful", "afraid", "scared"),
        "happy": ("happy", "happiness", "joy"),
        "neutral": ("neutral", "neutrality"),
        "sad": ("sad", "sadness"),
        "surprise": ("surprise", "surprised", "suprise", "suprised"),
    },
    "emotion",
)
PART = Level(
    "part",
    {
        "train": ("train", "training"),
        "test": ("test", "testing"),
        "val": ("val", "valid", "validation"),
    },
    "train and test",
)


def part_and_source(above: tuple[str, ...], within: tuple[str, ...] = ()) -> dict[str, str]:
    """Return part and source that the folders above a class folder stand for, outermost first.

    ``train/train1`` is part train and source train1, ``a/train`` part train and source a. The part
    is empty where no folder names one; the source is the part where nothing else is left.
    """
    for k, name in enumerate(above):
        if part := PART.label(name, also=("fer",)):
            own = (name,) if name.casefold() not in PART.words[part] else ()
            return {"part": part, "source": "/".join(above[k + 1 :] or own or above[:k] or (part,))}
    return {"part": "", "source": "/".join(above)}


@dataclass(frozen=True)
class Layout:
    """Which folders a data set has.

    Attributes
    ----------
    said : str
        The folders that are expected, in words.
    levels : tuple of Level
        From the outside in. The first has the column ``emotion``; its labels are those of the set.
    above : int
        How many folders may lie between the root and the first level.
    several : bool
        Whether class folders in several places are one set; else one place must be chosen.
    deep : bool
        Whether the folders in a class folder are read too.
    row_a_file : bool
        Whether the report has a row for each file; else files with one problem share a row.
    further : callable
        Takes the names above the class folders, and those within them down to the file's; returns
        further columns of the table. One called ``subject_id`` makes the groups subjects.
    cures : dict
        Part of a name -> what to do about a folder so called that is no class folder.
    """

    said: str
    levels: tuple[Level, ...] = (EMOTION,)
    above: int = 2
    several: bool = False
    deep: bool = False
    row_a_file: bool = False
    further: Callable[[tuple[str, ...], tuple[str, ...]], dict[str, str]] = lambda *_: {}
    cures: dict[str, str] = field(default_factory=dict)


class Candidate(NamedTuple):
    """A file in a class folder: path below the root, the same as shown, columns of the table.

    With the hash of its content and its size in bytes, once it was read.
    """

    path: str
    file: str
    columns: dict[str, str]
    sha256: str = ""
    n_bytes: int = 0


def merged(rows: list[tuple]) -> list[tuple]:
    """Return report rows (file, problem, cure, action, count), in the order they were met.

    Those given have a word more: whether the file has a row of its own, or shares one with all
    files of the same problem.
    """
    counts: dict[tuple[str, ...], list] = {}
    for file, *told, count, own in rows:
        counts.setdefault((*told, file if own else ""), [file, 0])[1] += count
    return [(file, *key[:3], count) for key, (file, count) in counts.items()]


def scan(root: Path, layout: Layout) -> tuple[list[Candidate], list[tuple]]:
    """Return the files below ``root`` in the order of their names, and report rows.

    Raises
    ------
    DataError
        If there are no class folders, or several sets of them where one is wanted.
    """
    tops, others = _tops(root, layout)
    called = layout.levels[0].called
    if not tops:
        names = _some_names(others or [_shown(one.name) for one in _listing(root)[0]])
        raise DataError(f"no {called} folders in {root} (found: {names}): expected {layout.said}")
    if len(tops) > 1 and not layout.several:
        names = _some_names(sorted(_shown(one, root) for one in tops))
        raise DataError(
            f"{root} holds several sets of {called} folders ({names}): "
            "set DATA_ROOT to the one you want"
        )
    walk = _Walk(root, layout, {real for way in tops.values() for real in way})
    if not layout.several and root not in tops:
        note = "holds the class folders, further down"
        walk.note(f"{next(iter(tops))}/", note, "nothing to do", "used")
    for where in walk.later:  # links come last, so that a folder is read under its own name
        walk.visit(*where)
    return sorted(walk.found, key=lambda one: one.file), merged(walk.notes)


def require(found: list[dict], rows: list[tuple], layout: Layout, folder: Path) -> None:
    """Refuse a set that lacks labels, naming what the report ``rows`` say was skipped."""
    for level in layout.levels:
        given = {one[level.column] for one in found}
        least = level.least or len(level.words)
        if len(given) < least:
            absent = ", ".join(label for label in level.words if label not in given)
            skipped = [row[0] for row in rows if row[3] == "skipped"]
            told = f" (skipped: {_some_names(skipped)})" if skipped else ""
            raise DataError(
                f"no usable image of {absent} in {folder}{told}: restore these folders from the "
                f"archive; at least {least} of the {level.called} folders are needed"
            )


def _tops(root: Path, layout: Layout) -> tuple[dict[Path, tuple[str, ...]], list[str]]:
    """Return folders with class folders and the real paths on the way; names of innermost others.

    One that cannot be listed has the reason behind its name.
    """
    tops: dict[Path, tuple[str, ...]] = {}
    innermost, visited, todo = [], set(), [(root, ())]
    for folder, way in todo:
        real = os.path.realpath(folder)
        if real in visited:
            continue
        visited.add(real)
        found, trouble = _listing(folder)
        inside = [one for one in found if _is_folder(one) and not _is_system(one)]
        others = [one for one in inside if not layout.levels[0].label(one.name)]
        if len(others) < len(inside):
            tops[folder] = (*way, real)
        elif not others and folder != root:
            innermost.append(_shown(folder, root) + (f" ({trouble.lower()})" if trouble else ""))
        if len(way) < layout.above and (layout.several or folder not in tops):
            todo += [(Path(one.path), (*way, real)) for one in others]
    return tops, innermost


class _Walk:
    """The files and the problems found so far, and the links that are yet to be followed."""

    def __init__(self, root: Path, layout: Layout, ways: set[str]):
        self.root, self.layout, self._ways = root, layout, ways
        self.found: list[Candidate] = []
        self.notes: list[tuple] = []
        self.later: list[tuple] = [(root, (), 0)]
        self._visited: set[str] = set()

    def visit(self, folder: str | Path, labels: tuple[str, ...], above: int) -> None:
        """Read a folder that has these labels and so many folders above its class folder."""
        outer, inner = self.layout.levels[: len(labels)], self.layout.levels[len(labels) :]
        # An outer label may be repeated in a name, as in Happy/Happy_Fake.
        also = [w for level, label in zip(outer, labels, strict=True) for w in level.words[label]]
        for entry in self._entries(folder):
            label = inner[0].label(entry.name, also) if inner else None
            if not _is_folder(entry):
                self._stray(entry, inner[0]) if inner else self._take(entry, labels, above)
            elif label:
                if entry.name.casefold() != label:
                    problem = f"spelt {_shown(entry.name)!r}, read as {label!r}"
                    cure = f"nothing to do, or rename it to {label.capitalize()}"
                    self.note(f"{entry.path}/", problem, cure, "used", own=False)
                self._enter(entry, (*labels, label), above)
            elif not inner and self.layout.deep:
                self._enter(entry, labels, above)
            elif inner and not labels and os.path.realpath(entry.path) in self._ways:
                self._enter(entry, labels, above + 1)
            else:
                self._unknown(entry, inner)

    def _enter(self, entry: os.DirEntry, *how) -> None:
        if entry.is_symlink():
            self.later.append((entry.path, *how))
        else:
            self.visit(entry.path, *how)

    def note(self, path: str, *told: str, count: int = 1, own: bool | None = None) -> None:
        """Note problem, cure and action of a path, a folder's with a slash at its end."""
        own = self.layout.row_a_file if own is None else own
        self.notes.append((_shown(path, self.root), *told, count, own))

    def _entries(self, folder: str | Path) -> list[os.DirEntry]:
        """List a folder the first time, without what an operating system left there."""
        real = os.path.realpath(folder)
        if real in self._visited:
            problem = "a link to a folder that was read already"
            self.note(f"{folder}/", problem, "delete it", "skipped")
            return []
        self._visited.add(real)
        found, trouble = _listing(folder)
        if trouble:
            cure = "make the folder readable (chmod u+rx)"
            self.note(f"{folder}/", f"cannot be listed: {trouble.lower()}", cure, "skipped")
        for entry in filter(_is_system, found):
            problem = "left there by an operating system, not an image"
            self.note(entry.path, problem, "nothing to do, or delete it", "ignored")
        return [entry for entry in found if not _is_system(entry)]

    def _take(self, entry: os.DirEntry, labels: tuple[str, ...], above: int) -> None:
        path = os.path.relpath(entry.path, self.root)
        names, levels = Path(path).parts, self.layout.levels
        columns = {level.column: label for level, label in zip(levels, labels, strict=True)}
        columns |= self.layout.further(names[:above], names[above + len(levels) :])
        self.found.append(Candidate(path, _shown(entry.path, self.root), columns))

    def _stray(self, entry: os.DirEntry, level: Level) -> None:
        cure = "move it into the class folder it belongs to, or delete it"
        if entry.name.casefold().endswith(_ARCHIVES):
            cure = "unpack it if its images are missing, then delete it"
        problem = f"lies beside the {level.called} folders: no label"
        self.note(entry.path, problem, cure, "skipped")

    def _unknown(self, entry: os.DirEntry, inner: tuple[Level, ...]) -> None:
        if _listing(entry.path)[1]:
            self._entries(entry.path)  # says why
            return
        inside = sum(len(files) for _, _, files in os.walk(entry.path))
        problem, cure = "only files are read here", "move its files one folder up"
        if inner:
            problem = f"none of {', '.join(inner[0].words)}"
            cure = "nothing to do, or rename it to one of them"
        known = (self.layout.cures[w] for w in self.layout.cures if w in entry.name.casefold())
        problem = f"{_shown(entry.name)!r} is no class: {problem}"
        self.note(f"{entry.path}/", problem, next(known, cure), "skipped", count=max(1, inside))


def _listing(folder: str | Path) -> tuple[list[os.DirEntry], str]:
    """Return what a folder holds, by name, links last, and why it could not be listed, or ""."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: (entry.is_symlink(), entry.name)), ""
    except OSError as error:
        return [], error.strerror or str(error)


def _is_system(entry: os.DirEntry) -> bool:
    """Return whether an operating system puts such files beside people's own."""
    return entry.name.startswith(".") or entry.name.casefold() in _SYSTEM_FILES


def _is_folder(entry: os.DirEntry) -> bool:
    """Return whether it is a folder, or a link to one."""
    try:
        return entry.is_dir()
    except OSError:
        # A symbolic link to itself: opening it as a file will say so.
        return False


def _some_names(names: list[str]) -> str:
    """Return the first eight of some names, in words."""
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "") or "nothing"


def _shown(path: str | Path, root: str | Path = ".") -> str:
    """Return a path below ``root`` as a report shows it; a slash at its end stays."""
    relative = Path(os.path.relpath(path, root)).as_posix() + "/" * str(path).endswith("/")
    # Names may hold line breaks, or bytes that are not UTF-8.
    relative = os.fsencode(relative).decode("utf-8", "backslashreplace")
    return "".join(letter if letter.isprintable() else "?" for letter in relative)
