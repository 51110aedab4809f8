"""One seed gives one run, to the byte; a damaged run is remade; a page alone stays in smoke."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fer_lib import experiment, keys, plan, profiles
from fer_lib.data import FaceData
from fer_lib.data.schema import empty_report
from fer_lib.labels import EMOTIONS

TINY = replace(profiles.get("smoke"), image_size=32, train_fraction=0.5)


def faces_of(seed, subjects=10):
    chance = np.random.default_rng(seed)
    rows = [
        (f"s{s}", emotion, kind)
        for s in range(subjects)
        for emotion in EMOTIONS
        for kind in ("fake", "genuine")
    ]
    n = len(rows)
    table = pd.DataFrame(rows, columns=["group", "emotion", "authenticity"])
    table["image_id"] = [f"i{k}" for k in range(n)]
    images = chance.integers(0, 255, (n, 48, 48, 3), dtype=np.uint8)
    return FaceData(
        table, images, "gffd2025", "photographs", "subject", f"{seed:064x}", empty_report(), False
    )


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("FER_CACHE", str(tmp_path / "store"))
    monkeypatch.setenv("FER_PROGRESS", str(tmp_path / "log"))
    monkeypatch.setattr(experiment.datasets, "load", lambda *_a, **_k: faces_of(1))
    monkeypatch.setattr(experiment.datasets, "identity", lambda *_a: faces_of(1).sha256)
    monkeypatch.setattr(
        profiles, "get", lambda name: TINY if name == "smoke" else replace(TINY, name=name)
    )
    return tmp_path


def folder_of(wanted):
    return plan.run_place(wanted)[0]


def smoke(seed=0, profile="smoke"):
    return experiment.Experiment("cnn_baseline", "gffd2025", "", profile, seed)


def test_two_cold_runs_agree_to_the_byte(store, monkeypatch):
    first = experiment.obtain(smoke())
    monkeypatch.setenv("FER_CACHE", str(store / "other"))
    second = experiment.obtain(smoke())
    assert first.folder != second.folder
    for name in ("predictions.parquet", "weights.safetensors"):
        assert first.hashes()[name] == second.hashes()[name]
    other = experiment.obtain(smoke(seed=1))
    assert other.hashes()["weights.safetensors"] != first.hashes()["weights.safetensors"]


def test_two_cold_runs_of_the_dual_task_model_agree(store, monkeypatch):
    monkeypatch.setattr(
        experiment.weights, "resolve", lambda: (experiment.weights.PACKAGED_LITE0, None)
    )
    averaged = replace(TINY, weight_average=0.9)
    monkeypatch.setattr(profiles, "get", lambda _name: averaged)
    wanted = replace(smoke(), model="dual_task")
    first = experiment.obtain(wanted)
    monkeypatch.setenv("FER_CACHE", str(store / "other"))
    second = experiment.obtain(wanted)
    assert first.folder != second.folder
    for name in ("predictions.parquet", "weights.safetensors"):
        assert first.hashes()[name] == second.hashes()[name]


def test_a_random_start_is_not_kept_once_weights_can_be_had(store, monkeypatch):
    wanted = replace(smoke(), model="dual_task")
    monkeypatch.setattr(experiment.weights, "resolve", lambda: (experiment.weights.RANDOM, None))
    assert experiment.obtain(wanted).about["random_start"]
    found = experiment.weights.PACKAGED_LITE0
    monkeypatch.setattr(experiment.weights, "resolve", lambda: (found, None))
    assert not experiment.obtain(wanted).about["random_start"]


def test_predictions_are_probabilities_of_people_not_trained_on(store):
    run = experiment.obtain(smoke())
    table = run.predictions
    assert set(table["set"]) == {"validation", "test"}
    assert np.allclose(table[[f"p_{e}" for e in EMOTIONS]].sum(axis=1), 1, atol=1e-5)
    assert table["p_genuine"].between(0, 1).all()
    split = experiment.split_of(faces_of(1), 0)
    trained = set(faces_of(1).table.loc[split == "train", "group"])
    assert not trained & set(table["group"])


def test_a_run_is_taken_from_the_store(store):
    first = experiment.obtain(smoke())
    stamp = (first.folder / "run.json").stat().st_mtime_ns
    assert experiment.obtain(smoke()).folder == first.folder
    assert (first.folder / "run.json").stat().st_mtime_ns == stamp


def test_a_damaged_run_is_said_and_remade(store):
    first = experiment.obtain(smoke())
    before = first.hashes()
    (first.folder / "predictions.parquet").write_bytes(b"damaged")
    again = experiment.obtain(smoke())
    assert again.hashes()["predictions.parquet"] == before["predictions.parquet"]
    assert "predictions.parquet is damaged in run" in (store / "log").read_text()


def test_other_data_make_another_run(store, monkeypatch):
    first = folder_of(smoke())
    assert folder_of(smoke(seed=1)) != first
    assert folder_of(replace(smoke(), split="image")) != first
    monkeypatch.setattr(experiment.datasets, "identity", lambda *_a: faces_of(2).sha256)
    assert folder_of(smoke()) != first


def test_another_thread_count_makes_another_run(store, monkeypatch):
    first = folder_of(smoke())
    monkeypatch.setenv("FER_THREADS", "2")
    assert folder_of(smoke()) != first


def test_where_the_data_lie_does_not_count(store):
    assert folder_of(replace(smoke(), data_root="/elsewhere")) == folder_of(smoke())


def test_a_run_depends_on_its_own_model_only(store):
    library = keys.Library()
    own, other = (
        plan.ingredients(replace(smoke(), model=m), "0", library)["library"] for m in plan.MODELS
    )
    assert "fer_lib/models/cnn_baseline.py" in own
    assert "fer_lib/models/dual_task.py" not in own
    assert "fer_lib/models/cnn_baseline.py" not in other
    # What a loss, a split and an image pass through, and nothing of the pages.
    assert {"fer_lib/train.py", "fer_lib/data/splits.py", "fer_lib/faces/shade.py"} <= set(own)
    assert not {"fer_lib/plots.py", "fer_lib/page.py", "fer_lib/claims.py"} & set(own)


def test_a_page_alone_makes_a_smoke_run_and_says_so(store):
    run = experiment.need(smoke(profile="book"))
    assert run.about["profile"] == "smoke"
    assert "making one in profile smoke" in (store / "log").read_text()


def test_a_page_takes_the_full_run_where_it_is(store):
    full = experiment.obtain(smoke(profile="book"))
    assert experiment.need(smoke(profile="book")).folder == full.folder


def test_the_run_tells_what_it_was(store):
    run = experiment.obtain(smoke())
    about = json.loads((run.folder / "run.json").read_text())
    assert about["data_sha256"] == f"{1:064x}"
    assert about["environment"]["threads"] == 1
    assert about["groups"]["train"] + about["groups"]["val"] + about["groups"]["test"] == 10
    assert "torch" in about["environment"]["packages"]


def test_a_trained_model_predicts_as_its_run_says(store):
    run = experiment.obtain(smoke())
    data = faces_of(1)
    rows = np.nonzero((experiment.split_of(data, 0) == "test").to_numpy())[0]
    model = experiment.trained_model(run)
    again = experiment.predictions(model, data.table, data.images, rows, 32, "test")
    held = run.predictions[run.predictions["set"] == "test"].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, held)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": "resnet"}, "unknown model 'resnet'"),
        ({"profile": "x"}, "unknown profile 'x'"),
        ({"data": "rendered_test"}, "rendered_test is for testing only"),
        ({"split": "leave one out"}, "unknown split 'leave one out'"),
    ],
)
def test_what_is_unknown_stops_at_once(change, message):
    with pytest.raises(ValueError, match=message):
        replace(smoke(), **change)
