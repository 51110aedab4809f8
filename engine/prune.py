"""Remove from the store what the present checkout does not use in one profile."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from engine.jobs import check, jobs
from engine.site import render
from engine.store import artifact, paths
from engine.store.stage import FOLDERS
from fer_lib.settings import Settings


def size(folder: Path) -> int:
    """Return the bytes of a folder or a file."""
    files = folder.rglob("*") if folder.is_dir() else [folder]
    return sum(path.stat().st_size for path in files if path.is_file())


def unused(settings: Settings) -> list[Path]:
    """Return the results in the store that are not used with these settings."""
    found = jobs.all_jobs(settings)
    store = paths.cache()
    kept = {store / folder for folder in found} | {render.verification_file(found)}
    # Weights and compiled code are few and stay.
    candidates = [path for kind in FOLDERS.values() for path in (store / kind).glob("*")]
    candidates += (store / "verified").glob("*")
    # An exported model is named after its run; it may be wanted by `make serve`.
    runs = tuple(f"{Path(folder).name}-" for folder in found if folder.startswith("runs/"))
    served = (store / "served").glob("*")
    candidates += [path for path in served if not path.name.startswith(runs)]
    # A set of faces is as large as all the rest; photographs are not touched, they cost more.
    candidates += [*(store / "data").glob("faces-*"), *(store / "data").glob("clips-*")]
    sets = [job for job in found.values() if job.kind == "data"]
    kept |= {store / "data" / job.ingredients["identity"] for job in sets}
    # Hidden are locks and unfinished work, perhaps of a build that is running.
    return sorted(path for path in set(candidates) - kept if not path.name.startswith("."))


def main(argv: list[str] | None = None) -> int:
    """Remove it, and say how much that was."""
    parser = argparse.ArgumentParser(description=__doc__)
    check.add_arguments(parser)
    args = parser.parse_args(argv)
    try:
        old = unused(check.of_arguments(args).settings)
        paths.writable_cache()
    except (check.InputError, paths.CacheError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    freed = 0
    for path in old:
        freed += size(path)
        artifact.remove(path)
    print(f"{len(old)} old results removed, {freed / 1e6:.0f} MB; kept is what this build uses")
    return 0


if __name__ == "__main__":
    sys.exit(main())
