"""What the page on calibration says, on draws and forecasts whose answer is known."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation import ledgers
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.evaluation.over_seeds import Pooled
from fer_lib.papers.diya2026 import bootstrap_coverage, calibration, calibration_page, result_page
from fer_lib.papers.diya2026.calibration import Forecast
from fer_lib.papers.diya2026.named_configs import PROPOSED, RIVAL
from fer_lib.papers.diya2026.task import TASK
from fer_lib.papers.diya2026.verdicts import calibration as verdicts

LEDGER = ledgers.load("diya2026")
DRAWS = np.random.default_rng(0).normal(0.8, 0.02, (1, 5000))
ENDS = bootstrap_coverage.from_few(DRAWS[0], 5, 1000, 0)


@pytest.fixture
def told(monkeypatch):
    """What is said, shown and folded."""
    found = {"say": [], "table": [], "folded": []}
    for name, held in found.items():
        monkeypatch.setattr(
            calibration_page.tables, name, lambda *given, held=held: held.append(given)
        )
    return found


def predictions(looks: float):
    """Ten subjects with six genuine and six fake faces; ``looks`` is how far a subject counts."""
    chance = np.random.default_rng(0)
    rows = []
    for subject in range(10):
        bias = looks * (-1) ** subject
        for k in range(12):
            genuine = k % 2
            score = 0.5 + 0.2 * (2 * genuine - 1) + bias + chance.normal(0, 0.15)
            word = ("fake", "genuine")[genuine]
            shown = {"group": f"s{subject}", "emotion": "happy", "authenticity": word}
            rows.append(shown | {"p_genuine": score})
    frame = pd.DataFrame(rows)
    return frame.assign(p_genuine=frame["p_genuine"].clip(0, 1), image_id=frame.index.astype(str))


def test_five_draws_are_said_to_be_too_narrow(told):
    calibration_page.say_few({"accuracy": DRAWS}, {"accuracy": ENDS}, 5)
    (rows, caption), ((said,),) = told["table"][0], told["say"]
    assert "5 resamples" in caption and "1.2% of cases" in said
    assert rows[0]["mean share of the width"] == pytest.approx(0.55, abs=0.05)
    many = bootstrap_coverage.from_few(DRAWS[0], 2000, 50, 0)
    wide = bootstrap_coverage.beside_many(DRAWS[0], many)
    assert wide["mean share of the width"] == pytest.approx(1, abs=0.05)
    calibration_page.say_inside(DRAWS[0], ENDS)
    low, high = np.quantile(DRAWS[0], [0.025, 0.975])
    inside = ((ENDS["low"] > low) & (ENDS["high"] < high)).mean()
    assert f"{inside:.0%} lie inside" in told["say"][-1][0]


def test_subjects_that_look_genuine_err_in_two_ways(told):
    head = TASK["authenticity"]
    biased = calibration.within_subjects(predictions(0.3), head)
    assert biased["images a subject"] == 12
    assert biased["between the classes"] < -0.8
    assert biased["correlation"] < 0 and biased["design effect"] < 1
    draws = dict.fromkeys(calibration_page.SCORES, DRAWS)
    calibration_page.say_subjects(draws, draws, biased)
    assert "narrower" in told["say"][0][0] and "looks genuine" in told["say"][0][0]
    assert told["table"][0][0][0]["width, subjects over images"] == 1
    # Subjects of whom all faces are easy or all are hard: the other way round.
    frame = predictions(0)
    hard = frame["group"].isin([f"s{k}" for k in range(5)])
    frame["p_genuine"] = np.where(hard, 1 - frame["p_genuine"], frame["p_genuine"])
    alike = calibration.within_subjects(frame, head)
    assert alike["design effect"] > 3
    calibration_page.say_subjects(draws, draws, alike)
    assert "too narrow" in told["say"][1][0]


def test_the_correlation_is_that_of_all_pairs_of_one_subject():
    frame, head = predictions(0.3), TASK["authenticity"]
    right = ((frame["p_genuine"] >= 0.5) == (frame["authenticity"] == "genuine")).to_numpy(float)
    error = right - right.mean()
    pairs = [
        error[i] * error[j]
        for i in range(len(error))
        for j in range(len(error))
        if i != j and frame["group"][i] == frame["group"][j]
    ]
    found = calibration.within_subjects(frame, head)["correlation"]
    assert found == pytest.approx(np.mean(pairs) / (error**2).mean())


def test_averages_of_the_counts_print_like_them_only_by_luck():
    counts = result_page.figure_13(LEDGER)
    low, high = bootstrap_coverage.exact_ends(counts)
    assert low < np.trace(counts) / counts.sum() < high
    found = bootstrap_coverage.averages(counts, LEDGER, 5, 400, 0)
    assert len(found.alike) == 400 and len(found.ends_alike) == 200
    assert found.singly["prints like it"].between(0, 1).all()
    assert found.alike.mean() <= found.singly["prints like it"].min()
    # Averages over very many runs print like the counts: nothing else could make them differ.
    close = bootstrap_coverage.averages(counts, LEDGER, 4000, 4, 0)
    assert close.singly["prints like it"].mean() > 0.8


def of(p, share, n=400):
    true = (np.random.default_rng(1).random(n) < share).astype(float)
    return Forecast(np.array([f"s{k % 8}" for k in range(n)]), np.clip(p * np.ones(n), 0, 1), true)


def test_calibration_is_shown_and_squaring_keeps_the_order(told):
    p = np.random.default_rng(0).random(400)
    honest = Forecast(of(0, 0).groups, p, (np.random.default_rng(2).random(400) < p).astype(float))
    key = (PROPOSED, "authenticity")
    found = calibration_page.measured({key: [honest, honest]}, 50, 0, 10)
    assert found[key][calibration_page.ERROR].value < 0.08
    assert list(told["table"][0][0][0])[1] == calibration_page.ERROR
    calibration_page.say_squared([honest], 50, 0, 10)
    (plain, squared), _ = told["table"][1]
    assert plain["AUC"] == squared["AUC"]
    assert squared[calibration_page.ERROR].value > plain[calibration_page.ERROR].value + 0.1
    assert "AUC changes by 0.000" in told["say"][0][0]


def test_the_chosen_threshold_is_applied_to_every_set(told):
    frame = predictions(0)
    moved = frame.assign(p_genuine=(frame["p_genuine"] - 0.25).clip(0, 1))
    parts = [moved.assign(set=name) for name in ("validation", "test")]
    run = SimpleNamespace(predictions=pd.concat(parts, ignore_index=True), task=TASK)
    asked = [run], 0.5, "test", 50, 0
    found = calibration_page.thresholds_of(*asked)
    assert found.chosen[0] < 0.4
    assert found.gain["accuracy"].value > 0.15
    both = {(PROPOSED, "test"): found, (RIVAL, "test"): found}
    calibration_page.say_thresholds(both, 0.5, {"test": "the test part"})
    assert len(told["table"]) == 1 and "the test part" in told["table"][0][1]
    assert told["say"][0][0].startswith("In accuracy the chosen thresholds reach more")


def test_the_answer_has_the_error_and_the_share_of_the_width():
    error = Pooled(0.05, 0.04, 0.06, 9)
    said = calibration_page.answer(ENDS, DRAWS[0], 5, error)
    assert str(error) in said and "5 resamples" in said and "1.2% of cases" in said


def test_sentences_are_judged_one_by_one():
    counts = result_page.figure_13(LEDGER)
    averaged = bootstrap_coverage.averages(counts, LEDGER, 5, 100, 0)
    gain, error = Interval(0.01, -0.01, 0.03, 9), Interval(0.1, 0.05, 0.15, 9)
    rows = VerdictRows(LEDGER)
    verdicts.judge(rows, bootstrap_coverage.exact_ends(counts), averaged, gain, error)
    found = {row.claims[0].id: row.verdict.word for row in rows.rows}
    assert found == dict.fromkeys(bootstrap_coverage.ENDS, "consistent") | dict.fromkeys(
        ("bootstrap.resamples", "table6.averaged", "deploy.threshold"), "underspecified"
    ) | dict.fromkeys(verdicts.OF_AUC, "inconsistent")
    rows = VerdictRows(LEDGER)
    verdicts.judge(rows, np.array([0.1, 0.2]), averaged, gain, error)  # another interval
    assert [row.verdict.word for row in rows.rows[:2]] == ["inconsistent"] * 2
