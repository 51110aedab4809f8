"""Load the three public folder sets of ``huang2025`` (section 3.2) from your own copy.

``<root>/{train,test}/<source>/<class>/*``, as in the public code: ``train`` and ``test``, in each
one folder a source (``train1``, ``train2``, ...), in each of these one folder a class. Levels may
be missing. Contempt and other classes beside the seven are left out; the report lists them, and an
emotion without an image. There is no authenticity; further table columns are ``part`` (train, test,
val or empty) and ``source`` (such as train1). `fer_lib.data.photographs` says how they are read.
"""

from __future__ import annotations

from dataclasses import replace

from fer_lib.data.class_folders import EMOTION, Layout, part_and_source
from fer_lib.data.photographs import ClassFolders

USAGE = (
    "make book DATA=micro_folders DATA_ROOT=/path/to/data, the folder that holds train and test "
    "with one folder a class in them"
)
LAYOUT = Layout(
    "<root>/train/train1/happy/*.png, <root>/test/test1/happy/*.png, ... for "
    + ", ".join(EMOTION.words),
    (replace(EMOTION, least=2),),  # with fewer there is nothing to tell apart
    above=6,
    several=True,
    deep=True,
    further=part_and_source,
    cures={"contempt": "nothing to do: the paper names seven emotions without it"},
)
FOLDERS = ClassFolders("micro_folders", __name__, USAGE, prefix="m", size=112, layout=LAYOUT)
load, identity, check = FOLDERS.load, FOLDERS.identity, FOLDERS.check
