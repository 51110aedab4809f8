"""Verdicts of the pages on emotion, authenticity and the comparison, from planted scores."""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fer_lib.evaluation import ledgers, metrics, over_seeds
from fer_lib.evaluation.over_seeds import Pooled
from fer_lib.evaluation.paired_differences import Comparison
from fer_lib.evaluation.verdicts import Ground, Verdict
from fer_lib.labels import EMOTIONS
from fer_lib.papers.diya2026 import named_configs, result_page, result_plots
from fer_lib.papers.diya2026.model_ranking import Place
from fer_lib.papers.diya2026.task import TASK
from fer_lib.papers.diya2026.verdicts import authenticity, comparison, data
from fer_lib.papers.diya2026.verdicts import emotion as emotion_verdicts
from fer_lib.papers.diya2026.verdicts.comparison import COLUMNS, IN_PAPER
from fer_lib.training.run import Run
from tests.evaluation.test_over_seeds import faces

LEDGER = ledgers.load("diya2026")
OWN = Ground("diya2026", "gffd2025", "paper")
RENDERED = Ground("diya2026", "rendered46", "book")
SMOKE = Ground("diya2026", "rendered46", "smoke")
SEEN, UNSEEN = "direction seen on rendered faces", "direction not seen on rendered faces"
UP, DOWN = Pooled(0.2, 0.1, 0.3, 9, seeds=3), Pooled(-0.2, -0.3, -0.1, 9, seeds=3)
FIGURE_13 = result_page.figure_13(LEDGER)


def words(rows):
    return [row.verdict.word for row in rows.rows]


def by_id(rows):
    return {claim.id: row for row in rows.rows for claim in row.claims}


def run(seed=0, **columns):
    frame = pd.DataFrame(columns)
    history = frame.assign(epoch=range(1, len(frame) + 1))
    predictions = faces(seed=seed).assign(set="test")
    about = {"seed": seed, "data": "rendered46", "task": asdict(TASK)}
    return Run(Path(), about, history, predictions)


HISTORY = {
    "train_emotion_accuracy": [0.5, 0.9, 1.0],
    "val_emotion_accuracy": [0.5, 0.8, 0.8],
    "train_authenticity_accuracy": [0.5, 0.6, 0.9],
    "val_authenticity_accuracy": [0.5, 0.5, 0.7],
    "train_loss": [1.0, 0.8, 0.6],
    "val_loss": [1.0, 0.9, 0.95],
    "best": [False, True, False],
}


# --- what the result pages share


def test_scores_stand_beside_the_papers():
    runs, sets = [run(0), run(1)], {"test": "the test part"}
    tallies, scores = result_page.scores_of(runs, sets, "emotion", 50, 0)
    assert scores["test"] == over_seeds.over_seeds(tallies["test"], 50, 0)
    table = result_page.beside_paper(scores, sets, LEDGER, emotion_verdicts.PRINTED)
    assert table.loc["accuracy", "paper"] == LEDGER["emotion.accuracy"].shown
    assert table.loc["accuracy", "the test part"] == scores["test"]["accuracy"]
    unprinted = set(table.index) - set(emotion_verdicts.PRINTED)
    assert (table.loc[list(unprinted), "paper"] == "–").all()
    classes = result_page.classes_beside_paper(tallies["test"], LEDGER, "table5", 50, 0)
    assert list(classes.index) == list(EMOTIONS)
    assert classes.loc["fear", "paper: f1"] == LEDGER["table5.fear.f1"].printed


def test_histories_are_told_apart_by_their_seed():
    table = result_page.history_of([run(3, **HISTORY), run(5, **HISTORY)])
    assert table["seed"].tolist() == [3] * 3 + [5] * 3


def test_figure_13_gives_the_scores_that_the_paper_prints():
    assert FIGURE_13.shape == (2, 2)
    accuracy = 100 * metrics.confusion_scores(FIGURE_13)["accuracy"]
    low, high = LEDGER["authenticity.accuracy"].rounding
    assert low <= accuracy <= high


def test_curves_stand_beside_each_other_with_a_mark_and_one_legend():
    curve = pd.DataFrame(
        {"rate": [0.0, 1.0]} | {side: [0.0, 0.8] for side, *_ in result_plots.SIDES}
    )
    at = {"false positive rate": 0.1, "true positive rate": 0.9, "recall": 0.9, "precision": 0.7}
    figure = result_plots.rates({"m": curve}, 0.4, at | {"name": "a point"})
    roc, precision = figure.axes
    for axis, where, chance in ((roc, (0.1, 0.9), [0, 1]), (precision, (0.9, 0.7), [0.4, 0.4])):
        line, dashed, mark = (line for line in axis.lines if len(line.get_xdata()))
        assert list(line.get_ydata()) == [0.0, 0.8]
        assert list(dashed.get_ydata()) == chance
        assert mark.get_xydata().tolist() == [list(where)]
        assert axis.get_legend() is None
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["m", "a point"]


