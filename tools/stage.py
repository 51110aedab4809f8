"""Lay out the book for rendering: today's prose with the stored outputs, in the checkout's layout.

The folder is made from nothing each time. Outputs join the cells by their id, so that a changed
sentence needs no execution; a code cell that is not the one that was executed is an error.
"""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path

import nbformat

from fer_lib import paths, provenance, sealed, study
from tools import about, cells, checkout, graph, ledger_page, output_checks, proof, verdicts
from tools.failure import Failure
from tools.jobs import Job

PROMPTS = {"code_prompt_show": "Show the parameters in force", "code_prompt_hide": "Hide"}
FOOTER = "page-proof"  # its cell; a random id would make the page another one each time
TALLY = "ledger-tally"  # likewise
FIRST = "01_start_here"  # the page that opens with the tally
GENERATED = Path("book") / "_generated"  # what the page on the build is told
OWN_TYPES = "application/vnd.fer."


class StageError(RuntimeError):
    """Stored outputs do not belong to the notebook as it is now."""


def show_parameters_in_force(book: nbformat.NotebookNode, settings: dict) -> None:
    """Write the values that were in force into the parameters cell, collapsed on the page."""
    for cell in cells.code_cells(book):
        if "parameters" not in cell.metadata.get("tags", []):
            continue
        cell.metadata["tags"] = sorted({*cell.metadata["tags"], "hide-cell"})
        cell.metadata["mystnb"] = PROMPTS
        for name in graph.PARAMETERS:
            value = "..." if name == "data_root" and settings[name] else settings[name]
            line = f"{name} = {json.dumps(value)}"
            pattern = re.compile(rf"^{re.escape(name)} = .*$", re.MULTILINE)
            cell.source = pattern.sub(lambda _, line=line: line, cell.source)


def join_streams(book: nbformat.NotebookNode) -> None:
    """Join neighbouring stdout pieces of a cell into one box."""
    for cell in cells.code_cells(book):
        cell.outputs = cells.joined(cell.outputs)


def join_outputs(book: nbformat.NotebookNode, stored: nbformat.NotebookNode) -> None:
    """Give each code cell of ``book`` the outputs of the stored cell with its id.

    Raises
    ------
    StageError
        If a cell was not executed, or not with the code it has now.
    """
    by_id = {cell["id"]: cell for cell in stored.cells}
    for cell in cells.code_cells(book):
        executed = by_id.pop(cell["id"], None)
        if executed is None or executed.source != cell.source:
            raise StageError(f"{cell['id']} was not executed with the code it has now")
        cell.outputs = executed.outputs
        cell.execution_count = executed.execution_count
    if by_id:
        raise StageError(f"{', '.join(by_id)} was executed and is not in the notebook")


def show_banner(book: nbformat.NotebookNode, record: dict) -> None:
    """Put the banner of today in the place of what the page said while it was executed."""
    for cell in cells.code_cells(book):
        for output in cell.outputs:
            if provenance.MIME in output.get("data", {}):
                output.data["text/html"] = proof.banner(record)
        # Real data in profile paper need no banner.
        cell.outputs = [o for o in cell.outputs if o.get("data", {}).get("text/html") != ""]


def drop_own_types(book: nbformat.NotebookNode) -> None:
    """Drop what outputs carry for programs, which Sphinx does not know."""
    for cell in cells.code_cells(book):
        for output in cell.outputs:
            for name in [name for name in output.get("data", {}) if name.startswith(OWN_TYPES)]:
                del output.data[name]


def stage_page(
    job: Job, settings: dict, rendered: dict, target: Path
) -> tuple[dict, list[verdicts.Reached]]:
    """Write an executed notebook as a page of the book; return its record and its verdicts."""
    book = nbformat.read(graph.notebook(job.name), as_version=4)
    record = json.loads((job.place() / "record.json").read_text())
    join_outputs(book, nbformat.read(job.place() / "page.ipynb", as_version=4))
    reached = verdicts.reached(job.name, book)
    show_parameters_in_force(book, graph.settings_of(job.name, settings))
    show_banner(book, record)
    drop_own_types(book)
    join_streams(book)
    last = nbformat.v4.new_markdown_cell(proof.footer(record, rendered, ".."), id=FOOTER)
    book.cells.append(last)
    nbformat.write(book, target)
    return record, reached


