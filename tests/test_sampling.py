"""SMOTE goes between training points of one class, balances it, and takes the nearest emotion."""

import numpy as np
import pytest
import torch

from fer_lib import sampling
from fer_lib.samples import ActivationSamples


def points(n=60, genuine=15, seed=0, width=5):
    chance = np.random.default_rng(seed)
    label = np.zeros(n, np.float32)
    label[:genuine] = 1
    return chance.normal(size=(n, width)).astype(np.float32), label, np.arange(n) % 7


def off_every_line(point, members):
    """Return how far a point is from lying between any two of some points, 0 if it does."""
    near = np.linalg.norm(members - point, axis=1)
    apart = np.linalg.norm(members[:, None] - members[None], axis=2)
    detour = near[:, None] + near[None] - apart
    np.fill_diagonal(detour, np.inf)
    return detour.min()


def test_a_synthetic_point_lies_between_two_of_its_class():
    embeddings, genuine, emotion = points()
    made, label, _ = sampling.smote(embeddings, genuine, emotion, 0)
    assert set(label) == {1.0}  # the rarer one
    assert max(off_every_line(p, embeddings[genuine == 1]) for p in made) < 1e-4
    assert min(off_every_line(p, embeddings[genuine == 0]) for p in made) > 1e-3
    # None is a training point itself.
    assert np.linalg.norm(embeddings[:, None] - made[None], axis=2).min() > 0


def test_all_values_are_equally_frequent_afterwards():
    embeddings, genuine, emotion = points()
    made, label, mapped = sampling.smote(embeddings, genuine, emotion, 0)
    assert len(made) == len(mapped) == 60 - 2 * 15
    assert (genuine == 1).sum() + (label == 1).sum() == (genuine == 0).sum()


def test_a_synthetic_point_has_the_emotion_of_its_nearest_neighbour():
    embeddings, genuine, emotion = points()
    made, _, mapped = sampling.smote(embeddings, genuine, emotion, 0)
    nearest = np.linalg.norm(embeddings[:, None] - made[None], axis=2).argmin(0)
    assert np.array_equal(mapped, emotion[nearest])
    assert len(set(mapped)) > 2


def test_the_seed_decides():
    first, again, other = (sampling.smote(*points(), seed)[0] for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_what_is_balanced_gets_nothing():
    made, label, mapped = sampling.smote(*points(genuine=30), 0)
    assert len(made) == len(label) == len(mapped) == 0


def test_few_members_have_fewer_neighbours():
    embeddings, genuine, emotion = points(genuine=2)
    made, _, _ = sampling.smote(embeddings, genuine, emotion, 0)
    assert max(off_every_line(p, embeddings[:2]) for p in made) < 1e-4


def test_a_class_of_one_is_refused():
    with pytest.raises(ValueError, match="a class has 1 sample: SMOTE needs two or more"):
        sampling.smote(*points(genuine=1), 0)


def samples_of(embeddings, genuine, emotion, views=3):
    """Two backbones, three units of the first and the rest of the second."""
    parts = torch.from_numpy(embeddings).half().split([3, embeddings.shape[1] - 3], 1)
    seen = tuple(part[:, None] + torch.arange(views).view(1, -1, 1).half() for part in parts)
    labels = torch.from_numpy(emotion), torch.from_numpy(genuine)
    return ActivationSamples(parts, seen if views else (), *labels)


def test_samples_keep_their_own_in_front_and_join_both_backbones():
    own = samples_of(*points())
    found = sampling.with_synthetic(own, 0)
    assert len(found) == 90
    for one, before in zip(found.activations, own.activations, strict=True):
        assert torch.equal(one[:60], before)
    for one, before in zip(found.views, own.views, strict=True):
        assert torch.equal(one[:60], before)
    # A point is made in the joined space: both backbones move along by the same share.
    joined = torch.cat(own.activations, 1)[:15].float().numpy()
    made = torch.cat(found.activations, 1)[60:].float().numpy()
    assert max(off_every_line(p, joined) for p in made) < 5e-3  # float16
    assert (found.genuine == 1).sum() == (found.genuine == 0).sum()


def test_a_synthetic_point_has_no_changed_copies_but_itself():
    found = sampling.with_synthetic(samples_of(*points()), 0)
    for plain, views in zip(found.activations, found.views, strict=True):
        assert views.shape[:2] == (90, 3)
        assert all(torch.equal(views[60:, k], plain[60:]) for k in range(3))
    assert sampling.with_synthetic(samples_of(*points(), views=0), 0).views == ()


def made_from(given, training):
    """Return whether every synthetic point lies between training points of its class."""
    found = sampling.with_synthetic(given, 0)
    members = torch.cat(training.activations, 1)[training.genuine == 1].float().numpy()
    made = torch.cat(found.activations, 1)[len(given) :].float().numpy()
    return max(off_every_line(p, members) for p in made) < 5e-3


def test_a_leak_of_test_rows_would_be_seen():
    training, test = samples_of(*points(seed=0)), samples_of(*points(seed=1))
    leaking = ActivationSamples(
        tuple(torch.cat(pair) for pair in zip(training.activations, test.activations, strict=True)),
        (),
        torch.cat([training.emotion, test.emotion]),
        torch.cat([training.genuine, test.genuine]),
    )
    assert made_from(training, training)
    assert not made_from(leaking, training)


def test_feature_maps_are_refused():
    maps = ActivationSamples((torch.zeros(4, 3, 2, 2),), (), torch.arange(4), torch.ones(4))
    with pytest.raises(ValueError, match="SMOTE goes between embeddings"):
        sampling.with_synthetic(maps, 0)
