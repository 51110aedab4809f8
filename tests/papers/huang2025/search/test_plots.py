"""Figure 7 has every interval before and after; faces lie under their own maps."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from fer_lib.papers.huang2025.search import plots
from fer_lib.papers.huang2025.search.contrasts import AS_IT_COMES, OF_PAPER
from fer_lib.papers.huang2025.search.search_scores import SCORES, tuned
from tests.plots.test_figures import ends, points


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_figure_7_has_both_models_before_and_after():
    truth = np.tile(["fear", "sad"], 20)
    found = pd.DataFrame({"emotion": truth, "group": np.arange(40) // 4, "fold": 0})
    for share, way in enumerate([*AS_IT_COMES.values(), *OF_PAPER.values()], 1):
        found[way] = np.where(np.arange(40) % 7 < share, truth, "happy")
    scored = tuned(found, 50, 0)
    figure = plots.before_after(scored)
    for axis, score in zip(figure.axes, SCORES, strict=True):
        assert axis.get_title() == score
        sides = (AS_IT_COMES, OF_PAPER)
        each = [[scored.score(way, score) for way in side.values()] for side in sides]
        assert points(axis) == [[one.value for one in side] for side in each]
        assert ends(axis) == [(one.low, one.high) for side in each for one in side]


def test_the_strongest_cell_is_brightest_and_photographs_are_not_shown():
    faces = np.random.default_rng(0).integers(0, 200, (4, 80, 80), dtype=np.uint8)
    emotions = np.array(["fear", "fear", "sad", "sad"])
    first, second = np.zeros((4, 4)), np.zeros((4, 4))
    first[0, 0] = second[3, 3] = 1.0
    maps = {"moves the score": {"fear": first, "sad": second}}
    for rendered in (True, False):
        figure = plots.over_faces(faces, emotions, maps, rendered)
        shown = [axis.images[0].get_array().astype(float) for axis in figure.axes]
        assert [axis.get_title() for axis in figure.axes] == ["fear", "sad"]
        assert shown[0][:20, :20].mean() > shown[0][60:, 60:].mean()
        assert shown[1][:20, :20].mean() < shown[1][60:, 60:].mean()
        flat = shown[0][25:, 25:]
        assert (flat.reshape(-1, 3).std(0) < 1e-6).all() != rendered
