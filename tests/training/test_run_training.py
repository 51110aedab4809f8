"""One seed gives one run, to the byte; a damaged run is remade; a page alone stays in smoke."""

import json
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
import torch

from engine.store import keys
from fer_lib.data import datasets, split_protocols
from fer_lib.labels import EMOTIONS
from fer_lib.models import pretrained_registry, pretrained_weights
from fer_lib.papers.diya2026 import named_configs
from fer_lib.papers.diya2026.task import TASK
from fer_lib.settings import Settings
from fer_lib.training import (
    augmentation,
    config,
    configs,
    dataset_parts,
    profiles,
    run_training,
)
from fer_lib.training import dataset as samples
from fer_lib.training import loop as train
from tests.helpers import tiny
from tests.helpers.tiny import faces_of

MODELS = "fer_lib/papers/diya2026/models"


@pytest.fixture
def store(tmp_path, monkeypatch):
    return tiny.use(monkeypatch, tmp_path)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def shared(kept, monkeypatch):
    """A store for tests that leave what others find in it as it is."""
    return tiny.use(monkeypatch, kept)


def folder_of(wanted):
    return config.stage(wanted).place()


def smoke(arm="cnn_baseline", seed=0, profile="smoke", **changes):
    changed = replace(configs.get(arm), **changes)
    return config.Experiment(changed, Settings("gffd2025", "", profile, seed), TASK)


def set_to(**settings):
    """A training with other settings."""
    return replace(smoke(), settings=replace(smoke().settings, **settings))


def lite0(**changes):
    """The proposed model on a backbone whose weights a seed decides."""
    return smoke("dual_task", backbones=("lite0",), **changes)


def test_two_cold_runs_agree_to_the_byte(store, monkeypatch):
    first = run_training.obtain(smoke())
    monkeypatch.setenv("FER_CACHE", str(store / "other"))
    second = run_training.obtain(smoke())
    assert first.folder != second.folder
    for name in ("predictions.parquet", "weights.safetensors"):
        assert first.hashes()[name] == second.hashes()[name]
    other = run_training.obtain(smoke(seed=1))
    assert other.hashes()["weights.safetensors"] != first.hashes()["weights.safetensors"]


@pytest.mark.parametrize("trained", ["all", "late", "heads"])
def test_two_cold_runs_of_the_dual_task_model_agree(store, monkeypatch, trained):
    """Activations included, which are made anew in another store."""
    tiny.use_weights(monkeypatch, {"lite0": pretrained_registry.get("efficientnet_lite0_packaged")})
    averaged = replace(tiny.PROFILE, weight_average=0.9)
    monkeypatch.setattr(profiles, "get", lambda _name: averaged)
    first = run_training.obtain(lite0(trained=trained))
    monkeypatch.setenv("FER_CACHE", str(store / "other"))
    second = run_training.obtain(lite0(trained=trained))
    assert first.folder != second.folder
    for name in ("predictions.parquet", "weights.safetensors"):
        assert first.hashes()[name] == second.hashes()[name]


@pytest.mark.parametrize("trained", ["all", "late"])
def test_a_random_start_is_not_kept_once_weights_can_be_had(store, monkeypatch, trained):
    wanted = lite0(trained=trained)
    tiny.use_weights(monkeypatch, None)
    first = run_training.obtain(wanted)
    assert first.about["random_start"]
    assert run_training.obtain(wanted).about == first.about  # it is kept as long as none can be had
    tiny.use_weights(monkeypatch, {"lite0": pretrained_registry.get("efficientnet_lite0_packaged")})
    second = run_training.obtain(wanted)
    assert not second.about["random_start"]
    assert (
        second.about["weights"][0]["sha256"]
        == pretrained_registry.get("efficientnet_lite0_packaged").sha256
    )
    assert not second.predictions.equals(first.predictions)


def test_a_start_at_random_that_is_meant_is_no_random_start(shared, monkeypatch):
    tiny.use_weights(monkeypatch, {"lite0": pretrained_registry.get("efficientnet_lite0_packaged")})
    assert not run_training.obtain(smoke("random_lite0")).about["random_start"]
    assert not run_training.obtain(smoke()).about["random_start"]


def test_predictions_are_probabilities_of_people_not_trained_on(shared):
    run = run_training.obtain(smoke())
    table = run.predictions
    assert set(table["set"]) == {"validation", "test"}
    assert np.allclose(table[[f"p_{e}" for e in EMOTIONS]].sum(axis=1), 1, atol=1e-5)
    assert table["p_genuine"].between(0, 1).all()
    of = faces_of(1).table
    parts = split_protocols.by_group(of, 0)
    assert not set(of["group"].iloc[parts.train]) & set(table["group"])
    assert len(parts.train) + len(table) == len(of)
    for name, rows in (("validation", parts.val), ("test", parts.test)):
        told = table[table["set"] == name]
        assert told["image_id"].tolist() == of["image_id"].iloc[rows].tolist()
        assert told["authenticity"].tolist() == of["authenticity"].iloc[rows].tolist()


