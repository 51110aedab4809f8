"""The arms of `diya2026`: every way a model is trained for this book, and from how many seeds.

The table is ``fer_lib/tables/arms.toml``. A training's key holds its arm's values, and a page's the
rows of the arms that it reads: a new arm makes nothing stale.
"""

from __future__ import annotations

from collections.abc import Iterable

from fer_lib import registry
from fer_lib.plan import Arm, Experiment

# The six models of the paper, in its order, and their names in words.
MODELS = {
    "cnn_baseline": "CNN baseline",
    "two_stream": "EfficientNet-B0 + MobileNetV2",
    "b3_embedding": "EfficientNet-B3 embedding",
    "embedding_fusion": "MobileNetV2 + Xception",
    "dual_branch": "EfficientNet-B0 dual-branch",
    "dual_task": "proposed dual-task model",
}
# What stands in where no weights of a backbone can be had; never ranked under the paper's name.
SUBSTITUTES = {
    "b3_substitute": "EfficientNet-B0 family embedding (substitute)",
    "fusion_substitute": "MobileNetV2 + EfficientNet-B0 family (substitute)",
}
# The other variant of a model whose backbone is pretrained: section 4-4 says the better was taken.
VARIANTS = {
    "two_stream": ("two_stream", "two_stream_frozen"),
    "b3_embedding": ("b3_embedding",),
    "embedding_fusion": ("embedding_fusion",),
    "dual_branch": ("dual_branch", "dual_branch_frozen"),
    "dual_task": ("dual_task", "dual_task_frozen"),
    "b3_substitute": ("b3_substitute_frozen", "b3_substitute_tuned"),
    "fusion_substitute": ("fusion_substitute_frozen", "fusion_substitute_tuned"),
}
# What the pages on sampling, ablations and leakage set side by side, the reference first.
SAMPLING = (
    "base",
    "focal",
    "weighted",
    "weighted_focal",
    "frozen",
    "frozen_focal",
    "smote",
    "smote_focal",
)
ABLATIONS = (
    "base",
    "no_authenticity",
    "no_emotion",
    "alpha_03",
    "alpha_05",
    "alpha_06",
    "no_stochastic_depth",
    "no_augmentation",
    "lite0",
    "lite0_se",
    "b0",
    "b0_fixed",
    "b0_on_top",
    "whole_pretrained",
    "random_lite0",
    "random_lite0_se",
    "random_b0",
    "random_b0_bare",
)
LEAKAGE = (
    "base",
    "by_image",
    "copies_first",
    "stopped_on_test",
    "unclear_dropped",
    "wrong_05",
    "wrong_10",
    "wrong_20",
)
PROPOSED = "dual_task"
# The closest on the validation part, from the first two seeds; page 12 says whether it still is.
RIVAL = "dual_branch"


TABLE = registry.Table("arms", "arm")


def _lineage(name: str) -> list[str]:
    """Return an arm and those that it is like, the nearest first."""
    found = [name]
    while "like" in (row := TABLE[found[-1]]):
        if row["like"] in found:
            raise registry.RegistryError(
                f"{TABLE.where(name)}: it is like itself, by way of {found[-1]}: "
                "say what it is like"
            )
        found.append(row["like"])
    return found


def rows(names: Iterable[str]) -> dict[str, str]:
    """Return the rows of the table that some arms use, for the key of a page."""
    return TABLE.digests(*(each for name in names for each in _lineage(name)))


def get(name: str) -> Arm:
    """Return the arm called ``name``.

    Raises
    ------
    ValueError
        If there is none of that name; the message lists the known ones.
    """
    values: dict = {}
    for each in reversed(_lineage(name)):
        values |= TABLE[each]
    values.pop("like", None)
    return TABLE.build(name, Arm, values, name=name)


def every() -> list[Arm]:
    """Return all arms, in the order of the table."""
    return [get(name) for name in TABLE]


def title(name: str) -> str:
    """Return an arm's name in words, for the six models and their substitutes; else its name."""
    return (MODELS | SUBSTITUTES).get(name, name)


def seeds(name: str, profile: str) -> int:
    """Return from how many seeds an arm is trained in a profile."""
    get(name)
    if profile == "smoke":
        return 1
    if profile in ("book-full", "paper") or name in (PROPOSED, RIVAL):
        return 5
    return 2


def experiments(name: str, data: str, data_root: str, profile: str, seed: int) -> list[Experiment]:
    """Return an arm's trainings in a profile, one a seed from ``seed`` on."""
    arm = get(name)
    return [
        Experiment(arm, data, data_root, profile, number)
        for number in range(seed, seed + seeds(name, profile))
    ]
