"""Notebook pairs agree by content, and every notebook has the shape the engine needs."""

from __future__ import annotations

import subprocess
from dataclasses import fields

import nbformat
import pytest

from engine import pairs
from engine.jobs import check, page_table
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


def git(folder, *words):
    """Run git in a folder, as somebody who has no settings of their own."""
    own = ("-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *own, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def kept(pair, monkeypatch):
    """The pair in a repository, committed, under its name."""
    git(pair, "init", "--quiet")
    git(pair, "add", ".")
    git(pair, "commit", "--quiet", "--message", "A pair")
    monkeypatch.setattr(page_table, "notebook", lambda name, end=".ipynb": pair / f"{name}{end}")
    return pair


def edit_script(folder, by="print(2)"):
    """Edit the script half of the pair; return its text."""
    text = (folder / "01_a.py").read_text().replace("print(1)", by)
    (folder / "01_a.py").write_text(text)
    return text


def sources(folder):
    return [cell.source for cell in pairs.read(folder / "01_a.ipynb").cells]


def edit_notebook(folder, by="print(3)"):
    change(folder, lambda book: book.cells[2].update(source=by))


def run_in_jupyter(folder):
    """Leave in the notebook what Jupyter saves of a run."""

    def executed(book):
        book.cells[2].update(execution_count=1, id="8a51f0")
        book.cells[2].metadata["scrolled"] = True
        book.cells[2].outputs.append(nbformat.v4.new_output("stream", name="stdout", text="1"))

    change(folder, executed)


def test_the_half_that_was_edited_is_the_one_that_stays(kept):
    assert pairs.bring_together("01_a") == ""
    text = edit_script(kept)
    told = pairs.bring_together("01_a")
    assert told == "01_a.py was edited: 01_a.ipynb is rewritten from it"
    assert sources(kept)[2] == "print(2)"
    assert (kept / "01_a.py").read_text() == text
    assert pairs.check(kept) == []
    # Both differ from the commit now, and agree.
    assert pairs.bring_together("01_a") == ""


def test_an_edit_in_jupyter_stays_to_the_byte(kept):
    run_in_jupyter(kept)
    assert pairs.bring_together("01_a") == ""
    edit_notebook(kept)
    before = (kept / "01_a.ipynb").read_bytes()
    told = pairs.bring_together("01_a")
    assert told == "01_a.ipynb was edited: 01_a.py is rewritten from it"
    assert (kept / "01_a.py").read_text() == SCRIPT.replace("print(1)", "print(3)")
    assert (kept / "01_a.ipynb").read_bytes() == before
    assert pairs.bring_together("01_a") == ""


def test_outputs_alone_are_no_edit(kept):
    run_in_jupyter(kept)
    edit_script(kept)
    assert pairs.bring_together("01_a").startswith("01_a.py was edited")
    assert sources(kept)[2] == "print(2)"


def both_edited(folder):
    edit_script(folder)
    edit_notebook(folder)


def no_git(folder):
    edit_script(folder)
    (folder / ".git").rename(folder / "elsewhere")


def a_new_page(folder):
    git(folder, "rm", "--quiet", "--cached", "01_a.py", "01_a.ipynb")
    git(folder, "commit", "--quiet", "--message", "No pair")
    edit_script(folder)


def one_half_committed(folder):
    edit_notebook(folder)
    git(folder, "commit", "--quiet", "--all", "--message", "Half a pair")


def one_half_committed_and_the_other_edited(folder):
    one_half_committed(folder)
    edit_script(folder)


@pytest.mark.parametrize(
    "edits",
    [
        both_edited,
        no_git,
        a_new_page,
        one_half_committed,
        one_half_committed_and_the_other_edited,
    ],
)
def test_an_edit_is_never_lost(kept, edits):
    edits(kept)
    before = [(kept / f"01_a{end}").read_bytes() for end in (".py", ".ipynb")]
    with pytest.raises(check.InputError) as refused:
        pairs.bring_together("01_a")
    said = str(refused.value)
    assert said.count("\n") == 0
    why = "both were edited" if edits is both_edited else "no commit says which one was edited"
    for words in (why, "`make pairs N=01_a` keeps the .py", "FROM=ipynb` keeps the .ipynb"):
        assert words in said
    assert [(kept / f"01_a{end}").read_bytes() for end in (".py", ".ipynb")] == before


@pytest.mark.parametrize("gone", [".py", ".ipynb"])
def test_a_half_that_is_not_there_is_written(kept, gone):
    (kept / f"01_a{gone}").unlink()
    assert pairs.bring_together("01_a").endswith(f"01_a{gone} is rewritten from it")
    assert pairs.check(kept) == []


def test_one_pair_can_be_rewritten_by_itself(pair, capsys):
    (pair / "02_b.py").write_text(SCRIPT)
    pairs.write(pair, "py")
    for name in ("01_a", "02_b"):
        (pair / f"{name}.py").write_text(SCRIPT.replace("print(1)", "print(2)"))
    assert pairs.main(["02_b", "--from", "py", "--folder", str(pair)]) == 1
    assert "rewritten: 02_b.ipynb" in capsys.readouterr().out
    assert sources(pair)[2] == "print(1)"
    assert pairs.read(pair / "02_b.ipynb").cells[2].source == "print(2)"
    assert pairs.main(["03_c", "--from", "py", "--folder", str(pair)]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == "error: there is no 03_c.py"


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
    settings = [field.name for field in fields(Settings)]  # a page's own follow
    assert [line.split(" = ")[0] for line in lines][: len(settings)] == settings
