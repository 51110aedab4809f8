"""Tables of the build: the runs and files that each page reads, and the trainings of a paper."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from engine.store import paths, registry
from fer_lib import paper_registry
from fer_lib.settings import Settings
from fer_lib.training import configs as arms
from fer_lib.training.config import Experiment

FOLDER = "notebooks"
TABLE = registry.Table("pages", "notebook")


@dataclass(frozen=True)
class Page:
    """What a notebook reads beside its data set and the modules it imports.

    A row of ``[pages]`` in the ``paper.toml`` of its paper, or of ``fer_lib/tables/pages.toml``.

    Attributes
    ----------
    paper : str
        Key of the paper whose data set it takes: its own, or what its row says if it has none.
    arms : tuple of str
        Arms all of whose runs it reads.
    first : tuple of str
        Arms of which it reads the first run only.
    studies : tuple of str
        Studies of `engine.page.study_registry` that it reads.
    files : tuple of str
        Files of the checkout it reads. A file that is read and not named here stops the build.
    was : str
        What it was called before, if it was: its old address leads to it.
    """

    paper: str
    arms: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    studies: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    was: str = ""


def pages_in_toc(toc: Path) -> list[str]:
    """Return the pages that a ``_toc.yml`` names, as paths without suffix, in reading order."""
    pages = []

    def visit(node: object) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                if key in ("root", "file"):
                    pages.append(value)
                else:
                    visit(value)
        elif isinstance(node, list):
            for item in node:
                visit(item)

    visit(yaml.safe_load(toc.read_text()))
    return pages


def names() -> list[str]:
    """Return the names of all notebooks, such as ``start_here`` or ``paper/topic``.

    In the order of ``_toc.yml``; one that it leaves out comes last.
    """
    in_toc = pages_in_toc(paths.root() / "_toc.yml")
    read = [page.removeprefix(f"{FOLDER}/") for page in in_toc if page.startswith(f"{FOLDER}/")]
    return [name for name in dict.fromkeys([*read, *TABLE]) if TABLE.has(name)]


def stem(name: str) -> str:
    """Return a notebook's name as one name of a file: no name holds a hyphen itself."""
    return name.replace("/", "-")


def way_up(name: str) -> str:
    """Return the way from a notebook's page to the root of the site, such as ``../..``."""
    return "/".join([".."] * (name.count("/") + 1))


def page(name: str) -> Page:
    """Return the row of a notebook.

    Raises
    ------
    ValueError
        If it is not in the table; the message lists those that are.
    engine.store.registry.RegistryError
        If its row cannot be used.
    """
    own = TABLE.paper(name)
    if "-" in name:
        raise registry.RegistryError(f"{TABLE.where(name)}: its name has a hyphen: write _ instead")
    return TABLE.build(name, Page, **({"paper": own} if own else {}))


def settings_of(name: str, settings: Settings) -> Settings:
    """Return the settings of a build for one page, whose paper may take another data set.

    Raises
    ------
    ValueError
        If the page is not in the table.
    """
    return paper_registry.settings(paper_registry.get(page(name).paper), settings)


def training_papers() -> set[str]:
    """Return the keys of the papers that train a model."""
    return {arms.TABLE.paper(name) for name in arms.TABLE}


def trainings(paper: str, settings: Settings) -> list[Experiment]:
    """Return every training of one paper: each arm from as many seeds as its profile says."""
    own = [name for name in arms.TABLE if arms.TABLE.paper(name) == paper]
    return [one for each in arms.planned(own, settings).values() for one in each]


def notebook(name: str, suffix: str = ".ipynb") -> Path:
    """Return the path of a notebook in the checkout, ``.ipynb`` or ``.py``."""
    return paths.root() / FOLDER / f"{name}{suffix}"
