"""The ledger of this paper: what its own numbers contradict, worked out by hand."""

from claimcheck import cli
from fer_lib.evaluation import ledgers


def test_the_split_of_section_4_1_does_not_add_up():
    """28,709 and 3,589 are 32,298, not the 35,887 of the data set; and 3,589 of it are 10 %."""
    ledger = ledgers.load("khalid2025")
    assert ledger["s41.total"].paper == "khalid2025"
    wrong = {c for f in cli.audit(ledger) if f.verdict == "inconsistent" for c in f.claims}
    assert 28_709 + 3_589 != 35_887
    assert "s41.total" in wrong
    assert round(100 * 3_589 / 35_887) == 10
    assert "s41.test_share" in wrong


def test_the_audit_finds_four_contradictions():
    verdicts = [finding.verdict for finding in cli.audit(ledgers.load("khalid2025"))]
    assert verdicts.count("inconsistent") == 4
