"""Tables that describe a model and its training, read off the live objects."""

from __future__ import annotations

import pandas as pd
import torch
from torch import nn

from fer_lib import page
from fer_lib.claims import Claim
from fer_lib.runs import Run

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


def _shapes(model: nn.Module, modules: dict[str, nn.Module], side: int) -> dict[str, str]:
    """Return the output shape of each module for one image."""
    shapes: dict[str, str] = {}
    hooks = [
        module.register_forward_hook(
            lambda _m, _i, out, name=name: shapes.update(
                {name: " × ".join(str(n) for n in out.shape[1:])}
            )
        )
        for name, module in modules.items()
    ]
    training = model.training
    try:
        with torch.no_grad():
            model.eval()(torch.zeros(1, 3, side, side))
    finally:
        model.train(training)
        for hook in hooks:
            hook.remove()
    return shapes


def _table(model: nn.Module, modules: dict[str, nn.Module], side: int) -> pd.DataFrame:
    shapes = _shapes(model, modules, side)
    return pd.DataFrame(
        {
            "kind": {name: type(module).__name__ for name, module in modules.items()},
            "output (channels × height × width)": shapes,
            "parameters": {
                name: sum(p.numel() for p in module.parameters())
                for name, module in modules.items()
            },
        }
    ).rename_axis("part")


def layers(model: nn.Module, side: int) -> pd.DataFrame:
    """Return one row for each layer of a small model: kind, output shape, parameters.

    Parameters
    ----------
    model : nn.Module
        Any model that takes (1, 3, side, side).
    side : int
        Image side in pixels.
    """
    leaves = {name: module for name, module in model.named_modules() if not list(module.children())}
    return _table(model, leaves, side)


def stages(model: nn.Module, side: int) -> pd.DataFrame:
    """Return one row for each stage of a dual-task model: stem, block stages, head convolution."""
    backbone = model.backbone
    parts = {"stem": backbone.conv_stem}
    parts |= {f"stage {k + 1}": stage for k, stage in enumerate(backbone.blocks)}
    parts |= {"last convolution": backbone.conv_head}
    parts |= {"emotion head": model.emotion, "authenticity head": model.authenticity}
    table = _table(model, parts, side)
    table["squeeze-and-excitation gates"] = [
        sum(
            name.endswith("se") and any(True for _ in module.parameters())
            for name, module in part.named_modules()
        )
        for part in parts.values()
    ]
    return table


def still_improving(run: Run) -> bool:
    """Return whether the last epoch of a run was its best on the validation part."""
    return bool(run.history["best"].iloc[-1])


GAP_CAVEAT = (
    "The baseline was stopped while it was still improving, and unlike the other model it starts "
    "from nothing: the direction may be read from this table, the size of the gap may not."
)


def training(run: Run) -> str:
    """Return in a sentence or two on what, for how long and to what end a run was trained."""
    about = run.about
    images, groups = about["images"], about["groups"]
    threads = about["environment"]["threads"]
    took = page.measured(f"{about['wall_seconds']:.0f} s")
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
    used = about["config"] | {"image_size": about["image_size"]}
    return pd.DataFrame(
        [
            {"setting": name, "paper": ledger[claim].printed, "this run": f"{used[key]:g}"}
            for key, claim, name in PRINTED_SETTINGS
        ]
    ).set_index("setting")
