"""One training loop for every dual-task model: joint loss, plateau schedule, early stopping."""

from __future__ import annotations

import copy
import json
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pandas as pd
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from fer_lib import progress
from fer_lib.checkpoint import Checkpoint, fingerprint
from fer_lib.models.output import DualOutput
from fer_lib.tensors import Augmentation, FaceTensors, augment, batches, normalise


@dataclass(frozen=True)
class TrainConfig:
    """How a model is trained; the defaults are the paper's Table 4 where it says.

    Attributes
    ----------
    epochs, patience : int
        Most epochs, and epochs without a better validation loss before stopping.
    batch_size : int
        Images per step.
    learning_rate : float
        Of Adam, at the start.
    plateau_patience, plateau_factor : int, float
        ReduceLROnPlateau on the validation loss; the paper names it without its settings.
    alpha, beta : float
        Weights of the emotion and the authenticity loss, equation (1).
    average : float
        Decay per step of the running average of the weights that is evaluated and kept; 0 keeps
        the weights themselves, as the paper does.
    frozen_stages : int
        Stages of a pretrained backbone, stem included, that stay as they are.
    train_fraction : float
        Share of the training images per epoch.
    seed, threads : int
        Same seed, same thread count and same kind of device give the same bits.
    augmentation : Augmentation
        Sizes of the random changes.
    """

    epochs: int = 100
    patience: int = 10
    batch_size: int = 32
    learning_rate: float = 1e-4
    plateau_patience: int = 3
    plateau_factor: float = 0.5
    alpha: float = 0.4
    beta: float = 0.6
    average: float = 0.0
    frozen_stages: int = 0
    train_fraction: float = 1.0
    seed: int = 0
    threads: int = 1
    augmentation: Augmentation = field(default_factory=Augmentation)


def device() -> torch.device:
    """Return where models train and predict: the GPU if there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def set_determinism(seed: int, threads: int) -> None:
    """Fix the seed, the thread count and the algorithms, so that a run repeats bit for bit."""
    # cuBLAS reads this when it starts, and without it refuses to work deterministically.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.backends.cudnn.benchmark = False
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True)
    # Filling memory that is overwritten anyway costs a quarter of the time and changes no result.
    torch.utils.deterministic.fill_uninitialized_memory = False


def joint_loss(
    output: DualOutput, emotion: Tensor, authenticity: Tensor, alpha: float, beta: float
) -> Tensor:
    """Return alpha x cross-entropy(emotion) + beta x BCE(authenticity), a scalar.

    Parameters
    ----------
    output : DualOutput
        Logits, (n, 7) and (n,).
    emotion, authenticity : Tensor
        int64 (n,) and float32 (n,).

    References
    ----------
    doi:10.28991/ESJ-2026-010-02-018, equation (1).
    """
    return alpha * functional.cross_entropy(
        output.emotion, emotion
    ) + beta * functional.binary_cross_entropy_with_logits(output.authenticity, authenticity)


def predict(model: nn.Module, images: Tensor, batch_size: int = 64) -> tuple[Tensor, Tensor]:
    """Return the probabilities of both heads for uint8 images (n, 3, side, side) on the CPU.

    Returns
    -------
    (Tensor, Tensor)
        Emotion (n, 7), rows summing to one, and P(genuine) (n,), on the CPU.
    """
    # Moving a model takes milliseconds, and a GPU then saves minutes; it goes back afterwards,
    # because whoever explains or stores a model expects it on the CPU.
    home, where = next(model.parameters()).device, device()
    model.to(where).eval()
    emotion, authenticity = [], []
    with torch.inference_mode():
        for batch in batches(len(images), batch_size, None):
            output = model(normalise(images[batch]).to(where))
            emotion.append(output.emotion.softmax(1).cpu())
            authenticity.append(output.authenticity.sigmoid().cpu())
    model.to(home)
    return torch.cat(emotion), torch.cat(authenticity)


def evaluate(model: nn.Module, data: FaceTensors, config: TrainConfig) -> dict[str, float]:
    """Return loss, emotion accuracy, authenticity accuracy and AUC on ``data``."""
    p_emotion, p_genuine = predict(model, data.images)
    loss = config.alpha * functional.nll_loss(
        p_emotion.clamp_min(1e-12).log(), data.emotion
    ) + config.beta * functional.binary_cross_entropy(p_genuine, data.authenticity)
    genuine = data.authenticity.numpy()
    return {
        "loss": float(loss),
        "emotion_accuracy": float((p_emotion.argmax(1) == data.emotion).float().mean()),
        "authenticity_accuracy": float(
            ((p_genuine >= 0.5).float() == data.authenticity).float().mean()
        ),
        "authenticity_auc": float(roc_auc_score(genuine, p_genuine.numpy())),
    }


def freeze(model: nn.Module, stages: int) -> None:
    """Keep the stem and the first ``stages - 1`` block stages of a timm backbone as they are."""
    if not stages:
        return
    backbone = model.backbone
    for part in [backbone.conv_stem, backbone.bn1, *list(backbone.blocks)[: stages - 1]]:
        for parameter in part.parameters():
            parameter.requires_grad_(False)
        for module in part.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = 0.0  # its running statistics stay too


def optimiser(model: nn.Module, config: TrainConfig) -> torch.optim.Adam:
    """Return Adam over the trainable parameters."""
    trainable = [p for p in model.parameters() if p.requires_grad]
    return torch.optim.Adam(trainable, config.learning_rate, fused=True)


def averaged(model: nn.Module, config: TrainConfig) -> AveragedModel | None:
    """Return the running average of a model's weights and statistics, if one is asked for."""
    if not config.average:
        return None
    return AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(config.average), use_buffers=True)


