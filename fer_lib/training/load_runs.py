"""Load the runs that a page reads, or make those that are missing."""

from __future__ import annotations

from engine.store import artifact, progress
from fer_lib.settings import Settings
from fer_lib.training import config, configs, run, run_training
from fer_lib.training.config import Experiment


def stored(wanted: Experiment) -> bool:
    """Return whether a training's run lies in the store."""
    return artifact.exists(config.stage(wanted).place())


def need(wanted: Experiment) -> run.Run:
    """Return a training's run, from the store, or trained now, which is said."""
    if not stored(wanted):
        of = wanted.settings
        where = f"{wanted.arm.name} from seed {of.seed} in profile {of.profile}"
        progress.say(f"{where} has no run yet: training it now")
    return run_training.obtain(wanted)


def load_run(name: str, settings: Settings, **changes: object) -> run.Run:
    """Return the run of a training configuration: stored, or trained now.

    Parameters
    ----------
    name : str
        Of the configuration, such as ``cnn_baseline``; a row of a paper's ``arms.toml``.
    settings : Settings
        Data, profile and seed.
    changes : object
        Other values than the configuration's own, as for `fer_lib.training.configs.first`.

    Returns
    -------
    Run

    Raises
    ------
    ValueError
        If a name is unknown, the data are for testing only, or they cannot be used.

    Examples
    --------
    >>> run = load_run("cnn_baseline", Settings("rendered46", "", "smoke", 0))
    >>> run.task.names, sorted(set(run.predictions["set"]))
    (('emotion', 'authenticity'), ['rendered_test', 'test', 'validation'])
    """
    return need(configs.first(name, settings, **changes))


def need_arms(wanted: dict[str, list[Experiment]]) -> dict[str, list[run.Run]]:
    """Return the runs of some training configurations, one a seed, in the order of their seeds."""
    return {name: [need(one) for one in each] for name, each in wanted.items()}
