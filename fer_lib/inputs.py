"""What a network sees: images or stored activations, with their labels, part by part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from fer_lib import activate, profiles, protocols, tensors
from fer_lib import data as datasets
from fer_lib.activate import Stored
from fer_lib.activations import ALL_STAGES
from fer_lib.labels import EMOTIONS
from fer_lib.plan import Arm, Experiment
from fer_lib.protocols import ITSELF, Parts
from fer_lib.samples import ActivationSamples, ImageSamples, Samples


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

    def parted(self, parts: Parts, arm: Arm, seed: int) -> dict[str, Samples]:
        """Return the samples of each part; wrong labels, where the arm has some, spare the test."""
        _, truth = self.labels(self.faces.table)
        genuine = protocols.wrong_labels(truth, arm.wrong_labels, seed)
        found = {
            name: self.samples(rows, parts.copies.get(name), truth if name == "test" else genuine)
            for name, rows in parts.rows().items()
        }
        if arm.sampling == "smote":
            from fer_lib import sampling

            found["train"] = sampling.with_synthetic(found["train"], seed)
        return found

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


def of(experiment: Experiment) -> Inputs:
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
