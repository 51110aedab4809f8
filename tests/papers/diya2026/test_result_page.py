"""What the result pages stand on: curves, histories, sentences as scores, tables looked behind."""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.page import tables
from fer_lib.evaluation import ledgers, metrics, over_seeds
from fer_lib.evaluation.counts_by_subject import tally
from fer_lib.labels import AUTHENTICITY, EMOTIONS
from fer_lib.papers.diya2026 import (
    confusion_claims,
    learning_curves,
    matrices_behind_tables,
    result_page,
)
from fer_lib.papers.diya2026.task import TASK
from fer_lib.training.run import Run
from tests.evaluation.test_over_seeds import faces


def run(history=None, seed=0, sets=("validation", "test")):
    parts = [faces(seed=seed).assign(set=name) for name in sets]
    about = {"seed": seed, "data": "rendered46", "task": asdict(TASK)}
    return Run(Path(), about, history, pd.concat(parts))


def history(**columns):
    frame = pd.DataFrame(columns)
    return frame.assign(epoch=range(1, len(frame) + 1))


def predicted(rows):
    """Return predictions from (group, true emotion, named emotion), authenticity always right."""
    table = pd.DataFrame(rows, columns=["group", "emotion", "named"])
    table = table.assign(authenticity="fake", p_genuine=0.1, image_id=table.index.astype(str))
    for name in EMOTIONS:
        table[f"p_{name}"] = (table["named"] == name).astype(float)
    return table


# --- curves and histories


def test_the_mean_curve_of_one_seed_is_its_curve():
    truth, score = np.array([0, 1, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8, 0.9])
    alone = learning_curves.mean_curve([(truth, score)], 11)
    assert alone.equals(metrics.curve_points(truth, score, 11))


def test_seeds_are_not_ranked_against_each_other():
    # Each seed orders its images perfectly, on scales that do not meet.
    truth = np.array([0, 0, 1, 1])
    low, high = np.array([0.1, 0.11, 0.12, 0.13]), np.array([0.8, 0.81, 0.9, 0.91])
    found = learning_curves.mean_curve([(truth, low), (truth, high)])
    assert (found["precision at this recall"] == 1).all()


def test_every_tenth_point_of_each_curve():
    curve = learning_curves.mean_curve([(np.array([0, 1]), np.array([0.2, 0.9]))])
    found = learning_curves.tenths({"a": curve, "b": curve}, "emotion")
    assert found["rate"].tolist() == pytest.approx([*np.linspace(0, 1, 11)] * 2)
    assert found["emotion"].tolist() == ["a"] * 11 + ["b"] * 11


def test_the_gap_is_that_of_the_kept_epoch():
    told = history(
        train_emotion_accuracy=[0.5, 0.9, 1.0],
        val_emotion_accuracy=[0.5, 0.8, 0.6],
        best=[False, True, False],
    )
    assert learning_curves.gap(run(told), "emotion") == pytest.approx(0.1)


def test_rises_of_a_loss():
    told = history(val_loss=[1.0, 0.8, 0.9, 0.7, 0.7, 0.75])
    assert learning_curves.rises(run(told), "val_loss") == 2


def test_epochs_until_nine_tenths_of_the_way():
    told = history(val_emotion_accuracy=[0.2, 0.5, 0.93, 0.92, 1.0])
    assert learning_curves.epochs_to(run(told), "val_emotion_accuracy") == 3
    flat = history(val_emotion_accuracy=[0.5, 0.4])
    assert np.isnan(learning_curves.epochs_to(run(flat), "val_emotion_accuracy"))


def test_an_interval_over_seeds_is_students():
    found = learning_curves.over_seeds([1.0, 2.0, 3.0])
    assert found.value == 2
    assert found.high - 2 == pytest.approx(4.3027 / np.sqrt(3), abs=1e-3)
    assert np.isnan(learning_curves.over_seeds([1.0]).low)
    assert np.isnan(learning_curves.over_seeds([float("nan")]).value)
    assert learning_curves.over_seeds([1.0, float("nan"), 3.0]).groups == 2


# --- sentences


def test_all_errors_between_two_emotions_are_noticed():
    rows = [(f"s{k}", e, e) for k in range(5) for e in EMOTIONS]
    rows += [("s0", "angry", "sad"), ("s1", "sad", "angry")]
    of = tally(predicted(rows), TASK["emotion"])
    ones = np.ones((1, len(of.groups)))
    mixed = confusion_claims.confused_more_than_average("angry", "sad")(of, ones)
    assert mixed["share"][0] == 1
    assert mixed["excess"][0] == pytest.approx(1 - 1 / 21)
    other = confusion_claims.confused_more_than_average("fear", "happy")(of, ones)
    assert other["excess"][0] == pytest.approx(-1 / 21)


