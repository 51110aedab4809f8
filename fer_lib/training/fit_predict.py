"""Train a network on images in hand, and ask it: what a student runs line by line."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fer_lib.data.schema import FaceData
from fer_lib.data.split_protocols import Parts
from fer_lib.data.splits import SPLITS
from fer_lib.models.frozen_trunk import Staged
from fer_lib.training import augmentation, dataset_parts, loop, run_training
from fer_lib.training.config import Experiment
from fer_lib.training.dataset import ImageSamples


def fit(network: Staged, experiment: Experiment, faces: FaceData, parts: pd.Series) -> pd.DataFrame:
    """Train a network in place, leave it at its best epoch by validation loss, return the history.

    Without frozen stages the result is the stored run's, bit for bit; of frozen stages a run keeps
    what they give in half precision, and here they are computed anew in every epoch.

    Parameters
    ----------
    network : Staged
        From `fer_lib.training.run_training.build`.
    experiment : Experiment
        Losses, schedule, augmentation, profile and seed. The parts take its protocol's place.
    faces : FaceData
        N images with their labels.
    parts : Series
        (N,) str, as from `fer_lib.data.splits.split`: ``train`` learns, ``val`` stops.

    Returns
    -------
    DataFrame
        As from `fer_lib.training.loop.train`, one row an epoch.

    Raises
    ------
    ValueError
        If a label is none of the task's, a part has no image, or the configuration needs stored
        activations: SMOTE goes between them, and fixed gates are their means.

    References
    ----------
    doi:10.28991/ESJ-2026-010-02-018, equation (1) and Table 4.

    Examples
    --------
    >>> from fer_lib.data import datasets, splits
    >>> from fer_lib.settings import Settings
    >>> from fer_lib.training import configs
    >>> experiment = configs.first("cnn_baseline", Settings("rendered46", "", "smoke", 0))
    >>> faces = datasets.load(experiment.settings)
    >>> network = run_training.build(experiment)
    >>> history = fit(network, experiment, faces, splits.split(faces.table))
    >>> int(history["best"].sum())
    1
    """
    arm = experiment.arm
    if arm.sampling == "smote" or arm.options.get("gates") == "fixed":
        raise ValueError(f"{arm.name} needs stored activations: load_run trains it")
    rows = Parts(*(_places(faces, parts, name) for name in SPLITS), {})
    how = dataset_parts.changes(experiment)
    seen = dataset_parts.Inputs(faces, None, (), experiment.scale.side, how, experiment.task)
    samples = seen.parted(rows, arm, experiment.settings.seed)
    task, config = arm.applied(experiment.task), run_training.train_config(experiment)
    history = loop.train(network, samples["train"], samples["val"], task, config, arm.name)
    network.eval()
    return history


def predict(
    network: Staged, faces: FaceData, parts: pd.Series | None = None, part: str = "test"
) -> pd.DataFrame:
    """Return a network's predictions for one part of a data set.

    Parameters
    ----------
    network : Staged
        From `fit`, or from `fer_lib.training.run_training.trained_model`.
    faces : FaceData
        N images with their labels, of any size: they are resized.
    parts : Series, optional
        (N,) str, as from `fer_lib.data.splits.split`; None takes every image.
    part : str
        Which of them, and what column ``set`` is to say.

    Returns
    -------
    DataFrame
        One row an image: ``image_id``, ``set``, ``group``, the true labels, and probabilities in
        [0, 1] in the columns `fer_lib.task.Head.columns`.

    Raises
    ------
    ValueError
        If the part has no image.

    Examples
    --------
    >>> from fer_lib.data import datasets
    >>> from fer_lib.settings import Settings
    >>> from fer_lib.training import configs
    >>> experiment = configs.first("cnn_baseline", Settings("rendered46", "", "smoke", 0))
    >>> faces = datasets.load(experiment.settings)
    >>> table = predict(run_training.build(experiment), faces)
    >>> len(table) == len(faces.table), table["p_genuine"].between(0, 1).all().item()
    (True, True)
    """
    rows = np.arange(len(faces.table)) if parts is None else _places(faces, parts, part)
    images = augmentation.resize(faces.images[rows], network.side)
    output = loop.outputs(network, ImageSamples(images, {}))
    return run_training.predictions(network.task, faces.table.iloc[rows], output, part)


def _places(faces: FaceData, parts: pd.Series, part: str) -> np.ndarray:
    """Return the rows of a part, int64 (n,), at least one."""
    if len(parts) != len(faces.table):
        raise ValueError(f"{len(parts)} parts for {len(faces.table)} images: split this data set")
    rows = np.flatnonzero((parts == part).to_numpy())
    if not len(rows):
        raise ValueError(f"no image is in part {part!r}: choose one of {', '.join(SPLITS)}")
    return rows