def test_differences_are_drawn_as_they_are_given():
    points, words = np.array([[0, 3.0], [-3.0, 0]]), np.array([["", "+3.0*"], ["-3.0*", ""]])
    panels = {"accuracy": (points, words), "AUC": (-points, words)}
    for axis, sign in zip(result_plots.differences(panels, ["a", "b"]).axes, (1, -1), strict=True):
        assert axis.collections[0].get_array().reshape(2, 2).tolist() == (sign * points).tolist()
        assert [text.get_text() for text in axis.texts] == ["", "+3.0*", "-3.0*", ""]


# --- emotion


def test_definitions_are_held_against_table_5():
    rows = by_id(emotion_verdicts.definitions(LEDGER))
    assert rows["equation2"].verdict.word == "underspecified"
    assert "errors in" in rows["equation2"].verdict.why
    assert rows["balance.f1"].verdict.word == "inconsistent"
    assert rows["kappa.called"].verdict.word == "inconsistent"


def test_every_matrix_behind_table_5_agrees_with_what_is_checked():
    possible = emotion_verdicts.matrices(LEDGER)
    assert all(one.sum() == sum(emotion_verdicts.supports(LEDGER).values()) for one in possible)
    rows = emotion_verdicts.printed(LEDGER, possible)
    found = by_id(rows)
    assert found["emotion.accuracy"].verdict.word == "consistent"
    assert all(found[f"table5.{name}.f1"].verdict.word == "consistent" for name in EMOTIONS)
    wrong = [np.diag([40] * 7) for _ in possible]
    found = by_id(emotion_verdicts.printed(LEDGER, wrong))
    assert found["emotion.accuracy"].verdict.word == "inconsistent"
    assert found["text.emotion.f1_above"].verdict.word == "consistent"
    wrong[0][1, :] = 10
    found = by_id(emotion_verdicts.printed(LEDGER, wrong))
    assert found["text.emotion.f1_above"].verdict.word == "inconsistent"


def test_emotion_scores_are_judged_in_the_printed_unit():
    scores = {
        name: Pooled(LEDGER[key].value / scale, 0.0, 1.0, 9)
        for name, (key, scale) in emotion_verdicts.PRINTED.items()
    }
    rows = emotion_verdicts.measured(LEDGER, OWN, [run(**HISTORY)], scores)
    assert words(rows)[:5] == ["reproduced"] * 5
    found = by_id(rows)
    assert found["figure12.gap"].ours.value == pytest.approx(0.1)
    assert found["figure12.saturation"].ours.value == pytest.approx(80)
    scores["accuracy"] = Pooled(0.5, 0.4, 0.6, 9)
    assert words(emotion_verdicts.measured(LEDGER, OWN, [run(**HISTORY)], scores))[0] == "differs"


def test_the_answer_on_emotion_says_whether_guessing_does_as_well():
    printed = LEDGER["emotion.accuracy"]
    above = emotion_verdicts.answer(Pooled(0.9, 0.8, 0.95, 9), printed)
    assert "90.0 [80.0, 95.0] %" in above and "lies below the interval" in above
    assert "not below" in emotion_verdicts.answer(Pooled(0.2, 0.1, 0.3, 9), printed)
    assert printed.shown in above


# --- authenticity


def test_the_answer_on_authenticity_says_where_guessing_lies():
    printed = LEDGER["authenticity.accuracy"]
    for area, told in (
        (Pooled(0.9, 0.8, 0.95, 9), "lies below the interval"),
        (Pooled(0.5, 0.4, 0.6, 9), "lies within the interval"),
        (Pooled(0.2, 0.1, 0.3, 9), "lies above the interval"),
    ):
        assert told in authenticity.answer({"AUC": area, "accuracy": UP}, printed)
    assert "20.0 [10.0, 30.0] %" in authenticity.answer({"AUC": UP, "accuracy": UP}, printed)


