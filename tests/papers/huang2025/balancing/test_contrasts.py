"""Contrasts of the classifiers of Table 1, their words, and the verdicts that rest on them."""

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from scipy import stats

from engine.page.sign_words import by_sign
from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation import ledgers
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.evaluation.verdicts import Ground
from fer_lib.labels import EMOTIONS
from fer_lib.papers.huang2025 import budget
from fer_lib.papers.huang2025.balancing import (
    contrasts,
    cross_validation,
    leak_table,
    paired_scores,
    plots,
    printed_matrices,
    smote_before_split,
    verdicts,
)
from fer_lib.papers.huang2025.balancing.contrasts import NAMES, TESTED, Change, Contrasts
from fer_lib.papers.huang2025.balancing.cross_validation import Arm, Scores
from fer_lib.papers.huang2025.corrected_t_test import Corrected, corrected_t

LEDGER = ledgers.load("huang2025")
GROUND = Ground("huang2025", "rendered_micro", "book")
UP, DOWN = Interval(0.2, 0.1, 0.3, 9), Interval(-0.2, -0.3, -0.1, 9)
ZERO, NOTHING = Interval(0.1, -0.1, 0.3, 9), Interval(0.1, np.nan, np.nan, 1)


def change(people, folds, **others):
    """A change with the same intervals in every score but in those that are given."""
    tests = {s: Corrected(folds, 2.0, 0.02, 1.0, 10) for s in TESTED}
    return Change(dict.fromkeys((*TESTED, paired_scores.RARE_ANSWERS), people) | others, tests)


