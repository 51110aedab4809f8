"""The papers whose pages are computed, and the data sets that each can take.

The table is ``fer_lib/tables/papers.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass

from fer_lib import registry

TABLE = registry.Table("papers", "paper")


@dataclass(frozen=True)
class Paper:
    """One paper of the book.

    Attributes
    ----------
    key : str
        As in the ledger.
    data : tuple of str
        Data sets of its pages; the first is the rendered one, which needs nothing.
    """

    key: str
    data: tuple[str, ...]


def get(key: str) -> Paper:
    """Return the paper with this key.

    Raises
    ------
    ValueError
        If there is none; the message lists those that are known.
    """
    return TABLE.build(key, Paper, key=key)


def every() -> list[Paper]:
    """Return all papers, in the order of the book."""
    return [get(key) for key in TABLE]


def of_set(name: str) -> Paper:
    """Return the paper that takes a data set.

    Raises
    ------
    ValueError
        If none does; the message lists those that are known.
    """
    for paper in every():
        if name in paper.data:
            return paper
    known = ", ".join(one for paper in every() for one in paper.data)
    raise ValueError(f"unknown data set {name!r}: choose one of {known}")


def settings(paper: Paper, asked: dict) -> dict:
    """Return the settings of a build for the pages of one paper.

    A build names one data set. The pages of a paper that cannot take it have their rendered one.
    """
    if asked["data"] in paper.data:
        return asked
    return asked | {"data": paper.data[0], "data_root": ""}
