"""How much of a rendered micro-expression a camera catches, and a prepared still keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

import face_renderer as faces
from face_renderer.clips import clip_set, time_course
from fer_lib.evaluation.bootstrap import Interval, means
from fer_lib.papers.huang2025.preprocessing import SIDE, prepared

RATES = (25, 30, 60, 100, clip_set.FPS)  # frames a second
PATCHES = 10  # a side
MOVING = "all but neutral"


def planned(subjects: int | None) -> pd.DataFrame:
    """Return the plan of the rendered clips, one row a clip; ``group`` is the subject."""
    rows = pd.DataFrame(clip_set.plan(clip_set.RENDERED_MICRO, subjects))
    return rows.assign(group=rows["subject_id"])


def middling(clips: pd.DataFrame, subject: str, emotions: Sequence[str]) -> list[dict]:
    """Return for each emotion the clip of a subject whose intensity is nearest to the middle.

    Raises
    ------
    ValueError
        If the subject has no clip of one of them.
    """
    middle, chosen = np.mean(clip_set.INTENSITY), []
    for emotion in emotions:
        mine = clips[(clips["group"] == subject) & (clips["emotion"] == emotion)]
        if mine.empty:
            known = ", ".join(sorted(clips["group"].unique())[:3])
            raise ValueError(f"{subject!r} has no clip of {emotion}: choose one of {known}, ...")
        chosen.append(mine.loc[(mine["intensity"] - middle).abs().idxmin()].to_dict())
    return chosen


def caught(clips: pd.DataFrame, fps: float, seed: int) -> np.ndarray:
    """Return the share of its peak that a camera has of each clip, float (n,).

    The camera runs whether anything moves or not: its first frame comes at a random moment.
    """
    phases = np.random.default_rng(seed).uniform(size=len(clips))
    times = zip(clips["duration_ms"], clips["apex_ms"], phases, strict=True)
    return np.array([time_course.caught(ms, apex, fps, phase) for ms, apex, phase in times])


def by_rate(clips: pd.DataFrame, resamples: int, seed: int) -> list[dict]:
    """Return a row a frame rate: the mean of `caught`, and the clips that lose a tenth or more."""
    rows = []
    for fps in RATES:
        best = caught(clips, fps, seed)
        mean = means({"share": best}, clips["group"].to_numpy(), resamples, seed)["share"]
        rows.append({"frames a second": fps, "share of the peak": mean})
        rows[-1]["clips that lose a tenth or more"] = int((best < 0.9).sum())
    return rows


def movement(clips: pd.DataFrame, resamples: int, seed: int) -> dict[str, dict[str, Interval]]:
    """Return how much a prepared face changes from onset to apex, noise included, by emotion.

    Parameters
    ----------
    clips : DataFrame
        Rows of `planned`; the first clip of each subject and emotion is rendered.
    resamples, seed : int
        Number and seed of the draws of subjects.

    Returns
    -------
    dict
        Emotion, and `MOVING`, to "pixel", the mean change of a pixel, and "patch", the largest
        mean change of one of `PATCHES` x `PATCHES` patches; grey levels.
    """
    first = clips.drop_duplicates(["group", "emotion"])
    changes = []
    for row in first.to_dict("records"):
        pair = np.stack([faces.render(row), faces.render(clip_set.frame(row, 0.0))])
        apex, onset = prepared(pair).astype(float)
        side = SIDE // PATCHES
        patches = (apex - onset).reshape(PATCHES, side, PATCHES, side).mean((1, 3))
        changes.append((np.abs(apex - onset).mean(), np.abs(patches).max()))
    first = first.assign(**dict(zip(("pixel", "patch"), np.array(changes).T, strict=True)))
    parts = dict(iter(first.groupby("emotion"))) | {MOVING: first[first["emotion"] != "neutral"]}
    found = {
        name: means(part[["pixel", "patch"]], part["group"].to_numpy(), resamples, seed)
        for name, part in parts.items()
    }
    return {
        name: {of: replace(one, digits=1) for of, one in told.items()}
        for name, told in found.items()
    }
