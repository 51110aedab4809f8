"""What the workflow publishes: profile book from main, with links to its repository."""

from __future__ import annotations

import re

import pytest
import yaml

from engine.store import paths

TEXT = (paths.root() / ".github" / "workflows" / "book.yml").read_text()
JOBS = yaml.safe_load(TEXT)["jobs"]
STEPS = JOBS["build"]["steps"]
MAIN = "refs/heads/main"


def step(word: str) -> dict:
    """Return the one step of the build that runs or uses something."""
    (found,) = (one for one in STEPS if word in one.get("run", "") + one.get("uses", ""))
    return found


def chosen(ref: str) -> str:
    """Return the profile of a build of a branch or a pull request."""
    asked = r"\$\{\{ github\.ref == '(\S+)' && '(\S+)' \|\| '(\S+)' \}\}"
    branch, there, elsewhere = re.fullmatch(asked, JOBS["build"]["env"]["PROFILE"]).groups()
    return there if ref == branch else elsewhere


@pytest.mark.parametrize(
    ("ref", "profile"),
    [(MAIN, "book"), ("refs/heads/another", "smoke"), ("refs/pull/7/merge", "smoke")],
)
def test_main_is_built_in_profile_book_and_the_rest_in_smoke(ref, profile):
    assert chosen(ref) == profile
    # The setting is make's own, and nothing says another.
    assert not [one for one in STEPS if "PROFILE=" in one.get("run", "")]
    assert step("make book")["run"] == "make book"


def test_only_what_main_built_is_published():
    """Without faults: a step that does not say `always()` is left out after one that failed."""
    assert step("upload-pages-artifact")["if"] == f"github.ref == '{MAIN}'"
    assert JOBS["publish"]["if"] == f"github.ref == '{MAIN}'"
    assert set(JOBS["publish"]["needs"]) == {"build", "test"}
    assert TEXT.count("deploy-pages") == 1
    others = [name for name, job in JOBS.items() if "pages-artifact" in str(job)]
    assert others == ["build"]


def test_the_site_leads_to_its_repository_and_the_tests_know_of_none():
    repository = "${{ github.server_url }}/${{ github.repository }}"
    assert step("make book")["env"] == {"REPOSITORY": repository}
    assert "REPOSITORY" not in str(JOBS["test"])
    assert "PROFILE" not in str(JOBS["test"])


def test_each_profile_goes_on_from_its_own_store():
    kept, found = step("cache/save")["with"], step("cache/restore")["with"]
    assert kept == {"path": "store", "key": "store-${{ env.PROFILE }}-${{ github.sha }}"}
    assert found["key"] == kept["key"]
    assert found["restore-keys"] == "store-${{ env.PROFILE }}-"
