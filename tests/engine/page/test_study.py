"""Studies and papers: what a key counts, what is made once, and which set a page takes."""

import errno
import importlib
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from engine.page import study, study_registry
from engine.page.study_registry import Study
from engine.store import artifact, keys, paths, registry
from fer_lib import paper_registry
from fer_lib.data import dataset_registry, datasets, schema
from fer_lib.models import pretrained_weights
from fer_lib.settings import Settings

FIRST = Study("first", "huang2025", "fer_lib.papers.huang2025.budget", ("table.csv",))
SECOND = Study("second", "huang2025", "fer_lib.papers.huang2025.budget", ("sum.csv",), ("first",))
SETTINGS = Settings("rendered_micro", "", "smoke", 3)


def threads_used():
    return max(one["num_threads"] for one in threadpool_info())


@pytest.fixture
def made(monkeypatch, tmp_path):
    """Two studies whose modules note when they are called."""
    monkeypatch.setenv("FER_CACHE", str(tmp_path))
    table = {one.name: vars(one) for one in (FIRST, SECOND)}
    given = ("name", "paper")
    rows = {name: {k: v for k, v in row.items() if k not in given} for name, row in table.items()}
    file = "fer_lib/papers/huang2025/paper.toml"
    homes = {name: (file, f"studies.{name}", row) for name, row in rows.items()}
    whole = registry._homes
    monkeypatch.setattr(
        registry, "_homes", lambda name: homes if name == "studies" else whole(name)
    )
    calls = []

    def make(settings, needs, folder):
        calls.append(sorted(needs))
        if not needs:
            (folder / "table.csv").write_text(f"n\n{settings.seed}\n")
            handed = dict.fromkeys(study.HANDED_ON, "ab")
            began = {"file": "", "architecture": "small"}
            further = {"weights": began, "pretrained": settings.seed > 3, "threads": threads_used()}
            return handed | further
        text = (needs["first"] / "table.csv").read_text()
        (folder / "sum.csv").write_text(text)
        return {"rows": 1}

    real = importlib.import_module
    stand_in = SimpleNamespace(make=make)
    monkeypatch.setattr(datasets, "identity", lambda name, root: f"identity of {name}")
    modules = {FIRST.module: stand_in}
    monkeypatch.setattr(importlib, "import_module", lambda name: modules.get(name) or real(name))
    return calls


def test_a_study_is_made_once_with_all_that_it_reads(made):
    folder = study.made(SECOND, SETTINGS)
    assert made == [[], ["first"]]
    assert (folder / "sum.csv").read_text() == "n\n3\n"
    told = study.about(folder)
    assert told["rows"] == 1
    # What a page's header needs is handed on from the study that read the images.
    assert (told["data"], told["profile"], told["data_sha256"]) == ("rendered_micro", "smoke", "ab")
    assert "data_root" not in told
    assert study.made(SECOND, SETTINGS) == folder
    assert len(made) == 2


def test_a_study_has_one_thread_whoever_asks(made):
    with threadpool_limits(2):
        assert threads_used() == 2
        folder = study.made(FIRST, SETTINGS)
        assert threads_used() == 2
    assert study.about(folder)["threads"] == 1


@pytest.mark.parametrize(("had", "times"), [(True, 4), (False, 2)])
def test_studies_that_began_at_random_are_made_again_once_weights_can_be_had(
    made, monkeypatch, had, times
):
    monkeypatch.setattr(pretrained_weights, "resolve", lambda family: (None, {} if had else None))
    asked = replace(SETTINGS, seed=4)
    study.made(SECOND, asked)
    assert len(made) == 2
    study.made(SECOND, asked)
    assert len(made) == times  # with weights both: the second rests on the first
    study.made(SECOND, SETTINGS)  # not pretrained
    study.made(SECOND, SETTINGS)
    assert len(made) == times + 2


def test_a_full_disk_is_told_with_its_cure(made, monkeypatch):
    def full(folder):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(artifact, "writing", full)
    with pytest.raises(paths.CacheError, match=r"cannot take first-.*: free some space"):
        study.made(FIRST, SETTINGS)


def test_a_damaged_study_is_made_again(made):
    folder = study.made(FIRST, SETTINGS)
    (folder / "table.csv").write_text("n\n4\n")
    assert artifact.fault(folder, FIRST.contents)
    study.made(FIRST, SETTINGS)
    assert (folder / "table.csv").read_text() == "n\n3\n"


def test_a_page_opened_alone_has_the_study_of_its_own_profile(made, capfd):
    folder = study.obtain("first", replace(SETTINGS, profile="book"))
    assert study.about(folder)["profile"] == "book"
    assert "no first in profile book yet: making it now" in capfd.readouterr().err
    assert study.obtain("first", replace(SETTINGS, profile="book")) == folder
    assert "making it" not in capfd.readouterr().err
    assert made == [[]]


def test_a_key_counts_settings_and_what_is_read_but_not_where_the_data_lie(made):
    library = keys.library()

    def key(of=SECOND, identity="a", **settings):
        asked = replace(SETTINGS, **settings)
        return keys.digest(study_registry.ingredients(of, asked, identity, library))

    assert key() == key(data_root="elsewhere")
    others = [key(seed=4), key(profile="book"), key(identity="b"), key(FIRST)]
    assert len({key(), *others}) == 5
    needs = study_registry.ingredients(SECOND, SETTINGS, "a", library)["needs"]
    assert needs == {"first": key(FIRST)}


def test_studies_come_after_those_that_they_read(made):
    assert [one.name for one in study_registry.with_needs(["second"])] == ["first", "second"]
    assert study_registry.with_needs([]) == []
    with pytest.raises(ValueError, match="unknown study 'third': choose one of first, second"):
        study_registry.with_needs(["third"])


@pytest.mark.parametrize("name", list(study_registry.TABLE))
def test_the_table_names_the_files_that_the_module_leaves(name):
    of = study_registry.get(name)
    module = importlib.import_module(of.module)
    assert of.files == module.FILES
    assert callable(module.make)
    assert callable(module.read)


def test_pages_of_a_paper_that_cannot_take_a_set_have_their_rendered_one():
    asked = Settings("gffd2025", "photos", "smoke", 0)
    first, second = paper_registry.get("diya2026"), paper_registry.get("huang2025")
    assert paper_registry.settings(first, asked) is asked
    own = paper_registry.settings(second, asked)
    assert own == Settings("rendered_micro", "", "smoke", 0)
    assert paper_registry.of_set("micro_folders") == second
    with pytest.raises(ValueError, match="choose one of rendered46, gffd2025, rendered_micro"):
        paper_registry.of_set("rendered47")


@pytest.mark.parametrize("name", [name for paper in paper_registry.every() for name in paper.data])
def test_the_data_sets_of_the_papers_can_be_asked_for(name):
    found = dataset_registry.get(name)
    adapter = importlib.import_module(found.adapter)
    assert callable(adapter.load)
    if found.rendered:
        assert name == paper_registry.of_set(name).data[0]  # the one that needs nothing
        json.dumps(datasets.identity(name))
        datasets.check(name)
    else:
        assert callable(adapter.identity)
        with pytest.raises(schema.DataError, match="DATA_ROOT is not set"):
            datasets.check(name)
