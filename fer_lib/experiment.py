"""From a name, a data set and a seed to a run: split, tensors, model, training, predictions."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

from fer_lib import data as datasets
from fer_lib import paths, profiles, progress, runs, tensors, weights
from fer_lib.data import splits
from fer_lib.labels import EMOTIONS
from fer_lib.models.cnn_baseline import PAPER, CNNBaseline
from fer_lib.models.dual_task import DualTask
from fer_lib.tensors import Augmentation
from fer_lib.train import TrainConfig, fit, predict, set_determinism

MODELS = {"cnn_baseline": "CNN baseline", "dual_task": "dual-task model"}  # and their names
# A run is remade when one of these changes: with the data's own hash they decide its numbers.
DECIDING = (
    "data/splits.py",
    "experiment.py",
    "labels.py",
    "models/cnn_baseline.py",
    "models/dual_task.py",
    "models/output.py",
    "models/squeeze_excitation.py",
    "tensors.py",
    "train.py",
    "weights.py",
)


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

    Raises
    ------
    ValueError
        At once, if the model or the profile is unknown.
    """

    model: str
    data: str
    data_root: str
    profile: str
    seed: int

    def __post_init__(self) -> None:
        """Refuse what is unknown before any work is done."""
        if self.data == "rendered_test":
            raise ValueError("rendered_test is for testing only: choose rendered46 or gffd2025")
        if self.model not in MODELS:
            raise ValueError(f"unknown model {self.model!r}: choose one of {', '.join(MODELS)}")
        profiles.get(self.profile)


def train_config(model: str, profile: profiles.Profile, seed: int) -> TrainConfig:
    """Return the training settings of a model in a profile.

    Profile ``paper`` is Table 4 as printed. The others have few epochs, so they learn faster.
    """
    if profile.name == "paper":
        return TrainConfig(seed=seed)
    config = TrainConfig(
        epochs=profile.epochs,
        patience=profile.patience,
        batch_size=profile.batch_size,
        plateau_patience=1,
        train_fraction=profile.train_fraction,
        seed=seed,
        augmentation=Augmentation(0.5, 15.0, 0.12, 0.06, 0.3, 0.3),
    )
    if model == "dual_task":
        return replace(config, learning_rate=1e-3, average=profile.weight_average)
    return replace(config, learning_rate=5e-4)


def build(model: str, profile: profiles.Profile, about: dict | None = None) -> tuple:
    """Return a new model and the name of the weights it starts from.

    With ``about`` (a run's), the architecture of that run without its weights.
    """
    if model == "cnn_baseline":
        layout = PAPER if profile.name == "paper" else {}
        return CNNBaseline(profile.image_size, **layout), weights.Pretrained(
            "random start", "-", "-", "-", ""
        )
    if about is not None:
        return DualTask(weights.Pretrained(**about["weights"]), None), None
    source, values = weights.resolve()
    return DualTask(source, values), source


def split_of(face_data: datasets.FaceData, seed: int) -> pd.Series:
    """Return the split by group: about 60 / 20 / 20, the test share as in section 3-3."""
    return splits.by_group(face_data.table, seed=seed)


def load_data(experiment: Experiment) -> datasets.FaceData:
    """Load the experiment's data set."""
    return datasets.load(experiment.data, experiment.data_root or None)


def run_folder(experiment: Experiment, face_data: datasets.FaceData) -> Path:
    """Return the folder of the run, named after all that decides its numbers."""
    library = Path(__file__).parent
    code = hashlib.sha256()
    for name in DECIDING:
        code.update(name.encode() + b"\0" + (library / name).read_bytes())
    profile = profiles.get(experiment.profile)
    deciding = {
        "model": experiment.model,
        "data": face_data.sha256,
        "profile": asdict(profile),
        "config": asdict(train_config(experiment.model, profile, experiment.seed)),
        "code": code.hexdigest(),
        "torch": torch.__version__.split("+")[0],
        "timm": version("timm"),
    }
    key = hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()[:12]
    name = f"{experiment.model}-{face_data.name}-{experiment.profile}-seed{experiment.seed}-{key}"
    return paths.cache() / "runs" / name


