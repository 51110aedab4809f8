"""A figure carries the data behind it, whole and the same each time, and looks as it did before."""

import json
import sys

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
from matplotlib.artist import Artist
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from engine.page import figure_data
from engine.store import paths
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.diya2026 import learning_curves, result_plots
from fer_lib.papers.diya2026.bootstrap_coverage import from_few
from fer_lib.papers.diya2026.calibration import Forecast, reliability
from fer_lib.papers.diya2026.task import TASK
from fer_lib.plots import figures as plots


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def drawn_on(axes):
    """Return what is drawn on one axes, after the way through JSON."""
    described = json.loads(json.dumps(figure_data.describe(axes.figure), allow_nan=False))
    return described["axes"][0]["drawn"]


def test_the_points_of_a_line_are_kept_to_the_last_bit():
    _, axes = plt.subplots()
    y = np.array([1 / 3, np.nextafter(1 / 3, 1), np.nan, np.inf, np.float32(0.1)])
    axes.plot(range(5), y, label="training")
    (line,) = drawn_on(axes)
    assert (line["kind"], line["label"]) == ("line", "training")
    assert line["x"] == [0, 1, 2, 3, 4]
    assert line["y"] == [y[0], y[1], "nan", "inf", float(np.float32(0.1))]


def test_axes_have_title_labels_scales_limits_and_named_ticks():
    figure, axes = plt.subplots()
    axes.set(title="loss", xlabel="epoch", ylabel="nats", yscale="log", xlim=(0, 2), ylim=(1, 10))
    axes.set_xticks([0, 1], ["none", "one"])
    figure.suptitle("All")
    described = figure_data.describe(figure)
    (only,) = described["axes"]
    assert only["title"] == "loss"
    assert (only["x"]["label"], only["x"]["limits"]) == ("epoch", [0, 2])
    assert (only["x"]["ticks"], only["x"]["tick labels"]) == ([0, 1], ["none", "one"])
    assert (only["y"]["scale"], only["y"]["limits"]) == ("log", [1, 10])
    assert "ticks" not in only["y"]
    assert described["drawn"] == [{"kind": "text", "text": "All", "at": [0.5, 0.98]}]


def test_categories_name_their_ticks():
    _, axes = plt.subplots()
    axes.bar(["fake", "genuine"], [1, 2])
    assert figure_data.describe(axes.figure)["axes"][0]["x"]["tick labels"] == ["fake", "genuine"]


def test_bars_areas_points_and_texts_are_read():
    _, axes = plt.subplots()
    axes.bar([0], [7], 0.5)
    axes.hlines([3], [0], [1])
    axes.fill_between([0, 1], [1, 2], [3, 4])
    axes.scatter([5, 6], [7, 8], c=[0.1, 0.2])
    axes.annotate("kept", (1, 2), xytext=(3, 4))
    bar, lines, area, points, text = drawn_on(axes)
    assert [bar[side] for side in ("x", "y", "width", "height")] == [-0.25, 0, 0.5, 7]
    assert lines["outlines"] == [[[0, 3], [1, 3]]]
    assert [1, 4] in area["outlines"][0]
    assert (points["offsets"], points["array"]) == ([[5, 7], [6, 8]], [0.1, 0.2])
    assert (text["text"], text["at"], text["points to"]) == ("kept", [3, 4], [1, 2])


def test_a_small_image_is_written_out_and_a_large_one_is_hashed():
    _, axes = plt.subplots()
    large = np.zeros((30, 30, 3), np.uint8)
    axes.imshow(np.eye(7))
    axes.imshow(large)
    small, first = drawn_on(axes)
    assert small["values"] == np.eye(7).tolist()
    assert (first["shape"], first["dtype"]) == ([30, 30, 3], "uint8")
    large[3, 4, 1] = 1
    axes.imshow(large)
    second = drawn_on(axes)[2]
    assert second["values"]["max"] == 1
    assert second["values"]["sha256"] != first["values"]["sha256"]


def test_a_long_line_is_summed_up():
    long = np.linspace(0, 1, figure_data.WRITTEN_OUT + 1)
    moved = long.copy()
    moved[5] = np.nextafter(moved[5], 1)
    found = figure_data.values(long)
    assert (found["shape"], found["min"], found["max"]) == ([len(long)], 0, 1)
    assert found["sha256"] != figure_data.values(moved)["sha256"]
    assert figure_data.values(long[:-1]) == long[:-1].tolist()


