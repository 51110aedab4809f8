"""Stored activations are what the frozen part computes, and are never believed unseen."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.store import artifact
from fer_lib import models
from fer_lib.models import ALL_STAGES, backbones, pretrained_registry
from fer_lib.papers.diya2026.task import TASK
from fer_lib.training import augmentation, feature_cache, feature_cache_key
from fer_lib.training.dataset_parts import Inputs
from fer_lib.training.feature_cache_key import Activations
from fer_lib.training.loop import outputs
from tests.helpers import tiny
from tests.helpers.tiny import faces_of

WANTED = Activations("lite0", True, 4, 32, 2, "gffd2025", 10)


LITE0 = pretrained_registry.get("efficientnet_lite0_packaged")


@pytest.fixture
def store(tmp_path, monkeypatch):
    tiny.use_weights(
        monkeypatch,
        {
            "lite0": LITE0,
            "mobilenet_v2": pretrained_registry.get("mobilenet_v2"),
        },
    )
    return tiny.use(monkeypatch, tmp_path)


def backbone(source=LITE0):
    return backbones.create(source, tiny.tensors_of(source.architecture))


def place(**changes):
    return feature_cache_key.stage(replace(WANTED, **changes), "").place()


def images_of(seed=1, subjects=10, side=32):
    return augmentation.resize(faces_of(seed, subjects).images, side)


def close(found, expected):
    """Within float16, of which the spacing is a two-thousandth of the value."""
    scale = float(np.abs(expected).max())
    return np.allclose(found.astype(np.float32), expected, rtol=2e-3, atol=1e-3 * scale)


@pytest.mark.parametrize("frozen", [4, ALL_STAGES])
def test_they_are_what_the_frozen_part_computes(store, frozen):
    stored = feature_cache.obtain(replace(WANTED, frozen=frozen, side=64), "")
    trunk, _ = backbones.split(backbone(), frozen)
    with torch.no_grad():
        expected = trunk(augmentation.normalise(images_of(side=64)))
    assert min(expected.shape[2:]) > 1  # or the mean could as well be the largest
    pooled = frozen == ALL_STAGES
    expected = expected.mean((2, 3)) if pooled else expected
    assert stored.plain.dtype == np.float16
    assert close(stored.plain, expected.numpy())
    assert stored.plain.std(0).max() > 0.01  # not the same for every image
    assert stored.views.shape == (140, 2, *expected.shape[1:])
    assert stored.source == LITE0


@pytest.mark.parametrize("frozen", [2, 5, ALL_STAGES])
def test_a_tail_on_them_says_what_the_whole_network_says_of_the_images(store, frozen):
    stored = feature_cache.obtain(replace(WANTED, frozen=frozen, side=64), "")
    torch.manual_seed(0)
    network = models.module("dual_task").build(TASK, [backbone()], frozen, 64, False)
    inputs = Inputs(faces_of(1), None, (stored,), 64, None, TASK)
    rows = np.arange(0, 140, 7)
    samples = inputs.samples(rows, None, {})
    on_stored = outputs(network.tail, samples)
    whole = network.eval()
    with torch.no_grad():
        on_images = whole(augmentation.normalise(images_of(side=64)[torch.from_numpy(rows)]))
    assert list(on_stored) == list(on_images) == list(TASK.names)
    for found, expected in zip(on_stored.values(), on_images.values(), strict=True):
        spread = float(expected.std(0).min())
        assert spread > 0.01
        assert float((found - expected).abs().max()) < 0.05 * spread


def test_a_view_is_the_changed_image(store):
    """Drawn batch by batch from one seed, every view before the next batch."""
    stored = feature_cache.obtain(WANTED, "")
    trunk, _ = backbones.split(backbone(), 4)
    generator = torch.Generator().manual_seed(feature_cache.VIEWS_SEED)
    batch = augmentation.normalise(images_of()[: feature_cache.BATCH])
    with torch.no_grad():
        for k in range(2):
            changed = augmentation.augment(batch, feature_cache.augmentation(), generator)
            assert close(stored.views[: feature_cache.BATCH, k], trunk(changed).numpy())
    assert not close(stored.views[:, 0], stored.plain.astype(np.float32))


def test_two_backbones_see_the_same_changes(store, monkeypatch):
    """Image by image and view by view, whatever the backbone does with them."""
    seen, kept = [], augmentation.augment

    def augment(images, how, generator):
        changed = kept(images, how, generator)
        seen[-1].append(changed)
        return changed

    monkeypatch.setattr(augmentation, "augment", augment)
    for family, frozen in (("lite0", 4), ("mobilenet_v2", ALL_STAGES)):
        seen.append([])
        feature_cache.obtain(replace(WANTED, family=family, frozen=frozen), "")
    batches = math.ceil(len(images_of()) / feature_cache.BATCH)
    assert len(seen[0]) == batches * 2  # views
    assert all(torch.equal(a, b) for a, b in zip(*seen, strict=True))


def test_the_precision_of_what_is_stored_is_stated_and_belongs_to_the_key(store):
    assert WANTED.precision == "float16"
    full = replace(WANTED, precision="float32")
    assert place(precision="float32") != place()
    half, stored = feature_cache.obtain(WANTED, ""), feature_cache.obtain(full, "")
    assert (half.about["precision"], stored.about["precision"]) == ("float16", "float32")
    for name in ("plain", "views"):
        kept, rounded = getattr(stored, name), getattr(half, name)
        assert (kept.dtype, rounded.dtype) == (np.float32, np.float16)
        assert np.array_equal(kept.astype(np.float16), rounded)
        assert not np.array_equal(kept, rounded)
    with pytest.raises(ValueError, match="'bfloat16': choose one of float16, float32"):
        replace(WANTED, precision="bfloat16")


def test_two_makings_are_the_same_bits(store, monkeypatch):
    first = feature_cache.obtain(WANTED, "")
    sums = artifact.sums(place())
    torch.manual_seed(5)  # whatever was drawn before
    monkeypatch.setenv("FER_CACHE", str(store / "other"))
    feature_cache.obtain(WANTED, "")
    again = artifact.sums(place())
    arrays = [name for name in feature_cache_key.FILES if name.endswith(".npy")]
    assert len(arrays) == 3
    assert [sums[name] for name in arrays] == [again[name] for name in arrays]
    assert first.about["weights"]["sha256"] == LITE0.sha256


def test_what_is_there_and_sound_is_not_made_again(store, monkeypatch):
    feature_cache.obtain(WANTED, "")
    monkeypatch.setattr(feature_cache, "make", lambda *_: pytest.fail("made again"))
    feature_cache.obtain(WANTED, "")


@pytest.mark.parametrize("name", feature_cache_key.FILES)
def test_a_damaged_file_is_said_and_made_again(store, name):
    first = feature_cache.obtain(WANTED, "")
    before = np.array(first.plain), np.array(first.views)
    file = place() / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    again = feature_cache.obtain(WANTED, "")
    assert f"{name} is damaged in lite0-4-gffd2025-32px-" in (store / "log").read_text()
    assert np.array_equal(again.plain, before[0])
    assert np.array_equal(again.views, before[1])


def test_the_further_subjects_are_there_only_for_rendered_faces(store, monkeypatch, tmp_path):
    assert len(feature_cache.obtain(WANTED, "").further) == 0
    tiny.use(monkeypatch, tmp_path / "rendered", rendered=True)
    (tmp_path / "rendered").mkdir()
    stored = feature_cache.obtain(replace(WANTED, data="rendered46"), "")
    trunk, _ = backbones.split(backbone(), 4)
    with torch.no_grad():
        assert close(stored.further, trunk(augmentation.normalise(images_of(2, 2))).numpy())


def test_without_views_there_are_none(store):
    assert feature_cache.obtain(replace(WANTED, views=0), "").views.shape[:2] == (140, 0)


CHANGES = [
    {"family": "mobilenet_v2"},
    {"frozen": 5},
    {"side": 64},
    {"views": 3},
    {"pretrained": False},
    {"further": 11},
]


@pytest.mark.parametrize("change", CHANGES)
def test_everything_that_decides_them_is_in_their_key(store, change):
    assert place(**change) != place()


def test_where_the_data_lie_is_not(store):
    assert feature_cache_key.stage(WANTED, "/elsewhere").place() == place()
