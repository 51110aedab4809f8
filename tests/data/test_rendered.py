"""Rendered sets in the common table, with a stand-in for the generator."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

import face_renderer as faces
from engine.store import paths
from fer_lib.data import datasets, rendered, schema, splits
from fer_lib.papers.diya2026 import leakage_audit
from fer_lib.training import augmentation


@dataclass(frozen=True)
class Spec:
    name: str
    n_male: int
    n_female: int

    @property
    def n_images(self) -> int:
        return (self.n_male + self.n_female) * len(schema.EMOTIONS)

    def with_subjects(self, count: int) -> Spec:
        return replace(self, n_male=count // 2, n_female=count - count // 2)


def make_set(spec, folder, processes=None, progress=None, report=None):
    target = folder / f"{spec.name}-{spec.n_male + spec.n_female}"
    if target.is_dir():
        return target
    rows = [
        {"image_id": f"{spec.name}_{subject}_{emotion}", "subject_id": f"s{subject:03d}"}
        | {"emotion": emotion, "authenticity": "fake", "seed": 1, "AU12_L": 0.5, "beard": "none"}
        for subject in range(spec.n_male + spec.n_female)
        for emotion in schema.EMOTIONS
    ]
    images = np.random.default_rng(0).integers(0, 256, (len(rows), 64, 64, 3), dtype=np.uint8)
    manifest = pd.DataFrame(rows)
    manifest["sha256"] = [hashlib.sha256(image.tobytes()).hexdigest() for image in images]
    target.mkdir(parents=True)
    np.save(target / "images.npy", images)
    manifest.to_csv(target / "manifest.csv", index=False)
    (target / "meta.json").write_text(json.dumps({"set_sha256": "ab" * 32}))
    return target


@pytest.fixture(autouse=True)
def generator(monkeypatch, tmp_path):
    monkeypatch.setenv("FER_CACHE", str(tmp_path / "store"))
    monkeypatch.setattr(faces, "RENDERED46", Spec("rendered46", 4, 2), raising=False)
    monkeypatch.setattr(faces, "RENDERED_TEST", Spec("rendered_test", 5, 5), raising=False)
    monkeypatch.setattr(faces, "make_set", make_set, raising=False)


def test_the_whole_set_has_the_schema_and_the_truth():
    loaded = datasets.by_name("rendered46", size=64)
    assert loaded.images.shape == (42, 64, 64, 3)
    assert (loaded.kind, loaded.group_kind, loaded.has_truth) == ("rendered", "subject", True)
    assert loaded.sha256 == "ab" * 32
    assert list(loaded.report.columns) == ["file", "problem", "cure", "action", "count"]
    assert len(loaded.report) == 0
    assert tuple(loaded.table["emotion"].cat.categories) == schema.EMOTIONS
    assert {"AU12_L", "seed", "subject_id"} <= set(loaded.table.columns)
    assert set(loaded.table["beard"]) == {"none"}
    pixels = hashlib.sha256(loaded.images[5].tobytes()).hexdigest()
    assert loaded.table["sha256"].iloc[5] == pixels


def test_groups_of_two_sets_never_meet():
    one = datasets.by_name("rendered46", size=64).table
    two = datasets.by_name("rendered_test", size=64).table
    assert not set(one["group"]) & set(two["group"])
    assert one["group"].nunique() == 6


def test_fewer_subjects():
    loaded = datasets.by_name("rendered_test", n_subjects=4, size=64)
    assert loaded.table["group"].nunique() == 4
    with pytest.raises(ValueError, match="n_subjects is 0"):
        datasets.by_name("rendered_test", n_subjects=0)


def test_another_size_is_resized_once(monkeypatch):
    small = datasets.by_name("rendered46", size=32)
    assert small.images.shape == (42, 32, 32, 3)
    whole = datasets.by_name("rendered46", size=64)
    assert small.sha256 == whole.sha256
    averaged = whole.images.reshape(42, 32, 2, 32, 2, 3).mean(axis=(2, 4))
    assert np.abs(averaged - small.images).mean() < 12
    shrunk = augmentation.resize(whole.images, 32).numpy()
    assert np.array_equal(shrunk.transpose(0, 2, 3, 1), small.images)
    monkeypatch.setattr(rendered.image_array, "writing", None)
    again = datasets.by_name("rendered46", size=32)
    assert np.array_equal(again.images, small.images)


def test_unwritable_store_is_one_clear_line(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("FER_CACHE", str(tmp_path / "file" / "store"))
    with pytest.raises(paths.CacheError, match="set FER_CACHE") as caught:
        datasets.by_name("rendered46")
    assert "\n" not in str(caught.value)


def test_the_generator_itself(monkeypatch, tmp_path):
    """No stand-in: a handful of real renders passes the schema, the split and the audit."""
    monkeypatch.undo()
    monkeypatch.setenv("FER_CACHE", str(tmp_path / "store"))
    monkeypatch.setenv("FER_PROGRESS", str(tmp_path / "log"))
    monkeypatch.setattr("engine.store.progress.SECONDS_BETWEEN_LINES", 0.0)
    loaded = datasets.by_name("rendered_test", n_subjects=3)
    lines = (tmp_path / "log").read_text().splitlines()
    assert lines[-1].startswith("rendered_test-3subjects: rendered 42 of 42 images, ")
    assert loaded.images.shape == (42, 224, 224, 3)
    assert loaded.table["group"].nunique() == 3
    pixels = hashlib.sha256(loaded.images[0].tobytes()).hexdigest()
    assert loaded.table["sha256"].iloc[0] == pixels
    split = splits.split(loaded.table, seed=0)
    assert list(leakage_audit.audit(loaded.table, split, loaded.images)["verdict"]) == ["ok"] * 4
    (manifest,) = (tmp_path / "store").rglob("manifest.csv")
    manifest.unlink()
    again = datasets.by_name("rendered_test", n_subjects=3, progress=False)
    assert again.sha256 == loaded.sha256
    (said,) = (tmp_path / "log").read_text().splitlines()[len(lines) :]
    assert said == f"{manifest.parent.name}: manifest.csv is missing; it is made again"


def test_unknown_set():
    with pytest.raises(ValueError, match="choose rendered46 or rendered_test"):
        rendered.load("rendered47")
