"""With REPOSITORY the site leads to it; without, it names no host."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup

from engine import build
from engine.jobs import check
from engine.site import assemble_book, claim_verdicts, ledger_page
from engine.store import paths

REPOSITORY = "https://example.org/me/book"
CONFIG = (paths.root() / "_config.yml").read_text()


def test_buttons_lead_to_the_repository_and_to_a_machine_made_from_it():
    before = yaml.safe_load(CONFIG)
    config = assemble_book.linked(before, REPOSITORY)
    assert config["repository"] == {"url": REPOSITORY, "branch": "main", "path_to_book": ""}
    assert config["html"]["use_repository_button"]
    assert config["html"]["use_issues_button"]
    assert config["launch_buttons"]["binderhub_url"].startswith("https://")
    assert (paths.root() / "environment.yml").exists()
    # And nothing else is another.
    own = ("repository", "html", "launch_buttons")
    assert {k: v for k, v in config.items() if k not in own} == {
        k: v for k, v in before.items() if k not in own
    }
    assert config["html"]["extra_footer"] == before["html"]["extra_footer"]


def test_without_one_the_configuration_names_no_host():
    config = yaml.safe_load(CONFIG)
    assert "://" not in CONFIG
    assert "repository" not in config
    assert not config["html"]["use_repository_button"]
    assert not config["html"]["use_issues_button"]
    assert not config["launch_buttons"]["binderhub_url"]


def ledger(repository: str = "") -> BeautifulSoup:
    """Return the rendered ledger of the first paper."""
    key, of = next(iter(ledger_page.ledgers().items()))
    found = ledger_page.audited({key: of}, [])
    verdicts = claim_verdicts.of(ledger_page.standings(found), [])
    return BeautifulSoup(ledger_page.whole(found, [], verdicts, repository), "html.parser")


def test_each_claim_can_be_discussed_by_its_id():
    page = ledger(REPOSITORY)
    rows = page.select("tbody[id]")
    assert len(rows) > 100
    for row in rows:
        (link,) = row.select('a[href*="/issues/new"]')
        parts = urlsplit(link["href"])
        words = parse_qs(parts.query)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{REPOSITORY}/issues/new"
        assert words["title"] == [f"Claim {row['id']}"]
        assert words["body"][0].startswith(f"{row['id']}\n")
        assert link.get_text() == "Discuss this claim"


def test_without_one_no_claim_leads_anywhere_outside():
    assert not ledger().select('a[href*="://"]')


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", ""),
        ("https://example.org/me/book", REPOSITORY),
        ("https://example.org/me/book/", REPOSITORY),
        ("example.org/me/book", None),
        ("https://example.org", None),
        ("https://example.org/me/book'; rm -rf x", None),
        ('https://example.org/me/"><script>', None),
    ],
)
def test_an_address_is_one_or_is_refused(monkeypatch, given, kept):
    settings = check.Asked(None, 1, 60)
    monkeypatch.setattr(build.check, "of_arguments", lambda args: settings)
    monkeypatch.setattr(build.pairs, "main", lambda argv: 0)
    args = SimpleNamespace(jobs="1", repository=given)
    if kept is None:
        with pytest.raises(check.InputError, match=r"REPOSITORY=.*give its address, such as"):
            build.asked_of(args)
    else:
        assert build.asked_of(args).repository == kept
