"""Studies: results that pages read and that take too long for a page. Nothing heavy is imported.

Each is made once by a module of its own (`fer_lib.study` calls it) and kept under a key of all that
decides it. A new study is a module and a line here.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from fer_lib import keys, papers, paths

ABOUT = "about.json"


@dataclass(frozen=True)
class Asked:
    """For which settings: the parameters of a page.

    Attributes
    ----------
    profile, data, data_root : str
        As for `fer_lib.profiles.get`, and for ``load`` of the paper's data sets.
    seed : int
        Of all that is drawn.
    """

    profile: str
    data: str
    data_root: str
    seed: int


@dataclass(frozen=True)
class Study:
    """One study.

    Attributes
    ----------
    name : str
        What pages call it.
    paper : str
        Key of its paper, whose data sets it takes.
    module : str
        Has ``make(asked, needs, folder)``, which fills an empty folder and returns what
        ``about.json`` is to say, and ``read(folder)``.
    files : tuple of str
        What it leaves beside ``about.json``.
    needs : tuple of str
        Studies that it reads.
    """

    name: str
    paper: str
    module: str
    files: tuple[str, ...]
    needs: tuple[str, ...] = ()

    @property
    def contents(self) -> tuple[str, ...]:
        """Every file it leaves."""
        return (ABOUT, *self.files)


STUDIES = {
    study.name: study
    for study in (
        Study(
            "micro_features",
            "huang2025",
            "fer_lib.micro.features",
            ("cnn.npy", "lbp.npy", "table.parquet"),
        ),
        Study(
            "micro_scores",
            "huang2025",
            "fer_lib.micro.balance.scores",
            (
                "rows.parquet",
                "guesses.npy",
                "images.parquet",
                "leak.parquet",
                "chosen.parquet",
                "times.parquet",
            ),
            ("micro_features",),
        ),
        Study(
            "micro_trial",
            "huang2025",
            "fer_lib.micro.causal.trial",
            ("runs.parquet",),
            ("micro_features",),
        ),
        Study(
            "micro_search",
            "huang2025",
            "fer_lib.micro.optimisation.search",
            ("predictions.parquet", "candidates.parquet", "maps.parquet"),
            ("micro_features",),
        ),
    )
}


def get(name: str) -> Study:
    """Return a study by name.

    Raises
    ------
    ValueError
        If there is none; the message lists those that are known.
    """
    if name not in STUDIES:
        raise ValueError(f"unknown study {name!r}: choose one of {', '.join(STUDIES)}")
    return STUDIES[name]


def with_needs(names: Iterable[str]) -> list[Study]:
    """Return studies with all that they read, each after those, in the order of the table."""
    wanted, todo = set(), list(names)
    while todo:
        study = get(todo.pop())
        wanted.add(study.name)
        todo += study.needs
    return [study for name, study in STUDIES.items() if name in wanted]


def ingredients(study: Study, asked: Asked, identity: str, library: keys.Library) -> dict:
    """Return all that decides a study's results; ``identity`` is the data set's."""
    needs = {
        name: keys.digest(ingredients(get(name), asked, identity, library)) for name in study.needs
    }
    settings = asdict(asked)
    del settings["data_root"]
    return {
        "settings": settings,
        "data": identity,
        "library": library.hashes(study.module),
        "needs": needs,
        **keys.surroundings(),
    }


def folder_name(study: Study, asked: Asked, decides: dict) -> str:
    """Return the name of the folder that ``decides`` (from `ingredients`) gives."""
    of = f"{asked.data}-{asked.profile}-seed{asked.seed}"
    return f"{study.name}-{of}-{keys.digest(decides)}"


def place(study: Study, asked: Asked) -> tuple[Path, dict]:
    """Return where its results lie, or will lie, and the ingredients that say so."""
    sets = importlib.import_module(papers.PAPERS[study.paper].module)
    identity = sets.identity(asked.data, asked.data_root or None)
    decides = ingredients(study, asked, identity, keys.Library())
    return paths.cache() / "studies" / folder_name(study, asked, decides), decides
