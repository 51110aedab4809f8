"""Figures of the page on rare emotions show the numbers they are given, and lose none."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.huang2025.balancing import plots


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def inside(axis):
    """Return whether every point drawn lies within the axes."""
    (left, right), ends = sorted(axis.get_xlim()), sorted(axis.get_ylim())
    points = [line.get_xydata() for line in axis.lines if len(line.get_xydata())]
    points = np.concatenate([p for p in points if line_in_data(p)])
    return (
        (points[:, 0] >= left).all()
        and (points[:, 0] <= right).all()
        and (points[:, 1] >= ends[0]).all()
        and (points[:, 1] <= ends[1]).all()
    )


def line_in_data(points):
    return not np.array_equal(points[:, 1], [0, 1])  # a vertical line over the whole height


def test_recalls_of_both_sides_stand_at_their_values_and_inside():
    before, after = {"A": [0.8, 0.1], "B": [0.3, 0.0]}, {"A": [0.5, 0.2], "B": [0.3, 0.1]}
    figure = plots.recalls(before, after, ["happy", "fear"], ["fear"])
    for axis, name in zip(figure.axes, before, strict=True):
        drawn = {line.get_label(): list(line.get_xdata()) for line in axis.lines}
        assert drawn["without SMOTE"] == before[name]
        assert drawn["with SMOTE"] == after[name]
        assert inside(axis)
    colours = [line.get_color() for line in figure.axes[0].lines[:2]]
    assert colours == [plots.RED, plots.GREEN]


def test_differences_have_both_intervals_and_the_headline_its_own_colour():
    people = {"mean": {"x": Interval(0.1, 0.0, 0.2, 5)}, "one": {"x": Interval(0.3, 0.2, 0.4, 5)}}
    folds = {"mean": {"x": Interval(0.1, -0.1, 0.3, 4)}, "one": {"x": Interval(0.3, 0.1, 0.5, 4)}}
    (axis,) = plots.differences(people, folds).axes
    spans = [list(line.get_xdata()) for line in axis.lines[:6]]
    assert spans == [[-0.1, 0.3], [0.0, 0.2], [0.1], [0.1, 0.5], [0.2, 0.4], [0.3]]
    assert axis.lines[2].get_color() != axis.lines[5].get_color()
    assert [label.get_text() for label in axis.get_yticklabels()] == ["mean", "one"]


def test_what_moved_is_told_in_points_of_the_row():
    before, after = np.array([[8, 2], [5, 5]]), np.array([[6, 4], [5, 5]])
    figure = plots.moved(before, after, ("a", "b"), ("1", "2", "3"))
    assert [text.get_text() for text in figure.axes[2].texts] == ["-20", "+20"]


def test_scores_stand_beside_the_printed_ones_and_inside():
    columns = ["accuracy", "macro F1"]
    found = pd.DataFrame(
        [[Interval(0.3, 0.2, 0.4, 5), Interval(0.2, 0.1, 0.3, 5)]], ["LR"], columns
    )
    printed = pd.DataFrame([[0.9, 0.8]], ["LR"], columns)
    guess = {"accuracy": 0.25, "macro F1": 0.05}
    figure = plots.beside_printed({"ours": found}, printed, guess)
    for axis, score in zip(figure.axes, columns, strict=True):
        assert axis.get_xlabel() == score
        assert inside(axis)
        label = "printed in Table 1 (other data)"
        (mark,) = (line for line in axis.lines if line.get_label() == label)
        assert list(mark.get_xdata()) == [printed[score].iloc[0]]


def test_orders_and_printed_recalls_show_every_number():
    orders = pd.DataFrame({"accuracy": [0.3, 0.6], "macro F1": [0.2, 0.5]}, ["a, b", "c, d"])
    (axis,) = plots.orders(orders, 1 / 7).axes
    assert [list(line.get_ydata()) for line in axis.lines[:2]] == [[0.3, 0.6], [0.2, 0.5]]
    recalls = pd.DataFrame({"one": [0.1, 0.9], "two": [0.2, 0.8]}, ["fear", "happy"])
    (axis,) = plots.printed_recalls(recalls, ["fear"]).axes
    drawn = {line.get_label(): list(line.get_xdata()) for line in axis.lines}
    assert (drawn["one"], drawn["two"]) == ([0.1, 0.9], [0.2, 0.8])


def test_patterns_stand_under_their_faces():
    faces = np.random.default_rng(0).integers(0, 256, (2, 80, 80), dtype=np.uint8)
    figure = plots.patterns(faces, ["fear", "sad"])
    assert [axis.get_title() for axis in figure.axes[:2]] == ["fear", "sad"]
    assert np.array_equal(figure.axes[1].images[0].get_array(), faces[1])
    assert not np.array_equal(figure.axes[3].images[0].get_array(), faces[1])
