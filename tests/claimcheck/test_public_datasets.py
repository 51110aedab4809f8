"""Printed sizes of a public data set against those that are known."""

import pytest
from made_ledgers import count

from claimcheck.checks import public_datasets


@pytest.mark.parametrize(
    ("what", "printed", "verdict"),
    [
        ("images", "35,887", "consistent"),
        ("training images", "28,709", "consistent"),
        ("disgust", "547", "consistent"),
        ("images", "35,877", "inconsistent"),
        ("training images", "35,887", "inconsistent"),
        ("disgust", "574", "inconsistent"),
        ("dogs", "3", "not testable"),
    ],
)
def test_sizes_of_a_data_set_that_is_named(ledger, what, printed, verdict):
    tie = {"is": "known size", "set": "FER-2013", "what": what}
    (finding,) = public_datasets.check(ledger(count("n", printed, relations=[tie])))
    assert finding.verdict == verdict, finding.how


def test_the_classes_of_a_known_set_add_up():
    for sizes in public_datasets.SETS.values():
        classes = [sizes[name] for name in ("angry", "disgust", "fear", "happy", "neutral", "sad")]
        assert sum(classes) + sizes["surprise"] == sizes["images"]
