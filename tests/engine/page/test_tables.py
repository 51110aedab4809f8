"""Tables are readable by people and machines, and a page says what made it and what that allows."""

import json
from types import SimpleNamespace

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from claimcheck import Claim
from engine.page import header, tables
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.evaluation.verdicts import Row, Verdict


@pytest.fixture
def shown(monkeypatch):
    outputs = []

    def show(item, raw=False):
        outputs.append(item["text/html"] if raw else item.data)

    monkeypatch.setattr(tables, "display", show)
    return outputs


def soup_of(shown):
    return BeautifulSoup(shown[-1], "html.parser")


def test_a_table_has_caption_headers_and_escapes(shown):
    frame = pd.DataFrame({"score": [0.5]}, index=pd.Index(["a < b"], name="model"))
    tables.table(frame, "Scores & more")
    soup = soup_of(shown)
    assert soup.caption.text == "Scores & more"
    assert [h["scope"] for h in soup.find_all("th")] == ["col", "col", "row"]
    assert soup.tbody.th.text == "a < b"
    assert soup.td.text == "0.500"


def test_words_stand_left_and_numbers_right(shown):
    tables.table(pd.DataFrame({"n": [1200], "why": ["because"]}), "x", index=False)
    number, word = soup_of(shown).find_all("td")
    assert number.text == "1,200"
    assert not number.get("class")
    assert word["class"] == ["text"]


def test_an_interval_shows_both_ends_and_says_when_there_is_none(shown):
    none = float("nan")
    frame = pd.DataFrame({"s": [Interval(0.5, 0.4, 0.6, 9), Interval(0.5, none, none, 1)]})
    tables.table(frame, "x", index=False)
    first, second = soup_of(shown).find_all("td")
    assert "0.500 [0.400, 0.600]" in first.text
    assert "no interval" in second.text


def test_a_verdict_is_told_by_word_and_symbol(shown):
    claim = Claim("a.b", "Table 1", "accuracy", "0.92", "metric", paper="made2026")
    tables.verdict_table([Row(claim, Verdict("inconsistent", "sums to 0.93"))], "x")
    badge = soup_of(shown).select_one(".verdict")
    assert badge.text == "✗\u00a0inconsistent"
    assert badge["class"] == ["verdict", "verdict-bad"]
    assert badge.find_next_sibling(class_="note").text == "sums to 0.93"
    told, judged = soup_of(shown).find_all("td")
    assert (told["data-label"], judged["data-label"]) == ("claim", "verdict")
    assert told.div.contents[0] == "Table 1: accuracy"
    assert told.select_one(".note").text == "printed: 0.92"
    assert "stacked" in soup_of(shown).table["class"]


def test_a_verdict_names_its_claims_for_programs(monkeypatch):
    shown = []
    monkeypatch.setattr(tables, "display", lambda item, raw: shown.append(item))
    claim = Claim("a.b", "Table 1", "accuracy", "0.92", "metric", paper="made2026")
    ours = Interval(0.5, 0.4, 0.6, 9)
    tables.verdict_table([Row((claim, claim), Verdict("not comparable", "other data"), ours)], "x")
    (row,) = shown[0][tables.VERDICTS_MIME]["rows"]
    assert row["claims"] == ["made2026/a.b", "made2026/a.b"]
    assert (row["word"], row["ours"]) == ("not comparable", "0.500 [0.400, 0.600]")
    assert "Table 1: accuracy" in shown[0]["text/html"]


def test_a_contradiction_of_an_open_reading_is_told_as_underspecified(shown):
    claim = Claim("a", "Table 1", "accuracy", "0.92", "metric", note="as a mean", reading="open")
    tables.verdict_table([Row(claim, Verdict("inconsistent", "sums to 0.93"))], "x")
    assert soup_of(shown).select_one(".verdict").text == "?\u00a0underspecified"
    assert "rests on how we read Table 1: accuracy" in shown[-1]


def test_rendered_faces_are_called_so_on_every_page(shown):
    tables.header("book", "rendered46", "a" * 64, "subject", 0)
    assert "rendered, not photographed" in shown[-1]
    assert "near-dup" not in shown[-1]


def test_photographs_without_ids_are_not_called_unseen_people(shown):
    tables.header("book", "gffd2025", "a" * 64, "near-duplicate", 0)
    assert "person may recur" in shown[-1]
    assert "rendered" not in shown[-1]


