"""Figures of rendered clips: frames over time, and the change between onset and apex."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

import face_renderer as faces
from face_renderer.clips import clip_set, time_course
from fer_lib.plots import figures

CHANGE = 30  # grey levels at which the map of a change is full


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
    figure, axes = plt.subplots(
        len(rows), 6, figsize=(figures.WIDTH, 1.5 * len(rows) + 0.3), squeeze=False
    )
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
    """Draw the intensity of clips over time: a dot a frame, a large one at the frame kept."""
    parts = {"course": [], "frames": [], "kept": []}
    for clip, row in enumerate(rows):
        course = [float(row["intensity"]), float(row["duration_ms"]), float(row["apex_ms"])]
        moments = {
            "course": np.linspace(0.0, course[1], 200),
            "frames": time_course.times(course[1], float(row["fps"])),
            "kept": [float(row["frame_ms"])],
        }
        for part, ms in moments.items():
            shown = {"ms": ms, "level": [_level(one, *course) for one in ms]}
            parts[part].append(pd.DataFrame(shown).assign(clip=clip, emotion=row["emotion"]))
    course, frames, kept = (pd.concat(each, ignore_index=True) for each in parts.values())
    figure, axis = plt.subplots(figsize=(figures.WIDTH, 3.4))
    drawn = {"x": "ms", "y": "level", "hue": "emotion", "ax": axis}
    sns.lineplot(course, **drawn, units="clip", estimator=None)
    sns.scatterplot(frames, **drawn, s=16, legend=False)
    sns.scatterplot(kept, **drawn, s=140, fc="none", ec="black", linewidth=2, legend=False)
    axis.set(xlabel="time since the onset (ms)", ylabel="share of a full expression")
    axis.set_ylim(bottom=0)
    figures.legend_above(axis, len(rows))
    return figure


def _level(ms: float, intensity: float, duration_ms: float, apex_ms: float) -> float:
    return intensity * time_course.share(ms, duration_ms, apex_ms)