def test_a_goal_needs_both_the_score_and_the_lower_end():
    goal = {"head": "emotion", "score": "accuracy", "value": 0.15, "lower_end": 0.05}
    (row,) = authenticity.goals([goal], {"emotion": {"accuracy": UP}})
    assert row["reached"] == "yes"
    for harder in ({"value": 0.25}, {"lower_end": 0.15}):
        (row,) = authenticity.goals([goal | harder], {"emotion": {"accuracy": UP}})
        assert row["reached"] == "no"
        assert authenticity.goals_in_words([row]).endswith("0.200 [0.100, 0.300], not reached.")


def test_goals_are_for_rendered_faces():
    about = {"profile": "book", "data": "rendered46"}
    setting = result_page.Setting(about, 20, RENDERED, {"test": "a", "rendered_test": "b"})
    one = run()
    rendered = replace(one, predictions=one.predictions.assign(set="rendered_test"))
    found = authenticity.goals_of(result_page.frozen(), [rendered], setting, 20, 0)
    assert [row["score"] for row in found] == ["emotion accuracy", "authenticity AUC"]
    photographs = replace(setting, sets={"test": "a"})
    (none,) = authenticity.goals_of(result_page.frozen(), [one], photographs, 20, 0)
    assert none["score"].startswith("none")
    assert "has none" in authenticity.goals_in_words([none])


@pytest.mark.parametrize(
    ("ground", "falls", "word"),
    [
        (OWN, True, "reproduced"),
        (OWN, False, "differs"),
        (RENDERED, True, SEEN),
        (RENDERED, False, UNSEEN),
        (SMOKE, True, "not comparable"),
    ],
)
def test_a_loss_that_rises_once_is_not_monotone(ground, falls, word):
    assert authenticity.monotone(ground, falls).word == word


def test_sentences_on_authenticity_are_differences_of_the_seeds():
    runs = [run(seed, **HISTORY) for seed in (0, 1)]
    found = by_id(authenticity.said(LEDGER, RENDERED, runs, "test", 50, 0))
    kappa = [
        over_seeds.over_seeds(over_seeds.tallies(runs, "test", head), 50, 0)["Cohen's kappa"].value
        for head in ("emotion", "authenticity")
    ]
    assert found["text.harder"].ours.value == pytest.approx(kappa[0] - kappa[1])
    assert found["figure17.faster"].ours.value == 1  # the emotion is there in epoch 2
    assert found["figure17.faster"].verdict.word == SEEN
    assert found["figure17.monotone"].verdict.word == UNSEEN
    assert found["figure17.monotone"].ours == (
        "training loss rose in 0 of 4 steps, validation loss rose in 2 of 4 steps"
    )
    assert found["figure16.gap"].ours.value == pytest.approx(0.1)


def test_the_numbers_of_authenticity_are_those_of_figure_13():
    found = by_id(authenticity.printed(LEDGER, FIGURE_13))
    assert found["authenticity.accuracy"].verdict.word == "consistent"
    assert found["table6.fake.recall"].verdict.word == "consistent"
    assert found["table6.genuine.support"].verdict.word == "consistent"
    found = by_id(authenticity.printed(LEDGER, FIGURE_13[::-1]))
    assert found["authenticity.accuracy"].verdict.word == "inconsistent"


def test_two_straight_lines_and_average_precision_are_bounds():
    counts = np.array([[8, 2], [1, 9]])
    assert authenticity.least_auc(counts) == pytest.approx(0.85)
    # An AUC of 1 allows an average precision of 1, one of 0.9 the less the rarer the positives.
    assert authenticity.most_precision(1.0, [30, 10]) == 1
    assert authenticity.most_precision(0.9, [30, 10]) == pytest.approx(1 - 0.1 * 10 / 40)
    chance = np.random.default_rng(0)
    for _ in range(20):
        truth, score = chance.integers(0, 2, 40), chance.random(40)
        bound = authenticity.most_precision(
            metrics.auc(truth, score), [(truth == 0).sum(), (truth == 1).sum()]
        )
        hits = truth[np.argsort(-score)]
        precision = np.cumsum(hits) / np.arange(1, 41)
        assert precision[hits == 1].mean() <= bound + 1e-12


# --- the models


def scores(value=UP):
    one = {score: value for _, score, _ in COLUMNS.values()}
    return {(name, "test", head): one for name in IN_PAPER for head in ("emotion", "authenticity")}


def test_table_7_stands_beside_ours_and_a_stranger_is_not_compared():
    ours = scores() | {
        ("b3_substitute", "test", head): dict.fromkeys(("accuracy", "macro F1", "AUC"), DOWN)
        for head in ("emotion", "authenticity")
    }
    table = comparison.table_7(LEDGER, [*IN_PAPER, "b3_substitute"], ours, "test", "emotion")
    assert (table.iloc[-1].filter(like="paper") == "–").all()
    proposed = table.loc[named_configs.title("dual_task")]
    assert proposed["paper: emotion F1"] == LEDGER["table7.proposed.emotion_f1"].printed
    assert proposed["emotion F1"].value == 20
    assert not [name for name in table if "authenticity" in name]


