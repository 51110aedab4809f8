"""The ledger of this paper: what its own numbers say of each other."""

from claimcheck import cli
from fer_lib.evaluation import ledgers


def test_shares_of_the_categories_are_those_of_their_counts():
    """1,860 of 3,370, 2,650 of 4,060 and 2,510 of 3,020 images are of interested subjects."""
    assert [round(100 * a / b) for a, b in ((1860, 3370), (2650, 4060), (2510, 3020))] == [
        55,
        65,
        83,
    ]
    found = cli.audit(ledgers.load("alipour2025"))
    assert {finding.verdict for finding in found} == {
        "consistent",
        "said again",
        "underspecified",
    }


def test_claims_name_their_paper():
    assert {claim.paper for claim in ledgers.load("alipour2025").values()} == {"alipour2025"}
