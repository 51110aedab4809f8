"""The data sets of ``huang2025`` by name: the rendered one's store, its errors, its identity."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest

from fer_lib import data as datasets
from fer_lib import faces, keys, paths, sealed, system
from fer_lib.data import leakage, schema, splits
from fer_lib.micro import sets
from fer_lib.micro.rendered import clips

COUNTS = dict.fromkeys(schema.EMOTIONS, 8)
SPEC = clips.ClipSpec("rendered_micro", 3, 3, COUNTS, seed=9, size=32)


@pytest.fixture(autouse=True)
def small(monkeypatch, tmp_path):
    monkeypatch.setenv("FER_CACHE", str(tmp_path / "store"))
    monkeypatch.setenv("FER_PROGRESS", str(tmp_path / "log"))
    monkeypatch.setattr(clips, "RENDERED_MICRO", SPEC)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the set as one load makes it; tests that only look at it share it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FER_CACHE", str(tmp_path_factory.mktemp("store")))
        patch.setattr(clips, "RENDERED_MICRO", SPEC)
        loaded = datasets.load("rendered_micro", progress=False)
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
        assert clips.frame(row, row["apex_ms"])["seed"] == row["seed"]


def test_a_second_load_opens_the_first(monkeypatch):
    first = datasets.load("rendered_micro", n_subjects=2, progress=False)
    monkeypatch.setattr(faces, "render", lambda row: 1 / 0)
    second = datasets.load("rendered_micro", n_subjects=2, progress=False)
    assert (first.images == second.images).all()
    assert first.sha256 == second.sha256
    pd.testing.assert_frame_equal(first.table, second.table)


def test_one_process_and_two_give_the_same_bits(made, monkeypatch, tmp_path):
    monkeypatch.setattr(system, "processors", lambda: 1)
    alone = datasets.load("rendered_micro", progress=False)
    assert alone.images.tobytes() == made.images.tobytes()
    assert alone.sha256 == made.sha256


def test_fewer_subjects_are_the_first_of_all(made):
    two = datasets.load("rendered_micro", n_subjects=2, progress=False)
    n = len(two.table)
    assert set(two.table["subject_id"]) == {"s000", "s001"}
    assert (two.images == made.images[:n]).all()
    assert list(two.table["image_id"]) == list(made.table["image_id"][:n])
    assert two.sha256 != made.sha256


@pytest.mark.parametrize("name", ["images.npy", "table.parquet"])
def test_a_damaged_set_is_found_out_and_made_again(name, tmp_path):
    first = datasets.load("rendered_micro", n_subjects=1, progress=False)
    whole = first.images.tobytes()
    (folder,) = (tmp_path / "store" / "data").glob("clips-*/rendered_micro-1subjects-*")
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 255
    (folder / name).unlink()
    (folder / name).write_bytes(content)
    again = datasets.load("rendered_micro", n_subjects=1, progress=False)
    assert again.images.tobytes() == whole
    assert f"{name} is damaged in {folder.name}: making it again" in (tmp_path / "log").read_text()
    assert sealed.fault(folder, sets.FILES) is None


def test_a_killed_load_leaves_nothing_that_counts(monkeypatch, tmp_path):
    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(np, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            datasets.load("rendered_micro", n_subjects=1, progress=False)
    assert not list((tmp_path / "store" / "data").glob("clips-*/rendered*"))
    assert len(datasets.load("rendered_micro", n_subjects=1, progress=False).table)


def test_a_full_disk_is_told_in_one_line(monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(paths.CacheError, match="No space left on device") as error:
        datasets.load("rendered_micro", n_subjects=1, progress=False)
    assert "set FER_CACHE to another folder" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_split_by_subject_leaks_nothing(made):
    split = splits.by_group(made.table, seed=0)
    audit = leakage.audit(made.table, split, made.images).set_index("check")["verdict"]
    assert audit["groups in more than one split"] == "ok"
    assert audit["identical images in more than one split"] == "ok"


def test_the_identity_is_that_of_the_code_that_renders():
    behind = keys.library().hashes("fer_lib.micro.rendered.clips")
    for needed in ("faces/picture.py", "faces/recipes.py", "micro/rendered/curve.py"):
        assert f"fer_lib/{needed}" in behind
    assert "fer_lib/micro/sets.py" not in behind
    assert datasets.identity("rendered_micro") == datasets.identity("rendered_micro", "")
    assert datasets.identity("rendered_micro").startswith("clips-")


def test_another_code_is_another_identity(monkeypatch):
    before = datasets.identity("rendered_micro")
    other = {"library": {"fer_lib/micro/rendered/clips.py": "0"}, "lock": {}}
    monkeypatch.setattr(keys.Library, "ingredients", lambda *_: other)
    assert datasets.identity("rendered_micro") != before


@pytest.mark.parametrize("ask", [datasets.load, datasets.identity, datasets.check])
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
        datasets.load("rendered_micro", n_subjects=7)
    datasets.check("rendered_micro")
