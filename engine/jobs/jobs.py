"""List every job of a build (data set, trainings, studies, pages), each with its key.

The result of a job is a folder in the store, named by its key. A result is current if its folder
exists: time stamps never matter, and two checkouts that share a store share the results.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import nbformat

from engine.jobs import check, notebook_cells, page_table
from engine.page import study_registry
from engine.store import artifact, keys, paths, registry
from engine.store.stage import Stage
from fer_lib import paper_registry
from fer_lib.data import dataset_registry, datasets
from fer_lib.paper_registry import Paper
from fer_lib.settings import Settings
from fer_lib.training import config, configs, profiles

# Of a stored page: raise it when record.json changes its shape, and when
# engine/jobs/output_checks.py refuses more, so that no older page is found that the gate would
# refuse.
FORM = 3
BUDGET = "engine.page.budget"  # says how much a page computes in each profile
# What executes a notebook: its versions count for every page.
KERNEL = ("ipykernel", "papermill")
# A training of so few epochs is short, by how it trains.
SHORT = {"late": 8, "all": 3, "heads": 9}


@dataclass(frozen=True)
class Job:
    """One job of a build: a stage among others.

    Attributes
    ----------
    stage : Stage
        What is computed and where its result lies.
    needs : tuple of str
        Folders of the jobs that come before it.
    paper : str
        Key of the paper whose settings hold.
    urgency : int
        Jobs with more come first, where several could.
    short : bool
        Whether it may share a process with others: to start one takes as long as the job does.
    """

    stage: Stage
    needs: tuple[str, ...] = ()
    paper: str = ""
    urgency: int = 0
    short: bool = False

    @property
    def kind(self) -> str:
        """One of `engine.store.stage.FOLDERS`."""
        return self.stage.kind

    @property
    def name(self) -> str:
        """Its name for readers: ``rendered46``, ``paper/topic``, a run without its key."""
        return self.stage.name

    @property
    def ingredients(self) -> dict:
        """All that decides its result."""
        return self.stage.ingredients

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules from whose imports its library was found."""
        return self.stage.modules

    @property
    def folder(self) -> str:
        """Where its result lies, or will lie, relative to the store; ends in the key."""
        return self.stage.folder

    @property
    def files(self) -> list[str]:
        """Every file of its result, relative to the store."""
        return [f"{self.folder}/{name}" for name in (*self.stage.contents, artifact.SUMS)]

    def place(self) -> Path:
        """Return where its result lies, or will lie."""
        return self.stage.place()

    def fault(self) -> str | None:
        """Return what is wrong with the stored result, or None; as `engine.store.stage.fault`."""
        return self.stage.fault()


def identity_of(settings: Settings) -> str:
    """Return the identity of the data set of some settings."""
    return datasets.identity(settings.data, settings.data_root or None)


def make_data(settings: Settings, stage: Stage, folder: Path) -> dict:
    """Make, or check, a data set and its further test subjects; return their hashes.

    Parameters
    ----------
    settings : Settings
        Those of the paper that takes the set.
    stage : Stage
        Its own.
    folder : Path
        Where nothing but the record is left: the set has a place of its own.
    """
    decides = stage.ingredients
    root = settings.data_root or None
    faces = datasets.by_name(settings.data, root, n_subjects=decides["subjects"])
    about = {
        "data": settings.data,
        "data_sha256": faces.sha256,
        "kind": faces.kind,
        "group_kind": faces.group_kind,
        "images": len(faces.table),
        "groups": int(faces.table["group"].nunique()),
    }
    further_set = dataset_registry.get(settings.data).further
    if further_set:
        further = datasets.by_name(further_set, n_subjects=decides["test_subjects"])
        about["further_sha256"] = further.sha256
    return about


def data_job(paper: Paper, settings: Settings, library: keys.Library) -> Job:
    """Return the job that makes or checks the data set of a paper, and its further subjects."""
    name, profile = settings.data, settings.profile
    modules = ("fer_lib.data.datasets", *dataset_registry.adapters(name))
    decides = {
        "data": name,
        "identity": identity_of(settings),
        "rows": dataset_registry.rows(name),
        "subjects": datasets.subjects(name, profile),
    }
    if dataset_registry.get(name).further:
        decides["test_subjects"] = profiles.get(profile).test_subjects
    decides |= library.ingredients(*modules)
    stage = Stage("data", name, decides, ("about.json",), modules, partial(make_data, settings))
    return Job(stage, paper=paper.key, urgency=1000)


def activations_job(stage: Stage, needs: tuple[str, ...], paper: str) -> Job:
    """Return the job that computes some activations; many trainings wait for it."""
    return Job(stage, needs, paper, urgency=900, short=True)


def run_job(stage: Stage, needs: tuple[str, ...], paper: str) -> Job:
    """Return the job of one training; ``needs`` has the folders of its data and activations."""
    arm, scale = stage.what.arm, stage.what.scale
    # Trainings hold up pages, the long ones most.
    urgency = 550 if arm.scale == "full" else 500
    return Job(stage, needs, paper, urgency=urgency, short=scale.epochs <= SHORT[arm.trained])


def runs_of(page: page_table.Page, found: dict[str, Job]) -> dict[str, Job]:
    """Return the run jobs that a page reads, by what its footer calls them."""
    read = {}
    for job in found.values():
        if job.kind != "run":
            continue
        arm, seed = job.stage.what.arm.name, job.stage.what.settings.seed
        first = seed == min(
            j.stage.what.settings.seed
            for j in found.values()
            if j.kind == "run" and j.stage.what.arm.name == arm
        )
        if arm in page.arms or (arm in page.first and first):
            read[f"{arm}, seed {seed}"] = job
    return read


