"""One notebook executed alone: parameters, progress, and what a crash leaves."""

from __future__ import annotations

import os
import re
import sys

import nbformat
import pytest

from engine import notebook as alone
from engine import pairs
from engine.jobs import check, page_table
from engine.store import paths

HEAD = """\
# %% [markdown]
# # A page

# %% tags=["parameters", "hide-cell"]
profile = "smoke"
data = "rendered46"
data_root = ""
seed = 0
alpha = 0.4  # of this page alone

"""
GOOD = """\
# %%
import os, sys
with open(os.environ["FER_PROGRESS"], "a") as progress:
    progress.write("epoch 1/1\\n")
os.write(2, b"noise from a library\\n")
print(sys.executable, seed, alpha, os.environ["OMP_NUM_THREADS"])
"""
BAD = """\
# %%
# what this cell is for
numerator = 1
print(numerator / seed)
"""
PARAMETERS = {"profile": "smoke", "data": "rendered46", "data_root": "", "seed": 0}


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """Put a notebook into a checkout-like folder and return a function that executes it."""
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setenv("FER_CACHE", str(tmp_path / "store"))
    known = alone.known
    own = lambda name: name if name == "01_page" else known(name)  # noqa: E731
    monkeypatch.setattr(alone, "known", own)
    monkeypatch.setattr(
        page_table,
        "notebook",
        lambda name, suffix=".ipynb": tmp_path / "notebooks" / f"{name}{suffix}",
    )

    def run(body, parameters=PARAMETERS, name="01_page", limit=60):
        (tmp_path / "notebooks" / "01_page.py").write_text(HEAD + body)
        pairs.write(tmp_path / "notebooks", "py")
        return alone.alone(name, parameters, tmp_path / "alone", limit)

    run.result = tmp_path / "alone" / "01_page.ipynb"
    return run


def test_a_notebook_runs_in_this_interpreter(notebook, capfd, monkeypatch):
    monkeypatch.setenv("FER_THREADS", "2")
    assert notebook(GOOD, {**PARAMETERS, "seed": 7, "alpha": 0.9}) == 0
    book = nbformat.read(notebook.result, as_version=4)
    outputs = [output for cell in book.cells for output in cell.get("outputs", [])]
    assert [output.name for output in outputs] == ["stdout"]
    assert outputs[0].text.split() == [sys.executable, "7", "0.9", "2"]
    said = capfd.readouterr().err
    assert re.search(r"\[01_page +\d+ s\] epoch 1/1", said)
    assert "noise" not in said


def test_an_unknown_parameter_is_refused(notebook):
    said = "01_page has no parameter epocks: choose from profile, data, data_root, seed, alpha"
    with pytest.raises(check.InputError, match=said):
        notebook(GOOD, {**PARAMETERS, "epocks": 3})
    with pytest.raises(check.InputError, match=r"alpha=much: 01_page has alpha = 0\.4; give a num"):
        notebook(GOOD, {**PARAMETERS, "alpha": "much"})
    assert not notebook.result.exists()


def test_an_unknown_notebook_is_refused(notebook):
    with pytest.raises(check.InputError, match="unknown notebook '99_nothing': choose one of"):
        notebook(GOOD, name="99_nothing")


def test_a_crash_is_one_readable_paragraph(notebook, capfd):
    assert notebook(BAD) == 1
    said = capfd.readouterr().err.strip().splitlines()[-1]
    assert said.startswith("error: 01_page failed in code cell 2 (`# what this cell is for`)")
    assert "ZeroDivisionError: division by zero" in said
    assert str(notebook.result) in said


def test_what_no_page_may_show_is_refused_alone_as_well(notebook, capfd):
    assert notebook("# %%\nimport sys\n\nprint('hm', file=sys.stderr)\n") == 1
    said = capfd.readouterr().err.strip().splitlines()[-1]
    assert said.startswith("error: 01_page failed in code cell 2 (`import sys`): output on stderr")
    assert notebook.result.exists()


def test_extra_parameters_are_literals_or_text():
    assert alone.parse_extra(["epochs=3", "name=b0"]) == {"epochs": 3, "name": "b0"}
    with pytest.raises(ValueError, match="name=value"):
        alone.parse_extra(["epochs"])


def test_a_setting_among_the_parameters_is_checked_as_one(monkeypatch, capsys):
    given = []
    monkeypatch.setattr(alone, "alone", lambda *asked: given.append(asked) or 0)
    assert alone.main(["ethics", "--profile", "book", "-p", "profile=smoke", "-p", "seed=3"]) == 0
    ((name, parameters, _, limit),) = given
    assert name == "ethics"
    assert parameters == {**PARAMETERS, "seed": 3}
    assert limit == check.LIMITS["smoke"]
    assert alone.main(["ethics", "-p", "profile=bok"]) == 2
    assert "PROFILE=bok" in capsys.readouterr().err


def test_an_edit_of_the_script_is_what_runs(notebook, monkeypatch, capfd):
    """The other half is brought in line, and it is said."""
    assert notebook(GOOD) == 0
    script = page_table.notebook("01_page", ".py")
    head = pairs.content(pairs.read(script))
    monkeypatch.setattr(pairs, "committed", lambda half: head)
    script.write_text(script.read_text().replace("print(", "print('edited', "))
    capfd.readouterr()
    assert alone.alone("01_page", PARAMETERS, notebook.result.parent, 60) == 0
    assert capfd.readouterr().err.startswith("01_page.py was edited: 01_page.ipynb is rewritten")
    book = nbformat.read(notebook.result, as_version=4)
    (output,) = [output for cell in book.cells for output in cell.get("outputs", [])]
    assert output.text.startswith("edited ")
    assert "'edited'" in page_table.notebook("01_page").read_text()


def test_build_folder_can_be_moved(monkeypatch, tmp_path):
    monkeypatch.setenv("FER_BUILD", "_build/smoke")
    assert paths.build() == paths.root() / "_build" / "smoke"
    monkeypatch.setenv("FER_BUILD", str(tmp_path))
    assert paths.build() == tmp_path


@pytest.mark.parametrize("given", ["0", "-1", "two"])
def test_a_thread_count_is_a_whole_number(given, monkeypatch):
    from engine.store import threads

    monkeypatch.setenv("FER_THREADS", given)
    with pytest.raises(ValueError, match=f"THREADS={given}: must be a whole number"):
        threads.count()
    assert os.environ["FER_THREADS"] == given
