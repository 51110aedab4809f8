"""Decoding of single image files: what is repaired, what is refused, and how it is said."""

from __future__ import annotations

import io
import os
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from fer_lib.data import image_files


def picture(width: int = 96, height: int = 96, seed: int = 0) -> Image.Image:
    noise = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def kinds(result: image_files.Picture) -> str:
    return "; ".join(problem for problem, _ in result.notes)


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that claims a size but has next to no pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        checksum = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def test_an_rgb_square_of_the_right_size_is_untouched():
    source = picture(64, 64)
    result = image_files.decode(encoded(source), "a.png", 64)
    assert np.array_equal(result.pixels, np.asarray(source))
    assert result.pixels.dtype == np.uint8
    assert (result.width, result.height, result.notes) == (64, 64, ())


def test_resizing_keeps_the_picture():
    result = image_files.decode(encoded(picture(500, 500), "JPEG", quality=95), "a.jpg", 64)
    expected = np.asarray(picture(64, 64), dtype=float)
    assert np.abs(result.pixels - expected).mean() < 3


@pytest.mark.parametrize(
    ("mode", "kind", "word"),
    [
        ("L", "PNG", "greyscale"),
        ("CMYK", "JPEG", "CMYK"),
        ("P", "PNG", "palette"),
        ("RGBA", "PNG", "transparency"),
        ("LA", "PNG", "transparency"),
        ("1", "PNG", "black and white"),
        ("L", "JPEG", "greyscale"),
        ("P", "GIF", "palette"),
    ],
)
def test_other_colour_modes_become_rgb(mode, kind, word):
    source = picture().convert(mode)
    result = image_files.decode(encoded(source, kind), f"a.{kind.lower()}", 96)
    assert result.pixels.shape == (96, 96, 3)
    assert word in kinds(result)
    if mode in ("CMYK", "RGBA", "P"):
        difference = np.abs(result.pixels.astype(float) - np.asarray(picture(), dtype=float))
        assert difference.mean() < 25


@pytest.mark.parametrize("dtype", ["uint16", "int32"])
def test_sixteen_bit_grey_is_scaled_not_clipped(dtype):
    grey = np.asarray(picture().convert("L"))
    deep = Image.fromarray((grey.astype(np.uint16) * 257).astype(dtype))
    result = image_files.decode(encoded(deep, "TIFF"), "a.tif", 96)
    assert "16-bit" in kinds(result)
    assert np.abs(result.pixels[..., 0].astype(int) - grey).max() <= 1


def test_transparent_parts_become_white():
    source = picture().convert("RGBA")
    source.paste((0, 0, 0, 0), (0, 0, 96, 48))
    result = image_files.decode(encoded(source), "a.png", 96)
    assert (result.pixels[:40] == 255).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_honoured(orientation):
    upright = Image.new("RGB", (120, 80), "black")
    upright.paste("white", (0, 0, 60, 40))
    stored = upright
    inverse = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    if orientation in image_files._ORIENTATIONS:
        stored = upright.transpose(inverse.get(orientation, image_files._ORIENTATIONS[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    result = image_files.decode(encoded(stored, "JPEG", exif=exif, quality=95), "a.jpg", 40)
    assert (result.width, result.height) == (120, 80)
    assert result.pixels[:18, :18].min() > 200
    assert result.pixels[22:, :].max() < 60
    assert result.pixels[:, 22:].max() < 60


def test_wrong_extension_is_used_and_said():
    result = image_files.decode(encoded(picture(), "PNG"), "a.JPG", 96)
    assert "it is a PNG image" in kinds(result)
    assert image_files.decode(encoded(picture(), "JPEG"), "a.JPEG", 96).notes == ()


def test_shape_and_smallness_are_noted():
    assert "not square" in kinds(image_files.decode(encoded(picture(60, 96)), "a.png", 96))
    assert "smaller than 112" in kinds(image_files.decode(encoded(picture(48, 48)), "a.png", 224))


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    ("content", "problem", "cure"),
    [
        (encoded(picture(), "JPEG")[:700], "truncated", "copy it again"),
        (encoded(picture(), "PNG")[:3000], "truncated", "copy it again"),
        (b"hello, I am not a picture\n" * 9, "a text file", "copy the image again"),
        (b"<!DOCTYPE html><html></html>", "web page", "download it again"),
        (b"\x00\x00\x00\x20ftypheic" + bytes(90), "HEIC", "convert it to JPEG"),
        (b"PK\x03\x04" + bytes(90), "zip archive", "unpack it"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS", "git lfs pull"),
        (bytes(range(256)) * 3, "no known image format", "convert it to JPEG"),
        (png_header(20000, 20000), "above the limit of 89 megapixels", "save a smaller copy"),
        (png_header(9500, 9500), "9500 x 9500 pixels: above the limit", "save a smaller copy"),
        (encoded(Image.new("RGB", (96, 96), "grey")), "single colour", "delete it"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n" + b"x" * 50, "a text file", "delete it"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_unusable_content_is_refused_with_its_cure(content, problem, cure):
    with pytest.raises(image_files.UnusableImage) as caught:
        image_files.decode(content, "a.jpg", 96)
    assert problem in caught.value.problem
    assert cure in caught.value.cure
    assert "\n" not in caught.value.problem


def test_damaged_bytes_never_raise_anything_else():
    whole = {kind: encoded(picture(), kind) for kind in ("JPEG", "PNG", "GIF", "TIFF", "WEBP")}
    rng = np.random.default_rng(1)
    for kind, content in whole.items():
        for _ in range(40):
            damaged = bytearray(content)
            for position in rng.integers(0, len(damaged), 8):
                damaged[position] = rng.integers(0, 256)
            try:
                result = image_files.decode(bytes(damaged), f"a.{kind.lower()}", 32)
            except image_files.UnusableImage:
                continue
            assert result.pixels.shape == (32, 32, 3)


def test_sixty_megapixels_load_at_the_usual_size():
    big = Image.linear_gradient("L").resize((10_000, 6_000)).convert("RGB")
    result = image_files.decode(encoded(big, "JPEG", quality=60), "big.jpg", 224)
    assert (result.width, result.height) == (10_000, 6_000)
    assert result.pixels.shape == (224, 224, 3)
    assert result.pixels[0, 0, 0] < 10
    assert result.pixels[-1, -1, 0] > 245


def test_reading_files(tmp_path, monkeypatch):
    good = tmp_path / "a.bin"
    good.write_bytes(b"abc")
    assert image_files.read_bytes(good) == b"abc"
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    (tmp_path / "gone.jpg").symlink_to("nowhere.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    expected = {
        "empty.jpg": "empty file",
        "loop.jpg": "cannot be read",
        "gone.jpg": "link to a file that is not there",
        "pipe.jpg": "not a regular file",
    }
    for name, problem in expected.items():
        with pytest.raises(image_files.UnusableImage, match=problem):
            image_files.read_bytes(tmp_path / name)
    monkeypatch.setattr(image_files, "BYTE_LIMIT", 2)
    with pytest.raises(image_files.UnusableImage, match="too large a file"):
        image_files.read_bytes(good)
