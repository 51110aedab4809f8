"""Inputs of a network for each part of a split: images or stored activations, with labels."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from fer_lib.data import datasets, split_protocols
from fer_lib.data.schema import FaceData
from fer_lib.data.split_protocols import ITSELF, Parts
from fer_lib.models import ALL_STAGES
from fer_lib.task import Task
from fer_lib.training import augmentation as tensors
from fer_lib.training import feature_cache, profiles
from fer_lib.training.config import Arm, Experiment
from fer_lib.training.dataset import ActivationSamples, ImageSamples, Samples
from fer_lib.training.feature_cache import Stored


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
    task : Task
        Which labels of the tables are learnt.
    """

    faces: FaceData
    further: FaceData | None
    stored: tuple[Stored, ...]
    side: int
    augmentation: tensors.Augmentation | None
    task: Task

    def samples(
        self, rows: np.ndarray, copies: np.ndarray | None, targets: dict[str, np.ndarray]
    ) -> Samples:
        """Return the samples at ``rows``, with the targets given for the whole table by head.

        With ``copies`` each row stands for that copy of its image, and is not changed again.
        """
        labels = {head: torch.from_numpy(given[rows]) for head, given in targets.items()}
        if not self.stored:
            images = tensors.resize(self.faces.images[rows], self.side)
            if copies is None:
                return ImageSamples(images, labels, self.augmentation)
            return ImageSamples(copied(images, copies), labels)
        plain = tuple(torch.from_numpy(one.plain[rows]) for one in self.stored)
        if copies is not None:
            for kept, one in zip(plain, self.stored, strict=True):
                changed = np.flatnonzero(copies != ITSELF)
                kept[changed] = torch.from_numpy(one.views[rows[changed], copies[changed]])
            return ActivationSamples(plain, (), labels)
        changed = self.stored if self.augmentation else ()
        views = tuple(torch.from_numpy(one.views[rows]) for one in changed)
        return ActivationSamples(plain, views, labels)

    def parted(self, parts: Parts, arm: Arm, seed: int) -> dict[str, Samples]:
        """Return the samples of each part; wrong labels, where the arm has some, spare the test."""
        truth = self.task.targets(self.faces.table)
        learnt = truth | {
            head.name: split_protocols.wrong_labels(truth[head.name], arm.wrong_labels, seed)
            for head in self.task.yes_no
        }
        found = {
            name: self.samples(rows, parts.copies.get(name), truth if name == "test" else learnt)
            for name, rows in parts.rows().items()
        }
        if arm.sampling == "smote":
            from fer_lib.training import smote

            found["train"] = smote.with_synthetic(found["train"], self.task, seed)
        return found

    def further_samples(self) -> Samples:
        """Return the further rendered subjects."""
        stored = tuple(replace(one, plain=one.further) for one in self.stored)
        other = replace(self, faces=self.further, stored=stored, augmentation=None)
        table = self.further.table
        return other.samples(np.arange(len(table)), None, self.task.targets(table))


def copied(images: Tensor, copies: np.ndarray) -> Tensor:
    """Return uint8 images (n, 3, side, side), each changed at random unless it stands for itself.

    As stored views are, where there are some; the same images give the same copies.
    """
    generator = torch.Generator().manual_seed(feature_cache.VIEWS_SEED)
    found = images.clone()
    for batch in torch.from_numpy(np.flatnonzero(copies != ITSELF)).split(feature_cache.BATCH):
        plain = tensors.normalise(images[batch])
        changed = tensors.augment(plain, feature_cache.augmentation(), generator)
        found[batch] = tensors.pixels(changed)
    return found


def of(experiment: Experiment) -> Inputs:
    """Return what the experiment's network sees; missing activations are made first."""
    settings = experiment.settings
    profile = profiles.get(settings.profile)
    faces = datasets.by_name(settings.data, settings.data_root or None)
    further = None
    if faces.has_truth:
        further = datasets.by_name("rendered_test", n_subjects=profile.test_subjects)
    stored = tuple(
        feature_cache.obtain(wanted, settings.data_root) for wanted in experiment.activations
    )
    how = changes(experiment)
    return Inputs(faces, further, stored, experiment.scale.side, how, experiment.task)


def changes(experiment: Experiment) -> tensors.Augmentation | None:
    """Return how far the experiment's training images are changed; None: not at all."""
    if not experiment.arm.augmentation or experiment.frozen == ALL_STAGES:
        return None
    small = experiment.settings.profile != "paper"
    return feature_cache.augmentation() if small else tensors.Augmentation()
