"""Rows of a table of verdicts: the word, the reason and what is shown beside them."""

import pytest

from engine.page import tables
from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation import ledgers
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.evaluation.verdicts import Ground, Verdict

LEDGER = ledgers.load("diya2026")
OWN = Ground("diya2026", "gffd2025", "paper")
RENDERED = Ground("diya2026", "rendered46", "book")
UP, DOWN, OPEN = Interval(0.2, 0.1, 0.3, 9), Interval(-0.2, -0.3, -0.1, 9), Interval(0, -1, 1, 9)


def only(rows):
    (row,) = rows.rows
    return row


@pytest.mark.parametrize(
    ("method", "word"),
    [
        ("underspecified", "underspecified"),
        ("not_testable", "not testable"),
        ("inconsistent", "inconsistent"),
    ],
)
def test_a_stated_verdict_has_its_word_its_reason_and_what_is_shown(method, word):
    rows = VerdictRows(LEDGER)
    names = ("authenticity.auc", "authenticity.ap")
    getattr(rows, method)(names, "a reason", "ours", about="both", printed="two numbers")
    row = only(rows)
    assert (row.verdict, row.ours) == (Verdict(word, "a reason"), "ours")
    assert (row.title, row.shown) == ("both", "two numbers")
    assert row.claims == tuple(LEDGER[name] for name in names)


@pytest.mark.parametrize(("holds", "word"), [(True, "consistent"), (False, "inconsistent")])
def test_what_holds_is_consistent(holds, word):
    rows = VerdictRows(LEDGER)
    rows.consistent_if(holds, "authenticity.auc", "why")
    assert only(rows).told.word == word
    assert only(rows).title == LEDGER["authenticity.auc"].title


def test_numbers_that_agree_share_a_row_and_one_that_does_not_has_its_own():
    names = ("table6.fake.recall", "table6.genuine.recall", "table6.fake.f1")
    ends = {name: (LEDGER[name].value, LEDGER[name].value) for name in names}
    rows = VerdictRows(LEDGER)
    rows.all_within(ends, "the counts give", about="Table 6")
    assert only(rows).claims == tuple(LEDGER[name] for name in names)
    assert (only(rows).title, only(rows).told.word) == ("Table 6", "consistent")
    assert only(rows).told.why == "the counts give 0.94, 0.9, 0.93"
    rows = VerdictRows(LEDGER)
    rows.all_within(ends | {"table6.fake.recall": (0.1, 0.2)}, "the counts give", about="Table 6")
    one, other = rows.rows
    assert one.claims == tuple(LEDGER[name] for name in names[1:])
    assert [claim.id for claim in other.claims] == ["table6.fake.recall"]
    assert other.told.word == "inconsistent"


@pytest.mark.parametrize(
    ("difference", "own", "rendered"),
    [
        (UP, "reproduced", "direction seen on rendered faces"),
        (DOWN, "differs", "direction not seen on rendered faces"),
        (OPEN, "not decided", "not decided"),
    ],
)
def test_a_direction_is_judged_by_the_interval_of_the_difference(difference, own, rendered):
    for ground, word in ((OWN, own), (RENDERED, rendered)):
        rows = VerdictRows(LEDGER, ground)
        rows.direction("text.harder", difference, how="kappa", what="one less the other")
        row = only(rows)
        assert row.told.word == word
        assert row.told.why.startswith("kappa: ")
        assert row.title == f"{LEDGER['text.harder'].title}: one less the other"
        assert row.ours == difference


def test_a_number_is_judged_in_the_unit_that_is_printed():
    claim = LEDGER["emotion.accuracy"]
    value = claim.value / 100
    rows = VerdictRows(LEDGER, OWN)
    rows.number("emotion.accuracy", Interval(value, value - 0.01, value + 0.01, 9), 100)
    rows.number("emotion.accuracy", Interval(value - 0.1, value - 0.2, value - 0.05, 9), 100)
    rows.number(("emotion.kappa", "emotion.mcc"), Interval(0, 0, 0.1, 9), ours="words")
    assert [row.told.word for row in rows.rows] == ["reproduced", "differs", "differs"]
    assert rows.rows[0].ours.value == pytest.approx(claim.value)
    assert rows.rows[2].ours == "words"
    assert len(rows.rows[2].claims) == 2


def test_a_printed_number_must_lie_in_the_range_that_others_allow():
    value = LEDGER["authenticity.auc"].value
    rows = VerdictRows(LEDGER)
    rows.within("authenticity.auc", value - 0.1, value + 0.1, "a bound")
    rows.within("authenticity.auc", value + 0.1, value + 0.2, "a bound")
    assert [row.told for row in rows.rows] == [
        Verdict("consistent", "a bound"),
        Verdict("inconsistent", "a bound"),
    ]


def test_nothing_measured_is_judged_without_its_ground():
    for judge in (VerdictRows(LEDGER).number, VerdictRows(LEDGER).direction):
        with pytest.raises(ValueError, match="none was given"):
            judge("emotion.accuracy", UP)


def test_the_rows_are_shown_in_their_order(monkeypatch):
    shown = []
    monkeypatch.setattr(
        tables, "verdict_table", lambda rows, caption: shown.append((rows, caption))
    )
    rows = VerdictRows(LEDGER)
    rows.not_testable("authenticity.auc", "one")
    rows.inconsistent("authenticity.ap", "two")
    rows.show("a caption")
    ((found, caption),) = shown
    assert [row.verdict.why for row in found] == ["one", "two"]
    assert caption == "a caption"
