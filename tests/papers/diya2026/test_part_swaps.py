"""What a model says when one part of a face is its twin's."""

import numpy as np
import pandas as pd
import pytest
import torch

import face_renderer as faces
from face_renderer import truth_parts
from fer_lib.papers.diya2026.explanations import explained_faces, part_swaps

SIDE = 224


@pytest.fixture(scope="module")
def shown():
    """A genuine and a fake face of one subject, and one of another."""
    rows = faces.plan(faces.RENDERED_TEST.with_subjects(2))
    of_two = [rows[0], faces.twin(rows[0]), rows[-1]]
    table = pd.DataFrame(of_two)[["image_id", "subject_id", "emotion", "authenticity"]]
    table = table.rename(columns={"subject_id": "group"}).astype(str)
    images = np.zeros((3, SIDE, SIDE, 3), np.uint8)
    return explained_faces.Cases(table, images, tuple(of_two), "rendered_test")


@pytest.fixture(scope="module")
def swapped(shown):
    return part_swaps.pictures(shown)


class Bright(torch.nn.Module):
    """Its log-odds of genuine are what it is told to see of an image."""

    def __init__(self, see):
        super().__init__()
        self.see = see

    def forward(self, images):
        seen = self.see(images)
        return {"emotion": seen.new_zeros(len(images), 7), "authenticity": seen}


def test_pictures_are_the_face_one_part_exchanged_and_the_twin(shown, swapped):
    assert swapped.shape == (3, 4, SIDE, SIDE, 3) and swapped.dtype == np.uint8
    steps = truth_parts.steps(shown.rows[0], faces.twin(shown.rows[0]))
    assert np.array_equal(swapped[0, 1], steps.moved)
    assert np.array_equal(swapped[0, 2], steps.shaded)
    # The second face is the first one's twin: their first and last pictures are exchanged.
    assert np.array_equal(swapped[0, [0, 3]], swapped[1, [3, 0]])


def test_falls_are_of_the_true_class_and_by_subject(shown, swapped):
    def mean(images):
        return images.mean((1, 2, 3))

    found = part_swaps.falls(Bright(mean), shown, swapped, SIDE)
    assert list(found["group"]) == list(shown.groups)
    # Genuine face and fake twin: the same way there and back, each a fall of its own true class.
    twin = found[part_swaps.CHANGED[2]]
    assert twin[0] == pytest.approx(twin[1], abs=1e-6) and abs(twin[0]) > 1e-5
    both = found[part_swaps.CHANGED[0]] - found[part_swaps.CHANGED[1]]
    assert np.allclose(found[part_swaps.DIFFERENCE], both)
    still = part_swaps.falls(Bright(lambda images: 0 * mean(images)), shown, swapped, SIDE)
    assert (still[list(part_swaps.CHANGED)] == 0).all(axis=None)


def test_a_model_that_sees_only_where_shading_changes_is_found_out(shown, swapped):
    """It looks at the place where shading alone changes most: exchanging geometry does less."""
    changed = np.abs(swapped[0, 2].astype(float) - swapped[0, 0]).mean(2)
    moved = np.abs(swapped[0, 1].astype(float) - swapped[0, 0]).mean(2)
    place = np.unravel_index((changed - moved).argmax(), changed.shape)
    sign = np.sign(int(swapped[0, 0][place].mean()) - int(swapped[0, 2][place].mean()))
    genuine = 1 if shown.rows[0]["authenticity"] == "genuine" else -1
    network = Bright(lambda images: genuine * sign * images[:, :, place[0], place[1]].mean(1))
    fall = part_swaps.falls(network, shown, swapped, SIDE).iloc[0]
    assert fall[part_swaps.CHANGED[1]] > 0
    assert fall[part_swaps.DIFFERENCE] < 0