def show_tally(target: Path, told: str) -> None:
    """Put the tally of the ledger below the opening words of a page."""
    book = nbformat.read(target, as_version=4)
    book.cells.insert(1, nbformat.v4.new_markdown_cell(told, id=TALLY))
    nbformat.write(book, target)


def report(failure: Failure) -> str:
    """Return what a page says of its failure, as HTML."""
    where = ""
    if failure.cell:
        line = html.escape(failure.line)
        where = f"<p>It came from code cell {failure.cell}: <code>{line}</code></p>"
    trace = ""
    if failure.trace:
        text = html.escape("\n".join(failure.trace[-60:]))
        # Blank lines would end the HTML block.
        text = re.sub(r"\n\s*\n", "\n&#8203;\n", text)
        trace = f"<details><summary>Where it came from</summary><pre>{text}</pre></details>"
    return (
        '<div class="failure" role="alert">'
        "<p><strong>This page could not be computed to its end.</strong></p>"
        f"<p><code>{html.escape(failure.error)}</code></p>{where}"
        f"<p>The same alone: <code>{html.escape(failure.alone)}</code></p>{trace}</div>"
    )


def stage_failure(failure: Failure, target: Path, kept: Path) -> None:
    """Write a page that says what failed, above the page as far as it came."""
    book = nbformat.read(graph.notebook(failure.name), as_version=4)
    came = {}
    if kept.exists():
        came = {cell["id"]: cell for cell in nbformat.read(kept, as_version=4).cells}
    for cell in cells.code_cells(book):
        outputs = came[cell["id"]].get("outputs", []) if cell["id"] in came else []
        # The report tells of what no page may show.
        cell.outputs = [output for output in outputs if not output_checks.of_output(output)]
    drop_own_types(book)
    join_streams(book)
    title, newline, rest = book.cells[0].source.partition("\n")
    book.cells[0].source = f"{title}\n\n{report(failure)}\n{newline}{rest}"
    nbformat.write(book, target)


def run_about(job: Job) -> dict:
    """Return what the page about the build says of a run."""
    place = job.place()
    return json.loads((place / "run.json").read_text()) | {
        "folder": place.name,
        "predictions_sha256": sealed.sums(place)["predictions.parquet"],
        "epochs": len((place / "history.csv").read_text().splitlines()) - 1,
    }


def stage(
    found: dict[str, Job], failures: list[Failure], settings: dict, verified: dict | None, to: Path
) -> list[str]:
    """Fill ``to`` (removed first); return what is wrong, one line each.

    Parameters
    ----------
    found : dict of str to Job
        The jobs of the build.
    failures : list of Failure
        What failed among them.
    settings : dict
        Of the build.
    verified : dict or None
        The outcome of `make verify` for these very results.
    to : Path
        The folder to fill.
    """
    shutil.rmtree(to, ignore_errors=True)
    root = paths.root()
    (to / "notebooks").mkdir(parents=True)
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(root / name, to / name)
    hidden = shutil.ignore_patterns("__pycache__", ".*")
    shutil.copytree(root / "book", to / "book", ignore=hidden)
    commit, modified = checkout.commit()
    rendered = {"commit": commit, "modified": modified, "build_start": settings["start"]}
    failed = {failure.name: failure for failure in failures}
    problems, records, reached = [], [], []
    for job in found.values():
        if job.kind != "page":
            continue
        target = to / "notebooks" / f"{job.name}.ipynb"
        if job.name in failed:
            kept = paths.build() / "failed" / f"{job.name}.ipynb"
            stage_failure(failed[job.name], target, kept)
            continue
        try:
            record, told_by_page = stage_page(job, settings, rendered, target)
            records.append(record)
            reached += told_by_page
        except (StageError, OSError, ValueError) as error:
            problems.append(f"{job.name}: {error}")
    told = [{"name": f.name, "reason": f.error} for f in failures]
    runs = [run_about(j) for j in found.values() if j.kind == "run" and j.name not in failed]
    generated = to / GENERATED
    generated.mkdir()
    studied = [
        study.about(j.place()) | {"folder": j.place().name}
        for j in found.values()
        if j.study and j.name not in failed
    ]
    about.fragments(records, runs, studied, told, verified, rendered, generated)
    tally, known = ledger_page.fragments(reached, generated)
    first = to / "notebooks" / f"{FIRST}.ipynb"
    if tally and first.exists() and FIRST not in failed:
        show_tally(first, tally)
    return problems + verdicts.faults(reached, known)
