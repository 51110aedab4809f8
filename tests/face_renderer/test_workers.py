"""How worker processes start on each system, and what is said when one is killed."""

import os
import signal

import pytest

from face_renderer import workers


def test_processors_are_those_that_the_process_may_use(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 3, 5}, raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert workers.processors() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    assert workers.processors() == 8
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert workers.processors() == 1


def test_processes_are_forked_on_linux_only(monkeypatch):
    for platform, expected in (("linux", "fork"), ("darwin", "spawn"), ("win32", "spawn")):
        monkeypatch.setattr("sys.platform", platform)
        monkeypatch.setattr(os, "fork", None, raising=False)
        assert workers.start_method() == expected
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delattr(os, "fork")
    assert workers.start_method() == "spawn"


def _end(number):
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_worker_that_is_killed_is_one_line(monkeypatch, method):
    monkeypatch.setattr(workers, "start_method", lambda: method)
    said = pytest.raises(workers.WorkerError, match="was killed or could not start: free")
    with said as error, workers.pool(1) as executor:
        executor.submit(_end, signal.SIGKILL).result()
    assert "\n" not in str(error.value)
