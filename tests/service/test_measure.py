"""What the page on the service measures with, and the file that is served."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import face_renderer as faces
from engine.store import artifact
from service import camera_frames, exported_model, measure, test_client
from service.detect import Detector, Face
from service.pipeline import Pipeline, told
from service.predict import Predictor
from tests.helpers import serving


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return serving.model(tmp_path_factory.mktemp("served"))


@pytest.fixture(scope="module")
def pipeline(model):
    return Pipeline(Detector(), Predictor(model))


@pytest.fixture(scope="module")
def some_faces():
    rows = faces.plan(faces.RENDERED46)[5:1600:250]
    table = pd.DataFrame(rows).rename(columns={"subject_id": "group"})
    table["image_id"] = [f"image {k}" for k in range(len(table))]
    return table, np.stack([faces.render(row) for row in rows])


def test_both_ways_have_the_same_rows_and_keep_their_truth(pipeline, some_faces):
    table, images = some_faces
    found = measure.framed_predictions(pipeline, table, images, 20, seed=1)
    assert list(found) == ["aligned", "cut out only"]
    aligned, cut = found.values()
    assert len(aligned) == len(table)
    for column in ("image_id", "group", "emotion", "authenticity"):
        assert list(aligned[column]) == list(cut[column]) == list(table[column].astype(str))
    assert (aligned["p_genuine"] != cut["p_genuine"]).any()
    p = aligned[[f"p_{name}" for name in faces.EMOTIONS]]
    assert p.sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-5)
    again = measure.framed_predictions(pipeline, table, images, 20, seed=1)
    pd.testing.assert_frame_equal(again["aligned"], aligned)


def test_a_face_that_is_not_found_has_no_row(pipeline, some_faces):
    table, images = some_faces
    blank = images.copy()
    blank[2] = 128
    found = measure.framed_predictions(pipeline, table, blank, 0, seed=1)
    assert "image 2" not in set(found["aligned"]["image_id"])
    assert len(found["cut out only"]) == len(table) - 1


def test_another_face_is_not_taken_for_the_one_that_is_meant():
    eyes = np.zeros((2, 2))
    near, far = Face((90, 90, 40, 40), eyes, 0.9), Face((300, 300, 80, 80), eyes, 0.9)
    place = camera_frames.Place((105, 115), 100, 0, (0, 0))
    assert measure.meant([far, near], place) is near
    assert measure.meant([far], place) is None
    assert measure.meant([], place) is None


def test_some_of_each_group():
    groups = pd.Series(["a"] * 5 + ["b"] * 2 + ["c"] * 9)
    chosen = measure.some_of_each(groups, 3, seed=0)
    assert groups.iloc[chosen].value_counts().to_dict() == {"a": 3, "b": 2, "c": 3}
    assert (np.diff(chosen) > 0).all()
    assert (measure.some_of_each(groups, 3, seed=0) == chosen).all()
    assert any((measure.some_of_each(groups, 3, seed=s) != chosen).any() for s in range(1, 5))


def test_round_trips_add_up(model, some_faces):
    frames = [
        measure.as_jpeg(
            camera_frames.frame(picture, camera_frames.Place((320, 240), 300, 5, (90, 140)))
        )
        for picture in some_faces[1][:4]
    ]
    with test_client.running(model, "--rate", "1000") as server:
        times = measure.round_trips(server, frames, level=True)
        with pytest.raises(RuntimeError, match="refused"):
            measure.round_trips(server, [b"words"], level=True)
    assert len(times) == 4
    assert list(times.columns) == ["decode", "detect", "align", "network", "rest", "all"]
    assert (times > 0).all().all()
    assert times.drop(columns="all").sum(axis=1).to_numpy() == pytest.approx(times["all"])


def test_refusal_says_what_is_refused_and_fails_where_nothing_is(model):
    with test_client.running(model) as server:
        assert test_client.refusal(server, "https://other.test")[0] == 403
        with pytest.raises(RuntimeError, match="was let in"):
            test_client.refusal(server, server.url)


def test_a_server_that_does_not_start_is_said(tmp_path):
    with (
        pytest.raises(RuntimeError, match="did not start"),
        test_client.running(tmp_path / "missing.onnx"),
    ):
        pass


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (0, "No face was found in this frame."),
        (1, "One face was found."),
        (8, "8 faces were found."),
        (9, "9 faces were found; the 8 largest were looked at."),
    ],
)
def test_words(found, words):
    assert told(found) == words


def test_the_served_file_is_made_once_and_made_again_when_damaged(monkeypatch, tmp_path):
    """With the training replaced: which run it is, is `fer_lib.training.load_runs`'s business."""
    from types import SimpleNamespace

    from fer_lib.settings import Settings
    from fer_lib.training import configs

    monkeypatch.setenv("FER_CACHE", str(tmp_path))
    run = SimpleNamespace(folder=tmp_path / "runs" / "a-run", about={"profile": "smoke"})
    made = []

    def write(wanted, run, folder):
        made.append(wanted.settings.profile)
        with artifact.writing(folder) as part:
            (part / exported_model.MODEL).write_bytes(b"model")

    monkeypatch.setenv("FER_PROGRESS", str(tmp_path / "log"))
    asked = []
    monkeypatch.setattr(exported_model.load_runs, "need", lambda of: asked.append(of) or run)
    monkeypatch.setattr(exported_model, "_export", write)
    wanted = configs.first("dual_task", Settings("rendered46", "", "book", 0))
    given, path = exported_model.need(wanted)
    assert given is run
    assert path.read_bytes() == b"model"
    assert path.is_relative_to(tmp_path / "served")
    exported_model.need(wanted)
    assert made == ["smoke"]  # once, and in the profile of the run that there is
    assert {of.settings.profile for of in asked} == {"smoke"}
    assert "making one in profile smoke" in (tmp_path / "log").read_text()
    path.write_bytes(b"damaged")
    assert exported_model.need(wanted)[1].read_bytes() == b"model"
    assert len(made) == 2
