"""A data set, a profile and weights so small that a whole training takes a second or two."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pandas as pd
import torch

from fer_lib.data import datasets
from fer_lib.data.schema import FaceData, empty_report
from fer_lib.labels import EMOTIONS
from fer_lib.models import pretrained_registry, pretrained_weights, torchvision_repair
from fer_lib.training import profiles
from fer_lib.training.profiles import Scale

PROFILE = replace(
    profiles.get("smoke"),
    full=Scale(32, 6, 1, 1),
    small=Scale(32, 6, 1, 1),
    tiny=Scale(32, 0, 1, 1),
    train_fraction=0.5,
)
LITE0 = "tf_efficientnet_lite0"


def faces_of(seed: int, subjects: int = 10, rendered: bool = False) -> FaceData:
    """Return noise: each subject with every emotion, fake and genuine."""
    chance = np.random.default_rng(seed)
    rows = [
        (f"s{s}", emotion, kind)
        for s in range(subjects)
        for emotion in EMOTIONS
        for kind in ("fake", "genuine")
    ]
    n = len(rows)
    table = pd.DataFrame(rows, columns=["group", "emotion", "authenticity"])
    table["image_id"] = [f"i{k}" for k in range(n)]
    images = chance.integers(0, 255, (n, 48, 48, 3), dtype=np.uint8)
    name, kind = ("rendered46", "rendered") if rendered else ("gffd2025", "photographs")
    report = empty_report()
    return FaceData(table, images, name, kind, "subject", f"{seed:064x}", report, rendered)


def use(monkeypatch, folder, rendered: bool = False):
    """Let everything use the tiny data set and profile, and a store in ``folder``."""
    monkeypatch.setenv("FER_CACHE", str(folder / "store"))
    monkeypatch.setenv("FER_PROGRESS", str(folder / "log"))

    def load(name, *_rest, **_more):
        if name == "rendered_test":
            return faces_of(2, 2, rendered=True)
        return faces_of(1, rendered=rendered)

    monkeypatch.setattr(datasets, "by_name", load)
    monkeypatch.setattr(datasets, "identity", lambda *_a: faces_of(1).sha256)
    monkeypatch.setattr(
        profiles, "get", lambda name: PROFILE if name == "smoke" else replace(PROFILE, name=name)
    )
    return folder


@functools.cache
def tensors_of(architecture: str, library: str = "timm") -> dict[str, torch.Tensor]:
    """Return weights of an architecture that a seed decides, in place of a checkpoint's.

    Batch normalisation knows the statistics of noise, so that two images give two embeddings.
    """
    torchvision_repair.ensure()
    import timm
    from torchvision.models import get_model

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        make = {"timm": timm.create_model, "torchvision": get_model}[library]
        model = make(architecture, num_classes=1000)
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.momentum = 1.0
        with torch.no_grad():
            side = 299 if architecture == "inception_v3" else 64  # its second classifier's
            model.train()(torch.randn(4 if side > 64 else 16, 3, side, side))
        return model.state_dict()


def use_weights(monkeypatch, families: dict[str, pretrained_registry.Pretrained] | None) -> None:
    """Let these families, and no others, have weights, made up from a seed; None: none has."""
    found = {
        family: (source, tensors_of(source.architecture, source.library))
        for family, source in (families or {}).items()
    }

    def resolve(family):
        first = pretrained_registry.family(family)[0]
        named = (first.architecture, first.library) if found else (LITE0,)
        return found.get(family, (pretrained_registry.random_start(*named), None))

    def again(source):
        return next((t for s, t in found.values() if s == source), None)

    monkeypatch.setattr(pretrained_weights, "resolve", resolve)
    monkeypatch.setattr(pretrained_weights, "again", again)
