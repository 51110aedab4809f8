"""Colour of what is seen at each pixel: skin, eyes, teeth, clothes, hair. Compiled."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from face_renderer.exact_math import atan2_number, compiled, inlined
from face_renderer.light import Lights, Shadow, highlight, received, visible, visible_rough
from face_renderer.noise import noise2
from face_renderer.raster import NOTHING, STRAND


class Seen(NamedTuple):
    """What the raster found, ``SAMPLES`` a pixel each way."""

    triangle: np.ndarray
    weight1: np.ndarray
    weight2: np.ndarray
    paint: np.ndarray


class Mesh(NamedTuple):
    """Corners turned to the camera: place, normal, place on the base head, atlas place, sky."""

    triangles: np.ndarray
    materials: np.ndarray
    place: np.ndarray
    normal: np.ndarray
    base: np.ndarray
    atlas: np.ndarray
    open_sky: np.ndarray


class Paint(NamedTuple):
    """A subject's colours, and this image's wrinkles and gaze."""

    texture: np.ndarray
    height: np.ndarray
    pores: np.ndarray
    skin: np.ndarray
    garment: np.ndarray
    garment_kind: int
    iris: np.ndarray
    eyes: np.ndarray
    gaze: np.ndarray
    seed: int


SAMPLES = 2  # a pixel, each way
N_SAMPLES = SAMPLES * SAMPLES
IRIS_RADIUS = 0.47  # chord on the unit eyeball
WRAP = (0.42, 0.20, 0.14)  # red light creeps furthest under the skin


@inlined
def _texel4(texture, x, y, out):
    """Write the four channels of (H, W, 4) at a place, bilinear."""
    height, width = texture.shape[0], texture.shape[1]
    x = min(width - 1.001, max(0.0, x - 0.5))
    y = min(height - 1.001, max(0.0, y - 0.5))
    j = int(x)
    i = int(y)
    u = x - j
    v = y - i
    for c in range(4):
        low = texture[i, j, c] * (1 - u) + texture[i, j + 1, c] * u
        high = texture[i + 1, j, c] * (1 - u) + texture[i + 1, j + 1, c] * u
        out[c] = low * (1 - v) + high * v


@inlined
def _texel1(texture, x, y):
    """Return (H, W) at a place, bilinear."""
    height, width = texture.shape
    x = min(width - 1.001, max(0.0, x - 0.5))
    y = min(height - 1.001, max(0.0, y - 0.5))
    j = int(x)
    i = int(y)
    u = x - j
    v = y - i
    low = texture[i, j] * (1 - u) + texture[i, j + 1] * u
    high = texture[i + 1, j] * (1 - u) + texture[i + 1, j + 1] * u
    return low * (1 - v) + high * v


@inlined
def _mix(values, corners, w1, w2, k):
    return (
        values[corners[0], k] * (1.0 - w1 - w2)
        + values[corners[1], k] * w1
        + values[corners[2], k] * w2
    )


@compiled
def relief(seen: Seen, mesh: Mesh, paint: Paint, out: np.ndarray) -> None:
    """Fill (H, W) with the height of the skin's pores and wrinkles at each pixel.

    Parameters
    ----------
    seen, mesh, paint : Seen, Mesh, Paint
        Of one picture.
    out : (H, W) float array, changed in place
        Pores less wrinkles, in the unit of ``paint.height``; -99 where no skin is seen.
    """
    for row in range(out.shape[0]):
        for column in range(out.shape[1]):
            out[row, column] = -99.0
            i = SAMPLES * row + SAMPLES // 2
            j = SAMPLES * column + SAMPLES // 2
            t = seen.triangle[i, j]
            if t >= 0 and mesh.materials[t] == 0:
                corners = mesh.triangles[t]
                w1 = seen.weight1[i, j]
                w2 = seen.weight2[i, j]
                x = _mix(mesh.atlas, corners, w1, w2, 0)
                y = _mix(mesh.atlas, corners, w1, w2, 1)
                out[row, column] = _texel1(paint.pores, x, y) - _texel1(paint.height, x, y)


@inlined
def _skin(mesh, paint, lights, shadow, corners, w1, w2, p, n, open_sky, texel, out):
    """Write the colour of facial skin; ``texel`` (4,) is room to work in."""
    x = _mix(mesh.atlas, corners, w1, w2, 0)
    y = _mix(mesh.atlas, corners, w1, w2, 1)
    groove = _texel1(paint.height, x, y)
    deep = min(0.26, max(0.0, 0.17 * groove))
    _texel4(paint.texture, x, y, texel)
    gloss = texel[3]
    d = lights.direction
    lit = 0.0
    if n[0] * d[0] + n[1] * d[1] + n[2] * d[2] > -WRAP[0]:
        lit = visible(shadow, p[0] + 0.03 * n[0], p[1] + 0.03 * n[1], p[2] + 0.03 * n[2], 0.045)
    edge = lit * (1.0 - lit)
    rim = 1.0 - max(0.0, n[2])
    rim = rim * rim * rim
    broad = highlight(lights, n[0], n[1], n[2], 4)
    narrow = broad * broad
    shine = 0.045 * broad + 0.05 * narrow * narrow
    shine = gloss * shine * lit * (0.35 + 0.65 * open_sky) * (1.0 + 2.0 * rim)
    for c in range(3):
        wrap = WRAP[0] if c == 0 else (WRAP[1] if c == 1 else WRAP[2])
        # Light bounces between close surfaces and under the edge of shadows, and reddens.
        warm = 1.0 if c == 0 else (0.45 if c == 1 else 0.35)
        sky = open_sky * (1.0 - 0.28 * (1.0 - open_sky) * (1.0 - warm))
        share = lit + 0.55 * edge * warm
        albedo = texel[c] * (1.0 - deep * (0.75 if c == 0 else 1.0))
        light = received(lights, n[0], n[1], n[2], share, sky, wrap, c)
        sheen = 0.10 * rim * open_sky * gloss * lights.sky[c]
        out[c] = albedo * light + shine * lights.colour[c] + sheen


@compiled
def _garment_edge(kind, x, y, z):
    """Return how far below the garment's edge a place of the torso lies; positive is cloth."""
    round_neck = 5.74 + 0.10 * abs(x) - 0.25 * max(z - 0.3, 0.0) - y
    if kind == 1 and z > 0.1:
        return min(round_neck + 0.2, 5.22 + 0.80 * abs(x) - y)
    if kind == 2:
        return round_neck + 0.13
    return round_neck


