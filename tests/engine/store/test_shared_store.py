"""One store, two users: what one makes the other reads, and what may not be read is no damage."""

import errno
import json
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import torch
from filelock import FileLock

import face_renderer as faces
from engine import build, why
from engine.jobs import check, jobs
from engine.page import study_registry
from engine.store import artifact, checkpoint, file_index, paths
from engine.store.stage import Stage
from face_renderer.spec import RenderedSpec
from fer_lib.data import image_array, schema
from fer_lib.models import pretrained_weights
from fer_lib.settings import Settings
from fer_lib.training import run

ASKED = check.Asked(Settings("rendered46", "", "smoke", 0), 1, 60)
TINY = RenderedSpec("tiny", 1, 1, {("happy", "genuine"): 2}, seed=5, size=32)


def a_stack(place):
    with image_array.writing(place, 0, 16) as writer:
        writer.finish(pd.DataFrame({"row": []}), schema.empty_report())


def a_run(place):
    tensors = {"weight": torch.zeros(2)}
    with artifact.writing(place) as part:
        run.fill(part, pd.DataFrame({"epoch": [1]}), pd.DataFrame({"image_id": []}), tensors)


@pytest.fixture(params=[0o022, 0o002, 0o077])
def mask(request):
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def test_what_lands_in_the_store_has_the_rights_of_the_umask(mask, tmp_path):
    store = tmp_path / "store"
    a_run(store / "runs" / "a")
    a_stack(store / "data" / "a")
    faces.make_set(TINY, store / "data" / "faces", processes=2)
    (tmp_path / "a.jpg").write_bytes(b"a")
    list(file_index.hashes(tmp_path, ["a.jpg"], store / "data" / "index.json", Path.read_bytes))
    checkpoint.write(store / "runs" / ".a.checkpoint", {}, {"epoch": 1})
    with artifact.only_one(store / "studies" / "a"):
        pass
    found = [store, *store.rglob("*")]
    assert {"weights.safetensors", ".a.checkpoint", ".a.lock", "images.npy", "index.json"} <= {
        path.name for path in found
    }
    for path in found:
        whole = 0o777 if path.is_dir() else 0o666
        assert oct(stat.S_IMODE(path.stat().st_mode)) == oct(whole & ~mask), path


# What one user does with the store, and then another. As root the other is really another; else the
# same user has lost the right to write. Everything is loaded by the first, for the second may not
# be allowed to read the Python that runs.
SCRIPT = """
import json, os, sys
from pathlib import Path
from types import SimpleNamespace
from types import SimpleNamespace
import numpy as np
import pandas as pd
import torch
from PIL import Image

from fer_lib.training import feature_cache as activate, configs as arms
from fer_lib.training import run_training as experiment, run as runs
from fer_lib.data import datasets
from engine.store import paths, artifact as sealed
from engine.page import study_registry as studies, study
from fer_lib.models import pretrained_weights as weights
from fer_lib.training.feature_cache_key import Activations
from fer_lib.data import datasets
from face_renderer.clips import clip_set
from fer_lib.models.pretrained_registry import random_start
from fer_lib.settings import Settings
from engine.page.study_registry import Study

store, photos = paths.cache(), Path(sys.argv[1]) / "photos"
counts = {"happy": 3, "sad": 3}
clip_set.RENDERED_MICRO = clip_set.ClipSpec("rendered_micro", 2, 1, counts, seed=9, size=32)
calls = []

# Stand-ins for what would take minutes; how it is found in the store is the real thing.
def train(asked, stage, folder):
    calls.append("run")
    tensors = {"weight": torch.zeros(2)}
    predicted = pd.DataFrame({"image_id": ["a"]})
    runs.fill(folder, pd.DataFrame({"epoch": [1]}), predicted, tensors)
    return {"random_start": True, "weights": [vars(random_start("b0"))]}

def computed(wanted, data_root, stage, folder):
    calls.append("activations")
    for name in ("plain", "views", "further"):
        np.save(folder / f"{name}.npy", np.zeros(3))
    return {"weights": vars(random_start("resnet18"))}

def studied(asked, needs, folder):
    calls.append("study")
    (folder / "table.csv").write_text("n\\n")
    return {"pretrained": True, "family": "b0_family", "weights": vars(random_start("b0"))}

experiment.make, activate.make = train, computed
studies.get = {"one": Study("one", "huang2025", "stand_in", ("table.csv",))}.__getitem__
sys.modules["stand_in"] = SimpleNamespace(make=studied)
studies.ingredients, studies.modules = lambda *_: {}, lambda *_: ()  # no module of the library
micro = Settings("rendered_micro", "", "smoke", 0)
trained = arms.first("whole_pretrained", Settings("rendered46", "", "smoke", 0))
wanted = Activations("b0_family", True, 3, 32, 0, "rendered46", 0)
FILE = store / "weights" / "file.pth"
source = SimpleNamespace(file="file.pth", origins=("https://x.test",), sha256="ab" * 32)
weights.check_sha256 = lambda path, _: path.read_bytes()
weights._download = lambda _source, _address, path: path.write_bytes(b"downloaded")

ACTIONS = {
    "faces": lambda: (
        datasets.by_name("rendered_test", n_subjects=2, size=32, progress=False).sha256
    ),
    "clips": lambda: datasets.by_name("rendered_micro", progress=False).sha256,
    "photographs": lambda: datasets.by_name("micro_folders", photos, progress=False).sha256,
    "run": lambda: experiment.obtain(trained).folder.name,
    "activations": lambda: activate.obtain(wanted, "").plain.tolist(),
    "study": lambda: study.made(studies.get("one"), micro).name,
    "weights": lambda: weights._fetched(source, weights._store()).name,
}

def tried(name):
    try:
        return ACTIONS[name]()
    except Exception as error:
        return f"{type(error).__name__}: {error}"

rng = np.random.default_rng(0)
for emotion in ("happy", "sad"):
    (photos / "train" / emotion).mkdir(parents=True)
    for k in range(3):
        pixels = rng.integers(0, 255, (48, 48, 3), np.uint8)
        Image.fromarray(pixels).save(photos / "train" / emotion / f"{k}.png")

def everything():
    return {name: tried(name) for name in ACTIONS}

def by_another():
    # Where we are not root: the same user, with less rights.
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    return [everything(), calls]

weights.resolve = lambda family: (None, None)
first, again = everything(), everything()  # the second loads all that reading needs
"""
READ_ONLY = """
weights.resolve = lambda family: 1 / 0  # nothing is to be fetched for what cannot be stored
for path in (store, *store.rglob("*")):
    path.chmod(0o555 if path.is_dir() else 0o444)
print(json.dumps([first, again, *by_another()]))
"""


