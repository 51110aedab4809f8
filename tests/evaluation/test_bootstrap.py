"""Groups are drawn in one way; intervals agree with SciPy's, and a wrong axis is noticed."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from fer_lib.evaluation.bootstrap import (
    bootstrap,
    interval,
    means,
    over_groups,
    satterthwaite,
    student_ends,
    weights_of,
)

GROUPS = np.repeat(np.arange(12), 5)


def columns():
    """Return two columns of faces of twelve subjects, whose subjects differ; one with gaps."""
    chance = np.random.default_rng(0)
    one, two = chance.normal(size=60) + GROUPS / 4, chance.random(60)
    two[::7] = np.nan
    return pd.DataFrame({"a": one, "b": two})


def test_weights_count_draws_with_replacement():
    weights = weights_of(12, 20_000, seed=1)
    assert weights.shape == (20_000, 12)
    assert (weights.sum(1) == 12).all() and (weights >= 0).all() and (weights % 1 == 0).all()
    expected = np.eye(12) - 1 / 12  # covariance of multinomial counts
    assert np.abs(np.cov(weights.T) - expected).max() < 0.05
    assert np.array_equal(weights[:50], weights_of(12, 20_000, seed=1)[:50])
    assert not np.array_equal(weights, weights_of(12, 20_000, seed=2))


def test_weights_of_a_table_draw_its_units():
    table = np.array([[30, 0], [5, 65]])
    weights = weights_of(table, 5000, seed=1)
    assert (weights.sum(1) == 100).all() and not weights[:, 1].any()
    assert weights.mean(0) == pytest.approx(table.ravel(), abs=0.3)
    assert weights[:, 2].var() == pytest.approx(100 * 0.05 * 0.95, rel=0.1)
    shares = np.array([1 / 3, 2 / 3, 2.0])  # whole only together
    assert (weights_of(shares, 10, 0).sum(1) == 3).all()


def test_rows_are_drawn_as_the_weights_say():
    seen = []
    bootstrap(GROUPS[::-1], lambda rows: {"x": float(seen.append(rows) or 0)}, 30, seed=4)
    assert np.array_equal(seen[0], np.arange(60))
    for rows, weights in zip(seen[1:], weights_of(12, 30, 4), strict=True):
        assert np.array_equal(np.bincount(rows, minlength=60), np.repeat(weights, 5))


def test_the_interval_of_a_mean_is_scipys():
    values = np.random.default_rng(3).gamma(1.0, size=40)
    found = means({"m": values}, np.arange(40), 20_000, 0)["m"]
    wanted = stats.bootstrap(
        (values,), np.mean, n_resamples=20_000, method="percentile", rng=np.random.default_rng(1)
    ).confidence_interval
    assert found.value == pytest.approx(values.mean())
    width = wanted.high - wanted.low
    assert found.low == pytest.approx(wanted.low, abs=0.02 * width)
    assert found.high == pytest.approx(wanted.high, abs=0.02 * width)


def test_means_by_sums_are_those_of_the_rows():
    table = columns()
    held = {name: table[name].to_numpy() for name in table}
    found = means(table, GROUPS, 300, 5)
    assert means(held, GROUPS, 300, 5) == found

    def slow(rows):
        return {name: float(np.nanmean(one[rows])) for name, one in held.items()}

    for name, expected in bootstrap(GROUPS, slow, 300, 5).items():
        ends = (expected.value, expected.low, expected.high)
        assert (found[name].value, found[name].low, found[name].high) == pytest.approx(ends)
        assert found[name].groups == 12
    # The same faces as if each were a subject of its own: subjects differ, so this is shorter.
    alone = means(columns(), np.arange(60), 300, 5)
    assert alone["a"].high - alone["a"].low < 0.7 * (found["a"].high - found["a"].low)


def test_means_resample_whole_groups():
    values, groups = np.array([0.0, 1, 2, 3]), np.array(list("aabb"))
    found = means({"x": values, "y": 2 * values}, groups, 100, 0)
    wanted = bootstrap(groups, lambda rows: {"x": values[rows].mean()}, 100, 0)["x"]
    assert found["x"] == wanted
    assert found["y"].value == 3


def test_means_of_nothing_and_of_one_person():
    frame = {"a": np.array([1.0, 2.0]), "b": np.array([np.nan, np.nan])}
    one = means(frame, np.array(["x", "x"]), 10, 0)
    assert one["a"].value == 1.5 and np.isnan(one["a"].low)
    two = means(frame, np.array(["x", "y"]), 10, 0)
    assert np.isnan(two["b"].value) and np.isnan(two["b"].low)
    assert 1 <= two["a"].low <= two["a"].high <= 2
    none = means({"a": np.array([])}, np.array([]), 10, 0)["a"]
    assert np.isnan(none.value) and none.groups == 0


def test_a_score_over_the_wrong_axis_is_refused():
    values = np.arange(5.0)
    right = over_groups(5, lambda weights: {"m": weights @ values / 5}, 50)["m"]
    assert right == bootstrap(values, lambda rows: {"m": values[rows].mean()}, 50)["m"]
    with pytest.raises(ValueError, match="unpack"):
        over_groups(5, lambda weights: {"m": (weights * values).mean(0)}, 50)


def test_draws_without_a_value_are_left_out_and_few_groups_have_no_ends():
    draws = np.r_[np.linspace(0, 1, 41), np.nan]
    found = interval(0.5, draws, 9, digits=1)
    assert (found.low, found.high) == pytest.approx((0.025, 0.975))
    assert str(found) == "0.5 [0.0, 1.0]" and found.groups == 9
    assert interval(0.5, draws, 1).ends == interval(0.5, [np.nan], 9).ends == "no interval"


def test_satterthwaites_freedom_is_welchs():
    chance = np.random.default_rng(2)
    one, two = chance.normal(size=9), chance.normal(1, 3, size=14)
    error, freedom = satterthwaite((stats.sem(one), 8), (stats.sem(two), 13))
    wanted = stats.ttest_ind(one, two, equal_var=False)
    assert freedom == pytest.approx(wanted.df)
    difference = one.mean() - two.mean()
    ends = wanted.confidence_interval()
    assert student_ends(difference, error, freedom) == pytest.approx((ends.low, ends.high))
    assert satterthwaite((0.5, 7), (0.0, 1)) == pytest.approx((0.5, 7))


def test_students_interval_without_bound_on_freedom_is_the_normal_one():
    ends = student_ends(1.0, 0.25, np.inf)
    assert ends == pytest.approx(stats.norm.interval(0.95, 1.0, 0.25), abs=1e-15)
    assert ends != student_ends(1.0, 0.25, 1000)
