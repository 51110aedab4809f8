"""Extract the data behind a figure: axes, lines, bars, areas, images and texts.

A picture's bytes change with a font or a library, its data do not. So each figure that a notebook
shows carries its data beside the picture, and two executions of a page are compared by them.
"""

from __future__ import annotations

import hashlib
import math
import sys
from collections.abc import Iterable

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryLocator
from matplotlib.cm import ScalarMappable
from matplotlib.collections import Collection, QuadMesh
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.image import AxesImage, BboxImage, FigureImage
from matplotlib.legend import Legend
from matplotlib.lines import AxLine, Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.spines import Spine
from matplotlib.text import Annotation, Text
from matplotlib.ticker import FixedLocator, NullLocator

MIME = "application/vnd.fer.figure+json"
WRITTEN_OUT = 4096  # values of one line, one collection, ...; beyond that their hash stands
IMAGE_WRITTEN_OUT = 400  # pixels say little as numbers, the cells of a confusion matrix much


def describe(figure: Figure) -> dict:
    """Return the data behind a figure, fit for JSON and the same for the same figure.

    ``axes`` is a list: title, ``x`` and ``y`` (label, scale, limits, ticks where they were set),
    and what is ``drawn``, in data coordinates; the outer ``drawn`` stands outside of all axes.
    Numbers are as `values` gives them. What cannot be read has the kind "unread".
    """
    children = [child for child in figure.get_children() if child is not figure.patch]
    return {
        "axes": [_axes(child) for child in children if isinstance(child, Axes)],
        "drawn": _all_drawn(child for child in children if not isinstance(child, Axes)),
    }


def register() -> None:
    """Send `describe` along with every figure shown from now on, if this runs in IPython.

    It goes in as a further format: the formatter that makes the picture stays as it was.
    """
    ipython = sys.modules.get("IPython")  # whoever runs inside it has imported it
    shell = ipython.get_ipython() if ipython else None
    if shell is not None:
        formatter = shell.display_formatter.mimebundle_formatter
        formatter.for_type(Figure, lambda figure: {MIME: describe(figure)})


def values(given: object, written_out: int = WRITTEN_OUT) -> list | dict:
    """Return numbers as nested lists, or beyond ``written_out`` of them their summary.

    Masked entries become None, and what JSON has no number for its name: "nan", "inf", "-inf".
    The summary has ``shape``, ``dtype``, ``sha256`` of the bytes, ``min`` and ``max``.
    """
    array = np.ma.asarray(given)
    if array.size <= written_out:
        return _plain(array.tolist())
    filled = np.ascontiguousarray(array.filled(0))
    digest = hashlib.sha256(filled.tobytes())
    if np.ma.is_masked(array):
        digest.update(np.ma.getmaskarray(array).tobytes())
    there = array.compressed()
    finite = there[np.isfinite(there)]
    return {
        "shape": list(array.shape),
        "dtype": array.dtype.name,
        "sha256": digest.hexdigest(),
        "min": finite.min().item() if finite.size else None,
        "max": finite.max().item() if finite.size else None,
    }