@compiled
def _torso(mesh, paint, lights, shadow, corners, w1, w2, p, n, open_sky, out):
    """Write the colour of the neck or of the clothes."""
    x = _mix(mesh.base, corners, w1, w2, 0)
    y = _mix(mesh.base, corners, w1, w2, 1)
    z = _mix(mesh.base, corners, w1, w2, 2)
    below = _garment_edge(paint.garment_kind, x, y, z)
    lit = visible(shadow, p[0] + 0.04 * n[0], p[1] + 0.04 * n[1], p[2] + 0.04 * n[2], 0.06)
    if below < 0.0:
        edge = lit * (1.0 - lit)
        contact = 1.0 - 0.35 * max(0.0, 1.0 + below / 0.06)
        for c in range(3):
            wrap = WRAP[0] if c == 0 else (WRAP[1] if c == 1 else WRAP[2])
            share = lit + (0.5 if c == 0 else 0.2) * edge
            light = received(lights, n[0], n[1], n[2], share, open_sky, wrap, c)
            out[c] = paint.skin[c] * 0.94 * light * contact
        return
    weave = 0.88 + 0.24 * noise2(x * 55.0, y * 55.0 + z * 30.0, paint.seed)
    fold = noise2(x * 5.0 + 2.0 * y, y * 2.2 + z, paint.seed + 5) - 0.5
    shade = weave * (1.0 + 0.35 * fold)
    if below < 0.05:
        shade *= 0.82 + 0.18 * below / 0.05  # the hem
    if paint.garment_kind == 2:
        if below < 0.22:
            shade *= 1.12
        elif below < 0.25:
            shade *= 0.65
        if abs(x) < 0.012 and z > 0.2:
            shade *= 0.7
    for c in range(3):
        light = received(lights, n[0] + 0.5 * fold, n[1], n[2], lit, open_sky, 0.15, c)
        out[c] = paint.garment[c] * shade * light


