"""Assemble the book for rendering: today's prose with the stored outputs.

The folder is made anew each time. Outputs are joined to cells by the cell id, so a changed sentence
needs no execution. A code cell that differs from the executed one is an error.
"""

from __future__ import annotations

import html
import json
import re
import shutil
from dataclasses import asdict
from pathlib import Path

import nbformat
import yaml

from engine.jobs import notebook_cells, output_checks, page_table
from engine.jobs.check import Asked
from engine.jobs.failure_report import Failure
from engine.jobs.jobs import Job
from engine.page import header
from engine.site import about_page, claim_verdicts, ledger_page, page_footer, page_verdicts
from engine.store import artifact, git_state, paths
from fer_lib import paper_registry
from fer_lib.settings import Settings

PROMPTS = {"code_prompt_show": "Show the parameters in force", "code_prompt_hide": "Hide"}
FOOTER = "page-proof"  # its cell; a random id would make the page another one each time
TALLY = "ledger-tally"  # likewise
PAPERS = "papers"  # likewise
FIRST = "start_here"  # the page that opens with the tally
GENERATED = Path("book") / "_generated"  # what the page on the build is told
BRANCH = "main"  # of the repository: what is published comes from it
BINDER = "https://mybinder.org"
OWN_TYPES = "application/vnd.fer."


class StageError(RuntimeError):
    """Stored outputs do not belong to the notebook as it is now."""


def show_parameters_in_force(book: nbformat.NotebookNode, settings: Settings) -> None:
    """Write the values that were in force into the parameters cell, collapsed on the page."""
    for cell in notebook_cells.code_cells(book):
        if "parameters" not in cell.metadata.get("tags", []):
            continue
        cell.metadata["tags"] = sorted({*cell.metadata["tags"], "hide-cell"})
        cell.metadata["mystnb"] = PROMPTS
        for name, value in asdict(settings).items():
            shown = "..." if name == "data_root" and value else value
            line = f"{name} = {json.dumps(shown)}"
            pattern = re.compile(rf"^{re.escape(name)} = .*$", re.MULTILINE)
            cell.source = pattern.sub(lambda _, line=line: line, cell.source)


def join_streams(book: nbformat.NotebookNode) -> None:
    """Join neighbouring stdout pieces of a cell into one box."""
    for cell in notebook_cells.code_cells(book):
        cell.outputs = notebook_cells.joined(cell.outputs)


def join_outputs(book: nbformat.NotebookNode, stored: nbformat.NotebookNode) -> None:
    """Give each code cell of ``book`` the outputs of the stored cell with its id.

    Raises
    ------
    StageError
        If a cell was not executed, or not with the code it has now.
    """
    by_id = {cell["id"]: cell for cell in stored.cells}
    for cell in notebook_cells.code_cells(book):
        executed = by_id.pop(cell["id"], None)
        if executed is None or executed.source != cell.source:
            raise StageError(f"{cell['id']} was not executed with the code it has now")
        cell.outputs = executed.outputs
        cell.execution_count = executed.execution_count
    if by_id:
        raise StageError(f"{', '.join(by_id)} was executed and is not in the notebook")


def show_banner(book: nbformat.NotebookNode, record: dict) -> None:
    """Put the banner of today in the place of what the page said while it was executed."""
    for cell in notebook_cells.code_cells(book):
        for output in cell.outputs:
            if header.MIME in output.get("data", {}):
                output.data["text/html"] = page_footer.banner(record)
        # Real data in profile paper need no banner.
        cell.outputs = [o for o in cell.outputs if o.get("data", {}).get("text/html") != ""]


def drop_own_types(book: nbformat.NotebookNode) -> None:
    """Drop the MIME types of outputs that are for programs and unknown to Sphinx."""
    for cell in notebook_cells.code_cells(book):
        for output in cell.outputs:
            for name in [name for name in output.get("data", {}) if name.startswith(OWN_TYPES)]:
                del output.data[name]


def executed(job: Job) -> nbformat.NotebookNode:
    """Return a page's notebook as it is now, with the outputs of its execution."""
    book = nbformat.read(page_table.notebook(job.name), as_version=4)
    join_outputs(book, nbformat.read(job.place() / "page.ipynb", as_version=4))
    return book


def stage_page(
    job: Job,
    book: nbformat.NotebookNode,
    settings: Settings,
    rendered: dict,
    verdicts: dict,
    target: Path,
) -> dict:
    """Write a notebook as `executed` returns it as a page of the book; return its record."""
    record = job.stage.told()
    claim_verdicts.show(book, verdicts)
    show_parameters_in_force(book, page_table.settings_of(job.name, settings))
    show_banner(book, record)
    drop_own_types(book)
    join_streams(book)
    last = nbformat.v4.new_markdown_cell(
        page_footer.footer(record, rendered, page_table.way_up(job.name)), id=FOOTER
    )
    book.cells.append(last)
    nbformat.write(book, target)
    return record


