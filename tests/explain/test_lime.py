"""LIME finds a planted segment, names its head, repeats bit for bit, and its design is balanced."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge
from sklearn.metrics import pairwise_distances

from fer_lib.explain import lime
from fer_lib.papers.diya2026.explanations import lime_stability, map_scores
from fer_lib.papers.diya2026.task import TASK
from tests.helpers.explained import TARGETS, Corners, Patch, corner, image, noisy, patch, squares  # noqa: F401


@pytest.mark.parametrize(("head", "target"), TARGETS)
def test_finds_the_corner_that_its_head_sees_and_repeats(image, head, target):  # noqa: F811
    model = Corners().eval()

    def found(seed):
        weights = lime.weights_of(model, image, squares(), 64, seed)
        return weights[squares(), lime.column(TASK, head, target)].astype(np.float32)

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
    found = lime.weights_of(model, bright, quarters, 64, 0)[:, lime.column(TASK, head, target)]
    assert found[place] > 0.05
    assert np.abs(np.delete(found, place)).max() < 0.02 * found[place]


def test_the_other_heads_column_is_another_answer(image):  # noqa: F811
    """A planted error: reading the column of the wrong head misses the corner."""
    found = lime.weights_of(Corners().eval(), image, squares(), 64, 0)
    right = found[:, lime.column(TASK, "authenticity", 1)]
    wrong = found[:, lime.column(TASK, "emotion", 1)]
    assert right.argmax() == 15
    assert wrong.argmax() != 15


@pytest.mark.parametrize("segments", [1, 15, 16, 50, 63])
def test_the_design_is_balanced(segments):
    copies = 2 * (1 << segments.bit_length())
    kept = lime.design(segments, copies, 3)
    assert kept.shape == (copies, segments)
    signs = np.where(kept, 1, -1)
    np.testing.assert_array_equal(signs.T @ signs, copies * np.eye(segments))  # main effects
    assert (signs.sum(0) == 0).all()
    # Half of it is the other half inside out: no pair of segments can pass for a single one.
    assert (kept[::2] == ~kept[1::2]).all()
    pairs = signs[:, :, None] * signs[:, None, :]
    np.testing.assert_array_equal(np.einsum("nij,nk->ijk", pairs, signs), 0)


def test_a_longer_design_begins_with_the_shorter():
    assert np.array_equal(lime.design(20, 300, 1)[:40], lime.design(20, 40, 1))
    assert not np.array_equal(lime.design(20, 40, 1), lime.design(20, 40, 2))


@pytest.mark.parametrize("copies", [0, -2, 7])
def test_an_odd_number_of_copies_is_refused(copies):
    with pytest.raises(ValueError, match="must be even and positive"):
        lime.design(5, copies, 0)


def test_weights_and_fit_are_those_of_the_authors_package():
    """Its kernel, its distance and its ridge, from scikit-learn as it calls them."""
    chance = np.random.default_rng(0)
    kept = lime.design(9, 64, 0)
    answers = chance.random((64, 2))
    distances = pairwise_distances(kept.astype(float), np.ones((1, 9)), metric="cosine").ravel()
    weights = np.sqrt(np.exp(-(distances**2) / 0.25**2))
    np.testing.assert_allclose(lime.nearness(kept), weights)
    ridge = Ridge(alpha=1, fit_intercept=True).fit(kept, answers, sample_weight=weights)
    np.testing.assert_allclose(lime.fitted(kept, answers, weights), ridge.coef_.T, atol=1e-10)


def test_hidden_segments_lie_under_their_mean(image):  # noqa: F811
    seen = []

    def predict(batch):
        seen.append(batch.clone())
        return batch.mean((2, 3))

    kept = np.zeros((2, 16), bool)
    kept[1] = True
    lime.answers(predict, image, squares(), kept)
    (batch,) = seen
    hidden = batch[0, :, :8, :8]
    assert torch.allclose(hidden, hidden.mean((1, 2), keepdim=True).expand_as(hidden), atol=1e-5)
    assert torch.allclose(batch[0].mean((1, 2)), batch[1].mean((1, 2)), atol=1e-5)
    assert batch[1].std() > batch[0].std()


def test_an_answer_does_not_depend_on_the_batch(image, monkeypatch):  # noqa: F811
    model = Corners().eval()
    whole = lime.weights_of(model, image, squares(), 64, 0)
    monkeypatch.setattr(lime, "BATCH", 7)
    np.testing.assert_allclose(whole, lime.weights_of(model, image, squares(), 64, 0), atol=1e-6)


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


def test_segments_have_no_chance_in_them(noisy):  # noqa: F811
    one, two = (lime.segments_of(noisy[0], 12) for _ in range(2))
    assert np.array_equal(one, two)
    assert one.min() == 0
    assert set(np.unique(one)) == set(range(one.max() + 1))
