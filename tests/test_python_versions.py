"""The supported Pythons: stated once, others refused in one line, none excluded by a package."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from re import _constants as kinds
from re import _parser as parser

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from devtools import conda_file, lock
from engine import python_version
from engine.store import paths

ROOT = paths.root()
SUPPORTED = conda_file.project()["requires-python"]
PYTHONS = conda_file.pythons()
# What a fake Python does at its start: it takes itself for another version.
CLAIM = """
import collections, sys
Version = collections.namedtuple("Version", "major minor micro releaselevel serial")
sys.version_info = Version({version}, "final", 0)
"""
# Possessive quantifiers and atomic groups, which `re` of Python 3.11.0 to 3.11.4 gets wrong.
SUSPECT = re.compile(r"[*+?}]\+|\(\?>")
SEARCHES = {"compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub"}
# What pages are rendered and looked at with; the selectors are some of the gate's and the theme's.
RENDERING = """
import sys
import bs4, docutils, jupyter_book.cli.main, jupytext, myst_nb, myst_parser, pygments.lexers.python
import nbclient, nbformat, papermill, pydata_sphinx_theme, snakemake.cli, soupsieve
import sphinx.application, sphinx.ext.autodoc, sphinx_book_theme, sphinx_design, sphinx_external_toc
html = "<ul><li class='a' id=x>1</li><li>2</li></ul><p lang=de>3</p>"
soup = bs4.BeautifulSoup(html, "html.parser")
assert [one.text for one in soup.select("ul > li.a[id='x'], li:nth-child(2n)")] == ["1", "2"]
assert soup.select_one("p:not(.a):lang(de)").text == "3"
print(sys.version.split()[0])
"""


def stated(text: str, pattern: str) -> list[str]:
    """Return what stands where ``pattern`` has its group, in all of a text."""
    return re.findall(pattern, text, re.MULTILINE)


def test_the_range_is_stated_once_and_told_alike_everywhere():
    """README, conda, the lock, the Makefile and CI say what pyproject.toml says, ruff reads it."""
    (said,) = stated(
        (ROOT / "README.md").read_text(), r"beforehand: Python ([\d., ]+ or [\d.]+) \("
    )
    assert said == f"{', '.join(PYTHONS[:-1])} or {PYTHONS[-1]}"
    assert stated((ROOT / "environment.yml").read_text(), r"- python (.*)$") == [SUPPORTED]
    for own in ROOT.glob("*/pyproject.toml"):  # a package of ours that can be installed alone
        assert stated(own.read_text(), r'^requires-python = "(.*)"$') == [SUPPORTED], own
    (said,) = stated((ROOT / "constraints.txt").read_text(), r"holds what Python (.*) need as well")
    assert said == ", ".join(PYTHONS)
    assert make("-n", "supported").stdout.count(f'"{SUPPORTED}"') == 1
    commit = (ROOT / ".github" / "workflows" / "book.yml").read_text()
    assert yaml.safe_load(commit)["jobs"]["test"]["strategy"]["matrix"]["python"] == PYTHONS
    assert "python-version: ${{ matrix.python }}" in commit
    for file in (
        *(ROOT / ".github" / "workflows").glob("*.yml"),
        *(ROOT / "notebooks").glob("*.py"),
    ):
        fixed = stated(file.read_text(), r"python-version: *[\"']?([\d.]+)")
        assert set(fixed) <= set(PYTHONS), file.name
    assert "target-version" not in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize(
    ("version", "fits"),
    [
        ((3, 10, 13), False),
        ((3, 11, 0), True),
        ((3, 11, 2), True),
        ((3, 13, 9), True),
        ((3, 14, 0), False),
        ((4, 0, 0), False),
        ((2, 7, 18), False),
    ],
)
def test_a_version_is_compared_as_packaging_does(version, fits):
    assert python_version.fits(version, SUPPORTED) is fits
    assert (".".join(map(str, version)) in SpecifierSet(SUPPORTED)) is fits


def test_the_check_itself_needs_no_newer_python_and_no_package():
    tree = ast.parse(Path(python_version.__file__).read_text(), feature_version=(3, 3))
    found = list(ast.walk(tree))
    imported = [name.name for node in found if isinstance(node, ast.Import) for name in node.names]
    assert imported == ["re", "sys"]
    newer = ast.ImportFrom | ast.JoinedStr | ast.AnnAssign | ast.NamedExpr | ast.Match
    assert not [node for node in found if isinstance(node, newer)]


def make(*words: str, **more: str) -> subprocess.CompletedProcess:
    """Run make in this checkout, without what a make around this test was given."""
    left = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", *words], cwd=ROOT, env=left | more, capture_output=True, text=True
    )


def fake(folder: Path, version: str) -> Path:
    """Return a Python that takes itself for another version and notes if it is to run a module."""
    folder.mkdir(parents=True)
    (folder / "sitecustomize.py").write_text(CLAIM.format(version=version.replace(".", ", ")))
    python = folder / "python"
    python.write_text(
        f'#!/bin/sh\ncase "$1" in -m) touch {folder}/installs; exit 9;; esac\n'
        f'PYTHONPATH={folder} exec {sys.executable} "$@"\n'
    )
    python.chmod(0o755)
    return python


def refusal(done: subprocess.CompletedProcess) -> str:
    """Return the one line in which a command was refused; make's own last word is not counted."""
    assert done.returncode == 2
    (line,) = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert done.stdout == ""
    return line


