"""Scores agree with scikit-learn, intervals resample groups, planted cases give known values."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn import metrics as sk

from fer_lib.evaluation import counts_by_subject, metrics
from fer_lib.evaluation.bootstrap import bootstrap, percentile_ends, student_ends, student_p
from fer_lib.evaluation.counts_by_subject import confusion_by_group, summary, tally, weighted
from fer_lib.labels import EMOTIONS
from fer_lib.papers.diya2026 import result_page
from fer_lib.papers.diya2026.task import TASK
from tests.helpers import plain_scores


@pytest.fixture
def predictions():
    chance = np.random.default_rng(3)
    n = 400
    truth = chance.integers(0, 7, n)
    logits = chance.normal(size=(n, 7)) + 2.0 * np.eye(7)[truth]
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    genuine = chance.integers(0, 2, n)
    table = pd.DataFrame(
        {
            "image_id": [f"i{k}" for k in range(n)],
            "group": [f"s{k % 20}" for k in range(n)],
            "emotion": [EMOTIONS[t] for t in truth],
            "authenticity": np.where(genuine, "genuine", "fake"),
            "p_genuine": 1 / (1 + np.exp(-(chance.normal(size=n) + 1.5 * (genuine - 0.5)))),
        }
    )
    for k, name in enumerate(EMOTIONS):
        table[f"p_{name}"] = p[:, k]
    return table


def test_confusion_scores_equal_scikit_learn():
    chance = np.random.default_rng(0)
    truth, guess = chance.integers(0, 4, 300), chance.integers(0, 4, 300)
    found = metrics.confusion_scores(sk.confusion_matrix(truth, guess))
    assert found["accuracy"] == pytest.approx(sk.accuracy_score(truth, guess))
    assert found["macro F1"] == pytest.approx(sk.f1_score(truth, guess, average="macro"))
    assert found["weighted F1"] == pytest.approx(sk.f1_score(truth, guess, average="weighted"))
    assert found["Cohen's kappa"] == pytest.approx(sk.cohen_kappa_score(truth, guess))
    assert found["MCC"] == pytest.approx(sk.matthews_corrcoef(truth, guess))


def test_confusion_matrix_has_truth_in_rows():
    answers = {"group": list("aab"), "emotion": "happy", "p_genuine": 0.9}
    table = pd.DataFrame(answers | {"authenticity": ["fake", "fake", "genuine"]})
    found = metrics.confusion(table, TASK["authenticity"])
    assert found.to_numpy().tolist() == [[0, 2], [0, 1]]


def test_the_papers_counts_give_its_scores():
    found = metrics.confusion_scores(np.array([[163, 10], [16, 143]]))
    assert found["accuracy"] == pytest.approx(306 / 332)
    assert round(found["Cohen's kappa"], 3) == 0.843


def ranked(genuine, score, emotion="happy"):
    """Return the summary scores of images of one subject each, all drawn once."""
    table = pd.DataFrame(
        {
            "group": [f"s{k}" for k in range(len(score))],
            "emotion": emotion,
            "authenticity": np.where(genuine, "genuine", "fake"),
            "p_genuine": score,
        }
    )
    of = tally(table, TASK["authenticity"])
    return {name: value[0] for name, value in summary(of, np.ones((1, len(score)))).items()}


@pytest.mark.parametrize("decimals", [1, 2, 16])
def test_average_precision_equals_scikit_learn_with_ties(decimals):
    chance = np.random.default_rng(5)
    for size in (1, 2, 30, 400):
        truth, score = chance.random(size) < 0.3, chance.random(size).round(decimals)
        truth[0] = True
        expected = sk.average_precision_score(truth, score)
        assert ranked(truth, score)["average precision"] == pytest.approx(expected, abs=1e-12)
    assert np.isnan(ranked(np.zeros(3, bool), np.ones(3))["average precision"])


def test_auc_equals_scikit_learn_with_ties():
    chance = np.random.default_rng(1)
    truth, score = chance.integers(0, 2, 200), chance.integers(0, 5, 200).astype(float)
    assert metrics.auc(truth, score) == pytest.approx(sk.roc_auc_score(truth, score))


def test_auc_of_one_class_is_undefined():
    assert np.isnan(metrics.auc(np.ones(4, int), np.arange(4.0)))


def by_chance_of(labels, truth):
    """Return the AUC of a judge that knows only labels and each label's share of positives."""
    shares = result_page.shares_of_positives(labels, truth)
    return metrics.auc(truth, np.array([shares[label] for label in labels]))