@compiled
def _eye(paint, lights, shadow, p, which, out):
    """Write the colour of an eyeball: white, iris, pupil and the light's reflection."""
    x = p[0] - paint.eyes[which, 0]
    y = p[1] - paint.eyes[which, 1]
    z = p[2] - paint.eyes[which, 2]
    length = math.sqrt(x * x + y * y + z * z) + 1e-9
    x /= length
    y /= length
    z /= length
    g = paint.gaze
    toward = x * g[0] + y * g[1] + z * g[2]
    off = math.sqrt(max(0.0, 2.0 - 2.0 * toward))
    lit = visible(shadow, p[0] + 0.03 * x, p[1] + 0.03 * y, p[2] + 0.03 * z, 0.035)
    lit = 0.25 + 0.75 * lit
    # The upper lid and its lashes shade the ball.
    under_lid = min(1.0, max(0.0, (y - 0.05) / 0.40))
    shade = 1.0 - 0.62 * under_lid * under_lid - 0.18 * under_lid
    corner = min(1.0, max(0.0, (abs(x - g[0]) - 0.35) / 0.5))
    veins = corner * (0.6 + 0.4 * noise2(x * 14.0, y * 30.0, paint.seed + which))
    limbus = min(1.0, max(0.0, (off - IRIS_RADIUS) / 0.07))
    for c in range(3):
        white = 0.52 if c == 0 else (0.495 if c == 1 else 0.47)
        white *= 1.0 - veins * (0.10 if c == 0 else 0.30)
        white *= 1.0 - 0.25 * corner
        white *= 0.45 + 0.55 * limbus
        colour = white
        if off < IRIS_RADIUS:
            q = off / IRIS_RADIUS
            if q < 0.36:
                colour = 0.004
            else:
                t = (q - 0.36) / 0.64
                angle = atan2_number(y - g[1], x - g[0])
                fibre = 0.7 + 0.6 * noise2(angle * 7.0 + 30.0, t * 2.0, paint.seed + 3)
                ring = 1.0 - 0.8 * max(0.0, (t - 0.70) / 0.30)
                collar = 1.0 + 0.35 * max(0.0, 1.0 - abs(t - 0.2) / 0.2)
                colour = paint.iris[c] * fibre * ring * collar * 0.40
                soft = min(1.0, t / 0.12)
                colour = 0.004 + (colour - 0.004) * soft
        # Eyes lie deep and are wet: they see less of the side light than cheeks do.
        light = received(lights, 0.5 * x, 0.5 * y, 0.5 * z + 0.5, lit, 0.55, 0.35, c)
        out[c] = colour * light * shade
    dx = x - g[0] - 0.30 * lights.direction[0]
    dy = y - g[1] - 0.26 * lights.direction[1] - 0.03
    glint = (dx * dx + dy * dy) / 0.0075
    if glint < 1.0:
        glint = min(1.0, 2.0 * (1.0 - glint))
        for c in range(3):
            out[c] += 0.75 * glint * lights.colour[c]


@compiled
def _mouth(mesh, lights, shadow, material, corners, w1, w2, p, n, out):
    """Write the colour of teeth, gums, tongue or the inside of mouth and eye sockets."""
    x = _mix(mesh.base, corners, w1, w2, 0)
    y = _mix(mesh.base, corners, w1, w2, 1)
    z = _mix(mesh.base, corners, w1, w2, 2)
    lit = visible(shadow, p[0] + 0.03 * n[0], p[1] + 0.03 * n[1], p[2] + 0.05, 0.03)
    r, g, b = 0.30, 0.07, 0.06
    open_sky = 0.30
    shine = 0.0
    if material == 4 or material == 5:
        deep = min(1.0, max(0.0, (z - 1.0) / 0.45))
        r, g, b = 0.56, 0.50, 0.405
        gum = (y - 6.765) / 0.02 if material == 4 else (6.545 - y) / 0.02
        gum = min(1.0, max(0.0, gum))
        along = abs(x) * (1.0 + 0.9 * abs(x))
        tooth = along / (0.082 if material == 4 else 0.062)
        gap = abs(tooth - math.floor(tooth + 0.5))
        groove = 1.0 - 0.38 * max(0.0, 1.0 - gap / 0.10) * (1.0 - gum)
        r = (r + gum * (0.42 - r)) * groove
        g = (g + gum * (0.14 - g)) * groove
        b = (b + gum * (0.13 - b)) * groove
        dim = 0.45 + 0.55 * deep
        r *= dim
        g *= dim
        b *= dim
        open_sky = 0.18 + 0.36 * deep
        lit *= 0.25 + 0.55 * deep
        shine = 0.05 * deep * (1.0 - gum)
    elif material == 6:
        r, g, b = 0.40, 0.13, 0.115
        open_sky = 0.36
        lit *= 0.6
        shine = 0.04
    elif material == 7:
        deep = min(1.0, max(0.0, (z - 0.95) / 0.55))
        open_sky = 0.10 + 0.40 * deep * deep
        lit *= 0.2 + 0.5 * deep
    else:
        r, g, b = 0.36, 0.15, 0.13
        open_sky = 0.35
        lit *= 0.6
    light0 = received(lights, n[0], n[1], n[2], lit, open_sky, 0.35, 0)
    light1 = received(lights, n[0], n[1], n[2], lit, open_sky, 0.3, 1)
    light2 = received(lights, n[0], n[1], n[2], lit, open_sky, 0.3, 2)
    spark = shine * highlight(lights, n[0], n[1], n[2], 6) * lit
    out[0] = r * light0 + spark * lights.colour[0]
    out[1] = g * light1 + spark * lights.colour[1]
    out[2] = b * light2 + spark * lights.colour[2]


