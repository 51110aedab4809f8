"""Run one job of a build, or several short ones: make a data set, train, execute a notebook.

Snakemake calls this for results that are not in the store. A result appears atomically under its
key. A job that fails leaves a report instead, and the others go on.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import nbformat

from engine.jobs import (
    failure_report,
    jobs,
    notebook_cells,
    page_table,
    run_notebook,
    undeclared_reads,
)
from engine.jobs.check import Asked
from engine.page import header
from engine.store import artifact, git_state, registry
from engine.store.stage import FOLDERS
from fer_lib import paper_registry
from fer_lib.settings import Settings


class JobError(RuntimeError):
    """A job cannot be done, or its result must not be kept; one line with the cure."""


def find(folder: str, settings: Settings) -> jobs.Job:
    """Return the job whose result belongs into ``folder``.

    Raises
    ------
    JobError
        If there is none: a file it depends on has changed since the build began.
    """
    registry.forget()
    found = jobs.all_jobs(settings).get(folder)
    if found is None:
        raise JobError("a file it depends on changed while the build was running: build again")
    return found


@contextmanager
def only_once(job: jobs.Job) -> Iterator[bool]:
    """Let one process at a time do a job; yield whether it is still to be done."""
    with artifact.only_one(job.place()):
        yield job.fault() is not None


def write_json(path: Path, content: dict) -> None:
    """Write plain values as indented JSON."""
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def make(job: jobs.Job) -> None:
    """Do a job that is no page; refuse its result if it used a row that its key does not hold."""
    with undeclared_reads.Rows() as rows:
        job.stage.obtain()
    uncounted = rows.uncounted(job.ingredients)
    if uncounted:
        artifact.remove(job.place())
        raise JobError(
            f"it used {', '.join(uncounted)} of a registry, which does not count towards its "
            "key, so that a change there would go unseen: name it where its ingredients are made"
        )


def stated(book: nbformat.NotebookNode) -> list[dict]:
    """Return profile, data and seed as the page's headers state them."""
    return [
        output.data[header.MIME]
        for cell in book.cells
        for output in cell.get("outputs", [])
        if header.MIME in output.get("data", {})
    ]


def read_by(job: jobs.Job) -> dict[str, dict[str, str]]:
    """Return the folders of the runs and of the studies that a page reads, by kind and name.

    Raises
    ------
    KeyError
        If the page names a result that is not among its needs.
    """
    folders = {}
    for need in job.needs:
        kind, _, folder = need.partition("/")
        folders[kind, folder.rpartition("-")[2]] = folder
    return {
        kind: {name: folders[kind, key] for name, key in job.ingredients[kind].items()}
        for kind in ("runs", "studies")
    }


def page_record(job: jobs.Job, asked: Asked, started: str, outcome: run_notebook.Outcome) -> dict:
    """Return the record of an executed page, without its outputs."""
    from engine.store import machine

    commit, modified = git_state.commit()
    return {
        "notebook": job.name,
        "paper": job.paper,
        "key": job.stage.key,
        "parameters": job.ingredients["settings"],
        "computed": {
            "commit": commit,
            "modified": modified,
            "start": started,
            "wall_seconds": round(outcome.seconds, 1),
        },
        "environment": machine.environment(asked.threads),
        "provenance": stated(outcome.book),
        "uncounted": undeclared_reads.uncounted_packages(outcome.reads, job.ingredients),
        **read_by(job),
        "ingredients": job.ingredients,
    }


def as_stored(book: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return an executed notebook without what papermill added to it."""
    injected = "injected-parameters"
    book.cells = [c for c in book.cells if injected not in c.metadata.get("tags", [])]
    book.metadata.pop("papermill", None)
    for cell in book.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
    return book


def make_page(job: jobs.Job, asked: Asked, command: str) -> failure_report.Failure | None:
    """Execute the notebook's code cells and store them with their outputs; return what failed."""
    parameters = asdict(page_table.settings_of(job.name, asked.settings))
    book = notebook_cells.without_prose(page_table.notebook(job.name))
    started = datetime.now(UTC).isoformat(timespec="seconds")
    with run_notebook.scratch_folder() as scratch:
        outcome = run_notebook.run(book, job.name, parameters, asked.limit, scratch)
        if outcome.error is not None:
            stopped = (outcome.book, outcome.error, command, asked.limit)
            found = failure_report.of_notebook(job.name, *stopped)
        else:
            # Once stored, it would stop every later build, on every machine that has the store.
            found = failure_report.of_outputs(job.name, outcome.book, command)
        if found is not None:
            failure_report.keep(found, as_stored(outcome.book))
            return found
        unseen = undeclared_reads.undeclared(outcome.reads, job.ingredients)
        if unseen:
            raise JobError(
                f"it read {', '.join(unseen)}, which does not count towards its key, so that a "
                "change there would go unseen: name the file in the row of the page"
            )
        find(job.folder, asked.settings)
        with artifact.writing(job.place()) as part:
            nbformat.write(as_stored(outcome.book), part / "page.ipynb")
            write_json(part / "record.json", page_record(job, asked, started, outcome))
    return None


def alone(job: jobs.Job, settings: Settings) -> str:
    """Return the command that does the same without the rest of the book."""
    own = asdict(paper_registry.settings(paper_registry.get(job.paper), settings))
    given = " ".join(f"{name.upper()}={value}" for name, value in own.items() if value != "")
    return f"make notebook N={job.name} {given}" if job.kind == "page" else f"make book {given}"


def do(folder: str, asked: Asked) -> failure_report.Failure | None:
    """Do the job whose result belongs into ``folder``; return what failed, or None."""
    where, _, whole = folder.partition("/")
    name = whole.rpartition("-")[0]
    kind = next((kind for kind, known in FOLDERS.items() if known == where), where)
    if kind == "page":
        name = name.replace("-", "/")  # as `Stage.folder` made it
    command = "make book"
    try:
        job = find(folder, asked.settings)
        command = alone(job, asked.settings)
        failure_report.clear(job.name)
        if job.kind == "page":
            with only_once(job) as wanted:
                return make_page(job, asked, command) if wanted else None
        with run_notebook.scratch_folder() as scratch:
            run_notebook.set_environment(scratch)
            with run_notebook.live_progress(job.name, scratch / "progress", 2):
                make(job)
        return None
    except Exception as error:  # whatever it is, it becomes one readable report
        found = failure_report.of(kind, name, error, command, traceback.format_exc().splitlines())
        if isinstance(error, JobError):
            found = failure_report.Failure(kind, name, str(error), command)
        failure_report.keep(found, None)
        return found


def main(argv: list[str] | None = None) -> int:
    """Do some jobs; return 0, or 1 if one failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", help="of the results, relative to the store")
    parser.add_argument("--result", type=Path, required=True, help="the first's first file, whole")
    parser.add_argument("--settings", type=Path, required=True, help="JSON of the build")
    args = parser.parse_args(argv)
    asked = Asked.restored(json.loads(args.settings.read_text()))
    # With a store of Snakemake's own (a bucket, say) the files of this job lie in a local copy.
    os.environ["FER_CACHE"] = str(args.result.absolute().parents[2])
    os.environ["FER_THREADS"] = str(asked.threads)
    try:
        failed = 0
        for folder in args.folders:
            found = do(folder, asked)
            if found:
                failed = 1
                print(f"error: {found.sentence()}", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        return 130  # stopped by hand: the build says so, a traceback would not help
    return failed


if __name__ == "__main__":
    sys.exit(main())
