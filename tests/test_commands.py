"""Every command that README, pages and `make help` print is run here, or its dry run is.

`COMMANDS` says of each how. A command that is printed and does not stand in it fails, and so does
a row that is printed nowhere. Of what make is to do, its plan (`make -n`) is read in any case: that
make takes the settings, which tool it would start, and that the tool takes them too.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from devtools import conda_file
from engine.jobs import check
from engine.store import paths
from fer_lib.training import configs
from tests.helpers import copies

ROOT = paths.root()
TEXTS = [ROOT / "README.md", *(ROOT / "book").rglob("*.md"), *(ROOT / "notebooks").rglob("*.py")]
# What an inline piece of code begins with if it is a command.
STARTS = ("make ", ".venv/", "claimcheck ", "conda ", "fer-audit ", "pip ", "python ", "snakemake ")
README_CLUSTER = (
    'make book PROFILE=paper JOBS=20 FLAGS="--executor slurm --config gpus=1 '
    '--default-resources slurm_partition=gpu runtime=720"'
)
# Tests of the auditor where nothing but it and what it declares is installed.
INSTALLED = "test_alone.py::test_the_example_of_the_readme_prints_what_it_says"
FACE = ".venv/bin/python -m face_renderer --picture smile.png --units 6=0.8 12=1.0,0.9"
CONDA = "conda env create -f environment.yml && conda activate fer-companion && "


@dataclass(frozen=True)
class Row:
    """How a command is exercised: what make's plan ends in, and the tests that run it."""

    plan: str = ""
    tests: tuple[str, ...] = ()
    refused: str = ""  # what the tool says of a placeholder


def row(plan: str = "", *tests: str, refused: str = "") -> Row:
    """Return a row of the table."""
    return Row(plan, tests, refused)


COMMANDS = {
    # README.md
    "make book": row("engine.build --profile book ", "engine/test_failures.py"),
    "make test": row("-m site -k dark", "test_the_three_parts_of_make_test"),
    CONDA + "make book VENV=$CONDA_PREFIX": row(
        "/conda/prefix/bin/python -m engine.build --profile book ",
        "test_conda_finds_what_it_is_told_to_make",
    ),
    "make why": row("engine.why  --profile book ", "test_why_and_prune"),
    "make why PAGE=diya2026/emotion": row("engine.why diya2026/emotion ", "test_why_and_prune"),
    "make verify": row("engine.verify --profile book ", "engine/test_verify.py"),
    "make prune": row("engine.prune --profile book ", "test_why_and_prune"),
    "make check": row("devtools.affected", "devtools/test_affected.py"),
    "make help": row("echo", "test_help_names_targets_and_settings_that_there_are"),
    "make book STORAGE=s3://bucket/folder": row(
        "--storage s3://bucket/folder",
        "engine/test_storage.py::test_a_store_elsewhere_is_named_by_plugin_and_place",
    ),
    "make book STORAGE=fs:///mnt/disk/folder": row(
        "--storage fs:///mnt/disk/folder",
        "engine/test_storage.py::test_a_fresh_clone_takes_everything_from_a_store_elsewhere",
    ),
    ".venv/bin/fer-audit book/papers/diya2026/claims.yml": row("", "test_the_audit_of_a_ledger"),
    ".venv/bin/fer-audit my_claims.yml": row("", "test_the_audit_of_a_ledger"),
    FACE: row("", "test_a_face_is_rendered_by_itself"),
    "make book PROFILE=book-full": row("engine.build --profile book-full "),
    README_CLUSTER: row(
        "--flags=--executor slurm --config gpus=1 --default-resources slurm_partition=gpu "
        "runtime=720 --storage",
        "test_the_line_for_a_cluster_asks_for_what_it_says",
    ),
    "make book DATA=gffd2025 DATA_ROOT=/path/to/that/folder": row(
        "--data gffd2025 --data-root /path/to/that/folder ",
        "papers/diya2026/test_gffd2025.py",
        refused="/path/to/that/folder",
    ),
    "make notebook N=diya2026/cnn_baseline PROFILE=smoke": row(
        "engine.notebook diya2026/cnn_baseline --profile smoke ", "engine/jobs/test_run_notebook.py"
    ),
    "make lab": row("-m jupyterlab --notebook-dir=notebooks"),
    "make pairs": row("engine.pairs --from py", "test_pairs_in_both_directions"),
    "make pairs FROM=ipynb": row("engine.pairs --from ipynb", "test_pairs_in_both_directions"),
    "make serve": row(
        "service --profile book ", "service/test_app.py::test_only_this_machine_is_listened_to"
    ),
    "make serve PROFILE=smoke": row("service --profile smoke ", "service/test_app.py"),
    # Pages
    "make book DATA=...": row("--data ... ", refused="choose"),
    "make book DATA=gffd2025 DATA_ROOT=folder": row(
        "--data gffd2025 --data-root folder ", "papers/diya2026/test_gffd2025.py", refused="folder"
    ),
    "make judge": row(
        "devtools.external_classifier",
        "devtools/test_external_classifier.py::test_a_dry_run_tells_no_score_and_writes_nothing",
    ),
    "fer-audit FILE.yml": row("", "test_the_audit_of_a_ledger"),
    "claimcheck claims.yml": row("", "test_the_audit_of_a_ledger"),
    "claimcheck paper/claims.yml": row("", "test_the_audit_of_a_ledger"),
    "pip install ./claimcheck": row("", INSTALLED),
    "pip install ./book/claimcheck": row("", INSTALLED),
    # make help
    "make why PAGE=ethics": row("engine.why ethics ", "test_why_and_prune"),
    "make notebook N=ethics PROFILE=smoke PARAMS='name=value ...'": row(
        "-p name=value -p ...", "engine/jobs/test_run_notebook.py"
    ),
    "make bench": row("bench/bench_*.py"),
    "make guards": row("tests.helpers.guards"),
    "make shots OUT=folder": row("devtools.screenshots folder"),
    "make lock": row("devtools.lock", "test_python_versions.py"),
    "make clean": row("rm -rf _build .snakemake"),
}
# What a page prints to try it: with its own parameters, which tests/test_notebooks.py holds to what
# the page has.
TRIED = re.compile(r"make notebook N=([\w/]+) PROFILE=(?:smoke|book) PARAMS='(?!name=value)[^']+'")


