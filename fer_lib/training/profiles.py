"""Profiles: the scale at which a build trains.

The table is ``fer_lib/tables/profiles.toml``. What pages take besides, such as how many images they
explain, is in `engine.page.budget`, so that another number there trains nothing again.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.store import registry

SCALES = ("full", "small", "tiny")  # of headline arms, of comparisons, of trainings from nothing
PRECISIONS = ("float32", "bfloat16")  # of the arithmetic of a training step


@dataclass(frozen=True)
class Scale:
    """How large one training is.

    Attributes
    ----------
    side : int
        Side of the square network input, in pixels.
    frozen : int
        Stages of a pretrained backbone that stay as they are, stem included; 0 trains all of it.
    epochs : int
        Most epochs; early stopping may end it sooner.
    patience : int
        Epochs without a better validation loss before training stops.
    """

    side: int
    frozen: int
    epochs: int
    patience: int


@dataclass(frozen=True)
class Profile:
    """The scale of one build.

    Attributes
    ----------
    name : str
        ``smoke`` (tests, CI), ``book`` (the default), ``book-full``, ``paper``.
    full, small, tiny : Scale
        Of headline arms, of comparisons among arms, and of trainings that start from nothing.
    batch_size : int
        Images per optimisation step.
    weight_average : float
        Decay per step of the running average of a pretrained model's weights; 0 for none, as in
        the paper.
    views : int
        Stored changed copies of each image, where a backbone is partly frozen.
    train_fraction : float
        Share of the training images that an epoch uses, in (0, 1].
    test_subjects : int
        Subjects in the further rendered test set.
    """

    name: str
    full: Scale
    small: Scale
    tiny: Scale
    batch_size: int
    weight_average: float
    views: int
    train_fraction: float
    test_subjects: int


TABLE = registry.Table("profiles", "profile")


def get(name: str) -> Profile:
    """Return the profile called ``name``.

    Raises
    ------
    ValueError
        If there is none of that name; the message lists the known ones.
    """
    row = TABLE[name]
    scales = {s: TABLE.build(name, Scale, row[s]) for s in SCALES if s in row}
    return TABLE.build(name, Profile, row | scales, name=name)
