"""Copies of the checkout for tests of the engine, with a store of results made up for them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine.store import paths
from engine.store.stage import FOLDERS

LEFT_OUT = shutil.ignore_patterns(
    "_build", ".git", ".venv*", "__pycache__", ".pytest_cache", ".ruff_cache", "*.egg-info", "tests"
)
# Run inside the copy: seal a made-up result for every job, as large as matters here.
FILL = """
import json, sys
from engine.store import artifact as sealed
from engine.jobs import check, jobs
settings = check.check("rendered46", "", "smoke", "0")
for job in jobs.all_jobs(settings).values():
    with sealed.writing(job.place()) as part:
        for name in job.stage.contents:
            (part / name).write_bytes(b"0" * 3_000_000 if name.endswith("tensors") else b"{}")
        told = {"ingredients": job.ingredients, "random_start": False}
        told["computed"] = {"start": "2026-01-01T00:00:00+00:00", "commit": "0123456789ab"}
        for name in ("about.json", "run.json", "record.json"):
            if (part / name).exists():
                (part / name).write_text(json.dumps(told))
"""
# Run inside the copy: the command that engine.build would give Snakemake, without "quiet".
COMMAND = """
import json, sys
from engine import build
from engine.jobs import check
settings = check.check("rendered46", "", *sys.argv[1:3])
from engine.store import threads
asked = check.Asked(settings, threads.count(), 60)
print(json.dumps(build.snakemake(asked, "2", ["--dry-run", *sys.argv[3:]])))
"""

# Run inside the copy: name every job whose result is not there.
STALE = """
from engine.store import artifact as sealed
from engine.jobs import check, jobs
settings = check.check("rendered46", "", "smoke", "0")
for job in jobs.all_jobs(settings).values():
    if not sealed.exists(job.place()):
        print(job.folder)
"""
# A process that runs such pieces and tools, one after the other. Of the packages of others it keeps
# what it has imported and read of their metadata; of the copy it keeps nothing.
KEPT = """
import contextlib, functools, importlib.metadata, io, json, os, runpy, sys, traceback
import packaging.requirements
for module, name in (
    (importlib.metadata, "packages_distributions"),
    (importlib.metadata, "requires"),
    (packaging.requirements, "Requirement"),
):
    setattr(module, name, functools.cache(getattr(module, name)))
answers = os.fdopen(os.dup(1), "w")
sys.path.insert(0, "")
folder = None
for line in sys.stdin:
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) or ""
        # The environment may lie in the folder.
        if folder and file.startswith(folder + os.sep) and not file.startswith(sys.prefix + os.sep):
            del sys.modules[name]
    importlib.invalidate_caches()
    folder, environment, command = json.loads(line)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path[0] = folder
    status, out, err = 0, io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            kind, what, *arguments = command
            sys.argv = [kind, *arguments]
            if kind == "-m":
                runpy.run_module(what, run_name="__main__", alter_sys=True)
            else:
                exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
            if isinstance(ended.code, str):
                print(ended.code, file=err)
        except BaseException:
            status = 1
            traceback.print_exc()
    print(json.dumps([status, out.getvalue(), err.getvalue()]), file=answers, flush=True)
"""
RULES = {folder: kind for kind, folder in FOLDERS.items()}


def few_arms(checkout: Path) -> None:
    """Leave two arms of a copied checkout, so that a build has few jobs, of every kind."""
    table = checkout / "fer_lib" / "papers" / "diya2026" / "arms.toml"
    rows = re.split(r"^(?=\[)", table.read_text(), flags=re.MULTILINE)
    table.write_text("".join(r for r in rows if r.startswith(("[cnn_baseline]", "[dual_task]"))))


def sources(target: Path) -> Path:
    """Copy the checkout's sources to ``target`` and return it."""
    shutil.copytree(paths.root(), target, ignore=LEFT_OUT)
    return target


