"""Scores against what guessing gives."""

import pytest
from made_ledgers import count, number

from claimcheck.checks import chance_level


@pytest.mark.parametrize(
    ("relation", "printed", "verdict"),
    [
        ({"is": "above chance", "part": "p", "whole": "n"}, "0.85", "consistent"),
        ({"is": "above chance", "part": "p", "whole": "n"}, "0.99", "consistent"),
        ({"is": "above chance", "part": "p", "whole": "n"}, "0.83", "underspecified"),
        ({"is": "above chance", "part": "p", "whole": "n"}, "0.60", "underspecified"),
        ({"is": "ranks above chance", "positives": "p", "total": "n"}, "0.54", "consistent"),
        ({"is": "ranks above chance", "positives": "p", "total": "n"}, "0.52", "underspecified"),
        ({"is": "ranks above chance", "positives": "p", "total": "n"}, "0.45", "underspecified"),
    ],
)
def test_scores_against_chance(ledger, relation, printed, verdict):
    """2,510 of 3,020 is .831; random scores reach an AUC of .527 in one try of forty."""
    counts = count("p", "2,510"), count("n", "3,020")
    (finding,) = chance_level.check(ledger(*counts, number("score", printed, relations=[relation])))
    assert finding.verdict == verdict, finding.how


@pytest.mark.parametrize(
    ("score", "printed", "verdict"),
    [
        ("accuracy", "0.61", "consistent"),
        ("accuracy", "0.60", "underspecified"),
        ("auc", "0.51", "consistent"),
        ("auc", "0.50", "underspecified"),
        ("kappa", "0.02", "consistent"),
        ("kappa", "0.00", "underspecified"),
    ],
)
def test_scores_of_a_report_against_chance(ledger, score, printed, verdict):
    supports = [
        count(name, printed, report={"of": "run", "class": name, "score": "support"})
        for name, printed in (("a", "60"), ("b", "40"))
    ]
    made = ledger(*supports, number("it", printed, report={"of": "run", "score": score}))
    (finding,) = chance_level.check(made)
    assert finding.verdict == verdict, finding.how
