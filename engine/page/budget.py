"""How much a page computes in each profile: resamples, explained images, rendered faces.

The table is ``fer_lib/tables/amounts.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.store import registry
from fer_lib.training import profiles


@dataclass(frozen=True)
class Amounts:
    """What the pages of one profile take.

    Attributes
    ----------
    name : str
        The profile, as in `fer_lib.training.profiles`.
    bootstrap : int
        Resamples (of subjects) behind each interval.
    lime_images, lime_samples : int
        Images that LIME explains, and the most perturbed copies of each.
    lime_models : int
        Models that LIME explains, from the proposed one on.
    lime_stability : float
        Mean Spearman correlation over five seeds that decides how many copies are made.
    cam_images : int
        Images behind the scored Grad-CAM table.
    tone_images : int
        Faces that are rendered again in every skin tone; even.
    probe_images : int
        Images behind deletion and insertion, randomisation and LIME's stability, which need many
        passes each.
    """

    name: str
    bootstrap: int
    lime_images: int
    lime_samples: int
    lime_models: int
    lime_stability: float
    cam_images: int
    tone_images: int
    probe_images: int

    @property
    def test_subjects(self) -> int:
        """Subjects in the further rendered test set."""
        return profiles.get(self.name).test_subjects

    @property
    def image_size(self) -> int:
        """Side of the headline training configurations' input, in pixels."""
        return profiles.get(self.name).full.side


TABLE = registry.TableOf("amounts", "profile", Amounts)
get, rows = TABLE.get, TABLE.rows
