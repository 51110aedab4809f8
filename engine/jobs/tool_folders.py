"""Give the tools of a build settings and cache folders of their own.

So no file in the user's home folder changes a result, and a home folder that is missing or cannot
be written to does no harm. pip keeps the user's settings: an index or a proxy has to be reachable.
So ``XDG_CONFIG_HOME`` stays as it is, and a Snakemake profile asked for by name is found there.
"""

from __future__ import annotations

import getpass
import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from engine.store import paths

# They name files, or settings, by which the user's shell changes what a page or a tool does.
LEFT_OUT = (
    "JUPYTER_CONFIG_PATH",
    "JUPYTER_NO_CONFIG",
    "MATPLOTLIBRC",
    "MPLBACKEND",
    "PYTHONSTARTUP",
    "PYTHONWARNINGS",
)


def environment(own: Path) -> dict[str, str]:
    """Return the environment of this process with every tool's folders set.

    Parameters
    ----------
    own : Path
        A folder for what belongs to one process; caches worth keeping lie in the build folder.
    """
    kept = paths.build().resolve() / "tools"
    folders = {
        "IPYTHONDIR": own / "ipython",
        "JUPYTER_CONFIG_DIR": own / "jupyter" / "config",
        "JUPYTER_DATA_DIR": own / "jupyter" / "data",
        "JUPYTER_RUNTIME_DIR": own / "jupyter" / "runtime",
        # One for all pages: finding the fonts of a machine may take ten seconds.
        "MPLCONFIGDIR": kept / f"matplotlib-{version('matplotlib')}",
        "HF_HOME": kept / "cache" / "huggingface",
        "TORCH_HOME": kept / "cache" / "torch",
        # Snakemake's sources; every other tool's cache; also pip's, but not its settings.
        "XDG_CACHE_HOME": kept / "cache",
    }
    names = {}
    # An account without an entry, as some containers have; Snakemake asks for both.
    try:
        Path.home()
    except RuntimeError:
        folders["HOME"] = kept / "home"
    try:
        getpass.getuser()
    except (KeyError, OSError):
        names["LOGNAME"] = "unknown"
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    inherited = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    return inherited | names | {name: str(folder) for name, folder in folders.items()}


def list_fonts(folder: Path) -> None:
    """Have matplotlib list the machine's fonts in ``folder``, its cache, unless it has.

    Pages that start together would each make the list and write it over each other's, and
    matplotlib says so on stderr when it takes long. Here the list appears whole or not at all.
    """
    if any(map(_is_whole, folder.glob("fontlist-*.json"))):
        return
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        subprocess.run(
            [sys.executable, "-c", "import matplotlib.font_manager"],
            env={**os.environ, "MPLCONFIGDIR": temporary},
            capture_output=True,
            check=False,  # without the list, matplotlib makes its own
        )
        for made in Path(temporary).glob("fontlist-*.json"):
            made.replace(folder / made.name)


def _is_whole(file: Path) -> bool:
    try:
        json.loads(file.read_text())
    except (OSError, ValueError):  # a power cut has left it so
        return False
    return True
