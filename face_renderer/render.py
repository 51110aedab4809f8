"""From a manifest row to a picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from face_renderer import (
    action_units,
    hair,
    head,
    identity,
    light,
    manifest,
    scene,
    shade,
    skull,
    texture,
    wrinkles,
)
from face_renderer.exact_math import linear, rotate
from face_renderer.raster import draw_strands, draw_triangles, vertex_normals

SHADOW_SIZE = 176
SHADOW_SPAN = 3.7
LASH_POINTS = 4


@dataclass(frozen=True)
class Subject:
    """What stays the same in every picture of a person; arrays are read-only by agreement."""

    vertices: np.ndarray
    scale: float
    skull: skull.Skull
    strands: hair.Strands
    beard: hair.Strands | None
    texture: np.ndarray
    pores: np.ndarray
    age_wrinkles: dict


@dataclass(frozen=True)
class View:
    """A head in front of the camera, before shading.

    ``vertices`` (V, 3) turned to the camera, ``rotation`` (3, 3), ``x`` and ``y`` (V,) in pixels.
    """

    vertices: np.ndarray
    rotation: np.ndarray
    x: np.ndarray
    y: np.ndarray


@lru_cache(maxsize=4)
def _subject(factors: tuple) -> Subject:
    row = dict(factors)
    vertices, scale = identity.face_vertices(row)
    normals = vertex_normals(vertices, head.load().skin)
    reach = skull.measure(vertices, scale)
    return Subject(
        vertices=vertices,
        scale=scale,
        skull=reach,
        strands=hair.scalp_hair(row, vertices, normals, scale, reach),
        beard=hair.beard_hair(row, normals),
        texture=texture.skin_texture(row),
        pores=texture.pores(row),
        age_wrinkles=texture.age_wrinkles(row, wrinkles.load().names),
    )


def subject_of(row: dict) -> Subject:
    """Return the person of a manifest row; the last few are kept."""
    return _subject(tuple((name, row[name]) for name in identity.SUBJECT_COLUMNS))


def expressed(row: dict, person: Subject) -> tuple[np.ndarray, dict]:
    """Return the vertices (V, 3) with the row's action units, and the wrinkles' depths."""
    shapes, folds = action_units.blend_weights(action_units.intensities(row))
    return head.deform(person.vertices, head.load().shapes, shapes, person.scale), folds


def view_of(row: dict, vertices: np.ndarray, size: float) -> View:
    """Return a head turned by the row's pose and projected onto ``size`` pixels."""
    turn = scene.rotation(float(row["yaw"]), float(row["pitch"]), float(row["roll"]))
    turned = rotate(vertices - scene.PIVOT, turn) + scene.PIVOT
    x, y = scene.project(turned, row, size)
    return View(turned, turn, x, y)


