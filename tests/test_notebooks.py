"""Every page shows its method, keeps the limits of `devtools.page_counts`, and can be changed."""

import ast
import re
import shlex

import pytest

from devtools import page_counts
from engine import pairs
from engine.notebook import parse_extra
from tests.helpers.pages import LEFT

NOTEBOOKS = page_counts.notebooks()
MODELS = {
    f"diya2026/{name}"
    for name in (
        "cnn_baseline",
        "two_stream",
        "b3_embedding",
        "embedding_fusion",
        "dual_branch",
        "dual_task",
    )
}
# Of the build; a page has others of its own.
SETTINGS = {"data", "data_root", "profile", "seed"}


def faults(name: str) -> list[str]:
    """Return which limits a page does not keep; one on a model calls the verbs in view."""
    found = page_counts.count(NOTEBOOKS[name])
    missing = found.verbs_missing() if name in MODELS else []
    return found.faults() + [f"calls no {verb} in view" for verb in missing]


@pytest.mark.parametrize("name", sorted(set(NOTEBOOKS) - LEFT))
def test_a_page_keeps_the_limits(name):
    assert faults(name) == []


@pytest.mark.parametrize("name", sorted(LEFT))
def test_what_was_rewritten_is_struck_out(name):
    assert faults(name)


def parameters(name: str) -> dict:
    """Return the names and values in a page's parameters cell."""
    (cell,) = (
        cell
        for cell in pairs.read(NOTEBOOKS[name]).cells
        if "parameters" in cell.metadata.get("tags", [])
    )
    return {
        node.targets[0].id: ast.literal_eval(node.value) for node in ast.parse(cell.source).body
    }


def tried(name: str) -> list[dict]:
    """Return what each command that a page prints to try it would change."""
    text = "\n".join(
        c.source for c in pairs.read(NOTEBOOKS[name]).cells if c.cell_type == "markdown"
    )
    lines = re.findall(r"^make notebook (.*)$", re.sub(r"\\\n\s*", "", text), re.MULTILINE)
    given = [
        dict(word.split("=", 1) for word in shlex.split(line, comments=True)) for line in lines
    ]
    assert all(words["N"] == name for words in given)
    return [parse_extra(words["PARAMS"].split()) for words in given if "PARAMS" in words]


@pytest.mark.parametrize("name", sorted(set(NOTEBOOKS) - LEFT))
def test_what_a_page_says_to_try_are_its_own_parameters_at_other_values(name):
    own = parameters(name)
    assert len(set(own) - SETTINGS) >= 1
    assert tried(name), "print a line: make notebook N=... PARAMS='...'"
    for changed in tried(name):
        assert set(changed) <= set(own) - SETTINGS
        for parameter, value in changed.items():
            assert value != own[parameter], f"{parameter} is {value} already"
            assert isinstance(value, int | float) == isinstance(own[parameter], int | float)


def test_every_page_is_counted():
    assert len(NOTEBOOKS) >= 30
    assert set(NOTEBOOKS) >= LEFT | MODELS


PAGE = """\
# %% [markdown]
# # A question?
#
# Words of prose that are counted, ten of them here.
#
# *A caption is none.*

# %% tags=["parameters"]
seed = 0

# %% tags=["hide-input"]
question = opening.ask("Is it?")

# %%
faces = load(settings)
parts = splits.split(faces.table)

# %%
question.answer("Yes.", "This.")

# %% [markdown]
# ## Try it
"""


def counts_of(text, tmp_path):
    (tmp_path / "page.py").write_text(text)
    return page_counts.count(tmp_path / "page.py")


def test_the_counts_of_a_page(tmp_path):
    found = counts_of(PAGE, tmp_path)
    assert (found.cells, found.visible, found.lines, found.longest) == (3, 2, 5, 2)
    assert (found.prose, found.code) == (10, 15)
    assert found.called == {"load", "split", "answer"}
    assert found.verbs_missing() == ["build", "fit or load_run", "predict", "score"]
    assert not found.defined


@pytest.mark.parametrize(
    ("planted", "by", "fault"),
    [
        ("# %%\nfaces", '# %% tags=["hide-input"]\nfaces', "1 of 3 code cells are visible"),
        ("parts =", "def f(): ...\nparts =", "defines f"),
        ("parts =", "x = 1\n" * 24 + "parts =", "a cell of 26 lines"),
        ("parts =", "x = 1\n" * 296 + "parts =", "301 lines of code"),
        ("Words of prose", "Words", "8 words of prose for 15 of code"),
        ("# ## Try it", "# ## The end", "has nothing to try"),
        ("question.answer", "print", "does not answer"),
        ("opening.ask", "print", "asks no question"),
    ],
)
def test_a_planted_fault_is_noticed(planted, by, fault, tmp_path):
    assert planted in PAGE
    found = counts_of(PAGE.replace(planted, by, 1), tmp_path).faults()
    assert any(fault in one for one in found), found
