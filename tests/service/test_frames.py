"""What a frame may be, and what is said of one that may not."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from service import frames
from service.frames import Refusal
from tests.helpers.serving import png_that_claims


def jpeg(picture: np.ndarray, kind: str = "JPEG") -> bytes:
    into = io.BytesIO()
    Image.fromarray(picture).save(into, kind)
    return into.getvalue()


NOISE = np.random.default_rng(0).integers(0, 255, (99, 99, 3), np.uint8)
GREY = np.full((48, 64, 3), 128, np.uint8)


@pytest.mark.parametrize("kind", frames.FORMATS)
def test_pixels_come_back(kind):
    frame = frames.decode(jpeg(GREY, kind))
    assert frame.shape == (48, 64, 3)
    assert frame.dtype == np.uint8
    assert np.abs(frame.astype(int) - 128).max() <= 2


def test_transparent_and_grey_pictures_become_rgb():
    into = io.BytesIO()
    Image.new("LA", (64, 48), (200, 0)).save(into, "PNG")
    assert frames.decode(into.getvalue()).shape == (48, 64, 3)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"not an image at all", "not_an_image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_an_image"),
        (jpeg(GREY, "GIF"), "not_an_image"),  # a real picture, of a kind that is not read
        (jpeg(NOISE)[:2000], "damaged"),
        (jpeg(NOISE, "PNG")[:2000], "damaged"),
        (png_that_claims(50_000, 50_000), "too_many_pixels"),  # 7.5 GB
        (png_that_claims(2**31 - 1, 2**31 - 1), "too_many_pixels"),
        (jpeg(GREY[:8, :8]), "too_small"),
        (bytes(40_000_000), "too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_refused(content, code):
    with pytest.raises(Refusal) as refused:
        frames.decode(content)
    assert refused.value.code == code
    answer = refused.value.answer()
    assert answer["kind"] == "refused"
    assert answer["code"] == code
    assert answer["text"].endswith(".")


def test_a_bomb_is_refused_before_it_is_unpacked():
    import tracemalloc

    bomb = png_that_claims(20_000, 20_000)  # 1.2 GB of pixels
    tracemalloc.start()
    with pytest.raises(Refusal):
        frames.decode(bomb)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()
