"""The course of a micro-expression in time, and what a camera catches of it."""

import numpy as np
import pytest

from face_renderer.clips import time_course


def test_the_curve_is_nothing_at_the_ends_and_all_at_the_apex():
    assert time_course.share(0.0, 300.0, 100.0) == time_course.share(300.0, 300.0, 100.0) == 0.0
    assert time_course.share(-20.0, 300.0, 100.0) == time_course.share(999.0, 300.0, 100.0) == 0.0
    assert time_course.share(100.0, 300.0, 100.0) == pytest.approx(1.0, abs=1e-6)
    assert time_course.share(50.0, 300.0, 100.0) == pytest.approx(0.5, abs=1e-6)
    assert time_course.share(200.0, 300.0, 100.0) == pytest.approx(0.5, abs=1e-6)
    assert time_course.share(25.0, 300.0, 100.0) == pytest.approx(0.5 - np.sqrt(0.125), abs=1e-6)
    steps = np.diff([time_course.share(ms, 300.0, 100.0) for ms in range(301)])
    assert (steps[:100] > 0).all()
    assert (steps[100:] < 0).all()


def test_frames_are_taken_at_the_stated_rate():
    assert time_course.times(65.0, 200) == [5.0 * k for k in range(14)]
    assert time_course.times(64.9, 200)[-1] == 60.0
    assert [time_course.nearest(ms, 200) for ms in (0, 2.4, 2.6, 17.5, -2.6)] == [0, 0, 1, 4, -1]


@pytest.mark.parametrize("fps", [24, 60, 200])
def test_the_best_frame_of_a_camera_is_one_of_the_two_around_the_apex(fps):
    chance = np.random.default_rng(5)
    for _ in range(20):
        duration = chance.uniform(65, 500)
        apex, phase = duration * chance.uniform(0.3, 0.6), chance.uniform()
        every = (np.arange(-1, duration / 1000 * fps + 2) + phase) * 1000 / fps
        best = max(time_course.share(ms, duration, apex) for ms in every)
        assert time_course.caught(duration, apex, fps, phase) == pytest.approx(best, abs=1e-9)
