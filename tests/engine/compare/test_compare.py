"""Planted differences are found and said in words; a time that differs is not one."""

import json
from dataclasses import asdict

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
import torch
from nbformat.v4 import new_code_cell, new_notebook, new_output

from engine.compare import pages as compare
from engine.compare.difference import between_data
from engine.page import figure_data, header
from engine.page import tables as page
from fer_lib.labels import EMOTIONS
from fer_lib.papers.diya2026.task import TASK
from tests.helpers.records import stored_run

SCORES = pd.DataFrame({"accuracy": [0.812, 0.5], "n": [1657, 3]}, pd.Index(["all", "few"]))


def shown(data):
    return new_output("display_data", data=data)


def figure_output(y=(0.1, 0.2, 0.3), pixel=0):
    figure, axes = plt.subplots(1, 2)
    axes[0].plot([1, 2, 3], y, label="training")
    axes[0].set_title("loss")
    image = np.zeros((40, 40), np.uint8)
    image[0, 0], image[7, 9] = 255, pixel
    axes[1].imshow(image)
    data = json.loads(json.dumps(figure_data.describe(figure)))
    plt.close(figure)
    return shown({"image/png": "AAAA", "text/plain": "<Figure>", figure_data.MIME: data})


def table_output(scores=SCORES):
    return shown({"text/html": page.table_html(scores, "Scores"), "text/plain": "<HTML>"})


def said_output(text):
    return shown({"text/markdown": text, "text/plain": "<Markdown>"})


def provenance_output(**about):
    said = f"<p>commit {about.get('commit')}</p>"  # its html is of its day as well
    return shown({header.MIME: about, "text/html": said})


@pytest.fixture
def compared(tmp_path):
    """Return a function that compares two one-cell pages with given outputs."""

    def run(first, second):
        for folder, outputs in (("a", first), ("b", second)):
            cell = new_code_cell("show()", id="code-03", outputs=outputs)
            path = tmp_path / folder / "diya2026-emotion-abc" / "page.ipynb"
            path.parent.mkdir(parents=True)
            nbformat.write(new_notebook(cells=[cell]), path)
        pages = [tmp_path / folder / "diya2026-emotion-abc" / "page.ipynb" for folder in "ab"]
        return compare.compare_pages(*pages)

    return run


def test_equal_pages_do_not_differ(compared):
    outputs = [figure_output(), table_output(), said_output("0.5 it is")]
    assert compared(outputs, outputs) == []


def test_one_digit_in_a_table_is_found(compared):
    changed = SCORES.assign(accuracy=[0.813, 0.5])
    (found,) = compared([table_output()], [table_output(changed)])
    assert "diya2026-emotion, cell code-03" in found.place
    assert "“Scores”" in found.place
    assert found.what == "row “all”, column “accuracy”"
    assert (found.first, found.second) == ("“0.812”", "“0.813”")
    assert found.size == pytest.approx(0.001)
    assert "at most 0.001" in str(found)


def test_other_words_are_found_and_have_no_size(compared):
    (found,) = compared([said_output("It is **consistent** now")], [said_output("It is not now")])
    assert (found.first, found.second) == ("“**consistent** now”", "“not now”")
    assert found.size is None


def test_the_size_is_the_largest_of_all_numbers(compared):
    (found,) = compared([said_output("1,657 of −2 and 5")], [said_output("1,667 of 2 and 5")])
    assert found.size == 10


def test_printed_text_is_compared_however_it_was_cut(compared):
    stream = [new_output("stream", name="stdout", text=text) for text in ("a\n", "b\n", "a\nb\n")]
    assert compared(stream[:2], stream[2:]) == []


def test_another_printed_text_is_found(compared):
    stream = [new_output("stream", name="stdout", text=text) for text in ("a\n", "b\n")]
    assert len(compared(stream[:1], stream[1:])) == 1


def test_a_moved_point_is_found(compared):
    moved = (0.1, np.nextafter(0.2, 1), 0.3)
    (found,) = compared([figure_output()], [figure_output(moved)])
    assert found.what == "axes 1 “loss”, line 1 “training”, y 2"
    assert (found.first, found.second) == ("0.2", "0.20000000000000004")
    assert 0 < found.size < 1e-16


