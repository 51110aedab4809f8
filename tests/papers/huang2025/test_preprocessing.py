"""Preparation: the grey of known colours, noise gone, edges kept, images by themselves."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from fer_lib.papers.huang2025.preprocessing import SIDE, prepared


def plain(colour, side=SIDE, count=1):
    return np.tile(np.array(colour, np.uint8), (count, side, side, 1))


@pytest.mark.parametrize(
    ("colour", "grey"),
    [((255, 0, 0), 76), ((0, 255, 0), 150), ((0, 0, 255), 29), ((255, 255, 255), 255)],
)
def test_grey_is_bt601(colour, grey):
    found = prepared(plain(colour))
    assert found.dtype == np.uint8
    assert (found == grey).all()


def test_any_side_becomes_80_and_fine_stripes_become_their_mean():
    """Without antialiasing every second row would be lost and the face be black or white."""
    striped = plain((0, 0, 0), side=160)
    striped[:, ::2] = 255
    found = prepared(striped)
    assert found.shape == (1, 80, 80)
    assert np.abs(found[0, 4:-4].astype(int) - 127).max() <= 1


@pytest.mark.parametrize("side", [64, 96, 224])
def test_grey_is_resized_by_pillow_and_then_filtered(side):
    face = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    grey = Image.fromarray(np.rint(face @ np.array([0.299, 0.587, 0.114])).astype(np.uint8))
    small = grey.resize((80, 80), Image.Resampling.BICUBIC)
    expected = small.filter(ImageFilter.MedianFilter(3))
    assert np.array_equal(prepared(face[None])[0][1:-1, 1:-1], np.asarray(expected)[1:-1, 1:-1])


def test_a_single_bright_pixel_is_noise_and_an_edge_is_not():
    face = plain((40, 40, 40))
    face[0, 10, 10] = 255
    face[0, :, 40:] = 200
    found = prepared(face)[0]
    assert found[10, 10] == 40
    assert (found[:, :40] == 40).all()
    assert (found[:, 40:] == 200).all()


def test_each_image_is_computed_by_itself(monkeypatch):
    faces = np.random.default_rng(0).integers(0, 256, (5, 96, 96, 3), dtype=np.uint8)
    together = prepared(faces)
    monkeypatch.setattr("fer_lib.papers.huang2025.preprocessing.BATCH", 2)
    assert np.array_equal(prepared(faces), together)
    assert np.array_equal(prepared(faces[3:4])[0], together[3])


@pytest.mark.parametrize("shape", [(2, 80, 80), (2, 80, 70, 3), (2, 80, 80, 4)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="give square RGB"):
        prepared(np.zeros(shape, np.uint8))


def test_floats_are_refused():
    with pytest.raises(ValueError, match="give uint8"):
        prepared(np.zeros((1, 80, 80, 3)))
