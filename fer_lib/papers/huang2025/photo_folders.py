"""Load the three public folder sets of ``huang2025`` (section 3.2) from your own copy.

``<root>/{train,test}/<source>/<class>/*``, as in the public code (`photo_folder_scan` is
forgiving). Contempt and other classes beside the seven are left out; the report lists them, and an
emotion without an image. There is no authenticity; further table columns are ``part`` (train, test,
val or empty) and ``source`` (such as train1). `fer_lib.data.photographs` says how they are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fer_lib.data import photographs
from fer_lib.data.class_folders import Candidate
from fer_lib.data.schema import DataError
from fer_lib.papers.huang2025 import photo_folder_report, photo_folder_scan

USAGE = (
    "make book DATA=micro_folders DATA_ROOT=/path/to/data, the folder that holds train and test "
    "with one folder a class in them"
)


def require(found: Sequence[Candidate], folder: Path) -> None:
    """Refuse a set with images of fewer than two emotions."""
    emotions = {one.emotion for one in found}
    if len(emotions) < 2:
        only = ", ".join(emotions) or "no emotion"
        raise DataError(
            f"{folder} has usable images of {only} only: nothing to tell apart; restore the other "
            "class folders from the archive"
        )


FOLDERS = photographs.ClassFolders(
    "micro_folders",
    __name__,
    USAGE,
    photo_folder_scan.LAYOUT,
    prefix="m",
    size=112,
    scan=photo_folder_scan.scan,
    require=require,
    content=photo_folder_report.of_content,
    lost=photo_folder_report.lost,
)
load, identity, check = FOLDERS.load, FOLDERS.identity, FOLDERS.check
