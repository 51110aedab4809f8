"""The ledger's page: every claim a row, verdicts joined, nothing stronger than its data."""

from dataclasses import replace

import nbformat
import pytest
from bs4 import BeautifulSoup

from claimcheck import claim_status, parse
from claimcheck.finding import Finding
from engine.page import header, tables
from engine.site import claim_verdicts, ledger_page, page_verdicts
from engine.site.page_verdicts import Reached

MADE = """
- {id: a, where: Table 1, element: table, about: first count, printed: '2', kind: count}
- {id: b, where: Table 1, element: table, about: second count, printed: '3', kind: count}
- {id: sum, where: abstract, element: abstract, about: "all <of> them", printed: '6', kind: count,
   note: "read as images", relations: [{is: sum, of: [a, b]}]}
- {id: alone, where: section 2, element: body, about: a score, printed: '0.9', kind: metric}
- {id: unseen, where: Figure 2, element: figure, about: a curve, printed: '', kind: metric,
   state: image not available}
"""
ONE = Reached(
    "diya2026/comparison",
    "made2026/alone",
    ("made2026/alone",),
    "not comparable",
    "other data",
    "",
    "0.5",
    "rendered46",
    "book",
)


@pytest.fixture
def of(tmp_path):
    file = tmp_path / "made2026.yml"
    file.write_text(MADE)
    return {"made2026": parse(file)}


def verdicts_of(of, reached):
    found = ledger_page.audited(of, reached)
    return found, claim_verdicts.of(ledger_page.standings(found), reached)


def rows_of(of, reached):
    found, verdicts = verdicts_of(of, reached)
    soup = BeautifulSoup(ledger_page.whole(found, reached, verdicts), "html.parser")
    return {row["id"]: row for row in soup.select("tbody")}


def test_every_claim_is_one_row_with_its_verdict(of):
    rows = rows_of(of, [])
    assert list(rows) == [f"made2026/{name}" for name in ("sum", "a", "b", "alone", "unseen")]
    assert rows["made2026/sum"]["data-verdict"] == "inconsistent"
    assert "2 + 3 = 5, printed 6" in rows["made2026/sum"].details.get_text()
    assert "read as images" in rows["made2026/sum"].details.get_text()
    assert rows["made2026/sum"].select("td")[0].get_text() == "all <of> them"
    assert rows["made2026/sum"].summary.get_text() == "1 check of made2026/sum"
    assert rows["made2026/a"]["data-verdict"] == "underspecified"
    assert rows["made2026/a"].select_one('a[href="#made2026/sum"]')
    assert rows["made2026/alone"]["data-verdict"] == "not testable"
    assert "image not available" in rows["made2026/unseen"].get_text()


def test_what_a_page_measured_stands_in_the_row(of):
    row = rows_of(of, [ONE])["made2026/alone"]
    assert row["data-evidence"] == "a rerun"
    assert row["data-verdict"] == "not comparable"
    assert row.select_one('details a[href="../notebooks/diya2026/comparison.html"]')
    assert "ours 0.5" in row.get_text()


def test_what_a_page_tells_is_escaped(of):
    odd = replace(ONE, why='<b>"x"</b> & y', about="<i>", ours="<u>")
    row = rows_of(of, [odd])["made2026/alone"]
    assert not row.find_all(["b", "i", "u"])
    assert '<b>"x"</b> & y' in row.get_text()


def test_what_a_page_says_of_print_counts_as_a_check(of):
    said = replace(ONE, word="inconsistent", why="the mean is another", data="", profile="")
    row = rows_of(of, [said])["made2026/alone"]
    assert row["data-verdict"] == "inconsistent"
    assert row["data-evidence"] == "print"
    assert "the mean is another" in row.get_text()


def test_the_tally_counts_claims(of):
    found, verdicts = verdicts_of(of, [ONE])
    told = BeautifulSoup(ledger_page.tally(found, verdicts), "html.parser")
    cells = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in told.select("tr")]
    counts = {name.rpartition("\xa0")[2]: int(count) for name, count in cells[1:]}
    assert counts == {
        "inconsistent": 1,
        "underspecified": 2,
        "not comparable": 1,
        "not testable": 1,
        "all": 5,
    }


def test_verdicts_are_read_from_the_outputs_of_a_page():
    facts = header.facts("book", "rendered46")
    row = {"claims": ["p/a", "p/b"], "word": "not decided", "why": "w", "about": "", "ours": "1"}
    row["source"] = ""
    book = nbformat.v4.new_notebook()
    for data in (
        {header.MIME: facts},
        {tables.VERDICTS_MIME: {"rows": [row, row | {"word": "consistent"}]}},
    ):
        cell = nbformat.v4.new_code_cell()
        cell.outputs = [nbformat.v4.new_output("display_data", data=data)]
        book.cells.append(cell)
    found = page_verdicts.reached("12_x", book)
    assert [one.claim for one in found] == ["p/a", "p/b", "p/a", "p/b"]
    assert [one.measured for one in found] == [True, True, False, False]
    assert (found[0].data, found[0].profile) == ("rendered46", "book")
    assert (found[2].data, found[2].profile) == ("", "")


@pytest.mark.parametrize(
    ("word", "data", "profile", "allowed"),
    [
        ("reproduced", "gffd2025", "paper", True),
        ("reproduced", "gffd2025", "book", False),
        ("reproduced", "rendered46", "paper", False),
        ("differs", "gffd2025", "paper", True),
        ("differs", "rendered46", "book", False),
        ("direction seen on rendered faces", "rendered46", "book", True),
        ("direction seen on rendered faces", "rendered46", "smoke", False),
        ("direction not seen on rendered faces", "gffd2025", "book", False),
        ("not comparable", "rendered46", "smoke", True),
    ],
)
def test_no_verdict_is_stronger_than_its_data(word, data, profile, allowed):
    one = replace(
        ONE, claim="diya2026/a", together=("diya2026/a",), word=word, data=data, profile=profile
    )
    assert (page_verdicts.faults([one], {"diya2026/a"}) == []) == allowed


def test_a_verdict_on_a_claim_that_is_not_there_is_a_fault():
    (told,) = page_verdicts.faults([ONE], {"made2026/other"})
    assert "made2026/alone" in told
    assert "diya2026/comparison" in told


def finding(verdict, claims=(), given=(), rests_on=()):
    return Finding("f", claims, verdict, "", "", "", given, rests_on)


def test_a_claim_beside_one_that_rests_on_a_reading(of):
    read = finding("underspecified", ("sum",), ("alone",), ("sum",))
    assert claim_status.of(of["made2026"], [read])["alone"].verdict == "underspecified"


@pytest.mark.parametrize(
    ("judged", "given", "verdict"),
    [
        ((), (), "not testable"),
        (("consistent",), (), "consistent"),
        (("consistent", "not testable"), (), "consistent"),
        (("consistent", "underspecified"), (), "underspecified"),
        (("consistent", "underspecified", "inconsistent"), (), "inconsistent"),
        (("consistent",), ("inconsistent",), "consistent"),
        ((), ("consistent", "consistent"), "consistent"),
        ((), ("consistent", "inconsistent"), "underspecified"),
        ((), ("not testable",), "not testable"),
        ((), ("underspecified",), "not testable"),
    ],
)
def test_where_a_claim_stands(of, judged, given, verdict):
    found = [finding(word, ("alone",)) for word in judged]
    found += [finding(word, ("sum",), ("alone",)) for word in given]
    assert claim_status.of(of["made2026"], found)["alone"].verdict == verdict
