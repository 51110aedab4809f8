"""Tables are readable by people and machines, and a page says what made it and what that allows."""

import json

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from fer_lib import page, provenance
from fer_lib.claims import Claim, Row, Verdict
from fer_lib.intervals import Interval


@pytest.fixture
def shown(monkeypatch):
    outputs = []

    def show(item, raw=False):
        outputs.append(item["text/html"] if raw else item.data)

    monkeypatch.setattr(page, "display", show)
    return outputs


def soup_of(shown):
    return BeautifulSoup(shown[-1], "html.parser")


def test_a_table_has_caption_headers_and_escapes(shown):
    frame = pd.DataFrame({"score": [0.5]}, index=pd.Index(["a < b"], name="model"))
    page.table(frame, "Scores & more")
    soup = soup_of(shown)
    assert soup.caption.text == "Scores & more"
    assert [h["scope"] for h in soup.find_all("th")] == ["col", "col", "row"]
    assert soup.tbody.th.text == "a < b"
    assert soup.td.text == "0.500"


def test_words_stand_left_and_numbers_right(shown):
    page.table(pd.DataFrame({"n": [1200], "why": ["because"]}), "x", index=False)
    number, word = soup_of(shown).find_all("td")
    assert number.text == "1,200"
    assert not number.get("class")
    assert word["class"] == ["text"]


def test_an_interval_shows_both_ends_and_says_when_there_is_none(shown):
    none = float("nan")
    frame = pd.DataFrame({"s": [Interval(0.5, 0.4, 0.6, 9), Interval(0.5, none, none, 1)]})
    page.table(frame, "x", index=False)
    first, second = soup_of(shown).find_all("td")
    assert "0.500 [0.400, 0.600]" in first.text
    assert "no interval" in second.text


def test_a_verdict_is_told_by_word_and_symbol(shown):
    claim = Claim("a.b", "Table 1", "accuracy", "0.92", "metric", paper="made2026")
    page.verdict_table([Row(claim, Verdict("inconsistent", "sums to 0.93"))], "x")
    badge = soup_of(shown).select_one(".verdict")
    assert badge.text == "✗\u00a0inconsistent"
    assert badge["class"] == ["verdict", "verdict-bad"]


def test_a_verdict_names_its_claims_for_programs(monkeypatch):
    shown = []
    monkeypatch.setattr(page, "display", lambda item, raw: shown.append(item))
    claim = Claim("a.b", "Table 1", "accuracy", "0.92", "metric", paper="made2026")
    ours = Interval(0.5, 0.4, 0.6, 9)
    page.verdict_table([Row((claim, claim), Verdict("not comparable", "other data"), ours)], "x")
    (row,) = shown[0][page.VERDICTS_MIME]["rows"]
    assert row["claims"] == ["made2026/a.b", "made2026/a.b"]
    assert (row["word"], row["ours"]) == ("not comparable", "0.500 [0.400, 0.600]")
    assert "Table 1: accuracy" in shown[0]["text/html"]


def test_a_contradiction_of_an_open_reading_is_told_as_underspecified(shown):
    claim = Claim("a", "Table 1", "accuracy", "0.92", "metric", note="as a mean", reading="open")
    page.verdict_table([Row(claim, Verdict("inconsistent", "sums to 0.93"))], "x")
    assert soup_of(shown).select_one(".verdict").text == "?\u00a0underspecified"
    assert "rests on how we read Table 1: accuracy" in shown[-1]


def test_rendered_faces_are_called_so_on_every_page(shown):
    page.header("book", "rendered46", "a" * 64, "subject", 0)
    assert "rendered, not photographed" in shown[-1]
    assert "near-dup" not in shown[-1]


def test_photographs_without_ids_are_not_called_unseen_people(shown):
    page.header("book", "gffd2025", "a" * 64, "near-duplicate", 0)
    assert "person may recur" in shown[-1]
    assert "rendered" not in shown[-1]


def test_smoke_says_that_it_means_nothing(shown):
    page.header("smoke", "rendered46", "a" * 64, "subject", 0)
    assert "mean nothing" in shown[-1]


def test_the_header_of_a_page_is_one_output_for_readers_and_programs(monkeypatch):
    outputs = []
    monkeypatch.setattr(page, "display", lambda data, raw: outputs.append(data))
    page.header("smoke", "rendered46", "a" * 64, "subject", 3)
    (bundle,) = outputs
    assert set(bundle) == {"text/html", provenance.MIME}
    assert json.loads(json.dumps(bundle[provenance.MIME])) == {
        "profile": "smoke",
        "data": "rendered46",
        "data_sha256": "a" * 64,
        "rendered": True,
        "group_kind": "subject",
        "seed": 3,
        "random_start": False,
        "notes": [provenance.RENDERED_NOTE, provenance.SMOKE_NOTE],
    }


def test_a_folded_table_stands_under_its_caption(shown):
    page.folded(pd.DataFrame({"x": [1.0]}), "Points")
    assert soup_of(shown).summary.text == "Points"


def test_a_measurement_in_any_column_is_marked():
    rows = [{"stage": "detect", "ms": page.Measurement("4.1 <b>")}, {"stage": "all", "ms": "9"}]
    shown = page.table_html(pd.DataFrame(rows), "Times", index=False)
    assert '<span class="measurement">4.1 &lt;b&gt;</span>' in shown
    assert shown.count("measurement") == 1
