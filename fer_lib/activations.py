"""What the frozen part of a backbone computes, once for all trainings: its name and its place.

A stage that is not trained gives the same activations in every epoch, from every seed and in every
arm. So they are computed once and stored: of every image as it is, and of some changed copies of
it, which stand in for changing images at random while training. Nothing heavy is imported here;
`fer_lib.activate` makes them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from fer_lib import data as datasets
from fer_lib import dataset_registry, keys, paths, sources

ALL_STAGES = 8  # the stem and the seven block stages of the EfficientNet family, and what follows
FILES = ("about.json", "further.npy", "plain.npy", "views.npy")
MODULE = "fer_lib.activate"


@dataclass(frozen=True)
class Activations:
    """Which activations: of which backbone, how deep, on which images.

    Attributes
    ----------
    family : str
        A row of ``fer_lib/tables/families.toml``.
    pretrained : bool
        Whether it starts from ImageNet weights where they can be had.
    frozen : int
        Stages computed, 1 to `ALL_STAGES`; the stem and the first stage count as one each.
    side : int
        Side of the input in pixels.
    views : int
        Changed copies of each image.
    data : str
        As for `fer_lib.data.load`.
    further : int
        Subjects of the further rendered test set.
    """

    family: str
    pretrained: bool
    frozen: int
    side: int
    views: int
    data: str
    further: int

    def __post_init__(self) -> None:
        """Refuse what cannot be computed."""
        if not 1 <= self.frozen <= ALL_STAGES:
            raise ValueError(f"frozen is {self.frozen}: give 1 to {ALL_STAGES} stages")

    @property
    def name(self) -> str:
        """What people call it."""
        start = "" if self.pretrained else "-random"
        return f"{self.family}{start}-{self.frozen}-{self.data}-{self.side}px"


def modules(wanted: Activations) -> tuple[str, ...]:
    """Return the modules from which the code behind some activations is found."""
    return (MODULE, *dataset_registry.adapters(wanted.data))


def ingredients(wanted: Activations, identity: str, library: keys.Library) -> dict:
    """Return all that decides the numbers; ``identity`` is the data set's."""
    return {
        "settings": asdict(wanted),
        "data": identity,
        "rows": sources.rows([wanted.family]) | dataset_registry.rows(wanted.data),
        **library.ingredients(*modules(wanted)),
    }


def folder_name(wanted: Activations, decides: dict) -> str:
    """Return the name of the folder that ``decides`` (from `ingredients`) gives."""
    return f"{wanted.name}-{keys.digest(decides)}"


def place(wanted: Activations, data_root: str) -> tuple[Path, dict]:
    """Return where they lie, or will lie, and the ingredients that say so."""
    identity = datasets.identity(wanted.data, data_root or None)
    decides = ingredients(wanted, identity, keys.library())
    return paths.cache() / "activations" / folder_name(wanted, decides), decides
