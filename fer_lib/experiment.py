"""From an arm, a data set and a seed to a run: parts, samples, training, predictions."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from fer_lib import (
    activate,
    backbones,
    checkpoint,
    machine,
    models,
    plan,
    profiles,
    progress,
    protocols,
    runs,
    sealed,
    tensors,
    threads,
    weights,
)
from fer_lib import data as datasets
from fer_lib.activate import Stored
from fer_lib.activations import ALL_STAGES
from fer_lib.determinism import set_determinism
from fer_lib.labels import EMOTIONS
from fer_lib.losses import Loss
from fer_lib.models import squeeze_excitation
from fer_lib.models.output import DualOutput
from fer_lib.models.staged import Staged
from fer_lib.plan import Experiment
from fer_lib.protocols import ITSELF, Parts
from fer_lib.samples import ActivationSamples, ImageSamples, Samples
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


@dataclass(frozen=True)
class Inputs:
    """What a network of one experiment sees.

    Attributes
    ----------
    faces, further : FaceData or None
        The data set, and the further rendered subjects where there are any.
    stored : tuple of Stored
        Activations, one a backbone; empty where the network learns from images.
    side : int
        Of the images, in pixels.
    augmentation : Augmentation or None
        Of the training images.
    """

    faces: datasets.FaceData
    further: datasets.FaceData | None
    stored: tuple[Stored, ...]
    side: int
    augmentation: tensors.Augmentation | None

    def labels(self, table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Return the emotions' places, int64 (n,), and 1 for genuine, float32 (n,)."""
        emotion = pd.Categorical(table["emotion"], categories=list(EMOTIONS)).codes
        return emotion.astype(np.int64), (table["authenticity"] == "genuine").to_numpy(np.float32)

    def samples(self, rows: np.ndarray, copies: np.ndarray | None, genuine: np.ndarray) -> Samples:
        """Return the samples at ``rows``, with the authenticity labels given for the whole table.

        With ``copies`` each row stands for that copy of its image, and is not changed again.
        """
        emotion, _ = self.labels(self.faces.table)
        labels = torch.from_numpy(emotion[rows]), torch.from_numpy(genuine[rows])
        if not self.stored:
            images = tensors.resize(self.faces.images[rows], self.side)
            if copies is None:
                return ImageSamples(images, *labels, self.augmentation)
            return ImageSamples(copied(images, copies), *labels)
        plain = tuple(torch.from_numpy(one.plain[rows]) for one in self.stored)
        if copies is not None:
            for kept, one in zip(plain, self.stored, strict=True):
                changed = np.flatnonzero(copies != ITSELF)
                kept[changed] = torch.from_numpy(one.views[rows[changed], copies[changed]])
            return ActivationSamples(plain, (), *labels)
        views = tuple(torch.from_numpy(one.views[rows]) for one in self.stored)
        return ActivationSamples(plain, views if self.augmentation else (), *labels)

    def further_samples(self) -> Samples:
        """Return the further rendered subjects."""
        labels = tuple(torch.from_numpy(one) for one in self.labels(self.further.table))
        if not self.stored:
            return ImageSamples(tensors.resize(self.further.images, self.side), *labels)
        arrays = tuple(torch.from_numpy(np.array(one.further)) for one in self.stored)
        return ActivationSamples(arrays, (), *labels)


def copied(images: Tensor, copies: np.ndarray) -> Tensor:
    """Return uint8 images (n, 3, side, side), each changed at random unless it stands for itself.

    As stored views are, where there are some; the same images give the same copies.
    """
    generator = torch.Generator().manual_seed(activate.VIEWS_SEED)
    found = images.clone()
    for batch in torch.from_numpy(np.flatnonzero(copies != ITSELF)).split(activate.BATCH):
        plain = tensors.normalise(images[batch])
        changed = tensors.augment(plain, activate.augmentation(), generator)
        found[batch] = tensors.pixels(changed)
    return found


def inputs_of(experiment: Experiment) -> Inputs:
    """Return what the experiment's network sees; missing activations are made first."""
    profile = profiles.get(experiment.profile)
    faces = datasets.load(experiment.data, experiment.data_root or None)
    further = None
    if faces.has_truth:
        further = datasets.load("rendered_test", n_subjects=profile.test_subjects)
    stored = tuple(
        activate.obtain(wanted, experiment.data_root) for wanted in experiment.activations
    )
    changed = activate.augmentation() if profile.name != "paper" else tensors.Augmentation()
    embedded = experiment.frozen == ALL_STAGES
    how = changed if experiment.arm.augmentation and not embedded else None
    return Inputs(faces, further, stored, experiment.scale.side, how)


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
    with sealed.only_one(folder):
        if sealed.exists(folder):
            try:
                run = runs.read(folder)
            except runs.RunError as damage:
                progress.say(str(damage))
            else:
                if not worth_another_start(experiment, run.about):
                    return run
        return _train(experiment, folder, decides)


