"""From an arm, a data set and a seed to a run: parts, samples, training, predictions."""

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
    activate,
    backbones,
    checkpoint,
    inputs,
    keys,
    machine,
    models,
    plan,
    profiles,
    progress,
    protocols,
    runs,
    sealed,
    threads,
    weights,
)
from fer_lib.determinism import set_determinism
from fer_lib.inputs import Inputs
from fer_lib.labels import EMOTIONS
from fer_lib.losses import Loss
from fer_lib.models import squeeze_excitation
from fer_lib.models.output import DualOutput
from fer_lib.models.staged import Staged
from fer_lib.plan import Experiment
from fer_lib.protocols import Parts
from fer_lib.samples import Samples
from fer_lib.sources import Pretrained
from fer_lib.train import TrainConfig, fit, outputs

STOCHASTIC_DEPTH = 0.2  # EfficientNet's own rate; the paper does not give its


def train_config(experiment: Experiment) -> TrainConfig:
    """Return the training settings of an experiment.

    Profile ``paper`` is Table 4 as printed. The others have few epochs, so they learn faster.
    """
    arm, profile, scale = experiment.arm, profiles.get(experiment.profile), experiment.scale
    own = {
        "loss": Loss(arm.loss, arm.gamma, arm.alpha, arm.beta),
        "weighted": arm.sampling == "weighted",
        "seed": experiment.seed,
        "threads": threads.count(),
    }
    if profile.name == "paper":
        return TrainConfig(**own)
    share = profile.train_fraction
    if arm.protocol == "copies":
        share /= 1 + protocols.COPIES  # as many steps as the other protocols take
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
    """Return who is trained, stopped and tested on, as the arm's protocol has it."""
    seed, protocol = experiment.seed, experiment.arm.protocol
    if protocol == "dropped":
        stored = activate.obtain(experiment.probed, experiment.data_root)
        embeddings = np.asarray(stored.plain, np.float32)
        return protocols.unclear_dropped(table, seed, protocols.ambiguity(embeddings, table))
    divide = {
        "group": protocols.by_group,
        "image": protocols.by_image,
        "copies": protocols.copies_first,
        "test_stopping": protocols.stopped_on_test,
    }[protocol]
    return divide(table, seed)


def build(experiment: Experiment, found: list[tuple[Pretrained, dict | None]]) -> Staged:
    """Return the experiment's network on backbones with these weights."""
    arm = experiment.arm
    options = dict(arm.options)
    depth = options.pop("stochastic_depth", STOCHASTIC_DEPTH)
    made = [
        backbones.create(source, tensors_, **({"drop_path_rate": depth} if _deep(source) else {}))
        for source, tensors_ in found
    ]
    if not arm.pretrained:
        for backbone in made:
            backbones.randomise(backbone)
    return models.module(arm.model).build(
        made, experiment.frozen, experiment.scale.side, experiment.profile == "paper", **options
    )


def _deep(source: Pretrained) -> bool:
    """Return whether a backbone knows stochastic depth."""
    return "xception" not in source.architecture


def predictions(table: pd.DataFrame, output: DualOutput, of: str) -> pd.DataFrame:
    """Return the table of predictions for the rows of ``table``, named ``of`` in column ``set``."""
    result = table[["image_id", "group", "emotion", "authenticity"]].reset_index(drop=True)
    result = result.astype(str)
    result.insert(1, "set", of)
    p_emotion = output.emotion.softmax(1).numpy()
    for place, emotion in enumerate(EMOTIONS):
        result[f"p_{emotion}"] = p_emotion[:, place]
    result["p_genuine"] = output.authenticity.sigmoid().numpy()
    return result


def obtain(experiment: Experiment) -> runs.Run:
    """Return the experiment's run, from the store if it is there and sound, else by training."""
    folder, decides = plan.run_place(experiment)
    run, _ = _stored(experiment, folder)
    if run is None:
        with sealed.only_one(folder):
            run, damage = _stored(experiment, folder)
            if damage:
                progress.say(damage)
            run = run or _train(experiment, folder, decides)
    return run


def _stored(experiment: Experiment, folder: Path) -> tuple[runs.Run | None, str]:
    """Return the run to be used, if there is one, and what is wrong with one that is damaged."""
    if not sealed.exists(folder):
        return None, ""
    try:
        run = runs.read(folder)
    except runs.RunError as damage:
        return None, str(damage)
    return (None if worth_another_start(experiment, run.about) else run), ""


def worth_another_start(experiment: Experiment, about: dict) -> bool:
    """Return whether a run began at random for want of weights that can be had by now."""
    if not experiment.arm.pretrained:
        return False
    used = [Pretrained.restored(source) for source in about["weights"]]
    return any(map(weights.to_be_had, experiment.arm.backbones, used))


