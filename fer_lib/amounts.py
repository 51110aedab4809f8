"""How much a page computes in each profile: resamples, explained images, rendered faces.

The table is ``fer_lib/tables/amounts.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass

from fer_lib import profiles, registry


@dataclass(frozen=True)
class Amounts:
    """What the pages of one profile take.

    Attributes
    ----------
    name : str
        The profile, as in `fer_lib.profiles`.
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
        """Side of the headline arms' input, in pixels."""
        return profiles.get(self.name).image_size


TABLE = registry.Table("amounts", "profile")


def rows(name: str) -> dict[str, str]:
    """Return the row of a profile, for the key of a page that asks for its amounts."""
    get(name)  # refuses a row that cannot be
    return TABLE.digests(name)


def get(name: str) -> Amounts:
    """Return the amounts of a profile.

    Raises
    ------
    ValueError
        If there is none of that name; the message lists the known ones.
    """
    return TABLE.build(name, Amounts, name=name)
