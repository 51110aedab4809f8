"""The examples in docstrings give what they say they give."""

import doctest
import importlib
import pkgutil

import pytest

import claimcheck
from claimcheck import checks

MODULES = sorted(found.name for found in pkgutil.walk_packages(claimcheck.__path__, "claimcheck."))
# What a reader calls; each shows by an example what it returns.
ENTRY_POINTS = [
    ("claimcheck.claim", "Claim"),
    ("claimcheck.claim_status", "of"),
    ("claimcheck.cli", "audit"),
    ("claimcheck.cli", "main"),
    ("claimcheck.ledger", "parse"),
    *(
        (f"claimcheck.checks.{found.name}", "check")
        for found in pkgutil.iter_modules(checks.__path__)
    ),
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_a_module(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize(("module", "function"), ENTRY_POINTS)
def test_an_entry_point_has_an_example(module, function):
    (found,) = doctest.DocTestFinder(recurse=False).find(
        getattr(importlib.import_module(module), function)
    )
    assert found.examples
