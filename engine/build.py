"""Build the book: check the settings, run the missing jobs, render and check the site."""

from __future__ import annotations

import argparse
import functools
import http.client
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime

from filelock import FileLock, Timeout

from engine import pairs, why
from engine.jobs import check, failure_report, jobs, tool_folders
from engine.jobs import remote_store as storage
from engine.jobs.check import Asked
from engine.site import render
from engine.store import artifact, paths
from fer_lib.models import pretrained_registry

# Snakemake is silent, for the jobs speak for themselves; but --quiet silences its errors as well,
# also in its own log. So they are kept in a file, to be shown where no job has failed.
# To keep to a number of jobs a second it looks once a second, for ever, and once more a second for
# each job that has ended: half a core after a hundred. So there is no such limit.
SNAKEMAKE = """
import logging, sys
from snakemake.cli import main
from snakemake.settings.types import MaxJobsPerTimespan
MaxJobsPerTimespan.__bool__ = lambda limit: False
errors = logging.FileHandler(sys.argv.pop(1), "w")
errors.setLevel(logging.WARNING)
logging.getLogger("snakemake").addHandler(errors)
main()
"""
LINK = ".store"  # in the build folder
ANSWER_WITHIN = 3  # seconds, of an address of weights


@contextmanager
def only_build() -> Iterator[None]:
    """Refuse a second build in the same build folder.

    The system drops the lock with the process that holds it, so a killed build leaves nothing to
    clear up.
    """
    folder = paths.build()
    holder = folder / "build.pid"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock")
        lock.acquire(timeout=0)
        holder.write_text(f"{os.getpid()}\n")
    except Timeout:
        number = holder.read_text().strip() if holder.exists() else "unknown"
        raise check.InputError(
            f"another build (process {number}) is at work in {folder}: wait for it, or stop it"
        ) from None
    except OSError as error:
        raise check.InputError(f"{folder} cannot be written to ({error.strerror})") from None
    try:
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


@functools.cache
def answers(family: str) -> bool:
    """Return whether a downloadable file of a family answers, without fetching it.

    Asked once a process.
    """
    origins = [o for source in pretrained_registry.family(family) for o in source.origins]
    for address in filter(pretrained_registry.is_address, origins):
        asked = urllib.request.Request(address, method="HEAD")
        try:
            with urllib.request.urlopen(asked, timeout=ANSWER_WITHIN) as answer:
                return answer.status == 200
        except (OSError, http.client.HTTPException):
            continue
    return False


def missing(found: dict[str, jobs.Job]) -> list[jobs.Job]:
    """Return the jobs whose result is not in the store; remove what is damaged, and say so."""
    stale, repeated = [], set()
    for job in found.values():
        fault = job.fault()
        if fault is None and job.stage.could_start_better(answers):
            fault = "began at random; weights can be had now"
            repeated.add(job.folder)
        if fault is None and repeated & set(job.needs):
            fault = "rests on such a result"
        if fault is None:
            continue
        if fault != "missing":
            print(f"{job.name}: the stored result {fault}: making it again", file=sys.stderr)
            artifact.remove(job.place())
        stale.append(job)
    return stale


def linked_store(storage: str) -> str:
    """Link to the store from the build folder; return what to put before a name in it.

    Snakemake takes a path for a pattern, in which braces name a wildcard, and has no way to quote
    them; so it is given none that a user has chosen. A store elsewhere it names by itself.
    """
    if storage:
        return ""
    link, store = paths.build().resolve() / LINK, paths.cache().resolve()
    if not link.is_symlink() or link.readlink() != store:
        artifact.remove(link)
        link.symlink_to(store)
    return f"{LINK}/"


def snakemake(asked: Asked, count: str, flags: list[str], **more: list[str]) -> list[str]:
    """Return the command that does the jobs, ``count`` at a time, with further ``flags``.

    ``left_out`` names results that are not to be made; with ``fetch``, the command brings these
    results from a store elsewhere instead.
    """
    # A file, because --config takes a folder's name apart where it looks like YAML.
    file = paths.build().resolve() / "settings.json"
    file.write_text(json.dumps(asdict(asked)))
    config = file.with_name("config.json")
    # On a cluster the machines have the cores, and only the number of jobs is ours to limit.
    away = any(flag.startswith("--executor") or flag == "-e" for flag in flags)
    told = {"settings": str(file), "store": linked_store(asked.storage), "left_out": []}
    # Short jobs share a process where all of them run here.
    told["at_once"] = 0 if away or asked.storage else int(count)
    config.write_text(json.dumps(told | more))
    command = [sys.executable, "-c", SNAKEMAKE, str(file.with_name("snakemake.log"))]
    command += ["--snakefile", str(paths.root() / "Snakefile")]
    command += ["--directory", str(paths.build().resolve()), "--configfile", str(config)]
    command += ["--jobs" if away else "--cores", count]
    command += ["--keep-going", "--quiet", "all"]
    # The other scheduler solves an integer programme whenever a job has ended.
    command += ["--scheduler", "greedy"]
    # A result is there whole or not at all, under its key: locks, marks of unfinished work and
    # time stamps add nothing, and a killed build would leave them behind.
    command += ["--rerun-triggers", "mtime", "--nolock", "--ignore-incomplete"]
    command += ["--keep-incomplete"]  # one training failed, and others in its process did not
    if asked.storage:
        command += storage.flags(asked.storage)
    return command + flags


