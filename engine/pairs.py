"""Compare notebook pairs, ``topic.py`` (jupytext percent) and ``topic.ipynb``, by content."""

from __future__ import annotations

import argparse
import copy
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat

from engine.jobs import check as settings
from engine.jobs import notebook_cells, page_table
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


def to_notebook(script: Path) -> Path:
    """Write the notebook half of a pair from its script; return its path."""
    target = script.with_suffix(".ipynb")
    book = read(script)
    notebook_cells.number_cells(book)
    book.metadata = METADATA
    nbformat.validate(book)
    nbformat.write(book, target)
    return target


def as_script(book: nbformat.NotebookNode) -> str:
    """Return a notebook as a script."""
    plain = copy.copy(book)
    plain.metadata = {"jupytext": HEADLESS}
    return jupytext.writes(plain, fmt="py:percent")


def content(book: nbformat.NotebookNode) -> list[tuple]:
    """Return what both halves of a pair hold of each cell, so no outputs nor what Jupyter notes."""
    cells = jupytext.reads(as_script(book), fmt="py:percent").cells
    return [(cell.cell_type, cell.source, dict(cell.metadata)) for cell in cells]


def to_script(notebook: Path) -> Path:
    """Write the script half of a pair from its notebook; return its path."""
    target = notebook.with_suffix(".py")
    target.write_text(as_script(read(notebook)), encoding="utf-8")
    return target


def clear(notebook: Path) -> None:
    """Rewrite a notebook as it is kept: without outputs, its cells numbered."""
    book = read(notebook)
    notebook_cells.number_cells(book)
    for cell in notebook_cells.code_cells(book):
        cell.outputs, cell.execution_count = [], None
    book.metadata = METADATA
    nbformat.write(book, notebook)


def write(folder: Path, source: str, name: str = "") -> list[str]:
    """Rewrite pairs from their ``source`` half ("py" or "ipynb"); return the changed files.

    All of them, or the one called ``name``. Notebooks that are kept lose their outputs.
    """
    changed = []
    for origin in [folder / f"{name}.{source}"] if name else halves(folder, source):
        target = origin.with_suffix(".ipynb" if source == "py" else ".py")
        if target.exists() and not differences(
            origin.with_suffix(".py"), origin.with_suffix(".ipynb")
        ):
            continue
        if source == "py":
            to_notebook(origin)
        else:
            to_script(origin)
            clear(origin)
        changed.append(str(target.relative_to(folder)))
    return changed


def committed(half: Path) -> list[tuple]:
    """Return the `content` of a half in the last commit; [] if no git knows it."""
    command = ["git", "-C", str(half.parent), "show", f"HEAD:./{half.name}"]
    try:
        text = subprocess.run(command, capture_output=True, check=True).stdout.decode()
        if half.suffix == ".py":
            return content(jupytext.reads(text, fmt="py:percent"))
        return content(nbformat.reads(text, as_version=4))
    except (OSError, subprocess.CalledProcessError, ValueError):
        return []


def bring_together(name: str) -> str:
    """Rewrite the half of a pair that was not edited from the other; return what was done.

    The last commit tells which half was edited. The edited half stays as it is, to the byte.

    Parameters
    ----------
    name : str
        The pair, such as ``paper/topic``.

    Returns
    -------
    str
        One line, or "" if both halves hold the same already.

    Raises
    ------
    InputError
        If it is not known which half is to be kept; the message names both cures.
    """
    script, notebook = page_table.notebook(name, ".py"), page_table.notebook(name)
    if script.exists() and notebook.exists():
        now = {half: content(read(half)) for half in (script, notebook)}
        if now[script] == now[notebook]:
            return ""
    if not notebook.exists():
        edited = [script]
    elif not script.exists():
        edited = [notebook]
    else:
        before = committed(script)
        known = before and before == committed(notebook)
        edited = [half for half in now if now[half] != before]
        if not known or len(edited) != 1:
            why = "both were edited" if known else "no commit says which one was edited"
            raise settings.InputError(
                f"{script.name} and {notebook.name} differ, and {why}: `make pairs N={name}` keeps "
                f"the .py, `make pairs N={name} FROM=ipynb` keeps the .ipynb"
            )
    (half,) = edited
    written = to_notebook(half) if half == script else to_script(half)
    return f"{half.name} was edited: {written.name} is rewritten from it"


def main(argv: list[str] | None = None) -> int:
    """Check the pairs, or rewrite them from one half with ``--from py|ipynb``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", default="", help="one pair, such as paper/topic")
    parser.add_argument("--from", dest="source", choices=("py", "ipynb"))
    parser.add_argument("--folder", type=Path, default=paths.root() / "notebooks")
    args = parser.parse_args(argv)
    if args.source:
        if args.name and not (args.folder / f"{args.name}.{args.source}").exists():
            print(f"error: there is no {args.name}.{args.source}", file=sys.stderr)
            return 2
        changed = write(args.folder, args.source, args.name)
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