def raster_head(view: View, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return depth, triangle and two weights (S, S) of the head alone, S samples wide."""
    base = head.load()
    shape = (size, size)
    depth = np.full(shape, -1e9, np.float32)
    triangle = np.full(shape, -1, np.int32)
    w1, w2 = np.empty(shape, np.float32), np.empty(shape, np.float32)
    corner = base.corner_vertex
    two_sided = base.materials > head.TORSO
    z = view.vertices[corner, 2] - base.setback
    x, y = view.x[corner], view.y[corner]
    draw_triangles(x, y, z, base.triangles, two_sided, depth, triangle, w1, w2)
    return depth, triangle, w1, w2


def _lights(row: dict) -> light.Lights:
    direction = scene.light_direction(row)
    warm = float(row["light_warmth"])
    fill = np.array([-direction[0], 0.15, 0.8])
    fill = fill / np.sqrt(fill[0] * fill[0] + fill[1] * fill[1] + fill[2] * fill[2])
    around = float(row["ambient"])
    return light.Lights(
        direction,
        float(row["light_strength"]) * np.array([1 + warm, 1.0, 1 - warm]),
        fill,
        float(row["fill"]) * np.array([1 - 0.5 * warm, 1.0, 1 + 0.5 * warm]),
        around * np.array([0.80, 0.74, 0.70]),
        around * np.array([1.18, 1.22, 1.28]),
    )


def _shadow(lights: light.Lights, view: View, strands: np.ndarray) -> light.Shadow:
    """Return the depth picture from the main light of head (V, 3) and strands (S, P, 3)."""
    to = lights.direction
    # Perpendicular to the light and level.
    flat = np.sqrt(to[0] * to[0] + to[2] * to[2])
    side = np.array([to[2] / flat, 0.0, -to[0] / flat])
    up = np.array(
        [
            to[1] * side[2] - to[2] * side[1],
            to[2] * side[0] - to[0] * side[2],
            to[0] * side[1] - to[1] * side[0],
        ]
    )
    axes = np.stack([side, up, to])
    centre = rotate(np.array([0.0, -0.1, -0.4]), axes)
    scale = SHADOW_SIZE / SHADOW_SPAN
    base = head.load()
    seen = rotate(view.vertices, axes)
    x = (seen[:, 0] - centre[0]) * scale + SHADOW_SIZE * 0.5
    y = (seen[:, 1] - centre[1]) * scale + SHADOW_SIZE * 0.5
    shape = (SHADOW_SIZE, SHADOW_SIZE)
    depth = np.full(shape, -1e9, np.float32)
    triangle = np.full(shape, -1, np.int32)
    w1, w2 = np.empty(shape, np.float32), np.empty(shape, np.float32)
    corner = base.corner_vertex
    two_sided = base.materials > head.TORSO
    z = np.ascontiguousarray(seen[corner, 2])
    draw_triangles(x[corner], y[corner], z, base.triangles, two_sided, depth, triangle, w1, w2)
    lines = rotate(strands[::5], axes)
    lines[..., :2] = (lines[..., :2] - centre[:2]) * scale + SHADOW_SIZE * 0.5
    paint = np.zeros((*shape, 3), np.float32)
    draw_strands(lines, lines, -1e9, depth, triangle, paint)
    return light.Shadow(depth, axes, centre, scale)


def _placed(strands: hair.Strands, vertices: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """Return (S, P, 3) points of strands on the head as it is now, turned to the camera."""
    out = np.empty(strands.offsets.shape)
    hair.place(strands.roots, strands.weights, strands.offsets, vertices, turn, scene.PIVOT, out)
    return out


def _lashes(vertices: np.ndarray, which: str, every: int, length: float) -> np.ndarray:
    """Return (S, 4, 3) points of the lashes along the lids' edges, curved upwards."""
    guides = head.load().lash_guides[which]
    out = []
    for share in (np.arange(every) + 0.5) / every:
        root = vertices[guides[:, 0, 0]] * (1 - share) + vertices[guides[:, 0, 1]] * share
        tip = vertices[guides[:, 1, 0]] * (1 - share) + vertices[guides[:, 1, 1]] * share
        way = tip - root
        bend = np.array([0.0, 0.006 if which == "upper" else -0.004, 0.004])
        steps = np.arange(LASH_POINTS) / (LASH_POINTS - 1)
        out.append(
            np.stack([root + way * (length * t) + bend * (t * t * length) for t in steps], 1)
        )
    lashes = np.concatenate(out)
    lashes[..., 2] += 0.013  # clear of the lid they grow from
    return lashes


def exposure(row: dict, person_skin: np.ndarray) -> float:
    """Return the camera's exposure: set by skin tone and light, never by the expression."""
    brightness = float(0.3 * person_skin[0] + 0.6 * person_skin[1] + 0.1 * person_skin[2])
    arriving = 0.60 * float(row["light_strength"]) + 0.5 * float(row["fill"])
    seen = brightness * (arriving + 0.9 * float(row["ambient"]))
    # The power 3/8 of what would make every skin equally bright: dark skin stays dark.
    root4 = float(np.sqrt(np.sqrt(0.245 / max(seen, 1e-3))))
    return float(row["exposure"]) * min(2.0, max(0.6, root4 * float(np.sqrt(root4))))


def render(row: dict, noise: bool = True) -> np.ndarray:
    """Render one row of a manifest.

    Parameters
    ----------
    row : dict
        As ``plan`` makes it; factors may be changed, and the picture follows.
    noise : bool
        Whether to add the sensor's noise.

    Returns
    -------
    (size, size, 3) uint8 array
        sRGB; the same bits on every x86-64 machine.

    Raises
    ------
    KeyError, ValueError
        If the row lacks a factor or one is out of range.

    Examples
    --------
    >>> from face_renderer import RenderedSpec, plan
    >>> spec = RenderedSpec("one", 0, 1, {("happy", "genuine"): 1}, seed=5, size=96)
    >>> (row,) = plan(spec)
    >>> picture = render(row)
    >>> picture.shape, picture.dtype
    ((96, 96, 3), dtype('uint8'))
    >>> darker = render({**row, "light_strength": 0.5 * row["light_strength"], "fill": 0.0})
    >>> bool((darker != picture).any())
    True
    """
    vertices, folds = expressed(row, subject_of(row))
    return compose(row, vertices, vertices, folds, noise)


def compose(
    row: dict, drawn: np.ndarray, lit: np.ndarray, folds: dict, noise: bool = True
) -> np.ndarray:
    """Render a row's person and scene with the place, the light and the folds of the skin given.

    `render` draws one expression throughout. Where ``drawn`` and ``lit`` differ, the skin lies in
    the place of one expression and carries the shading of another: what no camera can see, but
    what tells geometry from shading (`face_renderer.truth_parts`).

    Parameters
    ----------
    row : dict
        As for `render`; its action units are not read.
    drawn, lit : ndarray
        (V, 3) vertices: where each point is drawn, and where it takes light and shadow from.
    folds : dict
        Depths of the wrinkles that action units make, as `expressed` gives them.
    noise : bool
        As for `render`.

    Returns
    -------
    (size, size, 3) uint8 array
        sRGB.
    """
    base = head.load()
    size = int(row["size"])
    wide = size * shade.SAMPLES
    person = subject_of(row)
    seen_view, lit_view = view_of(row, drawn, wide), view_of(row, lit, wide)
    turned_normals = rotate(vertex_normals(lit, base.skin), lit_view.rotation)

    def turn(points):
        return rotate(points - scene.PIVOT, lit_view.rotation) + scene.PIVOT

    groups = [(person.strands, 0.55)]
    if person.beard is not None:
        groups.append((person.beard, 0.1))
    lights = _lights(row)
    shadow = _shadow(lights, lit_view, _placed(person.strands, lit, lit_view.rotation))
    depth, triangle, w1, w2 = raster_head(seen_view, wide)
    paint = np.zeros((wide, wide, 3), np.float32)
    skin = linear(identity.tone_colour(float(row["tone_angle"]), float(row["undertone"])))
    hair_colour = identity.hair_colour(row)
    middle = turn(person.skull.middle)

    def draw(points, colours, furthest=-1e9):
        x, y = scene.project(points, row, wide)
        lines = np.empty(points.shape)
        lines[..., 0] = x
        lines[..., 1] = y
        lines[..., 2] = points[..., 2]
        draw_strands(lines, colours, furthest, depth, triangle, paint)

    # Short hair on the far side of the head is behind it; long hair shows beside the neck.
    long_hair = hair.STYLES[row["hair_style"]].length > 0.9
    furthest = -1e9 if long_hair else float(middle[2]) - 0.42
    for strands, rise in groups:
        points = _placed(strands, lit, lit_view.rotation)
        colours = np.empty(points.shape)
        colour = hair_colour
        if strands is person.beard or row["hair_style"] == "shaved":
            colour = 0.72 * hair_colour + 0.14 * skin  # skin shows between short hairs
        shade.shade_strands(
            points, strands.tint, colour, middle, lights, shadow, rise, furthest, colours
        )
        draw(_placed(strands, drawn, seen_view.rotation), colours, furthest)
    _draw_lashes(row, drawn, turn, draw, lights, skin)

    left = identity.mean_point(lit_view.vertices, base.vertices_of(head.EYE_LEFT))
    right = identity.mean_point(lit_view.vertices, base.vertices_of(head.EYE_RIGHT))
    gaze = np.array([float(row["gaze_x"]), float(row["gaze_y"]), 1.0])
    gaze = 0.55 * rotate(gaze, lit_view.rotation) + 0.45 * gaze
    gaze = gaze / np.sqrt(gaze[0] * gaze[0] + gaze[1] * gaze[1] + gaze[2] * gaze[2])
    colours = shade.Paint(
        person.texture,
        wrinkles.height_map(person.age_wrinkles, folds),
        person.pores,
        skin,
        linear([float(row[f"garment_{c}"]) for c in "rgb"]),
        tuple(identity.GARMENTS).index(row["garment"]),
        identity.iris_colour(row),
        np.stack([left, right]),
        gaze,
        int(row["identity_seed"]) % 1000003,
    )
    corner = base.corner_vertex
    mesh = shade.Mesh(
        base.triangles,
        base.materials,
        lit_view.vertices[corner],
        turned_normals[corner],
        base.vertices[corner],
        base.atlas_xy,
        base.occlusion[corner][:, None].copy(),
    )
    seen = shade.Seen(triangle, w1, w2, paint)
    heights = np.empty((size, size))
    shade.relief(seen, mesh, colours, heights)
    linear_light = np.empty((size, size, 3))
    behind = scene.background(row, size)
    shade.shade(seen, mesh, colours, lights, shadow, heights, behind, linear_light)
    picture = np.empty((size, size, 3), np.uint8)
    light.develop(
        linear_light,
        light.display_table(),
        exposure(row, skin),
        float(row["sensor_noise"]) if noise else 0.0,
        float(row["vignette"]),
        int(row["seed"]) % 1000003,
        picture,
    )
    return picture


def _draw_lashes(row, vertices, turn, draw, lights, skin):
    """Draw upper and lower lashes; women's are drawn longer."""
    length = 1.25 if row["sex"] == "female" else 0.85
    bright = float(0.4 * lights.colour[1] + lights.sky[1])
    for which, every, reach in (("upper", 3, 1.0 * length), ("lower", 1, 0.7)):
        points = turn(_lashes(vertices, which, every, reach))
        dark = np.array([0.012, 0.010, 0.009])
        if which == "lower":
            dark = dark + 0.25 * skin
        colours = np.broadcast_to(dark * bright, points.shape)
        draw(points, np.ascontiguousarray(colours))


def render_twin(row: dict) -> tuple[dict, np.ndarray]:
    """Return the row and picture of the same person, scene and emotion, authenticity swapped."""
    other = manifest.twin(row)
    return other, render(other)
