"""The figure moves by two buttons, shows and says every number, and touches nothing else."""

import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.huang2025.search import plots

TABLE = pd.DataFrame(
    [
        ("macro-F1", "SVM", Interval(0.19, 0.17, 0.21, 60), Interval(0.26, 0.24, 0.29, 60)),
        ("macro-F1", "LR <b>", Interval(0.28, 0.26, 0.31, 60), Interval(0.281, 0.25, 0.3, 60)),
        ("accuracy", "SVM", Interval(0.31, 0.28, 0.34, 60), Interval(0.32, 0.29, 0.35, 60)),
        ("accuracy", "LR <b>", Interval(0.36, 0.33, 0.39, 60), Interval(0.34, 0.31, 0.37, 60)),
    ],
    columns=plots.COLUMNS,
)


def soup(table=TABLE, **given):
    return BeautifulSoup(plots.figure(table, "What it gains", "fig-7", **given), "html.parser")


def test_two_buttons_with_labels_of_which_the_second_is_chosen():
    page = soup(first="as it comes", second="after the search")
    buttons = page.select("fieldset > input[type=radio]")
    assert [one["id"] for one in buttons] == ["fig-7-first", "fig-7-second"]
    assert {one["name"] for one in buttons} == {"fig-7"}
    assert [one.has_attr("checked") for one in buttons] == [False, True]
    labels = {label["for"]: label.get_text() for label in page.select("label")}
    assert labels == {"fig-7-first": "as it comes", "fig-7-second": "after the search"}
    assert page.select_one("legend").get_text() == "What it gains"


def test_every_number_is_shown_and_said():
    page = soup()
    chart = page.select_one('[role="img"]')
    for _, row in TABLE.iterrows():
        for side in ("before", "after"):
            assert str(row[side]) in chart["aria-label"]
            shown = [node.get_text(" ") for node in page.select(f".ba-{side}")]
            assert str(row[side]) in shown
    assert len(page.select(".ba-row")) == len(TABLE)
    assert [node.get_text() for node in page.select(".ba-score")] == ["macro-F1", "accuracy"]


def test_bars_are_as_long_as_their_numbers():
    style = soup().select_one(".ba-row")["style"]
    places = dict(part.split(": ") for part in style.split("; "))
    assert places["--ba-before"] == "38.00%" and places["--ba-after"] == "52.00%"  # of 0.5
    assert places["--ba-after-low"] == "48.00%" and places["--ba-after-wide"] == "10.00%"
    assert [end.get_text() for end in soup().select(".ba-ends span")] == ["0", "0.5"]
    better = TABLE.assign(after=[Interval(0.4, 0.3, 0.55, 60)] * 4)
    assert "--ba-before: 19.00%" in soup(better).select_one(".ba-row")["style"]
    assert [end.get_text() for end in soup(better).select(".ba-ends span")] == ["0", "1"]


def test_rules_reach_nothing_outside_and_stand_still_if_asked():
    css = soup().select_one("style").get_text()
    moving = re.search(r"@media \(prefers-reduced-motion: no-preference\) \{(.*?)\n\}", css, re.S)
    assert css.count("transition") == moving[1].count("transition") == 2
    rules = re.findall(r"([^{}]+)\{[^{}]*\}", re.sub(r"@media[^{]+\{", "", css))
    assert rules and all(
        rule.strip().lstrip("}").strip().startswith(".before-after") for rule in rules
    )
    text = plots.figure(TABLE, "What", "fig-7")
    assert "<script" not in text and "http" not in text and "url(" not in text


def test_words_are_escaped_and_a_score_without_interval_has_no_span():
    page = soup()
    assert "LR <b>" in page.get_text() and not page.select(".ba-row b")
    none = Interval(0.2, float("nan"), float("nan"), 1)
    bare = soup(TABLE.assign(before=[none] * 4))
    assert not bare.select(".ba-span") and "no interval" in bare.get_text()


def test_the_same_table_gives_the_same_figure():
    assert plots.figure(TABLE, "a", "b") == plots.figure(TABLE, "a", "b")


@pytest.mark.parametrize(
    ("table", "name", "told"),
    [
        (TABLE.drop(columns="after"), "fig-7", "the table lacks after"),
        (TABLE.iloc[:0], "fig-7", "the table lacks rows"),
        (TABLE, "Fig 7", "'Fig 7' is no name: small letters"),
        (
            TABLE.assign(after=[Interval(1.2, 1, 1.3, 9)] * 4),
            "fig-7",
            "macro-F1 of SVM is 1.2: give 0 to 1",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(table, name, told):
    with pytest.raises(ValueError, match=told):
        plots.figure(table, "What", name)
