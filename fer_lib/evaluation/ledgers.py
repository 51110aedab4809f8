"""Load the claim ledgers of the book's papers: ``book/papers/<key>/claims.yml``."""

from __future__ import annotations

from pathlib import Path

from claimcheck import Claim, LedgerError, parse
from engine.store import paths


def files() -> dict[str, Path]:
    """Return the ledger of every paper of the book by its key."""
    folder = paths.root() / "book" / "papers"
    return {path.parent.name: path for path in sorted(folder.glob("*/claims.yml"))}


def load(key: str) -> dict[str, Claim]:
    """Return the ledger of a paper by claim id.

    Raises
    ------
    LedgerError
        If there is no such ledger, or as `claimcheck.parse` says.
    """
    known = files()
    if key not in known:
        raise LedgerError(f"no ledger for {key!r}: choose one of {', '.join(known)}")
    return parse(known[key])