@pytest.fixture(scope="module")
def found():
    """Answers of two classifiers: SMOTE mends a third of the errors of each."""
    chance = np.random.default_rng(0)
    truth = np.tile(np.repeat(np.arange(7), [12, 6, 6, 6, 6, 6, 2]), 4)
    names = np.array(EMOTIONS)[truth]
    people = np.repeat([f"p{k}" for k in range(8)], len(truth) // 8)
    images = pd.DataFrame({"image_id": range(len(truth)), "emotion": names, "group": people})
    guesses, rows = np.zeros((len(cross_validation.ARMS), 1, len(truth)), np.uint8), []
    for place, arm in enumerate(cross_validation.ARMS):
        wrong = chance.random(len(truth)) < (0.2 if arm.sampling == "smote" else 0.6)
        guesses[place, 0] = np.where(wrong, (truth + 1) % 7, truth)
        for fold in range(4):
            test = np.arange(len(truth)) % 4 == fold
            scored = smote_before_split.scored(truth[test], guesses[place, 0][test])
            about = {"repeat": 0, "fold": fold, "seed": fold, "train": 150, "test": test.sum()}
            rows.append(vars(arm) | about | scored)
    none = pd.DataFrame()
    about = {"seed": 0}
    return Scores(pd.DataFrame(rows), guesses, images, none, none, none, about)


def test_a_change_is_a_difference_of_the_two_arms_over_people_and_over_folds(found):
    of = Contrasts(found, 200, 0)
    one = of.change(["lr"])
    pair = (Arm("both", "lr", "smote"), Arm("both", "lr", "none"))
    assert one.people == paired_scores.difference(found, [pair], 200, 0)
    a, b = (found.rows_of(arm)["accuracy"].to_numpy() for arm in pair)
    assert one.folds["accuracy"].interval.value == pytest.approx((a - b).mean())
    assert one.people["accuracy"].value > 0.2
    assert one.both("accuracy").low == min(
        one.people["accuracy"].low, one.folds["accuracy"].interval.low
    )
    mean = of.change(NAMES).people["accuracy"].value
    each = [of.change([name]).people["accuracy"].value for name in NAMES]
    assert mean == pytest.approx(np.mean(each))
    assert of.scored("lr") == paired_scores.scored(found, pair[0], 200, 0)
    assert of.matrix("lr", "none").sum() == len(found.truth)
    adjusted = one.holm()
    assert all(adjusted.folds[s].p_holm >= one.folds[s].p for s in TESTED)


def test_one_classifier_ahead_of_another_is_named_and_turned_round(found):
    of = Contrasts(found, 200, 0)
    ahead = of.ahead(["flaml"], ["lr", "rf"], ["accuracy"])
    assert list(ahead) == [
        "FLAML less Logistic regression, accuracy",
        "FLAML less Random forest, accuracy",
    ]
    back = of.ahead(["lr"], ["flaml"], ["accuracy"])["Logistic regression less FLAML, accuracy"]
    assert back.value == -ahead["FLAML less Logistic regression, accuracy"].value
    people = of.between([(("flaml", "smote"), ("lr", "smote"))])["accuracy"]
    assert ahead["FLAML less Logistic regression, accuracy"].low <= people.low


def test_smote_evens_the_classes_of_every_training_part(found):
    amounts = budget.get("smoke")
    before, after = Contrasts(found, 10, 0).imbalance(amounts)
    assert len(before) == amounts.repeats * amounts.folds
    assert (before > 2).all()
    assert (after == 1).all()


@pytest.mark.parametrize(
    ("people", "folds", "words"),
    [
        (UP, UP, "rises"),
        (DOWN, DOWN, "falls"),
        (UP, ZERO, "rises for these classifiers, but other training parts might show otherwise"),
        (DOWN, ZERO, "falls for these classifiers, but other training parts might show otherwise"),
        (ZERO, UP, "is not told apart from no change"),
        (NOTHING, UP, "cannot be told (no image of it, or too few groups)"),
    ],
)
def test_a_direction_is_claimed_only_where_both_intervals_have_it(people, folds, words):
    assert change(people, folds).direction("accuracy") == words


@pytest.mark.parametrize(
    ("interval", "word"), [(UP, "up"), (DOWN, "down"), (ZERO, "neither"), (NOTHING, "neither")]
)
def test_words_follow_the_whole_interval(interval, word):
    assert by_sign(interval, "up", "down", "neither") == word


def test_verdicts_on_smote_take_the_lesser_recall_and_turn_accuracy_round():
    rows = VerdictRows(LEDGER, GROUND)
    one = change(UP, UP, **{"recall of disgust": ZERO})
    verdicts.of_smote(rows, one, np.array([[9.0, 8.0, 9.0], [1.0, 1.0, 1.0]]))
    evened, macro, recall, accuracy, moved = (row.verdict for row in rows.rows)
    assert evened.word == macro.word == moved.word == "direction seen on rendered faces"
    assert "by construction" in evened.why
    assert recall.word == "not decided"
    assert accuracy.word == "direction not seen on rendered faces"
    assert rows.rows[0].ours.endswith("8.7 without SMOTE, 1.0 with it")
    assert rows.rows[4].ours == f"{UP} of all answers"


def test_who_is_ahead_is_judged_by_the_weakest_difference():
    asked = []

    def ahead(firsts, seconds, fields):
        asked.append((tuple(firsts), tuple(seconds), tuple(fields)))
        return {"a less b": UP, "a less c": DOWN if "rf" in firsts or "lr" in firsts else UP}

    rows = VerdictRows(LEDGER, GROUND)
    verdicts.of_table_1(rows, ahead, 24, "9")
    told = [row.verdict.word for row in rows.rows]
    assert told[:4] == ["direction seen on rendered faces"] * 4
    assert told[4:] == ["direction not seen on rendered faces", "not testable", "underspecified"]
    assert rows.rows[4].ours == f"a less c: {DOWN}, over subjects and folds"
    assert asked[0] == (("flaml",), ("lr", "rf", "xgboost"), ("accuracy",))
    assert asked[4] == (("lr", "flaml"), ("rf", "xgboost"), paired_scores.SUMMARY)


def test_the_numbers_of_table_1_are_never_reproduced_on_rendered_faces():
    rows = VerdictRows(LEDGER, GROUND)
    ours = {name: dict.fromkeys(paired_scores.SUMMARY, UP) for name in NAMES}
    verdicts.of_numbers(rows, ours)
    assert [row.verdict.word for row in rows.rows[:4]] == ["not comparable"] * 4
    assert [row.verdict.word for row in rows.rows[4:]] == ["underspecified"] * 3
    assert [len(row.claims) for row in rows.rows[:4]] == [3] * 4
    assert rows.rows[3].ours.startswith(f"accuracy {UP}; macro F1 ")


def test_the_images_are_described_in_a_sentence():
    about = {"group_kind": "subject", "repeats": 1, "images": 1200, "of_images": 3000, "groups": 9}
    about |= {"counts": {"happy": 700, "fear": 40}, "folds": 5}
    told = contrasts.described(about)
    assert told.startswith("1,200 images of 9 subjects, from 700 of the most frequent emotion ")
    assert told.endswith(
        "5-fold cross-validation by subjects, 1 time. The images are drawn, by "
        "whole groups, from 3,000."
    )
    about |= {"group_kind": "near-duplicate", "repeats": 3, "of_images": 1200}
    assert contrasts.described(about).endswith("near-copies, 3 times over with other folds.")


def test_the_orders_of_split_and_smote_are_listed_from_the_sound_one():
    fold = {"accuracy": 0.5, "macro_f1": 0.2, "recall_fear": 0.0, "recall_disgust": 1.0}
    sound = pd.DataFrame([fold, fold | {"macro_f1": 0.4, "recall_fear": np.nan}])
    wrong = pd.DataFrame(
        [
            fold | {"order": order, "macro_f1": 0.1 * k + add}
            for k, order in enumerate(smote_before_split.ORDERS, 3)
            for add in (0.0, 0.1)
        ]
    )
    each = leak_table.by_order(sound, wrong)
    assert list(each) == [leak_table.SOUND, *smote_before_split.ORDERS]
    found = leak_table.intervals(each, folds=5)
    first = found.loc[leak_table.SOUND]
    expected = corrected_t(np.array([0.2, 0.4]), 1 / 4).interval
    assert first["macro F1"] == expected
    assert first["macro F1"].low < 0.2 < 0.4 < first["macro F1"].high
    assert first["recall of fear"].groups == 1  # a fold without an image of it is left out
    steps = leak_table.steps(found, "subjects")
    assert [round(row["change in macro F1"], 9) for row in steps] == [0.05, 0.1, 0.1, 0.1]
    assert steps[0]["what changes"] == "the same subjects stand on both sides of the split"
    guess = leak_table.most_frequent(np.array([0, 0, 0, 1]))
    assert guess["accuracy"] == 0.75
    assert guess["macro F1"] == pytest.approx(3 / 7)
    (axis,) = plots.orders(each, found, 1 / 7).axes
    names = [label.get_text().replace("\n", " ") for label in axis.get_yticklabels()]
    assert names == list(each)
    means = [bar.lines[0].get_xdata()[0] for bar in axis.containers]
    assert means == [one.value for one in found["macro F1"]]
    plt.close("all")


def test_who_is_shown_has_every_emotion_and_the_clearest():
    table = pd.DataFrame(
        [
            ("a", "fear", 0.9), ("a", "fear", 0.95), ("a", "happy", 0.1),
            ("b", "fear", 0.5), ("b", "happy", 0.8),
            ("c", "happy", 1.0),
        ],
        columns=["group", "emotion", "intensity"],
    )  # fmt: skip
    assert plots.clearest_person(table) == [3, 4]


def test_what_the_page_says_of_the_printed_matrices():
    classes = printed_matrices.load()["matrices"]["classes"]
    found = {
        key: printed_matrices.scores(one.counts, classes)
        for key, one in printed_matrices.matrices().items()
    }
    for key, one in printed_matrices.matrices().items():
        for score, text in one.printed.items():
            assert f"{found[key][score]:.4f}" == text
    change = {s: found["borderline"][s] - found["pca"][s] for s in printed_matrices.SHOWN}
    assert change["accuracy"] < 0 < change["recall of disgust"]
    assert change["macro F1"] < 0 == change["recall of fear"]
    for run in ("pca", "smote"):
        assert all(found[run][score] < value for score, value in found["baseline"].items())
    smote = printed_matrices.of_smote()
    assert smote.raised == [n for n in classes if n in smote.raised]
    assert "fear" not in smote.raised
    assert (smote.right, smote.place_of_fear) == (9, 4)


def test_the_notebook_prints_the_twelve_numbers_of_table_1():
    rows = printed_matrices.beside_table_1(LEDGER)
    assert [row["rounds to Table 1"] for row in rows] == ["yes"] * 4
    table = printed_matrices.table_1(LEDGER)
    assert list(table.index) == list(NAMES)
    assert table.loc["flaml", "macro F1"] == LEDGER["table1.automl.macro_f1"].value
    expected = stats.norm.ppf(0.975) * np.sqrt(0.5 / 100)
    assert printed_matrices.reach(50, 50, 100) == pytest.approx(expected)


def test_an_accuracy_of_no_whole_number_of_answers_is_refused(monkeypatch):
    told = printed_matrices.load()
    told["table1"]["found"]["lr"]["accuracy"] = "0.50001"
    monkeypatch.setattr(printed_matrices, "load", lambda: told)
    with pytest.raises(ValueError, match="not a whole number"):
        printed_matrices.beside_table_1(LEDGER)


def test_what_flaml_chose_is_told_by_frequency():
    chosen = pd.DataFrame(
        {"sampling": ["smote"] * 4 + ["none"], "learner": ["rf", "lgbm", "rf", "new", "rf"]}
    )
    assert contrasts.flaml_chose(chosen, "smote") == (
        "4 training parts, random forest (2), LightGBM (1), new (1)"
    )
    assert contrasts.flaml_in_words(chosen, 7).startswith(
        "With SMOTE FLAML chose, in 4 training parts, random forest (2), LightGBM (1), new (1); "
        "without, in 1 training parts, random forest (1). FLAML tries 7 models "
    )


def test_tables_and_pictures_have_the_numbers_of_the_contrasts(found):
    of = contrasts.Contrasts(found, 20, 0)
    each = of.each()
    assert [row["classifier"] for row in each] == list(NAMES.values())
    assert each[1]["accuracy"] == of.change(["rf"]).both("accuracy")
    ways = {row["balancing"]: row for row in of.ways()}
    assert ways["SMOTE"]["macro F1"] == of.change(("lr", "rf", "xgboost")).both("macro F1")
    assert ways["the public code's rule"]["accuracy"] == of.change(["lr"], "code").both("accuracy")
    sides = of.side_by_side()
    assert list(sides) == ["without SMOTE", "with SMOTE"]
    assert (
        sides["without SMOTE"].loc["XGBoost", "accuracy"]
        == of.scored("xgboost", "none")["accuracy"]
    )
    moved = of.moved("rf")
    with_it, without = (of.matrix("rf", way) for way in ("smote", "none"))
    k = EMOTIONS.index("fear")
    expected = 100 * (with_it[k, 0] / with_it[k].sum() - without[k, 0] / without[k].sum())
    assert moved.loc["fear", EMOTIONS[0]] == pytest.approx(expected)
    assert np.allclose(moved.sum(axis=1), 0)


def test_the_printed_notebooks_are_told_in_words_and_differences():
    first, second = printed_matrices.in_words()
    assert "9 more are right" in first
    lead = re.search(r"is (\d+) of (\d+) images; .* ([\d.]+) would reach", second)
    assert int(lead[1]) / int(lead[2]) == pytest.approx(float(lead[3]), abs=5e-4)
    rows = printed_matrices.gains(50)
    assert [row["added"] for row in rows[:2]] == ["SMOTE, most alike", "SMOTE, alike by chance"]
    short, long = (row["accuracy"].high - row["accuracy"].low for row in rows[:2])
    assert short < long
    assert rows[0]["recall of fear"].value == 0