def test_without_an_error_nothing_is_confused():
    of = tally(predicted([("s0", e, e) for e in EMOTIONS]), TASK["emotion"])
    assert np.isnan(
        confusion_claims.confused_more_than_average("angry", "sad")(of, np.ones((1, 1)))["share"]
    )


def test_a_model_that_calls_all_genuine_is_biased():
    table = faces().assign(p_genuine=0.9)
    of = [tally(table, TASK["authenticity"])]
    found = over_seeds.over_seeds(of, 50, 0, confusion_claims.recall_gap(("genuine",), ("fake",)))[
        "gap"
    ]
    assert (found.value, found.low) == (1, 1)
    recall = over_seeds.over_seeds(of, 50, 0, confusion_claims.recall_of("fake"))["recall"]
    assert recall.value == 0


def test_the_recall_gap_takes_means_of_classes():
    rows = [("s0", e, e) for e in EMOTIONS] + [("s0", "sad", "fear"), ("s0", "surprise", "fear")]
    of = tally(predicted(rows), TASK["emotion"])
    score = confusion_claims.recall_gap(("fear", "happy"), ("surprise", "sad"))
    assert score(of, np.ones((1, 1)))["gap"][0] == pytest.approx(0.5)


# --- results


def test_the_set_to_judge_by_is_the_further_subjects_where_there_are_any():
    assert list(result_page.sets_of(run(sets=("validation", "test")))) == ["test"]
    assert list(result_page.sets_of(run(sets=("rendered_test", "test", "validation"))))[-1] == (
        "rendered_test"
    )


def test_confusion_adds_up_the_seeds():
    one, two = run(seed=0), run(seed=1)
    both = result_page.confusion([one, two], "test", "emotion")
    alone = [result_page.confusion([each], "test", "emotion") for each in (one, two)]
    assert (both == alone[0] + alone[1]).all()
    assert both.sum() == 600


def test_what_is_tested_counts_groups_of_all_seeds():
    one, two = run(seed=0), run(seed=1)
    two.predictions["group"] = "x" + two.predictions["group"]
    found = result_page.what_is_tested([one, two])
    assert found["groups a seed"].tolist() == [12]
    assert found["groups in all"].tolist() == [24]


def test_validation_scores_leave_the_test_part_out():
    one = run()
    before = result_page.on_validation([one], 2)
    tested = one.predictions["set"] == "test"
    one.predictions.loc[tested, "p_genuine"] = 0.5
    assert result_page.on_validation([one], 2) == before
    rows = result_page.rows_of(one, "validation")
    right = (rows["p_genuine"] >= 0).to_numpy()
    assert right.all()
    assert before["mean of both"] == pytest.approx(
        (before["emotion accuracy"] + before["authenticity AUC"]) / 2
    )


def test_one_emotion_against_the_rest():
    ((truth, score),) = result_page.truth_and_score([run()], "test", "emotion", 2)
    rows = result_page.rows_of(run(), "test")
    assert (truth == (rows["emotion"] == EMOTIONS[2])).all()
    assert (score == rows[f"p_{EMOTIONS[2]}"]).all()


def test_what_a_page_rests_on_is_counted():
    setting = result_page.Setting(
        {"profile": "book", "group_kind": "subject"}, 10, None, {"test": "test part of rendered46"}
    )
    told = result_page.rests_on([run(seed=0), run(seed=1)], setting)
    assert told.startswith("2 trainings of profile book and 12 subjects (300 images a seed)")
    assert told.endswith("intervals over subjects and seeds.")
    smoke = replace(setting, about=setting.about | {"profile": "smoke"})
    told = result_page.rests_on([run()], smoke)
    assert "1 training of" in told and "no score means anything" in told


def test_few_groups_are_said_to_be_few(monkeypatch):
    assert "fewer than 30" in result_page.few_groups([run()])
    monkeypatch.setattr(result_page, "FEW_GROUPS", 12)
    assert result_page.few_groups([run()]).endswith(
        "12 groups to draw again, which is enough for an interval."
    )


def test_the_most_frequent_error_is_named():
    matrix = np.array([[8, 2, 0], [1, 9, 0], [3, 0, 5]])
    told = result_page.most_errors(matrix, ("a", "b", "c"))
    assert told.startswith("22 of 28 images")
    assert told.endswith("of 6 errors: c faces called a, 3 of 8.")
    assert result_page.most_errors(np.eye(2, dtype=int), ("a", "b")).endswith("no error.")


def test_other_pixels_than_the_frozen_ones_are_noticed():
    about = {"data_kind": "rendered", "data_sha256": result_page.frozen()["rendered46_set_sha256"]}
    assert "are the same" in result_page.frozen_before(about)
    assert "**others**" in result_page.frozen_before(about | {"data_sha256": "0" * 64})
    assert "photographs" in result_page.frozen_before({"data_kind": "photographs"})


