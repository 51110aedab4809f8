"""What a training is, what decides its result, and where that lies. Nothing heavy is imported."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from fer_lib import data as datasets
from fer_lib import keys, paths, profiles

MODELS = {"cnn_baseline": "CNN baseline", "dual_task": "dual-task model"}  # and their names
RUN_FILES = ("run.json", "history.csv", "predictions.parquet", "weights.safetensors")
SPLITS = ("group", "image")  # by subject or group; by image, to show what goes wrong


@dataclass(frozen=True)
class Experiment:
    """One training: which model on which data, how much, from which seed.

    Attributes
    ----------
    model : str
        One of `MODELS`.
    data, data_root : str
        As for `fer_lib.data.load`.
    profile : str
        As for `fer_lib.profiles.get`.
    seed : int
        Of the split, of the weights' start and of every batch.
    split : str
        One of `SPLITS`.

    Raises
    ------
    ValueError
        At once, if the model, the profile or the split is unknown.
    """

    model: str
    data: str
    data_root: str
    profile: str
    seed: int
    split: str = "group"

    def __post_init__(self) -> None:
        """Refuse what is unknown before any work is done."""
        if self.data == "rendered_test":
            raise ValueError("rendered_test is for testing only: choose rendered46 or gffd2025")
        if self.model not in MODELS:
            raise ValueError(f"unknown model {self.model!r}: choose one of {', '.join(MODELS)}")
        if self.split not in SPLITS:
            raise ValueError(f"unknown split {self.split!r}: choose one of {', '.join(SPLITS)}")
        profiles.get(self.profile)


def modules_behind(model: str) -> tuple[str, str]:
    """Return the modules from which the code behind a training of ``model`` is found."""
    return "fer_lib.experiment", f"fer_lib.models.{model}"


def ingredients(experiment: Experiment, identity: str, library: keys.Library) -> dict:
    """Return all that decides a run's numbers.

    ``identity`` is the data set's (`fer_lib.data.identity`). Where the data lie does not count.
    """
    settings = asdict(experiment)
    del settings["data_root"]
    return {
        "settings": settings,
        "data": identity,
        "library": library.hashes(*modules_behind(experiment.model)),
        **keys.surroundings(),
    }


def run_name(experiment: Experiment, decides: dict) -> str:
    """Return the name of the run that ``decides`` (from `ingredients`) gives."""
    e = experiment
    return f"{e.model}-{e.data}-{e.profile}-{e.split}-seed{e.seed}-{keys.digest(decides)}"


def run_place(experiment: Experiment) -> tuple[Path, dict]:
    """Return where the experiment's run lies, or will lie, and the ingredients that say so."""
    identity = datasets.identity(experiment.data, experiment.data_root or None)
    decides = ingredients(experiment, identity, keys.Library())
    return paths.cache() / "runs" / run_name(experiment, decides), decides
