"""Balancing and classifiers: counts as they should be, nothing fitted on others, seeds repeat."""

import random
import time
from dataclasses import replace

import joblib
import numpy as np
import pytest
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import Pipeline
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.preprocessing import StandardScaler

from fer_lib.labels import EMOTIONS
from fer_lib.papers.huang2025 import budget
from fer_lib.papers.huang2025.balancing import (
    flaml_classifier,
    pipelines,
    printed_matrices,
    smote_before_split,
)
from tests.helpers import made_features

AMOUNTS = replace(budget.get("smoke"), flaml_trials=6, rf_trees=20, boost_rounds=8)


@pytest.fixture(scope="module")
def given():
    """Features (n, 72), emotions' places (n,), people (n,)."""
    table = made_features.table(images=240, groups=12)
    x = made_features.spaces(table)["CNN + LBP"]
    return x, table["emotion"].map(EMOTIONS.index).to_numpy(), table["group"].to_numpy()


def counts(y):
    return np.bincount(y, minlength=len(EMOTIONS))


def test_the_rule_of_the_code_gives_the_counts_that_its_notebook_prints():
    told = printed_matrices.load()["matrices"]
    before = [told["training_counts"][name] for name in told["classes"]]
    after = [told["smote_counts"][name] for name in told["classes"]]
    y = np.repeat(np.arange(7), before)
    goal = pipelines.raised(y, "code")
    assert [goal.get(k, n) for k, n in enumerate(before)] == after


@pytest.mark.parametrize("sampling", ["smote", "borderline"])
def test_smote_raises_every_class_to_the_largest_and_keeps_the_images(given, sampling):
    x, y, _ = given
    more, labels = pipelines.sampler(sampling, y, 0).fit_resample(x, y)
    assert (counts(labels) == counts(y).max()).all()
    assert np.array_equal(more[: len(x)], x)
    assert np.array_equal(labels[: len(y)], y)


def test_weights_and_none_add_nothing(given):
    _, y, _ = given
    assert pipelines.sampler("none", y, 0) is pipelines.sampler("weights", y, 0) is None
    assert np.allclose(np.bincount(y, pipelines.balanced(y)), len(y) / 7)


def test_a_class_of_one_row_stays_and_one_of_two_has_one_neighbour():
    y = np.array([0] * 6 + [1] + [2] * 2)
    x = np.random.default_rng(0).normal(size=(9, 3))
    drawn = pipelines.sampler("smote", y, 0)
    assert drawn.k_neighbors == 1
    assert counts(drawn.fit_resample(x, y)[1])[:3].tolist() == [6, 1, 6]


def test_unknown_words_are_refused_with_the_known_ones(given):
    x, y, groups = given
    with pytest.raises(ValueError, match="unknown sampling 'adasyn': choose one of none, weights"):
        pipelines.fitted("lr", "adasyn", x, y, groups, AMOUNTS, 0)
    with pytest.raises(ValueError, match="unknown classifier 'svm': choose one of lr, rf"):
        pipelines.fitted("svm", "none", x, y, groups, AMOUNTS, 0)


@pytest.mark.parametrize("name", pipelines.CLASSIFIERS)
@pytest.mark.parametrize("sampling", ["none", "weights", "smote", "code"])
def test_every_classifier_learns_from_its_training_part_alone(given, name, sampling):
    """What came out of other rows would be another mean, another PCA, another model."""
    x, y, groups = given
    train, test = groups < "s09", groups >= "s09"
    model = pipelines.fitted(name, sampling, x[train], y[train], groups[train], AMOUNTS, 0)
    guess = model.predict(x[test])
    assert np.allclose(model.pipeline[0].mean_, x[train].mean(0), atol=1e-5)
    assert model.pipeline[1].n_components_ == 72
    assert f1_score(y[test], guess, average="macro") > 0.25  # chance is a seventh
    again = pipelines.fitted(name, sampling, x[train], y[train], groups[train], AMOUNTS, 0)
    assert np.array_equal(again.predict(x[test]), guess)
    assert model.fits == (7 if name == "flaml" else 1)


