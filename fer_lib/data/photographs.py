"""Load photographs from class folders: check, decode once, group near-duplicates, store.

Every adapter of folders reads them with this, and says only what is its own, as a `ClassFolders`.
Where there are no subject ids, images are grouped as near-duplicates before any split (see
`duplicates` for what that cannot find) and a subject may be in several groups. Damaged files are
skipped and listed in the report; nothing in the folder is changed.
"""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pandas as pd
from PIL import Image

from engine.store import file_index, keys, paths, threads
from engine.store.progress import Progress
from fer_lib.data import duplicates, image_array, image_files
from fer_lib.data.class_folders import Candidate, Layout, merged, require, scan
from fer_lib.data.image_files import UnusableImage
from fer_lib.data.schema import DataError, FaceData, report_frame, validate

LARGE_GROUP = 0.05  # share of the images that hang together, from which on it is reported


@dataclass(frozen=True)
class ClassFolders:
    """A data set of photographs in class folders: everything that differs between such sets.

    Attributes
    ----------
    name : str
        Of the data set.
    adapter : str
        The module that makes this value; its code decides what is stored.
    usage : str
        The command, and which folder it wants.
    prefix : str
        Letter before the number of an image.
    size : int
        Side of the square images in pixels, if none is asked for.
    layout : Layout
        The folders.
    """

    name: str
    adapter: str
    usage: str
    prefix: str
    size: int
    layout: Layout

    def load(
        self, root: str | Path | None, size: int | None = None, progress: bool = True
    ) -> FaceData:
        """Load the set from ``root``.

        The first call decodes every image (a few hundred a second) and keeps the result in the
        store; later calls check the files' sizes and times and open it at once.

        Parameters
        ----------
        root : path
            The folder that the layout begins with.
        size : int, optional
            Side of the square images in pixels; None for the set's own.
        progress : bool
            Whether to say every few seconds how far it is.

        Returns
        -------
        FaceData
            ``kind`` photographs; ``group_kind`` near-duplicate, or subject where the layout gives
            subject ids. Further table columns: those of the layout, ``phash``, ``phash_mirrored``.

        Raises
        ------
        DataError
            One line with the cure, if there is no usable data set at ``root``.
        engine.store.paths.CacheError
            If the store cannot be written to.
        """
        size = self.size if size is None else size
        folder = self._folder(root)
        files, problems = self._files(folder, progress)
        data_hash = _data_hash(files)
        # What is stored depends on how it was decoded, hashed and grouped.
        decides = {"data": data_hash, "size": size, **keys.code(self.adapter)}
        target = paths.cache() / "data" / f"{self.name}-{keys.digest(decides)}"
        stored = image_array.read(target)
        if stored is None:
            self._decode_all(folder, files, target, size, progress)
            stored = image_array.read(target)
            if stored is None:
                raise paths.CacheError(f"the store lost {target}: check the disk and try again")
        table, emotions = stored.table, tuple(self.layout.levels[0].words)
        table["emotion"] = pd.Categorical(table["emotion"], categories=emotions)
        report = [report_frame(problems), stored.report, report_frame(_lost(table, self.layout))]
        return FaceData(
            table=validate(table, emotions),
            images=stored.images,
            name=self.name,
            kind="photographs",
            group_kind=table["group_kind"].iloc[0],
            sha256=data_hash,
            report=pd.concat(report, ignore_index=True),
            has_truth=False,
            emotions=emotions,
        )

    def identity(self, root: str | Path | None) -> str:
        """Return the hash over all files of the data set; nothing is decoded.

        Raises
        ------
        DataError
            One line with the cure, if there is no usable data set at ``root``.
        """
        return _data_hash(self._files(self._folder(root), progress=True)[0])

    def check(self, root: str | Path | None) -> None:
        """Look at the folders, opening no file: are there images of all labels that it takes?

        Raises
        ------
        DataError
            One line with the cure.
        """
        folder = self._folder(root)
        found, problems = scan(folder, self.layout)
        require([one.columns for one in found], problems, self.layout, folder)

    def _folder(self, root: str | Path | None) -> Path:
        """Return ``root`` as a folder that can be listed and is not empty."""
        if root is None or not str(root).strip():
            raise DataError(f"DATA_ROOT is not set: {self.usage}")
        folder = Path(root).expanduser()
        told = f"DATA_ROOT {folder}"
        try:
            if not folder.exists():
                raise DataError(f"{told} does not exist: {self.usage}")
            if not folder.is_dir():
                raise DataError(f"{told} is not a folder: unpack the archive, then {self.usage}")
            if not any(folder.iterdir()):
                raise DataError(f"{told} is empty: expected {self.layout.said}")
        except OSError as error:
            reason = error.strerror or error
            raise DataError(f"{told} cannot be read ({reason}): make it readable") from None
        return folder

    def _files(self, folder: Path, progress: bool) -> tuple[list[Candidate], list[tuple]]:
        """Return the readable files, and report rows for what is out of place or unreadable."""
        found, problems = scan(folder, self.layout)
        place = keys.sha256(os.fsencode(os.path.realpath(folder)))[:12]
        index = paths.cache() / "data" / f"{self.name}-files-{place}.json"
        meter = Progress(f"{self.name}: checked", len(found), progress)
        files = []
        hashes = file_index.hashes(folder, [one.path for one in found], index, _content)
        for one, hashed in zip(found, hashes, strict=True):
            meter.step()
            if isinstance(hashed, UnusableImage):
                problems.append((one.file, hashed.problem, hashed.cure, "skipped", 1))
            else:
                files.append(one._replace(sha256=hashed[0], n_bytes=hashed[1]))
        require([one.columns for one in files], problems, self.layout, folder)
        return files, problems

    def _decode_all(
        self, folder: Path, files: list[Candidate], target: Path, size: int, progress: bool
    ) -> None:
        rows: list[dict] = []
        problems: list[tuple] = []
        meter = Progress(f"{self.name}: decoded", len(files), progress)

        def decode(one: Candidate):
            try:
                content = image_files.read_bytes(folder / one.path)
                if keys.sha256(content) != one.sha256:
                    raise DataError(f"{one.file} changed while being read: try again")
                picture = image_files.decode(content, one.file, size)
            except UnusableImage as trouble:
                return one, trouble, None
            return one, picture, duplicates.hash_pair(picture.pixels)

        with image_array.writing(target, len(files), size) as writer, warnings.catch_warnings():
            # Images above the limit are refused by name; the warning would only add noise.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", module="PIL")
            for one, result, hashes in threads.in_order(decode, files):
                meter.step()
                if isinstance(result, UnusableImage):
                    # A row of its own: each of them is to be mended.
                    problems.append((one.file, result.problem, result.cure, "skipped", 1, True))
                    continue
                for note in result.notes:
                    # So is a wrong name, where the set has few files.
                    own = self.layout.row_a_file and note[0].startswith("the name says")
                    problems.append((one.file, *note, "used", 1, own))
                writer.append(result.pixels)
                row = {
                    "image_id": f"{self.prefix}{len(rows):05d}",
                    "dataset": self.name,
                    "file": one.file,
                    "emotion": "",
                    "authenticity": None,
                    "group": "",
                    "group_kind": "near-duplicate",
                    "width": result.width,
                    "height": result.height,
                    "sha256": one.sha256,
                }
                rows.append(row | one.columns | {"phash": hashes[0], "phash_mirrored": hashes[1]})
            told = sorted(merged(problems), key=lambda row: row[3] != "skipped")
            require(rows, told, self.layout, folder)
            table = pd.DataFrame(rows)
            pairs = duplicates.near_pairs(
                list(table["phash"]), list(table["phash_mirrored"]), duplicates.GROUP_DISTANCE
            )
            table["group"] = [f"d{number:05d}" for number in duplicates.groups(len(table), pairs)]
            told += _copies(table, self.layout)  # while groups are near-duplicates
            if "subject_id" in table:
                table["group"] = self.name + "/" + table["subject_id"]
                table["group_kind"] = "subject"
            writer.finish(table, report_frame(told))


