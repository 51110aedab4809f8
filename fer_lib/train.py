"""One training loop for every dual-task model: joint loss, plateau schedule, early stopping."""

from __future__ import annotations

import copy
import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pandas as pd
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from fer_lib import progress
from fer_lib.checkpoint import Checkpoint, fingerprint
from fer_lib.determinism import set_determinism
from fer_lib.losses import Loss
from fer_lib.models.output import DualOutput
from fer_lib.samples import ImageSamples, Samples
from fer_lib.tensors import batches


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
    loss : Loss
        The joint loss.
    weighted : bool
        Whether images are drawn with replacement, all fourteen cells of emotion and authenticity
        equally often.
    average : float
        Decay per step of the running average of the weights that is evaluated and kept; 0 keeps
        the weights themselves, as the paper does.
    train_fraction : float
        Share of the training images per epoch.
    seed, threads : int
        Same seed, same thread count and same kind of device give the same bits.
    """

    epochs: int = 100
    patience: int = 10
    batch_size: int = 32
    learning_rate: float = 1e-4
    plateau_patience: int = 3
    plateau_factor: float = 0.5
    loss: Loss = field(default_factory=Loss)
    weighted: bool = False
    average: float = 0.0
    train_fraction: float = 1.0
    seed: int = 0
    threads: int = 1


def device() -> torch.device:
    """Return where models train and predict: the GPU if there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def outputs(model: nn.Module, samples: Samples, batch_size: int = 64) -> DualOutput:
    """Return the logits of both heads for samples as they are, on the CPU."""
    # Moving a model takes milliseconds, and a GPU then saves minutes; it goes back afterwards,
    # because whoever explains or stores a model expects it on the CPU.
    home, where = next(model.parameters()).device, device()
    model.to(where).eval()
    parts = []
    with torch.inference_mode():
        for batch in batches(len(samples), batch_size, None):
            output = model(*(part.to(where) for part in samples.plain(batch)))
            parts.append([head.cpu() for head in output])
    model.to(home)
    return DualOutput(*(torch.cat(head) for head in zip(*parts, strict=True)))


def predict(model: nn.Module, images: Tensor, batch_size: int = 64) -> tuple[Tensor, Tensor]:
    """Return the probabilities of both heads for uint8 images (n, 3, side, side) on the CPU.

    Returns
    -------
    (Tensor, Tensor)
        Emotion (n, 7), rows summing to one, and P(genuine) (n,), on the CPU.
    """
    nothing = torch.empty(0)
    output = outputs(model, ImageSamples(images, nothing, nothing), batch_size)
    return output.emotion.softmax(1), output.authenticity.sigmoid()


def evaluate(model: nn.Module, samples: Samples, loss: Loss) -> dict[str, float]:
    """Return loss, emotion accuracy, authenticity accuracy and AUC on ``samples``."""
    output = outputs(model, samples)
    guess = (output.authenticity >= 0).float()
    return {
        "loss": float(loss(output, samples.emotion, samples.genuine)),
        "emotion_accuracy": float((output.emotion.argmax(1) == samples.emotion).float().mean()),
        "authenticity_accuracy": float((guess == samples.genuine).float().mean()),
        "authenticity_auc": float(
            roc_auc_score(samples.genuine.numpy(), output.authenticity.numpy())
        ),
    }


def optimiser(model: nn.Module, config: TrainConfig) -> torch.optim.Adam:
    """Return Adam over the trainable parameters."""
    trainable = [p for p in model.parameters() if p.requires_grad]
    return torch.optim.Adam(trainable, config.learning_rate, fused=True)


def averaged(model: nn.Module, config: TrainConfig) -> AveragedModel | None:
    """Return the running average of a model's weights and statistics, if one is asked for."""
    if not config.average:
        return None
    return AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(config.average), use_buffers=True)


def balanced_order(samples: Samples, generator: torch.Generator) -> Tensor:
    """Return as many places as there are samples, each cell of both labels equally often."""
    cell = samples.emotion * 2 + samples.genuine.long()
    weight = 1 / torch.bincount(cell).clamp_min(1)[cell].double()
    return torch.multinomial(weight, len(samples), replacement=True, generator=generator)


def train_epoch(
    model: nn.Module,
    samples: Samples,
    adam: torch.optim.Adam,
    config: TrainConfig,
    generator: torch.Generator,
    average: AveragedModel | None = None,
) -> dict[str, float]:
    """Go once over ``train_fraction`` of ``samples``; return mean loss and both accuracies.

    Images are drawn and changed on the CPU, so chance there is the same on every device; a batch
    then goes to where the model is.
    """
    where = next(model.parameters()).device
    model.train()
    budget = max(config.batch_size, round(len(samples) * config.train_fraction))
    order = balanced_order(samples, generator) if config.weighted else None
    seen, total, right, genuine_right = 0, 0.0, 0, 0
    for batch in batches(len(samples), config.batch_size, generator):
        if seen >= budget:
            break
        if order is not None:
            batch = order[batch]
        emotion, genuine = samples.emotion[batch].to(where), samples.genuine[batch].to(where)
        output = model(*(part.to(where) for part in samples.drawn(batch, generator)))
        loss = config.loss(output, emotion, genuine)
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


def tensors_of(samples: Samples) -> dict[str, Tensor]:
    """Return the tensors behind some samples, by name."""
    found = {}
    for name, value in vars(samples).items():
        parts = value if isinstance(value, tuple) else (value,)
        found |= {f"{name}{k}": part for k, part in enumerate(parts) if isinstance(part, Tensor)}
    return found


def belongs_to(
    model: nn.Module,
    train: Samples,
    validation: Samples,
    config: TrainConfig,
    where: torch.device,
) -> dict[str, str]:
    """Return all that decides the result of a training, before it starts, for a checkpoint."""
    return {
        "settings": json.dumps(asdict(config), sort_keys=True),
        "changes": str(getattr(train, "augmentation", None)),
        "model or starting weights": fingerprint(model.state_dict()),
        "training data": fingerprint(tensors_of(train)),
        "validation data": fingerprint(tensors_of(validation)),
        "device": where.type,
        "version of torch": torch.__version__,
    }


def fit(
    model: nn.Module,
    train: Samples,
    validation: Samples,
    config: TrainConfig,
    label: str,
    checkpoint: Path | None = None,
) -> pd.DataFrame:
    """Train ``model`` in place and leave it, on the CPU, at its best epoch by validation loss.

    Parameters
    ----------
    model : nn.Module
        Takes what the samples give, and returns `DualOutput`.
    train, validation : Samples
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
        scores = evaluate(kept, validation, config.loss)
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
