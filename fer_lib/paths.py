"""Where things live: the checkout, the store of data sets and runs, the build folder."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


class CacheError(RuntimeError):
    """The store cannot be written to; the message names the folder and the cure."""


def root() -> Path:
    """Return the checkout that this library was imported from."""
    return Path(__file__).resolve().parents[1]


def build() -> Path:
    """Return where executed notebooks and the site land.

    ``$FER_BUILD`` (relative to the checkout) if set, else ``_build`` in the checkout.
    """
    return root() / Path(os.environ.get("FER_BUILD") or "_build").expanduser()


def cache() -> Path:
    """Return the store for data sets, weights and runs, created if need be.

    ``$FER_CACHE`` if set, else ``_build/store`` in the checkout.

    Raises
    ------
    CacheError
        If the folder cannot be made or written to.
    """
    folder = Path(os.environ.get("FER_CACHE") or build() / "store").expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Root passes os.access on a read-only mount, so only a real write tells.
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise CacheError(
            f"the store {folder} cannot be written to ({error.strerror}): "
            "set FER_CACHE to a folder you can write to"
        ) from None
    return folder
