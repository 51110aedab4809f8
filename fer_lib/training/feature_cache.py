"""Compute stored activations: the frozen part of a backbone on every image and its views."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from engine.store import progress, threads
from engine.store.stage import Stage
from fer_lib.data import datasets
from fer_lib.models import ALL_STAGES, backbones, pretrained_weights
from fer_lib.models.pretrained_registry import Pretrained
from fer_lib.training import augmentation as tensors
from fer_lib.training import feature_cache_key
from fer_lib.training.determinism import set_determinism
from fer_lib.training.feature_cache_key import Activations

VIEWS_SEED = 20_260  # of the changes behind the views: the same for every arm and seed
BATCH = 16  # larger ones leave the cache: measured, half as long again at 64


@dataclass(frozen=True)
class Stored:
    """Activations as they lie in the store, memory-mapped, of the precision asked for.

    Attributes
    ----------
    plain : ndarray
        Of every image as it is, (n, channels, h, w), or (n, channels) if everything is frozen.
    views : ndarray
        Of its changed copies, (n, views, ...).
    further : ndarray
        Of the further rendered test set, (m, ...); m is 0 where there is none.
    source : Pretrained
        Where the backbone's weights came from.
    about : dict
        ``about.json``.
    """

    plain: np.ndarray
    views: np.ndarray
    further: np.ndarray
    source: Pretrained
    about: dict


def augmentation() -> tensors.Augmentation:
    """Return the sizes of the random changes in the profiles smaller than the paper's."""
    return tensors.Augmentation(0.5, 15.0, 0.12, 0.06, 0.3, 0.3)


def obtain(wanted: Activations, data_root: str) -> Stored:
    """Return activations from the store if they are there and sound, else make them."""
    folder = feature_cache_key.stage(wanted, data_root).obtain()
    about = json.loads((folder / "about.json").read_text())
    arrays = (np.load(folder / f"{n}.npy", mmap_mode="r") for n in ("plain", "views", "further"))
    return Stored(*arrays, Pretrained.restored(about["weights"]), about)


def computed(
    trunk: nn.Module, images: Tensor, wanted: Activations, views: int, generator: torch.Generator
) -> Iterator[tuple[Tensor, list[Tensor]]]:
    """Yield the activations of one batch after the other: as it is, and of each view."""

    def activate(batch: Tensor) -> Tensor:
        found = trunk(batch)
        found = found.mean((2, 3)) if wanted.frozen == ALL_STAGES else found
        return found.contiguous().to(getattr(torch, wanted.precision))

    with torch.inference_mode():
        for start in range(0, len(images), BATCH):
            batch = tensors.normalise(images[start : start + BATCH])
            changed = [
                activate(tensors.augment(batch, augmentation(), generator)) for _ in range(views)
            ]
            yield activate(batch), changed


def make(wanted: Activations, data_root: str, stage: Stage, folder: Path) -> dict:
    """Compute activations into an empty folder; return what their record says of them.

    Parameters
    ----------
    wanted : Activations
        Which.
    data_root : str
        As for `fer_lib.data.datasets.by_name`.
    stage : Stage
        Theirs.
    folder : Path
        Where to write the arrays.
    """
    face_data = datasets.by_name(wanted.data, data_root or None)
    set_determinism(VIEWS_SEED, threads.count())
    source, found = pretrained_weights.start(wanted.family, wanted.pretrained)
    trunk, _ = backbones.split(backbones.create(source, found), wanted.frozen)
    generator = torch.Generator().manual_seed(VIEWS_SEED)
    images = tensors.resize(face_data.images, wanted.side)
    told = progress.Progress(f"activations of {wanted.name}:", len(images))
    plain, views = [], []
    for one, changed in computed(trunk, images, wanted, wanted.views, generator):
        plain.append(one)
        views.append(torch.stack(changed, 1) if changed else one[:, None][:, :0])
        told.step(len(one))
    further = torch.cat(plain)[:0]
    if face_data.has_truth:
        other = datasets.by_name("rendered_test", n_subjects=wanted.further)
        other_images = tensors.resize(other.images, wanted.side)
        parts = computed(trunk, other_images, wanted, 0, generator)
        further = torch.cat([one for one, _ in parts])
    np.save(folder / "plain.npy", torch.cat(plain).numpy())
    np.save(folder / "views.npy", torch.cat(views).numpy())
    np.save(folder / "further.npy", further.numpy())
    return {**asdict(wanted), "weights": asdict(source)}
