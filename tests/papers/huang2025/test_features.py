"""Features: known patterns, the network's own embedding, the same bits twice."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from engine.store.progress import Progress
from fer_lib.data.schema import FaceData, empty_report
from fer_lib.models import ALL_STAGES, backbones, pretrained_registry, pretrained_weights
from fer_lib.papers.huang2025 import features
from fer_lib.settings import Settings
from fer_lib.training import augmentation

SILENT = Progress("", 1, shown=False)


def faces(count=3, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, 80, 80), dtype=np.uint8)


def test_a_flat_face_has_one_pattern_in_every_cell():
    """Every neighbour is as bright as the pixel: the pattern of eight ones, a uniform one."""
    found = features.patterns(np.full((1, 80, 80), 90, np.uint8)).reshape(16, 59)
    assert np.array_equal(found, np.tile(np.eye(59, dtype=np.float32)[found[0].argmax()], (16, 1)))


def test_histograms_add_up_to_one_and_do_not_change_with_the_light():
    """Normalisation, a step of the paper's preparation, is such a change."""
    dark = faces() // 2
    found = features.patterns(dark)
    assert found.shape == (3, 944)
    assert found.dtype == np.float32
    assert np.allclose(found.reshape(3, 16, 59).sum(2), 1)
    assert np.array_equal(features.patterns(dark + 100), found)
    assert not np.array_equal(features.patterns(dark[:, ::-1].copy()), found)


def test_a_change_in_one_cell_changes_that_cells_histogram_only():
    flat = np.full((2, 80, 80), 90, np.uint8)
    flat[1, 25:35, 45:55] = faces()[0, :10, :10]  # second row, third column
    first, second = features.patterns(flat).reshape(2, 16, 59)
    assert np.flatnonzero((first != second).any(1)).tolist() == [6]


def backbone():
    return backbones.create(pretrained_registry.get("resnet18"), None).eval()


def network():
    return backbones.split(backbone(), ALL_STAGES)[0]


def test_embeddings_are_the_networks_own_of_the_enlarged_normalised_face():
    given = faces(2)
    found = features.embeddings(given, network(), SILENT)
    how = Image.Resampling.BICUBIC
    large = np.stack([np.asarray(Image.fromarray(face).resize((160, 160), how)) for face in given])
    rgb = torch.from_numpy(large)[:, None].repeat(1, 3, 1, 1)
    with torch.no_grad():
        expected = backbone().forward_features(augmentation.normalise(rgb)).mean((2, 3))
    assert found.shape == (2, 512)
    assert found.dtype == np.float32
    assert np.allclose(found, expected.numpy(), atol=1e-5)


def test_embeddings_do_not_depend_on_the_batch(monkeypatch):
    given, model = faces(3), network()
    together = features.embeddings(given, model, SILENT)
    monkeypatch.setattr(features, "BATCH", 1)
    assert np.allclose(features.embeddings(given, model, SILENT), together, atol=1e-5)


def data(name, root=None, n_subjects=None, progress=True):
    images = np.random.default_rng(n_subjects).integers(0, 256, (4, 96, 96, 3), dtype=np.uint8)
    table = pd.DataFrame(
        {
            "image_id": list("abcd"),
            "emotion": pd.Categorical(["fear", "sad", "fear", "happy"]),
            "group": ["s1", "s1", "s2", "s3"],
            "duration_ms": [100.0, 200.0, 300.0, 400.0],
        }
    )
    return FaceData(table, images, name, "rendered", "subject", "0" * 64, empty_report(), False)


@pytest.fixture
def made(monkeypatch, tmp_path):
    monkeypatch.setattr("fer_lib.data.datasets.by_name", data)
    random = (pretrained_registry.random_start("resnet18", "torchvision"), None)
    monkeypatch.setattr(pretrained_weights, "resolve", lambda family: {"resnet18": random}[family])

    def make(folder, profile="smoke"):
        place = tmp_path / folder
        place.mkdir()
        told = features.make(Settings("rendered_micro", "", profile, 0), {}, place)
        (place / "about.json").write_text(json.dumps(told))
        return place

    return make


def test_what_was_made_is_read_in_the_order_of_the_table(made):
    found = features.read(made("one"))
    assert found.table["emotion"].tolist() == ["fear", "sad", "fear", "happy"]
    assert found.table["duration_ms"].tolist() == [100, 200, 300, 400]
    assert found.both.shape == (4, 512 + 944)
    assert np.array_equal(found.both[:, :512], found.cnn)
    assert found.about["random_start"] is True
    assert found.about["weights"]["name"].startswith("random start of resnet18")
    assert (found.about["images"], found.about["groups"]) == (4, 3)


def test_two_runs_leave_the_same_bytes_and_other_images_do_not(made):
    def sums(place):
        return [hashlib.sha256((place / f).read_bytes()).hexdigest() for f in features.FILES]

    one = sums(made("one"))
    assert sums(made("two")) == one
    assert sums(made("other", "book"))[:2] != one[:2]


def test_of_a_large_set_whole_groups_are_drawn():
    table = pd.DataFrame({"group": list("aabbbccd"), "emotion": "sad"})
    numbers = np.arange(8, dtype=np.float32)[:, None]
    of = features.Features(table, numbers, 2 * numbers, {})
    assert features.some(of, 8, 0) is of
    draws = [features.some(of, 4, seed) for seed in range(8)]
    for one in draws:
        whole = table["group"].isin(one.table["group"])
        assert whole.sum() == len(one.table) >= 4
        assert np.array_equal(one.cnn[:, 0], np.flatnonzero(whole))
        assert np.array_equal(one.lbp, 2 * one.cnn)
    assert len({tuple(one.table["group"]) for one in draws}) > 1
    assert np.array_equal(features.some(of, 4, 3).cnn, draws[3].cnn)


def test_of_photographs_no_name_and_no_hash_is_left(monkeypatch, made):
    photographs = replace(data("folders"), kind="photographs")
    photographs = replace(photographs, table=photographs.table.assign(file="me.jpg", phash="ab"))
    monkeypatch.setattr("fer_lib.data.datasets.by_name", lambda *_, **__: photographs)
    assert list(features.read(made("one")).table) == ["image_id", "emotion", "group"]
