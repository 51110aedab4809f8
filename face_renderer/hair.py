"""Hair strand by strand: where it grows, how a style lays it, and lashes and beards."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from face_renderer import facemap, head
from face_renderer.exact_math import Draw, compiled, smoothstep
from face_renderer.noise import hashed, noise2
from face_renderer.skull import Skull, reach

SHORT_POINTS, LONG_POINTS, CURLY_POINTS = 6, 11, 13  # on a strand


@dataclass(frozen=True)
class Style:
    """How hair is cut and laid; lengths in head units.

    ``flow`` is where it is combed: "crown" (away from the whorl), "part" (to both sides), "back",
    "free". ``lift`` 0 to 1 stands it up at the root, ``weight`` lets it hang, ``volume`` is the
    layer's thickness, ``hug`` how closely it keeps to it, ``curl`` the size of its curls,
    ``sides`` the share of its length that it has above the ears, ``fringe`` lets it fall over
    the forehead.
    """

    flow: str
    length: float
    lift: float
    weight: float
    volume: float
    hug: float
    curl: float = 0.0
    sides: float = 1.0
    strands: int = 5200
    fringe: bool = False


STYLES = {
    "shaved": Style("crown", 0.03, 0.6, 0.0, 0.02, 0.2, strands=6000),
    "crop": Style("crown", 0.22, 0.45, 0.05, 0.10, 0.65, sides=0.35, strands=7500, fringe=True),
    "side_part": Style("part", 0.55, 0.32, 0.12, 0.14, 0.65, sides=0.30, strands=6800),
    "swept_back": Style("back", 0.55, 0.5, 0.05, 0.16, 0.65, sides=0.40, strands=6800),
    "curly": Style("free", 0.55, 0.55, 0.10, 0.22, 0.25, curl=0.05, sides=0.6, strands=6500),
    "afro": Style("free", 0.62, 0.75, 0.0, 0.34, 0.12, curl=0.045, sides=0.85, strands=7500),
    "bob": Style("part", 1.35, 0.25, 0.55, 0.16, 0.55, strands=6000),
    "long": Style("part", 2.3, 0.25, 0.60, 0.15, 0.55, strands=5500),
    "tied_back": Style("back", 1.0, 0.10, 0.05, 0.06, 0.8, strands=6500),
}
_FLOWS = {"crown": 0, "part": 1, "back": 2, "free": 3}


@dataclass(frozen=True)
class Strands:
    """Strands rooted on the head, so that they move with it.

    ``roots`` (S, 3) vertices and ``weights`` (S, 3) of each root; ``offsets`` (S, P, 3) from the
    root in head units; ``tint`` (S,) brightness about 1.
    """

    roots: np.ndarray
    weights: np.ndarray
    offsets: np.ndarray
    tint: np.ndarray


def _scatter(allowed: np.ndarray, n: int, draw: Draw):
    """Return roots on skin triangles whose base middle is ``allowed``, even by area.

    Returns vertices (n, 3), barycentric weights (n, 3) and places (n, 3) on the base head.
    """
    base = head.load()
    triangles = base.corner_vertex[base.triangles[base.materials == head.SKIN]]
    triangles = triangles[allowed[triangles].any(1)]
    a, b, c = (base.vertices[triangles[:, k]] for k in range(3))
    u, v = b - a, c - a
    cross = np.stack(
        [
            u[:, 1] * v[:, 2] - u[:, 2] * v[:, 1],
            u[:, 2] * v[:, 0] - u[:, 0] * v[:, 2],
            u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0],
        ]
    )
    area = np.cumsum(np.sqrt(cross[0] * cross[0] + cross[1] * cross[1] + cross[2] * cross[2]))
    pick = np.searchsorted(area, (np.arange(n) + draw.uniform(size=n)) / n * area[-1])
    pick = np.minimum(pick, len(triangles) - 1)
    s, t = draw.uniform(size=n), draw.uniform(size=n)
    outside = s + t > 1
    s, t = np.where(outside, 1 - s, s), np.where(outside, 1 - t, t)
    weights = np.stack([1 - s - t, s, t], 1)
    roots = triangles[pick]
    return roots, weights, _at(base.vertices, roots, weights)


def _at(values, roots, weights):
    """Return values at roots: the weighted mean of three vertices."""
    return (
        values[roots[:, 0]] * weights[:, :1]
        + values[roots[:, 1]] * weights[:, 1:2]
        + values[roots[:, 2]] * weights[:, 2:]
    )


@compiled
def place(
    strands_roots: np.ndarray,
    strands_weights: np.ndarray,
    offsets: np.ndarray,
    vertices: np.ndarray,
    turn: np.ndarray,
    pivot: np.ndarray,
    out: np.ndarray,
) -> None:
    """Fill (S, P, 3) with a strand's points on the head as it is now, turned to the camera.

    Parameters
    ----------
    strands_roots, strands_weights, offsets : ndarray
        As in `Strands`.
    vertices : (V, 3) float array
        The head, in head units.
    turn, pivot : (3, 3) and (3,) float arrays
        The rotation, and the point that it leaves alone.
    out : (S, P, 3) float array, changed in place
        Head units.
    """
    for s in range(offsets.shape[0]):
        a = strands_roots[s, 0]
        b = strands_roots[s, 1]
        c = strands_roots[s, 2]
        wa = strands_weights[s, 0]
        wb = strands_weights[s, 1]
        wc = strands_weights[s, 2]
        x0 = vertices[a, 0] * wa + vertices[b, 0] * wb + vertices[c, 0] * wc - pivot[0]
        y0 = vertices[a, 1] * wa + vertices[b, 1] * wb + vertices[c, 1] * wc - pivot[1]
        z0 = vertices[a, 2] * wa + vertices[b, 2] * wb + vertices[c, 2] * wc - pivot[2]
        for k in range(offsets.shape[1]):
            x = x0 + offsets[s, k, 0]
            y = y0 + offsets[s, k, 1]
            z = z0 + offsets[s, k, 2]
            for r in range(3):
                out[s, k, r] = turn[r, 0] * x + turn[r, 1] * y + turn[r, 2] * z + pivot[r]


@compiled
def _comb(flow, px, py, pz, part, side, seed, strand, step, backwards):
    """Return the direction in which hair is combed at a place relative to the skull's middle."""
    if flow == 0:
        # Away from the whorl, high on the back of the head.
        x = px - 0.12
        y = py - 0.85
        z = pz + 0.55
        if pz > 0.2:
            z += 0.6
        return x, y - 0.25, z
    if flow == 1:
        # Short hair is combed back as well as sideways; long hair falls beside the face.
        return side, -0.25 - 0.5 * abs(px), backwards
    if flow == 2:
        return 0.15 * px, 0.12, -1.0
    x = hashed(strand, seed, 31 + 3 * step) - 0.5
    y = hashed(strand, seed, 32 + 3 * step) - 0.6
    z = hashed(strand, seed, 33 + 3 * step) - 0.5
    return x, y, z


