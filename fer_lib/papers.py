"""The papers whose pages are computed, and the data sets that each can take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Paper:
    """One paper of the book.

    Attributes
    ----------
    key : str
        As in the ledger.
    sets : tuple of str
        Data sets of its pages; the first is the rendered one, which needs nothing.
    module : str
        Has ``load``, ``identity``, ``check`` and ``subjects`` of these sets, as `fer_lib.data` has.
    """

    key: str
    sets: tuple[str, ...]
    module: str


PAPERS = {
    paper.key: paper
    for paper in (
        Paper("diya2026", ("rendered46", "gffd2025"), "fer_lib.data"),
        Paper("huang2025", ("rendered_micro", "micro_folders"), "fer_lib.micro.sets"),
    )
}


def of_set(name: str) -> Paper:
    """Return the paper that takes a data set.

    Raises
    ------
    ValueError
        If none does; the message lists those that are known.
    """
    for paper in PAPERS.values():
        if name in paper.sets:
            return paper
    known = ", ".join(one for paper in PAPERS.values() for one in paper.sets)
    raise ValueError(f"unknown data set {name!r}: choose one of {known}")


def rendered(name: str) -> bool:
    """Return whether a data set is one of those that the book renders itself."""
    return any(name == paper.sets[0] for paper in PAPERS.values())


def settings(paper: Paper, asked: dict) -> dict:
    """Return the settings of a build for the pages of one paper.

    A build names one data set. The pages of a paper that cannot take it have their rendered one.
    """
    if asked["data"] in paper.sets:
        return asked
    return asked | {"data": paper.sets[0], "data_root": ""}
