"""Name and key of stored activations, computed once by the frozen part of a backbone.

A backbone stage that is not trained gives the same activations in every epoch, for every seed and
every training configuration. They are computed once and stored: for every image, and for some
augmented copies of it, which replace random augmentation during training. Nothing heavy is imported
here; `fer_lib.training.feature_cache` computes them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from engine.store import keys
from engine.store.stage import Stage, later
from fer_lib.data import dataset_registry, datasets
from fer_lib.models import ALL_STAGES, pretrained_registry

FILES = ("about.json", "further.npy", "plain.npy", "views.npy")
MODULE = "fer_lib.training.feature_cache"
STORED = ("float16", "float32")  # precisions that NumPy's files have


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
        As for `fer_lib.data.datasets.by_name`.
    further : int
        Subjects of the further rendered test set.
    precision : str
        Of what is stored; it is computed in float32, whatever the trainings that read it do.
    """

    family: str
    pretrained: bool
    frozen: int
    side: int
    views: int
    data: str
    further: int
    precision: str = "float16"

    def __post_init__(self) -> None:
        """Refuse what cannot be computed."""
        if not 1 <= self.frozen <= ALL_STAGES:
            raise ValueError(f"frozen is {self.frozen}: give 1 to {ALL_STAGES} stages")
        if self.precision not in STORED:
            raise ValueError(
                f"unknown precision {self.precision!r}: choose one of {', '.join(STORED)}"
            )

    @property
    def name(self) -> str:
        """Its name for readers."""
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
        "rows": pretrained_registry.rows([wanted.family]) | dataset_registry.rows(wanted.data),
        **library.ingredients(*modules(wanted)),
    }


def stage(
    wanted: Activations,
    data_root: str,
    identity: str | None = None,
    library: keys.Library | None = None,
) -> Stage:
    """Return how some activations are made and where they lie, or will lie.

    Parameters
    ----------
    wanted : Activations
        Which.
    data_root : str
        Where the images lie; as for `fer_lib.data.datasets.by_name`.
    identity : str, optional
        The data set's (`fer_lib.data.datasets.identity`), if it is known already.
    library : Library, optional
        The code that counts; that of now, if not given.
    """

    def at_random(record: dict) -> list[str]:
        wants = [wanted.family] if wanted.pretrained else []
        return pretrained_registry.without_weights(wants, [record["weights"]])

    identity = identity or datasets.identity(wanted.data, data_root or None)
    return Stage(
        "activations",
        wanted.name,
        ingredients(wanted, identity, library or keys.library()),
        FILES,
        modules(wanted),
        later(MODULE, wanted, data_root),
        what=wanted,
        at_random=at_random,
        to_be_had=pretrained_registry.to_be_had,
    )
