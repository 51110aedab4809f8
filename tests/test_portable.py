"""The library asks no system for what only Linux has, and makes the same faces without it."""

import ast
import hashlib
import json
import os
import subprocess
import sys
import tomllib

import nbformat
import pytest

import face_renderer as faces
from engine.jobs import run_notebook
from engine.store import keys, paths
from face_renderer import workers
from face_renderer.clips import clip_set
from face_renderer.spec import RenderedSpec
from fer_lib.data import datasets
from tests.helpers import copies

SPEC = RenderedSpec("tiny", 2, 1, {("happy", "genuine"): 4, ("fear", "fake"): 5}, seed=5, size=64)
CLIPS = clip_set.ClipSpec("rendered_micro", 2, 1, {"happy": 3, "neutral": 3}, seed=9, size=32)
# What makes both sets with two processes and says what came out; also the body of a cell.
RENDER = """
import json, os
from pathlib import Path
import face_renderer as faces
from face_renderer import workers
from face_renderer.clips import clip_set
from face_renderer.spec import RenderedSpec
from fer_lib.data import datasets

def main():
    workers.processors = lambda: 2
    cells = {("happy", "genuine"): 4, ("fear", "fake"): 5}
    spec = RenderedSpec("tiny", 2, 1, cells, seed=5, size=64)
    place = faces.make_set(spec, Path(os.environ["FER_CACHE"]) / "sets")
    clip_set.RENDERED_MICRO = clip_set.ClipSpec(
        "rendered_micro", 2, 1, {"happy": 3, "neutral": 3}, seed=9, size=32
    )
    loaded = datasets.by_name("rendered_micro", progress=False)
    told = json.loads((place / "meta.json").read_text())
    return json.dumps([workers.start_method(), told["set_sha256"], loaded.sha256])
"""
# Read by every Python that starts, the spawned ones too.
TAKE_AWAY = """
import os
for name in {names}:
    if hasattr(os, name):
        delattr(os, name)
"""
GONE = [
    "sched_getaffinity",
    "sched_setaffinity",
    "posix_fallocate",
    "posix_fadvise",
    "memfd_create",
    "getrandom",
    "copy_file_range",
    "sendfile",
    "fork",
    "forkpty",
    "fdatasync",
]


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """Return the hashes of both sets, each made by one process: this one."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("store")
        patch.setenv("FER_CACHE", str(folder))
        patch.setattr(clip_set, "RENDERED_MICRO", CLIPS)
        patch.setattr(workers, "processors", lambda: 1)
        meta = json.loads((faces.make_set(SPEC, folder) / "meta.json").read_text())
        return [meta["set_sha256"], datasets.by_name("rendered_micro", progress=False).sha256]


def ran(code, tmp_path, **environment):
    """Return what a new Python prints that runs ``code`` in another folder."""
    done = subprocess.run(
        [sys.executable, *code],
        cwd=tmp_path,
        env={**os.environ, "FER_CACHE": str(tmp_path / "store"), **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_the_same_faces_where_the_system_offers_less(expected, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(TAKE_AWAY.format(names=GONE))
    (tmp_path / "script.py").write_text(
        RENDER + "\nif __name__ == '__main__':\n    assert not hasattr(os, 'fork')\n"
        "    print(main())\n"
    )
    search = os.pathsep.join([str(tmp_path), str(paths.root())])
    assert ran(["script.py"], tmp_path, PYTHONPATH=search) == ["spawn", *expected]


def test_the_same_faces_from_processes_that_are_spawned_and_forked(expected, monkeypatch, tmp_path):
    for method in ("spawn", "fork"):
        monkeypatch.setenv("FER_CACHE", str(tmp_path / method))
        monkeypatch.setattr(workers, "start_method", lambda method=method: method)
        monkeypatch.setattr(workers, "processors", lambda: 2)
        monkeypatch.setattr(clip_set, "RENDERED_MICRO", CLIPS)
        place = faces.make_set(SPEC, tmp_path / method)
        pixels = (place / "images.npy").read_bytes()[-SPEC.n_images * 64 * 64 * 3 :]
        assert hashlib.sha256(pixels).hexdigest() == expected[0]
        assert datasets.by_name("rendered_micro", progress=False).sha256 == expected[1]


def test_a_notebook_may_spawn(expected, monkeypatch, tmp_path):
    monkeypatch.setenv("FER_CACHE", str(tmp_path / "store"))
    # Where numba looks; elsewhere it would compile, a quarter of a minute for each process.
    own = paths.root() / "face_renderer"
    place = f"{own.name}_{hashlib.sha1(str(own).encode()).hexdigest()}"
    copies.compiled(tmp_path / "store" / "numba" / place)
    cell = RENDER + "\nworkers.start_method = lambda: 'spawn'\nprint(main())\n"
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    before = dict(os.environ)
    try:
        outcome = run_notebook.run(book, "spawning", {}, 300, tmp_path)
    finally:
        os.environ.clear()
        os.environ.update(before)
    assert outcome.error is None
    outputs = outcome.book.cells[-1].outputs
    assert [output.name for output in outputs] == ["stdout"]
    assert json.loads(outputs[0].text) == ["spawn", *expected]


def test_a_script_without_its_guard_is_told_what_it_lacks(tmp_path):
    (tmp_path / "script.py").write_text(
        RENDER + "\nworkers.start_method = lambda: 'spawn'\nmain()\n"
    )
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        env={**os.environ, "FER_CACHE": str(tmp_path), "PYTHONPATH": str(paths.root())},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert "FacesError: tiny cannot be rendered: a worker process" in last
    assert 'needs `if __name__ == "__main__":`' in last


def lint(text, name):
    """Return the names that the linter refuses in a file called ``name``."""
    command = [sys.executable, "-m", "ruff", "check", "--select", "TID251", "--output-format=json"]
    done = subprocess.run(
        [*command, "--stdin-filename", name, "-"],
        cwd=paths.root(),
        input=text,
        capture_output=True,
        text=True,
        timeout=300,
    )
    return [found["message"].split("`")[1] for found in json.loads(done.stdout)]


def test_the_linter_refuses_each_call_that_a_system_may_lack():
    with (paths.root() / "pyproject.toml").open("rb") as file:
        settings = tomllib.load(file)["tool"]["ruff"]["lint"]
    banned = sorted(settings["flake8-tidy-imports"]["banned-api"])
    assert "TID251" in settings["select"]
    assert {"os." + name for name in GONE} <= set(banned)
    lines = []
    for name in banned:
        module, _, function = name.rpartition(".")
        lines.append(f"import {module}\n{module}.{function}\nfrom {module} import {function}\n")
    for folder in ("fer_lib", "face_renderer", "tools", "notebooks", "tests"):
        assert sorted(lint("".join(lines), f"{folder}/new.py")) == sorted(banned * 2)
    for file in ("engine/store/system.py", "face_renderer/workers.py", "face_renderer/disk.py"):
        assert lint("".join(lines), file) == []


def test_no_file_asks_for_the_folders_of_linux():
    allowed = {
        "engine/store/machine.py": {"/proc/cpuinfo"},  # in a `try`; the record has less without it
        "tests/face_renderer/test_disk.py": {"/dev/full"},  # skipped where there is none
        "tests/engine/test_failures.py": {"/proc"},  # a home that nobody can write to, anywhere
    }
    ours = (*keys.PACKAGES, "service", "devtools", "notebooks", "bench", "book/_ext", "tests")
    files = [
        path
        for folder in ours
        for path in (paths.root() / folder).rglob("*.py")
        if path.name != "test_portable.py"
    ]
    assert len(files) > 200
    for path in files:
        name = path.relative_to(paths.root()).as_posix()
        held = {
            node.value
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        asked = {text for text in held if text.startswith(("/proc", "/sys/", "/dev/"))}
        assert asked <= allowed.get(name, set()), name
