"""A subject's skin: colour and gloss on the atlas, in linear light."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from face_renderer import facemap, head, identity
from face_renderer.exact_math import Draw, compiled, cos, exp, linear, sin, smoothstep

_BROW = ((0.118, 7.432), (0.21, 7.474), (0.33, 7.498), (0.44, 7.480), (0.53, 7.425))
BEARD_STRENGTH = {"none": 0.0, "stubble": 0.6, "short": 0.95, "full": 1.0}


@lru_cache(maxsize=1)
def _regions() -> dict:
    """Return soft masks (N,) of the face's regions that take on colour."""
    face = facemap.load()
    away_from_eye = np.sqrt(
        ((face.across - 0.312) / 0.15) * ((face.across - 0.312) / 0.15)
        + ((face.y - 7.287) / 0.055) * ((face.y - 7.287) / 0.055)
    )
    rim = (away_from_eye - 1.0) / 0.13
    chin = smoothstep(6.86, 6.74, face.y) * smoothstep(0.62, 0.5, face.across) * face.front
    jaw = smoothstep(0.35, 0.55, face.across) * smoothstep(7.1, 6.8, face.y)
    jaw = jaw * (face.z > 0.35) * smoothstep(0.75, 0.68, face.across)
    cheek_bare = (face.across - 0.27) * (face.across - 0.27) + (face.y - 6.95) * (face.y - 6.95)
    beard = np.clip(chin + jaw, 0, 1) * smoothstep(5.9, 6.2, face.y)
    return {
        "cheek": face.blob(0.36, 6.98, 0.17, 0.14),
        "nose": face.blob(0.0, 6.90, 0.13, 0.09),
        "under_eye": face.blob(0.30, 7.17, 0.15, 0.05),
        "upper_lid": face.blob(0.31, 7.36, 0.17, 0.055),
        "forehead": face.blob(0.0, 7.75, 0.35, 0.16),
        "socket": face.blob(0.19, 7.33, 0.07, 0.09),
        "philtrum": face.blob(0.0, 6.80, 0.12, 0.05),
        "lash_upper": face.front * exp(-rim * rim) * smoothstep(7.26, 7.31, face.y),
        "lash_lower": face.front * exp(-rim * rim) * smoothstep(7.31, 7.26, face.y),
        "beard": beard * (1 - exp(-cheek_bare / 0.015)),
        "ear": facemap.on_ear(face.place).astype(np.float64),
    }


@compiled
def _stroke(x, y, strokes, cover):
    """Blend hair strokes (start x, y, end x, y, half width, strength) into (N,) cover."""
    for s in range(strokes.shape[0]):
        x0 = strokes[s, 0]
        y0 = strokes[s, 1]
        dx = strokes[s, 2] - x0
        dy = strokes[s, 3] - y0
        wide = strokes[s, 4]
        square = dx * dx + dy * dy + 1e-12
        for n in range(x.shape[0]):
            px = x[n] - x0
            py = y[n] - y0
            if px * px + py * py > 0.012:
                continue
            t = min(1.0, max(0.0, (px * dx + py * dy) / square))
            a = px - t * dx
            b = py - t * dy
            width = wide * (1.0 - 0.6 * t)
            far = (a * a + b * b) / (width * width)
            if far < 1.0:
                cover[n] = 1.0 - (1.0 - cover[n]) * (1.0 - strokes[s, 5] * (1.0 - far))


