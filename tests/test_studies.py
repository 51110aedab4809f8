"""Studies and papers: what a key counts, what is made once, and which set a page takes."""

import errno
import importlib
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from fer_lib import data as datasets
from fer_lib import (
    dataset_registry,
    keys,
    papers,
    paths,
    registry,
    sealed,
    studies,
    study,
    weights,
)
from fer_lib.studies import Asked, Study

FIRST = Study("first", "huang2025", "fer_lib.micro.scale", ("table.csv",))
SECOND = Study("second", "huang2025", "fer_lib.micro.scale", ("sum.csv",), ("first",))
ASKED = Asked("smoke", "rendered_micro", "", 3)


def threads_used():
    return max(one["num_threads"] for one in threadpool_info())


@pytest.fixture
def made(monkeypatch, tmp_path):
    """Two studies whose modules note when they are called."""
    monkeypatch.setenv("FER_CACHE", str(tmp_path))
    table = {one.name: vars(one) for one in (FIRST, SECOND)}
    rows = {name: {k: v for k, v in row.items() if k != "name"} for name, row in table.items()}
    whole = registry._read
    monkeypatch.setattr(registry, "_read", lambda name: rows if name == "studies" else whole(name))
    calls = []

    def make(asked, needs, folder):
        calls.append(sorted(needs))
        if not needs:
            (folder / "table.csv").write_text(f"n\n{asked.seed}\n")
            handed = dict.fromkeys(study.HANDED_ON, "ab")
            began = {"file": "", "architecture": "small"}
            further = {"weights": began, "pretrained": asked.seed > 3, "threads": threads_used()}
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
    folder = study.made(SECOND, ASKED)
    assert made == [[], ["first"]]
    assert (folder / "sum.csv").read_text() == "n\n3\n"
    told = study.about(folder)
    assert told["rows"] == 1
    # What a page's header needs is handed on from the study that read the images.
    assert (told["data"], told["profile"], told["data_sha256"]) == ("rendered_micro", "smoke", "ab")
    assert "data_root" not in told
    assert study.made(SECOND, ASKED) == folder
    assert len(made) == 2


def test_a_study_has_one_thread_whoever_asks(made):
    with threadpool_limits(2):
        assert threads_used() == 2
        folder = study.made(FIRST, ASKED)
        assert threads_used() == 2
    assert study.about(folder)["threads"] == 1


@pytest.mark.parametrize(("had", "times"), [(True, 4), (False, 2)])
def test_studies_that_began_at_random_are_made_again_once_weights_can_be_had(
    made, monkeypatch, had, times
):
    monkeypatch.setattr(study, "Pretrained", SimpleNamespace(restored=lambda told: told))
    monkeypatch.setattr(weights, "to_be_had", lambda family, used: had)
    asked = replace(ASKED, seed=4)
    study.made(SECOND, asked)
    assert len(made) == 2
    study.made(SECOND, asked)
    assert len(made) == times  # with weights both: the second rests on the first
    study.made(SECOND, ASKED)  # not pretrained
    study.made(SECOND, ASKED)
    assert len(made) == times + 2


def test_a_full_disk_is_told_with_its_cure(made, monkeypatch):
    def full(folder):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sealed, "writing", full)
    with pytest.raises(paths.CacheError, match=r"cannot take first .*: free some space"):
        study.made(FIRST, ASKED)


def test_a_damaged_study_is_made_again(made):
    folder = study.made(FIRST, ASKED)
    (folder / "table.csv").write_text("n\n4\n")
    assert sealed.fault(folder, FIRST.contents)
    study.made(FIRST, ASKED)
    assert (folder / "table.csv").read_text() == "n\n3\n"


def test_a_page_opened_alone_has_a_small_one_instead_of_waiting(made, capfd):
    folder = study.obtain("first", "rendered_micro", "", "book", 3)
    assert study.about(folder)["profile"] == "smoke"
    assert "making it in profile smoke" in capfd.readouterr().err


def test_a_key_counts_settings_and_what_is_read_but_not_where_the_data_lie(made):
    library = keys.library()

    def key(of=SECOND, identity="a", **settings):
        asked = Asked(**{**vars(ASKED), **settings})
        return keys.digest(studies.ingredients(of, asked, identity, library))

    assert key() == key(data_root="elsewhere")
    others = [key(seed=4), key(profile="book"), key(identity="b"), key(FIRST)]
    assert len({key(), *others}) == 5
    needs = studies.ingredients(SECOND, ASKED, "a", library)["needs"]
    assert needs == {"first": key(FIRST)}


def test_studies_come_after_those_that_they_read(made):
    assert [one.name for one in studies.with_needs(["second"])] == ["first", "second"]
    assert studies.with_needs([]) == []
    with pytest.raises(ValueError, match="unknown study 'third': choose one of first, second"):
        studies.with_needs(["third"])


@pytest.mark.parametrize("name", list(studies.TABLE))
def test_the_table_names_the_files_that_the_module_leaves(name):
    of = studies.get(name)
    module = importlib.import_module(of.module)
    assert of.files == module.FILES
    assert callable(module.make)
    assert callable(module.read)


def test_pages_of_a_paper_that_cannot_take_a_set_have_their_rendered_one():
    asked = {"data": "gffd2025", "data_root": "photos", "seed": 0}
    first, second = papers.every()
    assert papers.settings(first, asked) is asked
    own = papers.settings(second, asked)
    assert (own["data"], own["data_root"], own["seed"]) == ("rendered_micro", "", 0)
    assert papers.of_set("micro_folders") == second
    with pytest.raises(ValueError, match="choose one of rendered46, gffd2025, rendered_micro"):
        papers.of_set("rendered47")


@pytest.mark.parametrize("name", [name for paper in papers.every() for name in paper.data])
def test_the_data_sets_of_the_papers_can_be_asked_for(name):
    found = dataset_registry.get(name)
    adapter = importlib.import_module(found.adapter)
    assert callable(adapter.load)
    if found.rendered:
        assert name == papers.of_set(name).data[0]  # the one that needs nothing
        json.dumps(datasets.identity(name))
        datasets.check(name)
    else:
        assert callable(adapter.identity)
        with pytest.raises(datasets.DataError, match="DATA_ROOT is not set"):
            datasets.check(name)