def _plain(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _axes(axes: Axes) -> dict:
    own = [axes.patch, axes.title, axes._left_title, axes._right_title]
    children = [child for child in axes.get_children() if not any(child is one for one in own)]
    titles = [axes.get_title(loc=side) for side in ("left", "center", "right")]
    return {
        "title": " | ".join(filter(None, titles)),
        "x": _axis(axes.xaxis, axes.get_xlim()),
        "y": _axis(axes.yaxis, axes.get_ylim()),
        "drawn": _all_drawn(c for c in children if not isinstance(c, Spine | Axis)),
    }


def _axis(axis: Axis, limits: tuple[float, float]) -> dict:
    """Describe one axis; ticks only where someone set them, the others follow from the limits."""
    described = {"label": axis.get_label_text(), "scale": axis.get_scale()}
    described["limits"] = values(limits)
    locator = axis.get_major_locator()
    if isinstance(locator, FixedLocator | StrCategoryLocator | NullLocator):
        ticks = list(locator())
        named = axis.get_major_formatter().format_ticks(ticks)
        described |= {"ticks": values(ticks), "tick labels": list(named)}
    return described


def _all_drawn(artists: Iterable[Artist]) -> list[dict]:
    return [part for artist in artists if artist.get_visible() for part in _drawn(artist)]


def _drawn(artist: Artist) -> list[dict]:
    """Describe one artist, or what it is made of where it only holds others together."""
    readers = (
        (Line2D, _line),
        (Collection, _collection),
        (AxesImage | BboxImage | FigureImage, _image),
        (Patch, _patch),
        (Text, _text),
        (Legend, _legend),
        (Axes, lambda inset: {"kind": "inset", **_axes(inset)}),
    )
    for kind, read in readers:
        if isinstance(artist, kind):
            label = str(artist.get_label() or "")
            named = {} if label.startswith("_") or not label else {"label": label}
            found = named | read(artist)
            # Seaborn leaves lines without a point behind, for its legends.
            return [] if found.get("text") == "" or found.get("x") == [] else [found]
    if artist.get_children():
        return _all_drawn(artist.get_children())
    return [{"kind": "unread", "what": type(artist).__name__}]


def _line(line: Line2D) -> dict:
    x, y = map(values, line.get_data(orig=False))
    found = {"kind": "line", "colour": to_hex(line.get_color(), True), "x": x, "y": y}
    if isinstance(line, AxLine):  # its data are those of the unit line
        found["through"] = _plain([line.get_xy1(), line.get_xy2(), line.get_slope()])
    return found


def _collection(collection: Collection) -> dict:
    """Describe points, bundles of lines and areas: where they stand and what colours them."""
    found = {"kind": "collection", "what": type(collection).__name__}
    if isinstance(collection, QuadMesh):
        found["corners"] = values(collection.get_coordinates())
    else:
        outlines = [path.vertices for path in collection.get_paths()]
        many = sum(outline.size for outline in outlines) > WRITTEN_OUT
        outlines = [np.concatenate(outlines)] if many else outlines
        found["outlines"] = [values(outline) for outline in outlines]
        found["offsets"] = values(collection.get_offsets())
        found["sizes"] = values(getattr(collection, "get_sizes", list)())
    if collection.get_array() is not None:
        return found | {"array": values(collection.get_array())} | _shades(collection)
    sides = {"face": collection.get_facecolor(), "edge": collection.get_edgecolor()}
    return found | {f"{side} colours": values(colour) for side, colour in sides.items()}


def _image(image: ScalarMappable) -> dict:
    array = image.get_array()
    found = {"kind": "image", "shape": list(array.shape), "dtype": array.dtype.name}
    return found | {"values": values(array, IMAGE_WRITTEN_OUT)} | _shades(image)


def _shades(mapped: ScalarMappable) -> dict:
    return {"colour map": mapped.get_cmap().name, "colour limits": values(mapped.get_clim())}


def _patch(patch: Patch) -> dict:
    found = {"colour": to_hex(patch.get_facecolor(), True)}
    if isinstance(patch, Rectangle):
        names = ("x", "y", "width", "height")
        sides = {name: _plain(getattr(patch, f"get_{name}")()) for name in names}
        return {"kind": "bar"} | found | sides
    corners = patch.get_patch_transform().transform(patch.get_path().vertices)
    return {"kind": "patch", "what": type(patch).__name__} | found | {"corners": values(corners)}


def _text(text: Text) -> dict:
    found = {"kind": "text", "text": text.get_text(), "at": values(text.get_unitless_position())}
    return found | ({"points to": values(text.xy)} if isinstance(text, Annotation) else {})


def _legend(legend: Legend) -> dict:
    names = [text.get_text() for text in [legend.get_title(), *legend.get_texts()]]
    return {"kind": "legend", "names": [name for name in names if name]}