def test_a_changed_image_is_found(compared):
    (found,) = compared([figure_output()], [figure_output(pixel=1)])
    assert found.what == "axes 2, image 1, values, sha256"


def test_the_bytes_of_a_picture_are_not_compared(compared):
    other = figure_output()
    other.data["image/png"] = "BBBB"
    assert compared([figure_output()], [other]) == []


@pytest.mark.parametrize("without", ["ab", "b", "a"])
def test_a_figure_without_data_is_a_difference(compared, without):
    outputs = {side: figure_output() for side in "ab"}
    for side in without:
        del outputs[side].data[figure_data.MIME]
    (found,) = compared([outputs["a"]], [outputs["b"]])
    assert "no data behind it" in str(found)


def test_a_part_of_a_figure_that_was_not_read_is_a_difference(compared):
    output = figure_output()
    output.data[figure_data.MIME]["axes"][0]["drawn"].append({"kind": "unread", "what": "Quiver"})
    (found,) = compared([output], [output])
    assert found.what == "axes 1 “loss”, unread 2 has no data behind it"


def test_a_picture_inside_html_is_compared_by_its_bytes(compared):
    pair = [shown({"text/html": f'<img src="data:image/png;base64,AA{x}">'}) for x in "AB"]
    (found,) = compared(pair[:1], pair[1:])
    assert found.what == "a picture inside it"


def test_a_missing_output_is_found(compared):
    (found,) = compared([table_output(), figure_output()], [table_output()])
    assert found.what == "number or kind of outputs"
    assert found.first.startswith("2 (")
    assert found.second.startswith("1 (")


def test_a_time_may_differ_but_what_stands_beside_it_may_not(compared):
    said = [said_output(f"Trained in {page.measured(time)}.") for time in ("61 s", "58 s & more")]
    assert compared(said[:1], said[1:]) == []


def test_what_stands_beside_a_time_counts(compared):
    said = [said_output(f"{n} images in {page.measured('61 s')}.") for n in (5, 6)]
    assert len(compared(said[:1], said[1:])) == 1


def test_provenance_counts_but_for_its_day(compared):
    pair = [provenance_output(seed=0, commit=c, runs=[{"seconds": s}]) for c, s in ("a1", "b2")]
    assert compared(pair[:1], pair[1:]) == []


def test_another_seed_in_the_provenance_is_found(compared):
    pair = [provenance_output(seed=seed) for seed in (0, 1)]
    (found,) = compared(pair[:1], pair[1:])
    assert (found.what, found.first, found.second, found.size) == ("seed", "0", "1", 1)


def test_other_code_and_other_cells_are_found(tmp_path):
    def write(name, source, cell_id):
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(new_notebook(cells=[new_code_cell(source, id=cell_id)]), path)
        return path

    one = write("one", "x = 1", "code-01")
    assert "code" in compare.compare_pages(one, write("two", "x = 2", "code-01"))[0].place
    assert compare.compare_pages(one, write("three", "x = 1", "code-02"))[0].what == "cells"


def test_other_data_count(compared):
    pair = [shown({"application/json": {"a": [1, n]}}) for n in (2, 5)]
    (found,) = compared(pair[:1], pair[1:])
    assert (found.what, found.size) == ("a 2", 3)


def test_nan_equals_nan_and_a_lost_key_is_found():
    assert between_data("x", {"a": float("nan")}, {"a": float("nan")}) == []
    assert between_data("x", {"a": 1}, {})[0].second == "nothing"


