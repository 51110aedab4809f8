"""Tables that describe a model and its training, computed from the live objects."""

from __future__ import annotations

import pandas as pd
import torch
from torch import nn

from claimcheck import Claim
from engine.page import tables
from fer_lib import models
from fer_lib.models import backbones
from fer_lib.models.frozen_trunk import Staged
from fer_lib.models.pretrained_registry import Pretrained
from fer_lib.papers.diya2026.task import TASK
from fer_lib.papers.diya2026.traced_layers import traced
from fer_lib.task import Task
from fer_lib.training.run import Run

PAPER_SIDE = 224  # pixels, section 3-4
# Setting of a run, the claim that prints it, and its name on the page.
PRINTED_SETTINGS = (
    ("image_size", "table4.input", "image side (pixels)"),
    ("batch_size", "table4.batch", "batch size"),
    ("learning_rate", "table4.lr", "initial learning rate (Adam)"),
    ("epochs", "table4.epochs", "most epochs"),
    ("patience", "table4.patience", "patience of early stopping (epochs)"),
    ("alpha", "table4.alpha", "weight of the emotion loss"),
    ("beta", "table4.beta", "weight of the authenticity loss"),
)
STREAM_NAMES = ("stem", *(f"stage {k}" for k in range(1, 8)), "last convolution")


def _shapes(model: nn.Module, modules: list[nn.Module], side: int) -> list[str]:
    """Return the output shape of each module for one image; "" where it was not called."""
    training = model.training
    try:
        ran = dict(traced(model.eval(), torch.zeros(1, 3, side, side), modules))
    finally:
        model.train(training)
    return [" × ".join(str(n) for n in ran.get(module, ())[1:]) for module in modules]


def _gates(part: nn.Module) -> int:
    """Return how many squeeze-and-excitation gates a part has."""
    return sum(
        name.rpartition(".")[2] == "se" and any(True for _ in module.parameters())
        for name, module in part.named_modules()
    )


def parts(model: Staged, side: int) -> pd.DataFrame:
    """Return one row for each part of a live model, in the order that an image meets them.

    Parameters
    ----------
    model : Staged
        Any of `fer_lib.models`.
    side : int
        Image side in pixels.

    Returns
    -------
    DataFrame
        ``stream`` (from 0; -1 for what follows all streams), ``part``, ``output``
        (channels x height x width, or units), ``parameters``, ``gates``
        (squeeze-and-excitation), ``learns``.
    """
    rows: list[dict] = []
    modules: list[nn.Module] = []

    def add(stream: int, name: str, module: nn.Module, learns: bool) -> None:
        modules.append(module)
        rows.append(
            {
                "stream": stream,
                "part": name,
                "parameters": sum(p.numel() for p in module.parameters()),
                "gates": _gates(module),
                "learns": learns and any(True for _ in module.parameters()),
            }
        )

    for stream, (trunk, top) in enumerate(zip(model.trunks, model.tail.tops, strict=True)):
        frozen = list(trunk.parts) if hasattr(trunk, "parts") else []
        both = [(part, False) for part in frozen] + [(part, True) for part in top]
        known = len(both) == len(STREAM_NAMES)
        for k, (part, learns) in enumerate(both):
            plain = "whole backbone" if len(both) == 1 else f"block {k + 1}"
            add(stream, STREAM_NAMES[k] if known else plain, part, learns)
    for name, module in model.tail.named_children():
        if name != "tops":
            add(-1, name, module, True)
    table = pd.DataFrame(rows)
    table.insert(2, "output", _shapes(model, modules, side))
    return table


def counts(model: Staged) -> dict[str, int]:
    """Return the parameters of a model: all, those that learn, and batch normalisation's own.

    Keras, unlike PyTorch, counts the running statistics of batch normalisation as parameters that
    do not learn; a paper's total may hold them.
    """
    statistics = sum(
        m.running_mean.numel() + m.running_var.numel()
        for m in model.modules()
        if isinstance(m, nn.modules.batchnorm._BatchNorm)
    )
    return {
        "parameters": sum(p.numel() for p in model.parameters()),
        "trainable": sum(p.numel() for p in model.parameters() if p.requires_grad),
        "with running statistics": sum(p.numel() for p in model.parameters()) + statistics,
    }


def of_paper(model: str, starts: tuple[Pretrained, ...], frozen: int = 0, **options) -> Staged:
    """Return the architecture that the paper describes, at 224 pixels and without any weights.

    Parameters
    ----------
    model : str
        A file of `fer_lib.models`.
    starts : tuple of Pretrained
        Random starts, such as that file's ``PAPER``.
    frozen : int
        0 trains everything, `fer_lib.models.ALL_STAGES` only what follows the
        backbones.
    options
        Of the model's ``build``.
    """
    made = [backbones.create(start, None) for start in starts]
    build = models.module(model).build
    return build(TASK, made, frozen, PAPER_SIDE, True, **options)


def still_improving(run: Run) -> bool:
    """Return whether the last epoch of a run was its best on the validation part."""
    return bool(run.history["best"].iloc[-1])


GAP_CAVEAT = (
    "The baseline was stopped while it was still improving, and unlike the other model it starts "
    "from nothing. The table supports the sign of the difference, not its size."
)


def training(run: Run) -> str:
    """Return in a sentence or two on what, for how long and to what end a run was trained."""
    about = run.about
    images, groups = about["images"], about["groups"]
    threads = about["environment"]["threads"]
    took = tables.measured(f"{about['wall_seconds']:.0f} s")
    said = (
        f"Trained on {images['train']:,} images of {groups['train']} groups, stopped and "
        f"scheduled on {images['val']:,} images of {groups['val']} others, in "
        f"{took} with {threads} thread{'s' * (threads > 1)}."
    )
    if still_improving(run):
        said += (
            " The last epoch was the best on the validation part: the model was still improving "
            "when its epochs ended, and its scores are those of a short training."
        )
    return said


def settings(about: dict, ledger: dict[str, Claim]) -> pd.DataFrame:
    """Return the training settings that the paper prints beside those of a run.

    Parameters
    ----------
    about : dict
        ``Run.about``.
    ledger : dict
        Of ``diya2026``.
    """
    alpha, beta = (head.weight for head in Task.restored(about["task"]).heads)
    used = about["config"] | {"alpha": alpha, "beta": beta, "image_size": about["image_size"]}
    return pd.DataFrame(
        [
            {"setting": name, "paper": ledger[claim].printed, "this run": f"{used[key]:g}"}
            for key, claim, name in PRINTED_SETTINGS
        ]
    ).set_index("setting")
