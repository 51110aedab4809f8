"""The one verdict of each claim, from print and from all pages, shown wherever the claim stands.

What a row of a page judges is a claim, or several together (that one number is above another). What
print says of a claim is `claimcheck`'s; what reruns and outside sources say is joined to it by
`fer_lib.evaluation.verdicts.joined`.
"""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bs4 import BeautifulSoup
from nbformat import NotebookNode

from claimcheck.claim_status import Standing
from engine.jobs import notebook_cells
from engine.page import tables
from engine.site.page_verdicts import Reached
from fer_lib.evaluation.verdicts import joined

Claims = tuple[str, ...]
PRINT = "print"


@dataclass(frozen=True)
class OneVerdict:
    """The verdict of a claim, or of several that are judged together.

    Attributes
    ----------
    word : str
        One of `fer_lib.evaluation.verdicts.ORDER`.
    rests_on : str
        The evidence that decides, in words: print, or the pages.
    found : tuple of Reached
        What each page found.
    """

    word: str
    rests_on: str
    found: tuple[Reached, ...]


def of(standings: Mapping[str, Standing], reached: Iterable[Reached]) -> dict[Claims, OneVerdict]:
    """Return the verdict of every claim, and of all that pages judge together.

    Parameters
    ----------
    standings : mapping
        What print says of each claim, by ``paper/id``.
    reached : iterable of Reached
        What the pages found.
    """
    by_unit: dict[Claims, list[Reached]] = defaultdict(list)
    for one in reached:
        if one.claim == one.together[0] and (one.measured or len(one.together) > 1):
            by_unit[one.together].append(one)
    for name in standings:
        by_unit.setdefault((name,), [])
    return {
        unit: _one(standings[unit[0]].verdict if len(unit) == 1 else "", found)
        for unit, found in by_unit.items()
    }


def _one(from_print: str, found: list[Reached]) -> OneVerdict:
    word = joined(from_print, [one.word for one in found])
    where = [f"page {one.page} ({one.where})" for one in found if one.word == word]
    where = [PRINT, *where] if from_print == word else where
    return OneVerdict(word, "; ".join(dict.fromkeys(where)), tuple(found))


def note(row: Mapping, verdict: OneVerdict) -> str:
    """Return what stands under the verdict in a row of a page that found ``row``."""
    if row["word"] == verdict.word:
        return row["why"]
    rest = f"The verdict rests on {verdict.rests_on}." if verdict.rests_on else ""
    return f"{rest} Here: {row['word']}, {row['why']}".strip()


def show(book: NotebookNode, verdicts: Mapping[Claims, OneVerdict]) -> None:
    """Put the one verdict of each claim into the tables of a page, and what the page found below.

    Each row then names its claims (``data-claims``), by which the gate compares the pages.
    """
    for cell in notebook_cells.code_cells(book):
        for output in cell.outputs:
            rows = output.get("data", {}).get(tables.VERDICTS_MIME, {}).get("rows", [])
            if rows:
                output.data["text/html"] = _shown(output.data["text/html"], rows, verdicts)


def _shown(table: str, rows: list[dict], verdicts: Mapping[Claims, OneVerdict]) -> str:
    soup = BeautifulSoup(table, "html.parser")
    for place, row in zip(soup.select("tbody tr"), rows, strict=True):
        verdict = verdicts.get(tuple(row["claims"]))
        if verdict is None:  # of a claim that is in no ledger, which is told elsewhere
            continue
        place["data-claims"] = " ".join(row["claims"])
        cell = place.find_all("td")[-1]
        cell.clear()
        shown = tables.noted(verdict.word, note(row, verdict), tables.badge)
        cell.append(BeautifulSoup(shown, "html.parser"))
    return str(soup)


def problems(pages: Mapping[str, BeautifulSoup]) -> list[str]:
    """Return the claims that the rendered pages show with more than one verdict.

    Parameters
    ----------
    pages : mapping
        By name; rows of tables and of the ledger name their claims in ``data-claims``.
    """
    told: dict[str, dict[str, str]] = defaultdict(dict)
    for page, soup in pages.items():
        for row in soup.select("[data-claims]"):
            badges = {badge.get_text(" ", strip=True) for badge in row.select(".verdict")}
            for word in badges:
                told[row["data-claims"]].setdefault(word, page)
    return [
        f"{claims} has {len(words)} verdicts: "
        + "; ".join(f"{word} on {page}" for word, page in words.items())
        for claims, words in told.items()
        if len(words) > 1
    ]


def record(verdicts: Mapping[Claims, OneVerdict]) -> list[dict]:
    """Return all verdicts with their evidence as plain values, to be kept beside the site."""
    return [
        {
            "claims": list(unit),
            "verdict": one.word,
            "rests_on": one.rests_on,
            "found": [
                {
                    "page": found.page,
                    "word": found.word,
                    "why": found.why,
                    "of": found.about,
                    "ours": found.ours,
                    "evidence": found.where,
                }
                for found in one.found
            ],
        }
        for unit, one in verdicts.items()
    ]


def plain(word: str) -> str:
    """Return what one piece of evidence says, as HTML: no badge, which only a verdict has."""
    return f"<strong>{html.escape(word)}</strong>"
