"""One training loop for every dual-task model: joint loss, plateau schedule, early stopping."""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass, field

import pandas as pd
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from fer_lib import progress
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
        Same seed and same thread count give the same bits.
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


def set_determinism(seed: int, threads: int) -> None:
    """Fix the seed, the thread count and the algorithms, so that a run repeats bit for bit."""
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
    """Return the probabilities of both heads for uint8 images (n, 3, side, side).

    Returns
    -------
    (Tensor, Tensor)
        Emotion (n, 7), rows summing to one, and P(genuine) (n,).
    """
    model.eval()
    emotion, authenticity = [], []
    with torch.inference_mode():
        for batch in batches(len(images), batch_size, None):
            output = model(normalise(images[batch]))
            emotion.append(output.emotion.softmax(1))
            authenticity.append(output.authenticity.sigmoid())
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
    """Go once over ``train_fraction`` of ``data``; return mean loss and both accuracies."""
    model.train()
    budget = max(config.batch_size, round(len(data) * config.train_fraction))
    seen, total, right, genuine_right = 0, 0.0, 0, 0
    for batch in batches(len(data), config.batch_size, generator):
        if seen >= budget:
            break
        images = augment(normalise(data.images[batch]), config.augmentation, generator)
        emotion, genuine = data.emotion[batch], data.authenticity[batch]
        output = model(images)
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


def fit(
    model: nn.Module, train: FaceTensors, validation: FaceTensors, config: TrainConfig, label: str
) -> pd.DataFrame:
    """Train ``model`` in place and leave it at its best epoch by validation loss.

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

    Returns
    -------
    DataFrame
        One row an epoch: losses, accuracies, AUC, learning rate, seconds, and ``best``.
    """
    set_determinism(config.seed, config.threads)
    generator = torch.Generator().manual_seed(config.seed)
    model.to(memory_format=torch.channels_last)
    freeze(model, config.frozen_stages)
    adam = optimiser(model, config)
    average = averaged(model, config)
    kept = model if average is None else average.module
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(
        adam, factor=config.plateau_factor, patience=config.plateau_patience
    )
    history: list[dict[str, float]] = []
    best_loss, best_epoch, best_state = float("inf"), 0, {}
    for epoch in range(1, config.epochs + 1):
        start = time.perf_counter()
        rate = adam.param_groups[0]["lr"]
        row = train_epoch(model, train, adam, config, generator, average)
        scores = evaluate(kept, validation, config)
        row |= {f"val_{name}": value for name, value in scores.items()}
        row |= {"learning_rate": rate, "seconds": time.perf_counter() - start}
        history.append({"epoch": epoch, **row})
        schedule.step(scores["loss"])
        if scores["loss"] < best_loss:
            best_loss, best_epoch = scores["loss"], epoch
            best_state = copy.deepcopy(kept.state_dict())
        left = (config.epochs - epoch) * row["seconds"]
        progress.say(
            f"{label}: epoch {epoch}/{config.epochs}, loss {row['train_loss']:.3f}, "
            f"validation loss {scores['loss']:.3f}, emotion {scores['emotion_accuracy']:.3f}, "
            f"authenticity AUC {scores['authenticity_auc']:.3f}, "
            f"{row['seconds']:.0f} s, at most {left:.0f} s to go"
        )
        if epoch - best_epoch >= config.patience:
            break
    model.load_state_dict(best_state)
    table = pd.DataFrame(history)
    table["best"] = table["epoch"] == best_epoch
    return table
