"""Every job of a build: the data set, the trainings, the pages, each under its key.

A job's result is a sealed folder in the store, named after all that decides it. So it is there or
it is not: whether something is stale never depends on a time stamp, and two checkouts that share
a store share the results.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fer_lib import activations, keys, paths, plan, profiles, sealed
from fer_lib import data as datasets
from fer_lib.activations import Activations
from fer_lib.plan import Experiment
from tools import cells, check, graph

DATA_MODULES = ("fer_lib.data",)
FORM = 1  # of a stored page: raise it when record.json changes its shape
FILES = {
    "data": ("about.json",),
    "activations": activations.FILES,
    "run": plan.RUN_FILES,
    "page": ("page.ipynb", "record.json"),
}


@dataclass(frozen=True)
class Job:
    """One job of a build.

    Attributes
    ----------
    kind : str
        ``data``, ``activations``, ``run`` or ``page``.
    name : str
        What people call it: ``rendered46``, ``10_emotion``, a run's name without its key.
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
    activations : Activations or None
        Of a job that makes some.
    """

    kind: str
    name: str
    ingredients: dict
    folder: str
    modules: tuple[str, ...]
    needs: tuple[str, ...] = ()
    experiment: Experiment | None = None
    activations: Activations | None = None

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


class Library(keys.Library):
    """The import graph, where each set of modules is followed once: many trainings share one."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[tuple[str, ...], dict[str, str]] = {}

    def hashes(self, *names: str) -> dict[str, str]:
        """Return what `fer_lib.keys.Library.hashes` does; not to be changed."""
        if names not in self._known:
            self._known[names] = super().hashes(*names)
        return self._known[names]


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


def activations_job(wanted: Activations, identity: str, library: keys.Library, data: Job) -> Job:
    """Return the job that computes some activations."""
    decides = activations.ingredients(wanted, identity, library)
    folder = f"activations/{activations.folder_name(wanted, decides)}"
    of = {"modules": (activations.MODULE,), "needs": (data.folder,), "activations": wanted}
    return Job("activations", wanted.name, decides, folder, **of)


def run_job(
    experiment: Experiment, identity: str, library: keys.Library, needs: tuple[str, ...]
) -> Job:
    """Return the job of one training; ``needs`` has the folders of its data and activations."""
    decides = plan.ingredients(experiment, identity, library)
    whole = plan.run_name(experiment, decides)
    name = whole.rpartition("-")[0]
    modules = plan.modules_behind(experiment.arm.model)
    return Job("run", name, decides, f"runs/{whole}", modules, needs, experiment)


def runs_of(page: graph.Page, found: dict[str, Job]) -> dict[str, Job]:
    """Return the run jobs that a page reads, by what its footer calls them."""
    read = {}
    for job in found.values():
        if job.kind != "run":
            continue
        arm, seed = job.experiment.arm.name, job.experiment.seed
        first = seed == min(
            j.experiment.seed
            for j in found.values()
            if j.kind == "run" and j.experiment.arm.name == arm
        )
        if arm in page.arms or (arm in page.first and first):
            read[f"{arm}, seed {seed}"] = job
    return read


def page_job(name: str, settings: dict, data: Job, found: dict, library: keys.Library) -> Job:
    """Return the job of one page; ``found`` has the run jobs among others, by folder."""
    page = graph.page(name)
    book = cells.without_prose(graph.notebook(name))
    read = runs_of(page, found)
    modules = cells.imports(book, library)
    for model in sorted({job.experiment.arm.model for job in read.values()}):
        # A page may open the trained network, which needs the model's file.
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
        "runs": {run: job.key for run, job in read.items()},
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
        library = Library()
    except keys.LibraryError as error:
        raise check.InputError(str(error)) from None
    identity = datasets.identity(settings["data"], settings["data_root"] or None)
    data = data_job(settings, identity, library)
    found = {data.folder: data}
    for experiment in graph.trainings(settings):
        needs = [data.folder]
        for wanted in plan.all_activations(experiment):
            made = activations_job(wanted, identity, library, data)
            found[made.folder] = made
            needs.append(made.folder)
        job = run_job(experiment, identity, library, tuple(needs))
        found[job.folder] = job
    for name in graph.PAGES:
        job = page_job(name, settings, data, found, library)
        found[job.folder] = job
    return found
