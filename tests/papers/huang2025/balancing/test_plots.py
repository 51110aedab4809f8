"""Figures of the page on rare emotions show the numbers they are given, and lose none."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex

from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.huang2025.balancing import plots
from tests.plots.test_figures import ends, points


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_recalls_of_both_sides_stand_at_their_values_and_inside():
    before, after = {"A": [0.8, 0.1], "B": [0.3, 0.0]}, {"A": [0.5, 0.2], "B": [0.3, 0.1]}
    figure = plots.recalls(before, after, ["happy", "fear"], ["fear"])
    for axis, name in zip(figure.axes, before, strict=True):
        assert points(axis) == [before[name], after[name]]
        left, right = axis.get_xlim()
        assert left <= min(before[name] + after[name])
        assert right >= max(before[name] + after[name])
    moved = figure.axes[0].collections[0]
    assert [to_hex(colour).upper() for colour in moved.get_color()] == [plots.RED, plots.GREEN]
    assert [path.vertices[:, 0].tolist() for path in moved.get_paths()] == [[0.5, 0.8], [0.1, 0.2]]


def test_differences_have_both_intervals_and_the_headline_a_band():
    people = {"mean": {"x": Interval(0.1, 0.0, 0.2, 5)}, "one": {"x": Interval(0.3, 0.2, 0.4, 5)}}
    folds = {"mean": {"x": Interval(0.1, -0.1, 0.3, 4)}, "one": {"x": Interval(0.3, 0.1, 0.5, 4)}}
    (axis,) = plots.differences(people, folds).axes
    assert ends(axis) == [(0.0, 0.2), (0.2, 0.4), (-0.1, 0.3), (0.1, 0.5)]
    (band,) = axis.patches
    assert (band.get_y(), band.get_height()) == (-0.5, 1.0)
    assert [label.get_text() for label in axis.get_yticklabels()] == ["mean", "one"]


def test_what_moved_is_told_in_points_of_the_row():
    before, after = np.array([[8, 2], [5, 5]]), np.array([[6, 4], [5, 5]])
    figure = plots.moved(before, after, ("a", "b"), ("1", "2", "3"))
    assert [text.get_text() for text in figure.axes[2].texts] == ["-20", "+20", "", ""]


def test_scores_stand_beside_the_printed_ones():
    columns = ["accuracy", "macro F1"]
    found = pd.DataFrame(
        [[Interval(0.3, 0.2, 0.4, 5), Interval(0.2, 0.1, 0.3, 5)]], ["LR"], columns
    )
    printed = pd.DataFrame([[0.9, 0.8]], ["LR"], columns)
    guess = {"accuracy": 0.25, "macro F1": 0.05}
    figure = plots.beside_printed({"ours": found}, printed, guess)
    for axis, score in zip(figure.axes, columns, strict=True):
        assert axis.get_title() == score
        ours = found[score].iloc[0]
        assert ends(axis) == [(ours.low, ours.high)]
        assert points(axis) == [[ours.value], [printed[score].iloc[0]]]
        assert axis.lines[-1].get_xdata()[0] == guess[score]
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["ours", "printed in Table 1 (other data)"]


def test_orders_and_printed_recalls_show_every_number():
    orders = pd.DataFrame({"accuracy": [0.3, 0.6], "macro F1": [0.2, 0.5]}, ["a, b", "c, d"])
    (axis,) = plots.orders(orders, 1 / 7).axes
    assert [list(line.get_ydata()) for line in axis.lines[:2]] == [[0.3, 0.6], [0.2, 0.5]]
    recalls = pd.DataFrame({"one": [0.1, 0.9], "two": [0.2, 0.8]}, ["fear", "happy"])
    (axis,) = plots.printed_recalls(recalls, ["fear"]).axes
    assert points(axis) == [[0.1, 0.9], [0.2, 0.8]]


def test_patterns_stand_under_their_faces():
    faces = np.random.default_rng(0).integers(0, 256, (2, 80, 80), dtype=np.uint8)
    figure = plots.patterns(faces, ["fear", "sad"])
    assert [axis.get_title() for axis in figure.axes[:2]] == ["fear", "sad"]
    assert np.array_equal(figure.axes[1].images[0].get_array(), faces[1])
    assert not np.array_equal(figure.axes[3].images[0].get_array(), faces[1])
