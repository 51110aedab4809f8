"""Ratios are what was asked for at one training size, lots are fair, the test part is untouched."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from fer_lib.data.schema import DataError
from fer_lib.labels import EMOTIONS
from fer_lib.papers.huang2025 import printed_code, printed_settings
from fer_lib.papers.huang2025.causal import (
    randomised_experiment,
    settings_table,
    treatment_assignment,
    treatment_effects,
)
from fer_lib.papers.huang2025.causal.treatment_assignment import (
    BALANCED,
    BY_LARGEST,
    BY_MINORITY,
    GIVEN,
    MINORITY,
    NONE,
    SMOTE,
)
from tests.helpers import made_features

TABLE = made_features.table()
SPACES = made_features.spaces(TABLE)


@pytest.fixture(autouse=True, scope="module")
def small_forests():
    patch = pytest.MonkeyPatch()
    patch.setattr(randomised_experiment, "TREES", 8)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def experiment(small_forests):
    return randomised_experiment.experiment(TABLE, SPACES, 24, 0)


@pytest.mark.parametrize("ratio", [0.5, 0.62, 0.7, 0.9])
def test_sizes_make_the_ratio_at_one_training_size(ratio):
    counts = treatment_assignment.sizes(500, ratio)
    assert sum(counts.values()) == 500
    assert counts["fear"] == counts["disgust"]
    majority = [n for e, n in counts.items() if e not in MINORITY]
    assert max(majority) - min(majority) <= 1
    assert treatment_assignment.realised(counts) == pytest.approx(ratio, abs=0.01)
    assert 1 - counts["fear"] / np.mean(majority) == treatment_assignment.realised(counts)


def test_the_second_definition_is_the_share_of_the_largest_class():
    counts = treatment_assignment.sizes(200, 0.6, BY_LARGEST)
    assert sum(counts.values()) == 200
    assert counts["happy"] / 200 == pytest.approx(0.6, abs=0.02)
    assert len({n for e, n in counts.items() if e != "happy"}) == 1
    assert treatment_assignment.realised(counts, BY_LARGEST) == counts["happy"] / 200


@pytest.mark.parametrize("ratio", [-0.1, 1.0, 1.5])
def test_an_impossible_ratio_is_refused(ratio):
    with pytest.raises(ValueError, match="give 0 or more, below 1"):
        treatment_assignment.sizes(500, ratio)


def test_an_unknown_definition_and_too_few_images_are_refused():
    with pytest.raises(ValueError, match="unknown definition 'entropy': choose minority, largest"):
        treatment_assignment.sizes(500, 0.5, "entropy")
    with pytest.raises(ValueError, match="10 training images are too few"):
        treatment_assignment.sizes(10, 0.5)


def test_splits_share_no_subject_and_have_every_emotion():
    pool = treatment_assignment.divisions(TABLE, 6, 0)
    assert len({one.test.tobytes() for one in pool}) == 6
    for one in pool:
        sides = [TABLE.iloc[rows] for rows in (one.train, one.test)]
        assert not set(sides[0]["group"]) & set(sides[1]["group"])
        assert all(set(side["emotion"]) == set(EMOTIONS) for side in sides)
        assert len(one.train) + len(one.test) == len(TABLE)


def test_too_few_subjects_are_refused():
    with pytest.raises(ValueError, match="3 subjects: load 4 or more"):
        treatment_assignment.divisions(TABLE[TABLE["group"].isin(["s00", "s01", "s02"])], 3, 0)
    one_person = TABLE[(TABLE["emotion"] != "fear") | (TABLE["group"] == TABLE["group"][0])]
    with pytest.raises(ValueError, match="0 of 3 splits by subject have every emotion"):
        treatment_assignment.divisions(one_person, 3, 0)


def test_data_without_a_rare_emotion_are_refused_with_the_folder_and_the_cure(
    tmp_path, monkeypatch
):
    without = TABLE["emotion"].to_numpy() != "fear"
    held = SimpleNamespace(
        table=TABLE[without],
        cnn=SPACES["CNN"][without],
        lbp=SPACES["LBP"][without],
        both=SPACES["CNN + LBP"][without],
    )
    monkeypatch.setattr(randomised_experiment.features, "read", lambda folder: held)
    asked = SimpleNamespace(profile="smoke", data="micro_folders", data_root="/my/faces", seed=0)
    with pytest.raises(DataError, match=r"^/my/faces has fewer than 4 .* with fear, .*: restore"):
        randomised_experiment.make(asked, {"micro_features": tmp_path}, tmp_path)
    # Copies of one image are one group, which cannot stand on both sides.
    copied = TABLE[(TABLE["emotion"] != "disgust") | (TABLE["group"] == TABLE["group"][0])]
    with pytest.raises(DataError, match=r"the data set has fewer than 4 .* with disgust"):
        treatment_assignment.usable(copied)


@pytest.mark.parametrize("lost", ["neutral", "happy"])
def test_without_another_emotion_the_others_are_tried(lost):
    rows = (TABLE["emotion"] != lost).to_numpy()
    runs, told = randomised_experiment.experiment(
        TABLE[rows].reset_index(drop=True), {k: x[rows] for k, x in SPACES.items()}, 12, 0
    )
    assert told["emotions"] == [e for e in EMOTIONS if e != lost] and told["left_out"] == {}
    assert runs[f"recall of {lost}"].isna().all()
    known = runs[["macro F1", *[f"recall of {e}" for e in told["emotions"]]]]
    assert known.notna().all(axis=None)
    first = runs[runs["definition"] == BY_MINORITY]
    assert first["realised"].to_numpy() == pytest.approx(first["imbalance"].to_numpy(), abs=0.06)
    largest = treatment_assignment.largest_class(told["emotions"])
    assert largest == ("angry" if lost == "happy" else "happy")


def test_images_of_an_emotion_of_too_few_people_are_left_out(experiment):
    one = TABLE["group"] == TABLE["group"][0]
    rows = ((TABLE["emotion"] != "sad") | one).to_numpy()
    runs, told = randomised_experiment.experiment(
        TABLE[rows], {k: x[rows] for k, x in SPACES.items()}, 12, 0
    )
    assert told["left_out"] == {"sad": int((one & (TABLE["emotion"] == "sad")).sum())}
    assert "sad" not in told["emotions"] and runs["recall of sad"].isna().all()
    assert experiment[1]["left_out"] == {} and experiment[1]["emotions"] == list(EMOTIONS)


def test_the_size_is_the_largest_that_every_split_allows():
    pool = treatment_assignment.divisions(TABLE, 4, 0)
    total = treatment_assignment.largest_total(TABLE, pool)
    emotion = TABLE["emotion"].to_numpy()
    least = {e: min((emotion[one.train] == e).sum() for one in pool) for e in EMOTIONS}

    def fits(size):
        ends = (treatment_assignment.sizes(size, 0.5), treatment_assignment.sizes(size, 0.9))
        return all(counts[e] <= least[e] for counts in ends for e in EMOTIONS)

    assert fits(total) and not fits(total + 1)
    few = TABLE.groupby("emotion").head(2)
    halves = [treatment_assignment.Division(np.arange(0, len(few), 2), np.arange(1, len(few), 2))]
    with pytest.raises(ValueError, match="too few for imbalance ratios"):
        treatment_assignment.largest_total(few, halves)


def test_lots_are_fair_and_drawn_apart():
    plan = treatment_assignment.plan(1200, 20, 0)
    for classifier, treatments in GIVEN.items():
        counts = plan.loc[plan["classifier"] == classifier, "treatment"].value_counts()
        assert set(counts.index) == set(treatments)
        assert counts.max() - counts.min() <= 1
    assert plan["imbalance"].between(0.5, 0.9).all()
    # Nothing that was settled before tells who is treated.
    able = plan[plan["treatment"].isin([NONE, SMOTE])]
    treated = (able["treatment"] == SMOTE).astype(float)
    for column in ("imbalance", "split"):
        assert abs(np.corrcoef(able[column], treated)[0, 1]) < 0.1
    assert plan.groupby("features").size().nunique() == 1
    with pytest.raises(ValueError, match="5 runs: give 12 or more"):
        treatment_assignment.plan(5, 3, 0)


def test_pairs_differ_in_nothing_but_balance_and_smote():
    pairs = treatment_assignment.pairs(48, 20, 0)
    assert len(pairs) == 96
    for _, (smote, balanced) in ((k, part.to_dict("records")) for k, part in pairs.groupby("pair")):
        assert (smote["treatment"], balanced["treatment"]) == (SMOTE, NONE)
        assert 0.5 <= smote["imbalance"] <= 0.9 and balanced["imbalance"] == 0
        same = ("definition", "split", "classifier", "features")
        assert [smote[name] for name in same] == [balanced[name] for name in same]
    assert pairs.groupby("features").size().nunique() == 1
    with pytest.raises(ValueError, match="0 pairs: give 1 or more"):
        treatment_assignment.pairs(0, 3, 0)


def test_pairs_have_alike_classes_and_stay_out_of_the_comparison(experiment):
    rows, told = experiment
    pairs = rows[rows["definition"] == BALANCED]
    balanced = pairs[pairs["treatment"] == NONE]
    assert (balanced["majority"] - balanced["minority"]).max() <= 1
    sizes = [
        sum(treatment_assignment.sizes(told["training_images"][BALANCED], r, BALANCED).values())
        for r in pairs["imbalance"]
    ]
    assert set(sizes) == {told["training_images"][BALANCED]}
    of = treatment_effects.contrast(rows, SMOTE)
    assert set(of.rows["definition"]) == {BY_MINORITY} and set(of.rows["pair"]) == {-1}
    # A run is the same however many pairs are added.
    assert rows["pair"].iloc[:36].eq(-1).all() and rows["pair"].iloc[36:].ge(0).all()


def test_a_run_that_was_not_compared_by_lot_tells_what_smote_leaves():
    """Planted: with SMOTE rare emotions stay harder, beyond what all data have."""
    pairs = treatment_assignment.pairs(60, 20, 0)
    chance = np.random.default_rng(0)
    of_split = chance.normal(0, 0.1, 20)[pairs["split"]]
    treated = (pairs["treatment"] == SMOTE).to_numpy(float)
    pairs["gap"] = 0.3 + of_split + chance.normal(0, 0.03, len(pairs)) + 0.1 * treated
    found = treatment_effects.beside_balance(pairs, "gap")
    assert found.low < 0.1 < found.high and found.low > 0.05
    pairs["gap"] -= 0.1 * treated
    nothing = treatment_effects.beside_balance(pairs, "gap")
    assert nothing.low < 0 < nothing.high
    with pytest.raises(ValueError, match="no runs in pairs"):
        treatment_effects.beside_balance(treatment_assignment.plan(24, 3, 0), "imbalance")


def test_settings_are_read_not_retyped(experiment, monkeypatch):
    about = experiment[1] | {"profile": "smoke"}
    table = settings_table.table(about).set_index("setting")
    known = printed_settings.load().set_index("setting")
    assert table.loc["focal loss", "paper"] == known.loc["focal loss", "text"]
    assert table.loc["PCA", "here"].startswith(f"{randomised_experiment.pca.DIMENSIONS},")
    assert f"{randomised_experiment.NEIGHBOURS} neighbours" in table.loc["SMOTE", "here"]
    assert known.loc["neighbours of SMOTE", "code"] in table.loc["SMOTE", "public code"]
    assert str(about["training_images"][BALANCED]) in table["here"]["runs with balanced images"]
    for tag in table["from"]:
        assert tag.startswith(("text", "code", "our choice", "neighbours: code"))
    silent = table[(table["paper"] == "–") & (table["public code"] == "–")]
    assert set(silent["from"]) == {"our choice"}
    wrong = {"experiment": [{"setting": "a", "of": ["no such setting"]}]}
    monkeypatch.setattr(printed_code, "load", lambda part: wrong)
    with pytest.raises(ValueError, match=r"'a' of the experiment refers to .'no such setting'"):
        settings_table.table(about)


def test_runs_are_what_was_planned(experiment):
    rows, told = experiment
    assert told["runs"] == {BY_MINORITY: 24, BY_LARGEST: 12, BALANCED: 24}
    for run in rows.itertuples():
        total = told["training_images"][run.definition]
        counts = treatment_assignment.sizes(total, run.imbalance, run.definition)
        assert (run.minority, run.majority) == (min(counts.values()), max(counts.values()))
        # SMOTE brings every class to the size of the largest; nothing else adds a row.
        added = sum(max(counts.values()) - n for n in counts.values())
        assert run.synthetic == (added if run.treatment == SMOTE else 0)
    scores = rows[["macro F1", "accuracy", *[f"recall of {e}" for e in EMOTIONS]]]
    assert scores.notna().all().all() and scores.stack().between(0, 1).all()
    assert rows["accuracy"].mean() > 0.5  # planted; by chance a seventh


def test_the_same_seed_gives_the_same_runs(experiment):
    again, _ = randomised_experiment.experiment(TABLE, SPACES, 24, 0)
    pd.testing.assert_frame_equal(experiment[0], again, check_exact=True)
    other, _ = randomised_experiment.experiment(TABLE, SPACES, 24, 1)
    assert not other["macro F1"].equals(again["macro F1"])


def test_scores_are_those_of_the_test_part_alone():
    """With labels of the test part shuffled, what was learnt cannot be seen there."""
    pool = treatment_assignment.divisions(TABLE, 2, 0)
    emotion = TABLE["emotion"].to_numpy()
    space = SPACES["CNN"].astype(float)
    parts = space[pool[0].train], space[pool[0].test]
    truth = emotion[pool[0].train], emotion[pool[0].test]
    run = SimpleNamespace(
        classifier=treatment_assignment.LR, treatment=SMOTE, definition=BY_MINORITY, Index=0
    )
    counts = treatment_assignment.sizes(treatment_assignment.largest_total(TABLE, pool), 0.6)

    def scored(labels):
        return randomised_experiment.one_run(parts, labels, counts, run, np.random.default_rng(0))

    shuffled = truth[0], np.random.default_rng(1).permutation(truth[1])
    assert scored(truth)["accuracy"] > 0.5 > 0.3 > scored(shuffled)["accuracy"]


def test_a_class_without_enough_images_is_named():
    truth = np.array(["fear"] * 3 + ["happy"] * 9), np.array(["fear", "happy"])
    parts = np.zeros((12, 2)), np.zeros((2, 2))
    run = SimpleNamespace(
        classifier=treatment_assignment.LR, treatment=NONE, definition=BY_MINORITY
    )
    with pytest.raises(ValueError, match="3 images of fear, not 5: load more subjects"):
        randomised_experiment.one_run(parts, truth, {"fear": 5}, run, np.random.default_rng(0))


def test_a_study_writes_what_it_reads(tmp_path, monkeypatch, experiment):
    held = SimpleNamespace(
        table=TABLE,
        cnn=SPACES["CNN"],
        lbp=SPACES["LBP"],
        both=SPACES["CNN + LBP"],
    )
    monkeypatch.setattr(randomised_experiment.features, "read", lambda folder: held)
    monkeypatch.setattr(
        randomised_experiment.budget, "get", lambda profile: SimpleNamespace(runs=24)
    )
    asked = SimpleNamespace(profile="smoke", data="rendered_micro", data_root="", seed=0)
    told = randomised_experiment.make(asked, {"micro_features": tmp_path}, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == list(randomised_experiment.FILES)
    assert told == experiment[1]
    pd.testing.assert_frame_equal(randomised_experiment.read(tmp_path), experiment[0])
