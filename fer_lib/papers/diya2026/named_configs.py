"""Names of the training configurations that the pages compare."""

from __future__ import annotations

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


def title(name: str) -> str:
    """Return an arm's name in words, for the six models and their substitutes; else its name."""
    return (MODELS | SUBSTITUTES).get(name, name)
