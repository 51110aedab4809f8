"""`make check` picks the tests that a change can reach, and stops in time."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from devtools import affected


def test_a_module_reaches_what_imports_it_the_nearest_first():
    found = affected.reached(["fer_lib/evaluation/metrics.py"])
    nearest = found[: found.index("tests/papers/diya2026/test_calibration.py")]
    assert "tests/evaluation/test_metrics.py" in nearest
    assert "tests/training/test_task.py" in nearest
    assert not {"tests/face_renderer/test_render.py", "tests/claimcheck/test_ledger.py"} & {*found}
    assert "tests/engine/test_edits.py" in found[-4:]  # it copies the checkout, and takes minutes


def test_a_notebook_reaches_what_reads_notebooks():
    found = affected.reached(["notebooks/ethics.py"])
    assert {"tests/test_notebooks.py", "tests/engine/test_pairs.py"} <= {*found}
    assert "tests/evaluation/test_metrics.py" not in found


def test_a_table_reaches_what_its_package_does():
    found = affected.reached(["claimcheck/schema.json"])
    assert {"tests/claimcheck/test_ledger.py", "tests/test_alone.py"} <= {*found}


def test_what_is_gone_reaches_what_its_package_does():
    assert "tests/claimcheck/test_ledger.py" in affected.reached(["claimcheck/gone.py"])


def test_a_test_reaches_itself_and_a_module_beside_it_the_tests():
    assert affected.reached(["tests/training/test_task.py"])[0] == "tests/training/test_task.py"
    assert "tests/claimcheck/test_cli.py" in affected.reached(["tests/claimcheck/oracles.py"])[:20]
    assert "tests/claimcheck/test_cli.py" in affected.reached(["tests/claimcheck/conftest.py"])
    assert "tests/explain/test_lime.py" in affected.reached(["tests/conftest.py"])


def test_no_change_reaches_nothing():
    assert affected.reached([]) == []


def test_no_test_begins_when_the_time_is_over_and_what_is_left_is_known(monkeypatch):
    session = SimpleNamespace(items=[], shouldstop=False)
    items = [SimpleNamespace(location=(file,), session=session) for file in "aab"]
    session.items = items
    limit = affected.Limit()
    limit.pytest_collection_finish(session)
    limit.pytest_runtest_protocol(items[0])
    assert not session.shouldstop
    limit.end = 0
    limit.pytest_runtest_protocol(items[1])
    assert session.shouldstop
    assert +limit.left == {"b": 1}


@pytest.mark.parametrize(
    ("status", "failed", "ends"), [(0, 0, 0), (1, 2, 1), (2, 0, 0), (2, 1, 1), (4, 0, 4), (5, 0, 0)]
)
def test_a_failure_before_the_end_of_the_time_is_one(monkeypatch, status, failed, ends):
    def main(_arguments, plugins):
        plugins[0].failed = failed
        return status

    monkeypatch.setattr(affected.pytest, "main", main)
    monkeypatch.setattr(affected, "reached", lambda changed: changed)
    assert affected.main(["devtools/lock.py"]) == ends
