"""Rendered micro-expressions: who, how long, how strong, and what moves when."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

import face_renderer as faces
from face_renderer import EMOTIONS, action_units
from face_renderer.clips import clip_set, clip_spec, expression_motion

SMALL = clip_set.ClipSpec(
    "small", 2, 2, {"happy": 9, "disgust": 4, "neutral": 5, "surprise": 4}, seed=3, size=48
)


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    return clip_set.plan(clip_set.RENDERED_MICRO)


def units(row: dict) -> np.ndarray:
    return np.array([row[column] for column in action_units.COLUMNS])


def test_the_set_has_the_public_codes_shares(rows):
    # Training images that the public code prints, in the order of the seven labels.
    printed = dict(zip(EMOTIONS, (6928, 2598, 6076, 10665, 5609, 7713, 5790), strict=True))
    counted = Counter(row["emotion"] for row in rows)
    assert counted == clip_spec.COUNTS
    assert sum(counted.values()) == 1150
    for emotion, count in printed.items():
        assert abs(counted[emotion] - 1150 * count / sum(printed.values())) < 1


def test_everybody_shows_every_emotion_and_sexes_are_even(rows):
    people = {row["subject_id"]: row["sex"] for row in rows}
    assert Counter(people.values()) == {"male": 30, "female": 30}
    for subject in people:
        shown = Counter(row["emotion"] for row in rows if row["subject_id"] == subject)
        assert set(shown) == set(EMOTIONS)
        assert 16 <= sum(shown.values()) <= 22
    assert len({row["image_id"] for row in rows}) == len({row["clip_seed"] for row in rows}) == 1150


def test_durations_and_intensities_fill_their_ranges_whatever_the_emotion(rows):
    durations = np.array([row["duration_ms"] for row in rows])
    assert 65 <= durations.min() < 75
    assert 490 < durations.max() <= 500
    shares = np.array([row["apex_ms"] / row["duration_ms"] for row in rows])
    assert 0.29 < shares.min() < 0.31
    assert 0.59 < shares.max() < 0.61
    for emotion in EMOTIONS:
        some = [row for row in rows if row["emotion"] == emotion]
        assert abs(np.mean([row["duration_ms"] for row in some]) - 282.5) < 50
        strength = [row["intensity"] for row in some]
        if emotion == "neutral":
            assert set(strength) == {0.0}
        else:
            assert 0.2 <= min(strength) <= max(strength) <= 0.5
            assert abs(np.mean(strength) - 0.35) < 0.04


def test_fewer_subjects_are_the_first_of_all():
    whole = clip_set.plan(SMALL)
    three = clip_set.plan(SMALL, 3)
    assert three == [row for row in whole if row["subject_id"] < "s003"]
    assert [row["sex"] for row in {r["subject_id"]: r for r in three}.values()] == [
        "male",
        "female",
        "male",
    ]


def test_a_seed_repeats_and_another_gives_other_people():
    assert clip_set.plan(SMALL) == clip_set.plan(SMALL)
    other = clip_set.plan(replace(SMALL, seed=4))
    assert {r["identity_seed"] for r in other}.isdisjoint(
        r["identity_seed"] for r in clip_set.plan(SMALL)
    )
    assert replace(SMALL, seed=4).key() != SMALL.key()


def test_the_row_of_a_clip_is_its_apex_frame(rows):
    for row in rows[::50]:
        assert clip_set.frame(row, row["apex_ms"]) == row
        assert abs(row["frame_ms"] - row["apex_ms"]) <= 2.5
        assert row["frame"] * 5.0 == row["frame_ms"]
        assert row["level"] > 0.95
        assert clip_set.frame(clip_set.frame(row, 0.0), row["apex_ms"]) == row


def test_between_rest_and_apex_only_the_expression_moves(rows):
    for row in rows[::60]:
        rest, moving = expression_motion.at_rest(row), expression_motion.expression(row)
        onset = clip_set.frame(row, 0.0)
        for number in action_units.NUMBERS:
            for k, side in enumerate(action_units.SIDES):
                column = action_units.column(number, side)
                assert onset[column] == round(rest[number][k], 4)
                grown = row["level"] * moving.get(number, (0, 0))[k]
                assert row[column] - onset[column] == pytest.approx(grown, abs=2e-4)
        assert bool(moving) == (row["emotion"] != "neutral")
        assert set(faces.RECIPES[row["emotion"]].core) <= set(moving)


def test_units_are_weak_but_there(rows):
    for emotion in EMOTIONS:
        some = [row for row in rows if row["emotion"] == emotion][:40]
        moved = np.array([units(row) - units(clip_set.frame(row, 0.0)) for row in some])
        if emotion == "neutral":
            assert (moved == 0).all()
            continue
        core = [action_units.column(n, "L") for n in faces.RECIPES[emotion].core]
        strongest = moved[:, [action_units.COLUMNS.index(c) for c in core]].max(1)
        full = max(faces.RECIPES[emotion].core.values())
        assert 0.2 * full < np.median(strongest) < 0.7 * full
        assert moved.max() < 0.8


def test_a_face_at_rest_belongs_to_its_subject(rows):
    rests = {
        subject: np.array(
            [
                units(clip_set.frame(r, 0.0))
                for r in rows
                if r["subject_id"] == subject and r["frame"]
            ]
        )
        for subject in ("s000", "s001", "s002", "s003", "s004", "s005")
    }
    within = np.mean([rest.std(0).mean() for rest in rests.values()])
    between = np.array([rest.mean(0) for rest in rests.values()]).std(0).mean()
    assert between > within > 0


def test_without_difficulty_faces_rest_at_nothing():
    easy = clip_set.plan(replace(SMALL, difficulty=0.0))
    assert all((units(clip_set.frame(row, 0.0)) == 0).all() for row in easy)
    assert {row["yaw"] for row in easy} == {0.0}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"counts": {"bored": 3}}, "bad count bored: 3"),
        ({"counts": {"happy": -1}}, "bad count happy: -1"),
        ({"n_male": 0, "n_female": 0}, "0 subjects: a set has 1 to 999"),
        ({"n_male": 4, "n_female": 2}, "men and women must be as many"),
        ({"size": 16}, "size is 16, must be 32 to 512"),
        ({"difficulty": 3.0}, "difficulty is 3.0, must be 0 to 2"),
    ],
)
def test_a_set_that_cannot_be_is_refused(change, told):
    with pytest.raises(ValueError, match=told):
        replace(SMALL, **change)


@pytest.mark.parametrize("several", [0, -2, 5])
def test_subjects_that_are_not_there_are_refused(several):
    with pytest.raises(ValueError, match=f"n_subjects is {several}: choose 1 to 4, or None"):
        clip_set.plan(SMALL, several)


def test_pixels_repeat_and_each_frame_has_noise_of_its_own():
    still = next(row for row in clip_set.plan(SMALL) if row["emotion"] == "neutral")
    row = next(row for row in clip_set.plan(SMALL) if row["emotion"] == "surprise")
    assert (faces.render(row) == faces.render(row)).all()
    noise = faces.render(still).astype(int) - faces.render(clip_set.frame(still, 0.0))
    assert 0 < np.abs(noise).mean() < 4
