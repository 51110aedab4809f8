"""What a camera catches of a clip, and what is left of it in a prepared still."""

import numpy as np
import pytest

import face_renderer as faces
from face_renderer.clips import clip_set, time_course
from fer_lib.papers.huang2025 import clip_statistics
from fer_lib.papers.huang2025.preprocessing import prepared


@pytest.fixture(scope="module")
def clips():
    return clip_statistics.planned(2)


def test_the_clip_shown_is_that_of_middling_intensity(clips):
    subject = clips["group"].iloc[0]
    (shown,) = clip_statistics.middling(clips, subject, ["happy"])
    mine = clips[(clips["group"] == subject) & (clips["emotion"] == "happy")]
    away = (mine["intensity"] - np.mean(clip_set.INTENSITY)).abs()
    assert abs(shown["intensity"] - np.mean(clip_set.INTENSITY)) == away.min()
    with pytest.raises(ValueError, match="'nobody' has no clip of happy: choose one of s0"):
        clip_statistics.middling(clips, "nobody", ["happy"])


def test_a_slow_camera_catches_less(clips):
    slow, fast = (clip_statistics.caught(clips, fps, 3) for fps in (10, 200))
    assert (fast <= 1).all()
    assert fast.min() > 0.97
    assert slow.mean() < fast.mean()
    phase = np.random.default_rng(3).uniform(size=len(clips))[0]
    first = clips.iloc[0]
    one = time_course.caught(first["duration_ms"], first["apex_ms"], 10, phase)
    assert slow[0] == one
    rows = clip_statistics.by_rate(clips, 20, 3)
    assert [row["frames a second"] for row in rows] == list(clip_statistics.RATES)
    lost = [row["clips that lose a tenth or more"] for row in rows]
    assert lost[0] == (clip_statistics.caught(clips, 25, 3) < 0.9).sum()
    assert lost[-1] == 0  # the set's own camera


def test_what_moves_changes_more_than_noise_does(clips):
    told = clip_statistics.movement(clips, 20, 0)
    assert set(told) == {*clips["emotion"], clip_statistics.MOVING}
    assert told["surprise"]["patch"].value > told["neutral"]["patch"].value
    each = clips.drop_duplicates(["group", "emotion"])
    largest = []
    for row in each[each["emotion"] == "sad"].to_dict("records"):
        still = clip_set.frame(row, 0.0)
        apex, onset = prepared(np.stack([faces.render(row), faces.render(still)])).astype(float)
        cells = [
            abs((apex - onset)[y : y + 8, x : x + 8].mean())
            for y in range(0, 80, 8)
            for x in range(0, 80, 8)
        ]
        largest.append(max(cells))
    assert told["sad"]["patch"].value == pytest.approx(np.mean(largest))