def test_smoke_says_that_it_means_nothing(shown):
    tables.header("smoke", "rendered46", "a" * 64, "subject", 0)
    assert "mean nothing" in shown[-1]


def test_the_header_of_a_page_is_one_output_for_readers_and_programs(monkeypatch):
    outputs = []
    monkeypatch.setattr(tables, "display", lambda data, raw: outputs.append(data))
    tables.header("smoke", "rendered46", "a" * 64, "subject", 3)
    (bundle,) = outputs
    assert set(bundle) == {"text/html", header.MIME}
    assert json.loads(json.dumps(bundle[header.MIME])) == {
        "profile": "smoke",
        "data": "rendered46",
        "data_sha256": "a" * 64,
        "rendered": True,
        "group_kind": "subject",
        "seed": 3,
        "random_start": False,
        "trained": "",
        "measured": "",
        "notes": [header.RENDERED_NOTE, header.SMOKE_NOTE],
    }


def run(arm, seed, epochs, side, **more):
    of = {"arm": arm, "seed": seed, "image_size": side, "config": {"epochs": epochs}}
    of |= {"profile": "book", "data": "rendered46", "data_sha256": "a" * 64}
    return SimpleNamespace(about=of | {"group_kind": "subject", "random_start": False} | more)


def test_the_header_of_runs_states_what_they_were(shown):
    tables.header_of_runs([run("cnn", 0, 16, 64), run("cnn", 2, 16, 64), run("b0", 0, 6, 112)])
    told = "2 training configurations, seeds 0 to 2, at most 6 to 16 epochs, images of 64 to 112"
    assert f"{told} pixels" in soup_of(shown).get_text()
    assert "seed 0" not in soup_of(shown).get_text()
    tables.header_of_runs([run("cnn", 3, 6, 64), run("b3", 3, 6, 64, random_start=True)])
    assert "seed 3, at most 6 epochs, images of 64 pixels" in soup_of(shown).get_text()
    assert "began at random" in soup_of(shown).get_text()


def test_the_header_of_a_study_states_what_it_measured(shown):
    about = {"profile": "book", "data": "rendered_micro", "data_sha256": "a" * 64, "seed": 4}
    about |= {"group_kind": "subject", "random_start": False, "images": 1150, "groups": 60}
    tables.header_of_study(about | {"folds": 5, "repeats": 1, "study": "scores"})
    told = soup_of(shown).get_text()
    assert "measured 1,150 images, 60 subjects, 5 folds, 1 repeat, seed 4" in told
    tables.header_of_study(about | {"splits": 20, "runs": {"smote": 30, "none": 9}})
    assert "60 subjects, 20 splits, 39 runs, seed 4" in soup_of(shown).get_text()
    tables.header_of_study(about | {"group_kind": "near-duplicate", "random_start": True})
    told = soup_of(shown).get_text()
    assert "measured 1,150 images, 60 groups, seed 4" in told
    assert "began at random" in told


def test_a_folded_table_stands_under_its_caption(shown):
    tables.folded(pd.DataFrame({"x": [1.0]}), "Points")
    assert soup_of(shown).summary.text == "Points"


def test_rows_in_a_list_are_a_table_without_an_index(shown):
    tables.table([{"x": 1.0, "y": "a"}, {"x": 2.0, "y": "b"}], "Rows")
    tables.table(pd.DataFrame({"x": [1.0, 2.0], "y": ["a", "b"]}), "Rows", index=False)
    tables.folded([{"x": 1.0}], "Rows")
    tables.folded(pd.DataFrame({"x": [1.0]}), "Rows")
    assert shown[0] == shown[1]
    assert shown[2] == shown[3]


def test_a_mean_stands_with_the_lowest_and_the_highest_value():
    assert tables.mean_and_range([0.1, 0.2, 0.6]) == "0.300 (0.100 to 0.600)"
    assert tables.mean_and_range(iter([1, 2]), digits=1) == "1.5 (1.0 to 2.0)"


def test_a_measurement_in_any_column_is_marked():
    rows = [{"stage": "detect", "ms": tables.Measurement("4.1 <b>")}, {"stage": "all", "ms": "9"}]
    shown = tables.table_html(pd.DataFrame(rows), "Times", index=False)
    assert '<span class="measurement">4.1 &lt;b&gt;</span>' in shown
    assert shown.count("measurement") == 1