def test_auc_within_ignores_what_the_stratum_alone_tells():
    strata = np.repeat(["a", "b"], 100)
    truth = np.r_[np.ones(90, int), np.zeros(10, int), np.ones(10, int), np.zeros(90, int)]
    knows_stratum = (strata == "a").astype(float)
    assert metrics.auc(truth, knows_stratum) == pytest.approx(0.9)
    found = ranked(truth == 1, knows_stratum, strata)
    assert found["AUC"] == pytest.approx(0.9)
    assert found["AUC within emotion"] == pytest.approx(0.5)
    assert plain_scores.auc_within(truth, knows_stratum, strata) == pytest.approx(0.5)
    assert by_chance_of(strata, truth) == pytest.approx(0.9)


def test_table_3_lets_the_emotion_predict_authenticity():
    fake = dict(zip(EMOTIONS, (99, 152, 134, 152, 141, 76, 101), strict=True))
    genuine = dict(zip(EMOTIONS, (64, 115, 104, 184, 169, 125, 41), strict=True))
    labels = np.concatenate([[e] * (fake[e] + genuine[e]) for e in EMOTIONS])
    truth = np.concatenate([[0] * fake[e] + [1] * genuine[e] for e in EMOTIONS])
    assert by_chance_of(labels, truth) == pytest.approx(0.60, abs=0.005)


def test_interval_resamples_groups_not_rows():
    # Ten groups, each all right or all wrong: the interval is that of ten coins, not of 1,000.
    groups = np.repeat(np.arange(10), 100)
    right = (groups % 2).astype(float)
    by_group = bootstrap(groups, lambda r: {"x": right[r].mean()}, 500)["x"]
    by_row = bootstrap(np.arange(1000), lambda r: {"x": right[r].mean()}, 500)["x"]
    assert by_group.value == by_row.value == 0.5
    assert by_group.high - by_group.low > 0.4
    assert by_row.high - by_row.low < 0.1
    assert by_group.groups == 10


def test_interval_covers_the_true_mean_about_as_often_as_it_says():
    chance = np.random.default_rng(5)
    hits = 0
    for _ in range(200):
        values = chance.normal(size=40)
        found = bootstrap(np.arange(40), lambda r, v=values: {"m": v[r].mean()}, 200)["m"]
        hits += found.low <= 0 <= found.high
    assert 0.88 <= hits / 200 <= 0.99


def test_one_group_has_no_interval():
    found = bootstrap(np.zeros(5), lambda r: {"x": 1.0}, 10)["x"]
    assert np.isnan(found.low)


def test_bootstrap_repeats_with_a_seed(predictions):
    first = counts_by_subject.score(predictions, TASK["authenticity"], 50, seed=1)
    again = counts_by_subject.score(predictions, TASK["authenticity"], 50, seed=1)
    other = counts_by_subject.score(predictions, TASK["authenticity"], 50, seed=2)
    assert first == again
    assert first["AUC"] != other["AUC"]


def test_head_scores_agree_with_scikit_learn(predictions):
    found = counts_by_subject.score(predictions, TASK["emotion"], 20)
    p = predictions[[f"p_{e}" for e in EMOTIONS]].to_numpy()
    truth = pd.Categorical(predictions["emotion"], categories=list(EMOTIONS)).codes
    assert found["accuracy"].value == pytest.approx((p.argmax(1) == truth).mean())
    macro = sk.roc_auc_score(truth, p, multi_class="ovr", average="macro")
    assert found["AUC (macro)"].value == pytest.approx(macro)
    for interval in found.values():
        assert interval.low <= interval.value <= interval.high


def test_unknown_head_is_refused(predictions):
    with pytest.raises(ValueError, match="unknown head 'gender': choose one of emotion"):
        counts_by_subject.score(predictions, TASK["gender"], 10)


