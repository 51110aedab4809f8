"""Group short jobs so that they share a process: starting one takes as long as a short training."""

from __future__ import annotations

import math
from collections import defaultdict

from engine.jobs.jobs import Job

SIZE = 12  # jobs a process, at most


def of(todo: list[Job], at_once: int) -> list[tuple[Job, ...]]:
    """Return the jobs, grouped by process.

    Parameters
    ----------
    todo : list of Job
        What is to be done.
    at_once : int
        Processes that run side by side: short jobs that wait for the same go into as many or
        more. With 0 each job has its own.
    """
    short = [job for job in todo if at_once and job.short]
    found = [(job,) for job in todo if not (at_once and job.short)]
    made: dict[str, str] = {}  # result -> what is there when its process has ended
    for kind in dict.fromkeys(job.kind for job in short):
        alike: dict[frozenset, list[Job]] = defaultdict(list)
        for job in short:
            if job.kind == kind:
                alike[frozenset(made.get(need, need) for need in job.needs)].append(job)
        for jobs in alike.values():
            pieces = min(len(jobs), max(at_once, math.ceil(len(jobs) / SIZE)))
            # Dealt out like cards, so that the seeds of a long arm go to different processes.
            for first in range(pieces):
                bundle = tuple(jobs[first::pieces])
                found.append(bundle)
                made |= {job.folder: bundle[0].folder for job in bundle}
    return found


def name(bundle: tuple[Job, ...]) -> str:
    """Return what Snakemake calls the rule of some jobs."""
    first = f"{bundle[0].kind}_{bundle[0].name}".replace("-", "_").replace("/", "_")
    return first if len(bundle) == 1 else f"{first}_and_{len(bundle) - 1}_more"
