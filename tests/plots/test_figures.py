"""Seaborn's figures show the numbers they are given, in the book's colours, at the page's width."""

import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex

from fer_lib.evaluation.bootstrap import Interval
from fer_lib.plots import figures

TABLE = pd.DataFrame(
    {
        "subjects": [Interval(0.5, 0.4, 0.7, 9), Interval(0.2, 0.1, 0.3, 9)],
        "seeds": [Interval(0.6, 0.3, 0.8, 9), Interval(0.25, np.nan, np.nan, 9)],
    },
    ["first", "second"],
)
COUNTS = np.array([[6, 2, 0], [1, 9, 0], [0, 0, 0]])
HISTORY = pd.DataFrame(
    {
        "epoch": [1, 2, 1, 2],
        "train_loss": [2.0, 1.0, 2.5, 1.5],
        "val_loss": [3.0, 2.0, 3.5, 2.5],
        "train_emotion_accuracy": [0.1, 0.3, 0.2, 0.4],
        "val_emotion_accuracy": [0.2, 0.1, 0.3, 0.6],
        "best": [True, False, False, True],
        "seed": [0, 0, 1, 1],
    }
)


@pytest.fixture(autouse=True)
def style():
    """Draw in the book's style, refuse what a page would print, and leave nothing behind."""
    with plt.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("error")
        figures.use_style()
        yield
        plt.close("all")


def ends(axis):
    """Return the ends of the intervals of a forest plot, series by series, top to bottom."""
    lines = [line.get_xydata() for line in axis.lines]
    bars = [points for points in lines if len(points) == 2 and points[0, 1] == points[1, 1]]
    return [(points[0, 0], points[1, 0]) for points in bars if points[0, 0] < points[1, 0]]


def points(axis):
    """Return the values of a forest plot, one list a series."""
    drawn = [line for line in axis.lines if line.get_marker() in list("sDo^")]
    return [line.get_xdata().tolist() for line in drawn if len(line.get_xdata())]


def colours(artists):
    return {to_hex(one.get_color()).upper() for one in artists}


def test_intervals_stand_at_their_values_and_end_where_they_end():
    (axis,) = figures.intervals(TABLE, "share", chance=0.5).axes
    assert points(axis) == [[0.5, 0.2], [0.6, 0.25]]
    assert ends(axis) == [(0.4, 0.7), (0.1, 0.3), (0.3, 0.8)]  # one has no ends, and gets none
    assert axis.lines[-1].get_xdata()[0] == 0.5
    assert [name.get_text() for name in axis.get_yticklabels()] == ["first", "second"]
    assert colours(axis.lines[:-1]) == {figures.GREY, figures.BLUE}


def test_a_planted_end_is_drawn_where_it_was_planted():
    wrong = TABLE.copy()
    wrong.loc["first", "subjects"] = Interval(0.5, 0.45, 0.7, 9)
    (axis,) = figures.intervals(wrong, "share").axes
    (right,) = figures.intervals(TABLE, "share").axes
    assert ends(axis)[0] == (0.45, 0.7) != ends(right)[0]


def test_a_value_outside_of_its_ends_stays_where_it_is():
    odd = pd.DataFrame({"a": [Interval(0.9, 0.4, 0.7, 9)]}, ["one"])
    (axis,) = figures.intervals(odd, "share").axes
    assert (points(axis), ends(axis)) == ([[0.9]], [(0.4, 0.7)])


def test_a_panel_a_table_two_a_row_each_with_its_own_chance():
    figure = figures.intervals({"a": TABLE, "b": TABLE, "c": TABLE[:1]}, "share", {"b": 0.1})
    assert [axis.get_title() for axis in figure.axes] == ["a", "b", "c"]
    assert points(figure.axes[2])[0][0] == 0.5
    assert figure.axes[1].lines[-1].get_xdata()[0] == 0.1
    tops = [round(axis.get_position().y1, 3) for axis in figure.axes]
    assert tops[0] == tops[1] > tops[2]


def test_plain_numbers_are_open_marks_without_ends():
    (axis,) = figures.intervals(pd.DataFrame({"x": [0.1, 0.2], "y": [0.3, 0.4]}), "share").axes
    assert points(axis) == [[0.1, 0.2], [0.3, 0.4]]
    assert ends(axis) == []
    drawn = [line for line in axis.lines if line.get_marker() in "sD"]
    assert {line.get_fillstyle() for line in drawn} == {"none"}