def test_paired_difference_sees_a_small_but_steady_gain(predictions):
    better = predictions.copy()
    # One more right answer for each subject: unpaired intervals would overlap widely.
    wrong = (predictions["p_genuine"] >= 0.5) != (predictions["authenticity"] == "genuine")
    rows = predictions[wrong].groupby("group").head(1).index
    better.loc[rows, "p_genuine"] = 1 - better.loc[rows, "p_genuine"]
    head = TASK["authenticity"]
    found = counts_by_subject.paired_difference(better, predictions, head, "accuracy", 300)
    assert found.value == pytest.approx(len(rows) / len(predictions))
    assert found.low > 0


def test_paired_difference_refuses_other_images(predictions):
    with pytest.raises(ValueError, match="same images"):
        counts_by_subject.paired_difference(
            predictions,
            predictions.iloc[::-1].reset_index(drop=True),
            TASK["emotion"],
            "accuracy",
            10,
        )


def test_curve_points_meet_the_corners():
    truth, score = np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8])
    points = metrics.curve_points(truth, score)
    assert points["true positive rate at this false positive rate"].iloc[-1] == 1
    assert points["precision at this recall"].iloc[-1] == pytest.approx(2 / 3)


def test_curve_points_do_not_invent_a_perfect_start():
    points = metrics.curve_points(np.array([0, 1, 1]), np.array([0.9, 0.5, 0.4]))
    assert points["precision at this recall"].iloc[0] == pytest.approx(2 / 3)


def test_paired_difference_knows_only_sound_scores(predictions):
    with pytest.raises(ValueError, match="no paired difference of 'AUC' for 'emotion'"):
        counts_by_subject.paired_difference(predictions, predictions, TASK["emotion"], "AUC", 10)


def test_an_interval_in_percent():
    from fer_lib.evaluation.bootstrap import Interval

    assert str(Interval(0.8651, 0.846, 0.883, 100).percent()) == "86.5 [84.6, 88.3]"


@pytest.mark.parametrize("missing", [False, True])
def test_percentile_ends_leave_out_draws_without_a_value(missing):
    draws = np.random.default_rng(8).normal(size=(201, 3))
    if missing:
        draws[::7, 1] = np.nan
        draws[:, 2] = np.nan
    expected = pd.DataFrame(draws).quantile([0.025, 0.975])
    found = percentile_ends(draws, axis=0)
    assert found == pytest.approx(expected.to_numpy(), abs=1e-12, nan_ok=True)
    for column in range(3):
        alone = percentile_ends(draws[:, column])
        assert np.array_equal(found[:, column], alone, equal_nan=True)
    assert np.isnan(found[:, 2]).all() == missing
    assert (found[0, 0] > draws[:, 0].min()) and (found[1, 0] < draws[:, 0].max())


def test_students_interval_is_two_sided_and_agrees_with_its_p():
    low, high = student_ends(2.0, 0.5, 7.3)
    assert (low, high) == pytest.approx(stats.t.interval(0.95, 7.3, loc=2.0, scale=0.5))
    # Zero lies at the end of an interval of one minus p.
    p = student_p(2.0, 0.5, 7.3)
    assert stats.t.interval(1 - p, 7.3, loc=2.0, scale=0.5)[0] == pytest.approx(0, abs=1e-9)
    assert student_p(-2.0, 0.5, 7.3) == p
    assert np.isnan(student_ends(1.0, 0.5, 0)).all()


def test_confusion_by_group_is_that_of_the_groups_rows():
    chance = np.random.default_rng(4)
    places, truth, guess = chance.integers(0, 5, 200), *chance.integers(0, 3, (2, 200))
    found = confusion_by_group(places, truth, guess, 6, 3)
    for group in range(6):
        rows = places == group
        alone = [[(rows & (truth == t) & (guess == g)).sum() for g in range(3)] for t in range(3)]
        assert found[group].tolist() == alone
    times = np.array([2.0, 0, 0, 1, 0, 3])
    assert np.array_equal(weighted(found, times), 2 * found[0] + found[3] + 3 * found[5])
    assert np.array_equal(weighted(found, np.stack([times, times]))[1], weighted(found, times))
