"""Equations against the textbook form."""

import pytest
from made_ledgers import count, number

from claimcheck.checks import equations


@pytest.mark.parametrize(
    ("quantity", "means", "verdict"),
    [
        ("loss", "textbook", "consistent"),
        ("accuracy", "textbook", "consistent"),
        ("kappa", ["textbook"], "consistent"),
        ("loss", "sign missing", "inconsistent"),
        ("accuracy", "values missing", "inconsistent"),
        ("kappa", ["textbook", "index twice"], "inconsistent"),
    ],
)
def test_equations(ledger, quantity, means, verdict):
    one = number("eq", "L = y log p", kind="procedure", element="equation", where="equation (6)")
    one |= {"quantity": f"equation.{quantity}", "means": means, "note": "as we transcribed it"}
    setting = count("gamma", "2", element="equation", where="equation (6)")
    (finding,) = equations.check(ledger(one, setting | {"quantity": "equation.gamma"}))
    assert finding.verdict == verdict
    assert "as we transcribed it" in finding.how
