"""Figures of rendered clips: frames over time, and what changes between onset and apex."""

from __future__ import annotations

import numpy as np
import pytest

from face_renderer.clips import clip_set, time_course
from fer_lib.papers.huang2025 import clip_plots

SMALL = clip_set.ClipSpec(
    "small", 2, 2, {"happy": 9, "disgust": 4, "neutral": 5, "surprise": 4}, seed=3, size=48
)


def test_the_change_is_that_of_the_expression():
    row = next(row for row in clip_set.plan(SMALL) if row["emotion"] == "surprise")
    still = next(row for row in clip_set.plan(SMALL) if row["emotion"] == "neutral")
    assert (clip_plots.change(still) == 0).all()
    change = np.abs(clip_plots.change(row))
    assert change.max() > 20
    assert change.mean() < 5
    assert change[:8, :8].max() < 5  # hair and background, which do not move


def test_the_strip_and_the_curves_show_what_is_planned():
    rows = [row for row in clip_set.plan(SMALL) if row["emotion"] in ("happy", "surprise")][:2]
    figure = clip_plots.strip(rows)
    times = [[axis.get_xlabel() for axis in figure.axes[k : k + 5]] for k in (0, 6)]
    for shown, row in zip(times, rows, strict=True):
        assert shown[0] == "0 ms"
        assert shown[2] == f"{row['frame_ms']:.0f} ms"
        assert abs(float(shown[4].removesuffix(" ms")) - row["duration_ms"]) <= 3
    axis = clip_plots.courses(rows).axes[0]
    frames, kept = (points.get_offsets() for points in axis.collections)
    for line, row in zip(axis.lines, rows, strict=False):
        assert max(line.get_ydata()) == pytest.approx(row["intensity"], rel=1e-3)
    taken = [ms for row in rows for ms in time_course.times(row["duration_ms"], row["fps"])]
    assert list(frames[:, 0]) == taken
    assert list(kept[:, 0]) == [row["frame_ms"] for row in rows]
