"""The folders: checkout, store of results, build."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

COMMANDS = ("devtools", "engine", "service")  # packages that are run as `python -m ...`
OWN = "fer-companion"  # the folder in which a user's programs keep what can be made again


class CacheError(RuntimeError):
    """The store cannot be read or written to; the message names the folder and the cure."""


def root() -> Path:
    """Return the checkout that this library was imported from."""
    return Path(__file__).resolve().parents[2]


def build() -> Path:
    """Return where executed notebooks and the site land.

    ``$FER_BUILD`` (relative to the checkout) if set, else ``_build`` in the checkout.
    """
    return root() / Path(os.environ.get("FER_BUILD") or "_build").expanduser()


def in_checkout() -> bool:
    """Return whether the checkout is being worked in, and not only imported from somewhere else.

    So it is for the project's own commands, for whatever runs in a folder of the checkout, and
    where ``$FER_BUILD`` says where to build.
    """
    if os.environ.get("FER_BUILD"):
        return True
    command = getattr(sys.modules.get("__main__"), "__spec__", None)
    if command is not None and command.name.partition(".")[0] in COMMANDS:
        return True
    try:
        return Path.cwd().resolve().is_relative_to(root())
    except OSError:  # the folder was removed
        return False


def user_cache() -> Path:
    """Return where programs of this user keep what can be made again.

    ``$XDG_CACHE_HOME`` if it is set, else ``~/Library/Caches`` on macOS and ``~/.cache`` elsewhere.
    """
    own = Path(os.environ.get("XDG_CACHE_HOME") or "")
    if own.is_absolute():
        return own
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")


def cache() -> Path:
    """Return the store for data sets, weights and runs, created if need be.

    ``$FER_CACHE`` if set; ``_build/store`` where the checkout is worked in; else, for a notebook
    that was downloaded and lies anywhere, a folder of the user's cache: an installed checkout is
    not the place for what it makes. What lies in the store is read by those who may not write to
    it, too: `writable_cache` is for those who must.

    Raises
    ------
    CacheError
        If the folder is not there and cannot be made.
    """
    own = build() / "store" if in_checkout() else user_cache() / OWN
    folder = Path(os.environ.get("FER_CACHE") or own).expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CacheError(
            f"the store {folder} cannot be made ({error.strerror}): "
            "set FER_CACHE to a folder you can write to"
        ) from None
    return folder


def writable_cache() -> Path:
    """Return the store, to those who can write to it.

    Raises
    ------
    CacheError
        As `cache`, and if the folder cannot be written to.
    """
    folder = cache()
    try:
        # Root passes os.access on a read-only mount, so only a real write tells.
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise unwritable(folder, error) from None
    return folder


def may_write() -> bool:
    """Return whether the store takes what is made."""
    try:
        writable_cache()
    except CacheError:
        return False
    return True


def unwritable(folder: Path, error: OSError) -> CacheError:
    """Return the error to raise if the store cannot be written to."""
    return CacheError(
        f"the store {folder} cannot be written to ({error.strerror}): "
        "set FER_CACHE to a folder you can write to"
    )


def unreadable(place: Path, error: OSError) -> CacheError:
    """Return the error to raise if something in the store cannot be read: that is not damage."""
    return CacheError(
        f"{place} cannot be read ({error.strerror}): ask its owner to let you read it, "
        "or set FER_CACHE to another folder"
    )


def full(folder: Path, what: str, error: OSError) -> CacheError:
    """Return the error to raise if ``what`` cannot be stored, mostly because the disk is full."""
    return CacheError(
        f"the store {folder} cannot take {what} ({error.strerror or error}): "
        "free some space or set FER_CACHE to another folder"
    )