def in_text(text: str) -> set[str]:
    """Return the commands in the blocks and the inline code of a text."""
    text = re.sub(r"\\\n\s*", "", text)
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"^ +- run: (.+)$", text, re.MULTILINE)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    lines += re.findall(rf"`\s*((?:{'|'.join(map(re.escape, STARTS))})[^`]+)`", prose)
    told = (" ".join(re.sub(r"\s#.*|^#.*", "", line).split()) for line in lines)
    return {line for line in told if line}


def make(*words: str, cwd: Path = ROOT, **more: str) -> subprocess.CompletedProcess:
    """Run a shell line of make, without what a make around this test was given."""
    return shell(shlex.join(["make", *words]), cwd, **more)


def shell(line: str, cwd: Path = ROOT, **more: str) -> subprocess.CompletedProcess:
    """Run a line as somebody would who copied it."""
    left = ("MAKE", "MFLAGS", "FER_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left)}
    return subprocess.run(
        ["bash", "-c", line], cwd=cwd, env=kept | more, capture_output=True, text=True
    )


def in_help() -> set[str]:
    """Return the commands that `make help` prints, with what may be given to them."""
    said = make("help").stdout
    pieces = [piece for line in said.splitlines() for piece in re.split(r" {2,}", line)]
    command = re.compile(r"make \w+( \[?[A-Z_]+=.*)?")
    return {re.sub(r"[][]", "", piece) for piece in pieces if command.fullmatch(piece)}


def printed() -> set[str]:
    """Return every command that is printed anywhere."""
    found = in_help()
    for file in TEXTS:
        text = file.read_text()
        # In a notebook prose is a comment; what a cell prints stands in its strings.
        found |= in_text(re.sub(r"^# ?", "", text, flags=re.M) if file.suffix == ".py" else text)
    return found


PRINTED = printed()
TO_TRY = sorted(command for command in PRINTED if TRIED.fullmatch(command))
MAKE = [command for command in [*COMMANDS, *TO_TRY] if "make " in command]


def row_of(command: str) -> Row:
    """Return how a command is exercised; what a page prints to try it is one kind."""
    if found := TRIED.fullmatch(command):
        return row(f"engine.notebook {found[1]} ", "engine/jobs/test_run_notebook.py")
    return COMMANDS[command]


def test_the_table_holds_the_commands_that_are_printed_and_no_others():
    assert PRINTED - set(TO_TRY) == set(COMMANDS)


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        (
            "```sh\nmake a   # why\nmake b X=1 \\\n  Y='2 3'\n```\n",
            {"make a", "make b X=1 Y='2 3'"},
        ),
        ("So `make a\nX=1` and `make`, `git`.", {"make a X=1"}),
        ("```python\nmake_up = 1\n```\n", set()),
        ("```yaml\n      - run: pip install x\n```\n", {"pip install x"}),
    ],
)
def test_commands_are_found_in_a_text(text, commands):
    assert in_text(text) == commands


