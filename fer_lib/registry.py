"""Tables of what can be chosen by name, kept as data: ``fer_lib/tables/*.toml``.

A result depends on the rows that it uses, never on the table: its key holds these rows, and the
files of the tables count for no key. So a new row makes no stored result stale, and a changed row
only those that use it. Each row that is looked up is announced as an audit event, by which the
engine notices a row that a result used and that its key does not hold.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tomllib
from collections.abc import Iterator
from functools import cache

from fer_lib import paths

FOLDER = "tables"  # beside this module
EVENT = "fer_lib.row"


@cache
def _read(name: str) -> dict[str, dict]:
    file = paths.root() / "fer_lib" / FOLDER / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


class Table:
    """One table, read when it is first asked for a row.

    Parameters
    ----------
    name : str
        Of its file, without ``.toml``.
    what : str
        What a row is, for the message about a name that is not there.
    """

    def __init__(self, name: str, what: str) -> None:
        self.name = name
        self.what = what

    @property
    def _rows(self) -> dict[str, dict]:
        return _read(self.name)

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the rows, in the order of the file.

        Which rows there are is no row: the event tells ``table/*``, which no key holds.
        """
        sys.audit(EVENT, self.key("*"))
        return iter(self._rows)

    def __getitem__(self, name: str) -> dict:
        """Return a row as TOML gives it; the event `EVENT` tells whoever listens.

        Raises
        ------
        ValueError
            If there is none; the message lists those that there are.
        """
        if name not in self._rows:
            known = ", ".join(self)
            raise ValueError(f"unknown {self.what} {name!r}: choose one of {known}")
        sys.audit(EVENT, self.key(name))
        return self._rows[name]

    def key(self, name: str) -> str:
        """Return what a row is called in the ingredients of a result: ``table/name``."""
        return f"{self.name}/{name}"

    def digests(self, *names: str) -> dict[str, str]:
        """Return ``table/name`` -> sha256 of the row, for the key of a result; no event."""
        found = {}
        for name in names:
            content = json.dumps(self._rows[name], sort_keys=True).encode()
            found[self.key(name)] = hashlib.sha256(content).hexdigest()
        return found
