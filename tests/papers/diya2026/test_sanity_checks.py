"""Deletion and insertion, randomisation, regions, and the parts of the truth."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn

import face_renderer as faces
from face_renderer import action_units, truth_parts
from fer_lib.papers.diya2026 import traced_layers
from fer_lib.papers.diya2026.explanations import (
    cams_one_pass,
    deletion_insertion,
    face_regions,
    map_agreement,
    sanity_checks,
)
from fer_lib.papers.diya2026.models import cnn_baseline
from fer_lib.papers.diya2026.task import TASK
from fer_lib.training.augmentation import normalise
from tests.helpers.explained import Patch, noisy, patch  # noqa: F401


def lit(head):
    """Return a grey image that is bright where a head of `Patch` looks."""
    pixels = torch.full((3, 32, 32), 110, dtype=torch.uint8)
    pixels[:, torch.from_numpy(patch(head))] = 250
    return pixels


@pytest.mark.parametrize(("head", "target"), [("emotion", 0), ("authenticity", 1)])
def test_the_right_map_deletes_faster_and_inserts_faster(head, target):
    model, images = Patch().eval(), lit(head)[None]
    right = patch(head).astype(float)[None]
    wrong = 1 - right
    asked = torch.tensor([target])
    found = {
        name: deletion_insertion.curves(model, images, one, head, asked)
        for name, one in (("right", right), ("wrong", wrong))
    }
    for one in found.values():  # both begin and end with the same two pictures
        assert one.deletion[0, 0] == pytest.approx(one.insertion[0, -1])
        assert one.deletion[0, -1] == pytest.approx(one.insertion[0, 0])
        assert one.deletion[0, 0] > one.deletion[0, -1]
    right, wrong = found["right"].areas(), found["wrong"].areas()
    assert right["deletion"] < wrong["deletion"]
    assert right["insertion"] > wrong["insertion"]
    other = "authenticity" if head == "emotion" else "emotion"
    blind = deletion_insertion.curves(
        model, images, patch(head)[None] * 1.0, other, torch.tensor([0])
    )
    assert np.ptp(blind.deletion) < 0.05  # the other head does not see this patch


def test_area_of_a_known_curve():
    share = np.linspace(0, 1, 5)
    falling = 1 - share[None]
    areas = deletion_insertion.Curves(share, falling, np.ones((1, 5))).areas()
    assert areas["deletion"] == pytest.approx([0.5])
    assert areas["insertion"] == pytest.approx([1.0])


def test_maps_of_another_size_are_refused(noisy):  # noqa: F811
    with pytest.raises(ValueError, match="do not lie on images of side 32"):
        deletion_insertion.curves(Patch(), noisy, np.zeros((5, 8, 8)), "emotion", torch.zeros(5))


def test_blurring_keeps_an_even_image_and_flattens_noise(noisy):  # noqa: F811
    even = torch.full((1, 3, 32, 32), 0.7)
    torch.testing.assert_close(deletion_insertion.blurred(even), even)
    clear = normalise(noisy)
    assert deletion_insertion.blurred(clear).std() < 0.4 * clear.std()


def test_chance_maps_know_nothing_and_repeat():
    one = deletion_insertion.chance_maps(3, 4, 32, 0)
    assert one.shape == (3, 32, 32)
    assert np.array_equal(one, deletion_insertion.chance_maps(3, 4, 32, 0))
    assert not np.array_equal(one, deletion_insertion.chance_maps(3, 4, 32, 1))


def cnn():
    torch.manual_seed(0)
    model = cnn_baseline.build(TASK, [], 0, 32, False)
    with torch.no_grad():  # so that the shuffling of biases shows as well
        for parameter in model.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
    return model.eval()


LAYERS = ["authenticity", "emotion", "dense.1", "tops.0.4.0", "tops.0.2.0", "tops.0.0.0"]
LAYERS = [f"tail.{name}" for name in LAYERS]


def test_what_runs_is_told_in_order_with_shapes_and_leaves_no_hook():
    first, again = nn.Linear(3, 4), nn.Linear(4, 4)
    model = nn.Sequential(first, again, again, nn.Linear(4, 2))
    ran = traced_layers.traced(model, torch.zeros(2, 3), [again, first])
    assert [module for module, _ in ran] == [first, again, again]
    assert [shape for _, shape in ran] == [(2, 4)] * 3
    assert not any(module._forward_hooks for module in model)
    with pytest.raises(RuntimeError):
        traced_layers.traced(model, torch.zeros(2, 5), [first])
    assert not first._forward_hooks


def test_layers_come_from_the_top():
    names = [name for name, _ in sanity_checks.layers_from_top(cnn(), torch.zeros(1, 3, 32, 32))]
    assert names == LAYERS


def test_the_cascade_goes_down_and_leaves_the_model_alone(noisy):  # noqa: F811
    model = cnn()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    changed = []
    for lowest, share, randomised in sanity_checks.cascade(model, normalise(noisy[:1]), 5, 0):
        state = randomised.state_dict()
        touched = {
            name.rsplit(".", 1)[0] for name in state if not torch.equal(state[name], before[name])
        }
        changed.append((lowest, share, touched))
        for name, value in state.items():  # shuffled, nothing else
            assert torch.equal(value.flatten().sort().values, before[name].flatten().sort().values)
    assert [lowest for lowest, _, _ in changed] == LAYERS[1:]
    assert changed[0][2] <= set(LAYERS[:2]) and changed[0][2]
    assert changed[-1][1] == 1
    for (_, _, less), (_, _, more) in itertools.pairwise(changed):
        assert less < more
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_randomising_changes_a_map_that_shows_what_was_learnt(noisy):  # noqa: F811
    model = cnn()
    trained = gradient(model, noisy)
    found = [
        map_agreement.spearman(trained, gradient(randomised, noisy)).mean()
        for _, _, randomised in sanity_checks.cascade(model, normalise(noisy[:1]), 5, 0)
    ]
    assert map_agreement.spearman(trained, trained).mean() == pytest.approx(1)
    assert found[-1] < 0.6
    first = next(iter(sanity_checks.cascade(model, normalise(noisy[:1]), 5, 0)))[2]
    # A map that knows neither head nor class outlives the heads: the check must show that.
    assert map_agreement.spearman(eigen(model, noisy), eigen(first, noisy)).mean() == pytest.approx(
        1
    )


def gradient(model, images):
    asked = torch.zeros(len(images), dtype=torch.int64)
    return cams_one_pass.one(model, images, model.explained_layer("emotion"), "emotion", asked)


def eigen(model, images):
    asked = torch.zeros(len(images), dtype=torch.int64)
    return cams_one_pass.one(
        model, images, model.explained_layer("emotion"), "emotion", asked, "EigenCAM"
    )


@pytest.fixture(scope="module")
def row():
    rows = faces.plan(faces.RENDERED_TEST.with_subjects(2))
    return next(r for r in rows if r["emotion"] == "happy" and r["authenticity"] == "genuine")


def test_regions_share_out_the_picture(row):
    marks = faces.truth_masks.landmarks(row)
    found = face_regions.masks(marks, 224)
    assert tuple(sorted(found)) == tuple(sorted(face_regions.REGIONS))
    assert (sum(mask.astype(int) for mask in found.values()) == 1).all()
    for name, which in (
        ("mouth", 62),
        ("eyes", 37),
        ("eyes", 44),
        ("brows", 19),
        ("nose and cheeks", 30),
    ):
        column, line = marks[which].astype(int)
        assert found[name][line, column], name
    middle = (marks[21] + marks[22]) / 2
    assert found["brows"][int(middle[1]), int(middle[0])]  # where anger folds the skin
    assert found["periphery"][2, 2]
    height = {name: np.nonzero(mask)[0].mean() for name, mask in found.items()}
    assert height["forehead"] < height["brows"] < height["eyes"] < height["mouth"]
    assert 0.25 < found["periphery"].mean() < 0.9


def test_regions_turn_with_the_face(row):
    turned = {**row, "roll": 0.3}
    found = face_regions.masks(faces.truth_masks.landmarks(turned), 224)
    assert (sum(mask.astype(int) for mask in found.values()) == 1).all()
    marks = faces.truth_masks.landmarks(turned)
    for name, which in (("mouth", 62), ("eyes", 37), ("brows", 24)):
        column, line = marks[which].astype(int)
        assert found[name][line, column], name


def test_region_shares_of_known_maps(row):
    stacked = face_regions.stack(faces.truth_masks.landmarks(row)[None], 224)
    place = face_regions.REGIONS.index("eyes")
    on_eyes = stacked[:, place].astype(float)
    assert face_regions.shares(on_eyes, stacked)[0].tolist() == [
        float(k == place) for k in range(6)
    ]
    even = face_regions.shares(np.ones((1, 224, 224)), stacked)
    np.testing.assert_allclose(even, face_regions.areas(stacked))
    np.testing.assert_allclose(even.sum(), 1)
    assert np.isnan(face_regions.shares(-on_eyes, stacked)).all()


def test_too_few_landmarks_are_refused():
    with pytest.raises(ValueError, match="68 points are needed"):
        face_regions.masks(np.zeros((5, 2)), 64)


def test_the_parts_of_a_difference(row):
    twin = faces.twin(row)
    found = truth_parts.steps(row, twin)
    np.testing.assert_array_equal(found.itself, faces.render(row, noise=False))
    np.testing.assert_array_equal(found.other, faces.render(twin, noise=False))
    np.testing.assert_array_equal(found.whole(), faces.truth_masks.authenticity_counterfactual(row))
    assert found.geometry().sum() > 0 < found.shading().sum()
    same = truth_parts.steps(row, row)
    assert not same.whole().any() and not same.geometry().any() and not same.shading().any()


def test_wrinkles_alone_are_shading_alone_and_a_place_alone_is_geometry_alone(row, monkeypatch):
    own, folds = truth_parts.expressed(row, truth_parts.subject_of(row))
    twin = faces.twin(row)

    def folded(asked, person):
        return own, (folds if asked is row else dict.fromkeys(folds, 1.0))

    monkeypatch.setattr(truth_parts, "expressed", folded)
    found = truth_parts.steps(row, twin)
    assert not found.geometry().any()
    assert found.shading().sum() > 0
    np.testing.assert_array_equal(found.shading(), found.whole())

    def shifted(asked, person):  # the whole head a little to the side: no light changes on it
        return (own if asked is row else own + np.array([0.05, 0, 0])), folds

    monkeypatch.setattr(truth_parts, "expressed", shifted)
    found = truth_parts.steps(row, twin)
    assert found.geometry().sum() > 5 * found.shading().sum()


def test_the_expression_against_the_neutral_face_has_parts_too(row):
    found = truth_parts.steps(row, action_units.neutral(row))
    np.testing.assert_array_equal(found.whole(), faces.truth_masks.expression_counterfactual(row))


def test_a_difference_of_more_than_the_expression_is_refused(row):
    with pytest.raises(ValueError, match="yaw differs too"):
        truth_parts.steps(row, {**faces.twin(row), "yaw": 0.5})


def test_a_model_of_one_number_cannot_be_shuffled_but_does_not_fail():
    class Single(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 8, 1)

        def forward(self, images):
            seen = self.conv(images).mean((2, 3))
            return {"emotion": seen[:, :7], "authenticity": seen[:, 7]}

    steps = list(sanity_checks.cascade(Single().eval(), torch.zeros(1, 3, 8, 8), 4, 0))
    assert [share for _, share, _ in steps] == [1.0]
