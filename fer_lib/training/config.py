"""A training and everything that decides its result. Nothing heavy is imported."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace

from engine.store import keys
from engine.store.stage import Stage, later
from fer_lib import models
from fer_lib.data import dataset_registry, datasets
from fer_lib.models import ALL_STAGES, pretrained_registry
from fer_lib.settings import Settings
from fer_lib.task import Task
from fer_lib.training import feature_cache_key as activations
from fer_lib.training import profiles
from fer_lib.training.feature_cache_key import Activations

RUN_FILES = ("run.json", "history.csv", "predictions.parquet", "weights.safetensors")
TRAINED = ("late", "all", "heads")
LOSSES = ("", "bce", "focal")
SAMPLING = ("none", "weighted", "smote")
PROTOCOLS = ("group", "image", "copies", "test_stopping", "dropped")


@dataclass(frozen=True)
class Arm:
    """A training configuration: one way to train one model, without data, scale and seed.

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
        Of the task's yes/no heads, one of `LOSSES`; "" as the task has it.
    gamma : float or None
        Of their focal loss; None as the task has it.
    loss_weights : tuple of float
        Of the heads, in the task's order (alpha and beta in equation (1)); empty as the task has
        them.
    sampling : str
        One of `SAMPLING`: how the training part is balanced.
    augmentation : bool
        Whether training images are changed at random.
    protocol : str
        One of `PROTOCOLS`: which subjects are used for training, early stopping and testing.
        ``group`` is correct, the others are deliberately flawed.
    wrong_labels : float
        Share of the labels of yes/no heads turned round before training, in [0, 0.5).
    scale : str
        One of `fer_lib.training.profiles.SCALES`.
    precision : str
        One of `fer_lib.training.profiles.PRECISIONS`, as in `fer_lib.training.loop.TrainConfig`.

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
    loss: str = ""
    gamma: float | None = None
    loss_weights: tuple[float, ...] = ()
    sampling: str = "none"
    augmentation: bool = True
    protocol: str = "group"
    wrong_labels: float = 0.0
    scale: str = "full"
    precision: str = "float32"

    def __post_init__(self) -> None:
        """Refuse what is unknown before any work is done."""
        for what, known in (
            ("trained", TRAINED),
            ("loss", LOSSES),
            ("sampling", SAMPLING),
            ("protocol", PROTOCOLS),
            ("scale", profiles.SCALES),
            ("precision", profiles.PRECISIONS),
        ):
            if getattr(self, what) not in known:
                raise ValueError(
                    f"unknown {what} {getattr(self, what)!r} of arm {self.name}: choose one of "
                    f"{', '.join(filter(None, known))}"
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
        if self.loss_weights and (min(self.loss_weights) < 0 or not any(self.loss_weights)):
            raise ValueError(f"arm {self.name}: loss_weights must be 0 or more, and not all 0")

    def applied(self, task: Task) -> Task:
        """Return the task with this arm's losses and weights; twice gives the same as once.

        Raises
        ------
        ValueError
            If the arm does not go with the task's heads.
        """
        weights = self.loss_weights or tuple(head.weight for head in task.heads)
        if len(weights) != len(task.heads):
            raise ValueError(
                f"arm {self.name} has {len(weights)} loss_weights, and the task has the heads "
                f"{', '.join(task.names)}: give one a head"
            )
        if self.wrong_labels and not task.yes_no:
            raise ValueError(
                f"arm {self.name} turns yes/no labels round, and no head of the task has them: "
                "set wrong_labels = 0"
            )
        heads = []
        for head, weight in zip(task.heads, weights, strict=True):
            own = {"weight": weight}
            if head.yes_no:
                own["loss"] = self.loss or head.loss
                own["gamma"] = head.gamma if self.gamma is None else self.gamma
            heads.append(replace(head, **own))
        return Task(tuple(heads))


@dataclass(frozen=True)
class Experiment:
    """One training: a training configuration (arm) with its settings.

    Attributes
    ----------
    arm : Arm
        How.
    settings : Settings
        On which data and at which scale; the seed is that of the split, of the weights' start and
        of every batch.
    task : Task
        What is learnt; `Arm.applied` says with which losses and weights.

    Raises
    ------
    ValueError
        At once, if the data set is for testing only, or the arm does not go with the task.
    """

    arm: Arm
    settings: Settings
    task: Task

    def __post_init__(self) -> None:
        """Refuse what is not for training before any work is done."""
        self.arm.applied(self.task)
        if self.settings.data == "rendered_test":
            raise ValueError("rendered_test is for testing only: choose rendered46 or gffd2025")

    @property
    def scale(self) -> profiles.Scale:
        """How large the training is."""
        return getattr(profiles.get(self.settings.profile), self.arm.scale)

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
        return 0 if whole_or_none else profiles.get(self.settings.profile).views

    @property
    def activations(self) -> tuple[Activations, ...]:
        """The stored activations that it learns from, one a backbone; empty if from images."""
        if not self.frozen:
            return ()
        how = (self.arm.pretrained, self.frozen, self.views)
        return tuple(self._stored(family, *how) for family in self.arm.backbones)

    def _stored(self, family: str, pretrained: bool, frozen: int, views: int) -> Activations:
        """Return activations of this experiment's images."""
        of = profiles.get(self.settings.profile)
        how = (pretrained, frozen, self.scale.side, views, self.settings.data, of.test_subjects)
        return Activations(family, *how)


def all_activations(experiment: Experiment) -> tuple[Activations, ...]:
    """Return every set of stored activations that an experiment reads."""
    probed = experiment.probed
    return experiment.activations + ((probed,) if probed else ())


def modules_behind(model: str, data: str) -> tuple[str, ...]:
    """Return the modules from which the code behind a training of ``model`` is found."""
    return (
        "fer_lib.training.run_training",
        models.get(model).where,
        *dataset_registry.adapters(data),
    )


def rows(experiment: Experiment) -> dict[str, str]:
    """Return the rows of the registries that an experiment uses, for its key."""
    found = profiles.TABLE.digests(experiment.settings.profile)
    found |= dataset_registry.rows(experiment.settings.data)
    found |= models.TABLE.digests(experiment.arm.model)
    return found | pretrained_registry.rows(experiment.arm.backbones)


def ingredients(experiment: Experiment, identity: str, library: keys.Library) -> dict:
    """Return all that decides a run's numbers.

    ``identity`` is the data set's (`fer_lib.data.datasets.identity`). Where the data lie does not
    count.
    """
    what = {"arm": asdict(experiment.arm), "task": asdict(experiment.task)}
    return {
        "settings": {**what, **experiment.settings.counted},
        "data": identity,
        "rows": rows(experiment),
        **library.ingredients(*modules_behind(experiment.arm.model, experiment.settings.data)),
    }


def stage(
    experiment: Experiment, identity: str | None = None, library: keys.Library | None = None
) -> Stage:
    """Return how an experiment's run is made and where it lies, or will lie.

    Parameters
    ----------
    experiment : Experiment
        Which.
    identity : str, optional
        The data set's (`fer_lib.data.datasets.identity`), if it is known already.
    library : Library, optional
        The code that counts; that of now, if not given.
    """
    arm, settings = experiment.arm, experiment.settings
    root = settings.data_root
    identity = identity or datasets.identity(settings.data, root or None)
    library = library or keys.library()

    def at_random(record: dict) -> list[str]:
        if not record["random_start"]:  # an arm may mean to begin so
            return []
        return pretrained_registry.without_weights(arm.backbones, record["weights"])

    return Stage(
        "run",
        f"{arm.name}-{settings.name}",
        ingredients(experiment, identity, library),
        RUN_FILES,
        modules_behind(arm.model, settings.data),
        later("fer_lib.training.run_training", experiment),
        what=experiment,
        needs=tuple(
            activations.stage(read, root, identity, library) for read in all_activations(experiment)
        ),
        record="run.json",
        at_random=at_random,
        to_be_had=pretrained_registry.to_be_had,
    )