def opened(folder):
    """Let everyone into all folders, level by level."""
    for path in folder.iterdir():
        path.chmod(0o755)
        if path.is_dir():
            opened(path)


@pytest.fixture
def shared():
    """Yield a folder that every user may enter; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        opened(folder)


def ran(script, folder):
    """Return what a script prints that has ``folder`` for its store's."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT + script, str(folder)],
        cwd=paths.root(),
        env={**os.environ, "FER_CACHE": str(folder / "store")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_complete_store_is_read_by_those_who_may_not_write(shared):
    first, again, other, calls = ran(READ_ONLY, shared)
    assert first == again == other
    assert not [told for told in first.values() if "Error" in str(told)]
    assert calls == ["run", "activations", "study"]


MISSING = """
for path in store.rglob("*"):
    if path.parent.parent == store:
        sealed.remove(path)
for path in (store, *store.rglob("*")):
    path.chmod(0o555 if path.is_dir() else 0o444)
print(json.dumps(by_another()))
"""


def test_what_is_missing_in_a_store_that_is_only_read_is_one_line(shared):
    told, calls = ran(MISSING, shared)
    assert told.pop("faces").startswith("FacesError: rendered_test-2subjects cannot be written to")
    assert told.pop("photographs").startswith("CacheError: the store")
    assert len(told) == 5
    for line in told.values():
        assert line.startswith("CacheError: ")
        assert "cannot be written to (Permission denied): set FER_CACHE to a folder" in line
        assert "\n" not in line
    assert calls == ["run", "activations", "study"]


# Who makes it keeps it to themselves; the other may write beside it, and could push it aside.
CLOSED = """
before = [[str(path), path.stat().st_ino] for path in store.rglob("*")]
shut = 0o700 if os.getuid() == 0 else 0
for path in sorted(store.rglob("*"), reverse=True):
    inside = path.parent != store and path.is_dir() == (CLOSED == "folders")
    path.chmod(shut if inside else 0o777)
store.chmod(0o777)
print(json.dumps([before, *by_another()]))
"""


@pytest.mark.parametrize("closed", ["folders", "files"])
def test_what_may_not_be_read_is_no_damage(shared, closed):
    before, told, calls = ran(f"CLOSED = {closed!r}" + CLOSED, shared)
    if closed == "folders":
        assert told.pop("weights") == "file.pth"  # lies in none of its own
    assert told.pop("faces").startswith("FacesError: ")
    for line in told.values():
        assert line.startswith("CacheError: ")
        assert "cannot be read (Permission denied): ask its owner to let you read it, or" in line
    assert calls == ["run", "activations", "study"]
    opened(shared)
    for path, number in before:
        assert Path(path).stat().st_ino == number


def test_a_lock_that_cannot_be_written_is_one_line(monkeypatch, tmp_path):
    def refuse(*_args, **_more):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(FileLock, "acquire", refuse)
    said = pytest.raises(paths.CacheError, match=r"one has to be made, and .*Read-only")
    with said as error, artifact.only_one(tmp_path / "one"):
        pass
    assert "set FER_CACHE to a folder you can write to" in str(error.value)


def test_weights_that_may_not_be_stored_are_not_a_random_start(monkeypatch, tmp_path):
    monkeypatch.setenv("FER_CACHE", str(tmp_path))

    def refuse(folder):
        raise paths.unwritable(tmp_path, OSError(errno.EROFS, "Read-only file system"))

    monkeypatch.setattr(artifact, "only_one", refuse)
    with pytest.raises(paths.CacheError, match="Read-only file system"):
        pretrained_weights.resolve("b0_family")


def test_another_users_checkpoint_is_left_alone(monkeypatch, tmp_path):
    log = tmp_path / "log"
    monkeypatch.setenv("FER_PROGRESS", str(log))
    monkeypatch.setattr(checkpoint, "SECONDS_BETWEEN_WRITES", 0)
    path = tmp_path / "a.checkpoint"
    checkpoint.write(path, {}, {"epoch": 1})
    kept = path.read_bytes()

    def refuse(self):
        raise OSError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", refuse)
        mine = checkpoint.Checkpoint(path, "b0", {})
        assert mine.load() is None
        mine.save(lambda: {"epoch": 2})
    assert path.read_bytes() == kept
    said = "b0: the checkpoint cannot be read (Permission denied): training starts anew and keeps"
    assert log.read_text().startswith(said)


def test_a_damaged_result_that_cannot_be_replaced_is_one_line(monkeypatch, tmp_path):
    folder = tmp_path / "one"
    folder.mkdir()
    (folder / "mine").write_text("")
    monkeypatch.setattr(artifact, "remove", lambda place: None)  # as where it is another user's
    said = pytest.raises(paths.CacheError, match=r"SHA256SUMS is missing\) and cannot be \(")
    with said as error, artifact.writing(folder) as part:
        (part / "file").write_text("")
    assert "delete it, or have its owner do so" in str(error.value)
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def refuses_to_write(monkeypatch, store):
    """Make a store one that is only read, also for root."""

    def refuse(**_):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setenv("FER_CACHE", str(store))
    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)


