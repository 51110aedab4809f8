"""What is read of installed packages in a hurry is what Python's own functions say of them."""

from __future__ import annotations

import sys
from importlib import metadata

from packaging.requirements import Requirement

from engine.store import lockfile

EVERY = {lockfile.canonical(one.metadata["Name"]) for one in metadata.distributions()}


def slowly_required(package: str) -> set[str]:
    """Return what a package requires, each line parsed."""
    parsed = map(Requirement, metadata.requires(package) or [])
    return {
        lockfile.canonical(one.name)
        for one in parsed
        if one.marker is None or one.marker.evaluate({"extra": ""})
    }


def test_packages_are_found_behind_the_names_that_are_imported():
    slow = {
        top: {lockfile.canonical(name) for name in names}
        for top, names in metadata.packages_distributions().items()
    }
    assert {"yaml", "sklearn", "numpy"} <= slow.keys()
    for top in slow.keys() - sys.stdlib_module_names:
        quick = lockfile.distributions([f"{top}.part"])
        # Later Pythons also name folders without a Python file, which nobody imports.
        assert quick == slow[top] if sys.version_info < (3, 12) else quick <= slow[top]
    assert lockfile.distributions(["yaml.nodes", "os.path", "sklearn"]) == {
        "pyyaml",
        "scikit-learn",
    }


def test_what_a_package_requires_is_what_pip_would_install():
    assert len(EVERY) > 50
    for package in EVERY:
        named = set(lockfile.LOADED_BY_NAME.get(package, ()))
        assert lockfile.required([package]) >= slowly_required(package) | named
        assert lockfile._requires(package) == slowly_required(package) | named
    assert lockfile.required(["no-such-package"]) == {"no-such-package"}


def test_a_line_for_an_extra_or_for_something_else_counts(monkeypatch):
    lines = [
        'for_both; python_version > "3" or extra == "all"',
        "for_extra; extra == 'all'",
        'for_old; python_version < "3"',
        "Always.There>=1",
    ]
    monkeypatch.setattr(lockfile, "_installed", lambda: {"one": [({"one"}, lines)]})
    assert lockfile._requires.__wrapped__("one") == {"for-both", "always-there"}