def _content(path: Path) -> bytes | UnusableImage:
    try:
        return image_files.read_bytes(path)
    except UnusableImage as trouble:
        return trouble


def _data_hash(files: list[Candidate]) -> str:
    """Return the sha256 over the (relative path, content hash, size) of all files, as sorted."""
    lines = "".join(f"{one.file}\t{one.sha256}\t{one.n_bytes}\n" for one in files)
    return keys.sha256(lines.encode())


def _copies(table: pd.DataFrame, layout: Layout) -> list[tuple]:
    """Return report rows on copies, on contradictory labels, and on large groups of near-copies."""
    rows: list[tuple] = []
    copies = table[table["sha256"].duplicated(keep=False)]
    if len(copies) and not layout.row_a_file:
        problem = f"{copies['sha256'].nunique()} contents occur more than once"
        cure = "nothing to do: kept in one group"
        rows.append((copies["file"].iloc[0], problem, cure, "used", len(copies)))
    columns = [level.column for level in layout.levels]
    for _, same in copies.groupby("sha256", sort=False):
        labels = sorted(set(same[columns].agg("/".join, axis=1)))
        others = ", ".join(same["file"].iloc[1:4]) + (", ..." if len(same) > 4 else "")
        problem = f"same content as {others}"
        cure = "nothing to do (kept in one group), or delete the copies"
        if len(labels) > 1:
            problem = f"contradictory labels ({', '.join(labels)}): {problem}"
            cure = "keep the copy with the right label, delete the others"
        elif not layout.row_a_file:
            continue
        rows.append((same["file"].iloc[0], problem, cure, "used", len(same)))
    if "part" in table:
        trained = table["group"].isin(table.loc[table["part"] == "train", "group"])
        shared = table.loc[trained & (table["part"] == "test"), "file"]
        problem = "test images with a copy or near-copy in a training folder"
        told = (problem, "split by group, not by part", "used", len(shared))
        rows += [(shared.iloc[0], *told)] if len(shared) else []
    return rows + _large_group(table)


def _lost(table: pd.DataFrame, layout: Layout) -> list[tuple]:
    """Return report rows on labels, and pairs of them, without an image."""
    there = set(zip(*(table[level.column] for level in layout.levels), strict=True))
    rows = []
    for labels in product(*(level.words for level in layout.levels)):
        if labels not in there:
            name = "/".join(label.capitalize() for label in labels)
            problem = f"NO IMAGE of {', '.join(labels)}: its results are missing"
            rows.append((f"{name}/", problem, "restore the folder from the archive", "missing", 1))
    return rows


def _large_group(table: pd.DataFrame) -> list[tuple]:
    """Return a report row if one group of near-duplicates holds much of a set of 50 or more."""
    sizes = table["group"].value_counts()
    if len(table) < 50 or sizes.iloc[0] <= LARGE_GROUP * len(table):
        return []
    problem = f"{sizes.iloc[0]} of {len(table)} images hang together as near-duplicates"
    cure = "look at them: copies, or one background that fills the frame; then crop to the face"
    first = table.loc[table["group"] == sizes.index[0], "file"].iloc[0]
    return [(first, problem, cure, "used", int(sizes.iloc[0]))]
