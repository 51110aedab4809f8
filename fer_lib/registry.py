"""Tables of what can be chosen by name, kept as data: ``fer_lib/tables/*.toml``.

A result depends on the rows that it uses, never on the table: its key holds these rows, and the
files of the tables count for no key. So a new row makes no stored result stale, and a changed row
only those that use it. Each row that is looked up is announced as an audit event, by which the
engine notices a row that a result used and that its key does not hold.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, fields
from functools import cache
from types import ModuleType
from typing import TypeVar

from fer_lib import paths

Row = TypeVar("Row")

FOLDER = "tables"  # beside this module
EVENT = "fer_lib.row"


class RegistryError(ValueError):
    """A table cannot be used as it is written; the message is one line and names file and row."""


@cache
def _read(name: str) -> dict[str, dict]:
    file = f"fer_lib/{FOLDER}/{name}.toml"
    try:
        rows = tomllib.loads((paths.root() / file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RegistryError(f"{file} cannot be read ({error}): mend it") from None
    for row, said in rows.items():
        if not isinstance(said, dict):
            raise RegistryError(
                f"{file}: {row} stands in no row: put it under one, such as [{row}]"
            )
    return rows


def forget() -> None:
    """Read the tables again when they are next asked: they may have been edited meanwhile.

    In between a process goes by what it has read, so that one computation has one row.
    """
    _read.cache_clear()


def module(name: str, where: str) -> ModuleType:
    """Return a module that a table names, imported.

    Raises
    ------
    RegistryError
        If there is none of this name; ``where`` says who names it.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise RegistryError(f"{where}, names the module {name}: {error}: mend the name") from None


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
        row = self._row(name)
        sys.audit(EVENT, self.key(name))
        return row

    def _row(self, name: str) -> dict:
        if name not in self._rows:
            known = ", ".join(self)
            raise ValueError(f"unknown {self.what} {name!r}: choose one of {known}")
        return self._rows[name]

    def build(
        self, name: str, kind: type[Row], values: dict | None = None, /, **given: object
    ) -> Row:
        """Return a row as a dataclass; its lists become tuples.

        Parameters
        ----------
        name : str
            Of the row.
        kind : type
            A dataclass whose fields are what a row may say.
        values : dict, optional
            What the row says, if it is not taken as it stands.
        **given
            Fields that no row says.

        Raises
        ------
        ValueError
            If there is no such row.
        RegistryError
            If it says something else than the fields, leaves one out, or has a value that is none.
        """
        said = self[name] if values is None else values
        own = {field.name: field for field in fields(kind) if field.name not in given}
        unknown = sorted(said.keys() - own.keys())
        required = [
            n for n, f in own.items() if f.default is MISSING and f.default_factory is MISSING
        ]
        absent = [field for field in required if field not in said]
        where = self.where(name)
        if unknown:
            raise RegistryError(
                f"{where}: unknown {', '.join(unknown)}: choose of {', '.join(own)}"
            )
        if absent:
            raise RegistryError(f"{where}: {', '.join(absent)} is missing: add it")
        plain = {key: tuple(v) if isinstance(v, list) else v for key, v in said.items()}
        try:
            return kind(**given, **plain)
        except (TypeError, ValueError) as error:
            raise RegistryError(f"{where}: {error}") from None

    def where(self, name: str) -> str:
        """Return where a row stands, for a message about it."""
        return f"fer_lib/{FOLDER}/{self.name}.toml, [{name}]"

    def key(self, name: str) -> str:
        """Return what a row is called in the ingredients of a result: ``table/name``."""
        return f"{self.name}/{name}"

    def digests(self, *names: str) -> dict[str, str]:
        """Return ``table/name`` -> sha256 of the row, for the key of a result; no event."""
        found = {}
        for name in names:
            content = json.dumps(self._row(name), sort_keys=True).encode()
            found[self.key(name)] = hashlib.sha256(content).hexdigest()
        return found
