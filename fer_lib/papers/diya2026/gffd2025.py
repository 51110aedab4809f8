"""Load GFFD-2025 (doi:10.17632/wmfd4p3z32.1), the data of ``diya2026``, from your own copy.

``<root>/<Emotion>/<Fake|Genuine>/*`` (section 3-3), raw or cropped-and-augmented archive, however
people spell the folders. ``<root>`` may lie one or two folders further down.
`fer_lib.data.photographs` says how they are read.
"""

from __future__ import annotations

from fer_lib.data.class_folders import EMOTION, Layout, Level
from fer_lib.data.photographs import ClassFolders

NAME = "gffd2025"
USAGE = (
    "make book DATA=gffd2025 DATA_ROOT=/path/to/GFFD-2025, the folder that holds Angry/Fake, "
    "Angry/Genuine, ... (download: doi:10.17632/wmfd4p3z32.1)"
)
AUTHENTICITY = Level(
    "authenticity",
    {
        "fake": ("fake", "faked", "posed", "acted"),
        "genuine": ("genuine", "real", "geniune", "spontaneous"),
    },
    "Fake and Genuine",
)
LAYOUT = Layout(
    "<root>/Angry/Fake/*.jpg, <root>/Angry/Genuine/*.jpg, ... for "
    + ", ".join(emotion.capitalize() for emotion in EMOTION.words),
    (EMOTION, AUTHENTICITY),
    above=2,
    row_a_file=True,
)
FOLDERS = ClassFolders(NAME, __name__, USAGE, prefix="g", size=224, layout=LAYOUT)
load, identity, check = FOLDERS.load, FOLDERS.identity, FOLDERS.check
