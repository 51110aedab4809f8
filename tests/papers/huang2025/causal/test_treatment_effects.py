"""Planted effects come back with fair intervals; confounding misleads only who ignores it."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from fer_lib.papers.huang2025.causal import (
    causal_diagram,
    confounded_subsample,
    plots,
    refutation_tests,
    treatment_assignment,
    treatment_effects,
)
from fer_lib.papers.huang2025.causal.treatment_assignment import FOCAL, FOREST, NONE, SMOTE
from tests.helpers.made_runs import made


def holds(interval, value):
    return interval.low <= value <= interval.high


def test_a_planted_effect_comes_back():
    found = treatment_effects.average(treatment_effects.contrast(made(), SMOTE), "score")
    assert holds(found, 0.03) and found.low > 0
    assert found.high - found.low < 0.02
    assert found.groups == 20


def test_intervals_hold_what_is_true_as_often_as_they_say():
    inside, p_values = [], []
    for seed in range(120):
        of = treatment_effects.contrast(made(300, effect=0.0, seed=seed), SMOTE)
        inside.append(holds(treatment_effects.average(of, "score"), 0.0))
        if seed < 60:
            p_values.append(treatment_effects.permutation_p(of, "score", 99, seed))
    assert 0.88 <= np.mean(inside) <= 0.99
    assert np.mean(np.array(p_values) <= 0.1) <= 0.25  # 0.1 is expected
    assert 0.3 < np.mean(p_values) < 0.7


def test_lots_dealt_out_again_see_an_effect():
    assert (
        treatment_effects.permutation_p(treatment_effects.contrast(made(), SMOTE), "score", 199, 0)
        == 1 / 200
    )


def test_what_changes_with_the_ratio_comes_back():
    of = treatment_effects.contrast(made(slope=0.2), SMOTE)
    at, slope = treatment_effects.by_imbalance(of, "score", np.array([0.55, 0.7, 0.85]))
    assert holds(slope, 0.02) and slope.low > 0  # for a tenth
    for found, true in zip(at, (0.0, 0.03, 0.06), strict=True):
        assert holds(found, true)
    bins, p = treatment_effects.in_parts(of, "score", treatment_effects.bins(of.rows))
    assert list(bins["part"]) == ["0.5 to 0.6", "0.6 to 0.7", "0.7 to 0.8", "0.8 to 0.9"]
    assert bins["with"].sum() + bins["without"].sum() == len(of.rows)
    assert p < 0.01
    assert bins["effect"].iloc[-1].value > bins["effect"].iloc[0].value


def test_classifiers_are_told_apart_only_where_they_differ():
    for by, apart in (({FOREST: 0.06}, True), ({}, False)):
        of = treatment_effects.contrast(made(by=by), SMOTE)
        parts, p = treatment_effects.in_parts(of, "score", of.rows["classifier"])
        assert (p < 0.01) == apart
        found = dict(zip(parts["part"], parts["effect"], strict=True))
        assert holds(found[FOREST], 0.03 + 0.06 * apart)


def test_a_part_without_both_kinds_has_no_effect():
    of = treatment_effects.contrast(made(), SMOTE)
    part = pd.Series(np.where(of.treated == 1, "treated alone", "the others"))
    parts, p = treatment_effects.in_parts(of, "score", part)
    assert all(np.isnan(found.value) for found in parts["effect"]) and np.isnan(p)


def test_only_classifiers_that_could_get_a_treatment_tell_of_it():
    of = treatment_effects.contrast(made(), FOCAL)
    assert set(of.rows["classifier"]) == {treatment_assignment.LR}
    assert set(of.rows["treatment"]) == {NONE, FOCAL}
    with pytest.raises(ValueError, match="no runs with and without 'SMOTE' to compare"):
        treatment_effects.contrast(made().query("treatment == 'none'"), SMOTE)


def test_few_runs_leave_covariates_out_and_nothing_breaks():
    of = treatment_effects.contrast(made(40, splits=2), SMOTE)
    assert np.isfinite(treatment_effects.average(of, "score").value)
    assert 0 < treatment_effects.permutation_p(of, "score", 19, 0) <= 1


def test_runs_of_a_confounded_world_are_the_experiments():
    of = treatment_effects.contrast(made(), SMOTE)
    kept = confounded_subsample.confounded(of, 3)
    assert 0.4 < len(kept.rows) / len(of.rows) < 0.6
    high = kept.rows["imbalance"] > 0.7
    assert kept.treated[high].mean() > kept.treated[~high].mean() + 0.3
    # What is known beforehand is spread as before, whoever is treated.
    assert kept.rows["imbalance"].mean() == pytest.approx(of.rows["imbalance"].mean(), abs=0.02)
    again = confounded_subsample.confounded(of, 3)
    pd.testing.assert_frame_equal(kept.rows, again.rows)
    one_split = (of.rows["split"] == 0).to_numpy()
    with pytest.raises(ValueError, match="are kept, too few of one kind: take more runs"):
        confounded_subsample.confounded(
            treatment_effects.Contrast(of.rows[one_split], of.treated[one_split]), 0
        )


def test_double_learning_finds_what_a_plain_comparison_misses():
    """Over worlds: the plain difference is off, the others are not, the unrecorded shows."""
    worlds = confounded_subsample.repeated(
        treatment_effects.contrast(made(1200), SMOTE), "score", 12, 0
    )
    worlds["value"] = [found.value for found in worlds["effect"]]
    worlds["holds"] = [holds(found, 0.03) for found in worlds["effect"]]
    ways = worlds.groupby("way", sort=False)[["value", "holds"]].mean()
    off = (ways["value"] - 0.03).abs()
    plain, regression, double, unseen = ways.index
    assert off[plain] > 0.02 and not ways["holds"][plain]
    assert off[double] < 0.006 and ways["holds"][double] > 0.7
    assert off[regression] < 0.006
    assert off[double] < off[unseen] < off[plain]


def test_double_learning_needs_no_straight_line():
    """Where score and lots both bend with the ratio, a straight line is no adjustment."""
    plan = made(1200, confusing=0.0)
    bend = 8 * (plan["imbalance"] - 0.7) ** 2
    plan["score"] -= bend
    chance = np.random.default_rng(0)
    keep = chance.random(len(plan)) < np.where(
        plan["treatment"] == SMOTE, 0.1 + 2.2 * bend, 0.9 - 2.2 * bend
    )
    kept = treatment_effects.contrast(plan[keep], SMOTE)
    straight = confounded_subsample.adjusted(kept, "score")
    double = confounded_subsample.double_learned(kept, "score")
    assert not holds(straight, 0.03)
    assert abs(double.value - 0.03) < abs(straight.value - 0.03) / 2


def test_estimates_repeat():
    of = treatment_effects.contrast(made(), SMOTE)
    first, again = (confounded_subsample.repeated(of, "score", 2, 5) for _ in range(2))
    pd.testing.assert_frame_equal(first, again, check_exact=True)


def test_an_estimate_without_fault_is_not_refuted():
    of = confounded_subsample.confounded(treatment_effects.contrast(made(1200), SMOTE), 0)
    estimate = confounded_subsample.adjusted(of, "score").value
    found = refutation_tests.refute(of, "score", confounded_subsample.BEFORE, 60, 0)
    assert refutation_tests.passes(found, estimate)
    assert holds(found[refutation_tests.PLACEBO], 0.0)
    assert not holds(found[refutation_tests.PLACEBO], estimate)
    assert found[refutation_tests.COMMON_CAUSE].value == pytest.approx(estimate, abs=1e-3)
    # Fewer rows move an estimate more than a column of noise does.
    widths = {name: one.high - one.low for name, one in found.items()}
    assert widths[refutation_tests.SUBSET] > 2 * widths[refutation_tests.COMMON_CAUSE]
    again = refutation_tests.refute(of, "score", confounded_subsample.BEFORE, 60, 0)
    assert found == again
    with pytest.raises(ValueError, match="1 draws: give 2 or more"):
        refutation_tests.refute(of, "score", (), 1, 0)


def test_a_cause_nobody_recorded_shows_only_when_it_is_added():
    """The three attempts pass though the estimate is off; the planted cause itself moves it."""
    of = confounded_subsample.confounded(treatment_effects.contrast(made(1200), SMOTE), 0)
    without = ("classifier", "features")
    blind = confounded_subsample.adjusted(of, "score", without)
    found = refutation_tests.refute(of, "score", without, 60, 0)
    assert not holds(blind, 0.03) and refutation_tests.passes(found, blind.value)
    seeing = confounded_subsample.adjusted(of, "score", (*without, "imbalance"))
    moved = abs(seeing.value - blind.value)
    noise = found[refutation_tests.COMMON_CAUSE]
    assert holds(seeing, 0.03) and moved > 5 * (noise.high - noise.low)


def test_a_faulty_estimate_is_refuted(monkeypatch):
    """An estimator that always finds the same is caught by the placebo."""
    of = treatment_effects.contrast(made(200), SMOTE)
    constant = treatment_effects.Interval(0.05, 0.04, 0.06, of.splits)
    monkeypatch.setattr(confounded_subsample, "adjusted", lambda *_: constant)
    assert not refutation_tests.passes(refutation_tests.refute(of, "score", (), 5, 0), 0.05)


def test_with_nothing_known_the_regression_is_the_plain_difference():
    of = treatment_effects.contrast(made(), SMOTE)
    plain = confounded_subsample.naive(of, "score")
    bare = confounded_subsample.adjusted(of, "score", ())
    assert (bare.value, bare.low, bare.high) == pytest.approx((plain.value, plain.low, plain.high))


def test_the_curves_name_their_treatment():
    of = treatment_effects.contrast(made(), SMOTE)
    ratios = np.array([0.5, 0.7, 0.9])
    bins, _ = treatment_effects.in_parts(of, "score", treatment_effects.bins(of.rows))
    bins["middle"] = [0.55, 0.65, 0.75, 0.85]
    at, _ = treatment_effects.by_imbalance(of, "score", ratios)
    figure = plots.curves({"score": (ratios, at, bins)}, FOCAL)
    assert figure.axes[0].get_ylabel() == "effect of focal loss"


def test_an_average_by_weights_is_that_of_the_heavy_runs():
    of = treatment_effects.contrast(made(1200, slope=0.4), SMOTE)
    heavy = (of.rows["imbalance"] > 0.8).to_numpy(float) + 1e-6
    assert treatment_effects.average(of, "score", heavy).value == pytest.approx(
        0.03 + 0.4 * 0.15, abs=0.015
    )


def test_a_mean_has_the_spread_of_its_splits():
    of = treatment_effects.contrast(made(effect=0.0, confusing=0.0), SMOTE)
    found = treatment_effects.mean(of, "score")
    assert found.value == pytest.approx(of.rows["score"].mean())
    by_split = of.rows.groupby("split")["score"].mean()
    wanted = 2.09 * by_split.std() / np.sqrt(20)  # t, 19 degrees of freedom
    assert (found.high - found.low) / 2 == pytest.approx(wanted, rel=0.15)


def test_the_diagram_says_what_has_to_be_held():
    table = causal_diagram.table()
    caption, cutoff, people, lots = (table.loc[world] for world in causal_diagram.WORLDS)
    assert list(table.columns) == ["nothing", "X", "Z", "X and Z"]
    assert list(caption) == ["not enough", "not enough", "enough", "enough"]
    assert list(cutoff) == ["not enough", "enough", "not enough", "enough"]
    assert list(people) == ["not enough", "not enough", "not enough", "enough"]
    assert set(lots) == {"enough"}


def test_what_follows_from_the_treatment_must_not_be_held():
    diagram = causal_diagram.graph((("T", "M"), ("M", "Y")))
    assert causal_diagram.closes_back_doors(diagram, set())
    assert not causal_diagram.closes_back_doors(diagram, {"M"})
    # A common effect opens a way when it is held.
    collider = nx.DiGraph([("A", "C"), ("B", "C"), ("A", "T"), ("B", "Y"), ("T", "Y")])
    assert causal_diagram.closes_back_doors(collider, set())
    assert not causal_diagram.closes_back_doors(collider, {"C"})
    with pytest.raises(ValueError, match="run in a circle"):
        causal_diagram.graph((("T", "Y"), ("Y", "T")))
