"""Compute the book a second time from nothing, compare it with the first, record the outcome.

Numbers are compared with tolerance zero: same seed, same machine and same thread count must give
the same bits. With another thread count the trainings are made once more, and how far they move is
measured.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from engine import build
from engine.compare import pages
from engine.compare.difference import between_data
from engine.jobs import check, failure_report, jobs
from engine.jobs.check import Asked
from engine.site import render
from engine.store import artifact, git_state, paths
from engine.store.stage import FOLDERS

# What says when something was made and how long it took.
TIMED = ("about.json", "times.parquet")


@contextmanager
def elsewhere(folder: Path, count: int, *kept: str) -> Iterator[None]:
    """Build into an empty ``folder``, store included, with ``count`` threads.

    Files of weights are given, not made: those of the present store serve, so that a machine
    without a network does not begin at random the second time. So do further folders ``kept``.
    """
    before = dict(os.environ)
    present = paths.cache().resolve()
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "store").mkdir(parents=True)
    for name in ("weights", *kept):
        if (present / name).is_dir():
            (folder / "store" / name).symlink_to(present / name)
    os.environ["FER_BUILD"] = str(folder)
    os.environ["FER_CACHE"] = str(folder / "store")
    os.environ["FER_THREADS"] = str(count)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def places(found: dict[str, jobs.Job], kind: str) -> dict[str, Path]:
    """Return where the results of one kind lie, by the name of the job."""
    return {job.name: job.place() for job in found.values() if job.kind == kind}


def about_data(place: Path) -> dict:
    """Return what a data job noted, but for when, and for how long it worked."""
    told = json.loads((place / "about.json").read_text())
    return {key: told[key] for key in told.keys() - {"wall_seconds", "computed"}}


def different(one: Path, other: Path) -> list[str]:
    """Return the files of two sealed folders whose bytes differ, but for those that hold times."""
    first, second = artifact.sums(one), artifact.sums(other)
    names = [name for name in sorted(first | second) if name not in TIMED]
    return [name for name in names if first.get(name) != second.get(name)]


def again(asked: Asked, count: str, first: dict[str, jobs.Job], folder: Path) -> list[str]:
    """Do every job once more in ``folder``; return the differences in words."""
    before = {kind: places(first, kind) for kind in FOLDERS}
    with elsewhere(folder, asked.threads):
        found, failures = build.results(asked, count, [])
        if failures:
            return [failed.sentence() for failed in failures]
        after = {kind: places(found, kind) for kind in FOLDERS}
    if {kind: set(names) for kind, names in before.items()} != {
        kind: set(names) for kind, names in after.items()
    }:
        return ["the second build has other jobs than the first: a file changed in between"]
    differences = []
    for name, place in before["data"].items():
        other = after["data"][name]
        differences += between_data(name, about_data(place), about_data(other))
    for kind, text in (("activations", "the activations differ"), ("study", "the study differs")):
        for name, place in before[kind].items():
            files = different(place, after[kind][name])
            differences += [f"{name}: {text} ({file})" for file in files]
    for name, place in before["run"].items():
        differences += pages.compare_runs(place, after["run"][name])
    for name, place in before["page"].items():
        pair = (place / "page.ipynb", after["page"][name] / "page.ipynb")
        differences += pages.compare_pages(*pair)
    return [str(difference) for difference in differences]


def across(asked: Asked, first: dict[str, jobs.Job], folder: Path) -> dict:
    """Make the trainings with another thread count; return how far the results move.

    The data sets do not depend on it and are those of the book.
    """
    own = asked.threads
    other = 2 if own == 1 else 1
    before = places(first, "run")
    with elsewhere(folder, other, "data"):
        there = replace(asked, threads=other)
        found = jobs.all_jobs(there.settings)
        runs = [job.folder for job in found.values() if job.kind == "run"]
        wanted = [f"{build.LINK}/{folder}/run.json" for folder in runs]
        build.do_jobs(there, str(max(other, 2)), ["--", *wanted])
        if failure_report.kept():
            raise check.InputError("; ".join(f.sentence() for f in failure_report.kept().values()))
        moved = [pages.largest(before[n], place) for n, place in places(found, "run").items()]
    return {
        "threads": [own, other],
        "probability": max(max(one["probability"].values()) for one in moved),
        "emotion_accuracy": max(max(one["emotion accuracy"].values()) for one in moved),
        "authenticity_auc": max(max(one["authenticity AUC"].values()) for one in moved),
    }


def verify(asked: Asked, count: str) -> dict:
    """Return the outcome of a second build: what differs, and by how much across threads.

    Raises
    ------
    InputError
        If the first build is not there because something in it fails.
    """
    found, failures = build.results(asked, count, [])
    if failures:
        for failed in failures:
            print(f"error: {failed.sentence()}", file=sys.stderr)
        raise check.InputError("the book itself cannot be made; mend that first (make book)")
    folder = paths.build().resolve() / "verify"
    print("once more, from nothing", file=sys.stderr)
    differences = again(asked, count, found, folder / "again")
    print("the trainings with another number of threads", file=sys.stderr)
    moved = across(asked, found, folder / "threads")
    commit, _ = git_state.commit()
    outcome = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit,
        "same": not differences,
        "pages": len(places(found, "page")),
        "runs": len(places(found, "run")),
        "threads": asked.threads,
        "differences": differences,
        "across": moved,
    }
    file = render.verification_file(found)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(outcome, indent=1) + "\n")
    shutil.rmtree(folder, ignore_errors=True)
    return outcome


def main(argv: list[str] | None = None) -> int:
    """Verify, and render the book with the outcome; return 0 only if nothing differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    check.add_arguments(parser)
    parser.add_argument("--jobs", default="2")
    args = parser.parse_args(argv)
    try:
        asked = build.asked_of(args)
        with build.only_build():
            outcome = verify(asked, args.jobs)
            rendered = render.main(*build.results(asked, args.jobs, []), asked)
    except (check.InputError, paths.CacheError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    for line in outcome["differences"]:
        print(f"error: {line}", file=sys.stderr)
    word = "the same" if outcome["same"] else "NOT the same"
    print(
        f"{outcome['pages']} pages and {outcome['runs']} runs made twice: {word}. With "
        f"{outcome['across']['threads'][1]} threads instead of {outcome['across']['threads'][0]}, "
        f"a probability moves by at most {outcome['across']['probability']:.2g}.",
        file=sys.stderr,
    )
    return 0 if outcome["same"] and rendered == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