def test_the_cells_of_a_confusion_matrix_hold_its_counts_and_shares():
    (axis,) = figures.confusion({"model": COUNTS}, ("a", "b", "c")).axes
    words = [text.get_text() for text in axis.texts]
    assert words == ["6\n75%", "2\n25%", "", "1\n10%", "9\n90%", "", "", "", ""]
    shades = axis.collections[0].get_array().reshape(3, 3)
    assert shades.tolist() == [[0.75, 0.25, 0], [0.1, 0.9, 0], [0, 0, 0]]
    assert [name.get_text() for name in axis.get_yticklabels()] == ["a", "b", "c"]
    planted = COUNTS + np.eye(3, dtype=int)
    (other,) = figures.confusion({"model": planted}, ("a", "b", "c")).axes
    assert [text.get_text() for text in other.texts] != words


def test_several_matrices_stand_two_a_row():
    figure = figures.confusion(dict.fromkeys("xyz", np.eye(7, dtype=int)), tuple("abcdefg"))
    assert [axis.get_title() for axis in figure.axes if axis.get_visible()] == ["x", "y", "z"]
    assert {text.get_text() for text in figure.axes[0].texts} == {"100%", ""}


def test_bars_carry_their_numbers():
    table = pd.DataFrame({"fake": [1, 2], "genuine": [30, 4]}, ["sad", "fear"])
    (axis,) = figures.bars(table, "images").axes
    assert [text.get_text() for text in axis.texts] == ["1", "2", "30", "4"]
    heights = [[bar.get_height() for bar in bars] for bars in axis.containers]
    assert heights == [[1, 2], [30, 4]]
    shown = [to_hex(bars[0].get_facecolor()).upper() for bars in axis.containers]
    assert shown == [figures.ORANGE, figures.BLUE]


def test_a_history_has_a_line_a_seed_and_a_dot_at_each_kept_epoch():
    figure = figures.learning_curves(HISTORY)
    loss, accuracy = figure.axes
    assert (loss.get_title(), accuracy.get_title()) == ("loss", "emotion accuracy")
    lines = sorted(list(line.get_ydata()) for line in loss.lines if len(line.get_ydata()))
    assert lines == [[2.0, 1.0], [2.5, 1.5], [3.0, 2.0], [3.5, 2.5]]
    kept = loss.collections[0].get_offsets().tolist()
    assert sorted(kept) == [[1.0, 2.0], [1.0, 3.0], [2.0, 1.5], [2.0, 2.5]]
    assert colours(loss.lines) == {figures.GREY, figures.BLUE}


def test_a_history_of_several_models_has_a_panel_each():
    both = pd.concat(HISTORY.assign(model=name) for name in ("one", "two"))
    figure = figures.learning_curves(both, col="model", hue="measured")
    assert [axis.get_title() for axis in figure.axes] == ["one", "two"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.intervals({"a": TABLE, "b": TABLE}, "share"),
        lambda: figures.confusion({"m": np.eye(7, dtype=int)}, tuple("abcdefg")),
        lambda: figures.learning_curves(HISTORY),
        lambda: figures.bars(pd.DataFrame({"a": [1]}, ["x"]), "images"),
    ],
)
def test_figures_fit_the_column_and_are_legible_there(draw):
    figure = draw()
    assert figure.get_size_inches()[0] <= figures.WIDTH
    assert len({round(axis.get_position().x0, 2) for axis in figure.axes}) <= 2
    written = [text.get_fontsize() for axis in figure.axes for text in axis.texts]
    written += [label.get_fontsize() for axis in figure.axes for label in axis.get_xticklabels()]
    assert min(written) >= 9


def test_the_palette_is_the_books():
    cycle = plt.rcParams["axes.prop_cycle"].by_key()["color"]
    assert tuple(to_hex(colour).upper() for colour in cycle) == figures.PALETTE


def test_training_loads_no_seaborn():
    check = (
        "import sys, fer_lib.api, fer_lib.training.run_training;"
        "assert not {'seaborn', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", check], check=True)