def worth_another_start(experiment: Experiment, about: dict) -> bool:
    """Return whether a run began at random for want of weights that can be had by now."""
    missing = [
        family
        for family, source in zip(experiment.arm.backbones, about["weights"], strict=True)
        if experiment.arm.pretrained and not source["file"]
    ]
    return any(weights.resolve(family)[1] is not None for family in missing)


def _weights_of(experiment: Experiment, inputs: Inputs) -> list[tuple[Pretrained, dict | None]]:
    if inputs.stored:  # the tail must start from what the trunk is made of
        return [(one.source, weights.again(one.source)) for one in inputs.stored]
    return [weights.start(family, experiment.arm.pretrained) for family in experiment.arm.backbones]


def _fix_gates(experiment: Experiment, inputs: Inputs, model: Staged, train: Samples) -> None:
    """Hold the gates of an arm that asks for it at their means over the training part."""
    if experiment.arm.options.get("gates") != "fixed":
        return
    arm = replace(experiment.arm, options={"gates": "as_published"})
    moving = build(replace(experiment, arm=arm), _weights_of(experiment, inputs))
    squeeze_excitation.fix_at_means(
        model.tail,
        moving.tail.to(memory_format=torch.channels_last),
        lambda tail: outputs(tail, train),
    )


def _train(experiment: Experiment, folder: Path, decides: dict) -> runs.Run:
    start = time.perf_counter()
    started = datetime.now(UTC).isoformat(timespec="seconds")
    config = train_config(experiment)
    inputs = inputs_of(experiment)
    table = inputs.faces.table
    parts = parts_of(experiment, table)
    _, truth = inputs.labels(table)
    seed = experiment.seed
    genuine = protocols.wrong_labels(truth, experiment.arm.wrong_labels, seed)
    chosen = {"train": parts.train, "val": parts.val, "test": parts.test}
    samples = {
        name: inputs.samples(rows, parts.copies.get(name), truth if name == "test" else genuine)
        for name, rows in chosen.items()
    }
    if experiment.arm.sampling == "smote":
        from fer_lib import sampling

        samples["train"] = sampling.with_synthetic(samples["train"], seed)
    set_determinism(config.seed, config.threads)
    found = _weights_of(experiment, inputs)
    model = build(experiment, found)
    _fix_gates(experiment, inputs, model, samples["train"])
    unfinished = folder.with_name(f".{folder.name}.checkpoint")
    label = f"{experiment.arm.name} seed {seed}"
    history = fit(model.tail, samples["train"], samples["val"], config, label, unfinished)
    told = [
        predictions(table.iloc[chosen[part]], outputs(model.tail, samples[part]), shown)
        for part, shown in (("val", "validation"), ("test", "test"))
    ]
    if inputs.further is not None:
        output = outputs(model.tail, inputs.further_samples())
        told.append(predictions(inputs.further.table, output, "rendered_test"))
    sources = [source for source, _ in found]
    about = {
        **asdict(experiment),
        "arm": experiment.arm.name,
        "settings": asdict(experiment.arm),
        "data_root": "given" if experiment.data_root else "",
        "data_sha256": inputs.faces.sha256,
        "data_kind": inputs.faces.kind,
        "group_kind": inputs.faces.group_kind,
        "image_size": experiment.scale.side,
        "frozen_stages": experiment.frozen,
        "views": experiment.views,
        "images": {name: len(rows) for name, rows in chosen.items()},
        "synthetic": len(samples["train"]) - len(parts.train),
        "groups": {name: int(table["group"].iloc[rows].nunique()) for name, rows in chosen.items()},
        "config": asdict(config),
        "augmentation": asdict(inputs.augmentation) if inputs.augmentation else {},
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
    run = runs.write(folder, about, history, pd.concat(told), model.tail.state_dict())
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
    sources = [
        Pretrained(**{k: tuple(v) if isinstance(v, list) else v for k, v in source.items()})
        for source in run.about["weights"]
    ]
    model = build(experiment, [(source, weights.again(source)) for source in sources])
    model.tail.load_state_dict(run.weights())
    return model.to(memory_format=torch.channels_last).eval()
