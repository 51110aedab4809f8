"""Decide whether the existing site is what another rendering would give.

Rendering takes half a minute. The site is kept if no byte that rendering reads has changed, the
last rendering had no problem, and no file of the site is missing.
"""

from __future__ import annotations

import json
from pathlib import Path

from engine.jobs.jobs import Job
from engine.site.assemble_book import GENERATED
from engine.store import artifact, keys, lockfile, paths

NOTE = ".rendered-from"  # in the site, so that both come and go in one step


def key(source: Path, found: dict[str, Job], verified: dict | None) -> str:
    """Return a hash of everything that a rendering without failures reads.

    Parameters
    ----------
    source : Path
        The folder that is rendered.
    found : dict of str to Job
        The jobs of the build, whose files are published beside the pages.
    verified : dict or None
        The outcome of `make verify`, which the page on the build tells.
    """
    # That page also tells which results are of this build. What else it tells comes from the
    # published files, the outcome above and the commit, which stands on every page.
    left_out = source / GENERATED
    staged = [
        file
        for file in sorted(source.rglob("*"))
        if file.is_file() and not file.is_relative_to(left_out)
    ]
    code = sorted((paths.root() / "engine").rglob("*.py"))
    return keys.digest(
        {
            "staged": {str(f.relative_to(source)): keys.sha256(f.read_bytes()) for f in staged},
            "engine": {str(f.relative_to(paths.root())): keys.sha256(f.read_bytes()) for f in code},
            "published": {
                job.folder: artifact.sums(job.place())
                for job in found.values()
                if job.kind in ("page", "run", "study")
            },
            "verified": verified,
            "lock": lockfile.pins(),
            **keys.surroundings(),
        }
    )


def files(site: Path) -> dict[str, int]:
    """Return the size of each file of a site, but for its note."""
    return {
        str(file.relative_to(site)): file.stat().st_size
        for file in sorted(site.rglob("*"))
        if file.is_file() and file.name != NOTE
    }


def stands(site: Path, wanted: str) -> bool:
    """Return whether ``site`` is a complete rendering for the hash ``wanted`` (from `key`)."""
    try:
        told = json.loads((site / NOTE).read_text())
    except (OSError, ValueError):
        return False
    return told == {"key": wanted, "files": files(site)}


def note(site: Path, made_from: str) -> None:
    """Note in a sound site what it was rendered from."""
    told = {"key": made_from, "files": files(site)}
    (site / NOTE).write_text(json.dumps(told))
