"""Load GFFD-2025 (doi:10.17632/wmfd4p3z32.1), the data of ``diya2026``, from your own copy.

``<root>/<Emotion>/<Fake|Genuine>/*`` (section 3-3), raw or cropped-and-augmented archive, however
people spell the folders. ``<root>`` may lie one or two folders further down.
`fer_lib.data.photographs` says how they are read.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from fer_lib.data import photographs
from fer_lib.data.class_folders import (
    Candidate,
    Scan,
    authenticity_of,
    emotion_of,
    is_folder,
    is_system,
    listing,
    shown,
    some_names,
)
from fer_lib.data.schema import AUTHENTICITY, EMOTIONS, DataError

NAME = "gffd2025"
USAGE = (
    "make book DATA=gffd2025 DATA_ROOT=/path/to/GFFD-2025, the folder that holds Angry/Fake, "
    "Angry/Genuine, ... (download: doi:10.17632/wmfd4p3z32.1)"
)
LAYOUT = "<root>/Angry/Fake/*.jpg, <root>/Angry/Genuine/*.jpg, ... for " + ", ".join(
    emotion.capitalize() for emotion in EMOTIONS
)
_DEEPEST_TOP_FOLDER = 2


def scan(root: Path) -> tuple[list[Candidate], list[tuple]]:
    """List the image files below ``root`` with their labels, as `Scan.done` returns them.

    Raises
    ------
    DataError
        If no class folders, or several sets of them, are found.
    """
    top = _class_root(root)
    found = Scan(root, row_a_file=True)
    if top != root:
        note = "holds the class folders one level further down"
        found.report(f"{top}/", note, "nothing to do", "used")
    for entry in found.entries(top):
        if not is_folder(entry):
            found.stray(entry, "lies beside the emotion folders")
            continue
        emotion = emotion_of(entry.name)
        if emotion is None:
            _unknown_folder(entry, found, EMOTIONS)
            continue
        _note_spelling(entry, emotion, found)
        _scan_emotion(Path(entry.path), emotion, found)
    return found.done()


def _scan_emotion(folder: Path, emotion: str, found: Scan) -> None:
    for entry in found.entries(folder):
        if not is_folder(entry):
            found.stray(entry, "lies beside the Fake and Genuine folders")
            continue
        authenticity = authenticity_of(entry.name, emotion)
        if authenticity is None:
            _unknown_folder(entry, found, AUTHENTICITY)
            continue
        _note_spelling(entry, authenticity, found)
        for file in found.entries(Path(entry.path)):
            if is_folder(file):
                _unknown_folder(file, found, ())
            else:
                found.take(file, emotion, authenticity)


def _class_root(root: Path) -> Path:
    """Return the folder that holds the emotion folders: ``root`` or one within it."""
    level = [root]
    for _ in range(_DEEPEST_TOP_FOLDER + 1):
        holders = {os.path.realpath(folder): folder for folder in level if _holds_classes(folder)}
        if len(holders) == 1:
            return next(iter(holders.values()))
        if holders:
            names = ", ".join(sorted(shown(folder, root) for folder in holders.values()))
            raise DataError(
                f"{root} holds several sets of emotion folders ({names}): "
                "set DATA_ROOT to the one you want"
            )
        level = [Path(entry.path) for folder in level for entry in _folders(folder)]
    names = some_names(_folders(root))
    raise DataError(f"no emotion folders in {root} (found: {names}): expected {LAYOUT}")


def _holds_classes(folder: Path) -> bool:
    return any(emotion_of(entry.name) for entry in _folders(folder))


def _folders(folder: Path) -> list[os.DirEntry]:
    return [entry for entry in listing(folder)[0] if is_folder(entry) and not is_system(entry)]


def _unknown_folder(entry: os.DirEntry, found: Scan, known: tuple) -> None:
    # One level deep: enough to see what is lost.
    inside = sum(
        len(listing(Path(one.path))[0]) if is_folder(one) else 1
        for one in listing(Path(entry.path))[0]
    )
    if known:
        cure = f"rename it to one of {', '.join(label.capitalize() for label in known)}"
    else:
        cure = "move its files one folder up"
    problem = f"a folder that is no class ({inside} files in it)"
    found.report(f"{entry.path}/", problem, cure, "skipped", inside)


def _note_spelling(entry: os.DirEntry, label: str, found: Scan) -> None:
    """Note an odd spelling; ``Real`` in each of seven folders is one row."""
    if entry.name in (label, label.capitalize()):
        return
    cure = f"nothing to do, or rename it to {label.capitalize()}"
    name = shown(entry.path, found.root).rpartition("/")[2]
    problem = f"spelt {name!r}, read as {label!r}"
    found.report(f"{entry.path}/", problem, cure, "used", together=True)


def require(found: Sequence[Candidate], folder: Path) -> None:
    """Refuse a set in which an emotion, or all of fake or genuine, is missing."""
    emotions = {one.emotion for one in found}
    kinds = {one.authenticity for one in found}
    absent = [label for label in EMOTIONS if label not in emotions]
    absent += [label for label in AUTHENTICITY if label not in kinds]
    if absent:
        raise DataError(
            f"no usable image of {', '.join(absent)} in {folder}: restore these folders from the "
            "archive; all seven emotions, fake and genuine, are needed"
        )


def _told(problems: photographs.Problems) -> list[tuple]:
    """Report what was skipped first, and wrong extensions file by file.

    Those are few, and each is to be renamed.
    """
    rows = []
    for key, files in sorted(problems.items(), key=lambda item: item[0][2] != "skipped"):
        if key[0].startswith("the name says"):
            rows += [(name, *key[:3], 1) for name in files]
        else:
            rows += photographs.row_a_problem({key: files})
    return rows


def _copies(table: pd.DataFrame) -> list[tuple]:
    rows = []
    for _, same in table.groupby("sha256", sort=False):
        if len(same) == 1:
            continue
        first = same["file"].iloc[0]
        labels = sorted({f"{row.emotion}/{row.authenticity}" for row in same.itertuples()})
        others = ", ".join(same["file"].iloc[1:4]) + (", ..." if len(same) > 4 else "")
        if len(labels) > 1:
            problem = f"contradictory labels ({', '.join(labels)}): same content as {others}"
            cure = "keep the copy with the right label, delete the others"
        else:
            problem = f"same content as {others}"
            cure = "nothing to do (kept in one group), or delete the copies"
        rows.append((first, problem, cure, "used", len(same)))
    return rows


def _empty_cells(table: pd.DataFrame) -> list[tuple]:
    rows = []
    for emotion in EMOTIONS:
        for authenticity in AUTHENTICITY:
            cell = (table["emotion"] == emotion) & (table["authenticity"] == authenticity)
            if not cell.any():
                name = f"{emotion.capitalize()}/{authenticity.capitalize()}/"
                problem = f"NO IMAGE of {emotion}, {authenticity}: its results are missing"
                rows.append((name, problem, "restore the folder from the archive", "missing", 1))
    return rows


FOLDERS = photographs.ClassFolders(
    NAME,
    __name__,
    USAGE,
    LAYOUT,
    prefix="g",
    size=224,
    scan=scan,
    require=require,
    content=lambda table: _copies(table) + photographs.large_group(table),
    lost=_empty_cells,
    told=_told,
)
load, identity, check = FOLDERS.load, FOLDERS.identity, FOLDERS.check
