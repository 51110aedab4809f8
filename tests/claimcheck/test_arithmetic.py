"""Sums, shares, changes, orderings and bounds: what holds is told from planted errors."""

import pytest
from made_ledgers import count, number

from claimcheck.checks import arithmetic

# Each: operands, the relation, results that hold and results that do not.
ARITHMETIC = {
    "sum": ([count("a", "99"), count("b", "64")], {"of": ["a", "b"]}, "163", "164"),
    "product": ([count("a", "1,045"), count("b", "10")], {"of": ["a", "b"]}, "10,450", "10,540"),
    "difference": ([count("a", "30"), count("b", "7")], {"of": ["a", "b"]}, "23", "24"),
    "quotient": ([count("a", "30"), count("b", "4")], {"of": ["a", "b"]}, "7.5", "7.6"),
    "mean": ([number("a", "0.90"), number("b", "0.94")], {"of": ["a", "b"]}, "0.92", "0.94"),
    "share": (
        [count("a", "1,325"), count("b", "1,657")],
        {"part": "a", "whole": "b"},
        ("80", "%"),
        ("81", "%"),
    ),
    "relative change": (
        [number("a", "0.82"), number("b", "0.94")],
        {"from": "a", "to": "b"},
        ("14.6", "%"),
        ("12", "%"),
    ),
    "absolute change": (
        [number("a", "0.82"), number("b", "0.94")],
        {"from": "a", "to": "b"},
        "0.12",
        "0.14",
    ),
    "harmonic mean": (
        [number("a", "0.91"), number("b", "0.94")],
        {"of": ["a", "b"]},
        "0.93",
        "0.90",
    ),
    "weighted mean": (
        [number("a", "0.90"), number("b", "0.80"), count("m", "30"), count("n", "10")],
        {"of": ["a", "b"], "weights": ["m", "n"]},
        "0.88",
        "0.85",
    ),
    "greatest": ([number("a", "0.90"), number("b", "0.94")], {"of": ["a", "b"]}, "0.94", "0.90"),
    "least": ([number("a", "0.90"), number("b", "0.94")], {"of": ["a", "b"]}, "0.90", "0.94"),
}


@pytest.mark.parametrize("kind", ARITHMETIC)
def test_arithmetic(ledger, kind):
    parts, relation, sound, planted = ARITHMETIC[kind]
    for result, verdict in ((sound, "consistent"), (planted, "inconsistent")):
        printed, unit = result if isinstance(result, tuple) else (result, "")
        whole = number("whole", printed, unit=unit, relations=[{"is": kind, **relation}])
        exact = kind in ("sum", "product", "difference")
        (finding,) = arithmetic.check(ledger(*parts, whole | ({"kind": "count"} if exact else {})))
        assert finding.verdict == verdict, finding.how
        assert finding.claims == ("whole",)
        assert set(finding.given) == {part["id"] for part in parts}
        assert printed in finding.how or verdict == "consistent"


def test_digits_that_were_cut_off_are_told(ledger):
    parts = [count("errors", "9"), count("images", "46")]
    share = {"is": "share", "part": "errors", "whole": "images"}
    rate = number("rate", "19.56", unit="%", relations=[share])
    (finding,) = arithmetic.check(ledger(*parts, rate))
    assert finding.verdict == "consistent"
    assert "cut off, not rounded" in finding.how


@pytest.mark.parametrize(
    ("printed", "sense", "verdict"),
    [
        ("14.7", "", "consistent"),
        ("14.8", "", "inconsistent"),
        ("14.8", "about", "consistent"),
        ("14.9", "about", "inconsistent"),
        ("14", "more than", "consistent"),
        ("15", "at least", "inconsistent"),
        ("15", "less than", "consistent"),
        ("14", "at most", "inconsistent"),
    ],
)
def test_what_the_sense_of_a_number_allows(ledger, printed, sense, verdict):
    """2,000 / 136 is 14.706; "about" may be off by one unit of the last digit."""
    parts = [count("images", "2,000"), count("people", "136")]
    tie = {"is": "quotient", "of": ["images", "people"]}
    kind = "hyper-parameter" if sense.startswith("at") else "measurement"
    more = {"sense": sense} if sense else {}
    made = number("per", printed, kind=kind, relations=[tie], **more)
    (finding,) = arithmetic.check(ledger(*parts, made))
    assert finding.verdict == verdict, finding.how


