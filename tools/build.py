"""Build the book: check the settings, run the notebooks that need it, render, pass the gate."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from fer_lib import paths
from tools import check, graph, pairs, render


@contextmanager
def only_build() -> Iterator[int]:
    """Refuse a second build in the same build folder; yield the lock's file descriptor.

    The system drops the lock with the last process that holds it, so a killed build leaves nothing
    to clear up.
    """
    folder = paths.build()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("w")
    except OSError as error:
        raise check.InputError(f"{folder} cannot be written to ({error.strerror})") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise check.InputError(f"another build is at work in {folder}: wait for it") from None
        yield lock.fileno()


def run_notebooks(parameters: dict, jobs: int, lock: int) -> int:
    """Run what is stale through Snakemake, which holds ``lock`` too; return its exit status."""
    # A file, because --config takes a folder's name apart where it looks like YAML.
    settings = paths.build() / "settings.json"
    settings.write_text(json.dumps(parameters))
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(paths.root() / "Snakefile")]
    # Our own lock (above) stands in for Snakemake's, which a killed build would leave behind.
    command += ["--cores", str(jobs), "--keep-going", "--rerun-incomplete", "--nolock"]
    command += ["--quiet", "all", "--directory", str(paths.root())]
    command += ["--configfile", str(settings)]
    environment = {**os.environ, "FER_BUILD": str(paths.build())}
    done = subprocess.run(command, cwd=paths.root(), env=environment, pass_fds=[lock])
    return done.returncode


def main(argv: list[str] | None = None) -> int:
    """Build; return 0, 1 if something on the way failed, 2 for bad input."""
    parser = argparse.ArgumentParser(description=__doc__)
    check.add_arguments(parser)
    parser.add_argument("--jobs", default="2")
    args = parser.parse_args(argv)
    clock = time.monotonic()
    try:
        if not args.jobs.isdecimal() or int(args.jobs) < 1:
            raise check.InputError(f"JOBS={args.jobs}: must be a whole number, 1 or more")
        parameters = check.check(args.profile, args.data, args.data_root, args.seed)
        if pairs.main([]):
            return 2
        with only_build() as lock:
            failed = run_notebooks(parameters, int(args.jobs), lock)
            if failed:
                return summarise_failure()
            executed = time.monotonic() - clock
            outcome = render.main()
    except check.InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("error: stopped by hand; the same command goes on from here", file=sys.stderr)
        return 130
    total = time.monotonic() - clock
    print(f"notebooks {executed:.0f} s, pages {total - executed:.0f} s", file=sys.stderr)
    return outcome


def summarise_failure() -> int:
    """Say once more, last, which notebooks failed; return 1."""
    failed = sorted(path.stem for path in graph.executed().glob("*.failed.ipynb"))
    names = ", ".join(name.removesuffix(".failed") for name in failed) or "see above"
    print(f"error: the book is not built; failed: {names}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
