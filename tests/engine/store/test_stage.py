"""A stage: made once, by one process at a time, and never believed unseen."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.jobs import jobs, page_table
from engine.store import artifact, keys, lockfile, paths, stage
from engine.store.stage import Stage
from face_renderer import workers
from fer_lib.settings import Settings
from tests.helpers import copies

CONTENTS = ("about.json", "table.csv")


def table(of: Stage, folder: Path) -> dict:
    """Make a small result, and leave a line that it was made."""
    with (paths.cache() / "made").open("a") as made:
        made.write(f"{of.name}\n")
    (folder / "table.csv").write_text("n\n1\n")
    return {"rows": 1, "weights": [{"file": ""}]}


def slow(of: Stage, folder: Path) -> dict:
    """Make it so slowly that another process comes in meanwhile."""
    time.sleep(1.0)
    return table(of, folder)


STAGE = Stage("study", "one-smoke", {"seed": 1}, CONTENTS, make=table)
BEGAN = {"at_random": lambda record: ["small"], "to_be_had": lambda family: family == "small"}


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("FER_CACHE", str(tmp_path / "store"))
    monkeypatch.setenv("FER_PROGRESS", str(tmp_path / "log"))
    return paths.cache()


def times(store):
    """Return how often something was made."""
    return len((store / "made").read_text().splitlines()) if (store / "made").exists() else 0


def said(store):
    """Return the progress lines."""
    log = store.parent / "log"
    return log.read_text().splitlines() if log.exists() else []


def test_it_is_made_once_under_its_key(store):
    assert STAGE.fault() == stage.MISSING
    folder = STAGE.obtain()
    assert folder == STAGE.place() == store / STAGE.folder
    assert STAGE.folder == f"studies/one-smoke-{keys.digest({'seed': 1})}"
    assert sorted(artifact.sums(folder)) == list(CONTENTS)
    assert (STAGE.obtain(), times(store), STAGE.fault()) == (folder, 1, None)
    other = replace(STAGE, ingredients={"seed": 2})
    assert other.obtain() != folder
    assert (times(store), said(store)) == (2, [])


def test_the_record_says_how_it_was_made(store):
    before = datetime.now(UTC).replace(microsecond=0)
    replace(STAGE, make=slow).obtain()
    told = STAGE.told()
    assert (told["rows"], told["ingredients"]) == (1, {"seed": 1})
    assert 1.0 <= told["wall_seconds"] < 30
    assert before <= datetime.fromisoformat(told["computed"]["start"]) <= datetime.now(UTC)
    another = replace(STAGE, kind="run", contents=("run.json", "table.csv"), record="run.json")
    assert json.loads((another.obtain() / "run.json").read_text())["rows"] == 1


def test_a_second_process_waits_and_finds_it_made(store):
    wanted = replace(STAGE, make=slow)
    with workers.pool(2) as pool:
        folders = [one.result() for one in [pool.submit(wanted.obtain) for _ in range(2)]]
    assert folders == [STAGE.place()] * 2
    assert times(store) == 1


@pytest.mark.parametrize("name", CONTENTS)
def test_a_damaged_one_is_said_and_made_again(store, name):
    folder = STAGE.obtain()
    file = folder / name
    content = file.read_text() if name == "table.csv" else ""
    file.write_text("x")
    assert STAGE.fault() == f"{name} is damaged"
    STAGE.obtain()
    assert said(store) == [f"{name} is damaged in {folder.name}: making it again"]
    assert (times(store), STAGE.fault()) == (2, None)
    assert content in file.read_text()


def test_an_empty_folder_is_no_damage(store):
    STAGE.place().mkdir(parents=True)
    assert STAGE.fault() == stage.MISSING
    STAGE.obtain()
    assert said(store) == []


def test_a_random_start_is_made_again_once_weights_can_be_had(store):
    had = []
    wanted = replace(STAGE, **BEGAN | {"to_be_had": had.__contains__})
    for _ in range(2):
        wanted.obtain()
    assert times(store) == 1  # none can be had
    had.append("small")
    wanted.obtain()
    assert times(store) == 2
    assert said(store) == [
        f"{wanted.place().name} began at random, and weights can be had now: making it again"
    ]


def test_only_one_that_began_at_random_asks_for_weights(store):
    wanted = replace(STAGE, at_random=lambda record: record["weights"][1:], to_be_had=pytest.fail)
    for _ in range(2):
        wanted.obtain()
    assert times(store) == 1


def test_nothing_is_fetched_for_a_store_that_takes_nothing(store, monkeypatch):
    wanted = replace(STAGE, **BEGAN)
    wanted.obtain()
    assert wanted.could_start_better(BEGAN["to_be_had"])
    monkeypatch.setattr(paths, "may_write", lambda: False)
    assert not wanted.could_start_better(pytest.fail)
    assert (wanted.obtain(), times(store)) == (wanted.place(), 1)


def test_a_complete_one_is_read_without_a_lock(store, monkeypatch):
    folder = STAGE.obtain()
    monkeypatch.setattr(artifact, "only_one", lambda place: pytest.fail("a lock is written"))
    assert STAGE.obtain() == folder


def test_a_record_that_cannot_be_written_leaves_nothing(store):
    wanted = replace(STAGE, make=lambda *_: {"bad": object()})
    with pytest.raises(TypeError):
        wanted.obtain()
    assert [path.name for path in wanted.place().parent.iterdir()] == [
        f".{wanted.place().name}.lock"
    ]


@pytest.mark.parametrize(
    ("number", "error"),
    [(errno.ENOSPC, paths.CacheError), (errno.EROFS, paths.CacheError), (errno.EIO, OSError)],
)
def test_a_store_that_cannot_take_it_is_told_with_its_cure(store, number, error):
    def full(of, folder):
        raise OSError(number, "so it is")

    with pytest.raises(error, match="so it is") as raised:
        replace(STAGE, make=full).obtain()
    cured = "cannot take one-smoke (so it is): free some space" in str(raised.value)
    assert cured == (error is paths.CacheError)


def test_unfinished_work_is_kept_until_the_result_is_there(store):
    def interrupted(of, folder):
        of.unfinished().write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace(STAGE, make=interrupted).obtain()
    unfinished = STAGE.unfinished()
    part = unfinished.with_name(f".{unfinished.name}.123")  # of a process that was killed
    part.write_text("a quarter")
    assert unfinished.read_text() == "half"
    STAGE.obtain()
    assert not unfinished.exists()
    assert not part.exists()


# An edit, then the question what is to be made, or the other way round.
EDITED = """
from pathlib import Path
from engine.store import keys, stage
def edit():
    file = Path("fer_lib/training/losses.py")
    file.write_text(file.read_text() + "# more\\n")