def test_a_run_is_taken_from_the_store(shared):
    first = run_training.obtain(smoke())
    stamp = (first.folder / "run.json").stat().st_mtime_ns
    assert run_training.obtain(smoke()).folder == first.folder
    assert (first.folder / "run.json").stat().st_mtime_ns == stamp


def test_a_damaged_run_is_said_and_remade(store):
    first = run_training.obtain(smoke())
    before = first.hashes()
    (first.folder / "predictions.parquet").write_bytes(b"damaged")
    again = run_training.obtain(smoke())
    assert again.hashes()["predictions.parquet"] == before["predictions.parquet"]
    said = f"predictions.parquet is damaged in {first.folder.name}: making it again"
    assert said in (store / "log").read_text()


def test_other_data_make_another_run(store, monkeypatch):
    first = folder_of(smoke())
    assert folder_of(smoke(seed=1)) != first
    assert folder_of(smoke(protocol="image")) != first
    monkeypatch.setattr(datasets, "identity", lambda *_a: faces_of(2).sha256)
    assert folder_of(smoke()) != first


def test_another_thread_count_makes_another_run(store, monkeypatch):
    first = folder_of(smoke())
    monkeypatch.setenv("FER_THREADS", "2")
    assert folder_of(smoke()) != first


def test_the_precision_belongs_to_the_key_and_is_told_as_it_was_used(store):
    default, lower = (run_training.obtain(smoke(**how)) for how in ({}, {"precision": "bfloat16"}))
    keys_ = [run.about["key"] for run in (default, lower)]
    assert keys_[0] != keys_[1]
    assert [run.about["config"]["precision"] for run in (default, lower)] == [
        "float32",
        "bfloat16",
    ]
    assert run_training.obtain(smoke(precision="float32")).folder == default.folder
    first, second = default.weights(), lower.weights()
    assert {t.dtype for t in second.values()} == {t.dtype for t in first.values()}
    apart = [float((second[k] - first[k]).abs().max()) for k in first]
    assert 0 < max(apart) < 0.05  # three steps of Adam, of which each moves a weight by 0.001
    again = run_training.trained_model(lower)  # the record says how it was built
    assert all(torch.equal(t, again.tail.state_dict()[k]) for k, t in second.items())


def test_activations_are_the_same_for_trainings_of_any_precision(store, monkeypatch):
    tiny.use_weights(monkeypatch, {"lite0": pretrained_registry.get("efficientnet_lite0_packaged")})
    assert lite0(precision="bfloat16").activations == lite0().activations
    assert run_training.obtain(lite0()).about["stored_precision"] == ["float16"]
    assert run_training.obtain(smoke()).about["stored_precision"] == []


def test_where_the_data_lie_does_not_count(store):
    assert folder_of(set_to(data_root="/elsewhere")) == folder_of(smoke())


def test_a_run_depends_on_its_own_model_only(store):
    library = keys.library()
    files = {f"{MODELS}/{arm.model}.py" for arm in configs.every()}
    assert len(files) == 5
    for name in named_configs.MODELS:
        own = config.ingredients(smoke(name), "0", library)["library"]
        assert files & set(own) == {f"{MODELS}/{configs.get(name).model}.py"}
        # What a loss, a split and an image pass through, and nothing of the pages.
        own_files = ("training/loop", "data/splits", "papers/diya2026/gffd2025")
        passed = {f"fer_lib/{file}.py" for file in own_files}
        assert passed <= set(own)
        assert not {
            "fer_lib/plots/figures.py",
            "engine/page/tables.py",
            "claimcheck/__init__.py",
        } & set(own)


def test_a_run_depends_on_the_reader_of_its_own_data_only(store):
    """Who renders counts for rendered faces, who reads photographs for photographs."""
    read, rendered = (
        config.ingredients(set_to(data=name), "0", keys.library())
        for name in ("gffd2025", "rendered46")
    )
    photographs = {"fer_lib/papers/diya2026/gffd2025.py", "fer_lib/data/duplicates.py"}
    faces = {"face_renderer/shade.py", "fer_lib/data/rendered.py"}
    assert photographs <= set(read["library"])
    assert faces <= set(rendered["library"])
    assert not faces & set(read["library"])
    assert not photographs & set(rendered["library"])
    assert "imagehash" in set(read["lock"]) - set(rendered["lock"])
    assert "numba" in set(rendered["lock"]) - set(read["lock"])


