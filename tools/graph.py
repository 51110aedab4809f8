"""The tables of the build: which runs and files each page reads, and what a profile trains."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fer_lib import paths
from fer_lib.plan import MODELS, Experiment

PARAMETERS = ("profile", "data", "data_root", "seed")


@dataclass(frozen=True)
class Page:
    """What a notebook reads beside its data set and the modules it imports.

    Attributes
    ----------
    runs : tuple of str
        Models whose runs it reads.
    files : tuple of str
        Files of the checkout it reads. A file that is read and not named here stops the build.
    """

    runs: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grid:
    """What a profile trains: every model from so many seeds on each of these splits."""

    seeds: int
    splits: tuple[str, ...]


CLAIMS = "book/claims/diya2026.yml"
FREEZE = "book/freeze.yml"
BOTH = tuple(MODELS)
PAGES = {
    "01_start_here": Page(BOTH, (CLAIMS,)),
    "02_data": Page((), (CLAIMS, "book/judge/run.json")),
    "03_cnn_baseline": Page(("cnn_baseline",), (CLAIMS,)),
    "04_dual_task": Page(("dual_task",), (CLAIMS,)),
    "05_evaluation": Page(BOTH, (CLAIMS, FREEZE)),
    "06_explanations": Page(BOTH, (CLAIMS,)),
    "07_ethics": Page(("dual_task",)),
}
GRIDS = {
    "smoke": Grid(1, ("group",)),
    "book": Grid(1, ("group",)),
    "book-full": Grid(5, ("group",)),
    "paper": Grid(5, ("group", "image")),
}


def page(name: str) -> Page:
    """Return what the table says of a notebook.

    Raises
    ------
    ValueError
        If it is not in the table; the message lists those that are.
    """
    if name not in PAGES:
        raise ValueError(f"there is no notebook {name!r}: choose one of {', '.join(PAGES)}")
    return PAGES[name]


def trainings(settings: dict) -> list[Experiment]:
    """Return every training of a build: model x seed x split, as its profile says."""
    grid = GRIDS[settings["profile"]]
    return [
        Experiment(model, settings["data"], settings["data_root"], settings["profile"], seed, split)
        for model in MODELS
        for split in grid.splits
        for seed in range(settings["seed"], settings["seed"] + grid.seeds)
    ]


def notebook(name: str, suffix: str = ".ipynb") -> Path:
    """Return the path of a notebook in the checkout, ``.ipynb`` or ``.py``."""
    return paths.root() / "notebooks" / f"{name}{suffix}"
