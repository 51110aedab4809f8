"""Class counts of a part against the split that is described."""

import pytest
from made_ledgers import count, said

from claimcheck.checks import split_counts


@pytest.mark.parametrize(
    ("how", "printed", "verdict"),
    [
        ("stratified", "33", "consistent"),
        ("stratified", "32", "consistent"),
        ("random", "40", "consistent"),
        ("by subject", "33", "consistent"),
        ("by subject", "70", "underspecified"),
        ("stratified", "36", "inconsistent"),
        ("stratified", "27", "inconsistent"),
        ("random", "70", "inconsistent"),
    ],
)
def test_supports_against_the_split(ledger, how, printed, verdict):
    tie = {"is": "stratified share", "whole": "w", "size": "s", "total": "t"}
    made = ledger(
        count("support", printed, relations=[tie]),
        count("w", "163"),
        count("s", "332"),
        count("t", "1,657"),
        said("how", "protocol.split_how", how),
    )
    (finding,) = split_counts.check(made)
    assert finding.verdict == verdict, finding.how
