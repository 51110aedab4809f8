"""Progress reaches the person who waits, wherever the work was started from."""

import subprocess
import sys

from engine.store import progress

SAY = "from engine.store.progress import say; say('epoch 1')"


def run(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={}
    )


def test_on_its_own_it_goes_to_standard_error():
    done = run(SAY)
    assert (done.stdout, done.stderr) == ("", "epoch 1\n")


def test_in_a_notebook_opened_by_hand_it_stands_under_the_cell():
    kernel = "types.SimpleNamespace(get_ipython=lambda: types.SimpleNamespace(kernel=1))"
    done = run(f"import sys, types; sys.modules['IPython'] = {kernel}; {SAY}")
    assert done.stdout == "epoch 1\n"


def test_a_script_that_only_imports_a_kernel_is_no_notebook():
    done = run(f"import ipykernel, IPython; {SAY}")
    assert (done.stdout, done.stderr) == ("", "epoch 1\n")


def test_the_engine_gets_it_in_its_file(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("FER_PROGRESS", str(tmp_path / "log"))
    progress.say("epoch 1")
    assert (tmp_path / "log").read_text() == "epoch 1\n"
    assert capfd.readouterr() == ("", "")


def test_short_work_says_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("FER_PROGRESS", str(tmp_path / "log"))
    meter = progress.Progress("set: rendered", 100)
    meter.step(100)
    assert not (tmp_path / "log").exists()
