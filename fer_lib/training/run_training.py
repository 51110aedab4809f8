"""Train one configuration on one data set from one seed: split, samples, training, predictions."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

from engine.store import machine, threads
from engine.store.stage import Stage
from fer_lib import models
from fer_lib.data import split_protocols
from fer_lib.data.split_protocols import Parts
from fer_lib.models import backbones, pretrained_weights
from fer_lib.models.frozen_trunk import Staged
from fer_lib.models.pretrained_registry import Pretrained
from fer_lib.settings import Settings
from fer_lib.task import Task
from fer_lib.training import config as plan
from fer_lib.training import dataset_parts, feature_cache, profiles
from fer_lib.training import run as runs
from fer_lib.training.config import Experiment
from fer_lib.training.dataset import Samples
from fer_lib.training.dataset_parts import Inputs
from fer_lib.training.determinism import set_determinism, set_float32
from fer_lib.training.feature_cache import Stored
from fer_lib.training.loop import TrainConfig, outputs, probabilities, train

Starts = list[tuple[Pretrained, dict | None]]  # what each backbone starts from
STOCHASTIC_DEPTH = 0.2  # EfficientNet's own rate; the paper does not give its


def train_config(experiment: Experiment) -> TrainConfig:
    """Return the training settings of an experiment.

    Profile ``paper`` is Table 4 as printed. The others have few epochs, so they learn faster.
    """
    arm, scale = experiment.arm, experiment.scale
    profile = profiles.get(experiment.settings.profile)
    own = {
        "precision": arm.precision,
        "weighted": arm.sampling == "weighted",
        "seed": experiment.settings.seed,
        "threads": threads.count(),
    }
    if profile.name == "paper":
        return TrainConfig(**own)
    share = profile.train_fraction
    if arm.protocol == "copies":
        share /= 1 + split_protocols.COPIES  # as many steps as the other protocols take
    config = TrainConfig(
        epochs=scale.epochs,
        patience=scale.patience,
        batch_size=profile.batch_size,
        plateau_patience=1,
        train_fraction=share,
        **own,
    )
    return replace(config, **models.module(arm.model).quick(profile))


def parts_of(experiment: Experiment, table: pd.DataFrame) -> Parts:
    """Return the training, validation and test parts that the configuration's protocol asks for."""
    seed, protocol = experiment.settings.seed, experiment.arm.protocol
    columns = experiment.task.labels
    if protocol == "dropped":
        stored = feature_cache.obtain(experiment.probed, experiment.settings.data_root)
        embeddings = np.asarray(stored.plain, np.float32)
        unclear = split_protocols.ambiguity(embeddings, table, columns)
        return split_protocols.unclear_dropped(table, seed, unclear, columns)
    divide = {
        "group": split_protocols.by_group,
        "image": split_protocols.by_image,
        "copies": split_protocols.copies_first,
        "test_stopping": split_protocols.stopped_on_test,
    }[protocol]
    return divide(table, seed, columns)


def build(experiment: Experiment, found: Starts | None = None) -> Staged:
    """Return the experiment's network before it learns anything, on the CPU.

    Parameters
    ----------
    experiment : Experiment
        Training configuration, settings and task.
    found : list of (Pretrained, dict or None), optional
        What each backbone starts from; None: the best that can be had, after seeding torch.

    Returns
    -------
    Staged
        Maps normalised float32 images (n, 3, side, side) to the logits by head.

    Raises
    ------
    fer_lib.models.pretrained_weights.WeightsError
        If a file of weights is not what its hash says.

    Examples
    --------
    >>> from fer_lib.training import configs
    >>> network = build(configs.first("cnn_baseline", Settings("rendered46", "", "smoke", 0)))
    >>> output = network(torch.zeros(2, 3, network.side, network.side))
    >>> {head: tuple(logits.shape) for head, logits in output.items()}
    {'emotion': (2, 7), 'authenticity': (2,)}
    """
    set_float32()
    arm = experiment.arm
    if found is None:
        set_determinism(experiment.settings.seed, threads.count())
        found = _weights_of(experiment)
    options = dict(arm.options)
    depth = options.pop("stochastic_depth", STOCHASTIC_DEPTH)
    made = []
    for source, tensors_ in found:
        knows_depth = "xception" not in source.architecture
        rate = {"drop_path_rate": depth} if knows_depth else {}
        made.append(backbones.create(source, tensors_, **rate))
    if not arm.pretrained:
        for backbone in made:
            backbones.randomise(backbone)
    how = (experiment.frozen, experiment.scale.side, experiment.settings.profile == "paper")
    network = models.module(arm.model).build(experiment.task, made, *how, **options)
    network.side = experiment.scale.side
    return network


def predictions(
    task: Task, table: pd.DataFrame, output: dict[str, torch.Tensor], of: str
) -> pd.DataFrame:
    """Return the table of predictions for the rows of ``table``, named ``of`` in column ``set``.

    Truths first, then each head's probabilities, in the columns `Head.columns`.
    """
    result = table[["image_id", "group", *task.columns]].reset_index(drop=True)
    result = result.astype(str)
    result.insert(1, "set", of)
    said = probabilities(output)
    for head in task.heads:
        p = said[head.name].numpy().reshape(len(result), head.outputs)
        for place, column in enumerate(head.columns):
            result[column] = p[:, place]
    return result