def tables(n=30):
    rng = np.random.default_rng(1)
    chances = rng.dirichlet(np.ones(len(EMOTIONS)), n).astype(np.float32)
    predictions = pd.DataFrame(
        {
            "image_id": [f"i{k // 2}" for k in range(n)],  # each in both sets
            "set": ["validation", "test"] * (n // 2),
            "group": "g",
            "emotion": rng.choice(EMOTIONS, n),
            "authenticity": ["fake", "genuine", "genuine"] * (n // 3),
        }
    )
    for place, emotion in enumerate(EMOTIONS):
        predictions[f"p_{emotion}"] = chances[:, place]
    predictions["p_genuine"] = rng.random(n).astype(np.float32)
    history = pd.DataFrame({"epoch": [1, 2], "loss": [0.5, np.nan], "seconds": [1.0, 2.0]})
    return predictions, history


@pytest.fixture
def run(tmp_path):
    """Return a function that writes a run, with something changed, and returns its folder."""

    def write(name, predictions=None, history=None, weight=None, **about):
        before, then = tables()
        weights = {"head.weight": torch.arange(6.0).reshape(2, 3), "steps": torch.tensor(5)}
        if weight is not None:
            weights["head.weight"] = weight
        about = {
            "model": "m",
            "wall_seconds": 9.5,
            "environment": {"threads": 1},
            "task": asdict(TASK),
        } | about
        history = then if history is None else history
        predictions = before if predictions is None else predictions
        return stored_run(tmp_path / name / "m-1", about, history, predictions, weights).folder

    return write


def test_equal_runs_do_not_differ_and_times_do_not_count(run):
    slower = tables()[1].assign(seconds=[3.0, 4.0])
    assert compare.compare_runs(run("a"), run("b", history=slower, wall_seconds=70.1)) == []


def test_the_machine_that_made_a_run_does_not_count(run):
    one, other = (
        {"threads": 1, "cores": cores, "processor": f"x{cores}", "python": f"3.11.{cores}"}
        for cores in (2, 8)
    )
    assert compare.compare_runs(run("a", environment=one), run("b", environment=other)) == []


def test_one_bit_of_a_weight_is_found(run):
    weight = torch.arange(6.0).reshape(2, 3)
    weight.view(torch.int32)[1, 2] ^= 1
    (found,) = compare.compare_runs(run("a"), run("b", weight=weight))
    assert found.what == "1 of 2 tensors, most of all head.weight"
    assert found.size == pytest.approx(2**-21)


def test_the_sign_of_a_zero_is_a_bit_too(run):
    weight = torch.arange(6.0).reshape(2, 3)
    weight[0, 0] = -0.0
    assert len(compare.compare_runs(run("a"), run("b", weight=weight))) == 1


def test_a_removed_row_is_found_and_the_rest_is_compared(run):
    predictions, _ = tables()
    fewer = predictions.drop(index=4)
    fewer.loc[9, "p_genuine"] += np.float32(0.25)
    missing, changed = compare.compare_runs(run("a"), run("b", predictions=fewer))
    assert missing.what == "rows, such as validation i2"
    assert missing.first == "1 rows that the other lacks"
    assert changed.what == "p_genuine in 1 of 29 rows, the first is test i4"
    assert changed.size == pytest.approx(0.25)


def test_the_same_rows_in_another_order_are_found(run):
    (found,) = compare.compare_runs(run("a"), run("b", predictions=tables()[0].iloc[::-1]))
    assert "another order" in found.what


def test_history_and_settings_count(run):
    other = tables()[1].assign(loss=[0.5, 0.25])
    found = compare.compare_runs(run("a"), run("b", history=other, environment={"threads": 2}))
    assert [f.what for f in found] == [
        "environment, threads",
        "loss in 1 of 2 rows, the first is 2",
    ]
    assert found[0].size == 1


def test_a_damaged_run_is_said_to_be_so(run):
    folder = run("b")
    (folder / "history.csv").write_text("epoch\n")
    (found,) = compare.compare_runs(run("a"), folder)
    assert "history.csv" in str(found)


def test_the_largest_gaps_between_two_runs_are_measured(run):
    predictions, _ = tables()
    other = predictions.copy()
    other.loc[3, "p_happy"] += np.float32(0.5)
    other.loc[other["set"] == "test", "p_genuine"] = (other["authenticity"] == "genuine").astype(
        np.float32
    )
    found = compare.largest(run("a"), run("b", predictions=other))
    assert found["probability"]["emotion"] == pytest.approx(0.5)
    assert found["probability"]["authenticity"] > 0.5
    assert found["authenticity AUC"]["test"] > 0.1
    assert found["authenticity AUC"]["validation"] == found["emotion accuracy"]["validation"] == 0
    with pytest.raises(ValueError, match="different images"):
        compare.largest(run("a"), run("c", predictions=predictions.iloc[:-1]))
