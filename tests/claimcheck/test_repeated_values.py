"""One quantity printed twice: numbers and procedures that agree, and those that clash."""

import pytest
from made_ledgers import number, said

from claimcheck.checks import repeated_values


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (("98.5", "%"), ("0.985", ""), "consistent"),
        (("0.46", ""), ("0.464", ""), "consistent"),
        (("3.3", "million"), ("3,304,200", "parameters"), "consistent"),
        (("0.86", ""), ("0.869", ""), "consistent"),
        (("0.92", ""), ("0.93", ""), "inconsistent"),
        (("0.983", ""), ("0.985", ""), "inconsistent"),
        (("92.2", "%"), ("0.912", ""), "inconsistent"),
        (("1,657", ""), ("1,675", ""), "inconsistent"),
    ],
)
def test_agreement_of_numbers(ledger, first, second, verdict):
    made = [
        number(name, printed, unit=unit, quantity="same", kind="metric")
        for name, (printed, unit) in (("a", first), ("b", second))
    ]
    (finding,) = repeated_values.check(ledger(*made))
    assert finding.verdict == verdict, finding.how
    assert set(finding.claims) == {"a", "b"}


@pytest.mark.parametrize(
    ("meanings", "verdict"),
    [
        (("focal", "focal"), "consistent"),
        (("adam", "adam", "adam"), "consistent"),
        (("50", "50"), "consistent"),
        (("focal", "bce"), "inconsistent"),
        (("50", "100", "100"), "inconsistent"),
        (("relu", "elu"), "inconsistent"),
    ],
)
def test_agreement_of_procedures(ledger, meanings, verdict):
    made = [said(f"c{k}", "the.thing", word) for k, word in enumerate(meanings)]
    (finding,) = repeated_values.check(ledger(*made))
    assert finding.verdict == verdict
