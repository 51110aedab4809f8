"""Faces at another side: Pillow's own bytes, alike wherever a face comes from."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image

import face_renderer
from engine.store import system
from fer_lib.data import image_files, resizing
from fer_lib.papers.diya2026.explanations import resized_model
from fer_lib.training import augmentation
from service import alignment, pipeline

SIDES = (48, 64, 112, 160, 300)


@pytest.fixture(scope="module")
def pictures():
    rows = face_renderer.plan(face_renderer.RENDERED46)
    return np.stack([face_renderer.render(row) for row in rows[3:1600:400]])


def by_pillow(pictures, side, how=Image.Resampling.BICUBIC):
    return np.stack(
        [np.asarray(Image.fromarray(one).resize((side, side), how)) for one in pictures]
    )


def in_training(pictures, side):
    return augmentation.resize(pictures, side).numpy().transpose(0, 2, 3, 1)


def in_the_service(pictures, side, monkeypatch):
    """Return the faces that the service gives its network, had it cut them out of frames."""
    serving = pipeline.Pipeline.__new__(pipeline.Pipeline)
    serving.predictor = type("Predictor", (), {"side": side})
    serving.template = None
    monkeypatch.setattr(alignment, "cropped", lambda picture, *_: picture)
    return np.stack([serving.face(one, None, level=False) for one in pictures])


def of_files(pictures, side):
    found = []
    for one in pictures:
        content = io.BytesIO()
        Image.fromarray(one).save(content, "PNG")
        found.append(image_files.decode(content.getvalue(), "a.png", side).pixels)
    return np.stack(found)


@pytest.mark.parametrize("side", SIDES)
def test_training_service_and_files_see_pillows_own_bytes(pictures, side, monkeypatch):
    expected = by_pillow(pictures, side)
    assert np.array_equal(in_training(pictures, side), expected)
    assert np.array_equal(in_the_service(pictures, side, monkeypatch), expected)
    assert np.array_equal(of_files(pictures, side), expected)
    assert np.array_equal(np.stack(list(resizing.faces(pictures, side))), expected)
    grey = resizing.face(np.ascontiguousarray(pictures[0][..., 1]), side)
    assert np.array_equal(grey, expected[0][..., 1])


@pytest.mark.parametrize("other", ["BILINEAR", "LANCZOS", "HAMMING", "BOX", "NEAREST"])
def test_another_filter_is_noticed_everywhere(pictures, other, monkeypatch):
    expected, how = by_pillow(pictures, 112), Image.Resampling[other]
    monkeypatch.setattr(resizing, "square", lambda image, side: image.resize((side, side), how))
    planted = by_pillow(pictures, 112, how)
    assert not np.array_equal(planted, expected)
    assert np.array_equal(in_training(pictures, 112), planted)
    assert np.array_equal(in_the_service(pictures, 112, monkeypatch), planted)
    assert np.array_equal(of_files(pictures, 112), planted)


def test_the_right_side_changes_nothing(pictures, monkeypatch):
    assert np.array_equal(in_training(pictures, 224), pictures)
    assert np.array_equal(in_the_service(pictures, 224, monkeypatch), pictures)
    assert np.array_equal(of_files(pictures, 224), pictures)
    assert np.array_equal(resizing.face(pictures[0], 224), pictures[0])


def test_what_is_not_square_is_stretched_and_flat_stays_flat():
    wide = np.full((3, 40, 90, 3), 77, np.uint8)
    assert np.array_equal(in_training(wide, 32), np.full((3, 32, 32, 3), 77))
    assert in_training(wide[:0], 32).shape == (0, 32, 32, 3)


def test_stripes_become_their_mean():
    """Without a filter widened for shrinking, every second line would be lost."""
    striped = np.zeros((128, 128), np.uint8)
    striped[:, ::2] = 255
    assert np.abs(resizing.face(striped, 64)[:, 4:-4].astype(int) - 127).max() <= 1


@pytest.mark.parametrize("count", [1, 2, 4])
def test_threads_do_not_matter_and_the_order_stays(count, monkeypatch):
    many = np.random.default_rng(0).integers(0, 256, (150, 40, 40, 3), dtype=np.uint8)
    monkeypatch.setattr(system, "processors", lambda: count)
    assert np.array_equal(in_training(many, 24), by_pillow(many, 24))


@pytest.mark.parametrize("side", [48, 112])
def test_a_resizing_layer_has_the_same_filter(pictures, side):
    """It has a gradient, and rounds and clips nothing between its two passes as Pillow does."""
    layer = resized_model.Sized(lambda images: images, side)
    images = torch.from_numpy(pictures).permute(0, 3, 1, 2).float()
    found = layer(images).clamp(0, 255).permute(0, 2, 3, 1).numpy()
    apart = np.abs(found - by_pillow(pictures, side))
    assert apart.max() < 3
    assert apart.mean() < 0.35
    other = np.abs(found - by_pillow(pictures, side, Image.Resampling.BILINEAR))
    assert other.max() > 10
    assert other.mean() > 0.6


def test_the_service_resizes_without_torch_and_pandas():
    heavy = "{'torch', 'pandas', 'torchvision', 'sklearn'}"
    code = f"import sys, service.pipeline; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
