"""Load photographs from class folders: check, decode once, group near-duplicates, store.

Two adapters read their folders with this, and each says only what is its own, as a `ClassFolders`.
There are no subject ids in such folders, so images are grouped as near-duplicates before any split
(see `duplicates` for what that cannot find) and a subject may be in several groups. Damaged files
are skipped and listed in the report; nothing in the folder is changed.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from PIL import Image

from engine.store import keys, paths, threads
from engine.store.progress import Progress
from fer_lib.data import duplicates, file_hashes, image_array, image_files
from fer_lib.data.class_folders import Candidate
from fer_lib.data.schema import EMOTIONS, DataError, FaceData, report_frame, validate

LARGE_GROUP = 0.05  # share of the images that hang together, from which on it is reported

# (problem, cure, action, file or "") -> files: what decoding had to say of them.
Problems = dict[tuple[str, str, str, str], list[str]]


def row_a_problem(problems: Problems) -> list[tuple]:
    """Return report rows, one a problem, in the order in which they were met."""
    return [(files[0], *key[:3], len(files)) for key, files in problems.items()]


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
    layout : str
        The folders that are expected, in words.
    prefix : str
        Letter before the number of an image.
    size : int
        Side of the square images in pixels, if none is asked for.
    scan : callable
        Takes the root; returns candidates and report rows (`fer_lib.data.class_folders.Scan.done`).
    require : callable
        Takes candidates and the root; raises `DataError` if there are too few labels among them.
    content : callable
        Takes the table; returns report rows on what the images are, which are stored with them.
    lost : callable
        Takes the table; returns report rows on labels without an image.
    told : callable
        Takes what decoding had to say; returns report rows.
    """

    name: str
    adapter: str
    usage: str
    layout: str
    prefix: str
    size: int
    scan: Callable[[Path], tuple[list[Candidate], list[tuple]]]
    require: Callable[[Sequence[Candidate], Path], None]
    content: Callable[[pd.DataFrame], list[tuple]]
    lost: Callable[[pd.DataFrame], list[tuple]]
    told: Callable[[Problems], list[tuple]] = row_a_problem

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
            ``kind`` photographs, ``group_kind`` near-duplicate. Further table columns: those of
            the candidates, ``phash``, ``phash_mirrored``.

        Raises
        ------
        DataError
            One line with the cure, if there is no usable data set at ``root``.
        engine.store.paths.CacheError
            If the store cannot be written to.
        """
        size = self.size if size is None else size
        folder = self._folder(root)
        sources, problems = self._files(folder, progress)
        data_hash = file_hashes.data_hash(sources)
        # What is stored depends on how it was decoded, hashed and grouped.
        decides = {"data": data_hash, "size": size, **keys.code(self.adapter)}
        target = paths.cache() / "data" / f"{self.name}-{keys.digest(decides)}"
        stored = image_array.read(target)
        if stored is None:
            self._decode_all(folder, sources, target, size, progress)
            stored = image_array.read(target)
            if stored is None:
                raise paths.CacheError(f"the store lost {target}: check the disk and try again")
        table = stored.table
        table["emotion"] = pd.Categorical(table["emotion"], categories=EMOTIONS)
        report = [report_frame(problems), stored.report, report_frame(self.lost(table))]
        return FaceData(
            table=validate(table),
            images=stored.images,
            name=self.name,
            kind="photographs",
            group_kind="near-duplicate",
            sha256=data_hash,
            report=pd.concat(report, ignore_index=True),
            has_truth=False,
        )

    def identity(self, root: str | Path | None) -> str:
        """Return the hash over all files of the data set; nothing is decoded.

        Raises
        ------
        DataError
            One line with the cure, if there is no usable data set at ``root``.
        """
        return file_hashes.data_hash(self._files(self._folder(root), progress=True)[0])

    def check(self, root: str | Path | None) -> None:
        """Look at the folders, opening no file: are there images of all labels that it takes?

        Raises
        ------
        DataError
            One line with the cure.
        """
        folder = self._folder(root)
        self.require(self.scan(folder)[0], folder)

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
                raise DataError(f"{told} is empty: expected {self.layout}")
        except OSError as error:
            reason = error.strerror or error
            raise DataError(f"{told} cannot be read ({reason}): make it readable") from None
        return folder

    def _files(self, folder: Path, progress: bool) -> tuple[list[file_hashes.Source], list[tuple]]:
        """Return the readable files, and report rows for what is out of place or unreadable."""
        candidates, problems = self.scan(folder)
        self.require(candidates, folder)
        store = paths.cache() / "data"
        sources, unreadable = file_hashes.take(folder, candidates, store, self.name, progress)
        return sources, problems + unreadable

    def _decode_all(
        self,
        folder: Path,
        sources: list[file_hashes.Source],
        target: Path,
        size: int,
        progress: bool,
    ) -> None:
        rows: list[dict] = []
        used: list[Candidate] = []
        problems: Problems = {}
        meter = Progress(f"{self.name}: decoded", len(sources), progress)

        def decode(source: file_hashes.Source):
            try:
                content = image_files.read_bytes(folder / source.candidate.path)
                if keys.sha256(content) != source.sha256:
                    raise DataError(f"{source.candidate.file} changed while being read: try again")
                picture = image_files.decode(content, source.candidate.file, size)
            except image_files.UnusableImage as trouble:
                return source, trouble, None
            return source, picture, duplicates.hash_pair(picture.pixels)

        with image_array.writing(target, len(sources), size) as writer, warnings.catch_warnings():
            # Images above the limit are refused by name; the warning would only add noise.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", module="PIL")
            for source, result, both_hashes in threads.in_order(decode, sources):
                meter.step()
                name = source.candidate.file
                if isinstance(result, image_files.UnusableImage):
                    # A row of its own: each of them is to be mended.
                    problems[result.problem, result.cure, "skipped", name] = [name]
                    continue
                for note in result.notes:
                    problems.setdefault((*note, "used", ""), []).append(name)
                writer.append(result.pixels)
                rows.append(self._row(source, result, both_hashes, len(rows)))
                used.append(source.candidate)
            self.require(used, folder)
            table = pd.DataFrame(rows)
            pairs = duplicates.near_pairs(
                list(table["phash"]), list(table["phash_mirrored"]), duplicates.GROUP_DISTANCE
            )
            numbers = duplicates.groups(len(table), pairs)
            table["group"] = [f"d{number:05d}" for number in numbers]
            writer.finish(table, report_frame(self.told(problems) + self.content(table)))

    def _row(
        self,
        source: file_hashes.Source,
        picture: image_files.Picture,
        hashes: tuple[str, str],
        index: int,
    ) -> dict:
        one = source.candidate
        return {
            "image_id": f"{self.prefix}{index:05d}",
            "dataset": self.name,
            "file": one.file,
            "emotion": one.emotion,
            "authenticity": one.authenticity,
            "group": "",
            "group_kind": "near-duplicate",
            "width": picture.width,
            "height": picture.height,
            "sha256": source.sha256,
            **one.further,
            "phash": hashes[0],
            "phash_mirrored": hashes[1],
        }


def large_group(table: pd.DataFrame) -> list[tuple]:
    """Return a report row if one group of near-duplicates holds much of a set of 50 or more."""
    sizes = table["group"].value_counts()
    if len(table) < 50 or sizes.iloc[0] <= LARGE_GROUP * len(table):
        return []
    first = table.loc[table["group"] == sizes.index[0], "file"].iloc[0]
    problem = f"{sizes.iloc[0]} of {len(table)} images hang together as near-duplicates"
    cure = "look at them: copies, or one background that fills the frame; then crop to the face"
    return [(first, problem, cure, "used", int(sizes.iloc[0]))]
