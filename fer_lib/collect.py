"""The runs that a page reads, by arm: from the store, or made in profile smoke where missing."""

from __future__ import annotations

from dataclasses import replace

from fer_lib import arms, experiment, plan, progress, runs, sealed
from fer_lib.plan import Experiment


def need(wanted: Experiment) -> runs.Run:
    """Return the run for a page that reads it; where it is missing, make it in ``smoke``.

    A page opened alone must not start an hour of training: it says what it does instead.
    """
    if wanted.profile == "smoke" or sealed.exists(plan.run_place(wanted)[0]):
        return experiment.obtain(wanted)
    progress.say(
        f"no run of {wanted.arm.name} from seed {wanted.seed} in profile {wanted.profile} yet: "
        "making one in profile smoke; `make book` makes the full one"
    )
    return experiment.obtain(replace(wanted, profile="smoke"))


def need_arms(
    names: tuple[str, ...] | list[str], data: str, data_root: str, profile: str, seed: int
) -> dict[str, list[runs.Run]]:
    """Return the runs of some arms, one a seed, the first from ``seed``.

    If one is missing, all are made in ``smoke``: runs of two profiles cannot be compared.

    Parameters
    ----------
    names : sequence of str
        Rows of ``fer_lib/tables/arms.toml``.
    data, data_root, profile, seed
        A page's parameters.
    """

    def planned(scale: str) -> dict[str, list[Experiment]]:
        return {name: arms.experiments(name, data, data_root, scale, seed) for name in names}

    wanted = planned(profile)
    missing = [
        one.arm.name
        for each in wanted.values()
        for one in each
        if profile != "smoke" and not sealed.exists(plan.run_place(one)[0])
    ]
    if missing:
        progress.say(
            f"no run of {', '.join(dict.fromkeys(missing))} in profile {profile} yet: making all "
            "that this page reads in profile smoke; `make book` makes the full ones"
        )
        wanted = planned("smoke")
    return {name: [experiment.obtain(one) for one in each] for name, each in wanted.items()}


def first(name: str, data: str, data_root: str, profile: str, seed: int) -> runs.Run:
    """Return the first run of an arm, from ``seed`` itself."""
    return need(Experiment(arms.get(name), data, data_root, profile, seed))