def test_the_figure_has_our_intervals_and_the_printed_shares():
    found = comparison.panels(LEDGER, scores(), "test")
    assert list(found) == ["emotion accuracy", "authenticity AUC"]
    row = found["emotion accuracy"].loc[named_configs.title("dual_task")]
    printed = LEDGER["table7.proposed.emotion_accuracy"].value / 100
    assert (row["ours"], row["printed, other images"]) == (UP, printed)


def test_the_highest_mean_of_each_score_is_named():
    ours = scores(DOWN) | {
        ("two_stream", "test", "emotion"): dict.fromkeys(("accuracy", "macro F1"), UP)
    }
    told = comparison.highest(ours, "test")
    assert f"emotion accuracy {named_configs.title('two_stream')}, 20.0 [10.0, 30.0] %" in told


def test_the_numbers_of_table_7():
    rows = comparison.of_table_7(LEDGER, OWN, scores(), "test", {"b3_embedding"})
    told = {claim.id: row.verdict for row in rows.rows for claim in row.claims}
    assert len(told) == sum(len(row.claims) for row in rows.rows) == 24
    assert told["table7.proposed.emotion_f1"].word == "differs"
    assert told["table7.b3.emotion_f1"] == Verdict("not comparable", comparison.AT_RANDOM)
    # One score that agrees stands in a row of its own.
    value = LEDGER["table7.proposed.emotion_f1"].value / 100
    ours = scores() | {
        ("dual_task", "test", "emotion"): {
            "accuracy": UP,
            "macro F1": Pooled(value, value, value, 9),
        }
    }
    rows = comparison.of_table_7(LEDGER, OWN, ours, "test", set())
    told = {claim.id: row for row in rows.rows for claim in row.claims}
    assert told["table7.proposed.emotion_f1"].verdict.word == "reproduced"
    assert told["table7.proposed.emotion_accuracy"].verdict.word == "differs"
    assert len(told["table7.proposed.emotion_f1"].claims) == 1


def place(first, second, difference, claimed=True):
    head, score = "emotion", "accuracy"
    return Place(Comparison(first, second, head, score, difference), claimed, "a reason")


@pytest.mark.parametrize(
    ("ground", "first", "claimed", "word", "value"),
    [
        (RENDERED, True, True, SEEN, 0.2),
        (RENDERED, False, True, UNSEEN, -0.2),
        (RENDERED, True, False, "not decided", 0.2),
        (OWN, True, True, "reproduced", 0.2),
        (SMOKE, False, True, "not comparable", -0.2),
    ],
)
def test_an_order_is_that_of_the_proposed_model(ground, first, claimed, word, value):
    proposed, other = (
        named_configs.title(named_configs.PROPOSED),
        named_configs.title("cnn_baseline"),
    )
    pair = (proposed, other) if first else (other, proposed)
    one = place(*pair, UP, claimed)
    verdict, difference = comparison.order(one, proposed, ground)
    assert (verdict.word, difference.value) == (word, value)
    stranger = place(other, named_configs.title("two_stream"), UP)
    (row,) = comparison.of_order(LEDGER, ground, [one, stranger]).rows
    assert row.verdict == verdict
    assert [claim.id for claim in row.claims] == [
        "table7.proposed.emotion_accuracy",
        "table7.cnn.emotion_accuracy",
    ]


def test_models_with_one_verdict_share_a_row_and_others_do_not():
    first, *others = (named_configs.title(name) for name in reversed(named_configs.MODELS))
    each = [place(first, other, UP) for other in others[:2]] + [place(others[2], first, UP)]
    one, other = comparison.of_order(LEDGER, RENDERED, each).rows
    assert (one.verdict.word, other.verdict.word) == (SEEN, UNSEEN)
    assert len(one.claims) == 3 and len(other.claims) == 2
    assert one.ours == "20.0 [10.0, 30.0]; 20.0 [10.0, 30.0]"
    assert other.ours == "-20.0 [-30.0, -10.0]"


def test_the_answer_counts_the_orders_that_can_be_claimed():
    told = comparison.answer([place("a", "b", UP), place("a", "c", UP, claimed=False)])
    assert "1 of 2 orders can be claimed: a above b" in told
    assert "20.0 [10.0, 30.0] points, a above b" in told
    assert "none of 1 orders" in comparison.answer([place("a", "b", UP, claimed=False)])


