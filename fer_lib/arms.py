"""The arms of `diya2026`: every way a model is trained for this book, and from how many seeds.

A training's key holds its arm's values, not this file: a new arm makes no other stale.
"""

from __future__ import annotations

from dataclasses import replace

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


def _table() -> dict[str, Arm]:
    b0 = ("b0_family",)
    proposed = Arm(PROPOSED, "dual_task", b0)
    streams = Arm(
        "two_stream",
        "two_stream",
        ("b0_family", "mobilenet_v2"),
        loss="focal",
        gamma=2.0,
        alpha=1.0,
        beta=1.5,
    )
    branch = replace(streams, name="dual_branch", model="dual_branch", backbones=b0, gamma=1.5)
    dense = Arm("b3_embedding", "embedding_dense", ("b3",), trained="heads", sampling="smote")
    fusion = replace(dense, name="embedding_fusion", backbones=("mobilenet_v2", "xception"))
    b3_like = replace(dense, name="b3_substitute", backbones=b0)
    fusion_like = replace(dense, name="fusion_substitute", backbones=("mobilenet_v2", *b0))
    found = [
        proposed,
        Arm("cnn_baseline", "cnn_baseline", trained="all", pretrained=False, scale="tiny"),
        streams,
        dense,
        fusion,
        branch,
        b3_like,
        fusion_like,
        replace(streams, name="two_stream_frozen", trained="heads"),
        replace(branch, name="dual_branch_frozen", trained="heads"),
        replace(proposed, name="dual_task_frozen", trained="heads"),
    ]
    heads, late = {"trained": "heads"}, {"trained": "late", "sampling": "none"}
    found += _small(b3_like, b3_substitute_frozen={}, b3_substitute_tuned=late)
    found += _small(fusion_like, fusion_substitute_frozen={}, fusion_substitute_tuned=late)
    focal = {"loss": "focal"}
    found += _small(
        proposed,
        base={},
        # Sampling x loss, sections 3-4 and 4-2.
        focal=focal,
        weighted={"sampling": "weighted"},
        weighted_focal={"sampling": "weighted"} | focal,
        frozen=heads,
        frozen_focal=heads | focal,
        smote=heads | {"sampling": "smote"},
        smote_focal=heads | {"sampling": "smote"} | focal,
        # What is left out or weighed otherwise, sections 4-1 and 4-2.
        no_authenticity={"alpha": 1.0, "beta": 0.0},
        no_emotion={"alpha": 0.0, "beta": 1.0},
        alpha_03={"alpha": 0.3, "beta": 0.7},
        alpha_05={"alpha": 0.5, "beta": 0.5},
        alpha_06={"alpha": 0.6, "beta": 0.4},
        no_stochastic_depth={"options": {"stochastic_depth": 0.0}},
        no_augmentation={"augmentation": False},
        # Squeeze-and-excitation: each pair starts from the same weights.
        lite0={"backbones": ("lite0",), "options": {"gates": "as_published"}},
        lite0_se={"backbones": ("lite0",)},
        b0={"backbones": ("b0",), "options": {"gates": "as_published"}},
        b0_fixed={"backbones": ("b0",), "options": {"gates": "fixed"}},
        b0_on_top={"backbones": ("b0",), "options": {"gates": "on_top"}},
        # What leaks, and how wrong labels tell.
        by_image={"protocol": "image"},
        copies_first={"protocol": "copies"},
        stopped_on_test={"protocol": "test_stopping"},
        unclear_dropped={"protocol": "dropped"},
        wrong_05={"wrong_labels": 0.05},
        wrong_10={"wrong_labels": 0.10},
        wrong_20={"wrong_labels": 0.20},
    )
    whole = replace(proposed, backbones=("lite0",), scale="tiny", trained="all")
    nothing = replace(whole, pretrained=False)
    found += [
        replace(whole, name="whole_pretrained"),
        replace(nothing, name="random_lite0", options={"gates": "as_published"}),
        replace(nothing, name="random_lite0_se"),
        replace(nothing, name="random_b0", backbones=("b0",), options={"gates": "as_published"}),
        replace(nothing, name="random_b0_bare", backbones=("b0",), options={"gates": "removed"}),
    ]
    return {arm.name: arm for arm in found}


def _small(arm: Arm, **changes: dict) -> list[Arm]:
    """Return arms of the small scale, each ``arm`` with some changes, by name."""
    return [replace(arm, name=name, scale="small", **change) for name, change in changes.items()]


ARMS = _table()


def get(name: str) -> Arm:
    """Return the arm called ``name``.

    Raises
    ------
    ValueError
        If there is none of that name; the message lists the known ones.
    """
    if name not in ARMS:
        raise ValueError(f"unknown arm {name!r}: choose one of {', '.join(ARMS)}")
    return ARMS[name]


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