def train_epoch(
    model: nn.Module,
    data: FaceTensors,
    adam: torch.optim.Adam,
    config: TrainConfig,
    generator: torch.Generator,
    average: AveragedModel | None = None,
) -> dict[str, float]:
    """Go once over ``train_fraction`` of ``data``; return mean loss and both accuracies.

    Images are drawn and changed on the CPU, so chance there is the same on every device; a batch
    then goes to where the model is.
    """
    where = next(model.parameters()).device
    model.train()
    budget = max(config.batch_size, round(len(data) * config.train_fraction))
    seen, total, right, genuine_right = 0, 0.0, 0, 0
    for batch in batches(len(data), config.batch_size, generator):
        if seen >= budget:
            break
        images = augment(normalise(data.images[batch]), config.augmentation, generator)
        emotion, genuine = data.emotion[batch].to(where), data.authenticity[batch].to(where)
        output = model(images.to(where))
        loss = joint_loss(output, emotion, genuine, config.alpha, config.beta)
        adam.zero_grad(set_to_none=True)
        loss.backward()
        adam.step()
        if average is not None:
            average.update_parameters(model)
        seen += len(batch)
        total += float(loss.detach()) * len(batch)
        right += int((output.emotion.argmax(1) == emotion).sum())
        genuine_right += int(((output.authenticity >= 0).float() == genuine).sum())
    return {
        "train_loss": total / seen,
        "train_emotion_accuracy": right / seen,
        "train_authenticity_accuracy": genuine_right / seen,
    }


@dataclass
class Record:
    """What a training has found so far.

    Attributes
    ----------
    history : list of dict
        One row an epoch.
    best_loss, best_epoch : float, int
        Of the lowest validation loss; epochs count from one.
    best_state : dict of Tensor
        The weights of that epoch.
    """

    history: list[dict[str, float]] = field(default_factory=list)
    best_loss: float = float("inf")
    best_epoch: int = 0
    best_state: dict[str, Tensor] = field(default_factory=dict)

    def finished(self, config: TrainConfig) -> bool:
        """Return whether all epochs are done, or patience is at its end."""
        epoch = len(self.history)
        return epoch >= config.epochs or 0 < epoch >= self.best_epoch + config.patience

    def state_dict(self) -> dict:
        """Return everything, for a checkpoint."""
        return vars(self)

    def load_state_dict(self, state: dict) -> None:
        """Take over what `state_dict` returned."""
        vars(self).update(state)


