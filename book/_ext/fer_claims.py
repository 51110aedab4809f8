"""Sphinx roles that bind numbers in prose: ``{claim}`` to the ledger, ``{literal}`` to a reason.

``{claim}`paper/table5.angry.f1` `` shows what is printed there and leads to its row of the
ledger. ``{literal}`96 pixels <the side of our images>` `` shows the words; the reason is a tooltip.
"""

from __future__ import annotations

import html
from functools import cache

from docutils import nodes
from docutils.parsers.rst.states import Inliner
from sphinx.util.nodes import split_explicit_title

from claimcheck import Claim, LedgerError
from fer_lib.evaluation import ledgers

LEDGER = "book/ledger"  # the page, from the root of the site


@cache
def ledger(key: str) -> dict[str, Claim]:
    """Return a paper's ledger, read once."""
    return ledgers.load(key)


def error(inliner: Inliner, rawtext: str, line: int, message: str) -> tuple[list, list]:
    """Return what docutils shows, and reports, of a role that cannot be rendered."""
    told = inliner.reporter.error(message, line=line)
    return [inliner.problematic(rawtext, rawtext, told)], [told]


def claim_role(name, rawtext, text, lineno, inliner, options=None, content=None):
    """Show what a claim prints, with a link to its row of the ledger."""
    key, _, of = text.partition("/")
    try:
        claim = ledger(key)[of]
    except (LedgerError, KeyError):
        return error(inliner, rawtext, lineno, f"there is no claim {text!r}: write paper/claim.id")
    page = inliner.document.settings.env.docname
    up = "../" * page.count("/")
    link = nodes.raw(
        rawtext,
        f'<a class="claim" href="{up}{LEDGER}.html#{html.escape(claim.name)}" '
        f'title="{html.escape(claim.title)}">{html.escape(claim.shown)}</a>',
        format="html",
    )
    return [link], []


def literal_role(name, rawtext, text, lineno, inliner, options=None, content=None):
    """Show words with a number that no claim and no run holds; the reason is a tooltip."""
    explicit, words, reason = split_explicit_title(text)
    if not explicit or not reason.strip():
        return error(inliner, rawtext, lineno, f"{text!r} has no reason: write `words <reason>`")
    shown = (
        f'<span class="literal-number" title="{html.escape(reason)}">{html.escape(words)}</span>'
    )
    return [nodes.raw(rawtext, shown, format="html")], []


def setup(app) -> dict:
    """Register with Sphinx."""
    app.add_role("claim", claim_role)
    app.add_role("literal", literal_role, override=True)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