BUMP = 1.6


@inlined
def _bent(heights, row, column, n):
    """Tilt the normal by the relief of the neighbouring pixels."""
    if row < 1 or column < 1 or row >= heights.shape[0] - 1 or column >= heights.shape[1] - 1:
        return
    left = heights[row, column - 1]
    right = heights[row, column + 1]
    above = heights[row - 1, column]
    below = heights[row + 1, column]
    if left < -9.0 or right < -9.0 or above < -9.0 or below < -9.0:
        return
    scale = BUMP * heights.shape[0] / 224.0 * 0.5
    n[0] -= scale * (right - left)
    n[1] += scale * (below - above)


@compiled
def shade(
    seen: Seen,
    mesh: Mesh,
    paint: Paint,
    lights: Lights,
    shadow: Shadow,
    heights: np.ndarray,
    background: np.ndarray,
    out: np.ndarray,
) -> None:
    """Fill (H, W, 3) with linear light: ``SAMPLES`` squared a pixel, skin and cloth shaded once.

    Parameters
    ----------
    seen, mesh, paint, lights, shadow : Seen, Mesh, Paint, Lights, Shadow
        Of one picture.
    heights : (H, W) float array
        From ``relief``.
    background : (H, W, 3) float array
        What lies behind, in linear light.
    out : (H, W, 3) float array, changed in place
    """
    p = np.empty(3)
    n = np.empty(3)
    colour = np.empty(3)
    skin = np.empty(3)
    torso = np.empty(3)
    texel = np.empty(4)
    for row in range(out.shape[0]):
        for column in range(out.shape[1]):
            empty = True
            for sample in range(N_SAMPLES):
                i = SAMPLES * row + sample // SAMPLES
                j = SAMPLES * column + sample % SAMPLES
                if seen.triangle[i, j] != NOTHING:
                    empty = False
                    break
            if empty:
                for k in range(3):
                    out[row, column, k] = background[row, column, k]
                continue
            total0 = 0.0
            total1 = 0.0
            total2 = 0.0
            has_skin = False
            has_torso = False
            last = -1
            for sample in range(N_SAMPLES):
                i = SAMPLES * row + sample // SAMPLES
                j = SAMPLES * column + sample % SAMPLES
                t = seen.triangle[i, j]
                if t == STRAND:
                    total0 += seen.paint[i, j, 0]
                    total1 += seen.paint[i, j, 1]
                    total2 += seen.paint[i, j, 2]
                    continue
                if t < 0:
                    total0 += background[row, column, 0]
                    total1 += background[row, column, 1]
                    total2 += background[row, column, 2]
                    continue
                material = mesh.materials[t]
                if material == 0 and has_skin:
                    total0 += skin[0]
                    total1 += skin[1]
                    total2 += skin[2]
                    continue
                # The inside of the mouth is soft: once a pixel will do; of the eyes, every other.
                if material == last and (material > 3 or sample % 2 == 1):
                    total0 += colour[0]
                    total1 += colour[1]
                    total2 += colour[2]
                    continue
                if material == 1 and has_torso:
                    total0 += torso[0]
                    total1 += torso[1]
                    total2 += torso[2]
                    continue
                last = material
                corners = mesh.triangles[t]
                w1 = seen.weight1[i, j]
                w2 = seen.weight2[i, j]
                open_sky = 0.0
                for k in range(3):
                    p[k] = _mix(mesh.place, corners, w1, w2, k)
                    n[k] = _mix(mesh.normal, corners, w1, w2, k)
                open_sky = _mix(mesh.open_sky, corners, w1, w2, 0)
                if material == 0:
                    _bent(heights, row, column, n)
                length = math.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]) + 1e-9
                for k in range(3):
                    n[k] /= length
                if material == 0:
                    _skin(mesh, paint, lights, shadow, corners, w1, w2, p, n, open_sky, texel, skin)
                    has_skin = True
                    colour[:] = skin
                elif material == 1:
                    _torso(mesh, paint, lights, shadow, corners, w1, w2, p, n, open_sky, torso)
                    has_torso = True
                    colour[:] = torso
                elif material == 2 or material == 3:
                    _eye(paint, lights, shadow, p, material - 2, colour)
                else:
                    _mouth(mesh, lights, shadow, material, corners, w1, w2, p, n, colour)
                total0 += colour[0]
                total1 += colour[1]
                total2 += colour[2]
            out[row, column, 0] = total0 / N_SAMPLES
            out[row, column, 1] = total1 / N_SAMPLES
            out[row, column, 2] = total2 / N_SAMPLES


