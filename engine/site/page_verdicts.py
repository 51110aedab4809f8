"""Collect the verdicts of the pages from their outputs, to join the ledger by claim."""

from __future__ import annotations

from dataclasses import dataclass

from nbformat import NotebookNode

from claimcheck.finding import WORDS
from engine.jobs import notebook_cells
from engine.page import header
from engine.page import tables as page
from fer_lib.evaluation.verdicts import Ground

ON_RENDERED = ("direction seen on rendered faces", "direction not seen on rendered faces")
ON_OWN_DATA = ("reproduced", "differs")


@dataclass(frozen=True)
class Reached:
    """The verdict of one page on one claim.

    Attributes
    ----------
    page : str
        The notebook.
    claim : str
        ``paper/id``.
    together : tuple of str
        All claims that the row judges, of which ``claim`` is one.
    word, why : str
        The verdict.
    about : str
        What of the claim is judged, if it is not the whole.
    ours : str
        What was measured; "" if nothing was.
    data, profile : str
        Where it was measured; "" where printed numbers were compared.
    source : str
        What else decides, such as "the paper's public code"; "" for print and measurements.
    """

    page: str
    claim: str
    together: tuple[str, ...]
    word: str
    why: str
    about: str
    ours: str
    data: str
    profile: str
    source: str = ""

    @property
    def measured(self) -> bool:
        """Whether the verdict rests on a measurement or an outside source, not on print."""
        return bool(self.source) or self.word not in WORDS

    @property
    def where(self) -> str:
        """What it rests on, in words."""
        if self.source:
            return self.source
        return f"{self.data}, profile {self.profile}" if self.measured else "print"


def reached(name: str, book: NotebookNode) -> list[Reached]:
    """Return the verdicts among the outputs of a page.

    Parameters
    ----------
    name : str
        Of the notebook.
    book : NotebookNode
        As it was executed.
    """
    found, facts = [], {}
    for cell in notebook_cells.code_cells(book):
        for output in cell.outputs:
            held = output.get("data", {})
            facts = held.get(header.MIME, facts)
            for row in held.get(page.VERDICTS_MIME, {}).get("rows", []):
                arithmetic = row["word"] in WORDS
                where = {
                    field: "" if arithmetic else facts.get(field, "")
                    for field in ("data", "profile")
                }
                told = {field: row[field] for field in ("word", "why", "about", "ours", "source")}
                told["together"] = tuple(row["claims"])
                found += [Reached(page=name, claim=one, **told, **where) for one in row["claims"]]
    return found


def faults(found: list[Reached], known: set[str]) -> list[str]:
    """Return what is wrong with some verdicts: unknown claims, and words their data do not allow.

    Only the paper's own data in its own protocol can reproduce a number; on rendered faces a
    direction is the most that can be said, and seconds of training allow neither.
    """
    told = []
    for one in found:
        if one.claim not in known:
            told.append(f"{one.page}: a verdict on {one.claim}, which is in no ledger")
        own = Ground(one.claim.partition("/")[0], one.data, one.profile).own_data
        if one.word in ON_OWN_DATA and not (own and one.profile == "paper"):
            told.append(f"{one.page}: {one.claim} cannot be {one.word!r} on {one.data}")
        rendered = one.data.startswith("rendered") and one.profile != "smoke"
        if one.word in ON_RENDERED and not rendered:
            told.append(f"{one.page}: {one.claim} cannot be {one.word!r} in profile {one.profile}")
    return told