def test_another_rival_is_noticed():
    models = list(named_configs.MODELS)
    table = pd.DataFrame({"mean of both": range(len(models))}, models)  # the proposed one is last
    assert "**another**" not in comparison.closest_rival(table, {"dual_task"}, "book")
    assert "**another**" in comparison.closest_rival(-table, {"dual_task"}, "book")
    assert "not decided" in comparison.closest_rival(-table, set(), "smoke")


def test_a_sentence_holds_where_its_number_is_positive():
    asked = []

    def own(model, head, score, what):
        asked.append((model, head, what))
        return UP if model == "cnn_baseline" else DOWN

    others = {"sensitivity": UP, "without gates": UP}
    rows = comparison.of_sentences(LEDGER, RENDERED, own, others, {"b3_embedding"})
    assert words(rows) == [
        SEEN, SEEN, "underspecified", UNSEEN, UNSEEN, "not decided", UNSEEN,
        "underspecified", "not testable",
    ]  # fmt: skip
    assert rows.rows[0].verdict.why.startswith("angry and sad: ")
    assert ("embedding_fusion", "emotion", "gap") in asked
    rows = comparison.of_sentences(LEDGER, SMOKE, own, others, {"b3_embedding"})
    assert words(rows)[5] == "not comparable"


def test_decisions_have_the_auc_of_their_mean_recall():
    found = comparison.decisions(np.array([[8, 2], [1, 9]]))
    assert found["AUC of the decisions, not of the scores"] == pytest.approx(0.85)
    assert found["accuracy"] == pytest.approx(0.85)


def test_printed_numbers_of_tables_7_and_8_against_each_other():
    found = by_id(comparison.of_printed(LEDGER, comparison.decisions(FIGURE_13)))
    # Both embedding models print a lower authenticity AUC than the CNN.
    assert found["text.modest_gains"].verdict.word == "inconsistent"
    assert found["text.above_all"].verdict.word == "consistent"
    assert found["table7.source"].verdict.why.endswith("as accuracy and F1 would")
    assert "only" in found["table7.proposed.authenticity_f1"].verdict.why
    assert found["table8.arslan.task"].verdict.word == "inconsistent"


def test_a_lead_that_is_none_is_seen():
    name = "table7.proposed.emotion_accuracy"
    low = dict(LEDGER) | {name: replace(LEDGER[name], printed="1.0")}
    counts = comparison.decisions(FIGURE_13)
    found = by_id(comparison.of_printed(low, counts))
    assert found["text.above_all"].verdict.word == "inconsistent"


def test_table_8_lists_every_study_and_both_tasks_of_the_proposed_model():
    table = comparison.table_8(LEDGER)
    assert len(table) == len(comparison.REASONS) + 2
    assert table["beside the proposed model"].str.startswith("no: ").sum() == 5
    assert table.iloc[-1]["task"] == "authenticity"
    assert "5 other studies in Table 8, 0 can" in comparison.set_side_by_side(table)
    table.iloc[0, 0] = "yes"
    assert "5 other studies in Table 8, 1 can" in comparison.set_side_by_side(table)


# --- the data section


def test_counts_of_table_3_add_up_and_the_split_is_not_stratified():
    table = data.table_3(LEDGER)
    assert list(table.index) == list(EMOTIONS)
    assert (table["fake"] + table["genuine"]).sum() == table["total"].sum()
    found = by_id(data.rows(LEDGER))
    assert found["table3.total.total"].verdict.word == "consistent"
    assert found["data.refined"].verdict.word == "consistent"
    emotion, expected = data.farthest(LEDGER)
    off = abs(LEDGER[f"table5.{emotion}.support"].value - expected)
    others = [
        abs(LEDGER[f"table5.{e}.support"].value - 0.2 * table.loc[e, "total"]) for e in EMOTIONS
    ]
    assert LEDGER["data.test_share"].value == 20 and off == pytest.approx(max(others)) and off > 1
    assert found["split.procedure"].verdict.word == "inconsistent"
    assert found["split.procedure"].claims[1].id == f"table5.{emotion}.support"


def test_a_wrong_sum_is_seen():
    for name in ("table3.total.fake", "table3.fear.total", "data.subjects"):
        wrong = dict(LEDGER) | {name: replace(LEDGER[name], printed="9999")}
        assert by_id(data.rows(wrong))[name].verdict.word == "inconsistent"
