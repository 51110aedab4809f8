"""Render the stored results into a static book; nothing is executed here.

Every rendering starts from an empty folder, is checked, and replaces the old site in one step. Each
problem is listed and fails the build, every time; the site can still be viewed. A site without
problems is kept while no byte behind it changes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from engine.jobs import page_table, tool_folders
from engine.jobs.check import Asked
from engine.jobs.failure_report import Failure
from engine.jobs.jobs import Job
from engine.site import (
    assemble_book,
    download,
    ledger_page,
    moved,
    page_footer,
    site_cache,
    site_checks,
)
from engine.store import git_state, keys, paths

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def sphinx_problems(log: str) -> list[str]:
    """Return the warnings and errors in what Jupyter Book printed."""
    lines = ANSI.sub("", log).splitlines()
    return [line.strip() for line in lines if re.search(r"\b(WARNING|ERROR|CRITICAL)\b", line)]


def causes(log: str) -> list[str]:
    """Return what stopped Jupyter Book: the errors in what it printed, each once.

    A traceback ends in its error, and others, of whatever called it, follow. Sphinx puts the
    words of its own errors into the line after "Extension error:".
    """
    lines = [line for line in ANSI.sub("", log).splitlines() if line.strip()]
    found = []
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if re.match(r"[A-Z]\w+ error( \(.+\))?:\s*$", line):
            found.append(f"{line.strip()} {after.strip()}")
        elif re.match(r"([A-Za-z_]\w*\.)*\w*([eE]rror|Exception|Exit): *\S", line):
            found.append(line.strip())
    return list(dict.fromkeys(found))


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
        env=tool_folders.environment(output) | {"NO_COLOR": "1", "PYTHONWARNINGS": "ignore"},
    )
    log = paths.build() / "sphinx.log"  # outlives the folder of this rendering
    log.write_text(done.stdout)
    problems = sphinx_problems(done.stdout)
    if done.returncode:
        how = " / ".join(causes(done.stdout)) or f"status {done.returncode}"
        problems.append(f"Jupyter Book stopped: {how}. All that it said is in {log}")
    return problems


def swap(new: Path, target: Path) -> None:
    """Put ``new`` in the place of ``target``."""
    old = target.with_name(target.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def all_results(found: dict[str, Job]) -> str:
    """Return one key for all results of a build; what `make verify` finds holds for these only."""
    return keys.digest({"results": sorted(found)})


def verification_file(found: dict[str, Job]) -> Path:
    """Return where the outcome of `make verify` for these results lies, or will lie."""
    return paths.cache() / "verified" / f"{all_results(found)}.json"


def verification(found: dict[str, Job]) -> dict | None:
    """Return the outcome of `make verify` for these very results, or None."""
    try:
        return json.loads(verification_file(found).read_text())
    except (OSError, ValueError):
        return None


def render(found: dict[str, Job], failures: list[Failure], asked: Asked) -> list[str]:
    """Render the book into ``paths.build() / "html"``; return what is wrong, one line each."""
    build = paths.build()
    # A folder of its own: Sphinx may outlive a build that was killed, and go on writing into its.
    source, work = build / "book", build / f"rendering-{os.getpid()}"
    verified = verification(found)
    problems = assemble_book.stage(found, failures, asked, verified, source)
    made_from = "" if problems or failures else site_cache.key(source, found, verified)
    if made_from and site_cache.stands(build / "html", made_from):
        return []
    problems += site_checks.notebook_problems(source / "notebooks")
    for left in build.glob("rendering-*"):
        shutil.rmtree(left, ignore_errors=True)
    work.mkdir(parents=True)
    problems += run_sphinx(source, work)
    site = work / "_build" / "html"
    if not (site / "index.html").exists():
        return [*problems, "no index.html was rendered"]
    failed = {failure.name for failure in failures}
    sound = [job for job in found.values() if job.name not in failed]
    page_footer.publish(sound, source / assemble_book.GENERATED / ledger_page.VERDICTS, site)
    pages = [job.name for job in found.values() if job.kind == "page"]
    commit, modified = git_state.commit()
    known = "" if modified or commit == git_state.UNKNOWN else commit
    download.write(site, pages, asked.settings.profile, asked.repository, known)
    problems += moved.write(site)
    problems += site_checks.site_problems(site, page_table.pages_in_toc(source / "_toc.yml"))
    shutil.rmtree(site / ".doctrees", ignore_errors=True)
    if made_from and not problems:
        site_cache.note(site, made_from)
    swap(site, build / "html")
    shutil.rmtree(work, ignore_errors=True)
    return problems


def main(found: dict[str, Job], failures: list[Failure], asked: Asked) -> int:
    """Render; list what failed and what is wrong; return 0 only if nothing is."""
    problems = render(found, failures, asked)
    for line in problems:
        print(f"error: {line}", file=sys.stderr)
    for failure in failures:
        print(f"error: {failure.sentence()}", file=sys.stderr)
    print(f"the book: {paths.build() / 'html' / 'index.html'}", file=sys.stderr)
    if problems or failures:
        count = len(problems) + len(failures)
        print(f"error: the book is not sound: {count} problem(s), listed above", file=sys.stderr)
        return 1
    return 0
