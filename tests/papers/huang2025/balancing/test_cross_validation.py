"""Cross-validation: people apart, images judged once, a leak seen, tests by hand, same bits."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from fer_lib.evaluation.bootstrap import Interval, bootstrap
from fer_lib.labels import EMOTIONS
from fer_lib.papers.huang2025 import budget
from fer_lib.papers.huang2025.balancing import cross_validation, paired_scores, smote_before_split
from fer_lib.papers.huang2025.balancing.cross_validation import Arm
from fer_lib.papers.huang2025.corrected_t_test import wider
from fer_lib.settings import Settings
from tests.helpers import made_features

NONE, SMOTE = Arm("both", "lr", "none"), Arm("both", "lr", "smote")
WEIGHTS, FLAML = Arm("both", "lr", "weights"), Arm("both", "flaml", "smote")
FEW = (NONE, WEIGHTS, SMOTE, FLAML, Arm("both", "rf", "smote"), Arm("both", "xgboost", "weights"))
FEW += (Arm("cnn without PCA", "lr", "none"), Arm("lbp", "lr", "none"))


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A folder of made-up features, as the study before leaves it."""
    folder = tmp_path_factory.mktemp("features")
    table = made_features.table(images=240, groups=12)
    spaces = made_features.spaces(table, skill=0.25)
    np.save(folder / "cnn.npy", spaces["CNN"])
    np.save(folder / "lbp.npy", spaces["LBP"])
    table.to_parquet(folder / "table.parquet")
    (folder / "about.json").write_text(json.dumps({"weights": {"name": "made up"}}))
    return folder


def made(stored, folder, profile="smoke"):
    folder.mkdir()
    asked = Settings("rendered_micro", "", profile, 0)
    told = cross_validation.make(asked, {"micro_features": stored}, folder)
    (folder / "about.json").write_text(json.dumps(told))
    return folder


@pytest.fixture(scope="module")
def place(stored, tmp_path_factory):
    amounts = replace(budget.get("smoke"), repeats=2, folds=3, rf_trees=5, boost_rounds=2)
    root = tmp_path_factory.mktemp("scores")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(budget, "get", lambda _profile: amounts)
        patch.setattr(cross_validation, "ARMS", FEW)
        yield made(stored, root / "one"), made(stored, root / "two")


@pytest.fixture(scope="module")
def found(place):
    return cross_validation.read(place[0])


def test_two_runs_leave_the_same_bytes_but_for_the_seconds(place):
    def sums(folder):
        return {
            f: hashlib.sha256((folder / f).read_bytes()).hexdigest() for f in cross_validation.FILES
        }

    one, two = map(sums, place)
    assert {f for f in one if one[f] != two[f]} <= {"times.parquet"}


def test_every_image_is_judged_once_a_repeat_by_a_model_that_never_saw_its_person(found):
    assert found.guesses.shape == (len(cross_validation.ARMS), 2, len(found.images))
    assert found.guesses.max() < len(EMOTIONS)
    groups = found.images["group"].to_numpy()
    seen = np.zeros((2, len(groups)), int)
    amounts = replace(budget.get("smoke"), repeats=2, folds=3)
    seeds = set()
    for repeat, _, seed, train, test in cross_validation.splits(found.truth, groups, amounts, 0):
        assert not set(groups[train]) & set(groups[test])
        seen[repeat, test] += 1
        seeds.add(seed)
    assert (seen == 1).all()
    assert len(seeds) == 6


def test_rows_are_the_scores_of_the_stored_answers(found):
    groups = found.images["group"].to_numpy()
    amounts = replace(budget.get("smoke"), repeats=2, folds=3)
    for arm in (NONE, SMOTE, FLAML):
        rows = found.rows_of(arm)
        assert len(rows) == 6
        splits = cross_validation.splits(found.truth, groups, amounts, 0)
        for (repeat, *_, test), row in zip(splits, rows.itertuples(), strict=True):
            right = found.of(arm)[repeat, test] == found.truth[test]
            fear = found.truth[test] == EMOTIONS.index("fear")
            assert row.accuracy == pytest.approx(right.mean())
            assert row.recall_fear == pytest.approx(right[fear].mean())