@compiled
def shade_strands(
    points: np.ndarray,
    tint: np.ndarray,
    colour: np.ndarray,
    middle: np.ndarray,
    lights: Lights,
    shadow: Shadow,
    rise: float,
    furthest: float,
    out: np.ndarray,
) -> None:
    """Fill (S, P, 3) linear light at each point of strands: soft body, two lustres, dark roots.

    Parameters
    ----------
    points : (S, P, 3) float array
        Turned to the camera, in head units.
    tint : (S,) float array
        Brightness of each strand about 1.
    colour, middle : (3,) float arrays
        Linear colour; the skull's middle, from which hair faces outwards.
    rise : float
        How dark the roots are: 0 (as light as the tips) to 1.
    furthest : float
        Strands rooted deeper than this are not seen and left out.
    out : (S, P, 3) float array, changed in place
    """
    d = lights.direction
    hx = d[0]
    hy = d[1]
    hz = d[2] + 1.0
    h = math.sqrt(hx * hx + hy * hy + hz * hz)
    hx /= h
    hy /= h
    hz /= h
    last = points.shape[1] - 1
    for s in range(points.shape[0]):
        if points[s, 0, 2] < furthest:
            continue
        for k in range(last + 1):
            a = max(0, k - 1)
            b = min(last, k + 1)
            tx = points[s, b, 0] - points[s, a, 0]
            ty = points[s, b, 1] - points[s, a, 1]
            tz = points[s, b, 2] - points[s, a, 2]
            t = math.sqrt(tx * tx + ty * ty + tz * tz) + 1e-9
            tx /= t
            ty /= t
            tz /= t
            x = points[s, k, 0]
            y = points[s, k, 1]
            z = points[s, k, 2]
            nx = x - middle[0]
            ny = y - middle[1]
            nz = z - middle[2]
            n = math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-9
            nx /= n
            ny /= n
            nz /= n
            lit = visible_rough(shadow, x + 0.06 * nx, y + 0.06 * ny, z + 0.06 * nz, 0.05)
            along = tx * d[0] + ty * d[1] + tz * d[2]
            half = tx * hx + ty * hy + tz * hz
            across = math.sqrt(max(0.0, 1.0 - along * along))
            facing = max(0.0, (nx * d[0] + ny * d[1] + nz * d[2] + 0.35) / 1.35)
            lustre = math.sqrt(max(0.0, 1.0 - half * half))
            for _ in range(4):
                lustre *= lustre
            sharp = lustre * lustre
            sharp *= sharp
            share = min(1.0, k / last * 1.6)
            deep = 1.0 - rise * (1.0 - share)
            up = 0.5 + 0.5 * ny
            body = tint[s] * deep
            for c in range(3):
                around = lights.ground[c] * (1.0 - up) + lights.sky[c] * up
                fill = lights.fill_colour[c] * 0.5
                light = (
                    around * 0.85 + fill + lights.colour[c] * lit * facing * (0.25 + 0.75 * across)
                )
                gleam = lights.colour[c] * lit * facing * tint[s]
                gleam *= 0.35 * colour[c] * lustre * 2.0 + 0.028 * sharp
                out[s, k, c] = colour[c] * body * light + gleam * deep
