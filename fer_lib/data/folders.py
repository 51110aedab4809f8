"""Find ``<Emotion>/<Fake|Genuine>/*`` below a data root, forgiving how people name folders.

The layout is that of GFFD-2025 (doi:10.17632/wmfd4p3z32.1; ``diya2026`` section 3-3): emotion
folders that each hold one folder of fake and one of genuine images.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from fer_lib.data.schema import AUTHENTICITY, EMOTIONS, DataError

LAYOUT = "<root>/Angry/Fake/*.jpg, <root>/Angry/Genuine/*.jpg, ... for " + ", ".join(
    emotion.capitalize() for emotion in EMOTIONS
)

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
_DEEPEST_TOP_FOLDER = 2


@dataclass(frozen=True)
class Candidate:
    """A file in a class folder, not opened yet.

    ``path`` is relative to the data root; ``file`` is the same with forward slashes and in
    printable characters, to be shown and stored.
    """

    path: str
    file: str
    emotion: str
    authenticity: str


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


def scan(root: Path) -> tuple[list[Candidate], list[tuple]]:
    """List the image files below ``root`` with their labels.

    Returns
    -------
    candidates : list of Candidate
        Sorted by relative path, so that the order does not depend on the file system.
    problems : list of tuple
        Report rows (file, problem, cure, action, count).

    Raises
    ------
    DataError
        If no class folders, or several sets of them, are found.
    """
    top = _class_root(root)
    problems: list[tuple] = []
    candidates: list[Candidate] = []
    if top != root:
        note = "holds the class folders one level further down"
        problems.append((_relative(top, root) + "/", note, "nothing to do", "used", 1))
    for entry in _entries(top, root, problems):
        if not _is_folder(entry):
            _stray(entry, root, problems, "lies beside the emotion folders")
            continue
        emotion = emotion_of(entry.name)
        if emotion is None:
            _unknown_folder(entry, root, problems, EMOTIONS)
            continue
        _note_spelling(entry, emotion, root, problems)
        _scan_emotion(Path(entry.path), emotion, root, candidates, problems)
    candidates.sort(key=lambda candidate: candidate.file)
    return candidates, _spellings(problems)


def _scan_emotion(folder: Path, emotion: str, root: Path, candidates: list, problems: list) -> None:
    for entry in _entries(folder, root, problems):
        if not _is_folder(entry):
            _stray(entry, root, problems, "lies beside the Fake and Genuine folders")
            continue
        authenticity = authenticity_of(entry.name, emotion)
        if authenticity is None:
            _unknown_folder(entry, root, problems, AUTHENTICITY)
            continue
        _note_spelling(entry, authenticity, root, problems)
        for file in _entries(Path(entry.path), root, problems):
            if _is_folder(file):
                _unknown_folder(file, root, problems, ())
            else:
                path = os.path.relpath(file.path, root)
                shown = _relative(file.path, root)
                candidates.append(Candidate(path, shown, emotion, authenticity))


def _class_root(root: Path) -> Path:
    """Return the folder that holds the emotion folders: ``root`` or one within it."""
    level = [root]
    for _ in range(_DEEPEST_TOP_FOLDER + 1):
        holders = {os.path.realpath(folder): folder for folder in level if _holds_classes(folder)}
        if len(holders) == 1:
            return next(iter(holders.values()))
        if holders:
            names = ", ".join(sorted(_relative(folder, root) for folder in holders.values()))
            raise DataError(
                f"{root} holds several sets of emotion folders ({names}): "
                "set DATA_ROOT to the one you want"
            )
        level = [Path(entry.path) for folder in level for entry in _folders(folder)]
    found = [entry.name for entry in _folders(root)]
    listed = ", ".join(found[:8]) + (", ..." if len(found) > 8 else "") if found else "no folders"
    raise DataError(f"no emotion folders in {root} (found: {listed}): expected {LAYOUT}")


def _holds_classes(folder: Path) -> bool:
    return any(emotion_of(entry.name) for entry in _folders(folder))


def _folders(folder: Path) -> list[os.DirEntry]:
    return [entry for entry in _listing(folder)[0] if _is_folder(entry) and not _is_system(entry)]


def _listing(folder: Path) -> tuple[list[os.DirEntry], str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name), ""
    except OSError as error:
        return [], error.strerror or str(error)


def _entries(folder: Path, root: Path, problems: list) -> list[os.DirEntry]:
    """List a folder, setting aside (and reporting) what an operating system left there."""
    entries, trouble = _listing(folder)
    if trouble:
        cure = "make the folder readable (chmod u+rx)"
        problem = f"cannot be listed: {trouble.lower()}"
        problems.append((_relative(folder, root) + "/", problem, cure, "skipped", 1))
    kept = []
    for entry in entries:
        if _is_system(entry):
            name = _relative(entry.path, root)
            problem = "left there by an operating system, not an image"
            problems.append((name, problem, "nothing to do, or delete it", "ignored", 1))
        else:
            kept.append(entry)
    return kept


def _is_system(entry: os.DirEntry) -> bool:
    return entry.name.startswith(".") or entry.name.casefold() in _SYSTEM_FILES


def _is_folder(entry: os.DirEntry) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        # A symbolic link to itself: opening it as a file will say so.
        return False


def _stray(entry: os.DirEntry, root: Path, problems: list, where: str) -> None:
    cure = "move it into the class folder it belongs to, or delete it"
    problems.append((_relative(entry.path, root), f"{where}: no label", cure, "skipped", 1))


def _unknown_folder(entry: os.DirEntry, root: Path, problems: list, known: tuple) -> None:
    inside = _files_in(Path(entry.path))
    if known:
        cure = f"rename it to one of {', '.join(label.capitalize() for label in known)}"
    else:
        cure = "move its files one folder up"
    problem = f"a folder that is no class ({inside} files in it)"
    problems.append((_relative(entry.path, root) + "/", problem, cure, "skipped", inside))


def _note_spelling(entry: os.DirEntry, label: str, root: Path, problems: list) -> None:
    if entry.name in (label, label.capitalize()):
        return
    cure = f"nothing to do, or rename it to {label.capitalize()}"
    name = _relative(entry.path, root) + "/"
    shown = name.rstrip("/").rpartition("/")[2]
    problems.append((name, f"spelt {shown!r}, read as {label!r}", cure, "used", 1))


def _spellings(problems: list[tuple]) -> list[tuple]:
    """Merge the rows about one spelling (``Real`` in each of seven folders) into one."""
    merged: dict[tuple, tuple] = {}
    for name, problem, cure, action, count in problems:
        key = (problem, cure) if problem.startswith("spelt ") else (name, problem)
        earlier = merged.get(key)
        if earlier is None:
            merged[key] = (name, problem, cure, action, count)
        else:
            merged[key] = (*earlier[:4], earlier[4] + count)
    return list(merged.values())


def _files_in(folder: Path) -> int:
    """Count files in a folder and its folders, one level deep: enough to see what is lost."""
    total = 0
    for entry in _listing(folder)[0]:
        total += len(_listing(Path(entry.path))[0]) if _is_folder(entry) else 1
    return total


def _relative(path: str | Path, root: Path) -> str:
    shown = Path(os.path.relpath(path, root)).as_posix()
    # Names may hold line breaks, or bytes that are not UTF-8.
    shown = os.fsencode(shown).decode("utf-8", "backslashreplace")
    return "".join(letter if letter.isprintable() else "?" for letter in shown)