@compiled
def _grow(roots, normals, lengths, lifts, flow, weight, volume, hug, curl, part, fringe, seed,
          middle, radius, offsets):  # fmt: skip
    """Fill (S, P, 3) offsets of strands that grow from (S, 3) roots."""
    n_points = offsets.shape[1]
    for s in range(roots.shape[0]):
        x = roots[s, 0]
        y = roots[s, 1]
        z = roots[s, 2]
        clump_x = noise2(x * 9.0 + 50.0, z * 9.0 + y * 5.0 + 50.0, seed) - 0.5
        clump_y = noise2(x * 9.0 + 80.0, z * 9.0 + y * 5.0 + 20.0, seed + 1) - 0.5
        side = 1.0 if x > part + 0.02 * (hashed(s, seed, 1) - 0.5) else -1.0
        layer = 0.25 + 0.75 * hashed(s, seed, 2)
        jitter_x = 0.55 * clump_x + 0.22 * (hashed(s, seed, 3) - 0.5)
        jitter_y = 0.55 * clump_y + 0.22 * (hashed(s, seed, 4) - 0.5)
        jitter_z = 0.22 * (hashed(s, seed, 5) - 0.5)
        phase = 6.2832 * hashed(s, seed, 6)
        handed = 1.0 if hashed(s, seed, 7) < 0.5 else -1.0
        step = lengths[s] / (n_points - 1)
        backwards = -0.55 if lengths[s] < 0.85 else -0.12
        dx = normals[s, 0]
        dy = normals[s, 1]
        dz = normals[s, 2]
        # Curls turn in steps of a fixed angle: a rotation, so no sine is called.
        turn_c = 0.64422
        turn_s = handed * 0.76484
        wave_c = 1.0 - 2.0 * abs(phase / 6.2832 - 0.5)
        wave_s = math.sqrt(max(0.0, 1.0 - wave_c * wave_c))
        for k in range(1, n_points):
            share = k / (n_points - 1)
            rx = x - middle[0]
            ry = y - middle[1]
            rz = z - middle[2]
            r = math.sqrt(rx * rx + ry * ry + rz * rz) + 1e-9
            nx = rx / r
            ny = ry / r
            nz = rz / r
            fx, fy, fz = _comb(flow, rx, ry, rz, part, side, seed, s, k // 2, backwards)
            inward = fx * nx + fy * ny + fz * nz
            fx -= inward * nx
            fy -= inward * ny
            fz -= inward * nz
            f = math.sqrt(fx * fx + fy * fy + fz * fz) + 1e-9
            lift = lifts[s]
            up = lift * (1.0 - 0.8 * share) if flow != 3 else lift
            # What hangs forgets how it was combed.
            f = f / (1.0 - min(0.94, 2.4 * share * weight))
            gx = (1.0 - up) * (fx / f + jitter_x) + up * nx
            gy = (1.0 - up) * (fy / f + jitter_y) + up * ny - weight * 1.6 * share
            gz = (1.0 - up) * (fz / f + jitter_z) + up * nz
            g = math.sqrt(gx * gx + gy * gy + gz * gz) + 1e-9
            dx = 0.45 * dx + 0.55 * gx / g
            dy = 0.45 * dy + 0.55 * gy / g
            dz = 0.45 * dz + 0.55 * gz / g
            d = math.sqrt(dx * dx + dy * dy + dz * dz) + 1e-9
            dx /= d
            dy /= d
            dz /= d
            x += dx * step
            y += dy * step
            z += dz * step
            rx = x - middle[0]
            ry = y - middle[1]
            rz = z - middle[2]
            r = math.sqrt(rx * rx + ry * ry + rz * rz) + 1e-9
            surface = reach(radius, rx, ry, rz)
            over = surface + 0.012 + volume * layer * min(1.0, share * 3.0)
            # Below the jaw there is a neck, not a head: hair hangs free.
            head_here = min(1.0, max(0.0, (ry / r + 0.75) / 0.25))
            to = r
            if r < over:
                to = over
            elif hug > 0.0:
                to = r + hug * (over - r)
            to = r + head_here * (to - r)
            rx *= to / r
            ry *= to / r
            rz *= to / r
            # Hair that is not a fringe is kept out of the face.
            if not fringe and y < middle[1] + 0.33 and rz > 0.0:
                limit = 0.80 + 0.05 * layer
                if abs(rx) < limit:
                    flat = math.sqrt(rx * rx + rz * rz)
                    if flat > limit:
                        away = min(1.0, (middle[1] + 0.33 - y) / 0.25)
                        wide = abs(rx) + away * (limit - abs(rx))
                        rz = math.sqrt(max(0.0, flat * flat - wide * wide))
                        rx = wide if rx > 0 else -wide
            x = middle[0] + rx
            y = middle[1] + ry
            z = middle[2] + rz
            kept = wave_c
            wave_c = wave_c * turn_c - wave_s * turn_s
            wave_s = kept * turn_s + wave_s * turn_c
            bend = curl * min(1.0, share * 4.0)
            offsets[s, k, 0] = x - roots[s, 0] + bend * wave_c
            offsets[s, k, 1] = y - roots[s, 1] + bend * wave_s * 0.7
            offsets[s, k, 2] = z - roots[s, 2] + bend * (wave_s - wave_c) * 0.5


def scalp_hair(
    row: dict, vertices: np.ndarray, normals: np.ndarray, scale: float, skull: Skull
) -> Strands:
    """Return the strands of a subject's hair.

    Parameters
    ----------
    row : dict
        A manifest row; only the subject's factors are read.
    vertices, normals : (V, 3) float
        The subject's neutral head.
    scale : float
        Head units per decimetre.
    skull : Skull
        The head's reach.
    """
    style = STYLES[row["hair_style"]]
    draw = Draw(row["identity_seed"], "strands")
    places = head.load().vertices
    shift = float(row["hairline"])
    allowed = facemap.above_hairline(places, shift) > -0.15
    roots, weights, place = _scatter(allowed, int(style.strands * 1.15), draw)
    above = facemap.above_hairline(place, shift)
    ragged = above + 0.05 * (draw.uniform(size=len(above)) - 0.5)
    density = smoothstep(-0.01, 0.13, ragged)
    grows = (draw.uniform(size=len(above)) < 0.12 + 0.88 * density) & (ragged > 0.0)
    grows &= ~facemap.on_ear(place)
    roots, weights, place, above = roots[grows], weights[grows], place[grows], above[grows]
    start = _at(vertices, roots, weights)
    outward = _at(normals, roots, weights)
    n = len(roots)
    top = smoothstep(7.45, 8.15, place[:, 1])
    near_edge = 0.45 + 0.55 * smoothstep(0.0, 0.18, above)
    lengths = style.length * float(row["hair_length"]) * (style.sides + (1 - style.sides) * top)
    if style.length < 0.9:
        lengths = lengths * near_edge
    lengths = lengths * (0.75 + 0.4 * draw.uniform(size=n))
    # Hair lies flat above the ears and stands up on the top.
    lifts = style.lift * (np.ones(n) if style.flow == "free" else 0.25 + 0.75 * top)
    part = draw.choice((-0.28, -0.22, 0.0, 0.22, 0.28)) * scale
    points = SHORT_POINTS if style.length < 0.6 else LONG_POINTS
    offsets = np.zeros((n, CURLY_POINTS if style.curl else points, 3))
    _grow(
        np.ascontiguousarray(start),
        np.ascontiguousarray(outward),
        lengths,
        lifts,
        _FLOWS[style.flow],
        style.weight,
        style.volume * scale,
        style.hug,
        style.curl,
        part,
        style.fringe,
        draw.integer(1_000_003),
        skull.middle,
        skull.radius,
        offsets,
    )
    tint = 0.82 + 0.36 * draw.uniform(size=n)
    if row["hair_colour"] == "grey":
        tint = tint * (0.6 + 0.7 * draw.uniform(size=n))
    return Strands(roots, weights, offsets, tint)


_BEARD_LENGTH = {"short": 0.06, "full": 0.16}


def beard_hair(row: dict, normals: np.ndarray) -> Strands | None:
    """Return the strands of a beard, or None where it is too short to have any.

    ``normals`` (V, 3) are those of the subject's neutral head, of length 1.
    """
    if row["beard"] not in _BEARD_LENGTH:
        return None
    draw = Draw(row["identity_seed"], "beard strands")
    base = head.load()
    x, y, z = np.abs(base.vertices[:, 0]), base.vertices[:, 1], base.vertices[:, 2]
    allowed = (y < 7.0) & (y > 5.95) & (z > 0.3) & (x < 0.8)
    roots, weights, place = _scatter(allowed, 7000, draw)
    x, y, z = np.abs(place[:, 0]), place[:, 1], place[:, 2]
    chin = smoothstep(6.70, 6.60, y + 0.25 * smoothstep(0.36, 0.15, x)) * smoothstep(0.62, 0.5, x)
    chin = chin + smoothstep(6.83, 6.78, y) * smoothstep(6.71, 6.75, y) * (x < 0.36)
    jaw = smoothstep(0.38, 0.58, x) * smoothstep(7.05, 6.75, y + 0.35 * (0.62 - x))
    where = np.clip(chin + jaw, 0, 1) * smoothstep(6.02, 6.2, y) * (z > 0.35)
    mouth = ((x / 0.30) * (x / 0.30) + ((y - 6.62) / 0.115) * ((y - 6.62) / 0.115)) > 1.0
    grows = (draw.uniform(size=len(x)) < where * 0.9) & mouth
    roots, weights, place = roots[grows], weights[grows], place[grows]
    n = len(roots)
    outward = _at(normals, roots, weights)
    length = _BEARD_LENGTH[row["beard"]] * (0.5 + draw.uniform(size=n))
    down = np.stack(
        [
            0.35 * np.sign(place[:, 0]) * np.minimum(1, np.abs(place[:, 0]) * 2),
            np.full(n, -1.0),
            np.full(n, 0.1),
        ],
        1,
    )
    down = down + 0.5 * (draw.uniform(size=(n, 3)) - 0.5)
    points = 4
    offsets = np.zeros((n, points, 3))
    for k in range(1, points):
        share = k / (points - 1)
        reach_out = length[:, None] * share
        lean = 0.55 - 0.25 * share
        offsets[:, k] = reach_out * (lean * outward + (1 - lean) * down) + 0.008 * outward
    tint = 0.7 + 0.5 * draw.uniform(size=n)
    return Strands(roots, weights, offsets, tint)
