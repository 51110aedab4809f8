"""SMOTE goes between training points of one class, balances it, and takes the nearest emotion."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from fer_lib.data import splits
from fer_lib.papers.diya2026 import smote_before_split
from fer_lib.papers.diya2026.task import TASK
from fer_lib.training import smote
from fer_lib.training.dataset import ActivationSamples


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
    made, label, _ = smote.smote(embeddings, genuine, emotion, 0)
    assert set(label) == {1.0}  # the rarer one
    assert max(off_every_line(p, embeddings[genuine == 1]) for p in made) < 1e-4
    assert min(off_every_line(p, embeddings[genuine == 0]) for p in made) > 1e-3
    # None is a training point itself.
    assert np.linalg.norm(embeddings[:, None] - made[None], axis=2).min() > 0


def test_all_values_are_equally_frequent_afterwards():
    embeddings, genuine, emotion = points()
    made, label, mapped = smote.smote(embeddings, genuine, emotion, 0)
    assert len(made) == len(mapped) == 60 - 2 * 15
    assert (genuine == 1).sum() + (label == 1).sum() == (genuine == 0).sum()


def test_a_synthetic_point_has_the_emotion_of_its_nearest_neighbour():
    embeddings, genuine, emotion = points()
    made, _, mapped = smote.smote(embeddings, genuine, emotion, 0)
    nearest = np.linalg.norm(embeddings[:, None] - made[None], axis=2).argmin(0)
    assert np.array_equal(mapped, emotion[nearest])
    assert len(set(mapped)) > 2


def test_the_seed_decides():
    first, again, other = (smote.smote(*points(), seed)[0] for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_what_is_balanced_gets_nothing():
    made, label, mapped = smote.smote(*points(genuine=30), 0)
    assert len(made) == len(label) == len(mapped) == 0


def test_few_members_have_fewer_neighbours():
    embeddings, genuine, emotion = points(genuine=2)
    made, _, _ = smote.smote(embeddings, genuine, emotion, 0)
    assert max(off_every_line(p, embeddings[:2]) for p in made) < 1e-4


def test_a_class_of_one_is_refused():
    with pytest.raises(ValueError, match="a class has 1 sample: SMOTE needs two or more"):
        smote.smote(*points(genuine=1), 0)


def samples_of(embeddings, genuine, emotion, views=3):
    """Two backbones, three units of the first and the rest of the second."""
    parts = torch.from_numpy(embeddings).half().split([3, embeddings.shape[1] - 3], 1)
    seen = tuple(part[:, None] + torch.arange(views).view(1, -1, 1).half() for part in parts)
    labels = {"emotion": torch.from_numpy(emotion), "authenticity": torch.from_numpy(genuine)}
    return ActivationSamples(parts, seen if views else (), labels)


def test_samples_keep_their_own_in_front_and_join_both_backbones():
    own = samples_of(*points())
    found = smote.with_synthetic(own, TASK, 0)
    assert len(found) == 90
    for one, before in zip(found.activations, own.activations, strict=True):
        assert torch.equal(one[:60], before)
    for one, before in zip(found.views, own.views, strict=True):
        assert torch.equal(one[:60], before)
    # A point is made in the joined space: both backbones move along by the same share.
    joined = torch.cat(own.activations, 1)[:15].float().numpy()
    made = torch.cat(found.activations, 1)[60:].float().numpy()
    assert max(off_every_line(p, joined) for p in made) < 5e-3  # float16
    genuine, emotion = found.targets["authenticity"], found.targets["emotion"]
    assert (genuine == 1).sum() == (genuine == 0).sum()
    assert emotion.tolist()[:60] == own.targets["emotion"].tolist()
    rows = np.linalg.norm(torch.cat(own.activations, 1).float().numpy()[:, None] - made, axis=2)
    assert emotion.tolist()[60:] == own.targets["emotion"][rows.argmin(0)].tolist()


def test_a_synthetic_point_has_no_changed_copies_but_itself():
    found = smote.with_synthetic(samples_of(*points()), TASK, 0)
    for plain, views in zip(found.activations, found.views, strict=True):
        assert views.shape[:2] == (90, 3)
        assert all(torch.equal(views[60:, k], plain[60:]) for k in range(3))
    assert smote.with_synthetic(samples_of(*points(), views=0), TASK, 0).views == ()


def made_from(given, training):
    """Return whether every synthetic point lies between training points of its class."""
    found = smote.with_synthetic(given, TASK, 0)
    members = (
        torch.cat(training.activations, 1)[training.targets["authenticity"] == 1].float().numpy()
    )
    made = torch.cat(found.activations, 1)[len(given) :].float().numpy()
    return max(off_every_line(p, members) for p in made) < 5e-3


def test_a_leak_of_test_rows_would_be_seen():
    training, test = samples_of(*points(seed=0)), samples_of(*points(seed=1))
    leaking = ActivationSamples(
        tuple(torch.cat(pair) for pair in zip(training.activations, test.activations, strict=True)),
        (),
        {head: torch.cat([given, test.targets[head]]) for head, given in training.targets.items()},
    )
    assert made_from(training, training)
    assert not made_from(leaking, training)


def test_feature_maps_are_refused():
    labels = {"emotion": torch.arange(4), "authenticity": torch.ones(4)}
    maps = ActivationSamples((torch.zeros(4, 3, 2, 2),), (), labels)
    with pytest.raises(ValueError, match="SMOTE goes between embeddings"):
        smote.with_synthetic(maps, TASK, 0)


def people(count=24, seed=0, width=6):
    """Return embeddings that know the person and nothing else, and their table."""
    chance = np.random.default_rng(seed)
    cells = [(e, a) for e in ("happy", "sad") for a in ("fake", "genuine")]
    # Fewer genuine images, and of each person two shots of one cell.
    own = [cells[(0, 1, 2, 2, 0, 3)[k % 6]] for k in range(count)]
    table = pd.DataFrame(
        [(f"p{k:02d}", *own[k]) for k in range(count) for _ in range(5)],
        columns=["group", "emotion", "authenticity"],
    )
    table["emotion"] = pd.Categorical(table["emotion"])
    person = np.repeat(chance.normal(size=(count, width)), 5, axis=0)
    return person + chance.normal(size=person.shape) * 0.05, table


@pytest.mark.parametrize("balanced", ["authenticity", "cells"])
def test_a_split_that_divides_people_scores_higher_where_only_they_are_known(balanced):
    embeddings, table = people()
    found = smote_before_split.compare(embeddings, table, range(2), balanced)
    assert list(found["seed"]) == [0, 0, 0, 1, 1, 1]
    means = found.groupby("order", sort=False)["emotion accuracy"].mean()
    assert list(means.index) == [
        "split by group, then SMOTE",
        "split by image, then SMOTE",
        "SMOTE, then split",
    ]
    assert means.iloc[1] > means.iloc[0] + 0.1
    assert (found["synthetic in test"].to_numpy().reshape(2, 3)[:, :2] == 0).all()
    last = found[found["order"] == "SMOTE, then split"]
    # All cells as large as the largest, or both classes of authenticity; a fifth is tested.
    cells = table.groupby(["emotion", "authenticity"], observed=True).size()
    whole = (
        4 * cells.max() if balanced == "cells" else 2 * table["authenticity"].value_counts().max()
    )
    assert (last["test points"] == np.ceil(0.2 * whole)).all()
    assert (last["synthetic in test"] > 0).all() and (
        last["synthetic in test"] <= whole - 120
    ).all()


def test_scores_of_the_sound_order_are_those_of_its_training_part():
    """By hand: split by group, SMOTE inside, a linear model, the rows of the test part."""
    embeddings, table = people(seed=3)
    found = smote_before_split.compare(embeddings, table, range(5, 6), "authenticity").iloc[0]
    split = splits.split(table, seed=5).to_numpy()
    train, test = embeddings[split != "test"], embeddings[split == "test"]
    genuine = (table["authenticity"] == "genuine").to_numpy().astype(int)
    emotion = table["emotion"].astype(str).to_numpy()
    new, labels, mapped = smote.smote(train, genuine[split != "test"], emotion[split != "test"], 5)
    for target, extra, name in ((emotion, mapped, "emotion"), (genuine, labels, "authenticity")):
        scaler = StandardScaler().fit(np.concatenate([train, new]))
        model = LogisticRegression(C=0.01, max_iter=400).fit(
            scaler.transform(np.concatenate([train, new])),
            np.concatenate([target[split != "test"], extra]),
        )
        seen = scaler.transform(test)
        if name == "emotion":
            assert (
                found["emotion accuracy"]
                == (model.predict(seen) == emotion[split == "test"]).mean()
            )
        else:
            area = roc_auc_score(genuine[split == "test"], model.decision_function(seen))
            assert found["authenticity AUC"] == pytest.approx(area)
    assert found["test points"] == (split == "test").sum()
