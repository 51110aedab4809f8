"""Every job of a build: the data set, the trainings, the pages, each under its key.

A job's result is a sealed folder in the store, named after all that decides it. So it is there or
it is not: whether something is stale never depends on a time stamp, and two checkouts that share
a store share the results.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path

import nbformat

from fer_lib import (
    activations,
    arms,
    dataset_registry,
    keys,
    papers,
    paths,
    plan,
    profiles,
    sealed,
    studies,
)
from fer_lib import data as datasets
from fer_lib.activations import Activations
from fer_lib.papers import Paper
from fer_lib.plan import Experiment
from fer_lib.studies import Asked, Study
from tools import cells, check, graph

FIRST = "diya2026"  # the paper with trainings
# Of a stored page: raise it when record.json changes its shape, and when tools/output_checks.py
# refuses more, so that no older page is found that the gate would refuse.
FORM = 3
# They say how much a page computes in each profile.
AMOUNTS = {"fer_lib.amounts", "fer_lib.micro.scale"}
# What executes a notebook: its versions count for every page.
KERNEL = ("ipykernel", "papermill")
KINDS = ("data", "activations", "run", "study", "page")
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
        ``data``, ``activations``, ``run``, ``study`` or ``page``.
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
    study : Study or None
        Of a job that makes one.
    paper : str
        Key of the paper whose settings hold.
    """

    kind: str
    name: str
    ingredients: dict
    folder: str
    modules: tuple[str, ...]
    needs: tuple[str, ...] = ()
    experiment: Experiment | None = None
    activations: Activations | None = None
    study: Study | None = None
    paper: str = "diya2026"

    @property
    def key(self) -> str:
        """The key that its folder ends in."""
        return keys.digest(self.ingredients)

    @property
    def files(self) -> list[str]:
        """Every file of its result, relative to the store."""
        return [f"{self.folder}/{name}" for name in (*self.contents, sealed.SUMS)]

    @property
    def contents(self) -> tuple[str, ...]:
        """What its result consists of."""
        return self.study.contents if self.study else FILES[self.kind]

    def place(self) -> Path:
        """Return where its result lies, or will lie."""
        return paths.cache() / self.folder

    def fault(self) -> str | None:
        """Return what is wrong with the stored result, or None; a missing one is "missing".

        Raises
        ------
        fer_lib.paths.CacheError
            If it may not be read.
        """
        place = self.place()
        # Snakemake makes the folder before the job has anything to put there.
        with sealed.reading(place):
            if not place.exists() or (place.is_dir() and not any(place.iterdir())):
                return "missing"
        return sealed.fault(place, self.contents)


def identity_of(settings: dict) -> str:
    """Return what tells the data set of some settings from every other."""
    return datasets.identity(settings["data"], settings["data_root"] or None)


def data_job(paper: Paper, settings: dict, library: keys.Library) -> Job:
    """Return the job that makes or checks the data set of a paper, and its further subjects."""
    name, profile = settings["data"], settings["profile"]
    modules = ("fer_lib.data", *dataset_registry.adapters(name))
    decides = {
        "data": name,
        "identity": identity_of(settings),
        "rows": dataset_registry.rows(name),
        "subjects": datasets.subjects(name, profile),
    }
    if dataset_registry.get(name).further:
        decides["test_subjects"] = profiles.get(profile).test_subjects
    decides |= library.ingredients(*modules)
    folder = f"sets/{name}-{keys.digest(decides)}"
    return Job("data", name, decides, folder, modules, paper=paper.key)


def study_job(study: Study, asked: Asked, library: keys.Library, data: Job, found: dict) -> Job:
    """Return the job of one study; ``found`` has those that it reads among others, by folder."""
    decides = studies.ingredients(study, asked, data.ingredients["identity"], library)
    folder = f"studies/{studies.folder_name(study, asked, decides)}"
    read = [job.folder for job in found.values() if job.study and job.name in study.needs]
    needs = (data.folder, *read)
    modules = studies.modules(study, asked.data)
    of = {"modules": modules, "needs": needs, "study": study, "paper": study.paper}
    return Job("study", study.name, decides, folder, **of)


def activations_job(wanted: Activations, identity: str, library: keys.Library, data: Job) -> Job:
    """Return the job that computes some activations."""
    decides = activations.ingredients(wanted, identity, library)
    folder = f"activations/{activations.folder_name(wanted, decides)}"
    of = {"needs": (data.folder,), "activations": wanted}
    return Job("activations", wanted.name, decides, folder, activations.modules(wanted), **of)


def run_job(
    experiment: Experiment, identity: str, library: keys.Library, needs: tuple[str, ...]
) -> Job:
    """Return the job of one training; ``needs`` has the folders of its data and activations."""
    decides = plan.ingredients(experiment, identity, library)
    whole = plan.run_name(experiment, decides)
    name = whole.rpartition("-")[0]
    modules = plan.modules_behind(experiment.arm.model, experiment.data)
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