@pytest.mark.parametrize(
    ("greater", "lesser", "verdict"),
    [
        ("0.92", "0.84", "consistent"),
        ("0.921", "0.920", "consistent"),
        ("98", "0.97", "consistent"),
        ("0.84", "0.92", "inconsistent"),
        ("0.919", "0.921", "inconsistent"),
        ("0.91", "0.92", "inconsistent"),
        ("53", "0.61", "inconsistent"),
        ("0.92", "0.92", "underspecified"),
    ],
)
def test_orderings(ledger, greater, lesser, verdict):
    unit = {"unit": "%"} if "." not in greater else {}
    order = {"is": "order", "greater": ["a"], "lesser": ["b"]}
    better = number("better", "better", kind="procedure", relations=[order])
    (finding,) = arithmetic.check(ledger(number("a", greater, **unit), number("b", lesser), better))
    assert finding.verdict == verdict, finding.how


@pytest.mark.parametrize(
    ("limit", "values", "verdict"),
    [
        ("0.95", ("0.96", "1.00"), "consistent"),
        ("95", ("0.955", "0.96"), "consistent"),
        ("0.5", ("0.52",), "consistent"),
        ("0.95", ("0.94", "1.00"), "inconsistent"),
        ("97", ("0.96", "0.98"), "inconsistent"),
        ("0.95", ("0.93", "0.91"), "inconsistent"),
        ("0.95", ("0.95", "1.00"), "underspecified"),
    ],
)
def test_all_above(ledger, limit, values, verdict):
    parts = [number(f"v{k}", value) for k, value in enumerate(values)]
    above = [{"is": "all above", "of": [part["id"] for part in parts]}]
    unit = {"unit": "%"} if "." not in limit else {}
    (finding,) = arithmetic.check(ledger(*parts, number("limit", limit, relations=above, **unit)))
    assert finding.verdict == verdict, finding.how


@pytest.mark.parametrize(
    ("limit", "values", "verdict"),
    [
        ("0.30", ("0.12", "0.29"), "consistent"),
        ("0.5", ("0.43",), "consistent"),
        ("97", ("0.96", "0.93"), "consistent"),
        ("0.30", ("0.12", "0.33"), "inconsistent"),
        ("97", ("0.984",), "inconsistent"),
        ("0.5", ("0.61", "0.2"), "inconsistent"),
        ("97", ("0.9778",), "underspecified"),
    ],
)
def test_all_below(ledger, limit, values, verdict):
    parts = [number(f"v{k}", value) for k, value in enumerate(values)]
    below = [{"is": "all below", "of": [part["id"] for part in parts]}]
    unit = {"unit": "%"} if "." not in limit else {}
    (finding,) = arithmetic.check(ledger(*parts, number("limit", limit, relations=below, **unit)))
    assert finding.verdict == verdict, finding.how


@pytest.mark.parametrize(
    ("score", "low", "high", "verdict"),
    [
        ("0.92", "0.89", "0.95", "consistent"),
        ("0.92", "0.92", "0.95", "consistent"),
        ("92", "0.89", "0.95", "consistent"),
        ("0.92", "0.93", "0.95", "inconsistent"),
        ("0.92", "0.89", "0.91", "inconsistent"),
        ("0.92", "0.95", "0.89", "inconsistent"),
    ],
)
def test_a_value_lies_in_its_own_interval(ledger, score, low, high, verdict):
    tie = {"is": "interval", "low": "low", "high": "high"}
    unit = {"unit": "%"} if "." not in score else {}
    ends = number("low", low), number("high", high)
    (finding,) = arithmetic.check(ledger(*ends, number("s", score, relations=[tie], **unit)))
    assert finding.verdict == verdict, finding.how


@pytest.mark.parametrize(
    ("kind", "first", "second", "printed", "verdict"),
    [
        ("product", "-2", "3", "-8", "consistent"),
        ("product", "-2", "3", "-10", "inconsistent"),
        ("relative change", "-2.0", "-3.0", "-0.5", "consistent"),
        ("relative change", "-2.0", "-1.0", "0.5", "consistent"),
        ("relative change", "-2.0", "-3.0", "0.5", "inconsistent"),
        ("quotient", "-6.0", "2.0", "-3", "consistent"),
        ("quotient", "1.0", "0", "3", "not testable"),
    ],
)
def test_arithmetic_with_negative_numbers(ledger, kind, first, second, printed, verdict):
    names = {"from": "a", "to": "b"} if "change" in kind else {"of": ["a", "b"]}
    result = number("it", printed, relations=[{"is": kind} | names])
    (finding,) = arithmetic.check(ledger(number("a", first), number("b", second), result))
    assert finding.verdict == verdict, finding.how