def a_job(monkeypatch, fault):
    """Stand in for the jobs of a build, of which there is one."""
    stage = Stage("page", "01_page", {}, ())
    job = SimpleNamespace(
        kind="page", name="01_page", needs=(), folder="pages/a", fault=fault, stage=stage
    )
    job.place = lambda: paths.cache() / job.folder
    monkeypatch.setattr(jobs, "all_jobs", lambda settings: {job.folder: job})
    monkeypatch.setattr(why, "explain", lambda job: ["it is new"])


def test_a_build_asks_to_write_only_where_something_is_to_be_made(monkeypatch, tmp_path):
    refuses_to_write(monkeypatch, tmp_path)
    monkeypatch.setenv("FER_BUILD", str(tmp_path / "build"))
    a_job(monkeypatch, lambda: None)
    assert build.results(ASKED, "1", []) == (jobs.all_jobs(ASKED.settings), [])
    a_job(monkeypatch, lambda: "missing")
    with pytest.raises(paths.CacheError, match="cannot be written to \\(Read-only file system\\)"):
        build.results(ASKED, "1", [])


def test_weights_that_can_be_had_do_not_repeat_what_cannot_be_stored(monkeypatch, tmp_path):
    settings = Settings("rendered_micro", "", "smoke", 0)
    stage = study_registry.stage(study_registry.get("micro_features"), settings, "identity")
    monkeypatch.setattr(build, "answers", lambda family: True)
    monkeypatch.setenv("FER_CACHE", str(tmp_path))
    about = {"pretrained": True, "family": "b0_family", "weights": {"file": ""}}
    with artifact.writing(stage.place()) as part:
        for name in stage.contents:
            (part / name).write_text(json.dumps(about))
    job = jobs.Job(stage)
    refuses_to_write(monkeypatch, tmp_path)
    assert build.missing({job.folder: job}) == []
    monkeypatch.undo()
    monkeypatch.setattr(build, "answers", lambda family: True)
    monkeypatch.setenv("FER_CACHE", str(tmp_path))
    assert build.missing({job.folder: job}) == [job]


def test_a_result_that_may_not_be_read_stops_the_commands_with_one_line(
    monkeypatch, tmp_path, capsys
):
    def refuse():
        raise paths.unreadable(tmp_path / "pages", OSError(errno.EACCES, "Permission denied"))

    monkeypatch.setenv("FER_CACHE", str(tmp_path / "store"))
    monkeypatch.setenv("FER_BUILD", str(tmp_path / "build"))
    a_job(monkeypatch, refuse)
    monkeypatch.setattr(why, "explain", lambda job: job.fault())
    for command in (build.main, why.main):
        assert command(["--profile", "smoke"]) == 2
        last = capsys.readouterr().err.splitlines()[-1]
        assert last.startswith(f"error: {tmp_path / 'pages'} cannot be read (Permission denied)")


def test_a_signal_without_a_name_is_a_number():
    assert build.signal_name(9) == "SIGKILL"
    assert build.signal_name(40) == "signal 40"
