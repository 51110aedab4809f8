"""The training loop for every task and model: joint loss, plateau schedule, early stopping."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pandas as pd
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from engine.store import progress
from engine.store.checkpoint import Checkpoint, fingerprint
from fer_lib.task import Head, Task
from fer_lib.training import losses
from fer_lib.training.augmentation import batches
from fer_lib.training.dataset import ImageSamples, Samples
from fer_lib.training.determinism import set_determinism
from fer_lib.training.profiles import PRECISIONS


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
    weighted : bool
        Whether images are drawn with replacement, all cells of the heads' classes equally often:
        fourteen of emotion and authenticity.
    average : float
        Decay per step of the running average of the weights that is evaluated and kept; 0 keeps
        the weights themselves, as the paper does.
    train_fraction : float
        Share of the training images per epoch.
    precision : str
        One of `fer_lib.training.profiles.PRECISIONS`, the same on every machine. ``bfloat16`` is
        that of the network in a training step, forth and back, as `torch.autocast` has it; losses,
        weights, validation and predictions are float32 in any case. Measured on a processor with
        avx512_bf16: ResNets learn 1.8 times as fast so, EfficientNet-Lite0 0.9 times.
    seed, threads : int
        Same seed, same thread count and same kind of device give the same bits.

    Raises
    ------
    ValueError
        If the precision is unknown.
    """

    epochs: int = 100
    patience: int = 10
    batch_size: int = 32
    learning_rate: float = 1e-4
    plateau_patience: int = 3
    plateau_factor: float = 0.5
    weighted: bool = False
    average: float = 0.0
    train_fraction: float = 1.0
    precision: str = "float32"
    seed: int = 0
    threads: int = 1

    def __post_init__(self) -> None:
        """Refuse a precision that is none of ours before any work is done."""
        if self.precision not in PRECISIONS:
            raise ValueError(
                f"unknown precision {self.precision!r}: choose one of {', '.join(PRECISIONS)}"
            )


def device() -> torch.device:
    """Return where models train and predict: the GPU if there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def outputs(model: nn.Module, samples: Samples, batch_size: int = 64) -> dict[str, Tensor]:
    """Return the logits by head for samples as they are, on the CPU."""
    # Moving a model takes milliseconds, and a GPU then saves minutes; it goes back afterwards,
    # because whoever explains or stores a model expects it on the CPU.
    home, where = next(model.parameters()).device, device()
    model.to(where).eval()
    parts = []
    with torch.inference_mode():
        for batch in batches(len(samples), batch_size, None):
            output = model(*(part.to(where) for part in samples.plain(batch)))
            parts.append({head: logits.cpu() for head, logits in output.items()})
    model.to(home)
    return {head: torch.cat([part[head] for part in parts]) for head in parts[0]}


def probabilities(output: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return probabilities of logits by head: (n, classes), rows summing to one, or (n,).

    The latter, of a yes/no head, is the probability of its second class.
    """
    return {
        head: logits.softmax(1) if logits.ndim == 2 else logits.sigmoid()
        for head, logits in output.items()
    }


def probabilities_of(model: nn.Module, images: Tensor, batch_size: int = 64) -> dict[str, Tensor]:
    """Return the `probabilities` of uint8 images (n, 3, side, side) by head, on the CPU."""
    return probabilities(outputs(model, ImageSamples(images, {}), batch_size))


def right(head: Head, logits: Tensor, targets: Tensor) -> Tensor:
    """Return whether each answer of a head is right, bool (n,); a yes/no head decides at 0.5."""
    guess = (logits >= 0).float() if head.yes_no else logits.argmax(1)
    return guess == targets


def evaluate(model: nn.Module, samples: Samples, task: Task) -> dict[str, float]:
    """Return the joint loss, each head's accuracy, and a yes/no head's AUC on ``samples``."""
    output, targets = outputs(model, samples), samples.targets
    found = {"loss": float(losses.joint(task, output, targets))}
    for head in task.heads:
        own = output[head.name], targets[head.name]
        found[f"{head.name}_accuracy"] = float(right(head, *own).float().mean())
        if head.yes_no:
            found[f"{head.name}_auc"] = float(roc_auc_score(own[1].numpy(), own[0].numpy()))
    return found


def optimiser(model: nn.Module, config: TrainConfig) -> torch.optim.Adam:
    """Return Adam over the trainable parameters."""
    trainable = [p for p in model.parameters() if p.requires_grad]
    return torch.optim.Adam(trainable, config.learning_rate, fused=True)


def averaged(model: nn.Module, config: TrainConfig) -> AveragedModel | None:
    """Return the running average of a model's weights and statistics, if one is asked for."""
    if not config.average:
        return None
    return AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(config.average), use_buffers=True)


def balanced_order(samples: Samples, task: Task, generator: torch.Generator) -> Tensor:
    """Return as many places as there are samples, each cell of the labels equally often."""
    cell = torch.zeros(len(samples), dtype=torch.int64)
    for head in task.heads:
        cell = cell * len(head.classes) + samples.targets[head.name].long()
    weight = 1 / torch.bincount(cell).clamp_min(1)[cell].double()
    return torch.multinomial(weight, len(samples), replacement=True, generator=generator)


