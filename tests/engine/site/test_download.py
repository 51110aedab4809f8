"""The download button hands out a notebook that says what it needs and runs alone."""

from __future__ import annotations

import base64
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from devtools import conda_file
from engine import pairs
from engine.jobs import page_table
from engine.site import download
from engine.store import paths
from tests.helpers import copies

spec = importlib.util.spec_from_file_location(
    "fer_page", paths.root() / "book" / "_ext" / "fer_page.py"
)
fer_page = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fer_page)
REPOSITORY = "https://example.org/me/book"
# The theme's button as Sphinx writes it.
BUTTON = (
    '<a class="btn btn-sm btn-download-source-button dropdown-item" '
    'href="{way}_sources/notebooks/{name}.ipynb" target="_blank" title="Download source file">x</a>'
)
# Execute a notebook in the folder it lies in, as Jupyter does.
EXECUTE = """
import sys
import nbclient, nbformat
book = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(book, timeout=300, kernel_name="python3").execute()
nbformat.write(book, "executed.ipynb")
"""


def told(repository="", commit="") -> str:
    """Return what the first cell of a downloaded notebook says."""
    first = download.notebook("ethics", "book", repository, commit).cells[0]
    assert first.cell_type == "markdown"
    return first.source


def block(text: str) -> list[str]:
    """Return the lines of the one block of commands in a text."""
    (found,) = text.split("```sh\n")[1:]
    return found.split("\n```")[0].splitlines()


def test_it_begins_with_what_to_install_from_where():
    assert block(told(REPOSITORY, "0123456789ab")) == [
        "git clone https://example.org/me/book fer-companion",
        "git -C fer-companion checkout 0123456789ab",
        "pip install -c fer-companion/constraints.txt -e './fer-companion[serve]' jupyterlab",
    ]
    # Files differed from the commit.
    assert "checkout" not in " ".join(block(told(REPOSITORY)))
    assert block(told()) == [
        "# in a checkout of this book",
        "pip install -c constraints.txt -e '.[serve]' jupyterlab",
    ]
    assert "://" not in told()
    project = conda_file.project()
    assert "serve" in project["optional-dependencies"]
    assert "jupyterlab" in conda_file.pins()
    assert f"Python\n{project['requires-python'].replace(',', ', ')} (" in told()


def test_it_says_where_its_data_come_from_and_what_they_cost():
    text = " ".join(told().split())
    for words in ("rendered on this machine", "`~/.cache/fer-companion`", "`FER_CACHE`"):
        assert words in text
    assert 'come from `profile = "book"`.' in text
    assert paths.OWN == "fer-companion"


@pytest.mark.parametrize("name", page_table.names())
def test_it_is_the_notebook_of_the_checkout_without_outputs(name):
    book = download.notebook(name, "book", "", "")
    nbformat.validate(book)
    own = pairs.read(page_table.notebook(name)).cells
    assert [cell.source for cell in book.cells[1:]] == [cell.source for cell in own]
    assert not any(cell.get("outputs") for cell in book.cells)
    assert len({cell["id"] for cell in book.cells}) == len(book.cells)
    (parameters,) = (c for c in book.cells if "parameters" in c.metadata.get("tags", []))
    assert 'profile = "smoke"' in parameters.source  # minutes, as the first cell promises


def mended(html: str) -> str:
    """Return HTML as it is written after Sphinx."""
    soup = BeautifulSoup(html, "html.parser")
    fer_page.mend_page(soup)
    return str(soup)


@pytest.fixture
def site(tmp_path):
    """A site of two pages, as Sphinx leaves it."""
    for name, way in (("ethics", "../"), ("diya2026/audit", "../../")):
        page = tmp_path / "notebooks" / f"{name}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(mended(BUTTON.format(way=way, name=name)))
    names = ["ethics", "diya2026/audit", "start_here"]  # the last one was not rendered
    download.write(tmp_path, names, "book", REPOSITORY, "")
    return tmp_path


@pytest.mark.parametrize("name", ["ethics", "diya2026/audit"])
def test_the_button_saves_it_also_from_disk(site, name):
    """There a browser would show a file that is linked to, so the button holds it."""
    text = (site / "notebooks" / f"{name}.html").read_text()
    (button,) = BeautifulSoup(text, "html.parser").find_all("a")
    assert button["download"] == f"{name.rpartition('/')[2]}.ipynb"
    assert "target" not in button.attrs
    head, _, held = button["href"].partition(",")
    assert head == "data:application/x-ipynb+json;base64"
    file = site / "_sources" / "notebooks" / f"{name}.ipynb"
    assert base64.b64decode(held) == file.read_bytes()
    assert nbformat.read(file, as_version=4).cells[0].source.startswith("**To run this notebook**")


@pytest.mark.parametrize(
    ("link", "saved"),
    [
        ('<a href="../records/ethics.ipynb">as executed</a>', "ethics.ipynb"),
        (BUTTON.format(way="../", name="a").replace(".ipynb", ".md"), "a.md"),
        ('<a href="https://example.org/x.ipynb">x</a>', None),
        ('<a href="ethics.html">x</a>', None),
    ],
)
def test_links_to_notebooks_of_the_site_save_them(link, saved):
    assert BeautifulSoup(mended(link), "html.parser").a.get("download") == saved


@pytest.mark.slow
def test_it_runs_alone_from_an_empty_folder(tmp_path):
    """The book is installed; nothing else is known, and nothing is written into its checkout."""
    work, home = tmp_path / "work", tmp_path / "home"
    work.mkdir()
    home.mkdir()
    checkout = copies.sources(tmp_path / "checkout")
    nbformat.write(download.notebook("alipour2025/audit", "book", "", ""), work / "audit.ipynb")
    left_out = ("FER_", "XDG_", "PYTHON", "JUPYTER", "IPYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}

    def files() -> set[Path]:
        return {file for file in checkout.rglob("*") if "__pycache__" not in file.parts}

    before = files()
    done = subprocess.run(
        [sys.executable, "-c", EXECUTE, "audit.ipynb"],
        cwd=work,
        env=kept | {"HOME": str(home), "PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    book = nbformat.read(work / "executed.ipynb", as_version=4)
    assert any("text/html" in o.get("data", {}) for c in book.cells for o in c.get("outputs", []))
    assert {file.name for file in work.iterdir()} == {"audit.ipynb", "executed.ipynb"}
    assert files() == before