def page_rows(
    page: page_table.Page, settings: Settings, read: list[Job], modules: set[str]
) -> dict[str, str]:
    """Return the rows of the registries that a page uses: those of what it reads, and its own.

    A page that looks up another one is refused when it is executed
    (`engine.jobs.undeclared_reads`).
    """
    found = configs.rows((*page.arms, *page.first))
    for job in read:
        found |= job.ingredients["rows"]
    if "fer_lib.data.dataset_registry" in modules:
        found |= dataset_registry.rows(settings.data)
    amounts = {BUDGET, *(paper.amounts for paper in paper_registry.every())}
    for module in sorted(amounts & modules):
        found |= importlib.import_module(module).rows(settings.profile)
    return found


def page_imports(book: nbformat.NotebookNode, files: dict[str, bytes]) -> set[str]:
    """Return the packages imported by a page, its files and its kernel, beside ``fer_lib``."""
    found = set(KERNEL) | notebook_cells.imported(
        cell.source for cell in notebook_cells.code_cells(book)
    )
    code = (content.decode() for file, content in files.items() if file.endswith(".py"))
    return found | notebook_cells.imported(code)


def page_job(name: str, settings: Settings, data: Job, found: dict, library: keys.Library) -> Job:
    """Return the job of one page; ``found`` has the run jobs among others, by folder."""
    page = page_table.page(name)
    if not page_table.notebook(name).exists():
        file = page_table.notebook(name).relative_to(paths.root())
        where = page_table.TABLE.where(name)
        raise registry.RegistryError(f"{where}: there is no {file}: write it, or take the row out")
    book = notebook_cells.without_prose(page_table.notebook(name))
    read = runs_of(page, found)
    made = {job.stage.what.name: job for job in found.values() if job.kind == "study"}
    studied = {study: job for study, job in made.items() if study in page.studies}
    modules = notebook_cells.imports(book, library)
    if "fer_lib.data.datasets" in library.modules(*modules):
        modules += dataset_registry.adapters(settings.data)
    for experiment in (job.stage.what for job in read.values()):
        # A page may open the trained network, which needs the model's file.
        modules += config.modules_behind(experiment.arm.model, experiment.settings.data)
    for job in studied.values():
        modules += job.modules
    modules = sorted(set(modules))
    behind = library.modules(*modules)
    files = {file: (paths.root() / file).read_bytes() for file in sorted(page.files)}
    decides = {
        "page": name,
        "form": FORM,
        "settings": settings.counted,
        "data": data.ingredients["identity"],
        "cells": notebook_cells.hashes(book),
        "files": {file: keys.sha256(content) for file, content in files.items()},
        "rows": page_rows(page, settings, [*read.values(), *studied.values()], behind),
        "runs": {run: job.stage.key for run, job in read.items()},
        "studies": {name: job.stage.key for name, job in studied.items()},
        **library.ingredients(*modules, also=page_imports(book, files)),
    }
    needs = (data.folder, *(job.folder for job in (*read.values(), *studied.values())))
    contents = ("page.ipynb", "record.json")
    stage = Stage("page", name, decides, contents, tuple(modules), record="record.json")
    # A long page should not start last.
    return Job(stage, needs, page.paper, urgency=len(decides["cells"]))


def all_jobs(settings: Settings) -> dict[str, Job]:
    """Return the jobs of a build by folder, in an order in which they could run.

    Parameters
    ----------
    settings : Settings
        Of the build.

    Raises
    ------
    InputError
        If a file of the library or a registry cannot be used.
    """
    try:
        return _all_jobs(settings, keys.library())
    except ValueError as error:  # an author's slip, in a module or in a table
        raise check.InputError(str(error)) from None


def _all_jobs(settings: Settings, library: keys.Library) -> dict[str, Job]:
    pages = {name: page_table.page(name) for name in page_table.names()}
    wanted = study_registry.with_needs(one for page in pages.values() for one in page.studies)
    training = page_table.training_papers()
    read = {*(page.paper for page in pages.values()), *(one.paper for one in wanted), *training}
    papers = [paper_registry.get(key) for key in sorted(read)]
    for paper in papers:
        if paper.amounts and not library.has(paper.amounts):
            file = f"{registry.PAPERS}/{paper.key}/{registry.PAPER}"
            raise registry.RegistryError(
                f"{file} names the module {paper.amounts}, which is not there: mend the name"
            )
    own = {paper.key: paper_registry.settings(paper, settings) for paper in papers}
    data = {paper.key: data_job(paper, own[paper.key], library) for paper in papers}
    found = {job.folder: job for job in data.values()}
    for key in training:
        before = data[key]
        for experiment in page_table.trainings(key, own[key]):
            run = config.stage(experiment, before.ingredients["identity"], library)
            needs = [before.folder]
            for read_from in run.needs:
                made = activations_job(read_from, (before.folder,), key)
                found[made.folder] = made
                needs.append(made.folder)
            job = run_job(run, tuple(needs), key)
            found[job.folder] = job
    for study in wanted:
        before = data[study.paper]
        identity = before.ingredients["identity"]
        stage = study_registry.stage(study, own[study.paper], identity, library)
        needs = (before.folder, *(need.folder for need in stage.needs))
        found[stage.folder] = Job(stage, needs, study.paper, urgency=550)
    for name, page in pages.items():
        job = page_job(name, own[page.paper], data[page.paper], found, library)
        found[job.folder] = job
    return found
