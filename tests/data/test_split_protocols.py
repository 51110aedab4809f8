"""The sound protocol keeps people apart; each of the others leaks in the way it is named for."""

import numpy as np
import pandas as pd
import pytest

from fer_lib.data import split_protocols
from fer_lib.data.split_protocols import COPIES, DROPPED, ITSELF
from fer_lib.labels import EMOTIONS
from tests.helpers.tiny import faces_of

TABLE = faces_of(1, 15).table
SIDES = ("train", "val", "test")


def groups_of(parts, side):
    return set(TABLE["group"].iloc[getattr(parts, side)])


def shared_images(parts):
    """Return how many images have a copy on the training side and on the test side."""
    return len(set(parts.train) & set(parts.test))


ALL = [
    split_protocols.by_group,
    split_protocols.by_image,
    split_protocols.copies_first,
    split_protocols.stopped_on_test,
]


def test_by_group_puts_no_group_on_two_sides_and_no_image_twice():
    parts = split_protocols.by_group(TABLE, 0)
    sides = [groups_of(parts, side) for side in SIDES]
    assert not (sides[0] & sides[1] or sides[0] & sides[2] or sides[1] & sides[2])
    assert sorted([*parts.train, *parts.val, *parts.test]) == list(range(len(TABLE)))
    assert parts.copies == {}


def test_by_image_leaves_people_on_all_sides():
    parts = split_protocols.by_image(TABLE, 0)
    assert groups_of(parts, "train") & groups_of(parts, "test")
    assert sorted([*parts.train, *parts.val, *parts.test]) == list(range(len(TABLE)))


def test_copies_of_one_image_lie_on_both_sides_and_by_group_never():
    parts = split_protocols.copies_first(TABLE, 0)
    assert shared_images(parts) > 0.5 * len(parts.test)
    assert shared_images(split_protocols.by_group(TABLE, 0)) == 0
    assert shared_images(split_protocols.by_image(TABLE, 0)) == 0


def test_no_copy_is_itself_on_two_sides():
    parts = split_protocols.copies_first(TABLE, 0)
    pairs = [
        set(zip(getattr(parts, side).tolist(), parts.copies[side].tolist(), strict=True))
        for side in SIDES
    ]
    assert not (pairs[0] & pairs[1] or pairs[0] & pairs[2] or pairs[1] & pairs[2])
    for side, pair in zip(SIDES, pairs, strict=True):
        assert len(pair) == len(getattr(parts, side))
        assert {copy for _, copy in pair} == set(range(ITSELF, COPIES))
    # Evaluated on as many images as by the other protocols, not on four times as many.
    assert len(parts.test) == pytest.approx(len(split_protocols.by_image(TABLE, 0).test), abs=2)
    assert len(parts.train) == pytest.approx(0.6 * len(TABLE) * (1 + COPIES), rel=0.02)


def test_stopping_on_the_test_part_is_by_group_otherwise():
    parts, sound = split_protocols.stopped_on_test(TABLE, 0), split_protocols.by_group(TABLE, 0)
    assert parts.val.tolist() == parts.test.tolist() == sound.test.tolist()
    assert parts.train.tolist() == sound.train.tolist()


def test_exactly_the_unclear_are_dropped():
    unclear = np.random.default_rng(0).random(len(TABLE))
    parts = split_protocols.unclear_dropped(TABLE, 0, unclear)
    kept = np.concatenate([parts.train, parts.val, parts.test])
    gone = np.setdiff1d(np.arange(len(TABLE)), kept)
    assert len(gone) == round(DROPPED * len(TABLE))
    assert unclear[gone].min() > unclear[kept].max()
    assert not groups_of(parts, "train") & groups_of(parts, "test")
    assert pytest.approx(567 / 2224) == DROPPED  # of 2,224 images 1,657 were kept


def test_what_the_labels_do_not_fit_is_unclear():
    """Embeddings that name both labels, but for a tenth of the images, which say another."""
    chance = np.random.default_rng(0)
    n = len(TABLE)
    wrong = chance.random(n) < 0.1
    emotion = TABLE["emotion"].map(EMOTIONS.index).to_numpy()
    said = np.where(wrong, (emotion + 3) % 7, emotion)
    genuine = (TABLE["authenticity"] == "genuine").to_numpy() ^ wrong
    embeddings = chance.normal(0, 0.3, (n, 80))
    embeddings[np.arange(n), said] += 4
    embeddings[:, 10] += 4 * genuine
    unclear = split_protocols.ambiguity(embeddings, TABLE)
    assert unclear.min() >= 0
    assert unclear.max() <= 1
    assert np.median(unclear[wrong]) > 0.95
    assert unclear[wrong].min() > np.quantile(unclear[~wrong], 0.9)


@pytest.mark.parametrize("share", [0.0, 0.05, 0.2])
def test_exactly_the_share_of_labels_is_turned(share):
    genuine = (np.arange(400) % 3 == 0).astype(np.float32)
    before = genuine.copy()
    turned = split_protocols.wrong_labels(genuine, share, 0)
    assert (turned != genuine).sum() == round(400 * share)
    assert np.array_equal(genuine, before)  # the truth stays as it was
    assert set(np.unique(turned)) == {0.0, 1.0}
    assert np.array_equal(turned, split_protocols.wrong_labels(genuine, share, 0))
    if share:
        assert not np.array_equal(turned, split_protocols.wrong_labels(genuine, share, 1))


@pytest.mark.parametrize("protocol", ALL)
def test_the_same_seed_gives_the_same_parts_and_another_gives_others(protocol):
    one, again, other = (protocol(TABLE, seed) for seed in (0, 0, 1))
    for side in SIDES:
        assert np.array_equal(getattr(one, side), getattr(again, side))
        assert np.array_equal(one.copies.get(side, 0), again.copies.get(side, 0))
    assert not np.array_equal(one.test, other.test)


@pytest.mark.parametrize("protocol", ALL)
def test_every_label_is_on_every_side(protocol):
    parts = protocol(TABLE, 0)
    for side in SIDES:
        cells = pd.MultiIndex.from_frame(
            TABLE.iloc[getattr(parts, side)][["emotion", "authenticity"]]
        )
        assert cells.nunique() == 14
