"""Decode one image file of unknown origin into a square RGB array, or say why not.

Section 3-4 of doi:10.28991/ESJ-2026-010-02-018 resizes to 224 x 224; so does this, stretching what
is not square (as the paper's framework does by default). Nothing is cropped away and no border is
added that a model could learn from; ``width`` and ``height`` keep the original shape on record.

Memory: a JPEG is decoded at a fraction of its size (Pillow's ``draft``); anything of more than
``LARGE_PIXELS`` is decoded one at a time; anything above ``PIXEL_LIMIT`` is refused from its
header. Measured for 60 megapixels: JPEG under 0.2 GB, PNG up to 0.5, WebP 0.9. Not caught: a
JPEG damaged in the middle that still decodes to its full length.
"""

from __future__ import annotations

import io
import stat
import threading
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from fer_lib.data import resizing

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "PPM")
PIXEL_LIMIT = 89_478_485  # Pillow's own threshold for a suspected decompression bomb
LARGE_PIXELS = 12_000_000
BYTE_LIMIT = 200_000_000

_SAME = {"MPO": "JPEG", "DIB": "BMP"}  # an MPO is a JPEG of several frames
_ORIENTATION_TAG = 0x0112
_ORIENTATIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIGNATURES = (
    (b"%PDF", "a PDF document", "export its pictures as JPEG"),
    (b"PK\x03\x04", "a zip archive", "unpack it"),
    (b"Rar!", "a RAR archive", "unpack it"),
    (b"<", "a web page or other markup, perhaps a failed download", "download it again"),
    (b"version https://git-lfs", "a Git LFS pointer", "run git lfs pull"),
)
_one_large_image = threading.Semaphore(1)


class UnusableImage(Exception):
    """This file gives no image; carries the ``problem`` and its ``cure``."""

    def __init__(self, problem: str, cure: str):
        super().__init__(problem)
        self.problem, self.cure = problem, cure


@dataclass(frozen=True)
class Picture:
    """A decoded image.

    Attributes
    ----------
    pixels : ndarray
        (size, size, 3) uint8 RGB, upright.
    width, height : int
        Of the file, in pixels, once upright.
    notes : tuple of (str, str)
        What was repaired: (kind of problem, cure).
    """

    pixels: np.ndarray
    width: int
    height: int
    notes: tuple[tuple[str, str], ...]


def read_bytes(path: Path) -> bytes:
    """Return the content of a regular file.

    Raises
    ------
    UnusableImage
        If it is unreadable, empty, too large or not a regular file.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnusableImage("not a regular file", "delete it")
        if status.st_size > BYTE_LIMIT:
            raise UnusableImage(
                f"{status.st_size / 1e6:.0f} MB is too large a file for a face",
                f"save it as a JPEG of less than {BYTE_LIMIT // 1_000_000} MB",
            )
        content = path.read_bytes()
    except PermissionError:
        raise UnusableImage("may not be read", "make it readable (chmod u+r)") from None
    except FileNotFoundError:
        raise UnusableImage("a link to a file that is not there", "restore the file") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UnusableImage(f"cannot be read: {reason}", "copy it again") from None
    if not content:
        raise UnusableImage("an empty file (0 bytes)", "copy it again from the archive")
    return content


def decode(content: bytes, name: str, size: int) -> Picture:
    """Decode, turn upright, convert to RGB and resize to ``size`` x ``size``.

    Parameters
    ----------
    content : bytes
        A whole image file.
    name : str
        Its name; only the suffix is used, to report a wrong one.
    size : int
        Side of the result in pixels.

    Raises
    ------
    UnusableImage
        With the problem and the cure; any other failure of a decoder is turned into it.
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            return _decode_opened(image, name, size)
    except UnusableImage:
        raise
    except UnidentifiedImageError:
        raise UnusableImage(*_what_is_it(content)) from None
    except Image.DecompressionBombError:
        raise _too_many_pixels("more than twice the limit") from None
    except Exception as error:  # decoders of hostile bytes raise nearly anything
        reason = " ".join(str(error).split()) or type(error).__name__
        if "truncated" in reason or isinstance(error, EOFError):
            raise UnusableImage("the file ends too early (truncated)", "copy it again") from None
        raise UnusableImage(f"a damaged image ({reason[:80]})", "copy it again") from None


