"""The 68 landmarks of the iBUG annotation as vertices of the head.

Source: C. Sagonas et al., 300 Faces In-The-Wild Challenge, doi:10.1016/j.imavis.2016.01.002.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from face_renderer import head

# Places on the base head, decimetres; the left half of the face (x > 0) is mirrored.
_JAW = (  # from the ear to the chin
    (0.745, 7.28, 0.70),
    (0.740, 7.08, 0.72),
    (0.725, 6.88, 0.76),
    (0.695, 6.68, 0.82),
    (0.630, 6.51, 0.93),
    (0.530, 6.37, 1.08),
    (0.400, 6.26, 1.22),
    (0.215, 6.19, 1.36),
)
_CHIN = ((0.0, 6.177, 1.403),)
_BROW = (  # from the temple to the nose
    (0.530, 7.43, 1.25),
    (0.440, 7.49, 1.36),
    (0.330, 7.50, 1.43),
    (0.220, 7.48, 1.47),
    (0.125, 7.44, 1.49),
)
_NOSE_BRIDGE = ((0.0, 7.29, 1.508), (0.0, 7.16, 1.557), (0.0, 7.03, 1.631), (0.0, 6.925, 1.681))
_NOSTRILS = ((0.135, 6.84, 1.50), (0.07, 6.815, 1.55))
_NOSE_FOOT = ((0.0, 6.805, 1.573),)
_EYE = (  # outer corner, upper lid, inner corner, lower lid
    (0.436, 7.277, 1.308),
    (0.365, 7.324, 1.36),
    (0.262, 7.316, 1.36),
    (0.204, 7.272, 1.346),
    (0.262, 7.252, 1.352),
    (0.365, 7.250, 1.352),
)
_LIP_CORNER = (0.268, 6.607, 1.417)
_UPPER_LIP = ((0.175, 6.685, 1.52), (0.065, 6.712, 1.58))
_UPPER_LIP_MIDDLE = ((0.0, 6.700, 1.595),)
_LOWER_LIP = ((0.165, 6.520, 1.49), (0.085, 6.495, 1.545))
_LOWER_LIP_MIDDLE = ((0.0, 6.489, 1.556),)
_INNER_CORNER = (0.240, 6.610, 1.407)
_INNER_UPPER = ((0.095, 6.632, 1.55),)
_INNER_UPPER_MIDDLE = ((0.0, 6.630, 1.578),)
_INNER_LOWER = ((0.095, 6.594, 1.53),)
_INNER_LOWER_MIDDLE = ((0.0, 6.601, 1.540),)


def _mirrored(places) -> tuple:
    return tuple((-x, y, z) for x, y, z in places)


def _places() -> np.ndarray:
    """Return (68, 3) places in iBUG's order: the person's right comes first."""
    eye_left = [_EYE[k] for k in (3, 2, 1, 0, 5, 4)]
    eye_right = [_mirrored(_EYE)[k] for k in (0, 1, 2, 3, 4, 5)]
    return np.array(
        [
            *_mirrored(_JAW),
            *_CHIN,
            *_JAW[::-1],
            *_mirrored(_BROW),
            *_BROW[::-1],
            *_NOSE_BRIDGE,
            *_mirrored(_NOSTRILS),
            *_NOSE_FOOT,
            *_NOSTRILS[::-1],
            *eye_right,
            *eye_left,
            *_mirrored((_LIP_CORNER, *_UPPER_LIP)),
            *_UPPER_LIP_MIDDLE,
            *_UPPER_LIP[::-1],
            _LIP_CORNER,
            *_LOWER_LIP,
            *_LOWER_LIP_MIDDLE,
            *_mirrored(_LOWER_LIP)[::-1],
            *_mirrored((_INNER_CORNER, *_INNER_UPPER)),
            *_INNER_UPPER_MIDDLE,
            *_INNER_UPPER,
            _INNER_CORNER,
            *_INNER_LOWER,
            *_INNER_LOWER_MIDDLE,
            *_mirrored(_INNER_LOWER),
        ]
    )


@lru_cache(maxsize=1)
def vertices() -> np.ndarray:
    """Return (68,) numbers of the vertices nearest to the landmarks."""
    base = head.load()
    skin = base.vertices_of(head.SKIN)
    places = base.vertices[skin]
    out = []
    for place in _places():
        away = places - place
        out.append(skin[np.argmin((away * away) @ np.ones(3))])
    return np.array(out)
