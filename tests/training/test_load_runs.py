"""A page gets every seed of the arms it names, all of one profile, or the first alone."""

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


def test_one_missing_run_takes_all_to_smoke_and_says_so(stored, tmp_path, monkeypatch):
    monkeypatch.setenv("FER_PROGRESS", str(tmp_path / "log"))
    stored |= {("dual_task", seed) for seed in range(3, 8)} | {("focal", 3)}
    assert load_runs.need_arms(configs.planned(("dual_task", "focal"), BOOK)) == {
        "dual_task": [("dual_task", "smoke", 3)],
        "focal": [("focal", "smoke", 3)],
    }
    assert "no run of focal in profile book yet" in (tmp_path / "log").read_text()


def test_what_is_asked_for_is_the_arm_itself(monkeypatch):
    monkeypatch.setattr(load_runs.run_training, "obtain", lambda wanted: wanted)
    settings = Settings("rendered46", "", "smoke", 3)
    (one,) = load_runs.need_arms(configs.planned(["wrong_10"], settings))["wrong_10"]
    assert one.arm == configs.get("wrong_10")
    assert one.settings == settings
