"""Profiles: how much work a build does. The page header names the one that made it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """The scale of one build.

    Attributes
    ----------
    name : str
        ``smoke`` (tests, CI), ``book`` (the default), ``book-full``, ``paper``.
    image_size : int
        Side of the square network input, in pixels.
    epochs : int
        Most epochs of one training; early stopping may end it sooner.
    patience : int
        Epochs without a better validation loss before training stops.
    batch_size : int
        Images per optimisation step.
    weight_average : float
        Decay per step of the running average of the dual-task model's weights; 0 for none, as in
        the paper.
    train_fraction : float
        Share of the training images that an epoch uses, in (0, 1].
    test_subjects : int
        Subjects in the further rendered test set.
    bootstrap : int
        Resamples (of subjects) behind each interval.
    lime_images, lime_samples : int
        Images that LIME explains, and perturbed copies per image.
    cam_images : int
        Images behind the scored Grad-CAM table.
    """

    name: str
    image_size: int
    epochs: int
    patience: int
    batch_size: int
    weight_average: float
    train_fraction: float
    test_subjects: int
    bootstrap: int
    lime_images: int
    lime_samples: int
    cam_images: int


PROFILES = (
    Profile("smoke", 64, 1, 1, 32, 0.0, 0.2, 10, 100, 4, 60, 14),
    Profile("book", 112, 18, 8, 32, 0.99, 1.0, 100, 2000, 14, 400, 140),
    Profile("book-full", 160, 40, 10, 32, 0.99, 1.0, 100, 2000, 60, 1000, 300),
    Profile("paper", 224, 100, 10, 32, 0.0, 1.0, 100, 2000, 60, 1000, 300),
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
