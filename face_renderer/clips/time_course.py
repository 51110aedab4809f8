"""The course of a micro-expression in time: onset, apex, offset."""

from __future__ import annotations

import math

from face_renderer.exact_math import PI, cos


def share(ms: float, duration_ms: float, apex_ms: float) -> float:
    """Return the share of the peak at a time: a raised cosine up to the apex, another down.

    Parameters
    ----------
    ms : float
        Since the onset; before it and after the offset the share is 0.
    duration_ms, apex_ms : float
        Of the whole movement, and of its highest point.
    """
    if not 0.0 < ms < duration_ms:
        return 0.0
    way = ms / apex_ms if ms <= apex_ms else (duration_ms - ms) / (duration_ms - apex_ms)
    return float(0.5 - 0.5 * cos(PI * way))


def times(duration_ms: float, fps: float) -> list[float]:
    """Return the times in ms at which a camera takes a movement, the onset first."""
    step = 1000.0 / fps
    return [k * step for k in range(int(duration_ms / step) + 1)]


def nearest(ms: float, fps: float) -> int:
    """Return the number of the frame nearest to a time; the onset's is 0."""
    return math.floor(ms * fps / 1000.0 + 0.5)


def caught(duration_ms: float, apex_ms: float, fps: float, phase: float) -> float:
    """Return the largest share of the peak that is on any frame of a camera.

    Parameters
    ----------
    duration_ms, apex_ms : float
        As for `share`.
    fps : float
        Frames per second of a camera that runs whether anything moves or not.
    phase : float
        When its first frame after the onset comes, in steps between frames, 0 to 1.
    """
    step = 1000.0 / fps
    before = (math.floor(apex_ms / step - phase) + phase) * step
    # The curve has one peak: no other frame shows more than the two around it.
    return max(share(at, duration_ms, apex_ms) for at in (before, before + step))