def test_a_judge_of_emotions_knows_what_training_shows():
    one, seen = run(), faces().copy()
    happy = (one.predictions["emotion"] == "happy").to_numpy()
    one.predictions["authenticity"] = np.where(happy, "genuine", "fake")
    seen["authenticity"] = np.where(seen["emotion"] == "happy", "genuine", "fake")
    found = result_page.emotion_only(one, seen, ["test"], 20, 0)
    assert found["test"].value == 1
    nothing = seen.assign(authenticity=["fake", "genuine"] * (len(seen) // 2), emotion="sad")
    assert result_page.emotion_only(one, nothing, ["test"], 20, 0)["test"].value == 0.5


def test_models_that_began_at_random_are_said_not_to_be_ranked():
    assert "all six are ranked" in result_page.never_ranked(set())
    assert "EfficientNet-B3 embedding, which" in result_page.never_ranked({"b3_embedding"})


def test_every_model_seed_and_class_has_a_row():
    runs = {"dual_task": [run(seed=0), run(seed=1)], "cnn_baseline": [run(seed=0)]}
    tallies = {
        (name, "test", "emotion"): over_seeds.tallies(found, "test", "emotion")
        for name, found in runs.items()
    }
    rows = result_page.every_seed(runs, tallies, "test", "emotion")
    assert [row["seed"] for row in rows] == [0, 1, 0]
    assert rows[0]["model"] == "proposed dual-task model"
    table = result_page.every_class(runs, tallies, "test", "emotion", 20, 0)
    assert table["model"].value_counts().to_dict() == {
        "proposed dual-task model": 7,
        "CNN baseline": 7,
    }


def test_the_start_names_every_backbone():
    one = run()
    one.about["weights"] = [{"name": "A, ImageNet"}, {"name": "random start of B"}]
    assert result_page.start_of(one) == "A, ImageNet; random start of B"
    one.about["weights"] = []
    assert result_page.start_of(one) == "a random start, as printed"


def test_a_tiny_p_is_only_called_small():
    assert tables.p_value(3e-56) == "< 0.0001"
    assert tables.p_value(0.0123) == "0.012"
    assert tables.p_value(float("nan")) == "–"


# --- tables looked behind


def exactly(values):
    return [(value - 0.005, value + 0.005) for value in values]


def test_a_planted_matrix_is_found_behind_its_table():
    planted = np.array([[18, 2, 0], [1, 9, 0], [0, 0, 15]])
    scores = metrics.class_scores(planted)
    found = matrices_behind_tables.matrices(
        planted.sum(1), exactly(scores["recall"].round(2)), exactly(scores["precision"].round(2))
    )
    assert any((one == planted).all() for one in found)
    for one in found:
        assert metrics.class_scores(one)["recall"] == pytest.approx(scores["recall"], abs=0.01)


def test_a_table_that_contradicts_itself_has_no_matrix():
    # Class a loses an image, and yet nobody is called anything wrong.
    found = matrices_behind_tables.matrices([10, 10], exactly([0.9, 1.0]), exactly([1.0, 1.0]))
    assert found == []


def test_too_many_ways_are_refused():
    with pytest.raises(ValueError, match="too many to try"):
        matrices_behind_tables.matrices([500] * 7, exactly([0.5] * 7), exactly([0.5] * 7))


def test_table_5_leaves_three_matrices_with_five_errors():
    ledger = ledgers.load("diya2026")
    of = {
        what: [ledger[f"table5.{name}.{what}"].rounding for name in EMOTIONS]
        for what in ("recall", "precision")
    }
    support = [int(ledger[f"table5.{name}.support"].value) for name in EMOTIONS]
    found = matrices_behind_tables.matrices(support, of["recall"], of["precision"])
    assert len(found) == 3
    for one in found:
        wrong = matrices_behind_tables.errors(one, EMOTIONS)
        assert sum(wrong.values()) == 5
        assert {cell.split(" called ")[0] for cell in wrong} == {"angry", "neutral"}
        assert {cell.split(" called ")[1] for cell in wrong} == {"disgust", "sad"}
    table = matrices_behind_tables.side_by_side(found, EMOTIONS)
    assert (table.sum() == 5).all()
    assert table["matrix 2"].to_dict() | matrices_behind_tables.errors(found[1], EMOTIONS) == (
        table["matrix 2"].to_dict()
    )


def test_table_6_allows_figure_13():
    ledger = ledgers.load("diya2026")
    of = {
        what: [ledger[f"table6.{name}.{what}"].rounding for name in AUTHENTICITY]
        for what in ("recall", "precision")
    }
    found = matrices_behind_tables.matrices([173, 159], of["recall"], of["precision"])
    assert [163, 10, 16, 143] in [one.ravel().tolist() for one in found]
