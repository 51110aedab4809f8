"""Pixels and truth of rendered faces: the same bits everywhere, and where they should be."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import face_renderer as faces
from face_renderer import action_units, exact_math, head, identity, scene
from face_renderer.render import subject_of

# sha256 over the pixels of every 83rd image of the default set; see GENERATOR_VERSION.
GOLDEN = "9e3e972e2f9d23925947f9daf93ffa3e6e6d467786c09debba15e7fa1877be2e"


@pytest.fixture(scope="module")
def rows():
    """Return the plan of the default set."""
    return faces.plan(faces.RENDERED46)


def pick(rows, emotion, authenticity, n=1):
    """Return the first rows of a cell that look straight ahead."""
    chosen = [
        row
        for row in rows
        if (row["emotion"], row["authenticity"]) == (emotion, authenticity)
        and abs(row["yaw"]) < 0.2
    ]
    return chosen[:n]


def golden_hash() -> str:
    """Return the hash that GOLDEN holds."""
    digest = hashlib.sha256()
    for row in faces.plan(faces.RENDERED46)[::83]:
        digest.update(faces.render(row).tobytes())
    return digest.hexdigest()


def test_golden_pixels():
    assert golden_hash() == GOLDEN


@pytest.mark.slow
def test_golden_pixels_without_this_processors_instructions():
    code = "from test_render import golden_hash; print(golden_hash())"
    quiet = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "", "OPENBLAS_CORETYPE": "Prescott"}
    quiet["NPY_DISABLE_CPU_FEATURES"] = "AVX2 FMA3 AVX512F AVX512_SKX"
    out = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=Path(__file__).parent,
        env={**os.environ, **quiet, "PYTHONPATH": str(Path(faces.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert out.stdout.strip() == GOLDEN


def test_elementary_functions():
    x = np.linspace(-30, 30, 2001)
    assert np.abs(exact_math.sin(x) - np.sin(x)).max() < 1e-6
    assert np.abs(exact_math.cos(x) - np.cos(x)).max() < 1e-6
    low = x[x < 1]
    assert np.abs(exact_math.exp(low) - np.exp(low)).max() < 1e-9
    y = np.roll(x, 700)
    assert np.abs(exact_math.atan2(y, x) - np.arctan2(y, x)).max() < 2e-5
    assert exact_math.atan2_number(1.0, -1.0) == pytest.approx(0.75 * np.pi, abs=2e-5)


def test_draws_are_those_of_their_key():
    assert exact_math.Draw(1, "a").uniform() == exact_math.Draw(1, "a").uniform()
    assert exact_math.Draw(1, "a").uniform() != exact_math.Draw(1, "b").uniform()
    many = exact_math.Draw("n").normal(2.0, 3.0, 20000)
    assert many.mean() == pytest.approx(2.0, abs=0.1)
    assert many.std() == pytest.approx(3.0, abs=0.1)
    assert sorted(exact_math.Draw(3).shuffled(range(9))) == list(range(9))


def test_head_is_what_it_should_be():
    base = head.load()
    assert base.vertices.shape == (5465, 3)
    assert 6.1 < base.vertices[base.vertices_of(head.SKIN), 1].min() < 6.3
    assert len(base.vertices_of(head.EYE_LEFT)) == len(base.vertices_of(head.EYE_RIGHT)) == 72
    assert 0.003 < (base.masks["lips"] > 0.5).mean() < 0.02
    needed = {name for unit in faces.ACTION_UNITS for name, _ in unit.shapes}
    for name in needed:
        for side in ("Left", "Right"):
            assert name.format(side=side) in base.shapes


def test_picture_is_well_exposed_in_every_tone(rows):
    for tone in ("light", "medium", "dark"):
        chosen = [row for row in rows if row["tone"] == tone][::40][:6]
        for row in chosen:
            image = faces.render(row)
            assert image.shape == (224, 224, 3)
            assert image.dtype == np.uint8
            centre = image[70:170, 62:162].astype(float)
            assert 45 < centre.mean() < 205
            assert (centre.min(2) > 250).mean() < 0.01


def test_colour_of_the_skin_follows_the_row_and_nothing_else_does(rows):
    row = {**rows[40], "tone_angle": 55.0}
    dark = {**row, "tone_angle": -45.0}
    light_picture, dark_picture = faces.render(row, noise=False), faces.render(dark, noise=False)
    middle = np.s_[100:150, 92:132]
    assert light_picture[middle].mean() > dark_picture[middle].mean() + 40
    assert np.array_equal(faces.truth_masks.landmarks(row), faces.truth_masks.landmarks(dark))


def test_noise_can_be_left_out(rows):
    row = rows[0]
    clean, noisy = faces.render(row, noise=False), faces.render(row)
    difference = np.abs(clean.astype(int) - noisy)
    assert 0 < difference.mean() < 6
    assert np.array_equal(clean, faces.render({**row, "sensor_noise": 0.0}))


def test_a_neutral_face_has_no_truth(rows):
    row = action_units.neutral(rows[10])
    assert faces.truth_masks.au_displacement(row).max() == 0
    assert faces.truth_masks.expression_counterfactual(row).max() == 0


def share(mask, region):
    """Return the share of a mask's total that lies in a region."""
    return mask[region].sum() / mask.sum()


