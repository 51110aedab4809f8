"""What a set of rendered clips is: how many subjects, how many clips an emotion, which seed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

from face_renderer.recipes import EMOTIONS
from face_renderer.spec import GENERATOR_VERSION

# Clips of each emotion: 1,150 in the shares of the public code's training set.
COUNTS = {
    "angry": 176,
    "disgust": 66,
    "fear": 154,
    "happy": 270,
    "neutral": 142,
    "sad": 195,
    "surprise": 147,
}


@dataclass(frozen=True)
class ClipSpec:
    """A set of clips, before any pixel.

    Parameters
    ----------
    name : str
        Begins the ids of images and groups.
    n_male, n_female : int
        Subjects, exact; as many of each, or one more of either.
    counts : dict of emotion -> int
        Clips of each emotion.
    seed : int
        Another seed is another set of people.
    size : int
        Side of the images in pixels, 32 to 512.
    difficulty : float
        Scales resting faces, unrelated units, spread of intensities, pose and light; 0 to 2.

    Raises
    ------
    ValueError
        On any value outside what is said here.
    """

    name: str
    n_male: int
    n_female: int
    counts: dict
    seed: int
    size: int = 112
    difficulty: float = 1.0

    def __post_init__(self):
        """Refuse what cannot be rendered."""
        if min(self.n_male, self.n_female) < 0 or not 0 < self.n_subjects < 1000:
            raise ValueError(f"{self.n_subjects} subjects: a set has 1 to 999")
        if abs(self.n_male - self.n_female) > 1:
            raise ValueError("men and women must be as many, or differ by one")
        if not 32 <= self.size <= 512:
            raise ValueError(f"size is {self.size}, must be 32 to 512")
        if not 0 <= self.difficulty <= 2:
            raise ValueError(f"difficulty is {self.difficulty}, must be 0 to 2")
        for emotion, count in self.counts.items():
            if emotion not in EMOTIONS or count < 0:
                raise ValueError(f"bad count {emotion}: {count}")

    @property
    def n_subjects(self) -> int:
        """How many people."""
        return self.n_male + self.n_female

    def several(self, n_subjects: int | None) -> int:
        """Return how many subjects are asked for; None: all.

        Raises
        ------
        ValueError
            If there are not so many.
        """
        wanted = self.n_subjects if n_subjects is None else n_subjects
        if not 1 <= wanted <= self.n_subjects:
            raise ValueError(f"n_subjects is {n_subjects}: choose 1 to {self.n_subjects}, or None")
        return wanted

    def key(self) -> str:
        """Return 12 hexadecimal digits that name this set and the generator's version."""
        text = json.dumps([asdict(self), GENERATOR_VERSION], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


RENDERED_MICRO = ClipSpec("rendered_micro", 30, 30, COUNTS, seed=65_500)