def compiled(target: Path) -> None:
    """Give a folder what numba has compiled of the renderer here: to do it takes long.

    It holds for the same source at the same time of change, as a copy of the checkout has it.
    """
    target.mkdir(parents=True, exist_ok=True)
    for file in (paths.root() / "face_renderer" / "__pycache__").glob("*.nb[ci]"):
        shutil.copy2(file, target)


def names_of(folders: str, whole: bool = False) -> set[str]:
    """Return the rules behind folders of the store, trainings by their arm unless ``whole``."""
    found = re.findall(r"(\w+)/([\w-]+)-[0-9a-f]{12}\b", folders)
    names = {f"{RULES[kind]}_{name}".replace("-", "_") for kind, name in found}
    short = re.compile(r"_rendered(?:46|_micro)_[a-z]+_seed\d+$")
    return names if whole else {short.sub("", name) for name in names}


@cache
def kept_process() -> subprocess.Popen:
    """Return the process that runs pieces of code in copies; it ends with this one."""
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", KEPT], stdin=pipe, stdout=pipe, text=True)


@dataclass
class Copy:
    """A copy of the checkout and the store it uses."""

    folder: Path
    store: Path

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment of a command in this copy."""
        own = {"FER_CACHE": str(self.store), "FER_BUILD": "_build", "PYTHONPATH": str(self.folder)}
        left = {k: v for k, v in os.environ.items() if not k.startswith("FER_")}
        return left | own | more

    def python(self, *command: str, **more: str) -> subprocess.CompletedProcess:
        """Run Python in this copy."""
        return subprocess.run(
            [sys.executable, *command],
            cwd=self.folder,
            env=self.environment(**more),
            capture_output=True,
            text=True,
        )

    def kept(self, *command: str, **more: str) -> subprocess.CompletedProcess:
        """Run Python in this copy as `python` does, with the packages of others imported before."""
        process = kept_process()
        asked = json.dumps([str(self.folder), self.environment(**more), command])
        print(asked, file=process.stdin, flush=True)
        return subprocess.CompletedProcess(command, *json.loads(process.stdout.readline()))

    def run(self, module: str, *arguments: str, **more: str) -> subprocess.CompletedProcess:
        """Run one of the copy's tools."""
        return self.python("-m", f"engine.{module}", *arguments, **more)

    def pairs(self) -> None:
        """Bring the notebooks in line with their scripts, as `make pairs` does."""
        done = self.kept("-m", "engine.pairs", "--from", "py")
        assert done.returncode == 0, done.stdout + done.stderr

    def fill_store(self) -> None:
        """Put a made-up result for every job of profile smoke into the store."""
        done = self.kept("-c", FILL)
        assert done.returncode == 0, done.stderr

    def stale(self) -> set[str]:
        """Return the jobs of profile smoke that are not in the store, trainings by their arm."""
        done = self.kept("-c", STALE)
        assert done.returncode == 0, done.stderr
        return names_of(done.stdout)

    def would_run(
        self,
        *flags: str,
        profile: str = "smoke",
        seed: int = 0,
        gpus: int = 0,
        whole=False,
        **more: str,
    ) -> set[str]:
        """Return the jobs whose results Snakemake's dry run names, trainings by their arm."""
        (self.folder / "_build").mkdir(exist_ok=True)
        flags += ("--config", f"gpus={gpus}") if gpus else ()
        told = self.kept("-c", COMMAND, profile, str(seed), *flags, **more)
        assert told.returncode == 0, told.stderr
        command = json.loads(told.stdout)
        place = command.index("--quiet")
        del command[place : place + 2]
        done = self.python(*command[1:], **more)
        assert done.returncode == 0, done.stdout + done.stderr
        self.said = done.stdout + done.stderr
        said = re.findall(r"^ +output: (.+)$", self.said, re.MULTILINE)
        return names_of("\n".join(said), whole)

    def why(self, page: str) -> str:
        """Return what `make why` says of a page."""
        done = self.kept("-m", "engine.why", page, "--profile", "smoke")
        assert done.returncode == 0, done.stderr
        return done.stdout
