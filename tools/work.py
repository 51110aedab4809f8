"""Do a job of a build, or several short ones: make a data set, train, or execute a notebook.

Snakemake calls this for what is not in the store. The result appears whole, under its key, or not
at all; a job that fails leaves a report instead, and the others go on.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import nbformat

from fer_lib import data as datasets
from fer_lib import dataset_registry, papers, provenance, registry, sealed
from fer_lib.studies import Asked
from tools import cells, checkout, execute, failure, graph, jobs, reads


class JobError(RuntimeError):
    """A job cannot be done, or its result must not be kept; one line with the cure."""


def find(folder: str, settings: dict) -> jobs.Job:
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
    with sealed.only_one(job.place()):
        yield job.fault() is not None


def write_json(path: Path, content: dict) -> None:
    """Write plain values as indented JSON."""
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def make_data(job: jobs.Job, own: dict) -> None:
    """Make, or check, the data set and the further test subjects; note their hashes.

    ``own`` are the settings of the job's paper.
    """
    start = time.monotonic()
    subjects = job.ingredients["subjects"]
    face_data = datasets.load(own["data"], own["data_root"] or None, n_subjects=subjects)
    about = {
        "data": own["data"],
        "data_sha256": face_data.sha256,
        "kind": face_data.kind,
        "group_kind": face_data.group_kind,
        "images": len(face_data.table),
        "groups": int(face_data.table["group"].nunique()),
    }
    further_set = dataset_registry.get(own["data"]).further
    if further_set:
        further = datasets.load(further_set, n_subjects=job.ingredients["test_subjects"])
        about["further_sha256"] = further.sha256
    about["computed"] = {"start": datetime.now(UTC).isoformat(timespec="seconds")}
    about["wall_seconds"] = round(time.monotonic() - start, 1)
    with sealed.writing(job.place()) as part:
        write_json(part / "about.json", about | {"ingredients": job.ingredients})


def train(job: jobs.Job) -> None:
    """Train, unless the store has the run already."""
    from fer_lib import experiment

    run = experiment.obtain(job.experiment)
    if run.folder != job.place():
        raise JobError("a file it depends on changed while it was training: build again")


def compute(job: jobs.Job, own: dict) -> None:
    """Compute activations or make a study, unless the store has them already."""
    if job.study:
        from fer_lib import study

        study.made(job.study, Asked(**{name: own[name] for name in graph.PARAMETERS}))
    else:
        from fer_lib import activate

        activate.obtain(job.activations, own["data_root"])
    if job.fault() is not None:
        raise JobError("a file it depends on changed while it was computed: build again")


def make(job: jobs.Job, settings: dict) -> None:
    """Do a job that is no page; refuse its result if it used a row that its key does not hold."""
    own = papers.settings(papers.get(job.paper), settings)
    with reads.Rows() as rows:
        if job.kind == "run":
            train(job)
        elif job.kind in ("activations", "study"):
            compute(job, own)
        else:
            with only_once(job) as wanted:
                if wanted:
                    make_data(job, own)
    uncounted = rows.uncounted(job.ingredients)
    if uncounted:
        sealed.remove(job.place())
        raise JobError(
            f"it used {', '.join(uncounted)} of fer_lib/tables, which does not count towards its "
            "key, so that a change there would go unseen: name it where its ingredients are made"
        )


def stated(book: nbformat.NotebookNode) -> list[dict]:
    """Return what the page's headers said of profile, data and seed."""
    return [
        output.data[provenance.MIME]
        for cell in book.cells
        for output in cell.get("outputs", [])
        if provenance.MIME in output.get("data", {})
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


def page_record(job: jobs.Job, settings: dict, started: str, outcome: execute.Outcome) -> dict:
    """Return what is known of an executed page beside its outputs."""
    from fer_lib import machine

    commit, modified = checkout.commit()
    return {
        "notebook": job.name,
        "paper": job.paper,
        "key": job.key,
        "parameters": job.ingredients["settings"],
        "computed": {
            "commit": commit,
            "modified": modified,
            "start": started,
            "wall_seconds": round(outcome.seconds, 1),
        },
        "environment": machine.environment(settings["threads"]),
        "provenance": stated(outcome.book),
        "uncounted": reads.uncounted_packages(outcome.reads, job.ingredients),
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


def make_page(job: jobs.Job, settings: dict, command: str) -> failure.Failure | None:
    """Execute the notebook's code cells and store them with their outputs; return what failed."""
    own = graph.settings_of(job.name, settings)
    parameters = {key: own[key] for key in graph.PARAMETERS}
    book = cells.without_prose(graph.notebook(job.name))
    started = datetime.now(UTC).isoformat(timespec="seconds")
    with execute.scratch_folder() as scratch:
        outcome = execute.run(book, job.name, parameters, settings["limit"], scratch)
        if outcome.error is not None:
            stopped = (outcome.book, outcome.error, command, settings["limit"])
            found = failure.of_notebook(job.name, *stopped)
        else:
            # Once stored, it would stop every later build, on every machine that has the store.
            found = failure.of_outputs(job.name, outcome.book, command)
        if found is not None:
            failure.keep(found, as_stored(outcome.book))
            return found
        unseen = reads.undeclared(outcome.reads, job.ingredients)
        if unseen:
            raise JobError(
                f"it read {', '.join(unseen)}, which does not count towards its key, so that a "
                "change there would go unseen: name the file in tools/graph.py"
            )
        find(job.folder, settings)
        with sealed.writing(job.place()) as part:
            nbformat.write(as_stored(outcome.book), part / "page.ipynb")
            write_json(part / "record.json", page_record(job, settings, started, outcome))
    return None


def alone(job: jobs.Job, settings: dict) -> str:
    """Return the command that does the same without the rest of the book."""
    own = papers.settings(papers.get(job.paper), settings)
    given = " ".join(f"{key.upper()}={own[key]}" for key in graph.PARAMETERS if own[key] != "")
    return f"make notebook N={job.name} {given}" if job.kind == "page" else f"make book {given}"


def do(folder: str, settings: dict) -> failure.Failure | None:
    """Do the job whose result belongs into ``folder``; return what failed, or None."""
    where, _, whole = folder.partition("/")
    name = whole.rpartition("-")[0]
    kind = {"sets": "data", "runs": "run", "studies": "study", "pages": "page"}.get(where, where)
    command = "make book"
    try:
        job = find(folder, settings)
        command = alone(job, settings)
        failure.clear(job.name)
        if job.kind == "page":
            with only_once(job) as wanted:
                return make_page(job, settings, command) if wanted else None
        with execute.scratch_folder() as scratch:
            execute.set_environment(scratch)
            with execute.live_progress(job.name, scratch / "progress", 2):
                make(job, settings)
        return None
    except Exception as error:  # whatever it is, it becomes one readable report
        found = failure.of(kind, name, error, command, traceback.format_exc().splitlines())
        if isinstance(error, JobError):
            found = failure.Failure(kind, name, str(error), command)
        failure.keep(found, None)
        return found


def main(argv: list[str] | None = None) -> int:
    """Do some jobs; return 0, or 1 if one failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", help="of the results, relative to the store")
    parser.add_argument("--result", type=Path, required=True, help="the first's first file, whole")
    parser.add_argument("--settings", type=Path, required=True, help="JSON of the build")
    args = parser.parse_args(argv)
    settings = json.loads(args.settings.read_text())
    # With a store of Snakemake's own (a bucket, say) the files of this job lie in a local copy.
    os.environ["FER_CACHE"] = str(args.result.absolute().parents[2])
    os.environ["FER_THREADS"] = str(settings["threads"])
    try:
        failed = 0
        for folder in args.folders:
            found = do(folder, settings)
            if found:
                failed = 1
                print(f"error: {found.sentence()}", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        return 130  # stopped by hand: the build says so, a traceback would not help
    return failed


if __name__ == "__main__":
    sys.exit(main())
