"""The commit of the checkout, and whether tracked files differ from it."""

from __future__ import annotations

import subprocess

from engine.store import paths

UNKNOWN = "unknown"


def commit() -> tuple[str, bool]:
    """Return 12 digits of the commit and whether tracked files differ; "unknown" without git."""
    root = paths.root()
    if not (root / ".git").exists():
        return UNKNOWN, False  # a copy, perhaps inside a repository that is another project's
    command = ["git", "-C", str(root), "describe", "--always", "--dirty=-modified"]
    command += ["--exclude=*", "--abbrev=12"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return UNKNOWN, False
    name, _, modified = done.stdout.strip().partition("-")
    return name[:12] or UNKNOWN, bool(modified)
