"""Report a failed job: a message for readers, and the notebook as far as it was executed."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path

import nbformat

from engine.jobs import output_checks, page_table
from engine.store import paths

ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Failure:
    """A job that failed.

    Attributes
    ----------
    kind, name : str
        As of `engine.jobs.jobs.Job`.
    error : str
        One line: the error and what it says.
    alone : str
        The command that does the same alone.
    cell : int or None
        Which code cell raised, counted from 1.
    line : str
        The first line of that cell.
    trace : list of str
        The traceback, plain text.
    """

    kind: str
    name: str
    error: str
    alone: str
    cell: int | None = None
    line: str = ""
    trace: list[str] = field(default_factory=list)

    def reason(self) -> str:
        """Return what failed, where and why."""
        where = f" in code cell {self.cell} (`{self.line}`)" if self.cell else ""
        return f"{self.name} failed{where}: {self.error}."

    def sentence(self) -> str:
        """Return one paragraph: what failed, where, why, and how to run it alone."""
        return f"{self.reason()} To run it alone: {self.alone}"


def folder() -> Path:
    """Return the folder of this build's failures."""
    return paths.build() / "failed"


def clear(name: str | None = None) -> None:
    """Forget all failures, or those of one job."""
    for path in folder().glob(f"{page_table.stem(name) if name else '*'}.*"):
        path.unlink()


def keep(failure: Failure, book: nbformat.NotebookNode | None) -> None:
    """Write a failure down, with the notebook as far as it came."""
    folder().mkdir(parents=True, exist_ok=True)
    if book is not None:
        nbformat.write(book, folder() / f"{page_table.stem(failure.name)}.ipynb")
    text = json.dumps(asdict(failure), indent=1) + "\n"
    (folder() / f"{page_table.stem(failure.name)}.json").write_text(text)


def kept() -> dict[str, Failure]:
    """Return the failures of this build by the name of the job."""
    found = {}
    for path in sorted(folder().glob("*.json")):
        try:
            failure = Failure(**json.loads(path.read_text()))
        except (ValueError, TypeError):
            failure = Failure("job", path.stem, "its report was cut short", "make book")
        found[failure.name] = failure
    return found


def of(kind: str, name: str, error: BaseException, alone: str, trace: list[str]) -> Failure:
    """Describe an exception of a job that is not a notebook."""
    said = " ".join(ANSI.sub("", str(error)).split())
    return Failure(kind, name, f"{type(error).__name__}: {said}", alone, trace=trace)


def of_notebook(
    name: str, book: nbformat.NotebookNode, error: BaseException, alone: str, limit: int
) -> Failure:
    """Return what stopped a notebook: the cell that raised, or else what ``error`` says."""
    kinds = {
        "DeadKernelError": "the kernel died; most often the machine ran out of memory (try JOBS=1)",
        "CellTimeoutError": f"a cell had not ended after {limit} s (LIMIT=seconds changes that)",
    }
    for number, cell in enumerate(output_checks.own_cells(book), start=1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                first = output_checks.first_line(cell)
                trace = ANSI.sub("", "\n".join(output.traceback)).splitlines()
                text = f"{output.ename}: {output.evalue}"
                return Failure("page", name, text, alone, number, first, trace)
    if type(error).__name__ in kinds:
        return Failure("page", name, kinds[type(error).__name__], alone)
    return of("page", name, error, alone, [])


def of_outputs(name: str, book: nbformat.NotebookNode, alone: str) -> Failure | None:
    """Return a failure if the outputs of an executed notebook have problems, else None."""
    found = output_checks.problems(book)
    if not found:
        return None
    first = found[0]
    more = f" and {len(found) - 1} more of the kind" if len(found) > 1 else ""
    error = f"{first.what}{more}, so the page is not stored: {first.cure}"
    trace = [
        line
        for problem in found
        for line in (f"code cell {problem.cell}: {problem.what}", *problem.text.splitlines())
    ]
    return Failure("page", name, error, alone, first.cell, first.line, trace)
