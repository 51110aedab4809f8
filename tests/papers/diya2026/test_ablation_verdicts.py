"""Verdicts on the ablations, and the small functions that pages on arms and groups share."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fer_lib.evaluation import ledgers, over_seeds
from fer_lib.evaluation.over_seeds import Pooled
from fer_lib.evaluation.paired_differences import Comparison
from fer_lib.evaluation.verdicts import Ground
from fer_lib.papers.diya2026 import (
    ablation_page,
    confusion_claims,
    model_page,
    result_page,
)
from fer_lib.papers.diya2026.fairness import group_tables
from fer_lib.papers.diya2026.task import TASK
from fer_lib.papers.diya2026.verdicts import ablations, comparison
from tests.evaluation.test_over_seeds import faces
from tests.papers.diya2026.test_result_verdicts import run

LEDGER = ledgers.load("diya2026")
RENDERED = Ground("diya2026", "rendered46", "book")
SEEN, UNSEEN = "direction seen on rendered faces", "direction not seen on rendered faces"
UP = Pooled(0.2, 0.1, 0.3, 9, seeds=3, p=0.001)
DOWN = Pooled(-0.2, -0.3, -0.1, 9, seeds=3, p=0.001)


def compared(*arms, difference=DOWN):
    return [
        Comparison(arm, "base", head, score, difference)
        for arm in arms
        for head, score in ablation_page.SCORES
    ]


def judged(**recalls):
    return ablations.differences(
        compared("no_authenticity", "no_emotion"),
        compared("alpha_03", "alpha_05", "alpha_06"),
        compared("lite0_se", "b0", difference=UP),
        {"fear": UP, "sad": UP, "genuine": DOWN} | recalls,
    )


def test_a_loss_without_a_part_is_a_gain_with_it():
    found = compared("no_emotion")
    assert ablations.change(found, "no_emotion", "emotion").value == 0.2
    assert ablations.change(found, "no_emotion", "emotion", False).value == -0.2


def test_the_rows_stand_in_the_order_of_the_paper():
    weights = compared("alpha_03", "alpha_05", "alpha_06")
    rows = ablations.rows(LEDGER, RENDERED, judged(sad=DOWN), weights).rows
    assert [row.verdict.word for row in rows] == [
        SEEN, SEEN, UNSEEN, SEEN, UNSEEN, SEEN, "not comparable", SEEN, SEEN, "inconsistent",
    ]  # fmt: skip
    stable = rows[6]
    assert stable.claims[0].id == "ablation.stable"
    assert stable.ours == "0.300"  # the largest end
    assert rows[7].title.endswith("(AUC, Lite0 with gates less without)")


def word_of(difference):
    """Return the verdict on one of the eight differences, the recall of fear."""
    weights = compared("alpha_03", "alpha_05", "alpha_06")
    rows = ablations.rows(LEDGER, RENDERED, judged(fear=difference), weights).rows
    return rows[1].verdict


def test_a_difference_needs_three_seeds_and_what_stays_after_holm():
    assert word_of(UP).word == SEEN
    assert word_of(replace(UP, seeds=2)).why == "2 of the 3 seeds that are needed"
    uncorrected = word_of(replace(UP, p=0.06 / 2))
    assert uncorrected.word == SEEN  # the largest of eight counts once
    corrected = word_of(replace(UP, p=0.06))
    assert (corrected.word, corrected.why) == (
        "not decided",
        "p is 0.06 after Holm's correction, on rendered faces",
    )


def test_scores_of_an_arm_and_of_a_model_are_means_over_seeds():
    runs = {"base": [run(0), run(1)]}
    counted = over_seeds.tallies(runs["base"], "test", "emotion")
    wanted = over_seeds.over_seeds(counted, 50, 0)["accuracy"]
    assert ablation_page.own_score(runs, 50, 0, "base", "emotion", "accuracy") == wanted
    score = confusion_claims.recall_of("fear")
    found = comparison.own_score(
        {("base", "test", "emotion"): counted}, "test", 50, 0, "base", "emotion", score, "recall"
    )
    assert found == over_seeds.over_seeds(counted, 50, 0, score)["recall"]


def test_differences_are_drawn_by_score():
    chart = ablation_page.by_score(compared("a", "b"), {"a": "first", "b": "second"})
    assert list(chart.index) == ["first", "second"]
    assert list(chart.columns) == ["emotion accuracy", "authenticity AUC"]


def test_accuracies_are_those_of_both_heads_by_subject():
    predictions = faces(seed=0)
    found = result_page.accuracies(TASK, predictions, 50, 0)
    named = predictions[[c for c in predictions if c.startswith("p_") and c != "p_genuine"]]
    right = named.idxmax(axis=1).str.removeprefix("p_") == predictions["emotion"]
    assert found["emotion"].value == pytest.approx(right.mean())
    assert found["emotion"].groups == predictions["group"].nunique()
    assert set(found) == {"emotion", "authenticity"}


def test_a_p_says_no_more_than_permutations_can():
    frame = pd.DataFrame({"p": [0.0005, 0.2, np.nan], "p adjusted": [0.001, 0.0, 1.0], "x": 1})
    found = group_tables.with_p(frame)
    assert found["p"].tolist() == ["< 0.001", "0.200", "–"]
    assert found["p adjusted"].tolist() == ["0.001", "< 0.001", "1.000"]
    assert found["x"].tolist() == [1, 1, 1]


def test_groups_are_drawn_under_their_factor():
    table = pd.DataFrame({"factor": ["sex", "sex"], "value": ["f", "m"], "s": [UP, DOWN]})
    figure = group_tables.forest({"one": table, "two": table}, "s", "score")
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["sex: f", "sex: m"]


@pytest.mark.parametrize(
    ("difference", "apart", "words"),
    [
        (UP, "yes", "more than a change of the kind *light*"),
        (DOWN, "yes", "less than a change of the kind *light*"),
        (UP, "no", "neither more nor less, as far as these faces tell, than a change of the kind"),
    ],
)
def test_a_tone_is_set_beside_another_change(difference, apart, words):
    row = pd.Series({"difference": difference, "told apart": apart})
    told = group_tables.tone_beside(row, "light")
    assert words in told and told.endswith(f": {difference}.")


def test_a_number_of_parameters_prints_in_millions():
    claim = LEDGER["noSE.trainable"]
    low, high = claim.rounding
    assert model_page.fits(claim, round(claim.value * 1e6))
    assert not model_page.fits(claim, round(high * 1e6))
    assert not model_page.fits(claim, round(low * 1e6) - 10)
    for count, word in ((claim.value * 1e6, "consistent"), (1, "inconsistent")):
        assert model_page.count_verdict(claim, round(count), "why").verdict.word == word