def predictions(
    model: nn.Module, table: pd.DataFrame, images: np.ndarray, rows: np.ndarray, side: int, of: str
) -> pd.DataFrame:
    """Return the table of predictions for ``rows``, named ``of`` in column ``set``."""
    chosen = table.iloc[rows]
    p_emotion, p_genuine = predict(model, tensors.from_table(table, images, rows, side).images)
    result = chosen[["image_id", "group", "emotion", "authenticity"]].reset_index(drop=True)
    result = result.astype(str)
    result.insert(1, "set", of)
    for place, emotion in enumerate(EMOTIONS):
        result[f"p_{emotion}"] = p_emotion[:, place].numpy()
    result["p_genuine"] = p_genuine.numpy()
    return result


def obtain(experiment: Experiment) -> runs.Run:
    """Return the experiment's run, from the store if it is there and sound, else by training."""
    return _obtain(experiment, load_data(experiment))


def _obtain(experiment: Experiment, face_data: datasets.FaceData) -> runs.Run:
    folder = run_folder(experiment, face_data)
    if folder.exists():
        try:
            run = runs.read(folder)
        except runs.RunError as damage:
            progress.say(str(damage))
        else:
            # A start without weights was a misfortune of its day, not a choice: try again.
            if not run.about["random_start"] or weights.resolve()[0] is weights.RANDOM:
                return run
    return _train(experiment, face_data, folder)


def need(experiment: Experiment) -> runs.Run:
    """Return the run for a page that reads it; where it is missing, make it in ``smoke``.

    A page opened alone must not start an hour of training: it says what it does instead.
    """
    face_data = load_data(experiment)
    if experiment.profile == "smoke" or run_folder(experiment, face_data).exists():
        return _obtain(experiment, face_data)
    progress.say(
        f"no run of {experiment.model} in profile {experiment.profile} yet: making one in "
        "profile smoke, about a minute; `make book` makes the full one"
    )
    return _obtain(replace(experiment, profile="smoke"), face_data)


def need_all(data: str, data_root: str, profile: str, seed: int) -> dict[str, runs.Run]:
    """Return the runs of all models by the name that pages call them, each as `need` gives it."""
    return {
        shown: need(Experiment(model, data, data_root, profile, seed))
        for model, shown in MODELS.items()
    }


def _train(experiment: Experiment, face_data: datasets.FaceData, folder: Path) -> runs.Run:
    profile = profiles.get(experiment.profile)
    config = train_config(experiment.model, profile, experiment.seed)
    side = profile.image_size
    start = time.perf_counter()
    split = split_of(face_data, experiment.seed).to_numpy()
    rows = {name: np.nonzero(split == name)[0] for name in ("train", "val", "test")}
    table, images = face_data.table, face_data.images
    set_determinism(config.seed, config.threads)
    model, source = build(experiment.model, profile)
    history = fit(
        model,
        tensors.from_table(table, images, rows["train"], side),
        tensors.from_table(table, images, rows["val"], side),
        config,
        experiment.model,
    )
    parts = [
        predictions(model, table, images, rows["val"], side, "validation"),
        predictions(model, table, images, rows["test"], side, "test"),
    ]
    if face_data.has_truth:
        further = datasets.load("rendered_test", n_subjects=profile.test_subjects)
        everything = np.arange(len(further.table))
        parts.append(
            predictions(model, further.table, further.images, everything, side, "rendered_test")
        )
    about = {
        **asdict(experiment),
        "data_root": "given" if experiment.data_root else "",
        "data_sha256": face_data.sha256,
        "data_kind": face_data.kind,
        "group_kind": face_data.group_kind,
        "image_size": side,
        "images": {name: len(value) for name, value in rows.items()},
        "groups": {name: int(table["group"].iloc[r].nunique()) for name, r in rows.items()},
        "config": asdict(config),
        "weights": asdict(source),
        "random_start": source == weights.RANDOM,
        "parameters": sum(p.numel() for p in model.parameters()),
        "trainable": sum(p.numel() for p in model.parameters() if p.requires_grad),
        "environment": runs.environment(config.threads),
        "wall_seconds": round(time.perf_counter() - start, 1),
    }
    history = history.drop(columns="seconds").assign(seconds=history["seconds"].round(1))
    return runs.write(folder, about, history, pd.concat(parts), model.state_dict())


def trained_model(run: runs.Run) -> nn.Module:
    """Return the run's model with its trained weights, in evaluation mode."""
    profile = profiles.get(run.about["profile"])
    model, _ = build(run.about["model"], profile, run.about)
    model.load_state_dict(run.weights())
    return model.to(memory_format=torch.channels_last).eval()
