"""Rendered faces: a FACS generator on a CC0 head, with truth for every pixel.

    from fer_lib import faces
    rows = faces.plan(faces.RENDERED46)
    picture = faces.render(rows[0])
    place = faces.make_set(faces.RENDERED46, folder)

The modules, in the order in which data flows: ``head`` (mesh), ``action_units``, ``recipes``,
``identity``, ``scene`` -> ``spec``, ``manifest`` -> ``wrinkles``, ``texture``, ``hair`` ->
``raster``, ``light``, ``shade`` -> ``picture`` -> ``truth``, ``truth_parts``, ``dataset``.
"""

from . import truth, truth_parts
from .action_units import ACTION_UNITS, COLUMNS
from .dataset import FacesError, make_set, read_manifest
from .manifest import plan, twin
from .picture import render, render_twin
from .recipes import AUTHENTICITY, EMOTIONS, RECIPES
from .spec import GENERATOR_VERSION, RENDERED46, RENDERED_TEST, RenderedSpec

__all__ = [
    "ACTION_UNITS",
    "AUTHENTICITY",
    "COLUMNS",
    "EMOTIONS",
    "GENERATOR_VERSION",
    "RECIPES",
    "RENDERED46",
    "RENDERED_TEST",
    "FacesError",
    "RenderedSpec",
    "make_set",
    "plan",
    "read_manifest",
    "render",
    "render_twin",
    "truth",
    "truth_parts",
    "twin",
]
