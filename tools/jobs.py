"""Every job of a build: the data set, the trainings, the pages, each under its key.

A job's result is a sealed folder in the store, named after all that decides it. So it is there or
it is not: whether something is stale never depends on a time stamp, and two checkouts that share
a store share the results.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fer_lib import data as datasets
from fer_lib import keys, paths, plan, profiles, sealed
from fer_lib.plan import Experiment
from tools import cells, check, graph

DATA_MODULES = ("fer_lib.data",)
FORM = 1  # of a stored page: raise it when record.json changes its shape
FILES = {
    "data": ("about.json",),
    "run": plan.RUN_FILES,
    "page": ("page.ipynb", "record.json"),
}


@dataclass(frozen=True)
class Job:
    """One job of a build.

    Attributes
    ----------
    kind : str
        ``data``, ``run`` or ``page``.
    name : str
        What people call it: ``rendered46``, ``05_evaluation``, a run's name without its key.
    ingredients : dict
        All that decides its result.
    folder : str
        Where its result lies, relative to the store; ends in the key.
    modules : tuple of str
        The modules from whose imports its library was found.
    needs : tuple of str
        Folders of the jobs that come before it.
    experiment : Experiment or None
        Of a training.
    """

    kind: str
    name: str
    ingredients: dict
    folder: str
    modules: tuple[str, ...]
    needs: tuple[str, ...] = ()
    experiment: Experiment | None = None

    @property
    def key(self) -> str:
        """The key that its folder ends in."""
        return keys.digest(self.ingredients)

    @property
    def files(self) -> list[str]:
        """Every file of its result, relative to the store."""
        return [f"{self.folder}/{name}" for name in (*FILES[self.kind], sealed.SUMS)]

    def place(self) -> Path:
        """Return where its result lies, or will lie."""
        return paths.cache() / self.folder

    def fault(self) -> str | None:
        """Return what is wrong with the stored result, or None; a missing one is "missing"."""
        place = self.place()
        # Snakemake makes the folder before the job has anything to put there.
        if not place.exists() or (place.is_dir() and not any(place.iterdir())):
            return "missing"
        return sealed.fault(self.place(), FILES[self.kind])


def data_job(settings: dict, identity: str, library: keys.Library) -> Job:
    """Return the job that makes or checks the data set, with the further test subjects."""
    subjects = profiles.get(settings["profile"]).test_subjects
    decides = {
        "data": settings["data"],
        "identity": identity,
        "test_subjects": subjects,
        "library": library.hashes(*DATA_MODULES),
        **keys.surroundings(),
    }
    name = settings["data"]
    return Job("data", name, decides, f"sets/{name}-{keys.digest(decides)}", DATA_MODULES)


def run_job(experiment: Experiment, identity: str, library: keys.Library, data: Job) -> Job:
    """Return the job of one training."""
    decides = plan.ingredients(experiment, identity, library)
    whole = plan.run_name(experiment, decides)
    name = whole.rpartition("-")[0]
    modules = plan.modules_behind(experiment.model)
    return Job("run", name, decides, f"runs/{whole}", modules, (data.folder,), experiment)


def page_job(name: str, settings: dict, data: Job, runs_: dict, library: keys.Library) -> Job:
    """Return the job of one page; ``runs_`` has the run jobs by model."""
    page = graph.page(name)
    book = cells.without_prose(graph.notebook(name))
    read = {model: runs_[model] for model in page.runs}
    modules = cells.imports(book, library)
    for model in page.runs:  # a page may open the trained network, which needs the model's file
        modules += plan.modules_behind(model)
    decides = {
        "page": name,
        "form": FORM,
        "settings": {key: settings[key] for key in ("profile", "data", "seed")},
        "data": data.ingredients["identity"],
        "cells": cells.hashes(book),
        "library": library.hashes(*modules),
        "files": {
            file: keys.sha256((paths.root() / file).read_bytes()) for file in sorted(page.files)
        },
        "runs": {model: job.key for model, job in read.items()},
        **keys.surroundings(),
    }
    needs = (data.folder, *(job.folder for job in read.values()))
    folder = f"pages/{name}-{keys.digest(decides)}"
    return Job("page", name, decides, folder, tuple(modules), needs)


def all_jobs(settings: dict) -> dict[str, Job]:
    """Return the jobs of a build by folder, in an order in which they could run.

    Parameters
    ----------
    settings : dict
        profile, data, data_root and seed, as `tools.check.check` returns them.

    Raises
    ------
    InputError
        If a file of the library does not parse.
    """
    try:
        library = keys.Library()
    except keys.LibraryError as error:
        raise check.InputError(str(error)) from None
    identity = datasets.identity(settings["data"], settings["data_root"] or None)
    data = data_job(settings, identity, library)
    found = {data.folder: data}
    main = {}
    for experiment in graph.trainings(settings):
        job = run_job(experiment, identity, library, data)
        found[job.folder] = job
        if experiment.seed == settings["seed"] and experiment.split == "group":
            main[experiment.model] = job
    for name in graph.PAGES:
        job = page_job(name, settings, data, main, library)
        found[job.folder] = job
    return found