@pytest.mark.parametrize("name", ["lr", "rf"])
def test_the_pipeline_in_view_of_the_page_is_that_of_the_study(given, name):
    x, y, groups = given
    train = groups < "s09"
    steps = [
        ("scale", StandardScaler()),
        ("reduce", PCA(72, random_state=0)),
        ("sample", SMOTE(k_neighbors=3, random_state=0)),
    ]
    classifiers = {
        "lr": LogisticRegression(max_iter=2000),
        "rf": RandomForestClassifier(AMOUNTS.rf_trees, random_state=0),
    }
    model = Pipeline([*steps, ("classify", classifiers[name])]).fit(x[train], y[train])
    ours = pipelines.fitted(name, "smote", x[train], y[train], groups[train], AMOUNTS, 0)
    assert np.array_equal(model.predict(x), ours.predict(x))
    plain = clone(model).set_params(sample="passthrough").fit(x[train], y[train])
    ours = pipelines.fitted(name, "none", x[train], y[train], groups[train], AMOUNTS, 0)
    assert np.array_equal(plain.predict(x), ours.predict(x))
    assert not np.array_equal(plain.predict(x), model.predict(x))


def test_smote_before_the_split_in_view_of_the_page_is_that_of_the_study(given):
    x, y, groups = given
    model = pipelines.fitted("lr", "smote", x, y, groups, AMOUNTS, 0).pipeline
    reduced = clone(model)[:2].fit_transform(x)
    points, labels = SMOTE(k_neighbors=3, random_state=0).fit_resample(reduced, y)
    folds = StratifiedKFold(AMOUNTS.folds, shuffle=True, random_state=0)
    shown = cross_validate(
        LogisticRegression(max_iter=2000), points, labels, cv=folds, scoring="f1_macro"
    )
    study = smote_before_split.before_the_split(x, y, groups, replace(AMOUNTS, repeats=1), 0)
    study = study[study["order"] == smote_before_split.ORDERS[-1]]["macro_f1"]
    assert np.allclose(shown["test_score"], study)


def test_kept_steps_change_nothing(given, tmp_path):
    x, y, groups = given
    memory = joblib.Memory(tmp_path, verbose=0)
    for name, sampling in (("lr", "none"), ("lr", "smote"), ("rf", "smote")):
        kept = pipelines.fitted(name, sampling, x, y, groups, AMOUNTS, 0, 20, memory)
        alone = pipelines.fitted(name, sampling, x, y, groups, AMOUNTS, 0, 20)
        assert np.array_equal(kept.predict(x), alone.predict(x))
        assert kept.pipeline[1].n_components_ == 20


def test_labels_that_are_missing_do_not_move_the_others(given):
    """XGBoost wants whole numbers without a gap."""
    x, y, groups = given
    some = ~np.isin(y, (1, 4))
    model = pipelines.fitted("xgboost", "weights", x[some], y[some], groups[some], AMOUNTS, 0)
    assert set(model.predict(x)) <= {0, 2, 3, 5, 6}
    assert (model.predict(x[some]) == y[some]).mean() > 0.5


@pytest.mark.parametrize("name", ["lr", "rf", "xgboost"])
def test_weights_help_a_rare_class_that_is_hard_to_tell(name):
    chance = np.random.default_rng(0)
    y = np.repeat([0, 1], [400, 25])
    x = chance.normal(size=(425, 4)) + 0.8 * y[:, None]
    groups = np.arange(425).astype(str)
    recall = {}
    for sampling in ("none", "weights"):
        model = pipelines.fitted(name, sampling, x, y, groups, AMOUNTS, 0)
        fresh = chance.normal(size=(400, 4)) + 0.8
        recall[sampling] = (model.predict(fresh) == 1).mean()
    assert recall["weights"] > recall["none"]


