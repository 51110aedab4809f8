"""Which trainings share a process: to start one takes as long as a short training does."""

from __future__ import annotations

from collections import defaultdict

from fer_lib.plan import Experiment
from tools.jobs import Job

SIZE = 5  # trainings a process, so that the processes stay about as long as a headline training
EPOCHS = {"late": 4, "all": 1, "heads": 9}  # at most, of a short training


def short(experiment: Experiment | None) -> bool:
    """Return whether a job is a training of few epochs."""
    return experiment is not None and experiment.scale.epochs <= EPOCHS[experiment.arm.trained]


def of(todo: list[Job], together: bool) -> list[tuple[Job, ...]]:
    """Return the jobs in their order; ``together``: short trainings that need the same share."""
    found: list[tuple[Job, ...]] = []
    alike: dict[tuple[str, ...], list[Job]] = defaultdict(list)
    for job in todo:
        if together and short(job.experiment):
            alike[job.needs].append(job)
        else:
            found.append((job,))
    for jobs in alike.values():
        found += [tuple(jobs[start : start + SIZE]) for start in range(0, len(jobs), SIZE)]
    return found


def name(bundle: tuple[Job, ...]) -> str:
    """Return what Snakemake calls the rule of some jobs."""
    first = f"{bundle[0].kind}_{bundle[0].name}".replace("-", "_")
    return first if len(bundle) == 1 else f"{first}_and_{len(bundle) - 1}_more"
