"""What a rendered set is: how many subjects, how many images a cell, which seed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace

from face_renderer.recipes import AUTHENTICITY, EMOTIONS

GENERATOR_VERSION = "1.1.0"

# Table 3 of the dual-task paper (doi:10.28991/ESJ-2026-010-02-018): fake, genuine.
TABLE3 = {
    "angry": (99, 64),
    "disgust": (152, 115),
    "fear": (134, 104),
    "happy": (152, 184),
    "neutral": (141, 169),
    "sad": (76, 125),
    "surprise": (101, 41),
}


@dataclass(frozen=True)
class RenderedSpec:
    """A rendered set, before any pixel.

    Parameters
    ----------
    name : str
        Letters, digits, ``_`` and ``-`` only: it names a folder.
    n_male, n_female : int
        Subjects, exact.
    cells : dict of (emotion, authenticity) -> int
        Images in each cell, exact.
    seed : int
        Another seed is another set of people.
    difficulty : float
        Scales overlap of the classes, unrelated action units, pose and light; 1.0 is the default.
    size : int
        Width and height of the images, 32 to 512 pixels.

    Raises
    ------
    ValueError
        On any value outside what is said here.
    """

    name: str
    n_male: int
    n_female: int
    cells: dict
    seed: int
    difficulty: float = 1.0
    size: int = 224

    def __post_init__(self):
        """Refuse what cannot be rendered."""
        if not self.name or not all(c.isalnum() or c in "_-" for c in self.name):
            raise ValueError(f"name {self.name!r} must be letters, digits, _ and - only")
        if self.n_male < 0 or self.n_female < 0 or self.n_subjects == 0:
            raise ValueError("a set needs at least one subject")
        if not 32 <= self.size <= 512:
            raise ValueError(f"size is {self.size}, must be 32 to 512")
        if not 0 <= self.difficulty <= 2:
            raise ValueError(f"difficulty is {self.difficulty}, must be 0 to 2")
        for (emotion, authenticity), count in self.cells.items():
            if emotion not in EMOTIONS or authenticity not in AUTHENTICITY or count < 0:
                raise ValueError(f"bad cell {emotion}/{authenticity}: {count}")

    @property
    def n_subjects(self) -> int:
        """How many people."""
        return self.n_male + self.n_female

    @property
    def n_images(self) -> int:
        """How many images."""
        return sum(self.cells.values())

    def with_subjects(self, n: int) -> RenderedSpec:
        """Return a smaller set of ``n`` subjects, sexes and cells scaled, no cell left empty."""
        if not 2 <= n <= self.n_subjects:
            raise ValueError(f"n is {n}, must be 2 to {self.n_subjects}")
        share = n / self.n_subjects
        n_male = min(n - 1, max(1, int(self.n_male * share + 0.5)))
        cells = {cell: max(1, int(k * share + 0.5)) for cell, k in self.cells.items() if k}
        name = self.name if n == self.n_subjects else f"{self.name}-{n}subjects"
        return replace(self, name=name, n_male=n_male, n_female=n - n_male, cells=cells)

    def as_dict(self) -> dict:
        """Return the spec as plain values, cells keyed ``emotion/authenticity``."""
        cells = {"/".join(cell): self.cells[cell] for cell in sorted(self.cells)}
        return {
            "name": self.name,
            "n_male": self.n_male,
            "n_female": self.n_female,
            "cells": cells,
            "seed": self.seed,
            "difficulty": self.difficulty,
            "size": self.size,
        }

    def key(self) -> str:
        """Return 12 hexadecimal digits that name this set and this generator's version."""
        text = json.dumps([self.as_dict(), GENERATOR_VERSION], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def _cells(counts) -> dict:
    return {
        (emotion, authenticity): counts(emotion, k)
        for emotion in EMOTIONS
        for k, authenticity in enumerate(AUTHENTICITY)
    }


RENDERED46 = RenderedSpec("rendered46", 28, 18, _cells(lambda e, k: TABLE3[e][k]), seed=46)
RENDERED_TEST = RenderedSpec("rendered_test", 50, 50, _cells(lambda e, k: 100), seed=100_000)