def obtain(experiment: Experiment) -> runs.Run:
    """Return the experiment's run, from the store if it is there and sound, else by training."""
    return runs.opened(plan.stage(experiment).obtain())


def _weights_of(experiment: Experiment, stored: tuple[Stored, ...] = ()) -> Starts:
    if stored:  # the tail must start from what the trunk is made of
        return [(one.source, pretrained_weights.again(one.source)) for one in stored]
    arm = experiment.arm
    return [pretrained_weights.start(family, arm.pretrained) for family in arm.backbones]


def _prepare(experiment: Experiment, seen: Inputs, network: Staged, train: Samples) -> None:
    """Let a model that wants to see the training part do so before it learns."""
    arm = experiment.arm

    def again(options: dict) -> Staged:
        other = replace(experiment, arm=replace(arm, options=options))
        return build(other, _weights_of(experiment, seen.stored))

    prepare = getattr(models.module(arm.model), "prepare", None)
    if prepare is not None:
        prepare(network, arm.options, again, lambda tail: outputs(tail, train))


def _predicted(seen: Inputs, parts: Parts, tail: nn.Module, samples: dict) -> pd.DataFrame:
    """Return a trained network's predictions for validation, test and further subjects."""
    table = seen.faces.table
    told = [
        predictions(seen.task, table.iloc[parts.rows()[part]], outputs(tail, samples[part]), shown)
        for part, shown in (("val", "validation"), ("test", "test"))
    ]
    if seen.further is not None:
        output = outputs(tail, seen.further_samples())
        told.append(predictions(seen.task, seen.further.table, output, "rendered_test"))
    return pd.concat(told)


def _about(experiment: Experiment, seen: Inputs, parts: Parts, samples: dict) -> dict:
    """Return what a run says of its data and of how it was trained."""
    groups = seen.faces.table["group"]
    return {
        **experiment.settings.counted,
        "arm": experiment.arm.name,
        "settings": asdict(experiment.arm),
        "task": asdict(experiment.arm.applied(experiment.task)),
        "data_root": "given" if experiment.settings.data_root else "",
        "data_sha256": seen.faces.sha256,
        "data_kind": seen.faces.kind,
        "group_kind": seen.faces.group_kind,
        "image_size": experiment.scale.side,
        "frozen_stages": experiment.frozen,
        "views": experiment.views,
        "stored_precision": [wanted.precision for wanted in experiment.activations],
        "images": {name: len(rows) for name, rows in parts.rows().items()},
        "synthetic": len(samples["train"]) - len(parts.train),
        "groups": {name: int(groups.iloc[rows].nunique()) for name, rows in parts.rows().items()},
        "augmentation": asdict(seen.augmentation) if seen.augmentation else {},
    }


def make(experiment: Experiment, stage: Stage, folder: Path) -> dict:
    """Train into an empty folder; return what ``run.json`` says of the run.

    Parameters
    ----------
    experiment : Experiment
        Which.
    stage : Stage
        Its own, which says where unfinished work is kept.
    folder : Path
        Where to write history, predictions and weights.
    """
    config = train_config(experiment)
    seen = dataset_parts.of(experiment)
    parts = parts_of(experiment, seen.faces.table)
    samples = seen.parted(parts, experiment.arm, experiment.settings.seed)
    set_determinism(config.seed, config.threads)
    found = _weights_of(experiment, seen.stored)
    model = build(experiment, found)
    _prepare(experiment, seen, model, samples["train"])
    label = f"{experiment.arm.name} seed {experiment.settings.seed}"
    task, unfinished = experiment.arm.applied(experiment.task), stage.unfinished()
    history = train(model.tail, samples["train"], samples["val"], task, config, label, unfinished)
    predicted = _predicted(seen, parts, model.tail, samples)
    sources = [source for source, _ in found]
    history = history.drop(columns="seconds").assign(seconds=history["seconds"].round(1))
    runs.fill(folder, history, predicted, model.tail.state_dict())
    return {
        **_about(experiment, seen, parts, samples),
        "config": asdict(config),
        "weights": [asdict(source) for source in sources],
        "random_start": experiment.arm.pretrained and any(not one.file for one in sources),
        "key": stage.key,
        "parameters": sum(p.numel() for p in model.parameters()),
        "trainable": sum(p.numel() for p in model.tail.parameters() if p.requires_grad),
        "environment": machine.environment(config.threads),
    }


def trained_model(run: runs.Run) -> nn.Module:
    """Return the run's network with its trained weights, in evaluation mode.

    A run keeps what was trained; the frozen part is made again from the weights it started from.

    Raises
    ------
    fer_lib.models.pretrained_weights.WeightsError
        If those cannot be had any more.
    """
    about = run.about
    lists = {name: tuple(about["settings"][name]) for name in ("backbones", "loss_weights")}
    arm = plan.Arm(**about["settings"] | lists)
    settings = Settings(about["data"], "", about["profile"], about["seed"])
    experiment = Experiment(arm, settings, run.task)
    sources = [Pretrained.restored(source) for source in about["weights"]]
    model = build(experiment, [(source, pretrained_weights.again(source)) for source in sources])
    model.tail.load_state_dict(run.weights())
    return model.to(memory_format=torch.channels_last).eval()
