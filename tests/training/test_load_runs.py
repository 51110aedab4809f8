"""A page gets every seed of the arms it names, in the profile it asks for."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from engine.store import artifact
from fer_lib.settings import Settings
from fer_lib.training import configs, load_runs

BOOK = Settings("rendered46", "", "book", 3)


@pytest.fixture
def stored(monkeypatch):
    """Make runs of nothing; the set says which trainings of profile book the store has."""
    there = set()

    def stage(wanted):
        return SimpleNamespace(place=lambda: (wanted.arm.name, wanted.settings.seed))

    monkeypatch.setattr(load_runs.config, "stage", stage)
    monkeypatch.setattr(artifact, "exists", lambda name: name in there)
    monkeypatch.setattr(
        load_runs.run_training,
        "obtain",
        lambda one: (one.arm.name, one.settings.profile, one.settings.seed),
    )
    return there


def test_a_page_gets_every_seed_of_each_arm(stored):
    stored |= {("dual_task", seed) for seed in range(3, 8)} | {("focal", 3), ("focal", 4)}
    assert load_runs.need_arms(configs.planned(("dual_task", "focal"), BOOK)) == {
        "dual_task": [("dual_task", "book", seed) for seed in range(3, 8)],
        "focal": [("focal", "book", 3), ("focal", "book", 4)],
    }
    assert load_runs.need(configs.first("dual_task", BOOK)) == ("dual_task", "book", 3)


def test_a_missing_run_is_trained_at_its_own_scale_and_said(stored, tmp_path, monkeypatch):
    monkeypatch.setenv("FER_PROGRESS", str(tmp_path / "log"))
    stored |= {("focal", 3)}
    assert load_runs.need_arms(configs.planned(("focal",), BOOK)) == {
        "focal": [("focal", "book", 3), ("focal", "book", 4)],
    }
    assert (tmp_path / "log").read_text() == (
        "focal from seed 4 in profile book has no run yet: training it now\n"
    )


def test_a_page_can_change_a_configuration(monkeypatch):
    monkeypatch.setattr(load_runs, "stored", lambda wanted: True)
    monkeypatch.setattr(load_runs.run_training, "obtain", lambda wanted: wanted.arm)
    own = configs.get("cnn_baseline")
    changed = load_runs.load_run("cnn_baseline", BOOK, augmentation=False, options={"padding": 0})
    assert changed == replace(own, augmentation=False, options=own.options | {"padding": 0})
    assert load_runs.load_run("cnn_baseline", BOOK) == own
    with pytest.raises(ValueError, match=r"unknown alpha: change one of model, .*loss_weights"):
        load_runs.load_run("cnn_baseline", BOOK, alpha=0.9)


def test_what_is_asked_for_is_the_arm_itself(monkeypatch):
    monkeypatch.setattr(load_runs, "stored", lambda wanted: True)
    monkeypatch.setattr(load_runs.run_training, "obtain", lambda wanted: wanted)
    settings = Settings("rendered46", "", "smoke", 3)
    (one,) = load_runs.need_arms(configs.planned(["wrong_10"], settings))["wrong_10"]
    assert one.arm == configs.get("wrong_10")
    assert one.settings == settings