def asked():
    counted = keys.library().ingredients("fer_lib.training.losses")
    make = lambda of, folder: print("made") or {}
    return stage.Stage("run", "a", counted, ("about.json",), ("fer_lib.training.losses",), make)
ORDER
try:
    wanted.obtain()
except keys.LibraryError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("edit(); wanted = asked()", "made\n"),
        (
            "wanted = asked(); edit()",
            "fer_lib.training.losses changed after it was imported here: restart this kernel\n",
        ),
        (
            "from fer_lib.training import losses; asked(); edit(); wanted = asked()",
            "fer_lib.training.losses changed after it was imported here: restart this kernel\n",
        ),
        (
            "wanted = asked(); edit(); asked()",
            "fer_lib/training/losses.py changed since the result was asked for: try again\n",
        ),
    ],
)
def test_nothing_is_made_with_code_that_changed_since_it_was_asked_for(tmp_path, order, expected):
    copy = copies.Copy(copies.sources(tmp_path / "checkout"), tmp_path / "store")
    assert copy.kept("-c", EDITED.replace("ORDER", order)).stdout == expected


COMPUTES = """
def make(given, stage, folder):
    (folder / "table.csv").write_text(given)
    return {"name": stage.name, "empty": len(list(folder.iterdir())) == 1}
"""


def test_what_computes_is_imported_when_something_is_to_be_made(store, monkeypatch):
    """And given what it was asked for with, the stage and an empty folder."""
    wanted = replace(STAGE, make=stage.later("computes_later", "n\n2\n"))
    wanted.place()
    assert "computes_later" not in sys.modules
    (store / "computes_later.py").write_text(COMPUTES)
    monkeypatch.syspath_prepend(str(store))
    assert (wanted.obtain() / "table.csv").read_text() == "n\n2\n"
    assert (wanted.told()["name"], wanted.told()["empty"]) == ("one-smoke", True)


def test_the_module_knows_nothing_of_what_is_computed():
    """It is to be used by every kind of result, and imported where nothing heavy may be."""
    library = keys.library()
    ours = library.modules("engine.store.stage") - {"engine", "engine.store"}
    allowed = {"keys", "lockfile", "paths", "progress_words", "artifact", "stage", "system"}
    allowed |= {"threads"}
    assert {name.removeprefix("engine.store.") for name in ours} <= allowed
    packages = library.versions("engine.store.stage")
    assert not {"torch", "pandas", "numpy"} & set(packages) & set(lockfile.pins())
    code = "import sys, engine.store.stage; print({'torch', 'numpy', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=paths.root(), capture_output=True)
    assert done.stdout == b"set()\n"


def test_every_job_lies_in_the_folder_of_its_kind(store):
    found = jobs.all_jobs(Settings("rendered46", "", "smoke", 0)).values()
    assert {job.kind for job in found} == set(stage.FOLDERS)
    for job in found:
        assert (
            job.folder == f"{stage.FOLDERS[job.kind]}/{page_table.stem(job.name)}-{job.stage.key}"
        )
        assert job.stage.record in job.stage.contents
