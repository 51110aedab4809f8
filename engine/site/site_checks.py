"""Check the rendered site; each check returns one line for each problem.

Sphinx exits 0 although a notebook on a page crashed, and checks neither alternative texts nor
requests to the network, so the rendered pages are read here. The outputs of a page are also checked
before they are stored: `engine.jobs.output_checks`.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
from bs4 import BeautifulSoup

from engine.jobs import output_checks, page_table
from engine.jobs.output_checks import FETCHED, REMOTE_IN_CSS, fetches, remote_problems
from engine.site import claim_verdicts
from engine.store import paths


def notebook_problems(folder: Path) -> list[str]:
    """Return what is wrong with the outputs of the executed notebooks in a folder."""
    return [
        f"{path.relative_to(folder).with_suffix('')}, code cell {problem.cell}: {problem.what}"
        for path in sorted(folder.rglob("*.ipynb"))
        for problem in output_checks.problems(nbformat.read(path, as_version=4))
    ]


def title_problems(soup: BeautifulSoup) -> list[str]:
    """Return a missing title, a missing or a second H1."""
    found = []
    if soup.title is None or not soup.title.get_text(strip=True):
        found.append("no title")
    count = len(soup.select("article h1"))
    if count != 1:
        found.append(f"{count} headings of level 1 instead of one")
    return found


def output_problems(soup: BeautifulSoup) -> list[str]:
    """Return tracebacks and error streams that reached the page."""
    found = []
    if soup.select(".output.traceback, .traceback"):
        found.append("a traceback")
    if soup.select(".output.stderr"):
        found.append("output on stderr")
    if soup.select(".system-message, .problematic"):
        found.append("a Sphinx system message")
    return found


def image_problems(soup: BeautifulSoup) -> list[str]:
    """Return figures whose alternative text is missing, shared, the title or a file name."""
    found, seen = [], defaultdict(set)
    titles = {node.get_text(" ", strip=True).rstrip("# ") for node in soup.select("title, h1")}
    titles |= {part.strip() for title in titles for part in re.split(r"[—–|]", title)}
    for image in soup.select("article img"):
        source = image.get("src", "")
        alt = (image.get("alt") or "").strip()
        problem = output_checks.alt_problem(image)
        if problem:
            found.append(problem)
        if alt in titles:
            found.append(f"alt text equals the title of the page: {source}")
        if alt:
            seen[alt].add(source)
    for alt, sources in seen.items():
        if len(sources) > 1:
            found.append(f"{len(sources)} figures share the alt text {alt[:60]!r}")
    return found


class Site:
    """The rendered files, each page parsed once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.pages = {
            path.resolve(): BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
            for path in sorted(folder.rglob("*.html"))
            if "_static" not in path.parts
        }
        self.anchors = {
            path: {node["id"] for node in soup.find_all(id=True)}
            | {node["name"] for node in soup.find_all("a", attrs={"name": True})}
            for path, soup in self.pages.items()
        }

    def link_problems(self, page: Path) -> list[str]:
        """Return links and sources of a page that lead to no file, or to no place in it."""
        found = []
        soup = self.pages[page]
        addresses = {node["href"] for node in soup.find_all("a", href=True)}
        for node in soup.find_all(list(FETCHED)):
            addresses |= set(fetches(node))
        for address in sorted(addresses):
            parts = urlsplit(address)
            if parts.scheme or address.startswith("//"):
                continue
            target = page if not parts.path else (page.parent / unquote(parts.path)).resolve()
            if not target.is_relative_to(self.folder) or not target.is_file():
                found.append(f"broken link {address}")
            elif parts.fragment and target in self.anchors:
                known = self.anchors[target]
                if unquote(parts.fragment) not in known and parts.fragment not in known:
                    found.append(f"broken link {address}: no such place on that page")
        return found


def site_problems(folder: Path, expected: list[str]) -> list[str]:
    """Return what is wrong with a rendered site; ``expected`` pages must all be there."""
    found = [
        f"{name}: page missing" for name in expected if not (folder / f"{name}.html").is_file()
    ]
    site = Site(folder)
    content = {(folder / f"{name}.html").resolve() for name in expected}
    for page, soup in site.pages.items():
        problems = remote_problems(soup) + site.link_problems(page)
        if page in content:
            problems += title_problems(soup) + output_problems(soup) + image_problems(soup)
        name = page.relative_to(site.folder).with_suffix("")
        found += [f"{name}: {problem}" for problem in problems]
    by_name = {str(page.relative_to(site.folder)): soup for page, soup in site.pages.items()}
    found += claim_verdicts.problems(by_name)
    for style in sorted(folder.rglob("*.css")):
        hits = REMOTE_IN_CSS.findall(style.read_text(encoding="utf-8", errors="replace"))
        found += [f"{style.relative_to(folder)}: fetches {hit[0] or hit[2]}" for hit in hits]
    return found


def main() -> int:
    """Check the site that is in the build folder now."""
    build = paths.build()
    found = notebook_problems(build / "book" / "notebooks")
    found += site_problems(build / "html", page_table.pages_in_toc(build / "book" / "_toc.yml"))
    for line in found:
        print(f"error: {line}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
