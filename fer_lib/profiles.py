"""Profiles: at what scale a build trains. The page header names the one that made it.

What pages take besides, such as how many images they explain, is in `fer_lib.amounts`, so that
another number there trains nothing again.
"""

from __future__ import annotations

from dataclasses import dataclass

SCALES = ("full", "small", "tiny")  # of headline arms, of comparisons, of trainings from nothing


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

    @property
    def image_size(self) -> int:
        """Side of the headline arms' input, in pixels."""
        return self.full.side


_SMOKE = Scale(64, 6, 1, 1)
_PAPER = Scale(224, 0, 100, 10)
PROFILES = (
    Profile("smoke", _SMOKE, _SMOKE, Scale(32, 0, 1, 1), 32, 0.0, 3, 0.2, 10),
    Profile(
        "book",
        full=Scale(112, 5, 6, 6),
        small=Scale(96, 6, 3, 3),
        tiny=Scale(64, 0, 2, 2),
        batch_size=32,
        weight_average=0.97,
        views=3,
        train_fraction=1.0,
        test_subjects=50,
    ),
    Profile(
        "book-full",
        full=Scale(160, 0, 40, 10),
        small=Scale(112, 4, 20, 8),
        tiny=Scale(96, 0, 30, 10),
        batch_size=32,
        weight_average=0.99,
        views=16,
        train_fraction=1.0,
        test_subjects=100,
    ),
    Profile("paper", _PAPER, _PAPER, _PAPER, 32, 0.0, 0, 1.0, 100),
)


def get(name: str) -> Profile:
    """Return the profile called ``name``.

    Raises
    ------
    ValueError
        If there is none of that name; the message lists the known ones.
    """
    for profile in PROFILES:
        if profile.name == name:
            return profile
    known = ", ".join(profile.name for profile in PROFILES)
    raise ValueError(f"unknown profile {name!r}: choose one of {known}")