def test_hidden_values_are_not_zero():
    hidden = np.ma.masked_array([1.0, 0.0], [False, True])
    assert figure_data.values(hidden) == [1, None]
    assert figure_data.values(hidden, 1)["sha256"] != figure_data.values([1.0, 0.0], 1)["sha256"]


def test_what_cannot_be_read_says_so():
    class Ornament(Artist):
        pass

    _, axes = plt.subplots()
    axes.add_artist(Ornament())
    assert drawn_on(axes) == [{"kind": "unread", "what": "Ornament"}]


def test_the_figures_of_the_book_are_read_and_repeat():
    rng = np.random.default_rng(0)
    truth, score = rng.integers(0, 2, 200), rng.random(200)

    def figures():
        yield plots.image_grid(np.zeros((1, 2, 8, 8, 3), np.uint8), ["a", "b"], ["c"])
        yield plots.confusion({"m": np.array([[3, 1], [0, 4]])}, ("fake", "genuine"))
        yield plots.bars(pd.DataFrame({"fake": [1, 2]}, ["sad", "fear"]), "images")
        yield plots.intervals(pd.DataFrame({"m": [Interval(0.5, 0.4, 0.6, 9)]}, ["all"]), "share")
        curve = learning_curves.mean_curve([(truth, score)])
        point = {"false positive rate": 0.1, "true positive rate": 0.8}
        point |= {"name": "printed", "recall": 0.8, "precision": 0.9}
        yield result_plots.rates({"m": curve}, 0.5, point)
        counts = np.eye(7, dtype=int), np.eye(2, dtype=int)
        yield result_plots.all_heads(TASK, counts, "m")
        of = Forecast(np.arange(200).astype(str), score, truth.astype(float))
        yield result_plots.reliability({"m": [reliability(of)]}, "probability")
        yield result_plots.spread_of_ends((0.1, 0.9), from_few(score, 5, 20), "share")
        told = pd.DataFrame({"epoch": [1, 2], "val_loss": [0.3, 0.2], "best": [False, True]})
        yield plots.learning_curves(told)

    for one, again in zip(figures(), figures(), strict=True):
        described = json.dumps(figure_data.describe(one))
        assert described == json.dumps(figure_data.describe(again))
        one.canvas.draw()
        assert described == json.dumps(figure_data.describe(one)), "drawing changed the data"
        assert "unread" not in described


DRAW = """
figure, axes = plt.subplots(1, 2)
axes[0].plot([1, 2, float("nan")], [3, 0.1, 5], label="a")
axes[0].set_yscale("log")
axes[0].legend()
axes[1].bar(["p", "q"], [1, 2])
figure.suptitle("S")
figure.tight_layout()
"""


def test_a_notebook_shows_the_same_picture_and_the_data_behind_it(tmp_path, monkeypatch):
    launch = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": launch, "display_name": "Python 3", "language": "python"}
    (tmp_path / "kernels" / "python3").mkdir(parents=True)
    (tmp_path / "kernels" / "python3" / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.delenv("MPLBACKEND", raising=False)
    ways = ("", "display(figure)\nplt.close()", "plt.close()\nfigure")
    before = "import matplotlib.pyplot as plt\nplt.plot()\nplt.close()"
    sources = [before, DRAW, "from engine.page import tables", *(DRAW + way for way in ways)]
    book = new_notebook(cells=[new_code_cell(source) for source in sources])
    NotebookClient(book, resources={"metadata": {"path": str(paths.root())}}).execute()
    nbformat.validate(book)
    plain, *shown = [cell.outputs[0].data for cell in book.cells if cell.outputs]
    assert set(plain) == {"image/png", "text/plain"}
    assert len(shown) == 3
    for output in shown:
        assert set(output) == {"image/png", "text/plain", figure_data.MIME}
        assert output["image/png"] == plain["image/png"]
        line = output[figure_data.MIME]["axes"][0]["drawn"][0]
        assert line["y"] == [3, 0.1, 5]


def test_outside_a_notebook_nothing_is_registered():
    figure_data.register()
