"""Roles bind numbers in prose: to a claim that exists, or to a reason."""

import importlib.util

import pytest
from bs4 import BeautifulSoup
from docutils import nodes, utils
from docutils.parsers.rst.states import Inliner

from engine.store import paths

SPEC = importlib.util.spec_from_file_location(
    "fer_claims", paths.root() / "book" / "_ext" / "fer_claims.py"
)
ROLES = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(ROLES)


@pytest.fixture
def inliner():
    made = Inliner()
    made.document = utils.new_document("page")
    made.document.settings.env = type("Env", (), {"docname": "notebooks/diya2026/audit"})
    made.document.settings.report_level = 5
    made.parent, made.reporter = nodes.paragraph(), made.document.reporter
    made.reporter.report_level = 5
    return made


def rendered(role, text, inliner):
    shown, messages = role("", f"`{text}`", text, 1, inliner)
    return shown[0], messages


def test_a_claim_shows_what_is_printed_and_leads_to_its_row(inliner):
    node, messages = rendered(ROLES.claim_role, "diya2026/authenticity.ap", inliner)
    link = BeautifulSoup(node.astext(), "html.parser").a
    assert link.get_text() == "0.97"
    assert link["href"] == "../../book/ledger.html#diya2026/authenticity.ap"
    assert not messages


@pytest.mark.parametrize("text", ["diya2026/none.such", "nobody2026/a", "authenticity.ap"])
def test_an_unknown_claim_is_an_error(inliner, text):
    node, messages = rendered(ROLES.claim_role, text, inliner)
    assert isinstance(node, nodes.problematic)
    assert "write paper/claim.id" in messages[0].astext()


def test_a_literal_has_a_reason_and_is_escaped(inliner):
    node, _ = rendered(ROLES.literal_role, '3 < 4 <a "rule" & more>', inliner)
    span = BeautifulSoup(node.astext(), "html.parser").span
    assert span.get_text() == "3 < 4"
    assert span["title"] == 'a "rule" & more'
    node, messages = rendered(ROLES.literal_role, "96 pixels", inliner)
    assert isinstance(node, nodes.problematic)
    assert "no reason" in messages[0].astext()
