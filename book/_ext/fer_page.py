"""Sphinx extension of this book: MathJax from disk, and pages for screen readers.

``sphinx-mathjax-offline`` brings the files (MathJax 3.2.2, Apache-2.0) but copies all 24 MB of
them; a page needs one script and its fonts, about 2 MB.
"""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

from bs4 import BeautifulSoup

MATHJAX = "mathjax"
PARTS = ("tex-chtml.js", "output/chtml/fonts")
# The summaries under search results are fetched, which browsers refuse for pages opened as files.
NO_SUMMARY_FROM_FILES = (
    "if (location.protocol === 'file:') { DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false; }"
)


def mathjax_folder() -> Path:
    """Return where the installed package keeps MathJax."""
    found = importlib.util.find_spec("sphinx-mathjax-offline")
    if found is None or found.origin is None:
        raise RuntimeError("sphinx-mathjax-offline is not installed: run `make book` once")
    return Path(found.origin).parent / "static" / MATHJAX


def use_local_mathjax(app, config) -> None:
    """Point Sphinx at the copied script."""
    config.mathjax_path = f"{MATHJAX}/tex-chtml.js"


def copy_mathjax(app, exception) -> None:
    """Copy the needed parts of MathJax into the static files of the site."""
    if exception is not None or app.builder.format != "html":
        return
    target = Path(app.outdir) / "_static" / MATHJAX
    for part in PARTS:
        origin = mathjax_folder() / part
        goal = target / part
        goal.parent.mkdir(parents=True, exist_ok=True)
        if origin.is_dir():
            shutil.copytree(origin, goal, dirs_exist_ok=True)
        else:
            shutil.copy(origin, goal)


def describe_page(app, pagename, templatename, context, doctree) -> None:
    """Give the browser the switch that keeps search working on pages opened as files."""
    app.add_js_file(None, body=NO_SUMMARY_FROM_FILES, priority=900)


def mend_page(soup: BeautifulSoup) -> None:
    """Mend what themes, docutils and pandas write and accessibility rules refuse."""
    # The corner above a table's index heads nothing.
    for head in soup.select("article th"):
        if not head.get_text(strip=True) and not head.find("img"):
            head.name = "td"
            del head["scope"]
    # The book's name stands outside the navigation, so in no landmark.
    sidebar = soup.find(id="pst-primary-sidebar")
    if sidebar is not None and not sidebar.get("role"):
        sidebar["role"] = "region"
        sidebar["aria-label"] = "Book"
    # A browser would show a notebook, which is JSON, in a tab of its own.
    for link in soup.select('a.btn-download-source-button, a[href$=".ipynb"]:not([href*="://"])'):
        link["download"] = link["href"].rpartition("/")[2]
        del link["target"]
    # Roles that were withdrawn from ARIA, in lists that hold more than list items.
    for node in soup.select("[role=doc-biblioentry], .citation-list[role=list]"):
        del node["role"]


def mend_pages(app, exception) -> None:
    """Mend every rendered page in place."""
    if exception is not None or app.builder.format != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        if "_static" not in path.parts:
            soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
            mend_page(soup)
            path.write_text(str(soup), encoding="utf-8")


def setup(app) -> dict:
    """Register with Sphinx."""
    # Jupyter Book sets this for sphinx-comments, which this book does not load.
    app.add_config_value("comments_config", {}, "html")
    app.connect("config-inited", use_local_mathjax, priority=900)
    app.connect("html-page-context", describe_page)
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", mend_pages)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