def test_every_test_that_a_row_names_is_there():
    for command, how in COMMANDS.items():
        assert how.plan or how.tests, command
        for name in how.tests:
            file, _, test = name.rpartition("::")
            if name.endswith(".py"):
                file, test = name, ""
            tree = ast.parse((ROOT / "tests" / (file or Path(__file__).name)).read_text())
            tests = {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}
            assert test in tests if test else tests, name


def planned(command: str, **more: str) -> list[str]:
    """Return the words of the last line that make would run for a command that is printed."""
    done = shell(command.rpartition(" && ")[2].replace("make ", "make -n ", 1), **more)
    assert done.returncode == 0, done.stderr
    return shlex.split(done.stdout.splitlines()[-1])


def settings(words: list[str]) -> argparse.Namespace:
    """Return the settings of a build among the words of a command."""
    parser = argparse.ArgumentParser()
    check.add_arguments(parser)
    parser.add_argument("--jobs")
    parser.add_argument("--flags")
    return parser.parse_known_args(words)[0]


@pytest.mark.parametrize("command", MAKE)
def test_make_takes_the_command_and_so_does_the_tool(command, tmp_path, monkeypatch):
    """make plans it, without an unknown setting or target; the tool's own check passes."""
    monkeypatch.setenv("FER_CACHE", str(tmp_path))
    words = planned(command, CONDA_PREFIX="/conda/prefix")
    assert row_of(command).plan in " ".join(words)
    if "engine.notebook" in words:
        assert (ROOT / "notebooks" / f"{words[words.index('engine.notebook') + 1]}.ipynb").exists()
    if "--profile" in words:
        try:
            check.of_arguments(settings(words))
        except check.InputError as error:
            assert row_of(command).refused, error
            assert row_of(command).refused in str(error)
        else:
            assert not row_of(command).refused


def test_help_names_targets_and_settings_that_there_are():
    said = make("help").stdout
    text = (ROOT / "Makefile").read_text()
    known = re.search(r"^SETTINGS := (.*?[^\\])$", text, re.MULTILINE | re.DOTALL).group(1).split()
    assert set(re.findall(r"\b([A-Z_]+)=", said)) <= set(known)
    public = set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE).group(1).split())
    named = {command.split()[1] for command in in_help()}
    # Parts of `make test`, and what runs before everything.
    assert public - named == {"supported", "help", "unit", "lint", "site"}


