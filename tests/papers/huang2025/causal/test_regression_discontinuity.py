"""A jump is found where one was planted and nowhere else; each set-up estimates what it says."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from fer_lib.papers.huang2025.causal import regression_discontinuity
from fer_lib.papers.huang2025.causal.treatment_assignment import NONE, SMOTE
from tests.helpers.made_runs import made


def world(jump=0.03, runs=800, seed=0, bend=0.0):
    """Return ratio, rule and outcome: a falling line with a jump at the cutoff."""
    chance = np.random.default_rng(seed)
    ratio = chance.uniform(0.5, 0.9, runs)
    rule = (ratio >= 0.7).astype(float)
    away = ratio - 0.7
    return (
        ratio,
        rule,
        0.5 - 0.3 * away + bend * away**2 + jump * rule + chance.normal(0, 0.03, runs),
    )


@pytest.mark.parametrize("bandwidth", [None, 0.15, 0.1])
def test_a_planted_jump_is_found(bandwidth):
    found = regression_discontinuity.estimate(*world(), bandwidth=bandwidth)
    assert found.tau.low < 0.03 < found.tau.high and found.tau.low > 0
    assert found.p < 0.01
    assert found.untreated + found.treated == found.tau.groups


def test_no_jump_is_found_where_there_is_none():
    inside = [
        regression_discontinuity.estimate(*world(0.0, seed=seed), bandwidth=0.15).tau
        for seed in range(100)
    ]
    assert 0.88 <= np.mean([found.low <= 0 <= found.high for found in inside]) <= 1


def test_it_is_the_public_codes_regression():
    ratio, rule, outcome = world()
    given = pd.DataFrame({"y": outcome, "x": ratio - 0.7, "t": rule})
    near = given[given["x"].abs() <= 0.15]
    theirs = smf.ols("y ~ x * t", near).fit(cov_type="HC1")
    ours = regression_discontinuity.estimate(ratio, rule, outcome, bandwidth=0.15)
    assert ours.tau.value == pytest.approx(theirs.params["t"])
    assert ours.error == pytest.approx(theirs.bse["t"])
    assert (ours.tau.low, ours.tau.high) == pytest.approx(tuple(theirs.conf_int().loc["t"]))
    assert ours.p == pytest.approx(theirs.pvalues["t"])


def test_a_narrow_triangle_bends_less_than_all_runs():
    """A bend on one side of the cutoff only looks like a jump to straight lines."""
    ratio, rule, outcome = world(0.0, 4000)
    outcome = outcome + 3 * np.where(rule, ratio - 0.7, 0) ** 2
    wide = regression_discontinuity.estimate(ratio, rule, outcome)
    narrow = regression_discontinuity.estimate(
        ratio, rule, outcome, bandwidth=0.1, kernel="triangular"
    )
    assert wide.tau.high < 0
    assert abs(narrow.tau.value) < abs(wide.tau.value) / 2


def test_a_treatment_on_both_sides_has_half_the_error_and_needs_no_jump():
    """Lots on both sides: the coefficient is the effect, though nothing happens at the cutoff."""
    ratio, rule, _ = world(0.0)
    chance = np.random.default_rng(3)
    lots = chance.permutation(np.arange(len(ratio)) % 2).astype(float)
    outcome = 0.5 - 0.3 * (ratio - 0.7) + 0.03 * lots + chance.normal(0, 0.03, len(ratio))
    coded = regression_discontinuity.estimate(ratio, lots, outcome)
    sharp = regression_discontinuity.estimate(ratio, rule, outcome)
    assert coded.tau.low < 0.03 < coded.tau.high and coded.tau.low > 0.02
    assert sharp.tau.low < 0 < sharp.tau.high
    assert coded.error == pytest.approx(sharp.error / 2, rel=0.2)


def test_runs_that_obeyed_the_rule_are_kept():
    runs = made(effect=0.03)
    kept, treated = regression_discontinuity.assigned_by_cutoff(runs, SMOTE)
    assert set(kept["treatment"]) == {NONE, SMOTE}
    assert np.array_equal(treated == 1, kept["imbalance"] >= 0.7)
    assert np.array_equal(treated == 1, kept["treatment"] == SMOTE)
    found = regression_discontinuity.estimate(kept["imbalance"], treated, kept["score"])
    assert found.tau.low < 0.03 < found.tau.high


def test_runs_that_pile_up_on_one_side_are_seen():
    ratio, *_ = world()
    assert (regression_discontinuity.density(ratio)["p"] > 0.05).all()
    moved = np.where((ratio > 0.65) & (ratio < 0.7), ratio + 0.05, ratio)
    table = regression_discontinuity.density(moved)
    assert table["p"].iloc[1] < 1e-6
    assert table.loc[1, "below"] + table.loc[1, "above"] == (np.abs(moved - 0.7) < 0.05).sum()


def test_bins_begin_at_the_cutoff():
    ratio, _, outcome = world()
    table = regression_discontinuity.binned(ratio, outcome)
    assert table["runs"].sum() == len(ratio)
    first = table[table["imbalance"] > 0.7].iloc[0]
    inside = (ratio >= 0.7) & (ratio < 0.72)
    assert (first["runs"], first["mean"]) == (inside.sum(), pytest.approx(outcome[inside].mean()))


def test_sensitivity_has_every_bandwidth():
    table = regression_discontinuity.sensitivity(*world())
    assert list(table["bandwidth"]) == ["all runs", "0.15", "0.15", "0.1", "0.1", "0.05", "0.05"]
    assert table["runs"].is_monotonic_decreasing
    assert table["standard error"].iloc[-1] > table["standard error"].iloc[0]


def test_too_few_runs_give_no_number():
    ratio, rule, outcome = (column[:30] for column in world())
    found = regression_discontinuity.estimate(ratio, rule, outcome, bandwidth=0.001)
    assert np.isnan(found.tau.value) and found.tau.ends == "no interval" and np.isnan(found.p)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"cutoff": 0.95}, "the cutoff 0.95 lies outside of the ratios"),
        ({"bandwidth": 0}, "the bandwidth is 0: give more than 0"),
        ({"kernel": "normal"}, "kernel 'normal': give uniform, or triangular with a bandwidth"),
        ({"kernel": "triangular"}, "triangular with a bandwidth"),
    ],
)
def test_what_makes_no_sense_is_refused(given, told):
    with pytest.raises(ValueError, match=told):
        regression_discontinuity.estimate(*world(), **given)
