"""The three public folder sets of ``huang2025`` (section 3.2), from one's own copy.

``<root>/{train,test}/<source>/<class>/*``, as in the public code (`folder_scan` is forgiving).
There are no subject ids, so copies and near-copies are grouped before any split
(`fer_lib.data.duplicates` says what that cannot find), and people may recur across groups.
Contempt and other classes beside the seven are left out, damaged files skipped; the report lists
both. Nothing in the folder is changed.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import pandas as pd
from PIL import Image

from fer_lib import keys, paths
from fer_lib.data import duplicates, images, inventory, stack
from fer_lib.data.schema import EMOTIONS, DataError, FaceData, report_frame, validate
from fer_lib.micro.photos import folder_report, folder_scan
from fer_lib.progress import Progress

NAME = "micro_folders"
SIZE = 112
USAGE = (
    "make book DATA=micro_folders DATA_ROOT=/path/to/data, the folder that holds train and test "
    "with one folder a class in them"
)


def load(root: str | Path | None, size: int = SIZE, progress: bool = True) -> FaceData:
    """Load class folders of photographs.

    The first call decodes every image (a few hundred a second) and keeps the result in the
    store; later calls check the files' sizes and times and open it at once.

    Parameters
    ----------
    root : path
        The folder that holds the train and test folders, or class folders.
    size : int
        Side of the square images in pixels.
    progress : bool
        Whether to say every few seconds how far it is.

    Returns
    -------
    FaceData
        ``kind`` photographs, ``group_kind`` near-duplicate, no authenticity. Further table
        columns: ``part`` (train, test, val or empty), ``source`` (such as train1), ``phash``,
        ``phash_mirrored``. An emotion without an image is a row of the report.

    Raises
    ------
    DataError
        One line with the cure, if there is no usable data set at ``root``.
    fer_lib.paths.CacheError
        If the store cannot be written to.
    """
    folder = check_root(root)
    sources, problems = _files(folder, progress)
    data_hash = inventory.data_hash(sources)
    code = keys.library().ingredients("fer_lib.micro.photos.folders")
    decides = {"data": data_hash, "size": size, "library": code["library"], "lock": code["lock"]}
    target = paths.cache() / "data" / f"{NAME}-{keys.digest(decides)}"
    stored = stack.read(target)
    if stored is None:
        _decode_all(folder, sources, target, size, progress)
        stored = stack.read(target)
        if stored is None:
            raise paths.CacheError(f"the store lost {target}: check the disk and try again")
    table = stored.table
    table["emotion"] = pd.Categorical(table["emotion"], categories=EMOTIONS)
    return FaceData(
        table=validate(table),
        images=stored.images,
        name=NAME,
        kind="photographs",
        group_kind="near-duplicate",
        sha256=data_hash,
        report=pd.concat([report_frame(problems), stored.report], ignore_index=True),
        has_truth=False,
    )


def identity(root: str | Path | None) -> str:
    """Return the hash over all files of the data set; nothing is decoded.

    Raises
    ------
    DataError
        One line with the cure, if there is no usable data set at ``root``.
    """
    return inventory.data_hash(_files(check_root(root), progress=True)[0])


def check(root: str | Path | None) -> None:
    """Look at the folders, opening no file: are there images of two emotions or more?

    Raises
    ------
    DataError
        One line with the cure.
    """
    folder = check_root(root)
    candidates, _ = folder_scan.scan(folder)
    _require_labels({one.emotion for one in candidates}, folder)


def check_root(root: str | Path | None) -> Path:
    """Return ``root`` as a folder that can be listed and is not empty.

    Raises
    ------
    DataError
        Naming the cure.
    """
    if root is None or not str(root).strip():
        raise DataError(f"DATA_ROOT is not set: {USAGE}")
    folder = Path(root).expanduser()
    try:
        if not folder.exists():
            raise DataError(f"DATA_ROOT {folder} does not exist: {USAGE}")
        if not folder.is_dir():
            raise DataError(f"DATA_ROOT {folder} is not a folder: unpack the archive, then {USAGE}")
        if not any(folder.iterdir()):
            raise DataError(f"DATA_ROOT {folder} is empty: expected {folder_scan.LAYOUT}")
    except OSError as error:
        reason = error.strerror or error
        raise DataError(f"DATA_ROOT {folder} cannot be read ({reason}): make it readable") from None
    return folder


def _files(folder: Path, progress: bool) -> tuple[list[inventory.Source], list[tuple]]:
    """Return the readable files, and report rows for what is out of place or unreadable."""
    candidates, problems = folder_scan.scan(folder)
    _require_labels({one.emotion for one in candidates}, folder)
    store = paths.cache() / "data"
    sources, unreadable = inventory.take(folder, candidates, store, NAME, progress)
    return sources, problems + unreadable


def _require_labels(found: set, folder: Path) -> None:
    if len(found) < 2:
        only = ", ".join(found) or "no emotion"
        raise DataError(
            f"{folder} has usable images of {only} only: nothing to tell apart; restore the other "
            "class folders from the archive"
        )


def _decode_all(
    folder: Path, sources: list[inventory.Source], target: Path, size: int, progress: bool
) -> None:
    rows: list[dict] = []
    problems: dict[tuple, list[str]] = {}
    meter = Progress(f"{NAME}: decoded", len(sources), progress)

    def decode(source: inventory.Source):
        try:
            content = images.read_bytes(folder / source.candidate.path)
            if images.sha256(content) != source.sha256:
                raise DataError(f"{source.candidate.file} changed while being read: try again")
            picture = images.decode(content, source.candidate.file, size)
        except images.UnusableImage as trouble:
            return source, trouble, None
        return source, picture, duplicates.hash_pair(picture.pixels)

    with stack.writing(target, len(sources), size) as writer, warnings.catch_warnings():
        # Images above the limit are refused by name; the warning would only add noise.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        warnings.filterwarnings("ignore", module="PIL")
        for source, result, both_hashes in inventory.in_threads(decode, sources):
            meter.step()
            name = source.candidate.file
            if isinstance(result, images.UnusableImage):
                # A row of its own: each of them is to be mended.
                problems[result.problem, result.cure, "skipped", name] = [name]
                continue
            for note in result.notes:
                problems.setdefault((*note, "used", ""), []).append(name)
            writer.append(result.pixels)
            rows.append(_row(source, result, both_hashes, len(rows)))
        _require_labels({row["emotion"] for row in rows}, folder)
        table = pd.DataFrame(rows)
        pairs = duplicates.near_pairs(
            list(table["phash"]), list(table["phash_mirrored"]), duplicates.GROUP_DISTANCE
        )
        numbers = duplicates.groups(len(table), pairs)
        table["group"] = [f"d{number:05d}" for number in numbers]
        found = [(files[0], *key[:3], len(files)) for key, files in problems.items()]
        writer.finish(table, report_frame(found + folder_report.of_content(table)))


def _row(
    source: inventory.Source, picture: images.Picture, hashes: tuple[str, str], index: int
) -> dict:
    one = source.candidate
    return {
        "image_id": f"m{index:05d}",
        "dataset": NAME,
        "file": one.file,
        "emotion": one.emotion,
        "authenticity": None,
        "group": "",
        "group_kind": "near-duplicate",
        "width": picture.width,
        "height": picture.height,
        "sha256": source.sha256,
        "part": one.part,
        "source": one.source,
        "phash": hashes[0],
        "phash_mirrored": hashes[1],
    }
