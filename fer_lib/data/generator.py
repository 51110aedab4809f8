"""Which code renders the faces, told without loading it: every job asks, and few render."""

from __future__ import annotations

from fer_lib import keys


def identity() -> str:
    """Return the name of the code that renders: its files and the versions it computes with."""
    code = keys.Library().hashes("fer_lib.faces")
    return "faces-" + keys.digest({"library": code, "lock": keys.lock()})
