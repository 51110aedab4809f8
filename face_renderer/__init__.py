"""Rendered faces: a FACS generator on a CC0 head, with truth for every pixel.

    import face_renderer as faces

    rows = faces.plan(faces.RENDERED46)
    picture = faces.render(rows[0])
    place = faces.make_set(faces.RENDERED46, folder)

The modules, in the order in which data flows: ``head`` (mesh), ``action_units``, ``recipes``,
``identity``, ``scene`` -> ``spec``, ``manifest`` -> ``wrinkles``, ``texture``, ``hair`` ->
``raster``, ``light``, ``shade`` -> ``render`` -> ``truth_masks``, ``truth_parts``, ``dataset``.
"""

from face_renderer import truth_masks, truth_parts
from face_renderer.action_units import ACTION_UNITS, COLUMNS, with_units
from face_renderer.dataset import FacesError, make_set, read_manifest
from face_renderer.manifest import plan, twin
from face_renderer.recipes import AUTHENTICITY, EMOTIONS, RECIPES
from face_renderer.render import render, render_twin
from face_renderer.spec import GENERATOR_VERSION, RENDERED46, RENDERED_TEST, RenderedSpec

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
    "truth_masks",
    "truth_parts",
    "twin",
    "with_units",
]
