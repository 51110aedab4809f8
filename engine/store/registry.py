"""Tables whose rows are chosen by name, kept as TOML files.

Rows that all papers share are in ``fer_lib/tables/<table>.toml``. Rows of one paper are in its own
folder: in a section of ``fer_lib/papers/<key>/paper.toml``, such as ``[studies.features]``, or, if
there are many, in ``fer_lib/papers/<key>/<table>.toml``. So a new paper edits no file of another.

A result depends on the rows that it uses, never on the table: its key holds these rows, and the
files of the tables count for no key. A new row makes no stored result stale, and a changed row only
the results that use it. Each look-up of a row raises an audit event, so that the engine notices a
row that a result used and that its key does not hold.
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
from pathlib import PurePath
from types import ModuleType
from typing import Generic, TypeVar

from engine.store import paths

Row = TypeVar("Row")

FOLDER = "tables"  # in fer_lib: what all papers share
PAPERS = "fer_lib/papers"
PAPER = "paper.toml"  # what one paper is
PAGES = "pages"  # the table whose rows two papers may name alike
EVENT = "fer_lib.row"


class RegistryError(ValueError):
    """A table cannot be used as it is written; the message is one line and names file and row."""


def _content(file: str) -> dict:
    try:
        return tomllib.loads((paths.root() / file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RegistryError(f"{file} cannot be read ({error}): mend it") from None


def is_file(path: PurePath) -> bool:
    """Return whether a file of the checkout holds rows of registries."""
    return path.parts[:1] == ("fer_lib",) and path.suffix == ".toml"


@cache
def papers() -> dict[str, dict]:
    """Return the content of each paper's ``paper.toml``, by key; keys are sorted.

    Raises
    ------
    RegistryError
        If one cannot be read.
    """
    files = sorted((paths.root() / PAPERS).glob(f"*/{PAPER}"))
    return {file.parent.name: _content(f"{PAPERS}/{file.parent.name}/{PAPER}") for file in files}


def paper_row(paper: str, table: str, row: str) -> str:
    """Return what a paper's row is called in a table: pages are named ``paper/topic``."""
    return f"{paper}/{row}" if table == PAGES else row


@cache
def _homes(name: str) -> dict[str, tuple[str, str, dict]]:
    """Return file, heading and content of each row of a table, by row name."""
    homes: dict[str, tuple[str, str, dict]] = {}

    def add(file: str, rows: dict, heading: str = "", paper: str = "") -> None:
        for row, said in rows.items():
            if not isinstance(said, dict):
                raise RegistryError(
                    f"{file}: {row} stands in no row: put it under one, such as [{heading}{row}]"
                )
            known_as = paper_row(paper, name, row) if paper else row
            if known_as in homes:
                raise RegistryError(
                    f"{file}, [{heading}{row}]: {homes[known_as][0]} has a row of this name: "
                    "choose another"
                )
            homes[known_as] = (file, heading + row, said)

    shared = f"fer_lib/{FOLDER}/{name}.toml"
    if (paths.root() / shared).exists():
        add(shared, _content(shared))
    for paper, said in papers().items():
        section = said.get(name, {})
        if isinstance(section, dict):
            add(f"{PAPERS}/{paper}/{PAPER}", section, f"{name}.", paper)
        own = f"{PAPERS}/{paper}/{name}.toml"
        if (paths.root() / own).exists():
            add(own, _content(own), paper=paper)
    if not homes:
        raise RegistryError(f"{shared} cannot be read (no row in it or in a paper): mend it")
    return homes


def forget() -> None:
    """Read the tables again when they are next asked: they may have been edited meanwhile.

    In between a process goes by what it has read, so that one computation has one row.
    """
    for known in (_homes, papers):
        known.cache_clear()


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


def built(where: str, kind: type[Row], said: dict, **given: object) -> Row:
    """Return what a file says as a dataclass; its lists become tuples.

    Parameters
    ----------
    where : str
        File and row, for a message about them.
    kind : type
        A dataclass whose fields are what may be said.
    said : dict
        As TOML gives it.
    **given
        Fields that the file does not say.

    Raises
    ------
    RegistryError
        If it says something else than the fields, leaves one out, or has a value that is none.
    """
    own = {field.name: field for field in fields(kind) if field.name not in given}
    unknown = sorted(said.keys() - own.keys())
    required = [n for n, f in own.items() if f.default is MISSING and f.default_factory is MISSING]
    absent = [field for field in required if field not in said]
    if unknown:
        raise RegistryError(f"{where}: unknown {', '.join(unknown)}: choose of {', '.join(own)}")
    if absent:
        raise RegistryError(f"{where}: {', '.join(absent)} is missing: add it")
    plain = {key: tuple(v) if isinstance(v, list) else v for key, v in said.items()}
    try:
        return kind(**given, **plain)
    except (TypeError, ValueError) as error:
        raise RegistryError(f"{where}: {error}") from None


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

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the rows, in the order of the file.

        Which rows there are is no row: the event tells ``table/*``, which no key holds.
        """
        sys.audit(EVENT, self.key("*"))
        return iter(_homes(self.name))

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
        homes = _homes(self.name)
        if name not in homes:
            known = ", ".join(self)
            raise ValueError(f"unknown {self.what} {name!r}: choose one of {known}")
        return homes[name][2]

    def check(self, name: str) -> None:
        """Raise `ValueError` if there is no row of this name; no event, for none is used."""
        self._row(name)

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
        return built(self.where(name), kind, said, **given)

    def where(self, name: str) -> str:
        """Return where a row stands, for a message about it."""
        file, heading, _ = _homes(self.name)[name]
        return f"{file}, [{heading}]"

    def has(self, name: str) -> bool:
        """Return whether there is a row of this name; no event, for none is used."""
        return name in _homes(self.name)

    def paper(self, name: str) -> str:
        """Return the key of the paper that a row belongs to; "" if it belongs to all."""
        self._row(name)  # refuses one that is not there
        file = _homes(self.name)[name][0]
        return file.split("/")[2] if file.startswith(f"{PAPERS}/") else ""

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


class TableOf(Table, Generic[Row]):
    """A table whose rows are values of one dataclass.

    Parameters
    ----------
    name, what : str
        As for `Table`.
    kind : type
        The dataclass.
    field : str
        Which of its fields is the name of the row; "" for none.
    """

    def __init__(self, name: str, what: str, kind: type[Row], field: str = "name") -> None:
        super().__init__(name, what)
        self._kind, self._field = kind, field

    def get(self, name: str) -> Row:
        """Return a row by its name.

        Raises
        ------
        ValueError
            If there is none; the message lists those that are known.
        """
        return self.build(name, self._kind, **({self._field: name} if self._field else {}))

    def every(self) -> list[Row]:
        """Return all rows, in the order of the file."""
        return [self.get(name) for name in self]

    def rows(self, name: str) -> dict[str, str]:
        """Return a row's digest, for the key of what goes by it; refuse one that cannot be."""
        self.get(name)
        return self.digests(name)
