"""Calibration on forecasts whose answer is known; a threshold that never looks at the test."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import calibration_curve

from fer_lib.labels import EMOTIONS
from fer_lib.papers.diya2026 import calibration
from fer_lib.papers.diya2026.calibration import Forecast
from fer_lib.papers.diya2026.task import TASK


def constant(p, share, n=1000):
    true = (np.arange(n) < share * n).astype(float)
    return Forecast(np.array([f"s{k % 10}" for k in range(n)]), np.full(n, p), true)


def ece(of, strategy="uniform"):
    """Return the expected calibration error by its definition, bin by bin."""
    found = calibration.reliability(of, strategy)
    gap = (found["forecast"] - found["came true"]).abs()
    return float(np.average(gap, weights=found["images"]))


def measured(of, strategy="uniform"):
    """Return what the page shows of one forecast, which must be the definition's."""
    name = {"uniform": "ECE, equal width", "quantile": "ECE, equal size"}[strategy]
    value = calibration.over_seeds([of], 20)[name].value
    assert value == pytest.approx(ece(of, strategy), abs=1e-12)
    return value


@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
def test_ece_of_a_constant_forecast_is_its_gap(strategy):
    assert measured(constant(0.9, 0.6), strategy) == pytest.approx(0.3)
    assert measured(constant(0.6, 0.6), strategy) == pytest.approx(0)


def test_ece_weights_bins_by_their_images():
    sure, unsure = constant(0.95, 0.95, 900), constant(0.25, 0.75, 100)
    both = Forecast(
        *(np.concatenate([getattr(one, name) for one in (sure, unsure)]) for name in vars(sure))
    )
    assert measured(both) == pytest.approx(0.1 * 0.5)


def test_a_perfect_forecast_has_a_small_ece_and_a_bold_one_a_large():
    chance = np.random.default_rng(0)
    p = chance.random(20000)
    of = Forecast(np.arange(20000).astype(str), p, (chance.random(20000) < p).astype(float))
    bold = Forecast(of.groups, np.clip(2 * p - 0.5, 0, 1), of.true)
    assert ece(of) < 0.015
    assert ece(bold) > 0.08


def test_reliability_is_scikit_learns_curve():
    chance = np.random.default_rng(1)
    p, true = chance.random(500), chance.integers(0, 2, 500).astype(float)
    found = calibration.reliability(Forecast(np.arange(500).astype(str), p, true))
    share, mean = calibration_curve(true, p, n_bins=10)
    assert found["came true"].to_numpy() == pytest.approx(share)
    assert found["forecast"].to_numpy() == pytest.approx(mean)
    assert found["images"].sum() == 500


def test_brier_score_and_its_parts():
    found = calibration.brier_parts(constant(0.9, 0.6))
    assert found["uncertainty"] == pytest.approx(0.24)
    assert found["miscalibration"] == pytest.approx(0.09)
    assert found["discrimination"] == pytest.approx(0)
    assert found["Brier score"] == pytest.approx(0.33)


def test_neighbours_in_single_precision_have_parts_too():
    """Networks answer in single precision; isotonic regression interpolates between answers."""
    near = np.float32(0.999999) + np.arange(6, dtype=np.float32) * np.finfo(np.float32).epsneg
    p = np.concatenate([np.float32([0.2, 0.4]), near]).repeat(3)
    true = np.tile([0.0, 1.0, 1.0], 8)
    found = calibration.brier_parts(Forecast(np.arange(24).astype(str), p, true))
    assert all(np.isfinite(value) for value in found.values())


def test_brier_parts_add_up():
    chance = np.random.default_rng(2)
    of = Forecast(np.arange(300).astype(str), chance.random(300), chance.integers(0, 2, 300) * 1.0)
    f = calibration.brier_parts(of)
    assert f["Brier score"] == pytest.approx(
        f["miscalibration"] - f["discrimination"] + f["uncertainty"]
    )


def test_measures_over_seeds_agree_with_the_plain_ones():
    chance = np.random.default_rng(3)
    p = chance.random(400)
    groups = np.array([f"s{k % 20}" for k in range(400)])
    of = Forecast(groups, p, (chance.random(400) < p**2).astype(float))
    found = calibration.over_seeds([of, of], 200)
    assert found["ECE, equal width"].value == pytest.approx(ece(of))
    assert found["ECE, equal size"].value == pytest.approx(ece(of, "quantile"))
    assert found["Brier score"].value == pytest.approx(calibration.brier_parts(of)["Brier score"])
    assert found["forecast minus truth"].value == pytest.approx((of.p - of.true).mean())
    assert found["forecast minus truth"].low > 0
    assert found["Brier score"].seeds == 2


def test_an_unknown_binning_is_refused():
    with pytest.raises(ValueError, match="unknown strategy 'kmeans': choose uniform or quantile"):
        calibration.reliability(constant(0.5, 0.5), "kmeans")


def decided(validation_edge, test_edge, n=200):
    """Return a run whose true threshold is one on the validation part and another on the test."""
    p = np.linspace(0.005, 0.995, n)
    parts = [
        pd.DataFrame(
            {
                "set": name,
                "group": [f"s{k % 10}" for k in range(n)],
                "emotion": "happy",
                "authenticity": np.where(p >= edge, "genuine", "fake"),
                "p_genuine": p,
            }
        )
        for name, edge in (("validation", validation_edge), ("test", test_edge))
    ]
    table = pd.concat(parts, ignore_index=True).assign(**{f"p_{e}": 1 / 7 for e in EMOTIONS})
    return SimpleNamespace(about={"seed": 0}, predictions=table, task=TASK)


def test_the_threshold_is_the_validation_parts():
    assert calibration.best_threshold(decided(0.3, 0.8)) == pytest.approx(0.3, abs=0.006)


def test_the_test_part_has_no_say_in_the_threshold():
    found = {calibration.best_threshold(decided(0.3, edge)) for edge in (0.1, 0.5, 0.9)}
    assert len(found) == 1


def test_among_equals_the_threshold_stays_near_a_half():
    # 0.15, 0.5 and 0.6 are right three times out of four.
    rows = pd.DataFrame(
        {
            "set": "validation",
            "group": "s",
            "emotion": "happy",
            "authenticity": ["fake", "genuine", "fake", "genuine"],
            "p_genuine": [0.1, 0.2, 0.3, 0.9],
        }
    ).assign(**{f"p_{e}": 1 / 7 for e in EMOTIONS})
    assert calibration.best_threshold(SimpleNamespace(predictions=rows, task=TASK)) == 0.5


def test_no_validation_part_no_threshold():
    run = decided(0.3, 0.3)
    run.predictions = run.predictions[run.predictions["set"] == "test"]
    with pytest.raises(ValueError, match="no validation part"):
        calibration.best_threshold(run)


def test_confidence_in_the_emotion_named():
    table = decided(0.3, 0.3).predictions.head(2).copy()
    table["p_happy"] = [0.9, 0.0]
    found = calibration.forecast(table, TASK["emotion"])
    assert found.p == pytest.approx([0.9, 1 / 7])
    assert found.true.tolist() == [1.0, 0.0]
