"""What the page on leakage says of the trained networks, whichever way the numbers fall."""

import numpy as np
import pandas as pd
import pytest

from fer_lib.evaluation import ledgers
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.evaluation.verdicts import Ground
from fer_lib.papers.diya2026 import ablation_page, leakage_page, named_configs
from fer_lib.papers.diya2026.verdicts import leakage
from tests.papers.diya2026.test_planted_leaks import noise
from tests.papers.diya2026.test_result_verdicts import HISTORY, run

UP, DOWN = Interval(30.0, 20.0, 40.0, 3, 1), Interval(-3.0, -4.0, -2.0, 3, 1)
OPEN, ALONE = Interval(1.0, -2.0, 4.0, 3, 1), Interval(1.0, np.nan, np.nan, 1, 1)


@pytest.fixture(scope="module")
def runs():
    of = [run(seed, **HISTORY) for seed in (0, 1)]
    return dict.fromkeys(named_configs.LEAKAGE, of)


def test_every_protocol_and_every_share_is_a_training_of_this_page():
    assert {"base", *leakage_page.PROTOCOLS, *leakage_page.WRONG} == set(named_configs.LEAKAGE)


def test_the_same_runs_under_every_protocol_add_nothing(runs):
    steps = leakage_page.added(runs, 50, 0)
    assert list(steps.index) == list(leakage_page.PROTOCOLS)
    assert all(one.value == 0 for one in steps.to_numpy().ravel())
    paired, apart = steps.loc["stopped_on_test"], steps.loc["by_image"]
    assert all(one.low == one.high == 0 for one in paired)  # the very same images
    assert all(one.low < 0 < one.high for one in apart)
    told = leakage_page.of_networks(runs, steps)
    assert told.startswith("0 of 8 intervals are clear") and "from 2 of 2 seeds" in told


def test_each_protocol_reports_its_own_score(runs):
    rows = leakage_page.scores(runs, {"test": "test part"}, 50, 0)
    assert len(rows) == 5 and rows[0]["protocol"] == "by subject (correct)"
    wanted = ablation_page.own_score(runs, 50, 0, "base", "emotion", "accuracy")
    assert rows[0]["emotion accuracy, test part"] == wanted


def test_wrong_test_labels_pull_an_accuracy_towards_a_half(runs):
    noise = leakage_page.wrong_labels(runs, "test", 50, 0)
    right = noise["accuracy"][0].value
    assert list(noise["wrong labels (%)"]) == [0, 5, 10, 20]
    seen = noise["seen by wrong test labels"]
    assert list(seen) == pytest.approx([right + e * (1 - 2 * right) for e in (0, 0.05, 0.1, 0.2)])
    assert noise["change (points)"][0] == "reference"
    assert noise["change (points)"][3].value == 0
    assert "With 20 % of the labels wrong" in leakage_page.of_wrong_labels(noise)


@pytest.mark.parametrize(
    ("added", "words"),
    [
        (UP, "It adds 30.0 [20.0, 40.0]."),
        (DOWN, "It takes away 3.0 [2.0, 4.0]."),
        (OPEN, "It changes it by 1.0 [-2.0, 4.0], which may be nothing."),
        (ALONE, "It changes it by 1.0 no interval, which may be nothing."),
    ],
)
def test_a_step_is_said_as_its_interval_allows(added, words):
    assert leakage_page.step(added, "It") == words


@pytest.mark.parametrize("copied", [UP, OPEN])
def test_the_answer_claims_a_leak_only_where_one_is_seen(copied):
    archive = noise(images=70)
    planted = pd.DataFrame({"copies": [0, 7], "seed": [0, 1]})
    alone = pd.DataFrame({"seed": range(30)})
    by_score = pd.Series({"emotion accuracy": OPEN, "authenticity AUC": UP})
    told, rests_on = leakage_page.answer(archive, planted, copied, UP, alone, by_score, 2)
    assert ("7 augmented copies of each take, split by image, add 30.0" in told) == (copied is UP)
    assert "changes it by 1.0 [-2.0, 4.0], which may be nothing." in told
    assert told.endswith("(Authenticity AUC: 30.0 [20.0, 40.0].)") and "30 of all 70" in rests_on
    assert "fresh scene" in told and "from 2 seeds" in rests_on


def test_a_small_leak_of_the_split_itself_is_said():
    alone = pd.Series({"emotion accuracy": OPEN, "authenticity AUC": UP})
    told = leakage_page.of_alone(alone, UP, 1657, 30)
    assert "adds a little: **1.0 [-2.0, 4.0]** points of emotion accuracy" in told
    nothing = leakage_page.of_alone(alone.map(lambda _: OPEN), UP, 1657, 30)
    assert "adds nothing that can be seen" in nothing
    assert "no more than always" in leakage_page.of_subjects(0.1, 0.2)
    assert "0.300, more than always" in leakage_page.of_subjects(0.3, 0.2)


def test_the_verdicts_leave_open_what_the_paper_does():
    of = dict.fromkeys(leakage_page.PROTOCOLS, OPEN)
    rows = leakage.rows(
        ledgers.load("diya2026"), Ground("diya2026", "rendered46", "book"), of, UP, DOWN
    ).rows
    assert [row.verdict.word for row in rows] == ["underspecified"] * 3 + ["not testable"]
    claims = "protocol.stratified protocol.refinement patience.section42 protocol.one_annotator"
    assert [row.claims[0].id for row in rows] == claims.split()
    assert str(UP) in rows[0].verdict.why and rows[3].ours == str(DOWN)
