"""Compare notebook pairs, ``topic.py`` (jupytext percent) and ``topic.ipynb``, by content."""

from __future__ import annotations

import argparse
import copy
import sys
from pathlib import Path

import jupytext
import nbformat

from engine.jobs import notebook_cells
from engine.store import paths

# Of every notebook. A script has no header: `[tool.jupytext]` in pyproject.toml says the rest.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
    "jupytext": {"formats": "ipynb,py:percent"},
}
HEADLESS = {"notebook_metadata_filter": "-all"}


def read(path: Path) -> nbformat.NotebookNode:
    """Read either half of a pair."""
    if path.suffix == ".py":
        return jupytext.read(path, fmt="py:percent")
    return nbformat.read(path, as_version=4)


def differences(script: Path, notebook: Path) -> list[str]:
    """Return what is wrong with a pair, one line each; an empty list if nothing is.

    Compared are number, type, source and metadata (tags, alt text) of the cells. The notebook must
    also hold no outputs, no execution counts, a kernelspec with its language, and ids by which
    stored outputs find their cells (`engine.jobs.notebook_cells.number_cells`).
    """
    left = read(script).cells
    right_book = read(notebook)
    right = right_book.cells
    found = []
    if right_book.metadata.get("kernelspec", {}).get("language") != "python":
        found.append(f"{notebook.name}: the kernelspec lacks `language: python`")
    numbered = copy.deepcopy(right_book)
    notebook_cells.number_cells(numbered)
    for number, (cell, wanted) in enumerate(zip(right, numbered.cells, strict=True)):
        if cell["id"] != wanted["id"]:
            found.append(f"{notebook.name}: cell {number} has id {cell['id']}, not {wanted['id']}")
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count):
            found.append(f"{notebook.name}: cell {number} holds outputs; clear them")
    if len(left) != len(right):
        found.append(f"{script.name} has {len(left)} cells, {notebook.name} has {len(right)}")
    for number, (a, b) in enumerate(zip(left, right, strict=False)):
        if a.cell_type != b.cell_type:
            found.append(f"{script.name}: cell {number} is {a.cell_type} in one, not the other")
        elif a.source != b.source:
            found.append(f"{script.name}: cell {number} differs from {notebook.name}")
        elif dict(a.metadata) != dict(b.metadata):
            found.append(f"{script.name}: metadata of cell {number} differs from {notebook.name}")
    return found


def halves(folder: Path, suffix: str) -> list[Path]:
    """Return all halves of one kind, also those in the folders of papers."""
    own = (path for path in folder.rglob(f"*.{suffix}") if ".ipynb_checkpoints" not in path.parts)
    return sorted(own)


def check(folder: Path) -> list[str]:
    """Return what is wrong with all pairs in a folder, one line each."""
    found = []
    scripts, notebooks = (
        {str(path.relative_to(folder).with_suffix("")) for path in halves(folder, suffix)}
        for suffix in ("py", "ipynb")
    )
    for name in sorted(scripts ^ notebooks):
        found.append(f"{name}: one half of the pair is missing")
    for name in sorted(scripts & notebooks):
        found += differences(folder / f"{name}.py", folder / f"{name}.ipynb")
    return found


def write(folder: Path, source: str) -> list[str]:
    """Rewrite every pair from its ``source`` half ("py" or "ipynb"); return the changed files."""
    changed = []
    for origin in halves(folder, source):
        target = origin.with_suffix(".ipynb" if source == "py" else ".py")
        if target.exists() and not differences(
            origin.with_suffix(".py"), origin.with_suffix(".ipynb")
        ):
            continue
        book = read(origin)
        notebook_cells.number_cells(book)
        if source == "py":
            book.metadata = METADATA
            nbformat.validate(book)
            nbformat.write(book, target)
        else:
            book.metadata = {"jupytext": HEADLESS}
            jupytext.write(book, target, fmt="py:percent")
            for cell in book.cells:
                if cell.cell_type == "code":
                    cell.outputs, cell.execution_count = [], None
            book.metadata = METADATA
            nbformat.write(book, origin)
        changed.append(str(target.relative_to(folder)))
    return changed


def main(argv: list[str] | None = None) -> int:
    """Check the pairs, or rewrite them from one half with ``--from py|ipynb``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="source", choices=("py", "ipynb"))
    parser.add_argument("--folder", type=Path, default=paths.root() / "notebooks")
    args = parser.parse_args(argv)
    if args.source:
        changed = write(args.folder, args.source)
        print("rewritten: " + (", ".join(changed) or "nothing, all pairs agree"))
    found = check(args.folder)
    for line in found:
        print(f"error: {line}", file=sys.stderr)
    if found:
        print(
            "error: notebook pairs differ: `make pairs` keeps the .py, "
            "`make pairs FROM=ipynb` keeps the .ipynb",
            file=sys.stderr,
        )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
