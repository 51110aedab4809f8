"""From a model, a data set and a seed to a run: split, tensors, training, predictions."""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

from fer_lib import (
    checkpoint,
    machine,
    models,
    plan,
    profiles,
    progress,
    runs,
    sealed,
    tensors,
    threads,
    weights,
)
from fer_lib import data as datasets
from fer_lib.data import splits
from fer_lib.labels import EMOTIONS
from fer_lib.plan import MODELS, Experiment
from fer_lib.tensors import Augmentation
from fer_lib.train import TrainConfig, fit, predict, set_determinism

__all__ = ["MODELS", "Experiment", "need", "need_all", "obtain", "split_of", "trained_model"]


def train_config(model: str, profile: profiles.Profile, seed: int) -> TrainConfig:
    """Return the training settings of a model in a profile.

    Profile ``paper`` is Table 4 as printed. The others have few epochs, so they learn faster.
    """
    if profile.name == "paper":
        return TrainConfig(seed=seed, threads=threads.count())
    config = TrainConfig(
        epochs=profile.epochs,
        patience=profile.patience,
        batch_size=profile.batch_size,
        plateau_patience=1,
        train_fraction=profile.train_fraction,
        seed=seed,
        threads=threads.count(),
        augmentation=Augmentation(0.5, 15.0, 0.12, 0.06, 0.3, 0.3),
    )
    return replace(config, **models.module(model).quick(profile))


def split_of(face_data: datasets.FaceData, seed: int, split: str = "group") -> pd.Series:
    """Return the split, about 60 / 20 / 20, the test share as in section 3-3."""
    divide = {"group": splits.by_group, "image": splits.by_image}[split]
    return divide(face_data.table, seed=seed)


def load_data(experiment: Experiment) -> datasets.FaceData:
    """Load the experiment's data set."""
    return datasets.load(experiment.data, experiment.data_root or None)


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
    folder, decides = plan.run_place(experiment)
    with sealed.only_one(folder):
        if sealed.exists(folder):
            try:
                run = runs.read(folder)
            except runs.RunError as damage:
                progress.say(str(damage))
            else:
                if not worth_another_start(run.about):
                    return run
        return _train(experiment, folder, decides)


def worth_another_start(about: dict) -> bool:
    """Return whether a run began at random for want of weights that can be had by now."""
    return about["random_start"] and weights.resolve()[0] is not weights.RANDOM


def need(experiment: Experiment) -> runs.Run:
    """Return the run for a page that reads it; where it is missing, make it in ``smoke``.

    A page opened alone must not start an hour of training: it says what it does instead.
    """
    if experiment.profile == "smoke" or sealed.exists(plan.run_place(experiment)[0]):
        return obtain(experiment)
    progress.say(
        f"no run of {experiment.model} in profile {experiment.profile} yet: making one in "
        "profile smoke, about a minute; `make book` makes the full one"
    )
    return obtain(replace(experiment, profile="smoke"))


def need_all(data: str, data_root: str, profile: str, seed: int) -> dict[str, runs.Run]:
    """Return the runs of all models by the name that pages call them, each as `need` gives it."""
    return {
        shown: need(Experiment(model, data, data_root, profile, seed))
        for model, shown in MODELS.items()
    }


def _train(experiment: Experiment, folder: Path, decides: dict) -> runs.Run:
    face_data = load_data(experiment)
    profile = profiles.get(experiment.profile)
    config = train_config(experiment.model, profile, experiment.seed)
    side = profile.image_size
    start = time.perf_counter()
    started = datetime.now(UTC).isoformat(timespec="seconds")
    split = split_of(face_data, experiment.seed, experiment.split).to_numpy()
    rows = {name: np.nonzero(split == name)[0] for name in ("train", "val", "test")}
    table, images = face_data.table, face_data.images
    set_determinism(config.seed, config.threads)
    model, source = models.module(experiment.model).build(profile)
    unfinished = folder.with_name(f".{folder.name}.checkpoint")
    history = fit(
        model,
        tensors.from_table(table, images, rows["train"], side),
        tensors.from_table(table, images, rows["val"], side),
        config,
        experiment.model,
        unfinished,
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
        "key": folder.name.rpartition("-")[2],
        "ingredients": decides,
        "parameters": sum(p.numel() for p in model.parameters()),
        "trainable": sum(p.numel() for p in model.parameters() if p.requires_grad),
        "computed": {"start": started},
        "environment": machine.environment(config.threads),
        "wall_seconds": round(time.perf_counter() - start, 1),
    }
    history = history.drop(columns="seconds").assign(seconds=history["seconds"].round(1))
    run = runs.write(folder, about, history, pd.concat(parts), model.state_dict())
    checkpoint.remove(unfinished)
    return run


def trained_model(run: runs.Run) -> nn.Module:
    """Return the run's model with its trained weights, in evaluation mode."""
    profile = profiles.get(run.about["profile"])
    model, _ = models.module(run.about["model"]).build(profile, run.about)
    model.load_state_dict(run.weights())
    return model.to(memory_format=torch.channels_last).eval()
