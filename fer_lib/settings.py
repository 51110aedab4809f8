"""The settings of a computation: data set, its folder, profile, seed."""

from __future__ import annotations

from dataclasses import dataclass

from fer_lib.data import dataset_registry
from fer_lib.training import profiles

SEEDS = 2**32  # so many there are, from 0


@dataclass(frozen=True)
class Settings:
    """The parameters of a page and of all that is computed for it, as one value.

    Attributes
    ----------
    data : str
        The data set; a row of ``fer_lib/tables/datasets.toml``.
    data_root : str
        Where one's own copy of a data set of photographs lies; "" for a rendered one.
    profile : str
        How much is computed; a row of ``fer_lib/tables/profiles.toml``.
    seed : int
        Of all that is drawn, 0 to 2**32 - 1.

    Raises
    ------
    ValueError
        At once, if the data set or the profile is unknown or the seed is none; so two values that
        are given in the wrong order are noticed where they are given.
    """

    data: str
    data_root: str
    profile: str
    seed: int

    def __post_init__(self) -> None:
        """Refuse what is unknown before any work is done."""
        dataset_registry.TABLE.check(self.data)
        profiles.TABLE.check(self.profile)
        if not isinstance(self.data_root, str):
            raise ValueError(f"data_root is {self.data_root!r}: give a folder's name, or none")
        if not isinstance(self.seed, int) or not 0 <= self.seed < SEEDS:
            raise ValueError(f"seed is {self.seed!r}: give a whole number from 0 to {SEEDS - 1}")

    @property
    def name(self) -> str:
        """What it is called in the name of a result: ``rendered46-book-seed0``."""
        return f"{self.data}-{self.profile}-seed{self.seed}"

    @property
    def counted(self) -> dict[str, str | int]:
        """What of it decides a result, for its key and its record: not where the data lie."""
        return {"data": self.data, "profile": self.profile, "seed": self.seed}