def test_a_new_arm_makes_no_other_run_stale(store):
    """The table of arms decides no key, only the arm's own values do."""
    own = config.ingredients(smoke(), "0", keys.library())
    assert "fer_lib/training/configs.py" not in own["library"]
    assert own["settings"]["arm"] == asdict(configs.get("cnn_baseline"))


def test_the_run_tells_what_it_was(shared):
    run = run_training.obtain(smoke())
    about = json.loads((run.folder / "run.json").read_text())
    assert about["data_sha256"] == f"{1:064x}"
    assert about["environment"]["threads"] == 1
    assert about["groups"]["train"] + about["groups"]["val"] + about["groups"]["test"] == 10
    assert "torch" in about["environment"]["packages"]


SEEN = {
    "images": lambda: smoke(),
    "late stages": lambda: lite0(),
    "embeddings": lambda: lite0(trained="heads"),
    "two backbones": lambda: smoke("two_stream", backbones=("lite0", "mobilenet_v2")),
    "gates on top": lambda: smoke("b0_on_top"),
    "fixed gates": lambda: smoke("b0_fixed"),
    "from nothing": lambda: smoke("random_lite0_se"),
}


@pytest.mark.parametrize("of", SEEN)
def test_a_trained_model_predicts_as_its_run_says(shared, monkeypatch, of):
    """On the images themselves, also where it was trained on stored activations (float16)."""
    known = {
        "lite0": pretrained_registry.get("efficientnet_lite0_packaged"),
        "b0": pretrained_registry.get("efficientnet_b0"),
        "mobilenet_v2": pretrained_registry.get("mobilenet_v2"),
    }
    used = SEEN[of]().arm.backbones
    tiny.use_weights(monkeypatch, {family: known[family] for family in used})
    run = run_training.obtain(SEEN[of]())
    data = faces_of(1)
    rows = split_protocols.by_group(data.table, 0).test
    images = samples.ImageSamples(augmentation.resize(data.images[rows], 32), {})
    model = run_training.trained_model(run)
    assert not model.training
    said = run_training.outputs(model, images)
    again = run_training.predictions(run.task, data.table.iloc[rows], said, "test")
    held = run.predictions[run.predictions["set"] == "test"].reset_index(drop=True)
    stored = bool(SEEN[of]().activations)
    pd.testing.assert_frame_equal(again, held, **({"rtol": 0, "atol": 1e-3} if stored else {}))
    # A network that says the same of every image would pass as well.
    if of != "from nothing":  # which after three steps does
        spread = held["p_genuine"].std()
        assert spread > 1e-4
        assert (again["p_genuine"] - held["p_genuine"]).abs().max() < 0.05 * spread


def test_the_further_rendered_subjects_are_predicted(tmp_path, monkeypatch):
    tiny.use(monkeypatch, tmp_path, rendered=True)
    tiny.use_weights(monkeypatch, {"lite0": pretrained_registry.get("efficientnet_lite0_packaged")})
    arm = replace(configs.get("dual_task"), backbones=("lite0",))
    run = run_training.obtain(config.Experiment(arm, Settings("rendered46", "", "smoke", 0), TASK))
    further = run.predictions[run.predictions["set"] == "rendered_test"]
    assert further["image_id"].tolist() == faces_of(2, 2).table["image_id"].tolist()
    model = run_training.trained_model(run)
    images = augmentation.resize(faces_of(2, 2).images, 32)
    genuine = train.probabilities_of(model, images)["authenticity"]
    assert np.allclose(further["p_genuine"], genuine.numpy(), atol=2e-3)


def test_without_its_weights_a_trained_model_is_not_guessed(shared, monkeypatch):
    tiny.use_weights(monkeypatch, {"lite0": pretrained_registry.get("efficientnet_lite0_packaged")})
    run = run_training.obtain(lite0())

    def gone(source):
        raise pretrained_weights.WeightsError(f"{source.name} cannot be had again")

    monkeypatch.setattr(pretrained_weights, "again", gone)
    with pytest.raises(pretrained_weights.WeightsError, match="cannot be had again"):
        run_training.trained_model(run)


@pytest.fixture(scope="module")
def unfinished(tmp_path_factory):
    return tmp_path_factory.mktemp("unfinished")


