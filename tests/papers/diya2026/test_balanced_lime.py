"""Balanced LIME finds a planted segment, repeats, is as the package's, and is balanced."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.linear_model import Ridge
from sklearn.metrics import pairwise_distances

from fer_lib.explain import lime
from fer_lib.papers.diya2026.explanations import balanced_lime, lime_stability, map_scores
from fer_lib.papers.diya2026.task import TASK
from tests.helpers.explained import TARGETS, Corners, Patch, corner, image, noisy, patch, squares  # noqa: F401


@pytest.mark.parametrize(("head", "target"), TARGETS)
def test_finds_the_corner_that_its_head_sees_and_repeats(image, head, target):  # noqa: F811
    model = Corners().eval()

    def found(seed):
        weights = balanced_lime.weights_of_heads(model, image, squares(), 64, seed)
        return weights[squares(), balanced_lime.column(TASK, head, target)].astype(np.float32)

    mask = corner(head)[None]
    assert map_scores.energy_share(found(0)[None], mask)[0, 0] > 0.8
    assert found(0).tobytes() == found(0).tobytes()
    assert not np.array_equal(found(0), found(1))


@pytest.mark.parametrize(("head", "target"), TARGETS)
def test_of_a_linear_model_the_map_sits_on_the_patch(noisy, head, target):  # noqa: F811
    """Hiding the quarter with the patch spreads its brightness; hiding another does nothing."""
    bright = torch.full_like(noisy[0], 110)
    bright[:, torch.from_numpy(patch(head))] = 250
    quarters = np.arange(32)[:, None] // 16 * 2 + np.arange(32)[None] // 16
    (place,) = np.unique(quarters[patch(head)])
    model = Patch().eval()
    found = balanced_lime.weights_of_heads(model, bright, quarters, 64, 0)[
        :, balanced_lime.column(TASK, head, target)
    ]
    assert found[place] > 0.05
    assert np.abs(np.delete(found, place)).max() < 0.02 * found[place]


def test_the_other_heads_column_is_another_answer(image):  # noqa: F811
    """A planted error: reading the column of the wrong head misses the corner."""
    found = balanced_lime.weights_of_heads(Corners().eval(), image, squares(), 64, 0)
    right = found[:, balanced_lime.column(TASK, "authenticity", 1)]
    wrong = found[:, balanced_lime.column(TASK, "emotion", 1)]
    assert right.argmax() == 15
    assert wrong.argmax() != 15


@pytest.mark.parametrize("segments", [1, 15, 16, 50, 63])
def test_the_design_is_balanced(segments):
    copies = 2 * (1 << segments.bit_length())
    kept = balanced_lime.design(segments, copies, 3)
    assert kept.shape == (copies, segments)
    signs = np.where(kept, 1, -1)
    np.testing.assert_array_equal(signs.T @ signs, copies * np.eye(segments))  # main effects
    assert (signs.sum(0) == 0).all()
    # Half of it is the other half inside out: no pair of segments can pass for a single one.
    assert (kept[::2] == ~kept[1::2]).all()
    pairs = signs[:, :, None] * signs[:, None, :]
    np.testing.assert_array_equal(np.einsum("nij,nk->ijk", pairs, signs), 0)


def test_a_longer_design_begins_with_the_shorter():
    assert np.array_equal(balanced_lime.design(20, 300, 1)[:40], balanced_lime.design(20, 40, 1))
    assert not np.array_equal(balanced_lime.design(20, 40, 1), balanced_lime.design(20, 40, 2))


@pytest.mark.parametrize("copies", [0, -2, 7])
def test_an_odd_number_of_copies_is_refused(copies):
    with pytest.raises(ValueError, match="must be even and positive"):
        balanced_lime.design(5, copies, 0)


def test_weights_and_fit_are_those_of_the_authors_package():
    """Its kernel, its distance and its ridge, from scikit-learn as it calls them."""
    chance = np.random.default_rng(0)
    kept = balanced_lime.design(9, 64, 0)
    answers = chance.random((64, 2))
    distances = pairwise_distances(kept.astype(float), np.ones((1, 9)), metric="cosine").ravel()
    weights = np.sqrt(np.exp(-(distances**2) / 0.25**2))
    np.testing.assert_allclose(balanced_lime.nearness(kept), weights)
    ridge = Ridge(alpha=1, fit_intercept=True).fit(kept, answers, sample_weight=weights)
    np.testing.assert_allclose(
        balanced_lime.fitted(kept, answers, weights), ridge.coef_.T, atol=1e-10
    )


def test_hidden_segments_lie_under_their_mean(image):  # noqa: F811
    seen = []

    def predict(batch):
        seen.append(batch.clone())
        return batch.mean((2, 3))

    kept = np.zeros((2, 16), bool)
    kept[1] = True
    balanced_lime.answers(predict, image, squares(), kept)
    (batch,) = seen
    hidden = batch[0, :, :8, :8]
    assert torch.allclose(hidden, hidden.mean((1, 2), keepdim=True).expand_as(hidden), atol=1e-5)
    assert torch.allclose(batch[0].mean((1, 2)), batch[1].mean((1, 2)), atol=1e-5)
    assert batch[1].std() > batch[0].std()


def test_an_answer_does_not_depend_on_the_batch(image, monkeypatch):  # noqa: F811
    model = Corners().eval()
    whole = balanced_lime.weights_of_heads(model, image, squares(), 64, 0)
    monkeypatch.setattr(balanced_lime, "BATCH", 7)
    np.testing.assert_allclose(
        whole, balanced_lime.weights_of_heads(model, image, squares(), 64, 0), atol=1e-6
    )


def test_stability_is_one_where_nothing_else_happens_and_grows_with_copies(image):  # noqa: F811
    """A linear answer has one best fit whatever is drawn; noise in the answer has none."""
    strengths = torch.linspace(-1, 1, 16)
    places = torch.from_numpy(squares())

    def linear(batch):
        bright = torch.stack([batch[:, 0, places == k].std(1) for k in range(16)], 1)
        return (bright @ strengths)[:, None]

    chance = np.random.default_rng(3)
    busy = torch.from_numpy(chance.integers(0, 256, (3, 32, 32), dtype=np.uint8))
    steady = lime_stability.stability(linear, busy, squares(), (64,), 3)
    assert steady[64][0] > 0.99
    noise = torch.Generator().manual_seed(0)

    def loud(batch):
        return linear(batch) + 1.5 * torch.randn(len(batch), 1, generator=noise)

    unsteady = lime_stability.stability(loud, busy, squares(), (32, 512), 4)
    assert unsteady[32][0] < unsteady[512][0] < steady[64][0]


def test_agreement_of_known_weights():
    up = np.arange(6.0)[:, None]
    assert lime_stability.mean_agreement(np.stack([up, 2 * up, up**3])) == pytest.approx([1.0])
    assert lime_stability.mean_agreement(np.stack([up, -up])) == pytest.approx([-1.0])
    assert lime_stability.mean_agreement(np.stack([up, up, -up])) == pytest.approx([-1 / 3])


def test_distances_are_to_the_packages_other_seeds():
    """Two seeds of the package at 0 and 2 on one axis; ours in the middle, and one far away."""
    package = np.array([[10.0, 0.0], [10.0, 2.0]])
    length = np.hypot(10, 1)
    near = lime_stability.distances(package, np.array([[10.0, 1.0], [10.0, 1.0]]))
    assert near == pytest.approx({"package": 2 / length, "balanced": 1 / length})
    far = lime_stability.distances(package, np.array([[10.0, 1.0], [10.0, 8.0]]))
    assert far["balanced"] == pytest.approx((1 + 8) / 2 / length)


@pytest.fixture(scope="module")
def busy():
    """A small network with weights of chance, and a face-like image of blobs."""
    torch.manual_seed(3)
    network = Mixed().eval()
    coarse = torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    smooth = torch.nn.functional.interpolate(coarse, size=(32, 32), mode="bicubic")
    return network, (255 * smooth.clamp(0, 1)).byte()[0]


class Mixed(torch.nn.Module):
    """Both heads look everywhere through layers that mix segments: no linear answer."""

    def __init__(self):
        super().__init__()
        self.trunk = torch.nn.Sequential(
            torch.nn.Conv2d(3, 8, 5, 4),
            torch.nn.ReLU(),
            torch.nn.Flatten(),
            torch.nn.Linear(392, 9),
        )

    def forward(self, images):
        said = 4 * self.trunk(images)
        return {"emotion": said[:, :7], "authenticity": said[:, 7] - said[:, 8]}


@pytest.mark.parametrize(("head", "target"), TARGETS)
def test_its_weights_are_within_the_packages_own_spread(busy, head, target):
    """With as many copies: as near to the package's mean as the package's single seeds are."""
    network, blobs = busy
    picture = blobs.permute(1, 2, 0).numpy()
    asked = network, blobs, squares(), TASK, {head: target}
    package, own = lime_stability.of_both(*asked, 64, 12)[head]
    third = lime.weights_of(network, picture, squares(), head, target, 64, 2)
    assert np.array_equal(package[2], third)
    place = balanced_lime.column(TASK, head, target)
    heads = [balanced_lime.weights_of_heads(network, blobs, squares(), 64, k) for k in range(12)]
    assert np.array_equal(own[2], heads[2][:, place])
    found = lime_stability.distances(package, own)
    assert found["balanced"] <= found["package"]
    assert np.corrcoef(package.mean(0), own.mean(0))[0, 1] > 0.98
    # Planted errors: weights twice too large, and those of another class, lie outside.
    wrong = np.stack([weights[:, (place + 1) % 7] for weights in heads])
    assert lime_stability.distances(package, wrong)["balanced"] > found["package"]
    assert lime_stability.distances(package, 2 * own)["balanced"] > found["package"]


def test_maps_are_the_weights_of_each_heads_class(busy):
    network, blobs = busy
    images = torch.stack([blobs, blobs.flip(2)])
    targets = {"emotion": torch.tensor([2, 5]), "authenticity": torch.tensor([1, 0])}
    found = balanced_lime.maps(network, images, [squares()] * 2, TASK, targets, 32, 4)
    weights = balanced_lime.weights_of_heads(network, images[1], squares(), 32, 4)
    for head, classes in targets.items():
        assert found[head].shape == (2, 32, 32) and found[head].dtype == np.float32
        own = weights[:, balanced_lime.column(TASK, head, int(classes[1]))]
        assert np.array_equal(found[head][1], own[squares()].astype(np.float32))


def test_enough_copies_are_the_fewest_with_which_every_row_is_stable(busy):
    network, blobs = busy
    assert lime_stability.sizes_of(16, 300) == (64, 128, 256)
    assert lime_stability.sizes_of(15, 10) == (32,)  # one whole design at least
    targets = {"busy": {"emotion": torch.tensor([2]), "authenticity": torch.tensor([1])}}
    sizes = lime_stability.sizes_of(16, 256)
    found = lime_stability.by_model(
        {"busy": network}, blobs[None], [squares()], TASK, targets, sizes, 3
    )
    alone = lime_stability.stability(balanced_lime.all_heads(network), blobs, squares(), sizes, 3)
    assert list(found.index) == [("busy", "emotion"), ("busy", "authenticity")]
    assert found.loc[("busy", "emotion"), 128] == pytest.approx(alone[128][2])
    assert found.loc[("busy", "authenticity"), 64] == pytest.approx(alone[64][8])
    told = pd.DataFrame({64: [0.9, 0.5], 128: [0.8, 0.7], 256: [0.9, 0.9]})
    assert lime_stability.enough(told, 0.6) == 128
    assert lime_stability.enough(told, 0.5) == 64
    assert lime_stability.enough(told, 0.95) is None


def test_the_comparison_is_the_mean_over_faces():
    one = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 4.0]]), np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]])
    two = one[0], one[0]
    found = lime_stability.comparison([{"emotion": one}, {"emotion": two}]).loc["emotion"]
    assert found["stability, package"] == pytest.approx(1)
    assert found["stability, balanced"] == pytest.approx((-1 + 1) / 2)
    apart = [lime_stability.distances(*pair)["balanced"] for pair in (one, two)]
    assert found["distance, balanced"] == pytest.approx(np.mean(apart))
