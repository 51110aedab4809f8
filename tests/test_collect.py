"""A page gets every seed of the arms it names, all of one profile, or the first alone."""

import pytest

from fer_lib import arms, collect, sealed

WHERE = ("rendered46", "", "book", 3)


@pytest.fixture
def stored(monkeypatch):
    """Make runs of nothing; the set says which trainings of profile book the store has."""
    there = set()

    def place(wanted):
        return (wanted.arm.name, wanted.seed), {}

    monkeypatch.setattr(collect.plan, "run_place", place)
    monkeypatch.setattr(sealed, "exists", lambda name: name in there)
    made = [(collect.experiment, "obtain"), (collect, "need")]
    for where, name in made:
        monkeypatch.setattr(where, name, lambda one: (one.arm.name, one.profile, one.seed))
    return there


def test_a_page_gets_every_seed_of_each_arm(stored):
    stored |= {("dual_task", seed) for seed in range(3, 8)} | {("focal", 3), ("focal", 4)}
    assert collect.need_arms(("dual_task", "focal"), *WHERE) == {
        "dual_task": [("dual_task", "book", seed) for seed in range(3, 8)],
        "focal": [("focal", "book", 3), ("focal", "book", 4)],
    }
    assert collect.first("dual_task", *WHERE) == ("dual_task", "book", 3)


def test_one_missing_run_takes_all_to_smoke_and_says_so(stored, tmp_path, monkeypatch):
    monkeypatch.setenv("FER_PROGRESS", str(tmp_path / "log"))
    stored |= {("dual_task", seed) for seed in range(3, 8)} | {("focal", 3)}
    assert collect.need_arms(("dual_task", "focal"), *WHERE) == {
        "dual_task": [("dual_task", "smoke", 3)],
        "focal": [("focal", "smoke", 3)],
    }
    assert "no run of focal in profile book yet" in (tmp_path / "log").read_text()


def test_what_is_asked_for_is_the_arm_itself(monkeypatch):
    monkeypatch.setattr(collect.experiment, "obtain", lambda wanted: wanted)
    (one,) = collect.need_arms(["wrong_10"], "rendered46", "", "smoke", 3)["wrong_10"]
    assert one.arm == arms.get("wrong_10")
    assert (one.data, one.profile, one.seed) == ("rendered46", "smoke", 3)