def _weights_of(experiment: Experiment, seen: Inputs) -> list[tuple[Pretrained, dict | None]]:
    if seen.stored:  # the tail must start from what the trunk is made of
        return [(one.source, weights.again(one.source)) for one in seen.stored]
    return [weights.start(family, experiment.arm.pretrained) for family in experiment.arm.backbones]


def _fix_gates(experiment: Experiment, seen: Inputs, model: Staged, train: Samples) -> None:
    """Hold the gates of an arm that asks for it at their means over the training part."""
    if experiment.arm.options.get("gates") != "fixed":
        return
    arm = replace(experiment.arm, options={"gates": "as_published"})
    moving = build(replace(experiment, arm=arm), _weights_of(experiment, seen))
    squeeze_excitation.fix_at_means(
        model.tail,
        moving.tail.to(memory_format=torch.channels_last),
        lambda tail: outputs(tail, train),
    )


def _predicted(seen: Inputs, parts: Parts, tail: nn.Module, samples: dict) -> pd.DataFrame:
    """Return a trained network's predictions for validation, test and further subjects."""
    table = seen.faces.table
    told = [
        predictions(table.iloc[parts.rows()[part]], outputs(tail, samples[part]), shown)
        for part, shown in (("val", "validation"), ("test", "test"))
    ]
    if seen.further is not None:
        output = outputs(tail, seen.further_samples())
        told.append(predictions(seen.further.table, output, "rendered_test"))
    return pd.concat(told)


def _about(experiment: Experiment, seen: Inputs, parts: Parts, samples: dict) -> dict:
    """Return what a run says of its data and of how it was trained."""
    groups = seen.faces.table["group"]
    return {
        **asdict(experiment),
        "arm": experiment.arm.name,
        "settings": asdict(experiment.arm),
        "data_root": "given" if experiment.data_root else "",
        "data_sha256": seen.faces.sha256,
        "data_kind": seen.faces.kind,
        "group_kind": seen.faces.group_kind,
        "image_size": experiment.scale.side,
        "frozen_stages": experiment.frozen,
        "views": experiment.views,
        "images": {name: len(rows) for name, rows in parts.rows().items()},
        "synthetic": len(samples["train"]) - len(parts.train),
        "groups": {name: int(groups.iloc[rows].nunique()) for name, rows in parts.rows().items()},
        "augmentation": asdict(seen.augmentation) if seen.augmentation else {},
    }


def _train(experiment: Experiment, folder: Path, decides: dict) -> runs.Run:
    keys.refuse_outdated(*plan.modules_behind(experiment.arm.model, experiment.data))
    start = time.perf_counter()
    started = datetime.now(UTC).isoformat(timespec="seconds")
    config = train_config(experiment)
    seen = inputs.of(experiment)
    parts = parts_of(experiment, seen.faces.table)
    samples = seen.parted(parts, experiment.arm, experiment.seed)
    set_determinism(config.seed, config.threads)
    found = _weights_of(experiment, seen)
    model = build(experiment, found)
    _fix_gates(experiment, seen, model, samples["train"])
    unfinished = folder.with_name(f".{folder.name}.checkpoint")
    label = f"{experiment.arm.name} seed {experiment.seed}"
    history = fit(model.tail, samples["train"], samples["val"], config, label, unfinished)
    predicted = _predicted(seen, parts, model.tail, samples)
    sources = [source for source, _ in found]
    about = {
        **_about(experiment, seen, parts, samples),
        "config": asdict(config),
        "weights": [asdict(source) for source in sources],
        "random_start": experiment.arm.pretrained and any(not one.file for one in sources),
        "key": folder.name.rpartition("-")[2],
        "ingredients": decides,
        "parameters": sum(p.numel() for p in model.parameters()),
        "trainable": sum(p.numel() for p in model.tail.parameters() if p.requires_grad),
        "computed": {"start": started},
        "environment": machine.environment(config.threads),
        "wall_seconds": round(time.perf_counter() - start, 1),
    }
    history = history.drop(columns="seconds").assign(seconds=history["seconds"].round(1))
    run = runs.write(folder, about, history, predicted, model.tail.state_dict())
    checkpoint.remove(unfinished)
    return run


def trained_model(run: runs.Run) -> nn.Module:
    """Return the run's network with its trained weights, in evaluation mode.

    A run keeps what was trained; the frozen part is made again from the weights it started from.

    Raises
    ------
    fer_lib.weights.WeightsError
        If those cannot be had any more.
    """
    settings = run.about["settings"] | {"backbones": tuple(run.about["settings"]["backbones"])}
    experiment = Experiment(
        plan.Arm(**settings), run.about["data"], "", run.about["profile"], run.about["seed"]
    )
    sources = [Pretrained.restored(source) for source in run.about["weights"]]
    model = build(experiment, [(source, weights.again(source)) for source in sources])
    model.tail.load_state_dict(run.weights())
    return model.to(memory_format=torch.channels_last).eval()