def _decode_opened(image: Image.Image, name: str, size: int) -> Picture:
    width, height = image.size
    if width * height > PIXEL_LIMIT:
        raise _too_many_pixels(f"{width} x {height} pixels")
    notes = []
    named = Image.registered_extensions().get(Path(name).suffix.lower())
    if _SAME.get(named, named) != _SAME.get(image.format, image.format):
        cure = f"nothing to do, or rename it to .{image.format.lower()}"
        notes.append((f"the name says otherwise, but it is a {image.format} image", cure))
    if image.mode != "RGB":
        notes.append((f"stored as {_mode_name(image)}, converted to RGB", "nothing to do"))
    orientation = _orientation(image)
    if orientation in _ORIENTATIONS:
        notes.append(("lies on its side or head by its EXIF tag, turned upright", "nothing to do"))
    if width != height:
        notes.append(("not square, stretched to a square", "crop to the face if shapes differ"))
    if min(width, height) < size // 2:
        notes.append((f"smaller than {size // 2} pixels, enlarged", "use a larger copy"))
    with _one_large_image if width * height > LARGE_PIXELS else nullcontext():
        square = _rgb_square(image, size)
    if orientation in _ORIENTATIONS:
        square = square.transpose(_ORIENTATIONS[orientation])
        if orientation >= 5:
            width, height = height, width
    pixels = np.asarray(square)
    if int(pixels.max()) - int(pixels.min()) <= 2:
        raise UnusableImage("a single colour all over: no face", "delete it or copy it again")
    return Picture(pixels, width, height, tuple(notes))


def _rgb_square(image: Image.Image, size: int) -> Image.Image:
    # A draft at least twice the target keeps the resampling as good as from full size.
    image.draft(None, (2 * size, 2 * size))
    image.load()
    if image.mode in ("P", "PA", "1"):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    if image.mode.startswith("I") or image.mode == "F":
        image = _eight_bits(image)
    square = resizing.square(image, size)
    if square.mode in ("RGBA", "LA", "RGBa", "La"):
        square = square.convert("RGBA")
        background = Image.new("RGBA", square.size, "white")
        square = Image.alpha_composite(background, square)
    return square.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Scale 16-bit and float grey to 8 bits; Pillow's own conversion clips at 255."""
    values = np.asarray(image)
    if values.dtype.kind == "f":
        values = np.nan_to_num(values)
        if values.max() <= 1:
            values = values * 255
    elif values.max() > 255:
        values = values >> 8
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def _mode_name(image: Image.Image) -> str:
    names = {"L": "greyscale", "1": "black and white", "P": "palette", "F": "floating-point grey"}
    names |= {"RGBA": "RGB with transparency", "LA": "greyscale with transparency"}
    if image.mode.startswith("I"):
        return "16-bit greyscale"
    return names.get(image.mode, image.mode)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:  # a broken EXIF block says nothing about the picture
        return 1


def _too_many_pixels(what: str) -> UnusableImage:
    limit = PIXEL_LIMIT // 1_000_000
    return UnusableImage(f"{what}: above the limit of {limit} megapixels", "save a smaller copy")


def _what_is_it(content: bytes) -> tuple[str, str]:
    if content[4:8] == b"ftyp":
        return "a HEIC, AVIF or video file", "convert it to JPEG"
    start = content[:64].lstrip()
    for signature, name, cure in _SIGNATURES:
        if start.startswith(signature):
            return f"{name}, not an image", cure
    if all(byte in b"\t\r\n" or 32 <= byte < 127 for byte in content[:512]):
        return "a text file, not an image", "delete it or copy the image again"
    return "no known image format", "convert it to JPEG or copy it again"
