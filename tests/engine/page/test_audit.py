"""An audit page redoes every contradiction of its paper, and cannot be built if one is left."""

import pytest
import yaml

from claimcheck import parse
from engine.page import audit as audit_page
from engine.page import tables

RECORDS = [
    {"id": "a", "printed": "2"},
    {"id": "b", "printed": "3"},
    {"id": "sum", "printed": "6", "relations": [{"is": "sum", "of": ["a", "b"]}]},
    {"id": "c", "printed": "4", "reading": "open", "note": "may be of groups"},
    {"id": "less", "printed": "2", "relations": [{"is": "difference", "of": ["c", "b"]}]},
]
NEEDED = {"where": "Table 1", "element": "table", "about": "made up", "kind": "count"}


@pytest.fixture
def audit(tmp_path, monkeypatch):
    file = tmp_path / "made2026.yml"
    file.write_text(yaml.safe_dump([NEEDED | record for record in RECORDS]))
    monkeypatch.setattr(audit_page.ledgers, "load", lambda key: parse(file))
    return audit_page.Audit("made2026")


@pytest.fixture
def shown(monkeypatch):
    rows, said = [], []
    monkeypatch.setattr(tables, "verdict_table", lambda found, caption: rows.extend(found))
    monkeypatch.setattr(tables, "say", said.append)
    return rows, said


def test_each_contradiction_is_redone_with_its_own_word(audit, shown):
    rows, said = shown
    for _ in range(2):  # a reader runs a cell again
        audit.redo("sum", holds=False, why="2 + 3 is 5")
    audit.redo("less", holds=False, why="4 - 3 is 1")
    assert [row.verdict.word for row in rows] == ["inconsistent", "inconsistent", "underspecified"]
    audit.all_redone()
    assert "contradictions, 1; findings that rest on how we read a place, 1" in said[-1]


def test_a_contradiction_that_is_left_stops_the_page(audit, shown):
    audit.redo("sum", holds=False, why="2 + 3 is 5")
    with pytest.raises(ValueError, match=r"not redone by hand: .*less"):
        audit.all_redone()


def test_a_calculation_that_disagrees_with_the_auditor_stops_the_page(audit, shown):
    with pytest.raises(ValueError, match="sum can be right"):
        audit.redo("sum", holds=True, why="")
    with pytest.raises(ValueError, match="no contradiction of a to redo"):
        audit.redo("sum", "a", holds=False, why="")


def test_claims_stand_beside_each_other_with_how_they_are_read(audit, monkeypatch):
    frames = []
    monkeypatch.setattr(tables, "table", lambda frame, caption, index: frames.append(frame))
    audit.beside("Two counts", ["a", "sum"], {"sum": {"two", "and three"}})
    assert frames[0].to_numpy().tolist() == [
        ["Table 1", "made up", "2", ""],
        ["Table 1", "made up", "6", "and three, two"],
    ]