def _brow_cover(row: dict) -> np.ndarray:
    """Return (N,) how much brow hair covers each texel, painted hair by hair."""
    face = facemap.load()
    draw = Draw(row["identity_seed"], "brow")
    thickness = float(row["brow_thickness"]) * (1.0 if row["sex"] == "male" else 0.86)
    lift, arch = draw.uniform(-0.012, 0.012), draw.uniform(-0.012, 0.018)
    density = draw.uniform(0.75, 1.0)
    cover = np.zeros(face.x.shape)
    knots = np.array([p[0] for p in _BROW])
    heights = np.array([p[1] for p in _BROW]) + lift + np.array([0, 0.4, 1, 1, 0.2]) * arch
    for sign in (1.0, -1.0):
        near = (face.front > 0) & (face.x * sign > 0.05) & (face.x * sign < 0.62)
        near &= (face.y > 7.33) & (face.y < 7.62)
        n = 190
        along = draw.uniform(0.0, 1.0, n)
        across = draw.uniform(-1.0, 1.0, n)
        x = 0.118 + along * 0.412
        y = facemap.between(x, knots, heights)
        half = 0.030 * thickness * facemap.between(along, (0, 0.15, 0.5, 1), (0.8, 1.0, 0.85, 0.2))
        y = y + across * half
        tilt = facemap.between(along, (0, 0.25, 1.0), (1.25, 0.55, -0.25)) - 0.35 * across
        tilt = tilt + draw.uniform(-0.18, 0.18, n)
        length = 0.055 * draw.uniform(0.7, 1.2, n)
        strokes = np.stack(
            [
                x,
                y,
                x + length * cos(tilt),
                y + length * sin(tilt),
                draw.uniform(0.006, 0.010, n),
                density * draw.uniform(0.35, 0.75, n),
            ],
            1,
        )
        part = cover[near]
        _stroke(face.x[near] * sign, face.y[near], strokes, part)
        # A soft ground, so that thin brows survive a small picture.
        middle = facemap.between(face.x[near] * sign, knots, heights)
        wide = 0.034 * thickness
        off = (face.y[near] - middle) / wide
        ends = smoothstep(0.09, 0.16, face.x[near] * sign)
        ends = ends * smoothstep(0.56, 0.44, face.x[near] * sign)
        ground = 0.45 * density * exp(-off * off) * ends
        cover[near] = 1.0 - (1.0 - part) * (1.0 - ground)
    return cover


def _blend(colour, cover, paint):
    """Lay ``paint`` (3,) over (3, N) colour where ``cover`` (N,) says."""
    for k in range(3):
        colour[k] = colour[k] * (1 - cover) + paint[k] * cover


def _complexion(row: dict, draw: Draw) -> np.ndarray:
    """Return (3, N) bare skin: flush, lids, shadows, blotches, freckles."""
    face, region = facemap.load(), _regions()
    coarse, medium, fine, finest = face.noise
    skin = linear(identity.tone_colour(float(row["tone_angle"]), float(row["undertone"])))
    darkness = smoothstep(15.0, -40.0, float(row["tone_angle"]))
    age = identity.age_share(row)
    flush = 0.42 * region["cheek"] + 0.36 * region["nose"] + 0.30 * region["ear"]
    flush = flush + 0.20 * region["upper_lid"] + 0.12 * region["philtrum"]
    flush = (flush + 0.30 * coarse + 0.20 * medium) * draw.uniform(0.6, 1.2) * (1 - 0.45 * darkness)
    tired = draw.uniform(0.3, 1.0) * (0.7 + 0.5 * age)
    light = 1 + 0.10 * medium + (0.08 * fine + 0.05 * finest) * smoothstep(0.3, 0.9, face.z)
    light = light - 0.20 * tired * region["under_eye"] - 0.14 * region["upper_lid"]
    light = light - 0.16 * region["socket"] + 0.05 * region["forehead"]
    # Dark skin is a little lighter where it is thin and darker round the mouth and forehead.
    light = light + darkness * (0.10 * region["cheek"] + 0.08 * region["nose"])
    spots = smoothstep(0.20, 0.40, coarse * 0.5 + finest) * age * 0.10
    light = light * (1 - spots)
    colour = np.empty((3, face.x.size))
    for k, redness in enumerate((0.10, -0.30, -0.26)):
        colour[k] = skin[k] * light * (1 + redness * flush)
    freckles = smoothstep(0.26, 0.42, finest) * np.clip(region["cheek"] + region["nose"], 0, 1)
    freckles = freckles * 0.5 * float(row["freckles"]) * (1 - darkness)
    for k, tint in enumerate((0.35, 0.5, 0.55)):
        colour[k] *= 1 - tint * freckles
    lids = face.eyelids * 0.16
    for k, tint in enumerate((0.6, 0.9, 0.8)):
        colour[k] *= 1 - tint * lids
    return colour


