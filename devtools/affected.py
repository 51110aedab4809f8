"""Run the tests that uncommitted changes and the last commit can reach, the nearest first.

python -m devtools.affected [--list] [FILE ...]     FILE: as if only these had changed

A changed module reaches what imports it, directly or not. Any other file (a notebook, a table,
prose) reaches the modules and tests that name it, or its top folder, in quotes, and what imports
these. A module reaches tests that name it in this way, too: they start it as a process. Tests that
copy the whole checkout are reached by everything and come last. After `SECONDS` the rest is named
and left to `make test`, as are the tests marked slow or site.
"""

from __future__ import annotations

import argparse
import heapq
import re
import subprocess
import sys
import time
from collections import Counter
from functools import cache

import grimp
import pytest

from engine.jobs import notebook_cells
from engine.store import paths

PACKAGES = ("claimcheck", "devtools", "engine", "face_renderer", "fer_lib", "service")
COPYING = ("tests.helpers.copies", "tests.helpers.toy")
LONG = ("test_edits", "test_failures", "test_storage", "test_commands")  # minutes: after all others
NAMED, LAST = 100, 200  # steps: further away than anything that is imported
SECONDS = 75


def dotted(file: str) -> str:
    """Return what a Python file is imported as."""
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def git(*command: str) -> list[str]:
    """Return the files that a command of git's lists; none where it fails."""
    done = subprocess.run(["git", *command, "-z"], cwd=paths.root(), capture_output=True, text=True)
    return [file for file in done.stdout.split("\0") if file]


@cache
def sources() -> dict[str, str]:
    """Return the text of each Python file of ours and of the tests, by what it is imported as."""
    files = [f for top in (*PACKAGES, "tests") for f in (paths.root() / top).rglob("*.py")]
    return {dotted(f.relative_to(paths.root()).as_posix()): f.read_text("utf-8") for f in files}


@cache
def imports() -> grimp.ImportGraph:
    """Return who imports whom, the tests among them."""
    texts = sources()
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    tests = {name for name in texts if name.startswith("tests.")}
    for name in tests:
        graph.add_module(name)
    for name in tests:
        folders = name.split(".")[:-1]
        found = notebook_cells.imported([texts[name]])
        found |= {".".join([*folders, one]) for one in found}  # the modules beside it
        found |= {".".join([*folders[:n], "conftest"]) for n in range(1, len(folders) + 1)}
        for one in found & graph.modules - {name}:
            graph.add_import(importer=name, imported=one)
    return graph


def steps(changed: list[str]) -> dict[str, int]:
    """Return how many steps each module or test that changed files reach is away from them."""
    texts, graph = sources(), imports()
    waiting = [(LAST, name) for name in COPYING if changed]
    for file in changed:
        module, code = dotted(file), file.endswith(".py") and dotted(file) in graph.modules
        while not code and file.startswith(PACKAGES) and module not in graph.modules:
            module = module.rpartition(".")[0]  # of a table, or of what is gone: its package
        if module in graph.modules:
            waiting.append((0, module))
            whole = not code or file.endswith("__init__.py")
            waiting += [(1, one) for one in graph.find_descendants(module) if whole]
        top, name = file.split("/")[0], file.split("/")[-1]
        named = re.compile(rf"""["'/]({re.escape(top)}\b|{re.escape(name)}\b)""")
        among = (one for one in texts if one.startswith("tests.") or not code)
        waiting += [(NAMED, one) for one in among if named.search(texts[one])]
    heapq.heapify(waiting)
    found: dict[str, int] = {}
    while waiting:
        step, name = heapq.heappop(waiting)
        if name not in found:
            found[name] = step
            for one in graph.find_modules_that_directly_import(name):
                heapq.heappush(waiting, (step + 1, one))
    return found


def reached(changed: list[str]) -> list[str]:
    """Return the test files that changed files reach, the nearest first."""
    found = steps(changed)
    tests = [name for name in found if re.match(r"tests\..*\btest_\w+$", name)]
    tests.sort(key=lambda name: (name.endswith(LONG), found[name], name))
    return [f"{name.replace('.', '/')}.py" for name in tests]


class Limit:
    """Stop pytest after some seconds, and know which tests are left and how many failed."""

    def __init__(self) -> None:
        self.end, self.left, self.failed = time.monotonic() + SECONDS, Counter(), 0

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Count the tests of each file."""
        self.left.update(item.location[0] for item in session.items)

    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        """Take one off, and have no other begin when the time is over."""
        self.left[item.location[0]] -= 1
        if time.monotonic() > self.end:
            item.session.shouldstop = f"{SECONDS} seconds are over"

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Keep how many failed: pytest's status does not say it where it was stopped."""
        self.failed = session.testsfailed


def main(argv: list[str] | None = None) -> int:
    """Choose the tests and run them, or name their files with ``--list``."""
    parser = argparse.ArgumentParser(description="Run the tests that changes can reach.")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("files", nargs="*", metavar="FILE")
    args = parser.parse_args(argv)
    since = "HEAD~1" if git("ls-tree", "--name-only", "HEAD~1") else "HEAD"
    untracked = git("ls-files", "--others", "--exclude-standard")
    changed = args.files or [*git("diff", "--name-only", since), *untracked]
    chosen = reached(changed)
    if args.list or not chosen:
        print(*chosen, sep="\n")
        return 0
    print(f"{len(changed)} changed files reach {len(chosen)} files of tests", flush=True)
    limit = Limit()
    status = pytest.main(["-m", "not site and not slow", *chosen], plugins=[limit])
    left = [f"{count} of {file}" for file, count in limit.left.items() if count]
    print("left to `make test`: tests marked slow or site", *left, sep="\n  ")
    stopped = status in (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.NO_TESTS_COLLECTED)
    return int(limit.failed > 0) if stopped else int(status)


if __name__ == "__main__":
    sys.exit(main())
