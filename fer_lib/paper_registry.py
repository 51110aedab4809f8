"""The papers of the book, and the data sets that the pages of each can take.

A paper is a folder under ``fer_lib/papers``; its ``paper.toml`` says what it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.store import registry
from fer_lib.settings import Settings

if TYPE_CHECKING:
    from fer_lib.task import Task

# What a paper.toml may hold beside the fields of `Paper`: rows of tables.
TABLES = ("pages", "datasets", "models", "studies")


@dataclass(frozen=True)
class Paper:
    """One paper of the book.

    Attributes
    ----------
    key : str
        Name of its folders, as in the ledger.
    title : str
        What it is about, in one line.
    chapter : str
        Caption of its part of the table of contents.
    line : str
        What *Start here* says of it.
    data : tuple of str
        Data sets of its pages; the first is a rendered one, which needs nothing.
    heads : tuple of dict
        The heads of its networks, as `fer_lib.task.Head` has them; see `task`. None are needed
        where it trains nothing.
    amounts : str
        Module that says how much its studies and pages compute in each profile: its
        ``rows(profile)`` count for what imports it. "" for none.
    moved : dict of str to str
        Old addresses of the site, without ``.html``, and the new one of each. What pages were
        called stands with the pages.
    """

    key: str
    title: str
    chapter: str
    line: str
    data: tuple[str, ...] = ("rendered46",)
    heads: tuple[dict, ...] = ()
    amounts: str = ""
    moved: dict[str, str] | None = None

    @property
    def task(self) -> Task:
        """The task of its networks, with its losses.

        Raises
        ------
        ValueError
            If it names no head, or one that cannot be.
        """
        from fer_lib.task import Task  # numpy is not there before the first installation

        return Task.restored({"heads": self.heads})


def get(key: str) -> Paper:
    """Return the paper with this key.

    Raises
    ------
    ValueError
        If there is none; the message lists those that are known.
    engine.store.registry.RegistryError
        If its ``paper.toml`` says something else than a paper has, or leaves something out.
    """
    known = registry.papers()
    if key not in known:
        raise ValueError(f"unknown paper {key!r}: choose one of {', '.join(known)}")
    said = {name: value for name, value in known[key].items() if name not in TABLES}
    return registry.built(f"{registry.PAPERS}/{key}/{registry.PAPER}", Paper, said, key=key)


def every() -> list[Paper]:
    """Return all papers, by their keys."""
    return [get(key) for key in registry.papers()]


def of_set(name: str) -> Paper:
    """Return the first paper that takes a data set.

    Raises
    ------
    ValueError
        If none does; the message lists those that are known.
    """
    for paper in every():
        if name in paper.data:
            return paper
    known = ", ".join(dict.fromkeys(each for paper in every() for each in paper.data))
    raise ValueError(f"unknown data set {name!r}: choose one of {known}")


def settings(paper: Paper, asked: Settings) -> Settings:
    """Return the settings of a build for the pages of one paper.

    A build names one data set. The pages of a paper that cannot take it have their rendered one.
    """
    if asked.data in paper.data:
        return asked
    return replace(asked, data=paper.data[0], data_root="")