def show_tally(target: Path, told: str) -> None:
    """Put the tally of the ledger and the list of the papers below a page's opening words."""
    book = nbformat.read(target, as_version=4)
    book.cells.insert(1, nbformat.v4.new_markdown_cell(told, id=TALLY))
    listed = papers(page_table.names())
    book.cells.insert(2, nbformat.v4.new_markdown_cell(listed, id=PAPERS))
    nbformat.write(book, target)


def papers(pages: list[str]) -> str:
    """Return the list of the papers, each with its line and a link to its first page.

    ``pages`` are the names of the notebooks in reading order.
    """
    lines = ["## The papers", ""]
    for paper in paper_registry.every():
        own = [name for name in pages if name.startswith(f"{paper.key}/")]
        chapter = f"[{paper.chapter}]({own[0]}.ipynb)" if own else paper.chapter
        lines.append(f"- {chapter} ({paper.key}): {paper.line}")
    return "\n".join(lines) + "\n"


def report(failure: Failure) -> str:
    """Return a page's message about its failure, as HTML."""
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
    book = nbformat.read(page_table.notebook(failure.name), as_version=4)
    came = {}
    if kept.exists():
        came = {cell["id"]: cell for cell in nbformat.read(kept, as_version=4).cells}
    for cell in notebook_cells.code_cells(book):
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
    return job.stage.told() | {
        "folder": place.name,
        "predictions_sha256": artifact.sums(place)["predictions.parquet"],
        "epochs": len((place / "history.csv").read_text().splitlines()) - 1,
    }


def linked(config: dict, repository: str) -> dict:
    """Return the book's configuration with buttons that lead to its repository.

    Binder starts a machine from ``environment.yml`` and opens the page's notebook there.
    """
    return config | {
        "repository": {"url": repository, "branch": BRANCH, "path_to_book": ""},
        "html": config["html"] | {"use_repository_button": True, "use_issues_button": True},
        "launch_buttons": {"notebook_interface": "jupyterlab", "binderhub_url": BINDER},
    }


def stage(
    found: dict[str, Job], failures: list[Failure], asked: Asked, verified: dict | None, to: Path
) -> list[str]:
    """Fill ``to`` (removed first); return what is wrong, one line each.

    Parameters
    ----------
    found : dict of str to Job
        The jobs of the build.
    failures : list of Failure
        What failed among them.
    asked : Asked
        What the build was asked for.
    verified : dict or None
        The outcome of `make verify` for these very results.
    to : Path
        The folder to fill.
    """
    shutil.rmtree(to, ignore_errors=True)
    root = paths.root()
    (to / "notebooks").mkdir(parents=True)
    shutil.copy(root / "_toc.yml", to / "_toc.yml")
    config = (root / "_config.yml").read_text(encoding="utf-8")
    if asked.repository:
        config = yaml.safe_dump(linked(yaml.safe_load(config), asked.repository), sort_keys=False)
    (to / "_config.yml").write_text(config, encoding="utf-8")
    hidden = shutil.ignore_patterns("__pycache__", ".*")
    shutil.copytree(root / "book", to / "book", ignore=hidden)
    commit, modified = git_state.commit()
    rendered = {"commit": commit, "modified": modified, "build_start": asked.start}
    failed = {failure.name: failure for failure in failures}
    pages = [job for job in found.values() if job.kind == "page"]
    problems, records, reached = [], [], []
    books = {}
    for job in pages:
        if job.name in failed:
            continue
        try:
            book = executed(job)
            reached += page_verdicts.reached(job.name, book)
            books[job.name] = book
        except (StageError, OSError, ValueError) as error:
            problems.append(f"{job.name}: {error}")
    generated = to / GENERATED
    generated.mkdir()
    # Of all pages, before one is written: each shows the one verdict of each claim.
    tally, verdicts = ledger_page.fragments(reached, generated, asked.repository)
    for job in pages:
        target = to / "notebooks" / f"{job.name}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        if job.name in failed:
            kept = paths.build() / "failed" / f"{page_table.stem(job.name)}.ipynb"
            stage_failure(failed[job.name], target, kept)
        elif job.name in books:
            book = books[job.name]
            records.append(stage_page(job, book, asked.settings, rendered, verdicts, target))
    told = [{"name": f.name, "reason": f.error} for f in failures]
    runs = [run_about(j) for j in found.values() if j.kind == "run" and j.name not in failed]
    studied = [
        j.stage.told() | {"folder": j.place().name}
        for j in found.values()
        if j.kind == "study" and j.name not in failed
    ]
    about_page.fragments(records, runs, studied, told, verified, rendered, generated)
    first = to / "notebooks" / f"{FIRST}.ipynb"
    if tally and first.exists() and FIRST not in failed:
        show_tally(first, tally)
    known = {name for unit in verdicts for name in unit}
    return problems + page_verdicts.faults(reached, known)
