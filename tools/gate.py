"""The gate: what a page must not have. Each check returns one line a problem.

Sphinx exits 0 with a crashed notebook on a page, and knows nothing of alternative text or of
requests to the network; so the rendered pages themselves are read here.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import yaml
from bs4 import BeautifulSoup, Tag

from fer_lib import paths

# What a progress bar or a forgotten last expression leaves behind.
DEBRIS = (
    (re.compile(r"\d+%\|"), "a progress bar"),
    (re.compile(r"\d(it|s)/(s|it)\b"), "a progress bar"),
    (re.compile(r"Traceback \(most recent call last\)"), "a traceback"),
    (re.compile(r"\b\w*Warning: "), "a warning"),
    (re.compile(r"^\[?<[\w.]+( object)? at 0x[0-9a-f]+>", re.MULTILINE), "an object's address"),
    (re.compile(r"^<(Figure size|Axes|matplotlib)", re.MULTILINE), "a figure's repr"),
)
# Attributes through which a page fetches something by itself.
FETCHED = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
    "object": "data",
    "link": "href",
}
FETCHING_LINKS = {"stylesheet", "icon", "preload", "preconnect", "dns-prefetch", "modulepreload"}
REMOTE = re.compile(r"^(https?:)?//")
REMOTE_IN_CSS = re.compile(
    r"url\(\s*['\"]?((https?:)?//[^)'\"]+)|@import\s+['\"]((https?:)?//[^'\"]+)"
)
REMOTE_IN_SCRIPT = re.compile(r"https?://[\w./@-]+\.(?:js|mjs|css|json|woff2?)\b")


def notebook_problems(folder: Path) -> list[str]:
    """Return tracebacks, error streams and debris among the outputs of executed notebooks."""
    found = []
    for path in sorted(folder.glob("*.ipynb")):
        book = nbformat.read(path, as_version=4)
        for number, cell in enumerate(book.cells):
            for output in cell.get("outputs", []):
                where = f"{path.stem}, cell {number}"
                if output.output_type == "error":
                    found.append(f"{where}: a traceback ({output.ename}: {output.evalue})")
                    continue
                if output.output_type == "stream" and output.name == "stderr":
                    found.append(f"{where}: output on stderr ({output.text.strip()[:120]!r})")
                    continue
                if "text/html" in output.get("data", {}) or "image/png" in output.get("data", {}):
                    continue
                text = output.get("text") or output.get("data", {}).get("text/plain", "")
                for pattern, name in DEBRIS:
                    if pattern.search(text):
                        found.append(f"{where}: {name} in the output ({text.strip()[:80]!r})")
                if "\r" in text:
                    found.append(f"{where}: a carriage return in the output")
    return found


def pages_in_toc(toc: Path) -> list[str]:
    """Return the pages that ``_toc.yml`` names, as paths without suffix."""
    pages = []

    def walk(node) -> None:
        if isinstance(node, list):
            for item in node:
                walk(item)
        elif isinstance(node, dict):
            for key, value in node.items():
                if key in ("root", "file"):
                    pages.append(value)
                else:
                    walk(value)

    walk(yaml.safe_load(toc.read_text()))
    return pages


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
        if not alt:
            found.append(f"no alt text: {source}")
            continue
        if alt in titles:
            found.append(f"alt text equals the title of the page: {source}")
        if alt.endswith((".png", ".jpg", ".jpeg", ".svg")) or alt.startswith("../_images"):
            found.append(f"alt text is a file name: {source}")
        seen[alt].add(source)
    for alt, sources in seen.items():
        if len(sources) > 1:
            found.append(f"{len(sources)} figures share the alt text {alt[:60]!r}")
    return found


def fetches(node: Tag) -> list[str]:
    """Return the addresses that a tag makes the browser fetch without being asked."""
    if node.name == "link" and not FETCHING_LINKS & set(node.get("rel", [])):
        return []
    found = [node.get(FETCHED[node.name])]
    found += [part.split()[0] for part in (node.get("srcset") or "").split(",") if part.strip()]
    return [address for address in found if address]


def remote_problems(soup: BeautifulSoup) -> list[str]:
    """Return what the page would fetch from the network."""
    found = []
    for node in soup.find_all(list(FETCHED)):
        found += [f"fetches {address}" for address in fetches(node) if REMOTE.match(address)]
    for node in soup.find_all("script"):
        if not node.get("src"):
            found += [f"script names {url}" for url in REMOTE_IN_SCRIPT.findall(node.get_text())]
    for node in soup.find_all("style"):
        found += [f"style fetches {hit[0]}" for hit in REMOTE_IN_CSS.findall(node.get_text())]
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
    for style in sorted(folder.rglob("*.css")):
        hits = REMOTE_IN_CSS.findall(style.read_text(encoding="utf-8", errors="replace"))
        found += [f"{style.relative_to(folder)}: fetches {hit[0] or hit[2]}" for hit in hits]
    return found


def main() -> int:
    """Check the site that is in the build folder now."""
    build = paths.build()
    found = notebook_problems(build / "book" / "notebooks")
    found += site_problems(build / "html", pages_in_toc(build / "book" / "_toc.yml"))
    for line in found:
        print(f"error: {line}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
