"""Each relation is checked by one family; what only an image shows by none."""

import pytest
from made_ledgers import count, number

from claimcheck.checks import (
    arithmetic,
    auc_bounds,
    chance_level,
    intervals_and_tests,
    public_datasets,
    split_counts,
)
from claimcheck.ledger import validator


def test_every_relation_is_checked_by_exactly_one_family():
    schema = validator().schema
    known = set()
    for one in schema["$defs"]["relation"]["oneOf"]:
        of = one["properties"]["is"]
        known |= set(of.get("enum", [of.get("const")]))
    modules = (
        arithmetic,
        intervals_and_tests,
        split_counts,
        auc_bounds,
        chance_level,
        public_datasets,
    )
    families = [set(family.CHECKS) for family in modules]
    assert set.union(*families) == known
    assert sum(map(len, families)) == len(known)


@pytest.mark.parametrize(
    ("family", "relation"),
    [
        (arithmetic, {"is": "sum", "of": ["seen", "unseen"]}),
        (arithmetic, {"is": "order", "greater": ["seen"], "lesser": ["unseen"]}),
        (intervals_and_tests, {"is": "F test", "between": "seen", "within": "seen", "p": "unseen"}),
        (
            intervals_and_tests,
            {"is": "interval of a proportion", "low": "seen", "high": "unseen", "n": "n"},
        ),
        (split_counts, {"is": "stratified share", "whole": "n", "size": "unseen", "total": "n"}),
    ],
)
def test_what_only_an_image_shows_is_not_testable(ledger, family, relation):
    shown = number("unseen", "", state="image not available", where="Figure 4")
    parts = [count("n", "40"), number("seen", "3"), shown]
    (finding,) = family.check(ledger(*parts, count("one", "5", relations=[relation])))
    assert finding.verdict == "not testable"
    assert "Figure 4" in finding.how
    assert "image not available" in finding.how
    assert finding.claims == ("one",)
