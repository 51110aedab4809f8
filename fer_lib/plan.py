"""What a training is, what decides its result, and where that lies. Nothing heavy is imported."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

from fer_lib import data as datasets
from fer_lib import dataset_registry, keys, paths, profiles, sources
from fer_lib.activations import ALL_STAGES, Activations

RUN_FILES = ("run.json", "history.csv", "predictions.parquet", "weights.safetensors")
TRAINED = ("late", "all", "heads")
LOSSES = ("bce", "focal")
SAMPLING = ("none", "weighted", "smote")
PROTOCOLS = ("group", "image", "copies", "test_stopping", "dropped")


@dataclass(frozen=True)
class Arm:
    """One way to train one model: everything but data, scale and seed.

    Attributes
    ----------
    name : str
        What runs and pages call it.
    model : str
        A file of `fer_lib.models`.
    backbones : tuple of str
        Rows of ``fer_lib/tables/families.toml``, one a stream; empty for a model without any.
    options : dict
        What the model's ``build`` takes beside them, by name.
    pretrained : bool
        Whether the backbones start from ImageNet weights where they can be had.
    trained : str
        ``late``: the profile says how many stages of a backbone stay frozen; ``all``: none does;
        ``heads``: all do, and the heads learn from embeddings.
    loss : str
        Of the authenticity head, one of `LOSSES`; the emotion's is cross-entropy.
    gamma : float
        Of the focal loss.
    alpha, beta : float
        Weights of the emotion and the authenticity loss, equation (1).
    sampling : str
        One of `SAMPLING`: how the training part is balanced.
    augmentation : bool
        Whether training images are changed at random.
    protocol : str
        One of `PROTOCOLS`: who is trained, stopped and tested on. ``group`` is sound, the others
        show what goes wrong.
    wrong_labels : float
        Share of authenticity labels turned round before training, in [0, 0.5).
    scale : str
        One of `fer_lib.profiles.SCALES`.

    Raises
    ------
    ValueError
        At once, if a word is unknown or a number is out of its range.
    """

    name: str
    model: str
    backbones: tuple[str, ...] = ()
    options: dict = field(default_factory=dict)
    pretrained: bool = True
    trained: str = "late"
    loss: str = "bce"
    gamma: float = 2.0
    alpha: float = 0.4
    beta: float = 0.6
    sampling: str = "none"
    augmentation: bool = True
    protocol: str = "group"
    wrong_labels: float = 0.0
    scale: str = "full"

    def __post_init__(self) -> None:
        """Refuse what is unknown before any work is done."""
        for what, known in (
            ("trained", TRAINED),
            ("loss", LOSSES),
            ("sampling", SAMPLING),
            ("protocol", PROTOCOLS),
            ("scale", profiles.SCALES),
        ):
            if getattr(self, what) not in known:
                raise ValueError(
                    f"unknown {what} {getattr(self, what)!r} of arm {self.name}: choose one of "
                    f"{', '.join(known)}"
                )
        if not self.pretrained and self.trained != "all":
            raise ValueError(f"arm {self.name}: random stages are not worth freezing: train all")
        if self.sampling == "smote" and self.trained != "heads":
            raise ValueError(
                f"arm {self.name}: a synthetic embedding has no image, so SMOTE can only feed "
                "heads on a frozen backbone (trained='heads')"
            )
        if not 0 <= self.wrong_labels < 0.5:
            raise ValueError(f"wrong_labels is {self.wrong_labels}: give a share in [0, 0.5)")
        if min(self.alpha, self.beta) < 0 or self.alpha + self.beta == 0:
            raise ValueError(f"arm {self.name}: alpha and beta must be 0 or more, and not both 0")


@dataclass(frozen=True)
class Experiment:
    """One training: an arm on a data set, at a scale, from a seed.

    Attributes
    ----------
    arm : Arm
        How.
    data, data_root : str
        As for `fer_lib.data.load`.
    profile : str
        As for `fer_lib.profiles.get`.
    seed : int
        Of the split, of the weights' start and of every batch.

    Raises
    ------
    ValueError
        At once, if the data set is for testing only or the profile is unknown.
    """

    arm: Arm
    data: str
    data_root: str
    profile: str
    seed: int

    def __post_init__(self) -> None:
        """Refuse what is unknown before any work is done."""
        if self.data == "rendered_test":
            raise ValueError("rendered_test is for testing only: choose rendered46 or gffd2025")
        profiles.get(self.profile)

    @property
    def scale(self) -> profiles.Scale:
        """How large the training is."""
        return getattr(profiles.get(self.profile), self.arm.scale)

    @property
    def frozen(self) -> int:
        """Stages of each backbone that stay as they are; `ALL_STAGES` for the whole of it."""
        if self.arm.trained == "heads":
            return ALL_STAGES
        return 0 if self.arm.trained == "all" else self.scale.frozen

    @property
    def probed(self) -> Activations | None:
        """The embeddings by which protocol ``dropped`` finds what is unclear; else None."""
        if self.arm.protocol != "dropped":
            return None
        return self._stored(self.arm.backbones[0], True, ALL_STAGES, 0)

    @property
    def views(self) -> int:
        """Stored changed copies of each image; embeddings are of the images as they are."""
        whole_or_none = self.frozen in (0, ALL_STAGES)
        return 0 if whole_or_none else profiles.get(self.profile).views

    @property
    def activations(self) -> tuple[Activations, ...]:
        """The stored activations that it learns from, one a backbone; empty if from images."""
        if not self.frozen:
            return ()
        how = (self.arm.pretrained, self.frozen, self.views)
        return tuple(self._stored(family, *how) for family in self.arm.backbones)

    def _stored(self, family: str, pretrained: bool, frozen: int, views: int) -> Activations:
        """Return activations of this experiment's images."""
        of = profiles.get(self.profile)
        how = (pretrained, frozen, self.scale.side, views, self.data, of.test_subjects)
        return Activations(family, *how)


