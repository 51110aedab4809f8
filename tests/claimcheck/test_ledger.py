"""A ledger that is not well formed is refused, and the message says what is wrong."""

import pytest
from made_ledgers import count, number, said

from claimcheck import LedgerError, parse


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (number("a", "1", colour="red"), "colour"),
        (number("a", "1") | {"kind": "guess"}, "guess"),
        (number("a", "many"), "not a number"),
        (number("a", ""), "nothing is printed"),
        (number("a", "1", state="image not available"), "printed"),
        (number("a", "1", relations=[{"is": "sum", "of": ["b"]}]), "not there"),
        (number("a", "1", relations=[{"is": "sum", "of": ["a"]}]), "itself"),
        (number("a", "1", relations=[{"is": "guess", "of": ["a"]}]), "choose one of .*sum"),
        (number("a", "x", kind="procedure", quantity="q"), "both quantity and means"),
        (number("a", "1", reading="open"), "no note"),
        (number("a", "80", report={"of": "r", "score": "accuracy"}), "unit '%' missing"),
        (number("a", "1", report={"of": "r"}), "report"),
        (number("a", "1", report={"of": "r", "truth": "x"}), "report"),
        (number("a", "1", where="over there"), "write, for instance"),
        (number("a", "1", relations=[{"is": "sum", "off": ["n"]}]), "'sum' takes of"),
        (number("a", "0,92"), "not a number"),
        (number("a", "1", report={"of": "r", "class": "c", "score": "auc"}), "a class has"),
        (
            number("a", "1", report={"of": "r", "score": "recall", "truth": "x", "guess": "y"}),
            "report",
        ),
        (number("a", "1", relations=[{"is": ["sum"], "of": ["n"]}]), "unknown relation"),
        (count("a", "2.5", report={"of": "r", "class": "c", "score": "support"}), "whole number"),
        (said("a", "q", "x") | {"relations": [{"is": "sum", "of": ["n"]}]}, "this is none"),
        (
            number("a", "1", relations=[{"is": "weighted mean", "of": ["n"], "weights": []}]),
            "weights",
        ),
        (
            number(
                "a", "1", relations=[{"is": "weighted mean", "of": ["n", "m"], "weights": ["n"]}]
            ),
            "one weight for each",
        ),
        (
            number(
                "a",
                "0.9",
                relations=[{"is": "interval of a proportion", "low": "m", "high": "m", "n": "m"}],
            ),
            "above zero",
        ),
    ],
)
def test_a_ledger_that_is_not_well_formed_is_refused(ledger, record, message):
    with pytest.raises(LedgerError, match=message):
        ledger(record, count("n", "3"), count("m", "0"))


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ("printed: '1', kind: metric, colour: red", "x.yml, a: .*'colour'"),
        ("printed: '1', kind: guess", "x.yml, a, kind: 'guess'"),
        ("printed: 0.92, kind: metric", "x.yml, a, printed: 0.92 is not of type 'string'"),
        ("kind: metric", "'printed' is a required property"),
    ],
)
def test_a_bad_record_is_refused(tmp_path, record, message):
    path = tmp_path / "x.yml"
    path.write_text(f"- {{id: a, where: Table 1, element: table, about: a score, {record}}}\n")
    with pytest.raises(LedgerError, match=message):
        parse(path)


def test_a_repeated_id_is_refused(tmp_path):
    needed = "where: Table 1, element: table, about: a score, printed: '1', kind: metric"
    (tmp_path / "x.yml").write_text(f"- {{id: a, {needed}}}\n" * 2)
    with pytest.raises(ValueError, match="a stands twice"):
        parse(tmp_path / "x.yml")


def test_what_is_no_yaml_is_refused(tmp_path):
    (tmp_path / "x.yml").write_text("- {id: a")
    with pytest.raises(LedgerError, match=r"x\.yml is not YAML"):
        parse(tmp_path / "x.yml")
