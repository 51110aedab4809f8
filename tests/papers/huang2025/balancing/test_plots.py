"""Figures of the page on rare emotions show the numbers they are given, and lose none."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.huang2025.balancing import plots
from tests.plots.test_figures import ends, points


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


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


def test_patterns_stand_under_their_faces():
    faces = np.random.default_rng(0).integers(0, 256, (2, 80, 80), dtype=np.uint8)
    figure = plots.patterns(faces, ["fear", "sad"])
    assert [axis.get_title() for axis in figure.axes[:2]] == ["fear", "sad"]
    assert np.array_equal(figure.axes[1].images[0].get_array(), faces[1])
    assert not np.array_equal(figure.axes[3].images[0].get_array(), faces[1])
