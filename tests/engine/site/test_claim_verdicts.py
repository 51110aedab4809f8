"""One claim has one verdict on all pages, and a page that found another says why."""

import re

import nbformat
import pytest
from bs4 import BeautifulSoup

from claimcheck import Claim
from claimcheck.claim_status import Standing
from engine.page import tables, verdict_words
from engine.site import claim_verdicts, page_verdicts
from engine.store import paths
from fer_lib.evaluation.verdicts import NOT_SEEN, ORDER, SEEN, Row, Verdict, joined

PRINTED = {
    name: Claim(name, "Table 1", f"score of {name}", "0.9", "metric", paper="made2026")
    for name in ("a", "b")
}
STANDINGS = {
    "made2026/a": Standing("consistent", "so says the check"),
    "made2026/b": Standing("said again", "printed twice"),
}


def row(names, word, why="w", **more):
    return Row(tuple(PRINTED[name] for name in names), Verdict(word, why), **more)


def page(monkeypatch, *rows):
    """Return an executed notebook that shows a table of verdicts."""
    shown = []
    monkeypatch.setattr(tables, "display", lambda item, raw: shown.append(item))
    tables.verdict_table(list(rows), "x")
    cell = nbformat.v4.new_code_cell()
    cell.outputs = [nbformat.v4.new_output("display_data", data=shown[0])]
    return nbformat.v4.new_notebook(cells=[cell])


def cells(book):
    """Return claims, verdict and the line below of each row that a notebook shows."""
    soup = BeautifulSoup(book.cells[0].outputs[0].data["text/html"], "html.parser")
    return [
        (
            row["data-claims"],
            row.select_one(".verdict").get_text().partition("\xa0")[2],
            row.select(".note")[-1].get_text(),
        )
        for row in soup.select("tbody tr")
    ]


@pytest.mark.parametrize(
    ("from_print", "found", "word"),
    [
        ("inconsistent", [SEEN], "inconsistent"),
        ("consistent", [], "consistent"),
        ("consistent", ["not comparable"], "consistent"),
        ("said again", [SEEN], SEEN),
        ("said again", ["not comparable"], "said again"),
        ("said again", [SEEN, "not decided"], "not decided"),
        ("said again", [SEEN, "not decided", NOT_SEEN], NOT_SEEN),
        ("underspecified", ["not decided"], "underspecified"),
        ("consistent", ["reproduced"], "reproduced"),
        ("consistent", ["reproduced", "differs"], "differs"),
        ("", [SEEN, SEEN], SEEN),
        ("not testable", ["consistent"], "consistent"),
    ],
)
def test_the_rule(from_print, found, word):
    assert joined(from_print, found) == word
    assert joined(from_print, found[::-1]) == word


def test_every_verdict_on_a_claim_has_a_place_in_the_rule():
    others = {"ok", "leak", "unbalanced", "not checked"}  # of checks, not of claims
    assert set(ORDER) == set(tables.VERDICTS) - others
    assert tuple(verdict_words.MEANING) == ORDER
    rule = (paths.root() / "book" / "verdicts.md").read_text().partition("How they become one")[2]
    told = [word.replace(" on rendered faces", "") for word in ORDER]
    said = [" ".join(word.split()) for word in re.findall(r"\*([^*]+)\*", rule)][: len(ORDER)]
    assert said == told


def test_two_pages_show_one_verdict_and_the_one_that_found_less_says_so(monkeypatch):
    first = page(monkeypatch, row("b", SEEN, "above zero", ours="1"))
    second = page(monkeypatch, row("b", "not comparable", "other data"), row("a", "consistent"))
    facts = {"application/vnd.fer.provenance+json": {"data": "rendered46", "profile": "book"}}
    for book in (first, second):
        book.cells[0].outputs.insert(0, nbformat.v4.new_output("display_data", data=facts))
    reached = page_verdicts.reached("p/one", first) + page_verdicts.reached("p/two", second)
    verdicts = claim_verdicts.of(STANDINGS, reached)
    assert {unit: one.word for unit, one in verdicts.items()} == {
        ("made2026/a",): "consistent",
        ("made2026/b",): SEEN,
    }
    assert verdicts["made2026/b",].rests_on == "page p/one (rendered46, profile book)"
    for book in (first, second):
        claim_verdicts.show(book, verdicts)
        book.cells[0].outputs.pop(0)
    assert cells(first) == [("made2026/b", SEEN, "above zero")]
    assert cells(second) == [
        (
            "made2026/b",
            SEEN,
            "The verdict rests on page p/one (rendered46, profile book). "
            "Here: not comparable, other data",
        ),
        ("made2026/a", "consistent", "w"),
    ]


def test_what_is_judged_together_is_no_verdict_on_each(monkeypatch):
    book = page(monkeypatch, row("ab", NOT_SEEN, "below zero"))
    verdicts = claim_verdicts.of(STANDINGS, page_verdicts.reached("p/one", book))
    assert verdicts["made2026/a", "made2026/b"].word == NOT_SEEN
    assert verdicts["made2026/a",].word == "consistent"
    claim_verdicts.show(book, verdicts)
    assert cells(book) == [("made2026/a made2026/b", NOT_SEEN, "below zero")]


def test_what_an_outside_source_decides_is_not_from_print(monkeypatch):
    book = page(monkeypatch, row("b", "inconsistent", "it has three", source="the public code"))
    (found,) = page_verdicts.reached("p/one", book)
    assert (found.measured, found.where) == (True, "the public code")
    verdict = claim_verdicts.of(STANDINGS, [found])["made2026/b",]
    assert (verdict.word, verdict.rests_on) == ("inconsistent", "page p/one (the public code)")


def test_the_gate_finds_a_claim_with_two_verdicts():
    shown = "<table><tr data-claims='p/a'><td><span class='verdict'>%s</span></td></tr></table>"
    pages = {n: BeautifulSoup(shown % w, "html.parser") for n, w in (("one", "x"), ("two", "y"))}
    assert claim_verdicts.problems(pages) == ["p/a has 2 verdicts: x on one; y on two"]
    assert claim_verdicts.problems({"one": pages["one"]}) == []
    pages["two"] = pages["one"]
    assert claim_verdicts.problems(pages) == []


def test_the_record_names_the_evidence(monkeypatch):
    book = page(monkeypatch, row("b", "not decided", "holds zero", ours="0.1 [-0.1, 0.3]"))
    verdicts = claim_verdicts.of(STANDINGS, page_verdicts.reached("p/one", book))
    (kept,) = (one for one in claim_verdicts.record(verdicts) if one["claims"] == ["made2026/b"])
    assert kept["verdict"] == "not decided"
    (found,) = kept["found"]
    assert (found["page"], found["ours"], found["why"]) == (
        "p/one",
        "0.1 [-0.1, 0.3]",
        "holds zero",
    )