def all_activations(experiment: Experiment) -> tuple[Activations, ...]:
    """Return every set of stored activations that an experiment reads."""
    probed = experiment.probed
    return experiment.activations + ((probed,) if probed else ())


def modules_behind(model: str, data: str) -> tuple[str, ...]:
    """Return the modules from which the code behind a training of ``model`` is found."""
    return ("fer_lib.experiment", f"fer_lib.models.{model}", *dataset_registry.adapters(data))


def rows(experiment: Experiment) -> dict[str, str]:
    """Return the rows of the registries that an experiment uses, for its key."""
    found = profiles.TABLE.digests(experiment.profile) | dataset_registry.rows(experiment.data)
    return found | sources.rows(experiment.arm.backbones)


def ingredients(experiment: Experiment, identity: str, library: keys.Library) -> dict:
    """Return all that decides a run's numbers.

    ``identity`` is the data set's (`fer_lib.data.identity`). Where the data lie does not count.
    """
    settings = asdict(experiment)
    del settings["data_root"]
    return {
        "settings": settings,
        "data": identity,
        "rows": rows(experiment),
        **library.ingredients(*modules_behind(experiment.arm.model, experiment.data)),
    }


def run_name(experiment: Experiment, decides: dict) -> str:
    """Return the name of the run that ``decides`` (from `ingredients`) gives."""
    e = experiment
    return f"{e.arm.name}-{e.data}-{e.profile}-seed{e.seed}-{keys.digest(decides)}"


def run_place(experiment: Experiment) -> tuple[Path, dict]:
    """Return where the experiment's run lies, or will lie, and the ingredients that say so."""
    identity = datasets.identity(experiment.data, experiment.data_root or None)
    decides = ingredients(experiment, identity, keys.library())
    return paths.cache() / "runs" / run_name(experiment, decides), decides