@pytest.mark.parametrize("target", ["book", "test", "why", "lock"])
@pytest.mark.parametrize("version", ["3.10.13", "3.14.0"])
def test_make_refuses_another_python_before_anything_is_made(tmp_path, version, target):
    python = fake(tmp_path / "fake", version)
    before = sorted(ROOT.iterdir())
    done = make(target, f"PYTHON={python}", f"VENV={tmp_path / 'venv'}")
    line = refusal(done)
    for words in ("error: ", f"PYTHON={python}", version, SUPPORTED, "set PYTHON="):
        assert words in line
    assert sorted(ROOT.iterdir()) == before
    assert [path.name for path in tmp_path.iterdir()] == ["fake"]
    assert not (tmp_path / "fake" / "installs").exists()


def test_make_says_in_one_line_that_there_is_no_such_python(tmp_path):
    line = refusal(make("book", "PYTHON=python3.99", f"VENV={tmp_path / 'venv'}"))
    assert line.startswith("error: PYTHON=python3.99 does not run")
    assert SUPPORTED in line
    assert "set PYTHON=" in line


def test_make_refuses_an_environment_of_another_python(tmp_path):
    """Also where everything seems installed: the system's Python under it may have changed."""
    venv = tmp_path / "venv"
    fake(venv / "bin", "3.14.0")
    (stamp,) = stated(make("-n", "why", f"VENV={venv}").stdout, r"touch (\S+installed-book\S+)")
    Path(stamp).touch()
    line = refusal(make("why", f"PYTHON={sys.executable}", f"VENV={venv}"))
    for words in (f"the environment {venv} is Python 3.14.0", SUPPORTED, "remove it, or set VENV="):
        assert words in line
    assert not (venv / "bin" / "installs").exists()


def test_make_says_that_an_environment_has_lost_its_python(tmp_path):
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to("/nowhere/python3")
    line = refusal(make("why", f"PYTHON={sys.executable}", f"VENV={venv}"))
    assert line.startswith(f"error: the environment {venv} does not run")


