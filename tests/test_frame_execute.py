"""One notebook through tools.execute: parameters, progress, records, and what a crash leaves."""

from __future__ import annotations

import json
import os
import re

import nbformat
import pytest

from fer_lib import paths
from tools import execute, pairs, stage

HEAD = """\
# %% [markdown]
# # A page

# %% tags=["parameters", "hide-cell"]
profile = "smoke"
data = "rendered46"
data_root = ""
seed = 0

"""
GOOD = """\
# %%
import os, sys
with open(os.environ["FER_PROGRESS"], "a") as progress:
    progress.write("epoch 1/1\\n")
os.write(2, b"noise from a library\\n")
print(sys.executable, seed, os.environ["OMP_NUM_THREADS"])
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
    for name in ("FER_CACHE", "FER_BUILD", *execute.ENVIRONMENT, "JUPYTER_PATH", "PYTHONPATH"):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    monkeypatch.setenv("FER_CACHE", str(tmp_path / "store"))
    monkeypatch.setattr(
        execute.graph,
        "notebook",
        lambda name, suffix=".ipynb": tmp_path / "notebooks" / f"{name}{suffix}",
    )

    def run(body, parameters=PARAMETERS):
        (tmp_path / "notebooks" / "01_page.py").write_text(HEAD + body)
        pairs.write(tmp_path / "notebooks", "py")
        return execute.execute("01_page", parameters, tmp_path / "executed")

    run.folder = tmp_path / "executed"
    return run


def test_a_notebook_runs_in_this_interpreter_and_leaves_a_record(notebook, capfd):
    assert notebook(GOOD, {**PARAMETERS, "seed": 7}) == 0
    book = nbformat.read(notebook.folder / "01_page.ipynb", as_version=4)
    outputs = [output for cell in book.cells for output in cell.get("outputs", [])]
    assert [output.name for output in outputs] == ["stdout"]
    import sys

    assert outputs[0].text.split() == [sys.executable, "7", "1"]
    record = json.loads((notebook.folder / "01_page.json").read_text())
    assert record["return_code"] == 0
    assert record["seed"] == 7
    assert record["wall_seconds"] > 0
    said = capfd.readouterr().err
    assert re.search(r"\[01_page +\d+ s\] epoch 1/1", said)
    assert "noise" not in said
    assert "noise from a library" in (notebook.folder / "01_page.log").read_text()


def test_an_unknown_parameter_is_refused(notebook, capfd):
    assert notebook(GOOD, {**PARAMETERS, "epocks": 3}) == 2
    assert "01_page has no parameter epocks" in capfd.readouterr().err
    assert not (notebook.folder / "01_page.ipynb").exists()


def test_an_unknown_notebook_is_refused(notebook, capfd):
    assert execute.execute("99_nothing", PARAMETERS, notebook.folder) == 2
    assert "there is no notebook '99_nothing'" in capfd.readouterr().err


def test_a_crash_is_one_readable_paragraph(notebook, capfd):
    assert notebook(BAD) == 1
    said = capfd.readouterr().err.strip().splitlines()[-1]
    assert said.startswith("error: 01_page failed in cell")
    assert "what this cell is for" in said
    assert "ZeroDivisionError: division by zero" in said
    assert "make notebook N=01_page PROFILE=smoke" in said
    assert (notebook.folder / "01_page.failed.ipynb").exists()
    assert not (notebook.folder / "01_page.ipynb").exists()
    assert json.loads((notebook.folder / "01_page.failed.json").read_text())["return_code"] == 1


def test_a_mended_notebook_clears_its_crash(notebook):
    assert notebook(BAD) == 1
    assert notebook(GOOD) == 0
    assert sorted(path.name for path in notebook.folder.iterdir()) == [
        "01_page.ipynb",
        "01_page.json",
        "01_page.log",
    ]


def test_the_page_shows_the_parameters_in_force_once(notebook, tmp_path):
    assert notebook(GOOD, {**PARAMETERS, "seed": 7}) == 0
    page = tmp_path / "page.ipynb"
    stage.stage_notebook(notebook.folder / "01_page.ipynb", page)
    book = nbformat.read(page, as_version=4)
    sources = [cell.source for cell in book.cells if "seed = " in cell.source]
    assert len(sources) == 1
    assert "seed = 7" in sources[0]
    assert "hide-cell" in book.cells[1].metadata["tags"]


def test_extra_parameters_are_literals_or_text():
    assert execute.parse_extra(["epochs=3", "name=b0"]) == {"epochs": 3, "name": "b0"}
    with pytest.raises(ValueError, match="name=value"):
        execute.parse_extra(["epochs"])


def test_build_folder_can_be_moved(monkeypatch, tmp_path):
    monkeypatch.setenv("FER_BUILD", "_build/smoke")
    assert paths.build() == paths.root() / "_build" / "smoke"
    monkeypatch.setenv("FER_BUILD", str(tmp_path))
    assert paths.build() == tmp_path
