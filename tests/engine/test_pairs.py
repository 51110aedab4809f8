"""Notebook pairs agree by content, and every notebook has the shape the engine needs."""

from __future__ import annotations

from dataclasses import fields

import nbformat
import pytest

from engine import pairs
from engine.jobs import page_table
from engine.store import paths
from fer_lib.settings import Settings

FOLDER = paths.root() / "notebooks"
NAMES = sorted(page_table.names())

SCRIPT = """\
# %% [markdown]
# # A title

# %% tags=["parameters", "hide-cell"]
profile = "smoke"

# %% mystnb={"image": {"alt": "A line that rises."}}
print(1)
"""


@pytest.fixture
def pair(tmp_path):
    """A sound pair in a folder of its own."""
    (tmp_path / "01_a.py").write_text(SCRIPT)
    pairs.write(tmp_path, "py")
    assert pairs.check(tmp_path) == []
    return tmp_path


def change(folder, edit):
    """Apply ``edit`` to the notebook half of the pair."""
    path = folder / "01_a.ipynb"
    book = nbformat.read(path, as_version=4)
    edit(book)
    nbformat.write(book, path)


def test_all_pairs_agree():
    assert pairs.check(FOLDER) == []


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda book: book.cells[2].update(source="print(2)"), "cell 2 differs"),
        (lambda book: book.cells[2].metadata.clear(), "metadata of cell 2"),
        (lambda book: book.cells[1].metadata.update(tags=[]), "metadata of cell 1"),
        (lambda book: book.cells.pop(), "3 cells"),
        (lambda book: book.cells[2].update(execution_count=1), "holds outputs"),
        (
            lambda book: book.cells[2].outputs.append(
                nbformat.v4.new_output("stream", name="stdout", text="1\n")
            ),
            "holds outputs",
        ),
        (lambda book: book.cells[2].update(id="another"), "has id another, not code-01"),
        (lambda book: book.metadata.kernelspec.pop("language"), "language: python"),
    ],
)
def test_a_planted_difference_is_found(pair, edit, said):
    change(pair, edit)
    found = pairs.check(pair)
    assert len(found) == 1
    assert said in found[0]


def test_time_stamps_do_not_matter(pair):
    (pair / "01_a.py").touch()
    assert pairs.check(pair) == []


def test_a_missing_half_is_found(pair):
    (pair / "01_a.py").unlink()
    assert "one half" in pairs.check(pair)[0]


def test_either_half_can_be_written_from_the_other(pair):
    change(pair, lambda book: book.cells[2].update(source="print(3)"))
    pairs.write(pair, "ipynb")
    assert pairs.check(pair) == []
    assert (pair / "01_a.py").read_text() == SCRIPT.replace("print(1)", "print(3)")
    assert pairs.read(pair / "01_a.ipynb").metadata == pairs.METADATA


def test_a_new_paragraph_leaves_the_names_of_code_cells(pair):
    before = [cell["id"] for cell in pairs.read(pair / "01_a.ipynb").cells]
    text = (
        (pair / "01_a.py").read_text().replace("# A title", "# A title\n\n# %% [markdown]\n# New.")
    )
    (pair / "01_a.py").write_text(text)
    pairs.write(pair, "py")
    after = [cell["id"] for cell in pairs.read(pair / "01_a.ipynb").cells]
    assert before == ["text-00", "code-00", "code-01"]
    assert after == ["text-00", "text-01", "code-00", "code-01"]


def test_table_and_folder_name_the_same_notebooks():
    books = (path.relative_to(FOLDER).with_suffix("") for path in FOLDER.rglob("*.ipynb"))
    assert sorted(map(str, books)) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_notebook_has_title_and_parameters(name):
    cells = pairs.read(page_table.notebook(name)).cells
    assert cells[0].cell_type == "markdown"
    assert cells[0].source.startswith("# ")
    tagged = [cell for cell in cells if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    lines = [line for line in tagged[0].source.splitlines() if "=" in line and line[0] != "#"]
    assert [line.split(" = ")[0] for line in lines] == [field.name for field in fields(Settings)]
