"""The manifest of a rendered set: counts, independence, overlap of genuine and fake."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

import face_renderer as faces
from face_renderer import action_units, identity, manifest, recipes, scene


@pytest.fixture(scope="module")
def rows():
    """Return the plan of the default set."""
    return faces.plan(faces.RENDERED46)


def test_counts_are_those_of_table_3(rows):
    assert len(rows) == 1657
    cells = Counter((row["emotion"], row["authenticity"]) for row in rows)
    assert cells["angry", "fake"] == 99
    assert cells["happy", "genuine"] == 184
    assert cells["surprise", "genuine"] == 41
    assert sum(n for (_, a), n in cells.items() if a == "genuine") == 802
    sexes = {row["subject_id"]: row["sex"] for row in rows}
    assert Counter(sexes.values()) == {"male": 28, "female": 18}


def test_each_cell_goes_evenly_round_the_subjects(rows):
    for cell, count in faces.RENDERED46.cells.items():
        each = Counter(r["subject_id"] for r in rows if (r["emotion"], r["authenticity"]) == cell)
        assert sum(each.values()) == count
        # A cell with fewer images than subjects leaves some out.
        least = min(each.values()) if len(each) == 46 else 0
        assert max(each.values()) - least <= 1


def test_the_test_set_has_one_image_per_person_and_cell():
    rows = faces.plan(faces.RENDERED_TEST)
    each = Counter((r["subject_id"], r["emotion"], r["authenticity"]) for r in rows)
    assert len(rows) == len(each) == 1400
    assert set(each.values()) == {1}


def test_ids_are_unique_and_units_in_range(rows):
    assert len({row["image_id"] for row in rows}) == len(rows)
    units = np.array([[row[name] for name in faces.COLUMNS] for row in rows])
    assert units.min() == 0.0
    assert units.max() <= action_units.MAX_INTENSITY
    assert len(faces.COLUMNS) == 2 * len(faces.ACTION_UNITS)


def roc_auc_score(labels, values):
    """Return the share of pairs of the two classes that the values put in order, ties half."""
    labels, values = np.asarray(labels), np.asarray(values)
    more, less = values[labels, None], values[None, ~labels]
    return (more > less).mean() + 0.5 * (more == less).mean()


def _features(rows):
    units = np.array([[row[name] for name in faces.COLUMNS] for row in rows])
    left, right = units[:, 0::2], units[:, 1::2]
    return {
        "left": left,
        "right": right,
        "mean": (left + right) / 2,
        "asymmetry": np.abs(left - right),
    }


@pytest.mark.parametrize("emotion", faces.EMOTIONS)
def test_no_single_unit_gives_authenticity_away(rows, emotion):
    chosen = [row for row in rows if row["emotion"] == emotion]
    genuine = [row["authenticity"] == "genuine" for row in chosen]
    for kind, values in _features(chosen).items():
        for number, value in zip(action_units.NUMBERS, values.T, strict=True):
            area = roc_auc_score(genuine, value)
            assert 0.15 <= area <= 0.85, f"{emotion} AU{number} {kind}: {area:.3f}"


@pytest.mark.parametrize("emotion", faces.EMOTIONS)
def test_every_unit_occurs_in_both_classes(rows, emotion):
    mean = {}
    for authenticity in faces.AUTHENTICITY:
        chosen = [r for r in rows if (r["emotion"], r["authenticity"]) == (emotion, authenticity)]
        mean[authenticity] = (_features(chosen)["mean"] > 0).mean(0)
    for number, fake, genuine in zip(
        action_units.NUMBERS, mean["fake"], mean["genuine"], strict=True
    ):
        assert fake > 0, f"AU{number} never occurs in fake {emotion}"
        assert genuine > 0, f"AU{number} never occurs in genuine {emotion}"


def _readable(values, labels, groups, folds=5):
    """Return the balanced accuracy of a least-squares classifier on people it has not seen."""
    names = np.unique(labels)
    target = (labels[:, None] == names).astype(float)
    values = (values - values.mean(0)) / (values.std(0) + 1e-9)
    values = np.hstack([values, np.ones((len(values), 1))])
    found = np.empty(len(labels), labels.dtype)
    people = np.unique(groups)
    for k in range(folds):
        test = np.isin(groups, people[k::folds])
        weight = target[~test] / target[~test].sum(0)
        gram = values[~test].T @ values[~test] + 10 * np.eye(values.shape[1])
        solution = np.linalg.solve(gram, values[~test].T @ weight)
        found[test] = names[(values[test] @ solution).argmax(1)]
    return np.mean([(found[labels == name] == name).mean() for name in names])


def _one_hot(rows, name):
    values = np.array([str(row[name]) for row in rows])
    return (values[:, None] == np.unique(values)).astype(float)


@pytest.mark.parametrize("head", ["emotion", "authenticity"])
@pytest.mark.parametrize("source", ["scene", "background pixels", "demographics"])
def test_labels_cannot_be_read_off_anything_but_the_expression(rows, source, head):
    if source == "scene":
        numbers = [name for name in scene.SCENE_COLUMNS if name != "background"]
        values = np.array([[row[name] for name in numbers] for row in rows], float)
        values = np.hstack([values, _one_hot(rows, "background")])
    elif source == "background pixels":
        values = np.array([scene.background(row, 6).ravel() for row in rows])
    else:
        kinds = ("sex", "head_shape", "tone", "hair_style", "hair_colour", "beard", "iris")
        values = np.hstack([_one_hot(rows, name) for name in kinds])
        values = np.hstack([values, [[row["age"], row["tone_angle"]] for row in rows]])
    labels = np.array([row[head] for row in rows])
    groups = np.array([row["subject_id"] for row in rows])
    found = _readable(values, labels, groups)
    # Labels are dealt anew to each person's own images: who they are stays tied to them.
    stream = np.random.default_rng(0)
    chance = []
    for _ in range(100):
        dealt = labels.copy()
        for person in np.unique(groups):
            own = np.nonzero(groups == person)[0]
            dealt[own] = stream.permutation(labels[own])
        chance.append(_readable(values, dealt, groups))
    low, high = np.quantile(chance, [0.005, 0.995])
    assert low <= found <= high


def test_factors_of_a_person_are_independent_of_each_other():
    spec = replace(faces.RENDERED46, n_male=300, n_female=300)
    people = manifest.subjects(spec)
    tone = np.array([person["tone_angle"] for person in people])
    age = np.array([person["age"] for person in people])
    male = np.array([person["sex"] == "male" for person in people])
    assert abs(np.corrcoef(tone, age)[0, 1]) < 0.12
    assert abs(np.corrcoef(tone, male)[0, 1]) < 0.12
    for shape in identity.ANCESTRY_SHAPES:
        chosen = np.array([person["head_shape"] == shape for person in people])
        assert abs(np.corrcoef(tone, chosen)[0, 1]) < 0.12
        assert 0.25 < chosen.mean() < 0.42
    third = Counter(person["tone"] for person in people)
    assert min(third.values()) > 130


def test_tone_labels():
    assert identity.tone_label(50) == "light"
    assert identity.tone_label(28) == "medium"
    assert identity.tone_label(-5) == "dark"
    brightness = [identity.tone_colour(angle).sum() for angle in range(60, -51, -5)]
    assert brightness == sorted(brightness, reverse=True)


def test_twin_differs_in_units_only_and_twice_is_the_same(rows):
    row = rows[700]
    other = faces.twin(row)
    changed = {name for name in row if row[name] != other[name]}
    assert other["authenticity"] != row["authenticity"]
    assert changed <= {"image_id", "authenticity", *faces.COLUMNS}
    assert faces.twin(other) == row


def test_difficulty_zero_shows_the_pure_cues():
    units = recipes.draw_units("happy", "genuine", 0.0, seed=3, lot=0)
    assert units["AU06_L"] == units["AU06_R"] == pytest.approx(0.85)
    assert units["AU05_L"] == 0.0
    units = recipes.draw_units("happy", "fake", 0.0, seed=3, lot=0)
    assert min(units["AU12_L"], units["AU12_R"]) < 0.5 * max(units["AU12_L"], units["AU12_R"])


def test_more_difficulty_is_more_overlap():
    def area(difficulty):
        chosen = faces.plan(replace(faces.RENDERED46, difficulty=difficulty))
        chosen = [row for row in chosen if row["emotion"] == "happy"]
        genuine = [row["authenticity"] == "genuine" for row in chosen]
        return roc_auc_score(genuine, [row["AU06_L"] for row in chosen])

    assert area(0.3) > area(1.0) > area(2.0)


def test_smaller_sets_keep_every_cell():
    small = faces.RENDERED46.with_subjects(4)
    assert (small.n_male, small.n_female) == (2, 2)
    assert len(small.cells) == 14
    assert all(count >= 1 for count in small.cells.values())
    assert small.key() != faces.RENDERED46.key()
    assert faces.RENDERED46.with_subjects(46) == faces.RENDERED46


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "../x"}, "letters"),
        ({"n_male": 0, "n_female": 0}, "at least one"),
        ({"size": 8}, "size is 8"),
        ({"difficulty": -1.0}, "difficulty is -1.0"),
        ({"cells": {("bored", "fake"): 1}}, "bored"),
    ],
)
def test_bad_specs_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(faces.RENDERED46, **change)


def test_bad_recipes_are_refused():
    with pytest.raises(ValueError, match="unknown emotion 'bored'"):
        recipes.draw_units("bored", "fake", 1.0, 1, 0)
    with pytest.raises(ValueError, match="unknown authenticity"):
        recipes.draw_units("sad", "maybe", 1.0, 1, 0)
    with pytest.raises(ValueError, match="n is 1"):
        faces.RENDERED46.with_subjects(1)


def test_units_out_of_range_are_refused(rows):
    with pytest.raises(ValueError, match="AU06"):
        action_units.intensities({**rows[0], "AU06_L": 2.0})


def test_opposing_units_are_settled():
    calm = dict.fromkeys(action_units.NUMBERS, (0.0, 0.0))
    lowered, _ = action_units.blend_weights({**calm, 4: (1.0, 1.0)})
    both, _ = action_units.blend_weights({**calm, 1: (1.0, 1.0), 4: (1.0, 1.0)})
    name = "faceunits/browDownLeft"
    assert both[name] < 0.3 * lowered[name]
    assert both["own/browKnitLeft"] == lowered["own/browKnitLeft"]