def test_the_check_lets_a_supported_python_go_on(tmp_path):
    python = fake(tmp_path / "fake", "3.11.2")
    done = make("supported", f"PYTHON={python}", f"VENV={tmp_path / 'venv'}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_lock_refuses_what_needs_a_later_patch_release():
    old = {"name": "old", "version": "1", "requires_python": ">=3.8"}
    late = {"name": "late", "version": "2", "requires_python": ">=3.11.5"}
    ends = {"name": "ends", "version": "3", "requires_python": "<3.13"}
    free = {"name": "free", "version": "4"}
    assert lock.too_new([old, late, ends, free]) == ["late 2 (>=3.11.5)", "ends 3 (<3.13)"]


def test_make_lock_writes_nothing_then(tmp_path, monkeypatch, capsys):
    late = {"name": "late", "version": "2", "requires_python": ">=3.11.5"}
    monkeypatch.setattr(lock, "resolve", lambda requirements, known: [late])
    monkeypatch.setattr(lock.paths, "root", lambda: tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert lock.main() == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "late 2 (>=3.11.5)" in said.err
    assert [path.name for path in tmp_path.iterdir()] == ["pyproject.toml"]


def installed() -> list[metadata.Distribution]:
    """Return what is pinned and installed here."""
    pins = conda_file.pins()
    return [one for one in metadata.distributions() if canonicalize_name(one.name) in pins]


def test_no_pinned_package_excludes_a_supported_python():
    found = [
        {
            "name": one.name,
            "version": one.version,
            "requires_python": one.metadata["Requires-Python"],
        }
        for one in installed()
        if conda_file.pins()[canonicalize_name(one.name)] == lock.public(one.version)
    ]
    assert len(found) > 150
    assert lock.too_new(found) == []


def rendering() -> list[metadata.Distribution]:
    """Return the packages that execute and render the book, with what they need, to the end."""
    lines = conda_file.project()["optional-dependencies"]["book"]
    own = conda_file.project()["name"]
    todo = [name for line in lines if (name := Requirement(line).name) != own]
    found: dict[str, metadata.Distribution] = {}
    while todo:
        name = canonicalize_name(todo.pop())
        if name in found or name not in conda_file.pins():
            continue
        found[name] = metadata.distribution(name)
        for line in found[name].requires or []:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                todo.append(requirement.name)
    return list(found.values())


def misread(part: object) -> bool:
    """Return whether a parsed pattern has what Python 3.11.0 to 3.11.4 get wrong.

    A repeated letter, as in the name of C++, or an empty group is no pattern, but punctuation.
    """
    if not isinstance(part, parser.SubPattern | list | tuple):
        return False
    kind = part[0] if len(part) == 2 else None
    if kind is kinds.ATOMIC_GROUP:
        return True
    if kind is kinds.POSSESSIVE_REPEAT:
        repeated = part[1][2]
        if repeated.getwidth()[1] > 1 or repeated[0][0] is kinds.IN:
            return True
    return any(misread(inner) for inner in part)


def patterns(tree: ast.AST, text: str) -> Iterator[str]:
    """Yield the strings that are meant as patterns: raw ones, and those given to `re`."""
    given = {
        id(word)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in SEARCHES
        for word in node.args
    }
    lines = text.splitlines()
    left_out = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            left_out |= {id(part) for part in node.values}  # its pieces
        elif isinstance(node, ast.Expr):
            left_out.add(id(node.value))  # a docstring
    for node in ast.walk(tree):
        if id(node) in left_out:
            continue
        if isinstance(node, ast.JoinedStr):
            parts = [getattr(part, "value", None) for part in node.values]
            word = "".join(part if isinstance(part, str) else "(?:x)" for part in parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            word = node.value
        else:
            continue
        start = lines[node.lineno - 1].encode()[node.col_offset :][:2].lower()
        if b"r" in start.partition(b'"')[0].partition(b"'")[0] or id(node) in given:
            yield word


def too_modern(text: str) -> list[str]:
    """Return the patterns in a module's source that Python 3.11.0 to 3.11.4 get wrong.

    A module that asks for version 3.11.5 itself knows, and has another pattern for these.
    """
    if not SUSPECT.search(text) or "(3, 11, 5)" in text:
        return []
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for word in patterns(ast.parse(text), text):
            try:
                parsed = parser.parse(word) if SUSPECT.search(word) else ()
            except re.error:  # no pattern, or a piece of one
                continue
            if misread(parsed):
                found.append(word)
    return found


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ('a = r"(?:ab?c)*+"', 1),
        ("a = fr'[-+]?+{b}'", 1),
        ('re.compile("(?>a)b")', 1),
        ('a = "C++"', 0),
        ('a = r"a\\++"', 0),
        ('a = r"[.!$&*+]"', 0),
        ('a = r"!$&()*+"', 0),
        ('r"""The C++ domain."""', 0),
    ],
)
def test_patterns_that_an_early_311_gets_wrong_are_seen(source, count):
    assert len(too_modern(source)) == count


def test_no_package_that_renders_uses_patterns_that_an_early_311_gets_wrong():
    """A package that does not say so in its metadata does not get away with it either."""
    files = 0
    for package in rendering():
        for name in package.files or []:
            path = Path(str(package.locate_file(name)))
            if path.suffix == ".py" and "tests" not in path.parts and path.exists():
                files += 1
                assert not too_modern(path.read_text(errors="replace")), path
    assert files > 2000


def early() -> str | None:
    """Return a Python 3.11.0 to 3.11.4 of this machine, if it has one."""
    for folder in os.environ["PATH"].split(os.pathsep):
        for name in ("python3.11", "python3"):
            if python := shutil.which(name, path=folder):
                told = subprocess.run(
                    [python, "-c", "import sys; print(*sys.version_info[:3])"],
                    capture_output=True,
                    text=True,
                ).stdout
                if re.fullmatch(r"3 11 [0-4]\n", told):
                    return python
    return None


@pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="the packages here are of another Python"
)
def test_what_renders_works_on_an_early_311():
    python = early()
    if python is None:
        pytest.skip("no Python 3.11.0 to 3.11.4 on this machine")
    own = str(Path(metadata.distribution("jupyter-book").locate_file("")))
    # `-S`, so that it sees our packages and not its own.
    done = subprocess.run(
        [python, "-S", "-W", "ignore", "-c", RENDERING],
        env=os.environ | {"PYTHONPATH": own},
        capture_output=True,
        text=True,
    )
    assert re.fullmatch(r"3\.11\.[0-4]\n", done.stdout), done.stderr
