"""The ledgers of the four papers: whole, and audited as worked out by hand."""

import pytest

from claimcheck import cli
from fer_lib.evaluation import ledgers

KEYS = ("diya2026", "alipour2025", "khalid2025", "huang2025")


@pytest.mark.parametrize("key", KEYS)
def test_every_ledger_is_whole(key):
    found = ledgers.load(key)
    assert len(found) > 200
    assert {"table", "body", "caption"} <= {claim.element for claim in found.values()}
    assert cli.audit(found)


# Worked out by hand from what the papers print.
@pytest.mark.parametrize(
    ("key", "family", "verdict", "words"),
    [
        ("diya2026", "report", "inconsistent", "macro f1 is then 0.98307; 0 of 1 print as 0.985"),
        ("diya2026", "report", "consistent", "accuracy is then 0.98494; 1 of 1 print as 98.5 %"),
        ("diya2026", "split", "underspecified", "267 images × 332 / 1,657 = 53.5, printed 40"),
        ("diya2026", "statistics", "underspecified", "5 resamples"),
        ("diya2026", "ranking", "underspecified", "[0.8079, 0.9631], of the other in"),
        ("diya2026", "statistics", "underspecified", "82 would fit, without its last zero"),
        ("diya2026", "chance", "underspecified", "printed 52.0 %: not more than guessing"),
        ("alipour2025", "ranking", "underspecified", "of 3,020 images lies in [0.8754"),
        ("alipour2025", "chance", "underspecified", "gives 0.83113; printed 0.82"),
        ("diya2026", "matrix", "consistent", "recall of fake from the printed counts: 0.9422"),
        ("alipour2025", "arithmetic", "underspecified", "30 subjects + 23 subjects = 53"),
        ("alipour2025", "statistics", "consistent", "3 groups of 300 values"),
        ("alipour2025", "arithmetic", "consistent", "relative change from 0.82 to 0.88"),
        ("khalid2025", "arithmetic", "inconsistent", "3589 images / 35,887 images = 0.10001"),
        ("khalid2025", "arithmetic", "inconsistent", "28709 images + 3589 images = 32,298"),
        (
            "khalid2025",
            "agreement",
            "inconsistent",
            "100 epochs (section 4.1); 50 epochs",
        ),
        ("huang2025", "agreement", "inconsistent", "(Figures 4-5) (section 1.4)"),
    ],
)
def test_what_the_papers_print(key, family, verdict, words):
    told = [
        f.how for f in cli.audit(ledgers.load(key)) if (f.family, f.verdict) == (family, verdict)
    ]
    assert any(words in how for how in told), told


@pytest.fixture(scope="module")
def diya2026():
    return ledgers.load("diya2026")


def test_ledger_has_the_tables(diya2026):
    assert diya2026["table3.total.total"].value == 1657
    assert diya2026["table7.proposed.emotion_accuracy"].printed == "98.5"
    assert diya2026["table4.lr"].value == 1e-4
    assert len([c for c in diya2026 if c.startswith("table5.")]) == 31


def test_table_3_adds_up(diya2026):
    emotions = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
    for kind in ("fake", "genuine", "total"):
        rows = sum(diya2026[f"table3.{e}.{kind}"].value for e in emotions)
        assert rows == diya2026[f"table3.total.{kind}"].value


def test_unknown_paper_is_refused():
    known = "alipour2025, diya2026, huang2025, khalid2025"
    with pytest.raises(ValueError, match=f"no ledger for 'nobody2020': choose one of {known}"):
        ledgers.load("nobody2020")
