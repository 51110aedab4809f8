"""Refuse to install into an environment that another checkout uses: its code would be replaced."""

from __future__ import annotations

import json
import sys
import sysconfig
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

PROJECT = "fer-companion"


def checkout(place: str) -> Path | None:
    """Return the folder whose code an environment uses; None if it uses none that is there.

    ``place`` is where the environment keeps its packages.
    """
    for found in metadata.distributions(name=PROJECT, path=[place]):
        told = json.loads(found.read_text("direct_url.json") or "{}")
        if told.get("dir_info", {}).get("editable"):
            folder = Path(url2pathname(urlsplit(told["url"]).path))
            return folder if folder.is_dir() else None
    return None


def main() -> int:
    """Look at the environment of the running interpreter, called what the first argument says."""
    used = checkout(sysconfig.get_path("purelib"))
    if used is None or used.resolve() == Path(__file__).resolve().parents[1]:
        return 0
    print(
        f"error: the environment {sys.argv[1]} is that of the checkout {used}, which would lose "
        "it: set VENV=..., such as VENV=.venv",
        file=sys.stderr,
    )
    return 2


if __name__ == "__main__":
    sys.exit(main())
