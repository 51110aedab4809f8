"""Scores have known values on constructed maps, and chance levels are those of simulation."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from fer_lib.papers.diya2026.explanations import map_agreement, map_scores, score_table


def test_truth_mask_is_the_smallest_that_holds_the_energy():
    given = np.zeros((10, 10))
    given[0, :4] = [5, 3, 1, 1]
    assert map_scores.truth_mask(given, 0.8).sum() == 2
    assert map_scores.truth_mask(given, 0.5).sum() == 1
    with pytest.raises(ValueError, match="nothing to find"):
        map_scores.truth_mask(np.zeros((4, 4)))


def half():
    mask = np.zeros((1, 10, 10), bool)
    mask[0, :2] = True
    return mask


def test_energy_share():
    assert map_scores.energy_share(np.ones((1, 10, 10)), half())[0, 0] == pytest.approx(0.2)
    assert map_scores.energy_share(half().astype(float), half())[0, 0] == 1
    assert np.isnan(map_scores.energy_share(-half().astype(float), half())[0, 0])
    mask = np.zeros((1, 2, 2), bool)
    mask[0, 0, 0] = True
    assert map_scores.energy_share(np.array([[[1.0, -9], [0, 1]]]), mask)[0, 0] == 0.5


def test_pointing_game():
    point = np.zeros((1, 10, 10))
    point[0, 1, 5] = 1
    assert map_scores.pointing(point, half())[0, 0] == 1
    point[0, 7, 5] = 2
    assert map_scores.pointing(point, half())[0, 0] == 0
    point[0, 1, 5] = 2
    assert map_scores.pointing(point, half())[0, 0] == 0.5  # two highest points, one of them on it
    assert np.isnan(map_scores.pointing(np.ones((1, 10, 10)), half())[0, 0])


def test_auc_is_scikit_learns_with_ties():
    chance = np.random.default_rng(0)
    maps = chance.integers(0, 6, (3, 8, 8)).astype(float)
    masks = chance.random((2, 8, 8)) > 0.6
    found = map_scores.auc(maps, masks)
    for i in range(3):
        for j in range(2):
            expected = roc_auc_score(masks[j].ravel(), maps[i].ravel())
            assert found[i, j] == pytest.approx(expected)
    assert np.isnan(map_scores.auc(np.ones((1, 8, 8)), masks)).all()
    assert np.isnan(map_scores.auc(maps, np.ones((1, 8, 8), bool))).all()


def test_chance_levels_are_those_of_maps_that_know_nothing():
    chance = np.random.default_rng(1)
    mask = np.zeros((1, 12, 12), bool)
    mask[0, 2:7, 3:9] = True
    maps = chance.random((4000, 12, 12))
    area = mask.mean()
    for name, level in (("energy share", area), ("pointing game", area), ("AUC", 0.5)):
        found = map_scores.SCORES[name](maps, mask)[:, 0]
        assert found.mean() == pytest.approx(level, abs=4 * found.std() / np.sqrt(len(found)))


def test_chance_of_other_people_catches_a_habit():
    """Maps that always look at the middle beat an even map and do not beat other people's."""
    n = 40
    chance = np.random.default_rng(2)
    masks = np.zeros((n, 16, 16), bool)
    for mask in masks:
        row, column = chance.integers(4, 9, 2)
        mask[row : row + 4, column : column + 4] = True
    groups = np.repeat(np.arange(n // 2), 2)
    middle = np.exp(-((np.arange(16) - 7.5) ** 2) / 18)
    habit = np.broadcast_to(np.outer(middle, middle), (n, 16, 16)) + 0.0
    for name, (found, even, others) in map_scores.against_masks(habit, masks, groups).items():
        assert found.mean() > even.mean() + 0.05, name
        np.testing.assert_allclose(found, others, err_msg=name)
    knowing = masks.astype(float) + 0.01 * habit
    for name, (found, _, others) in map_scores.against_masks(knowing, masks, groups).items():
        assert found.mean() > others.mean() + 0.02, name


def test_other_people_are_other_people():
    masks = np.zeros((3, 4, 4), bool)
    masks[:, 0] = True
    maps = np.stack([np.ones((4, 4)), np.ones((4, 4)), masks[0].astype(float)])
    found, even, others = map_scores.against_masks(maps, masks, np.array(["a", "a", "b"]))[
        "energy share"
    ]
    np.testing.assert_allclose(found, [0.25, 0.25, 1])
    np.testing.assert_allclose(even, 0.25)
    np.testing.assert_allclose(others, [1, 1, 0.25])  # never the own other picture
    alone = map_scores.against_masks(maps, masks, np.array(["a"] * 3))["energy share"][2]
    assert np.isnan(alone).all()


def test_resized_maps_keep_their_place_and_their_mean():
    maps = np.zeros((1, 4, 4), np.float32)
    maps[0, 0, 0] = 1
    large = map_scores.resized(maps, 16)
    assert large.shape == (1, 16, 16)
    assert max(np.unravel_index(large[0].argmax(), (16, 16))) <= 2
    fine = np.random.default_rng(0).random((1, 64, 64)).astype(np.float32)
    assert map_scores.resized(fine, 8).mean() == pytest.approx(fine.mean(), abs=0.01)


def test_spearman():
    up = np.arange(12.0).reshape(1, 3, 4)
    assert map_agreement.spearman(up, np.exp(up))[0] == pytest.approx(1)
    assert map_agreement.spearman(up, -up)[0] == pytest.approx(-1)
    assert map_agreement.spearman(up, np.ones_like(up))[0] == 0
    with pytest.raises(ValueError, match="cannot be compared"):
        map_agreement.spearman(up, up[:, :2])


def test_agreement_with_others_and_over_seeds():
    chance = np.random.default_rng(4)
    maps = chance.random((6, 5, 5))
    groups = np.array([0, 0, 1, 1, 2, 2])
    found = map_agreement.with_others(maps, maps, groups)
    by_hand = np.mean([map_agreement.spearman(maps[:1], maps[k : k + 1])[0] for k in range(2, 6)])
    assert found[0] == pytest.approx(by_hand)
    assert np.isnan(map_agreement.with_others(maps, maps, np.zeros(6))).all()
    np.testing.assert_allclose(map_agreement.over_seeds([maps, maps, maps]), 1)
    np.testing.assert_allclose(map_agreement.over_seeds([maps, maps, -maps]), -1 / 3)
    with pytest.raises(ValueError, match="two or more"):
        map_agreement.over_seeds([maps])


def test_the_table_of_maps_has_each_score_beside_both_levels_of_chance():
    chance = np.random.default_rng(3)
    masks = np.zeros((4, 8, 8), bool)
    masks[np.arange(4), np.arange(4), 2:6] = True
    maps = masks + 0.1 * chance.random((4, 8, 8))
    faces = score_table.of_faces(maps, masks, np.array(["a", "a", "b", "b"]))
    own, even, others = map_scores.against_masks(maps, masks, np.array(["a", "a", "b", "b"]))["AUC"]
    assert np.array_equal(faces["AUC: gain"], own - others)
    line = score_table.scores(faces, lambda part, columns: dict(part[list(columns)].mean()))
    assert list(line)[-4:] == ["AUC", "AUC: even map", "AUC: other people", "AUC: gain"]
    assert line["AUC"] == own.mean() > line["AUC: even map"] == even.mean()
    assert line["AUC: other people"] == others.mean()


def test_gains_are_told_apart_by_kind_of_face():
    faces = pd.DataFrame(
        {
            "AUC: gain": [1.0, 2.0, 4.0],
            "authenticity": ["genuine", "fake", "fake"],
            "right": [True, True, False],
        }
    )
    line = score_table.by_kind(faces, lambda part, columns: dict(part[list(columns)].mean()))
    assert line == {
        "genuine": 1.0,
        "faces, genuine": 1,
        "fake": 3.0,
        "faces, fake": 2,
        "named rightly": 1.5,
        "faces, named rightly": 2,
        "named wrongly": 4.0,
        "faces, named wrongly": 1,
    }
