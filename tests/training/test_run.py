"""A run is read back as written; a damaged or half-written one is never believed."""

import pandas as pd
import pytest
import torch

from engine.store import artifact, paths
from fer_lib.training import profiles
from fer_lib.training import run as runs
from tests.helpers.records import stored_run


@pytest.fixture
def run(tmp_path):
    return stored_run(
        tmp_path / "runs" / "one",
        {"model": "cnn_baseline"},
        pd.DataFrame({"epoch": [1], "best": [True]}),
        pd.DataFrame({"image_id": ["a"], "p_genuine": [0.25]}),
        {"w": torch.arange(3.0)},
    )


def test_a_run_comes_back(run):
    again = runs.read(run.folder)
    assert again.about == {"model": "cnn_baseline"}
    assert again.predictions["p_genuine"].tolist() == [0.25]
    assert torch.equal(again.weights()["w"], torch.arange(3.0))
    assert set(again.hashes()) == set(runs.FILES)


@pytest.mark.parametrize("name", runs.FILES)
def test_a_truncated_file_is_found(run, name):
    path = run.folder / name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(runs.RunError, match=f"{name} is damaged in run one"):
        runs.read(run.folder)


@pytest.mark.parametrize("content", [b"", b"abc", b"\xff\xfe", b"00  run.json\n"])
def test_damaged_sums_are_found(run, content):
    (run.folder / artifact.SUMS).write_bytes(content)
    with pytest.raises(runs.RunError, match="is damaged in run one"):
        runs.read(run.folder)


def test_a_missing_run_is_one_line(tmp_path):
    with pytest.raises(runs.RunError, match="no run in nothing"):
        runs.read(tmp_path / "nothing")


def test_same_content_same_bytes(run, tmp_path):
    other = stored_run(
        tmp_path / "two", run.about, run.history, run.predictions, {"w": torch.arange(3.0)}
    )
    assert other.hashes() == run.hashes()


def test_unknown_profile_is_refused():
    with pytest.raises(ValueError, match="unknown profile 'tiny': choose one of smoke, book"):
        profiles.get("tiny")


def test_unwritable_store_is_one_line(monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("FER_CACHE", str(blocked / "store"))
    with pytest.raises(paths.CacheError, match="set FER_CACHE to a folder you can write to"):
        paths.cache()
