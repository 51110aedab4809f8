"""Training configurations by name, and the number of seeds of each.

The code calls a training configuration an arm. Each paper has its own in its ``arms.toml``. The key
of a training holds the values of its arm, and the key of a page the rows of the arms that it reads,
so a new arm makes nothing stale.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace

from engine.store import registry
from fer_lib import paper_registry
from fer_lib.settings import Settings
from fer_lib.task import Task
from fer_lib.training.config import Arm, Experiment

# From how many seeds an arm is trained in each profile, unless its row says otherwise.
SEEDS = {"smoke": 1, "book": 2, "book-full": 5, "paper": 5}
TABLE = registry.Table("arms", "arm")


def _lineage(name: str) -> list[str]:
    """Return a training configuration and those that it is like, the nearest first."""
    found = [name]
    while "like" in (row := TABLE[found[-1]]):
        if row["like"] in found:
            raise registry.RegistryError(
                f"{TABLE.where(name)}: it is like itself, by way of {found[-1]}: "
                "say what it is like"
            )
        found.append(row["like"])
    return found


def rows(names: Iterable[str]) -> dict[str, str]:
    """Return the rows of the table that some training configurations use, for the key of a page."""
    return TABLE.digests(*(each for name in names for each in _lineage(name)))


def get(name: str) -> Arm:
    """Return the training configuration called ``name``.

    Raises
    ------
    ValueError
        If there is none of that name; the message lists the known ones.
    """
    values: dict = {}
    for each in reversed(_lineage(name)):
        values |= TABLE[each]
    values.pop("like", None)
    values.pop("seeds", None)  # how often, not how
    return TABLE.build(name, Arm, values, name=name)


def every() -> list[Arm]:
    """Return all training configurations, in the order of the table."""
    return [get(name) for name in TABLE]


def seeds(name: str, profile: str) -> int:
    """Return from how many seeds an arm is trained in a profile; its row comes before `SEEDS`."""
    get(name)  # refuses one that is not there
    return {**SEEDS, **TABLE[name].get("seeds", {})}.get(profile, SEEDS["book"])


def task_of(name: str) -> Task:
    """Return the task of a training configuration's paper."""
    return paper_registry.get(TABLE.paper(name)).task


def first(name: str, settings: Settings, **changes: object) -> Experiment:
    """Return a training configuration's training from the seed of the settings itself.

    ``changes`` are other values of `fer_lib.training.config.Arm`, such as
    ``loss_weights=(0.9, 0.1)``; ``options`` are added to its own. Weights that the task has anyway
    change nothing, so their run is the stored one.

    Raises
    ------
    ValueError
        If the configuration or a changed value is unknown.

    Examples
    --------
    >>> settings = Settings("rendered46", "", "smoke", 0)
    >>> first("dual_task", settings, loss_weights=(0.9, 0.1)).arm.loss_weights
    (0.9, 0.1)
    """
    arm = get(name)
    known = [field.name for field in fields(arm) if field.name != "name"]
    if unknown := sorted(set(changes) - set(known)):
        raise ValueError(f"unknown {', '.join(unknown)}: change one of {', '.join(known)}")
    changes["options"] = {**arm.options, **changes.get("options", {})}
    task = task_of(name)
    if changes.get("loss_weights") == tuple(head.weight for head in task.heads):
        changes["loss_weights"] = arm.loss_weights and changes["loss_weights"]
    return Experiment(replace(arm, **changes), settings, task)


def experiments(name: str, settings: Settings) -> list[Experiment]:
    """Return a configuration's trainings in a profile, one a seed from that of the settings on."""
    arm, count = get(name), seeds(name, settings.profile)
    each = range(settings.seed, settings.seed + count)
    return [Experiment(arm, replace(settings, seed=seed), task_of(name)) for seed in each]


def planned(names: Iterable[str], settings: Settings) -> dict[str, list[Experiment]]:
    """Return the trainings of some configurations, by configuration; see `experiments`."""
    return {name: experiments(name, settings) for name in names}
