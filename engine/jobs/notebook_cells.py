"""The code cells of a notebook, as they are executed, without its prose."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from engine.store import keys

# Tags that change what execution does; the others change only how the page looks.
EXECUTED_TAGS = {"parameters", "raises-exception", "skip-execution"}


def code_cells(book: NotebookNode) -> list[NotebookNode]:
    """Return the code cells of a notebook."""
    return [cell for cell in book.cells if cell.cell_type == "code"]


def joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return outputs, neighbouring pieces of printed text joined: where it was cut is chance."""
    found: list[NotebookNode] = []
    for output in outputs:
        last = found[-1] if found else {}
        if output.output_type == "stream" and last.get("name") == output.name:
            last.text += output.text
        else:
            found.append(output)
    return found


def number_cells(book: NotebookNode) -> None:
    """Name the cells ``code-00``, ... and ``text-00``, ..., each kind counted by itself.

    A new paragraph then leaves the names of the code cells, and so their outputs, where they are.
    """
    counts = {"code": 0, "text": 0}
    for cell in book.cells:
        kind = "code" if cell.cell_type == "code" else "text"
        cell["id"] = f"{kind}-{counts[kind]:02d}"
        counts[kind] += 1


def executed_tags(cell: NotebookNode) -> list[str]:
    """Return those tags of a cell that change what execution does."""
    return sorted(EXECUTED_TAGS & set(cell.metadata.get("tags", [])))


def without_prose(source: Path) -> NotebookNode:
    """Return the notebook at ``source`` with its code cells only, as it is executed."""
    book = nbformat.read(source, as_version=4)
    book.cells = code_cells(book)
    for cell in book.cells:
        cell.metadata = NotebookNode(tags=executed_tags(cell))
    return book


def hashes(book: NotebookNode) -> dict[str, str]:
    """Return the hash of each code cell by its id: its source and the tags that count."""
    return {
        cell["id"]: keys.sha256(f"{executed_tags(cell)}\n{cell.source}".encode())
        for cell in code_cells(book)
    }


def imported(sources: Iterable[str]) -> set[str]:
    """Return the names that pieces of code import: modules, and what is taken from modules."""
    found: set[str] = set()
    for source in sources:
        if "import" not in source:
            continue  # to parse it takes a hundred times as long
        try:
            parsed = ast.parse(source)
        except SyntaxError:
            continue  # its execution reports that, and an import that went unseen
        for node in ast.walk(parsed):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def imports(book: NotebookNode, library: keys.Library) -> list[str]:
    """Return the modules of ours that the code cells import."""
    names = imported(cell.source for cell in code_cells(book))
    return sorted(name for name in names if library.has(name))