def page_rows(page: graph.Page, settings: dict, read: dict, modules: set[str]) -> dict[str, str]:
    """Return the rows of the registries that a page uses: those of what it reads, and its own.

    A page that looks up another one is refused when it is executed (`tools.reads`).
    """
    found = arms.rows((*page.arms, *page.first))
    for job in read:
        found |= job.ingredients["rows"]
    if "fer_lib.dataset_registry" in modules:
        found |= dataset_registry.rows(settings["data"])
    for module in AMOUNTS & modules:
        found |= importlib.import_module(module).rows(settings["profile"])
    return found


def page_imports(book: nbformat.NotebookNode, files: dict[str, bytes]) -> set[str]:
    """Return what is imported of packages beside ``fer_lib``: by a page, its files, its kernel."""
    found = set(KERNEL) | cells.imported(cell.source for cell in cells.code_cells(book))
    code = (content.decode() for file, content in files.items() if file.endswith(".py"))
    return found | cells.imported(code)


def page_job(name: str, settings: dict, data: Job, found: dict, library: keys.Library) -> Job:
    """Return the job of one page; ``found`` has the run jobs among others, by folder."""
    page = graph.page(name)
    book = cells.without_prose(graph.notebook(name))
    read = runs_of(page, found)
    studied = {j.name: j for j in found.values() if j.study and j.name in page.studies}
    modules = cells.imports(book, library)
    if "fer_lib.data" in library.modules(*modules):
        modules += dataset_registry.adapters(settings["data"])
    for experiment in (job.experiment for job in read.values()):
        # A page may open the trained network, which needs the model's file.
        modules += plan.modules_behind(experiment.arm.model, experiment.data)
    for job in studied.values():
        modules += job.modules
    modules = sorted(set(modules))
    behind = library.modules(*modules)
    files = {file: (paths.root() / file).read_bytes() for file in sorted(page.files)}
    decides = {
        "page": name,
        "form": FORM,
        "settings": {key: settings[key] for key in ("profile", "data", "seed")},
        "data": data.ingredients["identity"],
        "cells": cells.hashes(book),
        "files": {file: keys.sha256(content) for file, content in files.items()},
        "rows": page_rows(page, settings, [*read.values(), *studied.values()], behind),
        "runs": {run: job.key for run, job in read.items()},
        "studies": {name: job.key for name, job in studied.items()},
        **library.ingredients(*modules, also=page_imports(book, files)),
    }
    needs = (data.folder, *(job.folder for job in (*read.values(), *studied.values())))
    folder = f"pages/{name}-{keys.digest(decides)}"
    return Job("page", name, decides, folder, tuple(modules), needs, paper=page.paper)


def all_jobs(settings: dict) -> dict[str, Job]:
    """Return the jobs of a build by folder, in an order in which they could run.

    Parameters
    ----------
    settings : dict
        profile, data, data_root and seed, as `tools.check.check` returns them.

    Raises
    ------
    InputError
        If a file of the library or a registry cannot be used.
    """
    try:
        return _all_jobs(settings, keys.library())
    except ValueError as error:  # an author's slip, in a module or in a table
        raise check.InputError(str(error)) from None


def _all_jobs(settings: dict, library: keys.Library) -> dict[str, Job]:
    wanted = studies.with_needs(one for name in graph.PAGES for one in graph.page(name).studies)
    read = {FIRST, *(graph.page(name).paper for name in graph.PAGES), *(s.paper for s in wanted)}
    asked_of = sorted(map(papers.get, read), key=lambda paper: list(papers.TABLE).index(paper.key))
    own = {paper.key: papers.settings(paper, settings) for paper in asked_of}
    data = {paper.key: data_job(paper, own[paper.key], library) for paper in asked_of}
    found = {job.folder: job for job in data.values()}
    of_first = data[FIRST]
    identity = of_first.ingredients["identity"]
    for experiment in graph.trainings(own[FIRST]):
        needs = [of_first.folder]
        for read_from in plan.all_activations(experiment):
            made = activations_job(read_from, identity, library, of_first)
            found[made.folder] = made
            needs.append(made.folder)
        job = run_job(experiment, identity, library, tuple(needs))
        found[job.folder] = job
    for study in wanted:
        asked = Asked(**{name: own[study.paper][name] for name in graph.PARAMETERS})
        job = study_job(study, asked, library, data[study.paper], found)
        found[job.folder] = job
    for name in graph.PAGES:
        paper = graph.page(name).paper
        job = page_job(name, own[paper], data[paper], found, library)
        found[job.folder] = job
    return found
