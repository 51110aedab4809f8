"""GFFD-2025 (doi:10.17632/wmfd4p3z32.1): the data of ``diya2026``, from one's own copy.

``<root>/<Emotion>/<Fake|Genuine>/*``, raw or cropped-and-augmented archive. There are no subject
ids, so images are grouped as near-duplicates before any split (see ``duplicates`` for what that
cannot find) and people may recur across groups. Damaged files are skipped and listed in the
report; nothing in the folder is changed.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import pandas as pd
from PIL import Image

from fer_lib import keys, paths
from fer_lib.data import duplicates, folders, images, inventory, stack
from fer_lib.data.schema import (
    AUTHENTICITY,
    EMOTIONS,
    DataError,
    FaceData,
    report_frame,
    validate,
)
from fer_lib.progress import Progress

NAME = "gffd2025"
USAGE = (
    "make book DATA=gffd2025 DATA_ROOT=/path/to/GFFD-2025, the folder that holds Angry/Fake, "
    "Angry/Genuine, ... (download: doi:10.17632/wmfd4p3z32.1)"
)


def load(root: str | Path | None, size: int = 224, progress: bool = True) -> FaceData:
    """Load GFFD-2025 from ``root``.

    The first call decodes every image (a few hundred a second) and keeps the result in the
    store; later calls check the files' sizes and times and open it at once.

    Parameters
    ----------
    root : path
        The folder that holds the emotion folders, or one with a single such folder inside.
    size : int
        Side of the square images in pixels.
    progress : bool
        Whether to say every few seconds how far it is.

    Returns
    -------
    FaceData
        ``kind`` photographs, ``group_kind`` near-duplicate. Further table columns: ``phash``,
        ``phash_mirrored``.

    Raises
    ------
    DataError
        One line with the cure, if there is no usable data set at ``root``.
    fer_lib.paths.CacheError
        If the store cannot be written to.
    """
    folder = check_root(root)
    sources, problems, unreadable = _files(folder, progress)
    data_hash = inventory.data_hash(sources)
    # What is stored depends on how it was decoded, hashed and grouped.
    code = keys.library().ingredients("fer_lib.data.gffd2025")
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
    report = pd.concat(
        [report_frame(problems + unreadable), stored.report, _empty_cells(table)],
        ignore_index=True,
    )
    return FaceData(
        table=validate(table),
        images=stored.images,
        name=NAME,
        kind="photographs",
        group_kind="near-duplicate",
        sha256=data_hash,
        report=report,
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


def _files(folder: Path, progress: bool) -> tuple[list[inventory.Source], list, list]:
    """Return the readable files, and report rows for what is out of place or unreadable."""
    candidates, problems = folders.scan(folder)
    _require_labels(candidates, folder)
    store = paths.cache() / "data"
    sources, unreadable = inventory.take(folder, candidates, store, NAME, progress)
    return sources, problems, unreadable


def check(root: str | Path | None) -> None:
    """Look at the folders, opening no file: is there a layout with all seven emotions?

    Raises
    ------
    DataError
        One line with the cure.
    """
    folder = check_root(root)
    candidates, _ = folders.scan(folder)
    _require_labels(candidates, folder)


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
            raise DataError(f"DATA_ROOT {folder} is empty: expected {folders.LAYOUT}")
    except OSError as error:
        reason = error.strerror or error
        raise DataError(f"DATA_ROOT {folder} cannot be read ({reason}): make it readable") from None
    return folder


def _require_labels(found: list, folder: Path) -> None:
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


def _decode_all(
    folder: Path, sources: list[inventory.Source], target: Path, size: int, progress: bool
) -> None:
    rows: list[dict] = []
    skipped: list[tuple] = []
    repairs: dict[tuple[str, str], list[str]] = {}
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
                skipped.append((name, result.problem, result.cure, "skipped", 1))
                continue
            for note in result.notes:
                repairs.setdefault(note, []).append(name)
            writer.append(result.pixels)
            rows.append(_row(source, result, both_hashes, len(rows)))
        table = pd.DataFrame(rows, columns=None if rows else ["emotion", "authenticity"])
        _require_labels(list(table.itertuples()), folder)
        hashes, mirrored = list(table["phash"]), list(table["phash_mirrored"])
        pairs = duplicates.near_pairs(hashes, mirrored, duplicates.GROUP_DISTANCE)
        numbers = duplicates.groups(len(table), pairs)
        table["group"] = [f"d{number:05d}" for number in numbers]
        mended = [(files[0], *note, "used", len(files)) for note, files in repairs.items()]
        found = skipped + _one_by_one(mended, repairs) + _copies(table) + _large_group(table)
        writer.finish(table, report_frame(found))


def _row(
    source: inventory.Source, picture: images.Picture, hashes: tuple[str, str], index: int
) -> dict:
    return {
        "image_id": f"g{index:05d}",
        "dataset": NAME,
        "file": source.candidate.file,
        "emotion": source.candidate.emotion,
        "authenticity": source.candidate.authenticity,
        "group": "",
        "group_kind": "near-duplicate",
        "width": picture.width,
        "height": picture.height,
        "sha256": source.sha256,
        "phash": hashes[0],
        "phash_mirrored": hashes[1],
    }


def _one_by_one(mended: list[tuple], repairs: dict) -> list[tuple]:
    """List wrong extensions file by file; they are few and each is to be renamed."""
    rows = []
    for row, (note, files) in zip(mended, repairs.items(), strict=True):
        if note[0].startswith("the name says"):
            rows += [(name, *note, "used", 1) for name in files]
        else:
            rows.append(row)
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


def _large_group(table: pd.DataFrame) -> list[tuple]:
    sizes = table["group"].value_counts()
    if len(table) < 50 or sizes.iloc[0] <= 0.05 * len(table):
        return []
    first = table.loc[table["group"] == sizes.index[0], "file"].iloc[0]
    problem = f"{sizes.iloc[0]} of {len(table)} images hang together as near-duplicates"
    cure = "look at them: copies, or one background that fills the frame; then crop to the face"
    return [(first, problem, cure, "used", int(sizes.iloc[0]))]


def _empty_cells(table: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for emotion in EMOTIONS:
        for authenticity in AUTHENTICITY:
            cell = (table["emotion"] == emotion) & (table["authenticity"] == authenticity)
            if not cell.any():
                name = f"{emotion.capitalize()}/{authenticity.capitalize()}/"
                problem = f"NO IMAGE of {emotion}, {authenticity}: its results are missing"
                rows.append((name, problem, "restore the folder from the archive", "missing", 1))
    return report_frame(rows)
