"""Check the outputs of an executed notebook for what no page may show.

So a page is checked before it is stored (`engine.jobs.run_job`), and the gate
(`engine.site.site_checks`) checks the staged pages by the same code. What only the rendered site
can tell is the gate's own: links, titles, alternative texts that stand in a notebook's prose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from nbformat import NotebookNode

from engine.jobs import notebook_cells
from engine.page import opening

# What a progress bar or a forgotten last expression leaves behind.
DEBRIS = (
    (re.compile(r"\d+%\|"), "a progress bar"),
    (re.compile(r"\d(it|s)/(s|it)\b"), "a progress bar"),
    (re.compile(r"Traceback \(most recent call last\)"), "a traceback"),
    (re.compile(r"\b\w*Warning: "), "a warning"),
    (re.compile(r"^\[?<[\w.]+( object)? at 0x[0-9a-f]+>", re.MULTILINE), "an object's address"),
    (re.compile(r"^<(Figure size|Axes|matplotlib)", re.MULTILINE), "a figure's repr"),
    (re.compile("\r"), "a carriage return"),
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
# Only HTML with one of these tags is worth parsing; most of it is large tables.
CHECKED_TAGS = re.compile(rf"<({'|'.join([*FETCHED, 'style', 'h1'])})\b", re.IGNORECASE)
FROM_STDERR = "mend what wrote it, in the code or on this machine"
TO_ANSWER = "call its answer(...) at the end of the page"
FROM_CODE = "change the code of the cell"


@dataclass(frozen=True)
class Problem:
    """An output that no page may show.

    Attributes
    ----------
    cell : int
        Which code cell it belongs to, counted from 1.
    line : str
        The first line of that cell.
    what, cure : str
        What is wrong with it, and what to do about it.
    text : str
        What was printed, in full; "" if it is not text.
    """

    cell: int
    line: str
    what: str
    cure: str
    text: str = ""


def first_line(cell: NotebookNode) -> str:
    """Return the first line of a cell's code, cut to 70 characters."""
    return next((line for line in cell.source.splitlines() if line.strip()), "")[:70]


def own_cells(book: NotebookNode) -> list[NotebookNode]:
    """Return the code cells that the notebook itself has, without papermill's parameters."""
    tag = "injected-parameters"
    return [
        cell for cell in notebook_cells.code_cells(book) if tag not in cell.metadata.get("tags", [])
    ]


def problems(book: NotebookNode) -> list[Problem]:
    """Return what is wrong with the outputs of an executed notebook, in order."""
    return [
        Problem(number, first_line(cell), *found, output.get("text", ""))
        for number, cell in enumerate(own_cells(book), start=1)
        for output in cell.get("outputs", [])
        for found in of_output(output)
    ]


def of_output(output: NotebookNode) -> list[tuple[str, str]]:
    """Return the problems of one output, each with its cure."""
    if output.output_type == "error":
        return [(f"a traceback ({output.ename}: {output.evalue})", FROM_CODE)]
    if output.output_type == "stream" and output.name == "stderr":
        return [(f"output on stderr ({output.text.strip()[:120]!r})", FROM_STDERR)]
    shown = output.get("data", {})
    if opening.MIME in shown and not shown[opening.MIME]["answer"]:
        return [(f"a question without an answer ({shown[opening.MIME]['question']!r})", TO_ANSWER)]
    if "text/html" in shown:
        return [(what, FROM_CODE) for what in html_problems(shown["text/html"])]
    if "image/png" in shown:
        return []
    text = output.get("text") or shown.get("text/plain", "")
    return [
        (f"{name} in the output ({text.strip()[:80]!r})", FROM_CODE)
        for pattern, name in DEBRIS
        if pattern.search(text)
    ]


def html_problems(html: str) -> list[str]:
    """Return the problems in the HTML of an output."""
    if not CHECKED_TAGS.search(html):
        return []
    soup = BeautifulSoup(html, "html.parser")
    found = [problem for image in soup.select("img") if (problem := alt_problem(image))]
    if soup.select("h1"):
        found.append("a heading of level 1, which only the title of a page is")
    return found + remote_problems(soup)


def alt_problem(image: Tag) -> str:
    """Return what is wrong with the alternative text of an image by itself, or ""."""
    source = image.get("src", "")[:80]
    alt = (image.get("alt") or "").strip()
    if not alt:
        return f"no alt text: {source}"
    if alt.endswith((".png", ".jpg", ".jpeg", ".svg")) or alt.startswith("../_images"):
        return f"alt text is a file name: {source}"
    return ""


def fetches(node: Tag) -> list[str]:
    """Return the addresses that a tag makes the browser fetch without being asked."""
    if node.name == "link" and not FETCHING_LINKS & set(node.get("rel", [])):
        return []
    found = [node.get(FETCHED[node.name])]
    found += [part.split()[0] for part in (node.get("srcset") or "").split(",") if part.strip()]
    return [address for address in found if address]


def remote_problems(soup: BeautifulSoup) -> list[str]:
    """Return the addresses that HTML would fetch from the network."""
    found = []
    for node in soup.find_all(list(FETCHED)):
        found += [f"fetches {address}" for address in fetches(node) if REMOTE.match(address)]
    for node in soup.find_all("script"):
        if not node.get("src"):
            found += [f"script names {url}" for url in REMOTE_IN_SCRIPT.findall(node.get_text())]
    for node in soup.find_all("style"):
        found += [f"style fetches {hit[0]}" for hit in REMOTE_IN_CSS.findall(node.get_text())]
    return found