def signal_name(number: int) -> str:
    """Return the name of a signal; some systems have none for some signals."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def do_jobs(asked: Asked, count: str, flags: list[str], left_out: Sequence[str] = ()) -> None:
    """Let Snakemake run the jobs whose result is missing, without those in ``left_out``."""
    environment = tool_folders.environment(paths.build().resolve() / "tools")
    environment["FER_BUILD"] = str(paths.build().resolve())
    environment["FER_CACHE"] = str(paths.cache().resolve())

    def run(**more: list[str]) -> subprocess.CompletedProcess:
        command = snakemake(asked, count, flags, **more)
        return subprocess.run(
            command, cwd=paths.root(), env=environment, stdout=subprocess.PIPE, text=True
        )

    done = run(left_out=[*left_out])
    if asked.storage:
        (paths.build() / "fetched").unlink(missing_ok=True)
        wanted = storage.wanted(jobs.all_jobs(asked.settings), set(failure_report.kept()))
        fetched = run(fetch=[*wanted]) if wanted else done
        done = done if done.returncode else fetched
    if done.returncode and not failure_report.kept():
        # Nothing of ours failed, so it is Snakemake that has something to say.
        log = paths.build() / "snakemake.log"
        said = log.read_text().strip().splitlines() if log.exists() else []
        how = f"status {done.returncode}"
        if done.returncode < 0:
            how = f"killed by {signal_name(-done.returncode)}"
        print("\n".join([f"Snakemake stopped ({how}):", *said[-12:]]), file=sys.stderr)


def beyond_reach(stale: list[jobs.Job]) -> list[str]:
    """Return the results that cannot be had: their job failed, or one that comes before it."""
    failed = failure_report.kept()
    found: list[str] = []
    for job in stale:
        if job.name in failed or set(job.needs) & set(found):
            found.append(job.folder)
    return found


def results(
    asked: Asked, count: str, flags: list[str]
) -> tuple[dict[str, jobs.Job], list[failure_report.Failure]]:
    """Run the jobs whose result is missing; return all jobs of the build, and the failures."""
    failure_report.clear()
    found = jobs.all_jobs(asked.settings)
    stale = missing(found)
    if stale:
        paths.writable_cache()  # said once and now, not by every job
    for job in stale:
        print(f"to do: {job.name} ({why.short(why.explain(job))})", file=sys.stderr)
    if stale:
        do_jobs(asked, count, flags)
        left_out = [] if asked.storage else beyond_reach(stale)
        if left_out and any(job.folder not in left_out and job.fault() for job in stale):
            # Snakemake takes a process that failed for a failure of all trainings in it.
            do_jobs(asked, count, flags, left_out)
    failures = failure_report.kept()
    for job in stale:  # the others were looked at above
        if job.name not in failures and job.fault():
            first = [found[need].name for need in job.needs if found[need].name in failures]
            cause = f"it needs {', '.join(first)}" if first else "it was not done"
            failures[job.name] = failure_report.Failure(job.kind, job.name, cause, "make book")
    return found, list(failures.values())


def asked_of(args: argparse.Namespace) -> Asked:
    """Return what the command line asks for, checked, with what only a whole build has.

    Raises
    ------
    InputError
        As `engine.jobs.check.of_arguments`, or if the pairs of notebooks differ.
    """
    if not args.jobs.isdecimal() or int(args.jobs) < 1:
        raise check.InputError(f"JOBS={args.jobs}: must be a whole number, 1 or more")
    start = datetime.now(UTC).isoformat(timespec="seconds")
    repository = getattr(args, "repository", "").removesuffix("/")
    if repository and not re.fullmatch(r"https://[\w.-]+(/[\w.-]+)+", repository):
        raise check.InputError(
            f"REPOSITORY={repository}: give its address, such as https://example.org/me/book"
        )
    own = {"storage": getattr(args, "storage", ""), "repository": repository, "start": start}
    asked = replace(check.of_arguments(args), **own)
    if pairs.main([]):
        raise check.InputError("the notebook pairs have to agree first")
    return asked


def main(argv: list[str] | None = None) -> int:
    """Build; return 0, 1 if something on the way failed, 2 for bad input."""
    parser = argparse.ArgumentParser(description=__doc__)
    check.add_arguments(parser)
    parser.add_argument("--jobs", default="2")
    parser.add_argument("--flags", default="", help="more options for Snakemake")
    parser.add_argument(
        "--storage", default="", help="a store elsewhere, see engine/jobs/remote_store.py"
    )
    parser.add_argument("--repository", default="", help="its address; pages then link to it")
    args = parser.parse_args(argv)
    clock = time.monotonic()
    try:
        asked = asked_of(args)
        if args.storage:
            os.environ["FER_CACHE"] = storage.local_copy(args.storage)
        with only_build():
            made = results(asked, args.jobs, shlex.split(args.flags))
            outcome = render.main(*made, asked)
    except (check.InputError, paths.CacheError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except OSError as error:  # a full disk, most often
        print(f"error: the build stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("error: stopped by hand; the same command goes on from here", file=sys.stderr)
        return 130
    print(f"{time.monotonic() - clock:.0f} s in all", file=sys.stderr)
    return outcome


if __name__ == "__main__":
    sys.exit(main())