@pytest.fixture
def given(unfinished, monkeypatch):
    """Return a function that trains an arm and returns the samples it was given, by part."""

    tiny.use(monkeypatch, unfinished)  # there are the activations, and no run is ever stored

    def train(wanted):
        found = {}
        kept, made = dataset_parts.Inputs.samples, iter(("train", "val", "test"))

        def samples(self, rows, copies, targets):
            name = next(made)
            found[name] = (rows, copies, kept(self, rows, copies, targets))
            return found[name][2]

        def fit(model, train, validation, *_rest):
            found["fitted"], found["watched"] = train, validation
            raise StopIteration("seen enough")

        tiny.use_weights(
            monkeypatch, {"lite0": pretrained_registry.get("efficientnet_lite0_packaged")}
        )
        monkeypatch.setattr(dataset_parts.Inputs, "samples", samples)
        monkeypatch.setattr(run_training, "train", fit)
        with pytest.raises(StopIteration):
            run_training.obtain(wanted)
        return found

    return train


def test_wrong_labels_reach_training_and_validation_and_not_the_test_part(given):
    found = given(lite0(wrong_labels=0.2))
    truth = (faces_of(1).table["authenticity"] == "genuine").to_numpy(np.float32)
    turned = split_protocols.wrong_labels(truth, 0.2, 0)
    for part, genuine in (("train", turned), ("val", turned), ("test", truth)):
        rows, _, samples = found[part]
        assert samples.targets["authenticity"].tolist() == genuine[rows].tolist()
    share = np.mean([truth[r] != turned[r] for r in found["train"][0]])
    assert 0.1 < share < 0.3
    assert found["fitted"] is found["train"][2]
    assert found["watched"] is found["val"][2]


def test_stopping_on_the_test_part_gives_it_to_the_training_loop(given):
    found = given(lite0(protocol="test_stopping"))
    assert found["val"][0].tolist() == found["test"][0].tolist()
    assert found["watched"] is found["val"][2]


def test_copies_stand_for_changed_images_and_are_not_changed_again(given):
    found = given(lite0(protocol="copies"))
    rows, copies, samples = found["train"]
    assert samples.views == ()
    stored = run_training.feature_cache.obtain(lite0().activations[0], "")
    for k in range(0, len(rows), 17):
        own = stored.plain[rows[k]] if copies[k] < 0 else stored.views[rows[k], copies[k]]
        assert np.array_equal(samples.activations[0][k].numpy(), own)


def test_copies_are_changed_images_also_where_nothing_is_stored(given):
    """As in profile paper, which trains whole backbones from images."""
    rows, copies, samples = given(lite0(trained="all", protocol="copies"))["train"]
    assert samples.augmentation is None
    own = augmentation.resize(faces_of(1).images[rows], 32).float()
    moved = (samples.images.float() - own).abs().mean((1, 2, 3)).numpy()
    assert (moved[copies == split_protocols.ITSELF] == 0).all()
    assert (moved[copies != split_protocols.ITSELF] > 5).all()  # noise that is turned and shifted
    # Two copies of one image are not the same either.
    (two, *_) = (k for k in set(rows) if ((rows == k) & (copies >= 0)).sum() > 1)
    first, second = samples.images[(rows == two) & (copies >= 0)][:2].float()
    assert (first - second).abs().mean() > 5


def test_an_arm_without_augmentation_sees_no_view(given):
    assert given(lite0(augmentation=False))["fitted"].views == ()


def test_with_augmentation_training_sees_every_view(given):
    rows, _, samples = given(lite0())["train"]
    stored = run_training.feature_cache.obtain(lite0().activations[0], "")
    assert np.array_equal(samples.views[0].numpy(), stored.views[rows])
    assert samples.views[0].shape[1] == tiny.PROFILE.views


def test_smote_adds_to_the_training_part_only(given):
    found = given(lite0(trained="heads", sampling="smote", wrong_labels=0.1))
    own, fitted = found["train"][2], found["fitted"]
    assert len(fitted) > len(own)
    genuine = fitted.targets["authenticity"]
    assert (genuine == 1).sum() == (genuine == 0).sum()
    assert np.array_equal(fitted.activations[0][: len(own)], own.activations[0])
    assert found["watched"] is found["val"][2]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"profile": "x"}, "unknown profile 'x'"),
        ({"data": "rendered_test"}, "rendered_test is for testing only"),
    ],
)
def test_what_is_unknown_stops_at_once(change, message):
    with pytest.raises(ValueError, match=message):
        set_to(**change)


def test_an_unknown_model_is_an_error_before_any_work(store, monkeypatch):
    monkeypatch.setattr(run_training, "train", lambda *_: pytest.fail("it trained"))
    with pytest.raises(ValueError, match="unknown model 'resnet': choose one of"):
        run_training.obtain(smoke(model="resnet"))
