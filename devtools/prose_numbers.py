"""Find numbers in a page's prose that are bound neither to a claim nor to a reason.

A number typed into prose is one that nothing checks. Allowed are roles (``{claim}``, ``{literal}``
with its reason, citations), code, formulas, addresses, and references to places: Table 5.
"""

from __future__ import annotations

import re
from pathlib import Path

import nbformat

PLACE = r"(?:section|table|figure|equation|article|page|step)"
NUMBER = r"\(?\d+(?:[-.]\d+)*\)?(?:\([a-z0-9]\))*"
# What is taken out before numerals are looked for, in this order.
ALLOWED = (
    # Of fenced blocks only what is no prose.
    re.compile(r"^(```+)(?:\w*|\{(?:raw|code|code-block|math)\}[^\n]*)\n.*?^\1", re.DOTALL | re.M),
    re.compile(r"\$\$.*?\$\$", re.DOTALL),
    re.compile(r"\$[^$]+\$"),
    re.compile(r"\{[a-z:]+\}`[^`]*`"),
    re.compile(r"(?<!`)`(?!`)[^`]+`(?!`)"),
    re.compile(r"\]\([^)]*\)"),
    re.compile(r"</?[a-zA-Z!][^>]*>"),
    re.compile(rf"\b{PLACE}s\s+{NUMBER}(?:(?:\s*[,;–]\s*|\s+(?:to|and|or)\s+){NUMBER})*", re.I),
    re.compile(rf"\b{PLACE}\s+{NUMBER}", re.I),
    # The number of an item of a list.
    re.compile(r"^ *\d+\. ", re.MULTILINE),
    # The head of a row or of an item that stands for one place of the paper.
    re.compile(rf"^(?:\|\s*|- )\*\*{NUMBER}\*\*", re.MULTILINE),
)
NUMERAL = re.compile(r"(?<![\w.])(?<!\w-)[+\-−]?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?![\w])")


def prose(path: Path) -> list[tuple[str, str]]:
    """Return the pieces of text of a page with their names: each Markdown cell, or the file."""
    if path.suffix != ".ipynb":
        return [(path.stem, path.read_text(encoding="utf-8"))]
    book = nbformat.read(path, as_version=4)
    return [
        (f"{path.stem}, {cell['id']}", cell.source)
        for cell in book.cells
        if cell.cell_type == "markdown"
    ]


def unbound(text: str) -> list[str]:
    """Return the numerals of some Markdown that nothing binds, each with the words around it."""
    for pattern in ALLOWED:
        text = pattern.sub(lambda hit: "\n" * hit[0].count("\n") or " ", text)
    found = []
    for hit in NUMERAL.finditer(text):
        line = text[text.rfind("\n", 0, hit.start()) + 1 :].partition("\n")[0]
        found.append(f"{hit[0]} in {' '.join(line.split())[:80]!r}")
    return found


def problems(paths: list[Path]) -> list[str]:
    """Return one line for each numeral that nothing binds."""
    return [
        f"{name}: {one}" for path in paths for name, text in prose(path) for one in unbound(text)
    ]