def test_fits_are_counted_and_flamls_choices_kept(found):
    per = found.rows.groupby("classifier")["fits"].unique()
    assert all(per[name].tolist() == [1] for name in ("lr", "rf", "xgboost"))
    trials = budget.get("smoke").flaml_trials
    assert per["flaml"].tolist() == [trials + 1]
    assert (found.chosen["trials"] == trials).all()
    assert len(found.chosen) == 6
    assert len(found.times) == len(found.rows)


def test_smote_before_the_split_is_seen_to_leak(found):
    """The features know the person: the same classifier scores higher with each leak."""
    sound = found.rows_of(SMOTE)["macro_f1"].mean()
    of = {order: found.leak[found.leak["order"] == order] for order in smote_before_split.ORDERS}
    by_image, _, _, by_point = (rows["macro_f1"].mean() for rows in of.values())
    assert by_point > by_image + 0.1
    assert by_point > sound + 0.1
    points = of[smote_before_split.ORDERS[-1]]
    whole = 7 * np.bincount(found.truth).max()
    assert points.groupby("repeat")["test_points"].sum().tolist() == [whole, whole]
    assert (points.groupby("repeat")["synthetic"].sum() == whole - len(found.truth)).all()


def test_real_test_images_are_scored_apart_from_synthetic_points(found):
    of = {order: found.leak[found.leak["order"] == order] for order in smote_before_split.ORDERS}
    real, alike, points = (
        of[order].reset_index(drop=True) for order in smote_before_split.ORDERS[1:]
    )
    for rows in (real, alike):
        assert (rows.groupby("repeat")["test_points"].sum() == len(found.truth)).all()
        assert (rows["synthetic"] == 0).all()
    assert (real["test_points"] + points["synthetic"] == points["test_points"]).all()
    recalls = [f"recall_{name}" for name in EMOTIONS]
    pd.testing.assert_frame_equal(real[recalls], alike[recalls])
    assert alike["accuracy"].to_numpy() == pytest.approx(alike[recalls].mean(axis=1))


def test_answers_that_count_twice_are_like_answers_given_twice():
    truth, guess = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 1, 2, 2])
    weights = np.array([1, 2, 1, 1, 3])
    often = smote_before_split.scored(np.repeat(truth, weights), np.repeat(guess, weights))
    assert smote_before_split.scored(truth, guess, weights) == pytest.approx(often, nan_ok=True)


def test_too_few_people_are_refused(found):
    groups = np.where(np.arange(len(found.truth)) % 2, "a", "b")
    with pytest.raises(ValueError, match="3 folds need as many groups: give more people"):
        list(cross_validation.splits(found.truth, groups, replace(budget.get("smoke"), folds=3), 0))


def test_an_arm_that_was_not_trained_is_refused(found):
    with pytest.raises(ValueError, match="was not trained"):
        found.of(Arm("lbp", "flaml", "none"))


def test_scores_and_intervals_are_those_of_the_plain_bootstrap(found):
    """The weighted one is hundreds of times faster; on one repeat both are the same thing."""
    one = replace(found, guesses=found.guesses[:, :1])
    mine = paired_scores.scored(one, NONE, 200)
    truth, guess = one.truth, one.of(NONE)[0]

    def plain(rows):
        return smote_before_split.scored(truth[rows], guess[rows])

    theirs = bootstrap(one.images["group"].to_numpy(), plain, 200)
    for name in ("accuracy", "macro F1", "weighted F1", "recall of fear"):
        a, b = mine[name], theirs[paired_scores.COLUMNS[name]]
        assert a.value == pytest.approx(b.value)
        assert a.groups == b.groups == 12
        assert abs(a.low - b.low) < 0.04
        assert abs(a.high - b.high) < 0.04


