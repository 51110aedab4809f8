"""Figures of rendered clips: frames over time, and the change between onset and apex."""

from __future__ import annotations

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

import face_renderer as faces
from face_renderer.clips import clip_set, time_course
from fer_lib.plots import figures

CHANGE = 30  # grey levels at which the map of a change is full
COLOURS = (figures.BLUE, figures.RED, figures.GREEN)
MARKS = "os^"


def moments(row: dict) -> list[float]:
    """Return five times in ms: onset, half-way up, apex, half-way down, offset."""
    duration, apex = float(row["duration_ms"]), float(row["apex_ms"])
    return [0.0, apex / 2, apex, (apex + duration) / 2, duration]


def change(row: dict) -> np.ndarray:
    """Return apex less onset in grey levels (S, S), without the sensor's noise."""
    ends = [
        faces.render(clip_set.frame(row, ms), noise=False).astype(float).mean(2)
        for ms in (float(row["apex_ms"]), 0.0)
    ]
    return ends[0] - ends[1]


def strip(rows: list[dict]) -> Figure:
    """Show five frames of each clip with their times, and the map of its change."""
    names = ["onset", "rising", "apex", "falling", "offset", "apex less onset"]
    figure, axes = plt.subplots(len(rows), 6, figsize=(11.5, 2.1 * len(rows) + 0.3), squeeze=False)
    for axis, name in zip(axes[0], names, strict=True):
        axis.set_title(name)
    for line, row in zip(axes, rows, strict=True):
        for axis, ms in zip(line, moments(row), strict=False):
            at = clip_set.frame(row, ms)
            axis.imshow(faces.render(at))
            axis.set_xlabel(f"{at['frame_ms']:.0f} ms", labelpad=2)
        seen = line[5].imshow(change(row), cmap="RdBu_r", vmin=-CHANGE, vmax=CHANGE)
        line[5].set_xlabel("grey levels", labelpad=2)
        line[0].set_ylabel(row["emotion"])
        for axis in line:
            figures.bare(axis)
    figure.tight_layout(pad=0.4)
    figure.colorbar(seen, ax=axes, fraction=0.015, pad=0.01)
    return figure


def courses(rows: list[dict]) -> Figure:
    """Draw the intensity of up to three clips over time: a dot a frame, a mark at the one kept."""
    figure, axis = plt.subplots(figsize=(9, 3.4))
    for row, colour, mark in zip(rows, COLOURS, MARKS, strict=False):
        course = [float(row["intensity"]), float(row["duration_ms"]), float(row["apex_ms"])]
        fine = np.linspace(0.0, course[1], 200)
        axis.plot(fine, [_level(ms, *course) for ms in fine], color=colour, label=row["emotion"])
        at = time_course.times(course[1], float(row["fps"]))
        axis.plot(at, [_level(ms, *course) for ms in at], ".", color=colour, ms=4)
        chosen = float(row["frame_ms"])
        axis.plot(chosen, _level(chosen, *course), mark, color=colour, ms=9, mfc="white", mew=2)
    axis.set(xlabel="time since the onset (ms)", ylabel="share of a full expression", ylim=0)
    axis.legend(ncols=len(rows), loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure


def _level(ms: float, intensity: float, duration_ms: float, apex_ms: float) -> float:
    return intensity * time_course.share(ms, duration_ms, apex_ms)
