"""Write the notebooks that download buttons hand out: they run alone, from any folder."""

from __future__ import annotations

import base64
import re
import tomllib
from pathlib import Path

import nbformat

from engine.jobs import notebook_cells, page_table
from engine.store import paths

INSTALL = "install"  # its cell; a random id would make the file another one each time
OPENING = """\
**To run this notebook**, install once what it imports, into an environment of its own with Python
{python} ({size}):

```sh
{install}
```

**Where its data come from.** Faces are rendered on this machine, from a seed; there is nothing to
download by hand. A training that is not there yet is made when a cell needs it. Both are kept in
`~/.cache/fer-companion` (macOS: `~/Library/Caches/fer-companion`); the variable `FER_CACHE` names
another folder. ImageNet weights are fetched once, if a network answers. For your own copy of a
paper's photographs, set `data` and `data_root` in the cell of parameters.

With `profile = "smoke"` it takes minutes and shows how things are done. The numbers of the book's
page come from `profile = "{profile}"`.\
"""
SIZE = "about 5 GB of disk"
TYPE = "application/x-ipynb+json"


def install(repository: str, commit: str) -> str:
    """Return the commands that install the book; from a checkout, if no repository is known."""
    packages = "'{}[serve]' jupyterlab"
    if not repository:
        return "# in a checkout of this book\npip install -c constraints.txt -e " + packages.format(
            "."
        )
    folder = "fer-companion"
    lines = [f"git clone {repository} {folder}"]
    lines += [f"git -C {folder} checkout {commit}"] if commit else []
    own = packages.format(f"./{folder}")
    return "\n".join([*lines, f"pip install -c {folder}/constraints.txt -e {own}"])


def notebook(name: str, profile: str, repository: str, commit: str) -> nbformat.NotebookNode:
    """Return a notebook without outputs, headed by what to install and where its data come from.

    Parameters
    ----------
    name : str
        Of the notebook.
    profile : str
        Of the page that it is downloaded from.
    repository : str
        Address of the book's repository; "" if it has none.
    commit : str
        The commit that made the page; "" if files differed from it.
    """
    project = tomllib.loads((paths.root() / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    told = OPENING.format(
        python=project["requires-python"].replace(",", ", "),
        size=SIZE,
        install=install(repository, commit),
        profile=profile,
    )
    book = nbformat.read(page_table.notebook(name), as_version=4)
    notebook_cells.number_cells(book)
    book.cells.insert(0, nbformat.v4.new_markdown_cell(told, id=INSTALL))
    return book


def write(site: Path, names: list[str], profile: str, repository: str, commit: str) -> None:
    """Let the download buttons of a site hand out these notebooks.

    They take the place of the sources that Sphinx has copied. The button holds the notebook itself:
    of a site that is read from disk, a browser shows a linked file and does not save it.
    """
    for name in names:
        file = f"_sources/{page_table.FOLDER}/{name}.ipynb"
        target, page = site / file, site / page_table.FOLDER / f"{name}.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook(name, profile, repository, commit), target)
        held = f"data:{TYPE};base64,{base64.b64encode(target.read_bytes()).decode()}"
        if not page.exists():
            continue  # it could not be rendered, which is said elsewhere
        text = page.read_text(encoding="utf-8")
        text = re.sub(rf'href="[^"]*{re.escape(file)}"', f'href="{held}"', text)
        page.write_text(text, encoding="utf-8")