def test_a_difference_is_the_difference_and_pairing_shortens_it(found):
    gained = paired_scores.difference(found, [(SMOTE, NONE)], 300)
    for name, value in paired_scores.scored(found, SMOTE, 300).items():
        other = paired_scores.scored(found, NONE, 300)[name]
        assert gained[name].value == pytest.approx(value.value - other.value)
        assert gained[name].low <= gained[name].value <= gained[name].high
    apart = paired_scores.scored(found, SMOTE, 300)["accuracy"]
    assert gained["accuracy"].high - gained["accuracy"].low < 1.4 * (apart.high - apart.low)
    nothing = paired_scores.difference(found, [(SMOTE, SMOTE)], 300)["macro F1"]
    assert (nothing.value, nothing.low, nothing.high) == (0, 0, 0)
    mean = paired_scores.difference(found, [(SMOTE, NONE), (NONE, SMOTE)], 300)["macro F1"]
    assert mean.value == pytest.approx(0)


def test_a_planted_gain_is_found(found):
    """Answers of which half of the fearful are put right: recall rises, and no score falls."""
    fearful = np.flatnonzero(found.truth == EMOTIONS.index("fear"))
    guesses = found.guesses.copy()
    place = cross_validation.ARMS.index(WEIGHTS)
    guesses[place] = guesses[cross_validation.ARMS.index(NONE)]
    guesses[place][:, fearful[::2]] = EMOTIONS.index("fear")
    gained = paired_scores.difference(replace(found, guesses=guesses), [(WEIGHTS, NONE)], 300)
    assert gained["recall of fear"].low > 0.05
    assert gained["macro F1"].value > 0
    assert gained["recall of sad"].value == 0


def rows(values, train=80, test=20):
    return pd.DataFrame(
        {"repeat": 0, "fold": range(len(values)), "seed": 0, "train": train, "test": test}
        | {"accuracy": values}
    )


def test_the_corrected_t_is_nadeau_and_bengios_by_hand():
    first, second = rows([0.5, 0.6, 0.7, 0.5]), rows([0.4, 0.5, 0.7, 0.4])
    found = paired_scores.corrected_t(first, second, "accuracy")
    each = np.array([0.1, 0.1, 0.0, 0.1])
    t = each.mean() / (each.std(ddof=1) * np.sqrt(1 / 4 + 20 / 80))
    assert found.t == pytest.approx(t)
    assert found.p == pytest.approx(2 * stats.t.sf(t, 3))
    assert found.effect == pytest.approx(each.mean() / each.std(ddof=1))
    assert found.interval.value == pytest.approx(0.075)
    assert found.folds == 4
    usual = stats.ttest_rel(first["accuracy"], second["accuracy"])
    assert found.p > usual.pvalue


def test_the_corrected_t_holds_its_level_where_the_usual_one_does_not():
    """Folds that share training images: no difference, and yet their differences hang together."""
    chance = np.random.default_rng(0)
    wrong = {"usual": 0, "corrected": 0}
    for _ in range(200):
        shared = chance.normal(scale=np.sqrt(0.2))
        each = shared + chance.normal(scale=np.sqrt(0.8), size=10)
        first, second = rows(each), rows(np.zeros(10))
        wrong["corrected"] += paired_scores.corrected_t(first, second, "accuracy").p < 0.05
        wrong["usual"] += stats.ttest_1samp(each, 0).pvalue < 0.05
    assert wrong["usual"] / 200 > 0.15
    assert wrong["corrected"] / 200 < 0.08


def test_folds_without_a_value_are_left_out_and_none_gives_no_test():
    first, second = rows([0.5, np.nan, 0.7]), rows([0.4, 0.5, 0.5])
    assert paired_scores.corrected_t(first, second, "accuracy").folds == 2
    assert np.isnan(paired_scores.corrected_t(first[:1], second[:1], "accuracy").p)
    same = paired_scores.corrected_t(second, second, "accuracy")
    assert (same.p, same.interval.low) == (1.0, 0.0)


def test_arms_of_other_folds_are_not_compared():
    with pytest.raises(ValueError, match="not measured on the same folds"):
        paired_scores.corrected_t(rows([0.5, 0.6]), rows([0.5, 0.6], test=19), "accuracy")


