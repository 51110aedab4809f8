"""Render the executed notebooks into a static book; nothing is executed here.

Every rendering starts from nothing, passes the gate, and replaces the old site in one step. A site
that does not pass is kept beside it, in ``rejected``, for a look.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from fer_lib import paths
from tools import gate, stage

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def sphinx_problems(log: str) -> list[str]:
    """Return the warnings and errors in what Jupyter Book printed."""
    lines = ANSI.sub("", log).splitlines()
    return [line.strip() for line in lines if re.search(r"\b(WARNING|ERROR|CRITICAL)\b", line)]


def run_sphinx(source: Path, output: Path) -> list[str]:
    """Render ``source`` with Jupyter Book into ``output``/_build/html; return what is wrong."""
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build"]
    command += [str(source), "--path-output", str(output), "--all", "--quiet"]
    # -W would hide the rest of the pages behind the first warning; the list is read instead.
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "NO_COLOR": "1", "PYTHONWARNINGS": "ignore"},
    )
    (output / "sphinx.log").write_text(done.stdout)
    problems = sphinx_problems(done.stdout)
    if done.returncode and not problems:
        last = [line for line in done.stdout.splitlines() if line.strip()][-15:]
        problems = ["Jupyter Book stopped: " + " / ".join(last)]
    return problems


def swap(new: Path, target: Path) -> None:
    """Put ``new`` in the place of ``target``."""
    old = target.with_name(target.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def render() -> list[str]:
    """Render the book into ``paths.build() / "html"``; return what is wrong, one line each."""
    build = paths.build()
    source, work = build / "book", build / "rendering"
    problems = [f"{name}: not executed, the page is missing" for name in stage.stage(source)]
    problems += gate.notebook_problems(source / "notebooks")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    problems += run_sphinx(source, work)
    site = work / "_build" / "html"
    if (site / "index.html").exists():
        problems += gate.site_problems(site, gate.pages_in_toc(source / "_toc.yml"))
        shutil.rmtree(site / ".doctrees", ignore_errors=True)
        swap(site, build / ("rejected" if problems else "html"))
    else:
        problems.append("no index.html was rendered")
    if not problems:
        shutil.rmtree(build / "rejected", ignore_errors=True)
    return problems


def main() -> int:
    """Render; list what is wrong."""
    problems = render()
    for line in problems:
        print(f"error: {line}", file=sys.stderr)
    if problems:
        kept = paths.build() / "rejected"
        print(
            f"error: {len(problems)} problems on the pages; the site is kept in {kept} for a look",
            file=sys.stderr,
        )
        return 1
    print(f"the book: {paths.build() / 'html' / 'index.html'}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