def _lips(row: dict) -> np.ndarray:
    """Return (3,) the lips' colour: pink on light skin, rosy brown on dark."""
    skin = linear(identity.tone_colour(float(row["tone_angle"]), float(row["undertone"])))
    darkness = smoothstep(15.0, -40.0, float(row["tone_angle"]))
    natural = skin * np.array([0.80, 0.44, 0.46]) + darkness * np.array([0.032, 0.008, 0.012])
    painted = natural * np.array([0.85, 0.35, 0.42]) + np.array([0.03, 0.0, 0.005])
    share = float(row["lip_colour"])
    share = share * share
    return natural * (1 - share) + painted * share


def skin_texture(row: dict) -> np.ndarray:
    """Return (H, W, 4) float32: the skin's linear colour and its gloss in [0, 1].

    Parameters
    ----------
    row : dict
        A manifest row; only the subject's factors are read.
    """
    face, region = facemap.load(), _regions()
    draw = Draw(row["identity_seed"], "skin")
    _, _, fine, finest = face.noise
    hair = identity.hair_colour(row)
    colour = _complexion(row, draw)
    skin = linear(identity.tone_colour(float(row["tone_angle"]), float(row["undertone"])))

    stubble = region["beard"] * (1 - face.lips) * BEARD_STRENGTH[row["beard"]]
    stubble = stubble * np.clip(0.75 + 1.1 * finest + 0.5 * fine, 0, 1)
    _blend(colour, 0.62 * stubble, np.minimum(hair, skin * 0.7) * 0.9 + 0.003)
    _blend(colour, face.lips * (0.86 + 0.25 * fine), _lips(row))
    # The line between the lips and a darker edge give the mouth its shape.
    edge = face.lips * (1 - face.lips) * 4
    for k, tint in enumerate((0.14, 0.20, 0.18)):
        colour[k] *= 1 - tint * edge

    dark = np.array([0.012, 0.009, 0.008])
    liner = 0.60 if row["sex"] == "male" else 0.78
    _blend(colour, liner * region["lash_upper"], dark)
    _blend(colour, 0.35 * liner * region["lash_lower"], dark + skin * 0.2)
    brow = np.minimum(hair * 0.75, skin * 0.30) + 0.002
    _blend(colour, 0.94 * _brow_cover(row), brow)

    above = facemap.above_hairline(face.place, float(row["hairline"]))
    ground = {"shaved": 0.62, "crop": 0.93}.get(row["hair_style"], 0.9)
    scalp = smoothstep(-0.01, 0.12, above + 0.07 * fine + 0.05 * finest) * ground
    scalp = scalp * (1 - region["ear"])
    scalp_colour = hair * 0.55 + 0.002
    if row["hair_style"] == "shaved":
        scalp_colour = 0.6 * scalp_colour + 0.12 * skin
    _blend(colour, scalp, scalp_colour)

    gloss = 0.45 + 0.35 * region["forehead"] + 0.55 * region["nose"] + 0.2 * region["cheek"]
    gloss = gloss + 0.5 * face.lips + 0.6 * fine + 0.5 * finest
    gloss = np.clip(gloss, 0.05, 1.3) * (1 - scalp) * (1 - 0.8 * stubble)
    rows, columns = head.ATLAS_SIZE
    texture = np.zeros((rows * columns, 4), np.float32)
    texture[face.index, :3] = np.clip(colour.T, 0.0015, 1.0)
    texture[face.index, 3] = gloss
    return texture.reshape(rows, columns, 4)


def pores(row: dict) -> np.ndarray:
    """Return (H, W) float32 fine relief of the skin: pores, and with age unevenness."""
    face = facemap.load()
    _, _, fine, finest = face.noise
    relief = (0.045 * finest + 0.03 * fine * (1 + identity.age_share(row))) * smoothstep(
        0.4, 1.0, face.z
    )
    out = np.zeros(head.ATLAS_SIZE[0] * head.ATLAS_SIZE[1], np.float32)
    out[face.index] = relief
    return out.reshape(head.ATLAS_SIZE)


def age_wrinkles(row: dict, names: tuple) -> dict:
    """Return the depth of each groove that stays when the face rests."""
    draw = Draw(row["identity_seed"], "wrinkles")
    share = min(1.0, max(0.0, identity.age_share(row) * 1.25 - 0.25))
    out = {}
    for name in names:
        depth = share * draw.uniform(0.1, 0.42)
        if name == "lip_lines":
            depth *= 0.35
        if name.startswith("nasolabial"):
            depth += 0.12
        out[name] = depth
    return out