@dataclass
class Chance:
    """Every source of chance in a training: batches and augmentation, and the model's dropout.

    Attributes
    ----------
    generator : Generator
        Draws batches and augmentation, on the CPU.
    where : device
        Where the model is; dropout draws from that device's own source.
    """

    generator: torch.Generator
    where: torch.device

    def state_dict(self) -> dict:
        """Return where each source stands, for a checkpoint."""
        state = {"generator": self.generator.get_state(), "cpu": torch.get_rng_state()}
        if self.where.type == "cuda":
            state["cuda"] = torch.cuda.get_rng_state()
        return state

    def load_state_dict(self, state: dict) -> None:
        """Set each source to where it stood."""
        self.generator.set_state(state["generator"])
        torch.set_rng_state(state["cpu"])
        if self.where.type == "cuda":
            torch.cuda.set_rng_state(state["cuda"])


def belongs_to(
    model: nn.Module,
    train: FaceTensors,
    validation: FaceTensors,
    config: TrainConfig,
    where: torch.device,
) -> dict[str, str]:
    """Return all that decides the result of a training, before it starts, for a checkpoint."""
    return {
        "settings": json.dumps(asdict(config), sort_keys=True),
        "model or starting weights": fingerprint(model.state_dict()),
        "training data": fingerprint(vars(train)),
        "validation data": fingerprint(vars(validation)),
        "device": where.type,
        "version of torch": torch.__version__,
    }


def fit(
    model: nn.Module,
    train: FaceTensors,
    validation: FaceTensors,
    config: TrainConfig,
    label: str,
    checkpoint: Path | None = None,
) -> pd.DataFrame:
    """Train ``model`` in place and leave it, on the CPU, at its best epoch by validation loss.

    Parameters
    ----------
    model : nn.Module
        Returns `DualOutput`.
    train, validation : FaceTensors
        Of different subjects; nothing is chosen on any other data.
    config : TrainConfig
        How.
    label : str
        Named in the progress lines.
    checkpoint : Path or None
        A file that keeps the state between epochs. Where an earlier process left one of the same
        training, this one goes on from there, to the same bits. The file stays, because a trained
        model that is not stored yet can still be lost: `fer_lib.checkpoint.remove` it then.

    Returns
    -------
    DataFrame
        One row an epoch: losses, accuracies, AUC, learning rate, seconds, and ``best``.
    """
    set_determinism(config.seed, config.threads)
    where = device()
    made_from = belongs_to(model, train, validation, config, where) if checkpoint else {}
    store = Checkpoint(checkpoint, label, made_from)
    generator = torch.Generator().manual_seed(config.seed)
    model.to(where, memory_format=torch.channels_last)
    freeze(model, config.frozen_stages)
    adam = optimiser(model, config)
    average = averaged(model, config)
    kept = model if average is None else average.module
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(
        adam, factor=config.plateau_factor, patience=config.plateau_patience
    )
    record = Record()
    chance = Chance(generator, where)
    parts = {"model": model, "adam": adam, "schedule": schedule, "record": record, "chance": chance}
    if average is not None:
        parts["average"] = average
    earlier = store.load()
    if earlier is not None:
        for name, part in parts.items():
            part.load_state_dict(earlier[name])
        progress.say(f"{label}: going on after epoch {len(record.history)}")
    while not record.finished(config):
        epoch = len(record.history) + 1
        start = time.perf_counter()
        rate = adam.param_groups[0]["lr"]
        row = train_epoch(model, train, adam, config, generator, average)
        scores = evaluate(kept, validation, config)
        row |= {f"val_{name}": value for name, value in scores.items()}
        row |= {"learning_rate": rate, "seconds": time.perf_counter() - start}
        record.history.append({"epoch": epoch, **row})
        schedule.step(scores["loss"])
        if scores["loss"] < record.best_loss:
            record.best_loss, record.best_epoch = scores["loss"], epoch
            record.best_state = copy.deepcopy(kept.state_dict())
        left = (config.epochs - epoch) * row["seconds"]
        progress.say(
            f"{label}: epoch {epoch}/{config.epochs}, loss {row['train_loss']:.3f}, "
            f"validation loss {scores['loss']:.3f}, emotion {scores['emotion_accuracy']:.3f}, "
            f"authenticity AUC {scores['authenticity_auc']:.3f}, "
            f"{row['seconds']:.0f} s, at most {left:.0f} s to go"
        )
        store.save(lambda: {name: part.state_dict() for name, part in parts.items()})
    model.load_state_dict(record.best_state)
    model.to("cpu")
    table = pd.DataFrame(record.history)
    table["best"] = table["epoch"] == record.best_epoch
    return table