def box(row, points, margin):
    """Return the slice around some of the 68 landmarks."""
    xy = faces.truth_masks.landmarks(row)[points]
    (left, top), (right, bottom) = xy.min(0) - margin, xy.max(0) + margin
    return np.s_[max(0, int(top)) : int(bottom), max(0, int(left)) : int(right)]


def test_a_smile_is_in_the_mouth_and_cheeks(rows):
    (row,) = pick(rows, "happy", "genuine")
    units = dict.fromkeys(faces.COLUMNS, 0.0) | {"AU12_L": 1.0, "AU12_R": 1.0}
    smile = {**row, **units}
    region = box(smile, slice(48, 68), 26)
    moved = faces.truth_masks.au_displacement(smile)
    assert share(moved, region) > 0.8
    assert 3 < moved.max() < 25
    assert share(faces.truth_masks.expression_counterfactual(smile), region) > 0.6


def test_raised_brows_are_in_the_brows(rows):
    (row,) = pick(rows, "surprise", "genuine")
    units = dict.fromkeys(faces.COLUMNS, 0.0) | {"AU01_L": 1.0, "AU01_R": 1.0}
    moved = faces.truth_masks.au_displacement({**row, **units})
    assert share(moved, box({**row, **units}, slice(17, 27), 24)) > 0.9


def test_one_sided_units_move_one_side(rows):
    (row,) = pick(rows, "happy", "fake")
    straight = dict.fromkeys(("yaw", "pitch", "roll", "shift_x", "shift_y"), 0.0)
    units = dict.fromkeys(faces.COLUMNS, 0.0) | {"AU12_L": 1.0}
    moved = faces.truth_masks.au_displacement({**row, **straight, **units})
    # The person's left is on the picture's right.
    assert moved[:, 112:].sum() > 9 * moved[:, :112].sum()


def test_authenticity_truth_leaves_the_background_alone(rows):
    row = rows[5]
    mask = faces.truth_masks.authenticity_counterfactual(row)
    assert mask.shape == (224, 224)
    assert mask.dtype == np.float32
    assert mask.max() > 10
    assert mask[:20, :20].max() == 0
    other, image = faces.render_twin(row)
    assert other["authenticity"] != row["authenticity"]
    assert image.shape == (224, 224, 3)


def test_landmarks_are_where_a_face_has_them(rows):
    for row in rows[::150]:
        points = faces.truth_masks.landmarks(row)
        assert points.shape == (68, 2)
        eye_right, eye_left = points[36:42].mean(0), points[42:48].mean(0)
        brow, nose, mouth, chin = points[17:27], points[33], points[48:60].mean(0), points[8]
        assert eye_right[0] < nose[0] < eye_left[0]
        assert brow[:, 1].mean() < eye_left[1] < nose[1] < mouth[1] < chin[1]
        assert 30 < eye_left[0] - eye_right[0] < 80
        assert points[0, 0] < points[36, 0]
        assert points[16, 0] > points[45, 0]


def test_landmarks_follow_the_mouth(rows):
    row = action_units.neutral(rows[60])
    open_wide = {**row, "AU26_L": 1.0, "AU26_R": 1.0}
    closed, opened = faces.truth_masks.landmarks(row), faces.truth_masks.landmarks(open_wide)
    assert opened[66, 1] - opened[62, 1] > closed[66, 1] - closed[62, 1] + 8
    assert opened[8, 1] > closed[8, 1] + 5
    assert np.allclose(opened[27:31], closed[27:31], atol=1.0)


def test_pose_turns_the_head(rows):
    row = {**action_units.neutral(rows[60]), "roll": 0.0, "pitch": 0.0, "shift_x": 0.0}
    right = faces.truth_masks.landmarks({**row, "yaw": 0.4})
    left = faces.truth_masks.landmarks({**row, "yaw": -0.4})
    assert right[30, 0] > left[30, 0] + 15
    turn = scene.rotation(0.3, -0.2, 0.1)
    assert np.allclose(turn @ turn.T, np.eye(3), atol=1e-6)
    assert np.linalg.det(turn) == pytest.approx(1.0, abs=1e-6)


def test_same_person_from_the_same_row_only(rows):
    one, two = subject_of(rows[0]), subject_of(rows[1])
    assert rows[0]["subject_id"] == rows[1]["subject_id"]
    assert one is two
    vertices, scale = identity.face_vertices(rows[0])
    assert np.array_equal(vertices, one.vertices)
    assert 0.8 < scale < 1.3


def test_a_row_without_a_factor_is_refused(rows):
    row = dict(rows[0])
    del row["yaw"]
    with pytest.raises(KeyError, match="yaw"):
        faces.render(row)
    with pytest.raises(ValueError, match="AU12"):
        faces.render({**rows[0], "AU12_L": -0.1})