def test_holm_is_over_all_tests_given():
    first = rows([0.5, 0.61, 0.7, 0.52])
    one = paired_scores.corrected_t(first, rows([0.4, 0.5, 0.6, 0.4]), "accuracy")
    two = paired_scores.corrected_t(first, rows([0.5, 0.5, 0.7, 0.6]), "accuracy")
    found = paired_scores.holm([one, two])
    assert found[0].p_holm == pytest.approx(2 * one.p)
    assert found[1].p_holm == pytest.approx(max(2 * one.p, two.p))


def test_answers_that_are_rare_emotions_are_counted(found):
    gained = paired_scores.difference(found, [(SMOTE, NONE)], 100)
    rare = [EMOTIONS.index(name) for name in paired_scores.MINORITY]
    share = np.isin(found.of(SMOTE), rare).mean() - np.isin(found.of(NONE), rare).mean()
    assert gained[paired_scores.RARE_ANSWERS].value == pytest.approx(share)


def test_the_mean_of_arms_is_taken_fold_by_fold(found):
    frames = [found.rows_of(NONE), found.rows_of(SMOTE)]
    mean = paired_scores.mean_rows(frames)
    expected = (frames[0]["macro_f1"].to_numpy() + frames[1]["macro_f1"].to_numpy()) / 2
    assert mean["macro_f1"].to_numpy() == pytest.approx(expected)
    half = paired_scores.corrected_t(mean, frames[0], "macro F1").interval.value
    whole = paired_scores.corrected_t(frames[1], frames[0], "macro F1").interval.value
    assert half == pytest.approx(whole / 2)


def test_the_wider_interval_holds_both_and_needs_both():
    people, folds = Interval(0.1, 0.05, 0.2, 12), Interval(0.1, -0.01, 0.15, 10)
    assert wider(people, folds) == Interval(0.1, -0.01, 0.2, 12)
    assert np.isnan(wider(people, Interval(0.1, np.nan, np.nan, 1)).low)


def test_of_several_differences_the_one_with_least_decides():
    wide, short = Interval(0.2, -0.1, 0.5, 9), Interval(0.02, 0.01, 0.03, 9)
    below, unknown = Interval(-0.02, -0.03, -0.01, 9), Interval(0.3, np.nan, np.nan, 1)
    assert paired_scores.weakest({"a": short, "b": wide}) == "b"
    assert paired_scores.weakest({"a": short, "b": wide, "c": below}) == "c"
    assert paired_scores.weakest({"a": short, "b": unknown, "c": wide}) == "b"
    assert paired_scores.weakest({"a": short}) == "a"


def test_a_reader_without_one_emotion_is_told_so_and_not_given_a_zero(
    stored, tmp_path, monkeypatch
):
    table = pd.read_parquet(stored / "table.parquet")
    kept = (table["emotion"] != "fear").to_numpy()
    less = tmp_path / "less"
    less.mkdir()
    table[kept].reset_index(drop=True).to_parquet(less / "table.parquet")
    for name in ("cnn.npy", "lbp.npy"):
        np.save(less / name, np.load(stored / name)[kept])
    (less / "about.json").write_text("{}")
    monkeypatch.setattr(cross_validation, "ARMS", FEW)
    found = cross_validation.read(made(less, tmp_path / "scores"))
    told = paired_scores.scored(found, SMOTE, 50)
    assert np.isnan(told["recall of fear"].value) and np.isnan(told["recall of fear"].low)
    assert 0 < told["macro F1"].value < 1 and told["recall of disgust"].low >= 0
    change = paired_scores.difference(found, [(SMOTE, NONE)], 50)
    assert np.isnan(change["recall of fear"].value) and not np.isnan(change["accuracy"].low)


def test_where_no_class_is_rarer_there_is_nothing_to_raise():
    chance = np.random.default_rng(0)
    emotion, groups = np.tile(np.arange(7), 8), np.repeat(np.arange(8), 7)
    found = smote_before_split.before_the_split(
        chance.normal(size=(56, 20)),
        emotion,
        groups,
        replace(budget.get("smoke"), folds=2, repeats=1),
        0,
    )
    assert set(found["order"]) == set(smote_before_split.ORDERS) and (found["synthetic"] == 0).all()
