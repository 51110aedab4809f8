"""Intervals, F tests and shares against the sizes of their samples."""

import pytest
from made_ledgers import count, number, words

from claimcheck.checks import intervals_and_tests


@pytest.mark.parametrize(
    ("printed", "unit", "verdict"),
    [
        ("98.5", "%", "consistent"),
        ("0.985", "", "consistent"),
        ("82", "%", "consistent"),
        ("98.6", "%", "inconsistent"),
        ("0.821", "", "inconsistent"),
        ("64.3", "%", "inconsistent"),
        ("82.0", "%", "underspecified"),
    ],
)
def test_a_share_comes_from_whole_hits(ledger, printed, unit, verdict):
    tie = {"is": "count over", "n": "n"}
    more = {"unit": unit} if unit else {}
    made = ledger(count("n", "332"), number("it", printed, relations=[tie], **more))
    (finding,) = intervals_and_tests.check(made)
    assert finding.verdict == verdict, finding.how


@pytest.mark.parametrize(
    ("f", "p", "sense", "verdict"),
    [
        ("24.38", "0.001", "less than", "consistent"),
        ("3.03", "0.05", "", "consistent"),
        ("1.00", "0.37", "", "consistent"),
        ("1.00", "0.001", "less than", "inconsistent"),
        ("24.38", "0.05", "more than", "inconsistent"),
        ("3.03", "0.01", "", "inconsistent"),
    ],
)
def test_f_tests(ledger, f, p, sense, verdict):
    statistic = {"kind": "test statistic"}
    made = ledger(
        number(
            "f",
            f,
            relations=[{"is": "F test", "between": "d1", "within": "d2", "p": "p"}],
            **statistic,
        ),
        count("d1", "2"),
        count("d2", "297"),
        number("p", p, **statistic, **({"sense": sense} if sense else {})),
    )
    (finding,) = intervals_and_tests.check(made)
    assert finding.verdict == verdict, finding.how
    assert "3 groups of 300 values" in finding.how


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        ("0.9", "0.9", "consistent"),
        ("0.892", "0.949", "consistent"),
        ("0.888", "0.946", "consistent"),
        ("0.89", "0.95", "consistent"),
        ("0.917", "0.927", "inconsistent"),
        ("0.80", "0.99", "inconsistent"),
        ("0.921", "0.923", "inconsistent"),
    ],
)
def test_the_width_of_an_interval(ledger, low, high, verdict):
    tie = {"is": "interval of a proportion", "low": "low", "high": "high", "n": "n"}
    made = ledger(
        number("score", "0.922", relations=[tie]),
        number("low", low),
        number("high", high),
        count("n", "332"),
    )
    (finding,) = intervals_and_tests.check(made)
    assert finding.verdict == verdict, finding.how


@pytest.mark.parametrize(
    ("resamples", "verdict"),
    [
        ("2,000", "consistent"),
        ("100", "consistent"),
        ("39", "consistent"),
        ("5", "inconsistent"),
        ("10", "inconsistent"),
        ("30", "inconsistent"),
    ],
)
def test_an_interval_needs_resamples(ledger, resamples, verdict):
    tie = {"is": "interval from resamples", "low": "low", "high": "high", "resamples": "b"}
    made = ledger(
        number("score", "0.922", relations=[tie]),
        number("low", "0.892"),
        number("high", "0.949"),
        count("b", resamples),
    )
    assert words(intervals_and_tests.check(made)) == [verdict]
