"""The data sets of ``huang2025`` by name: the rendered one's store, its errors, its identity."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest

import face_renderer as faces
from engine.store import artifact, keys, paths
from face_renderer import dataset, workers
from face_renderer.clips import clip_set
from fer_lib.data import datasets, schema, splits
from fer_lib.papers.diya2026 import leakage_audit
from fer_lib.papers.huang2025 import rendered_clips

COUNTS = dict.fromkeys(schema.EMOTIONS, 8)
SPEC = clip_set.ClipSpec("rendered_micro", 3, 3, COUNTS, seed=9, size=32)


@pytest.fixture(autouse=True)
def small(monkeypatch, tmp_path):
    monkeypatch.setenv("FER_CACHE", str(tmp_path / "store"))
    monkeypatch.setenv("FER_PROGRESS", str(tmp_path / "log"))
    monkeypatch.setattr(clip_set, "RENDERED_MICRO", SPEC)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the set as one load makes it; tests that only look at it share it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FER_CACHE", str(tmp_path_factory.mktemp("store")))
        patch.setattr(clip_set, "RENDERED_MICRO", SPEC)
        loaded = datasets.by_name("rendered_micro", progress=False)
        yield loaded


def test_the_table_fits_the_schema_and_the_rows_draw_the_images(made):
    table = schema.validate(made.table)
    assert (made.kind, made.group_kind, made.has_truth) == ("rendered", "subject", False)
    assert made.images.shape == (56, 32, 32, 3)
    assert table["authenticity"].isna().all()
    assert table["emotion"].astype(str).value_counts().to_dict() == COUNTS
    assert set(table["group"]) == {f"rendered_micro/s00{k}" for k in range(6)}
    for place in (0, 30, 55):
        row = table.iloc[place].to_dict()
        assert (faces.render(row) == made.images[place]).all()
        assert hashlib.sha256(made.images[place].tobytes()).hexdigest() == row["sha256"]
        assert clip_set.frame(row, row["apex_ms"])["seed"] == row["seed"]


def test_a_second_load_opens_the_first(monkeypatch):
    first = datasets.by_name("rendered_micro", n_subjects=2, progress=False)
    monkeypatch.setattr(dataset, "render", lambda row: 1 / 0)
    second = datasets.by_name("rendered_micro", n_subjects=2, progress=False)
    assert (first.images == second.images).all()
    assert first.sha256 == second.sha256
    pd.testing.assert_frame_equal(first.table, second.table)


def test_one_process_and_two_give_the_same_bits(made, monkeypatch, tmp_path):
    monkeypatch.setattr(workers, "processors", lambda: 1)
    alone = datasets.by_name("rendered_micro", progress=False)
    assert alone.images.tobytes() == made.images.tobytes()
    assert alone.sha256 == made.sha256


def test_fewer_subjects_are_the_first_of_all(made):
    two = datasets.by_name("rendered_micro", n_subjects=2, progress=False)
    n = len(two.table)
    assert set(two.table["subject_id"]) == {"s000", "s001"}
    assert (two.images == made.images[:n]).all()
    assert list(two.table["image_id"]) == list(made.table["image_id"][:n])
    assert two.sha256 != made.sha256


@pytest.mark.parametrize("name", ["images.npy", "table.parquet"])
def test_a_damaged_set_is_found_out_and_made_again(name, tmp_path):
    first = datasets.by_name("rendered_micro", n_subjects=1, progress=False)
    whole = first.images.tobytes()
    (folder,) = (tmp_path / "store" / "data").glob("clip_set-*/rendered_micro-1subjects-*")
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 255
    (folder / name).unlink()
    (folder / name).write_bytes(content)
    again = datasets.by_name("rendered_micro", n_subjects=1, progress=False)
    assert again.images.tobytes() == whole
    assert f"{name} is damaged in {folder.name}: making it again" in (tmp_path / "log").read_text()
    assert artifact.fault(folder, rendered_clips.FILES) is None


def test_a_killed_load_leaves_nothing_that_counts(monkeypatch, tmp_path):
    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(np, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            datasets.by_name("rendered_micro", n_subjects=1, progress=False)
    assert not list((tmp_path / "store" / "data").glob("clip_set-*/rendered*"))
    assert len(datasets.by_name("rendered_micro", n_subjects=1, progress=False).table)


def test_a_full_disk_is_told_in_one_line(monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(paths.CacheError, match="No space left on device") as error:
        datasets.by_name("rendered_micro", n_subjects=1, progress=False)
    assert "set FER_CACHE to another folder" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_split_by_subject_leaks_nothing(made):
    split = splits.split(made.table, seed=0)
    audit = leakage_audit.audit(made.table, split, made.images).set_index("check")["verdict"]
    assert audit["groups in more than one split"] == "ok"
    assert audit["identical images in more than one split"] == "ok"


def test_the_identity_is_that_of_the_code_that_renders():
    behind = keys.library().hashes("face_renderer.clips.clip_set")
    for needed in ("render.py", "recipes.py", "clips/time_course.py"):
        assert f"face_renderer/{needed}" in behind
    assert "fer_lib/papers/huang2025/rendered_clips.py" not in behind
    assert datasets.identity("rendered_micro") == datasets.identity("rendered_micro", "")
    assert datasets.identity("rendered_micro").startswith("clip_set-")


def test_another_code_is_another_identity(monkeypatch):
    before = datasets.identity("rendered_micro")
    other = {"library": {"face_renderer/clips/clip_set.py": "0"}, "lock": {}}
    monkeypatch.setattr(keys.Library, "ingredients", lambda *_: other)
    assert datasets.identity("rendered_micro") != before


@pytest.mark.parametrize("ask", [datasets.by_name, datasets.identity, datasets.check])
def test_an_unknown_name_and_a_root_that_is_not_read_are_refused(ask, tmp_path):
    with pytest.raises(ValueError, match="unknown data set 'casme': choose one of rendered46"):
        ask("casme")
    with pytest.raises(
        schema.DataError, match="add DATA=gffd2025 or DATA=micro_folders, or leave DATA_ROOT empty"
    ):
        ask("rendered_micro", tmp_path)
    with pytest.raises(schema.DataError, match="DATA_ROOT is not set: make book"):
        ask("micro_folders", " ")


def test_too_many_subjects_are_refused():
    with pytest.raises(ValueError, match="n_subjects is 7: choose 1 to 6, or None"):
        datasets.by_name("rendered_micro", n_subjects=7)
    datasets.check("rendered_micro")
