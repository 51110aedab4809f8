"""Count what a page shows of its method: visible cells, lines, words of prose and of code.

``python -m devtools.page_counts`` prints the table; `tests/test_notebooks.py` holds every page to
the limits. A cell is visible if its source is shown without a click; the cell of parameters, which
a rendered page folds, counts neither way.
"""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from engine import pairs
from engine.store import paths

HIDDEN = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
PARAMETERS = "parameters"
LEAST_VISIBLE = 0.6
MOST_LINES = 300  # of code in a notebook
LONGEST_CELL = 25  # lines
AT_TOP = 5  # code cells, one of which shows the question
# The verbs that a page on a model calls in view; one of each tuple is enough.
VERBS = (("load",), ("split",), ("build",), ("fit", "load_run"), ("predict",), ("score",))
CAPTION = re.compile(r"^\*[^*].*\*$", re.DOTALL)


@dataclass(frozen=True)
class Counts:
    """What one notebook has.

    Attributes
    ----------
    cells, visible : int
        Code cells without that of the parameters, and those whose source is shown.
    lines, longest : int
        Lines of code that are not blank, in all cells and in the longest.
    code, prose : int
        Words, split at white space; headings and captions are no prose.
    defined, called : frozenset of str
        Functions and classes that the notebook defines, and names that visible cells call.
    asks, answers, tries : bool
        Whether it shows a question at its top, answers it, and ends with something to try.
    """

    cells: int
    visible: int
    lines: int
    longest: int
    code: int
    prose: int
    defined: frozenset[str]
    called: frozenset[str]
    asks: bool
    answers: bool
    tries: bool

    def faults(self) -> list[str]:
        """Return in words which limits a page does not keep."""
        kept = {
            f"{self.visible} of {self.cells} code cells are visible": self.visible
            >= LEAST_VISIBLE * self.cells,
            f"{self.lines} lines of code": self.lines <= MOST_LINES,
            f"a cell of {self.longest} lines": self.longest <= LONGEST_CELL,
            f"{self.prose} words of prose for {self.code} of code": self.prose >= self.code,
            f"defines {', '.join(sorted(self.defined))}": not self.defined,
            "asks no question at its top": self.asks,
            "does not answer": self.answers,
            "has nothing to try": self.tries,
        }
        return [fault for fault, holds in kept.items() if not holds]

    def verbs_missing(self) -> list[str]:
        """Return which verbs of a model's page no visible cell calls."""
        return [" or ".join(names) for names in VERBS if not self.called & set(names)]


def prose(markdown: str) -> int:
    """Return the words of a Markdown cell without headings, captions and fenced blocks."""
    text = re.sub(r"^```.*?^```", "", markdown, flags=re.MULTILINE | re.DOTALL)
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text)]
    kept = [
        line
        for part in paragraphs
        if not CAPTION.match(part)
        for line in part.splitlines()
        if not line.startswith("#")
    ]
    return len(" ".join(kept).split())


def called(source: str) -> set[str]:
    """Return the names of the functions that code calls, without what stands before the dot."""
    calls = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return {
        func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "") for func in calls
    }


def count(script: Path) -> Counts:
    """Return the counts of the notebook whose ``.py`` half is ``script``."""
    cells = pairs.read(script).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    text = [cell.source for cell in cells if cell.cell_type == "markdown"]
    tags = [set(cell.metadata.get("tags", [])) for cell in code]
    counted = [
        (cell.source, own) for cell, own in zip(code, tags, strict=True) if PARAMETERS not in own
    ]
    shown = [source for source, own in counted if not HIDDEN & own]
    lines = [[line for line in cell.source.splitlines() if line.strip()] for cell in code]
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    nodes = [node for cell in code for node in ast.walk(ast.parse(cell.source))]
    return Counts(
        cells=len(counted),
        visible=len(shown),
        lines=sum(map(len, lines)),
        longest=max(map(len, lines), default=0),
        code=sum(len(cell.source.split()) for cell in code),
        prose=sum(map(prose, text)),
        defined=frozenset(node.name for node in nodes if isinstance(node, kinds)),
        called=frozenset(set().union(*map(called, shown))),
        asks=any("opening.ask(" in cell.source for cell in code[:AT_TOP]),
        answers=any("question.answer(" in cell.source for cell in code),
        tries=any(re.search(r"^## Try it$", cell, re.MULTILINE) for cell in text),
    )


def notebooks() -> dict[str, Path]:
    """Return the ``.py`` half of every notebook by its name, such as ``paper/topic``."""
    folder = paths.root() / "notebooks"
    return {
        str(script.relative_to(folder).with_suffix("")): script
        for script in pairs.halves(folder, "py")
    }


def main() -> int:
    """Print a line a page: its counts, and which limits it does not keep."""
    print(f"{'page':28} visible      lines longest prose  code  faults")
    for name, script in notebooks().items():
        of = count(script)
        print(
            f"{name:28} {of.visible:3}/{of.cells:<3} {of.visible / of.cells:4.0%} {of.lines:6} "
            f"{of.longest:6} {of.prose:6} {of.code:5}  {'; '.join(of.faults())}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