def test_flaml_repeats_whatever_the_clock_says(given, monkeypatch, capfd):
    """By default it spends its trials where seconds are best spent."""
    x, y, groups = given
    real, found = time.time, []
    for jumps in (0, 1, 2):
        chance, late = random.Random(jumps), [0.0]

        def clock(chance=chance, late=late, jumps=jumps):
            late[0] += chance.random() * jumps
            return real() + late[0]

        monkeypatch.setattr(time, "time", clock)
        np.random.seed(jumps)  # noqa: NPY002 - what is drawn elsewhere must not matter
        model = flaml_classifier.Automl(12, None, pipelines.balanced, seed=3).fit(x, y, groups)
        found.append((model.chosen_, model.predict(x).tolist()))
    assert found[0] == found[1] == found[2]
    assert found[0][0]["trials"] == 12
    told = capfd.readouterr()
    assert told.out == told.err == ""


def test_flamls_inner_people_are_others_and_never_sampled(given, monkeypatch):
    x, y, groups = given
    train, held = flaml_classifier.inner_split(y, groups, 0)
    assert not set(groups[train]) & set(groups[held])
    assert len(train) + len(held) == len(y)
    seen = {}
    searched = flaml_classifier.Automl._searched

    def spied(self, x_train, y_train, weights, x_held, y_held):
        seen.update(train=len(x_train), counts=counts(y_train), held=x_held)
        return searched(self, x_train, y_train, weights, x_held, y_held)

    monkeypatch.setattr(flaml_classifier.Automl, "_searched", spied)
    pipelines.fitted("flaml", "smote", x, y, groups, AMOUNTS, 0)
    assert (seen["counts"] == counts(y[train]).max()).all()
    assert len(seen["held"]) == len(held)


def test_flaml_needs_people_for_its_inner_split(given):
    x, y, groups = given
    with pytest.raises(ValueError, match="needs 4 groups: give more people"):
        flaml_classifier.Automl(6).fit(x, y, np.where(groups > "s05", "a", "b"))


@pytest.fixture
def prepared(monkeypatch):
    """Rows, labels and weights as FLAML's search has them, which shuffles what it is given."""
    from flaml.automl.task import generic_task

    seen = []
    real = generic_task.GenericTask.prepare_data

    def spied(self, state, *more, **named):
        real(self, state, *more, **named)
        weights = state.fit_kwargs.get("sample_weight")
        seen.append((np.asarray(state.X_train), np.asarray(state.y_train), weights))

    monkeypatch.setattr(generic_task.GenericTask, "prepare_data", spied)
    return seen


@pytest.mark.filterwarnings("ignore:The max_iter was reached")
@pytest.mark.parametrize("learner", flaml_classifier.LEARNERS)
def test_what_flaml_chose_is_what_is_fitted_again(given, monkeypatch, prepared, learner):
    """A learner that changes its rows before it fits would be another model by itself."""
    x, y, groups = given
    searched, seen = flaml_classifier.Automl._searched, []

    def spied(self, *given):
        seen.append(searched(self, *given))
        return seen[-1]

    monkeypatch.setattr(flaml_classifier, "LEARNERS", (learner,))
    monkeypatch.setattr(flaml_classifier.Automl, "_searched", spied)
    model = flaml_classifier.Automl(3, None, pipelines.balanced, seed=1).fit(x, y, groups)
    rows, labels, weights = prepared[0]
    alone = clone(seen[0].model.estimator).fit(rows, labels, sample_weight=weights)
    assert np.array_equal(alone.predict(x), seen[0].predict(x))
    assert model.chosen_["learner"] == learner


def test_flaml_repeats_no_rows_of_its_own(given, prepared):
    x, y, groups = given
    kept = np.setdiff1d(np.arange(len(y)), np.flatnonzero(y == 1)[6:])
    flaml_classifier.Automl(3).fit(x[kept], y[kept], groups[kept])
    train, _ = flaml_classifier.inner_split(y[kept], groups[kept], 0)
    assert [len(rows) for rows, *_ in prepared] == [len(train)]


def test_an_emotion_that_one_person_shows_does_not_stop_flaml(given):
    x, y, groups = given
    only = groups[y == 1][0]
    kept = (y != 1) | (groups == only)
    x, y, groups = x[kept], y[kept], groups[kept]
    for seed in range(6):
        train, held = flaml_classifier.inner_split(y, groups, seed)
        assert set(y[train]) == set(y)
        assert set(y[held]) <= set(y[train])
    flaml_classifier.Automl(3).fit(x, y, groups)
