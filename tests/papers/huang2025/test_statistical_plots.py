"""Curves, jumps, worlds and shares of the second paper stand at the numbers they are given."""

import warnings

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.huang2025.causal import plots as causal
from fer_lib.papers.huang2025.causal import regression_discontinuity
from fer_lib.papers.huang2025.literature import plots as literature
from tests.plots.test_figures import points

RISING = [Interval(value, value - 0.1, value + 0.2, 9) for value in (0.1, 0.3, 0.2)]


@pytest.fixture(autouse=True)
def strict():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    plt.close("all")


def band(axis):
    """Return the lowest and highest y of each x of the first band on an axis."""
    corners = pd.DataFrame(axis.collections[0].get_paths()[0].vertices, columns=["x", "y"])
    ends = corners.groupby("x")["y"].agg(["min", "max"])
    return ends["min"].tolist(), ends["max"].tolist()


def test_effects_have_their_line_band_and_bins():
    bins = pd.DataFrame(
        {"middle": [2.0, 5.0], "effect": [RISING[0], Interval(0.3, *[np.nan] * 2, 2)]}
    )
    (axis,) = causal.curves({"macro F1": (np.array([1.0, 2, 3]), RISING, bins)}, "SMOTE").axes
    assert list(axis.lines[0].get_ydata()) == [0.1, 0.3, 0.2]
    low, high = band(axis)
    assert low == pytest.approx([0.0, 0.2, 0.1])
    assert high == pytest.approx([0.3, 0.5, 0.4])
    (marks,) = points(axis)
    assert marks == [2.0, 5.0]
    drawn = [list(line.get_ydata()) for line in axis.lines if list(line.get_xdata()) == [2.0, 2.0]]
    assert drawn == [pytest.approx([0.0, 0.3])]


def test_runs_on_each_side_have_their_bins_and_their_line():
    runs = pd.DataFrame({"imbalance": np.linspace(0.5, 1.0, 40)})
    runs["score"] = 2 * runs["imbalance"]
    treated = (runs["imbalance"] > regression_discontinuity.CUTOFF).to_numpy().astype(int)
    (axis,) = causal.jumps({"rule": (runs, treated)}, "score").axes
    bins = regression_discontinuity.binned(
        *(runs.loc[treated == 0, name].to_numpy() for name in ("imbalance", "score"))
    )
    assert np.array_equal(axis.collections[0].get_offsets(), bins[["imbalance", "mean"]])
    fitted = [line.get_xydata() for line in axis.lines if len(line.get_xdata()) > 2]
    assert len(fitted) == 2
    assert all(line[:, 1] == pytest.approx(2 * line[:, 0]) for line in fitted)


def test_the_mean_of_each_way_is_marked_beside_the_experiment():
    effects = {"naive": [0.1, 0.3], "matched": [0.4, 0.6]}
    table = pd.DataFrame(
        [{"way": way, "effect": Interval(v, 0, 1, 3)} for way, of in effects.items() for v in of]
    )
    (axis,) = causal.worlds(table, Interval(0.2, 0.1, 0.25, 9)).axes
    assert points(axis)[-1] == pytest.approx([0.2, 0.5])
    assert axis.lines[0].get_xdata()[0] == 0.2
    assert [label.get_text() for label in axis.get_yticklabels()] == ["naive", "matched"]


def test_terms_in_common_have_their_band_and_the_share_of_each_term_its_mark():
    (axis,) = literature.needed([10, 20, 40], {"count": RISING, "weight": RISING}, 0.5, 10).axes
    lines = [list(line.get_ydata()) for line in axis.lines if len(line.get_ydata()) == 3]
    assert lines == [[0.1, 0.3, 0.2]] * 2
    assert band(axis)[0] == pytest.approx([0.0, 0.2, 0.1])
    held = pd.DataFrame({"count": [0.9, 0.2], "weight": [1.0, 0.4]}, ["face", "model"])
    (axis,) = literature.shares(held).axes
    assert points(axis) == [[0.9, 0.2], [1.0, 0.4]]
