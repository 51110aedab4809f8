"""Load the runs that a page reads, or make them in profile smoke where missing."""

from __future__ import annotations

from dataclasses import replace

from engine.store import artifact, progress
from fer_lib.settings import Settings
from fer_lib.training import config, configs, run, run_training
from fer_lib.training.config import Experiment


def _in_smoke(wanted: Experiment) -> Experiment:
    return replace(wanted, settings=replace(wanted.settings, profile="smoke"))


def _missing(wanted: Experiment) -> bool:
    """Return whether a run is not there and takes more time than opening a page may take."""
    of_smoke = wanted.settings.profile == "smoke"
    return not of_smoke and not artifact.exists(config.stage(wanted).place())


def need(wanted: Experiment) -> run.Run:
    """Return the run for a page that reads it; where it is missing, make it in ``smoke``.

    A page opened alone must not start an hour of training: it says what it does instead.
    """
    if _missing(wanted):
        of = wanted.settings
        progress.say(
            f"no run of {wanted.arm.name} from seed {of.seed} in profile {of.profile} yet: "
            "making one in profile smoke; `make book` makes the full one"
        )
        wanted = _in_smoke(wanted)
    return run_training.obtain(wanted)


def load_run(name: str, settings: Settings) -> run.Run:
    """Return the run of a training configuration, as `need` does: stored, or made now.

    Parameters
    ----------
    name : str
        Of the configuration, such as ``cnn_baseline``; a row of a paper's ``arms.toml``.
    settings : Settings
        Data, profile and seed.

    Returns
    -------
    Run
        Its history, its predictions, and what it says of itself.

    Raises
    ------
    ValueError
        If the name is unknown, or the data set is for testing only.
    fer_lib.data.schema.DataError
        If the run is missing and its data cannot be used.

    Examples
    --------
    >>> run = load_run("cnn_baseline", Settings("rendered46", "", "smoke", 0))
    >>> run.task.names, sorted(set(run.predictions["set"]))
    (('emotion', 'authenticity'), ['rendered_test', 'test', 'validation'])
    """
    return need(configs.first(name, settings))


def need_arms(wanted: dict[str, list[Experiment]]) -> dict[str, list[run.Run]]:
    """Return the runs of some training configurations, one a seed.

    If one is missing, all are made in ``smoke``, from the first seed of each arm: runs of two
    profiles cannot be compared.

    Parameters
    ----------
    wanted : dict
        The trainings of each arm, in the order of their seeds.
    """
    missing = [name for name, each in wanted.items() if any(map(_missing, each))]
    if missing:
        (profile,) = {one.settings.profile for each in wanted.values() for one in each}
        progress.say(
            f"no run of {', '.join(missing)} in profile {profile} yet: making all that this page "
            "reads in profile smoke; `make book` makes the full ones"
        )
        wanted = {name: [_in_smoke(each[0])] for name, each in wanted.items()}
    return {name: [run_training.obtain(one) for one in each] for name, each in wanted.items()}