def test_the_three_parts_of_make_test():
    """In a plan make runs itself: all that `make test` would do stands in it."""
    plan = make("-n", "test").stdout
    for words in (
        "ruff check .",
        "engine.pairs",
        'pytest -m "not site"',
        "engine.build",
        "-m site",
    ):
        assert words in plan


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the checkout in which everything is installed and every smoke result is there."""
    folder = tmp_path_factory.mktemp("commands")
    made = copies.Copy(copies.sources(folder / "checkout"), folder / "store")
    made.fill_store()
    programs = made.folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    python = programs / "python"
    python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    own = tomllib.loads((made.folder / "claimcheck" / "pyproject.toml").read_text())["project"]
    for name, place in (conda_file.project()["scripts"] | own["scripts"]).items():
        script = place.replace(":", " import ")
        text = f"#!{python}\nimport sys\nfrom {script} as main\nsys.exit(main())\n"
        (programs / name).write_text(text)
    for program in programs.iterdir():
        program.chmod(0o755)
    for extra in ("book", "cluster"):
        plan = make("-n", "book", "FLAGS=x" if extra == "cluster" else "FLAGS=", cwd=made.folder)
        (stamp,) = re.findall(rf"touch (\S+-{extra}-\S+)", plan.stdout)
        (made.folder / stamp).touch()
    return made


def run(copy: copies.Copy, command: str, **more: str) -> subprocess.CompletedProcess:
    """Run a command of the table in a copy, as it stands."""
    assert command in COMMANDS
    own = {"PYTHONPATH": str(copy.folder), "FER_CACHE": str(copy.store), "FER_BUILD": "_build"}
    return shell(command, copy.folder, **own | more)


def test_why_and_prune(copy):
    smoke = {"PROFILE": "smoke"}  # from the environment, so that the command stays as it is
    told = run(copy, "make why", **smoke)
    assert told.returncode == 0, told.stderr
    assert "diya2026/emotion" in told.stdout
    told = run(copy, "make why PAGE=diya2026/emotion", **smoke)
    assert "diya2026/emotion is current" in told.stdout, told.stderr
    old = copy.store / "pages" / "diya2026-emotion-000000000000"
    shutil.copytree(next(copy.store.glob("pages/diya2026-emotion-*")), old)
    told = run(copy, "make prune", **smoke)
    assert told.stdout.startswith("1 old results removed"), told.stderr
    assert not old.exists()


def test_pairs_in_both_directions(copy):
    script, book = (copy.folder / "notebooks" / f"ethics{end}" for end in (".py", ".ipynb"))
    before = script.read_text(), book.read_text()
    script.write_text(before[0].replace("contested science", "science, contested"))
    assert script.read_text() != before[0]
    done = run(copy, "make pairs")
    assert done.returncode == 0, done.stderr
    assert "science, contested" in book.read_text()
    book.write_text(before[1])
    done = run(copy, "make pairs FROM=ipynb")
    assert done.returncode == 0, done.stderr
    assert (script.read_text(), book.read_text()) == before
    assert copy.run("pairs").returncode == 0


def test_the_audit_of_a_ledger(copy):
    """Contradictions in a real ledger; a file of one's own that begins with the template."""
    done = run(copy, ".venv/bin/fer-audit book/papers/diya2026/claims.yml")
    assert (done.returncode, done.stderr) == (1, "")
    assert "inconsistent: " in done.stdout
    everything = shell(
        ".venv/bin/fer-audit book/papers/diya2026/claims.yml --all",
        copy.folder,
        PYTHONPATH=str(copy.folder),
    )
    assert len(everything.stdout) > len(done.stdout)
    template = copy.folder / "book" / "examples" / "template.yml"
    (copy.folder / "paper").mkdir()
    for name in ("my_claims.yml", "FILE.yml", "claims.yml", "paper/claims.yml"):
        shutil.copy(template, copy.folder / name)
    audited = [
        run(copy, command, PATH=f"{copy.folder}/.venv/bin:{os.environ['PATH']}")
        for command in (
            ".venv/bin/fer-audit my_claims.yml",
            "fer-audit FILE.yml",
            "claimcheck claims.yml",
            "claimcheck paper/claims.yml",
        )
    ]
    for done in audited:
        assert (done.returncode, done.stderr) == (audited[0].returncode, "")
        assert re.search(r"\d+ claims, \d+ checks", done.stdout)
    assert audited[0].returncode in (0, 1)


def test_a_face_is_rendered_by_itself(copy):
    copies.compiled(copy.folder / "face_renderer" / "__pycache__")
    done = run(copy, FACE)
    assert (done.returncode, done.stderr) == (0, "")
    assert "AU12 lip corner puller: left 1, right 0.9" in done.stdout
    assert (copy.folder / "smile.png").stat().st_size > 10_000


def test_conda_finds_what_it_is_told_to_make():
    (line,) = [command for command in COMMANDS if command.startswith("conda ")]
    create, activate, _ = line.split(" && ")
    file = ROOT / create.removeprefix("conda env create -f ")
    assert yaml.safe_load(file.read_text())["name"] == activate.removeprefix("conda activate ")


def test_the_line_for_a_cluster_asks_for_what_it_says(copy):
    """README's own line, as make hands it on, in Snakemake's dry run: every training a job."""
    (line,) = [one for one in in_text((ROOT / "README.md").read_text()) if "--executor" in one]
    given = settings(planned(line))
    flags = shlex.split(given.flags)
    names = copy.would_run(*flags, profile=given.profile, whole=True)
    runs = {name for name in names if name.startswith("run_")}
    assert len(runs) == 5 * len(configs.every())
    assert copy.said.count("gpu=1") == len(runs)
    assert copy.said.count("slurm_partition=gpu, runtime=720") >= len(runs)
    assert "Provided cores" not in copy.said
    assert given.jobs == "20"
    # What README says to add where there is no accounting.
    (more,) = re.findall(r"add `(--slurm-\S+ \S+)` to `FLAGS`", (ROOT / "README.md").read_text())
    assert copy.would_run(*flags, *more.split(), profile=given.profile, whole=True) == names
