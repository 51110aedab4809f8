"""Which evaluation protocols leak from test to training."""

import pytest
from made_ledgers import count, said, words

from claimcheck.checks import leakage_protocol


@pytest.mark.parametrize("rule", leakage_protocol.RULES, ids=lambda rule: rule.quantity)
def test_the_protocol(ledger, rule):
    for meanings, verdict in (
        (rule.sound, "consistent"),
        (rule.leaking, "inconsistent"),
        (("something else",), "underspecified"),
    ):
        for means in meanings:
            found = leakage_protocol.check(ledger(said("one", rule.quantity, means)))
            (own,) = [f for f in found if f.claims]
            assert own.verdict == verdict
            assert words([f for f in found if not f.claims]) == ["underspecified"] * 5
            assert rule.entry in own.how or verdict == "consistent"
    assert leakage_protocol.check(ledger(count("n", "3"))) == []