def step(
    model: nn.Module,
    inputs: Sequence[Tensor],
    targets: dict[str, Tensor],
    task: Task,
    adam: torch.optim.Optimizer,
    precision: str = "float32",
) -> tuple[float, dict[str, Tensor]]:
    """Learn from one batch; return its mean joint loss, and the logits by head.

    ``inputs`` are what the model takes, such as normalised images (n, 3, side, side); ``targets``
    are by head, as for `fer_lib.training.losses.joint`.
    """
    with torch.autocast(inputs[0].device.type, torch.bfloat16, precision == "bfloat16"):
        output = {head: logits.float() for head, logits in model(*inputs).items()}
    loss = losses.joint(task, output, targets)
    adam.zero_grad(set_to_none=True)
    loss.backward()
    adam.step()
    return float(loss.detach()), output


def train_epoch(
    model: nn.Module,
    samples: Samples,
    task: Task,
    adam: torch.optim.Adam,
    config: TrainConfig,
    generator: torch.Generator,
    average: AveragedModel | None = None,
) -> dict[str, float]:
    """Go once over ``train_fraction`` of ``samples``; return mean loss and each head's accuracy.

    Images are drawn and changed on the CPU, so chance there is the same on every device; a batch
    then goes to where the model is.
    """
    where = next(model.parameters()).device
    model.train()
    budget = max(config.batch_size, round(len(samples) * config.train_fraction))
    order = balanced_order(samples, task, generator) if config.weighted else None
    seen, total, hits = 0, 0.0, dict.fromkeys(task.names, 0)
    for batch in batches(len(samples), config.batch_size, generator):
        if seen >= budget:
            break
        if order is not None:
            batch = order[batch]
        targets = {head: given[batch].to(where) for head, given in samples.targets.items()}
        inputs = [part.to(where) for part in samples.drawn(batch, generator)]
        loss, output = step(model, inputs, targets, task, adam, config.precision)
        if average is not None:
            average.update_parameters(model)
        seen += len(batch)
        total += loss * len(batch)
        for head in task.heads:
            hits[head.name] += int(right(head, output[head.name], targets[head.name]).sum())
    accuracies = {f"train_{name}_accuracy": count / seen for name, count in hits.items()}
    return {"train_loss": total / seen, **accuracies}


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
        named = value if isinstance(value, dict) else {}
        parts = dict(enumerate(value if isinstance(value, tuple) else (value,))) | named
        found |= {f"{name}{k}": part for k, part in parts.items() if isinstance(part, Tensor)}
    return found


def belongs_to(
    model: nn.Module,
    train: Samples,
    validation: Samples,
    task: Task,
    config: TrainConfig,
    where: torch.device,
) -> dict[str, str]:
    """Return all that decides the result of a training, before it starts, for a checkpoint."""
    return {
        "settings": json.dumps(asdict(config), sort_keys=True),
        "task": json.dumps(asdict(task), sort_keys=True),
        "changes": str(getattr(train, "augmentation", None)),
        "model or starting weights": fingerprint(model.state_dict()),
        "training data": fingerprint(tensors_of(train)),
        "validation data": fingerprint(tensors_of(validation)),
        "device": where.type,
        "version of torch": torch.__version__,
    }


def _in_words(task: Task, scores: dict[str, float]) -> str:
    """Return each head's score of an epoch, for a progress line."""
    return ", ".join(
        f"{head.name} {head.score} {scores[f'{head.name}_{head.score.lower()}']:.3f}"
        for head in task.heads
    )


def train(
    model: nn.Module,
    train: Samples,
    validation: Samples,
    task: Task,
    config: TrainConfig,
    label: str,
    checkpoint: Path | None = None,
) -> pd.DataFrame:
    """Train ``model`` in place and leave it, on the CPU, at its best epoch by validation loss.

    Parameters
    ----------
    model : nn.Module
        Takes what the samples give, and returns the logits by head.
    train, validation : Samples
        Of different subjects; nothing is chosen on any other data.
    task : Task
        The heads, with their losses and weights.
    config : TrainConfig
        How.
    label : str
        Named in the progress lines.
    checkpoint : Path or None
        A file that keeps the state between epochs. Where an earlier process left one of the same
        training, this one goes on from there, to the same bits. The file stays, because a trained
        model that is not stored yet can still be lost: `engine.store.stage.clear` it then.

    Returns
    -------
    DataFrame
        One row an epoch: losses, accuracies, AUC, learning rate, seconds, and ``best``.
    """
    set_determinism(config.seed, config.threads)
    where = device()
    made_from = belongs_to(model, train, validation, task, config, where) if checkpoint else {}
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
        row = train_epoch(model, train, task, adam, config, generator, average)
        scores = evaluate(kept, validation, task)
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
            f"validation loss {scores['loss']:.3f}, {_in_words(task, scores)}, "
            f"{row['seconds']:.0f} s, at most {left:.0f} s to go"
        )
        store.save(lambda: {name: part.state_dict() for name, part in parts.items()})
    model.load_state_dict(record.best_state)
    model.to("cpu")
    table = pd.DataFrame(record.history)
    table["best"] = table["epoch"] == record.best_epoch
    return table
