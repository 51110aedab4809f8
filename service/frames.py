"""Decode the bytes of a frame, or refuse them with a clear message. Nothing is kept."""

from __future__ import annotations

import io
import warnings

import numpy as np
from PIL import Image

MOST_BYTES = 4_000_000  # a 4K frame as JPEG has about two
MOST_PIXELS = 3840 * 2160
LEAST_SIDE = 32
FORMATS = ("JPEG", "PNG", "WEBP")  # what a browser's canvas can write


class Refusal(ValueError):
    """A frame, or a wish, that is not served.

    Attributes
    ----------
    code : str
        One word for programs.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code

    def answer(self) -> dict:
        """Return the message for the client."""
        return {"kind": "refused", "code": self.code, "text": str(self)}


def decode(content: bytes) -> np.ndarray:
    """Return a frame as uint8 RGB, shape (height, width, 3).

    The size is read from the head of the file before anything is unpacked, so that a small file
    that would unpack to gigabytes costs nothing.

    Raises
    ------
    Refusal
        ``empty``, ``too_large`` (bytes), ``not_an_image``, ``too_many_pixels``, ``too_small`` or
        ``damaged`` (cut short, for instance).
    """
    if not content:
        raise Refusal("empty", "The frame is empty.")
    if len(content) > MOST_BYTES:
        raise Refusal(
            "too_large",
            f"The frame has {len(content) / 1e6:.1f} MB; at most {MOST_BYTES / 1e6:g} MB are read.",
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own warning of large images: refused below
            picture = Image.open(io.BytesIO(content), formats=FORMATS)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        if isinstance(error, Image.DecompressionBombError):
            raise _too_many_pixels("too many") from None
        raise Refusal(
            "not_an_image", f"This is no image that is read; those are {', '.join(FORMATS)}."
        ) from None
    with picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise _too_many_pixels(f"{picture.width} x {picture.height}")
        if min(picture.size) < LEAST_SIDE:
            raise Refusal(
                "too_small",
                f"The frame is {picture.width} x {picture.height}; "
                f"at least {LEAST_SIDE} pixels a side are needed.",
            )
        try:
            return np.asarray(picture.convert("RGB"))
        except (OSError, ValueError, SyntaxError, MemoryError):
            raise Refusal("damaged", "The image is damaged or cut short.") from None


def _too_many_pixels(size: str) -> Refusal:
    return Refusal(
        "too_many_pixels", f"The frame has {size} pixels; at most {MOST_PIXELS / 1e6:.1f} million."
    )
