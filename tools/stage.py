"""Lay out ``_build/book``: prose, configuration and executed notebooks, as in the checkout.

The folder is made from nothing each time, with the same layout as the checkout, so that a link
which works in Jupyter works on the page.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat

from fer_lib import paths
from tools import graph

PROMPTS = {"code_prompt_show": "Show the parameters in force", "code_prompt_hide": "Hide"}


def tagged(book: nbformat.NotebookNode, tag: str) -> int | None:
    """Return the number of the first cell with ``tag``, or None."""
    for number, cell in enumerate(book.cells):
        if tag in cell.metadata.get("tags", []):
            return number
    return None


def show_parameters_in_force(book: nbformat.NotebookNode) -> None:
    """Fold what papermill injected into the parameters cell, collapsed on the page.

    Otherwise the page would show two cells, the first with defaults that were not in force.
    """
    defaults, injected = tagged(book, "parameters"), tagged(book, "injected-parameters")
    if defaults is None:
        return
    cell = book.cells[defaults]
    cell.metadata["tags"] = sorted({*cell.metadata["tags"], "hide-cell"})
    cell.metadata["mystnb"] = PROMPTS
    if injected is not None:
        for line in book.cells[injected].source.splitlines():
            name, equals, _ = line.partition(" = ")
            pattern = re.compile(rf"^{re.escape(name)} = .*$", re.MULTILINE)
            if equals and name.isidentifier() and pattern.search(cell.source):
                cell.source = pattern.sub(lambda _, line=line: line, cell.source)
        del book.cells[injected]


def join_streams(book: nbformat.NotebookNode) -> None:
    """Join neighbouring stdout pieces of a cell into one box."""
    for cell in book.cells:
        joined = []
        for output in cell.get("outputs", []):
            last = joined[-1] if joined else None
            streams = last is not None and last.output_type == output.output_type == "stream"
            if streams and last.name == output.name:
                last.text += output.text
            else:
                joined.append(output)
        if cell.cell_type == "code":
            cell.outputs = joined


def stage_notebook(source: Path, target: Path) -> None:
    """Write the executed notebook ``source`` as a page of the book."""
    book = nbformat.read(source, as_version=4)
    show_parameters_in_force(book)
    join_streams(book)
    book.metadata.pop("papermill", None)
    for cell in book.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
    nbformat.write(book, target)


def stage(folder: Path) -> list[str]:
    """Fill ``folder`` (removed first); return the names of notebooks that were not executed."""
    shutil.rmtree(folder, ignore_errors=True)
    root = paths.root()
    (folder / "notebooks").mkdir(parents=True)
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(root / name, folder / name)
    hidden = shutil.ignore_patterns("__pycache__", ".*")
    shutil.copytree(root / "book", folder / "book", ignore=hidden)
    missing = []
    for name in sorted(graph.UPSTREAM):
        source = graph.executed() / f"{name}.ipynb"
        if source.exists():
            stage_notebook(source, folder / "notebooks" / source.name)
        else:
            missing.append(name)
    return missing
