"""Obtain the results of a study: from the store if they are sound, otherwise by computing them."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

from threadpoolctl import threadpool_limits

from engine.page import study_registry
from engine.page.study_registry import ABOUT, Study
from engine.store import artifact, progress, threads
from engine.store.stage import Stage
from fer_lib.settings import Settings

# What a study has from those that it reads.
HANDED_ON = (
    "data_sha256",
    "data_kind",
    "group_kind",
    "random_start",
    "family",
    "pretrained",
    "weights",
)


def obtain(name: str, settings: Settings) -> Path:
    """Return the folder of a study for a page: from the store, or made now, which is said.

    Parameters
    ----------
    name : str
        A row of ``[studies]`` in a ``paper.toml``.
    settings : Settings
        The page's.
    """
    study = study_registry.get(name)
    if not artifact.exists(study_registry.stage(study, settings).place()):
        progress.say(f"no {name} in profile {settings.profile} yet: making it now")
    return made(study, settings)


def made(study: Study, settings: Settings) -> Path:
    """Return the folder of a study; compute it if it is missing, damaged or out of date.

    It is out of date if it started from random weights although pretrained ones can now be had.

    Raises
    ------
    engine.store.paths.CacheError
        If the store cannot be read, or cannot take it.
    ValueError, fer_lib.data.schema.DataError
        As the study's ``make``.
    """
    return study_registry.stage(study, settings).obtain()


def about(folder: Path) -> dict:
    """Return the record of a study, its ``about.json``."""
    return json.loads((folder / ABOUT).read_text(encoding="utf-8"))


def make(study: Study, settings: Settings, stage: Stage, folder: Path) -> dict:
    """Compute a study in an empty folder, after the studies that it reads; return its record.

    Parameters
    ----------
    study : Study
        Which.
    settings : Settings
        For which.
    stage : Stage
        Its own.
    folder : Path
        Where its module writes what it finds.
    """
    needs = {need.what.name: need.obtain() for need in stage.needs}
    handed = {}
    for one in needs.values():
        handed |= {name: about(one)[name] for name in HANDED_ON}
    # Imported first: the limit holds for what is loaded when it is set.
    module = importlib.import_module(study.module)
    # Whoever asks, in whatever kernel: the last bits depend on the number of threads.
    with threadpool_limits(threads.count()):
        told = module.make(settings, needs, folder)
    return {"study": study.name, **settings.counted, **handed, **told}
