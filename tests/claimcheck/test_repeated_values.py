"""One quantity printed twice: numbers and procedures that agree, and those that clash."""

import pytest
from made_ledgers import number, said

from claimcheck import claim_status
from claimcheck.checks import repeated_values
from claimcheck.finding import Finding


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (("98.5", "%"), ("0.985", ""), "said again"),
        (("0.46", ""), ("0.464", ""), "said again"),
        (("3.3", "million"), ("3,304,200", "parameters"), "said again"),
        (("0.86", ""), ("0.869", ""), "said again"),
        (("0.92", ""), ("0.93", ""), "inconsistent"),
        (("0.983", ""), ("0.985", ""), "inconsistent"),
        (("92.2", "%"), ("0.912", ""), "inconsistent"),
        (("1,657", ""), ("1,675", ""), "inconsistent"),
    ],
)
def test_agreement_of_numbers(ledger, first, second, verdict):
    made = [
        number(name, printed, unit=unit, quantity="same", kind="metric")
        | {"where": f"Table {'ab'.index(name) + 1}"}
        for name, (printed, unit) in (("a", first), ("b", second))
    ]
    (finding,) = repeated_values.check(ledger(*made))
    assert finding.verdict == verdict, finding.how
    assert set(finding.claims) == {"a", "b"}


@pytest.mark.parametrize(
    ("meanings", "verdict"),
    [
        (("focal", "focal"), "said again"),
        (("adam", "adam", "adam"), "said again"),
        (("50", "50"), "said again"),
        (("focal", "bce"), "inconsistent"),
        (("50", "100", "100"), "inconsistent"),
        (("relu", "elu"), "inconsistent"),
    ],
)
def test_agreement_of_procedures(ledger, meanings, verdict):
    made = [
        said(f"c{k}", "the.thing", word) | {"where": f"section {k}"}
        for k, word in enumerate(meanings)
    ]
    (finding,) = repeated_values.check(ledger(*made))
    assert finding.verdict == verdict


def test_a_passage_that_agrees_with_itself_says_nothing_and_one_that_does_not_clashes(ledger):
    same = [said(name, "loss", "focal") for name in ("a", "b")]
    assert repeated_values.check(ledger(*same)) == []
    (finding,) = repeated_values.check(ledger(same[0], said("c", "loss", "bce")))
    assert finding.verdict == "inconsistent"


def test_what_is_only_repeated_has_a_status_of_its_own(ledger):
    made = ledger(
        *(said(n, "loss", "focal") | {"where": f"section {k}"} for k, n in enumerate("ab"))
    )
    stands = claim_status.of(made, repeated_values.check(made))
    assert {one.verdict for one in stands.values()} == {"said again"}
    assert "compared with nothing else" in stands["a"].why
    more = Finding("arithmetic", ("a",), "consistent", "", "", "it sums up")
    assert claim_status.of(made, [*repeated_values.check(made), more])["a"].verdict == "consistent"
