"""Compare the balanced LIME with the `lime` package at equal stability: copies and seconds.

Same model, images, image size, segments, class, thread count and batches. The package makes its
1,000 perturbed copies, its default; ours takes as many as reach the package's stability: the
mean Spearman correlation of the segments' weights over all pairs of five seeds, mean over images.
So what is saved are copies; a copy costs both the same. Timed runs are interleaved, so that a busy
machine slows both; the median of the ratios counts. The package explains one head a run; ours both
from the same copies. Both ratios are printed.

Class activation maps from one pass are timed beside `pytorch_grad_cam`'s, which they equal.

    python -m bench.bench_explain
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from fer_lib.data import datasets
from fer_lib.explain import grad_cam, lime
from fer_lib.papers.diya2026.explanations import balanced_lime, cams_one_pass, lime_stability
from fer_lib.papers.diya2026.task import TASK
from fer_lib.settings import Settings
from fer_lib.training import augmentation, load_runs, run_training

IMAGES, SEEDS, SEGMENTS, THREADS = 3, 5, 50, 1
REPEATS = 5  # of the class activation maps
THEIR_COPIES = 1000  # the package's default, num_samples
SIZES = (128, 256, 384, 512, 640, 768, 1024)


@dataclass(frozen=True)
class Case:
    """One image with its segments, and the class of one head that is explained."""

    image: Tensor
    segments: np.ndarray
    head: str
    target: int


def theirs(model: nn.Module, case: Case, copies: int, seed: int) -> np.ndarray:
    """Return the package's segment weights."""
    picture = case.image.permute(1, 2, 0).contiguous().numpy()
    asked = model, picture, case.segments, case.head, case.target
    return lime.weights_of(*asked, copies, seed)


def ours(model: nn.Module, case: Case, copies: int, seed: int) -> np.ndarray:
    """Return our segment weights of the same class."""
    found = balanced_lime.weights_of_heads(model, case.image, case.segments, copies, seed)
    return found[:, balanced_lime.column(TASK, case.head, case.target)]


def cases(images: Tensor, emotions: list[int], genuine: list[int]) -> list[Case]:
    """Return one case an image, the heads in turn."""
    targets = {"emotion": emotions, "authenticity": genuine}
    return [
        Case(
            image,
            lime.segments_of(image.permute(1, 2, 0).numpy(), SEGMENTS),
            TASK.names[k % 2],
            targets[TASK.names[k % 2]][k],
        )
        for k, image in enumerate(images)
    ]


def stability_of(weights: np.ndarray) -> float:
    """Return the mean Spearman correlation over pairs of seeds; ``weights`` (seeds, segments)."""
    return float(lime_stability.mean_agreement(weights[:, :, None])[0])


def by_size(model: nn.Module, case: Case) -> dict[int, np.ndarray]:
    """Return our weights (seeds, segments) for each of `SIZES`; small designs begin large ones."""
    found: dict[int, list[np.ndarray]] = {size: [] for size in SIZES}
    place = balanced_lime.column(TASK, case.head, case.target)
    for seed in range(SEEDS):
        kept = balanced_lime.design(int(case.segments.max()) + 1, max(SIZES), seed)
        said = balanced_lime.answers(
            balanced_lime.all_heads(model), case.image, case.segments, kept
        )
        for size, held in found.items():
            part = kept[:size]
            held.append(
                balanced_lime.fitted(part, said[:size], balanced_lime.nearness(part))[:, place]
            )
    return {size: np.stack(held) for size, held in found.items()}


def spread(model: nn.Module, case: Case, copies: int) -> dict[str, float]:
    """Return `lime_stability.distances` of both with equal numbers of copies."""
    asked = model, case.image, case.segments, TASK, {case.head: case.target}
    return lime_stability.distances(*lime_stability.of_both(*asked, copies, SEEDS)[case.head])


def seconds(run: Callable[[], object]) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def compare(model: nn.Module, tests: list[Case]) -> list[str]:
    """Return the lines to print: stability of both, copies, seconds, ratios, and agreement."""
    package = [
        np.stack([theirs(model, c, THEIR_COPIES, seed) for seed in range(SEEDS)]) for c in tests
    ]
    asked = statistics.mean(stability_of(weights) for weights in package)
    own = [by_size(model, case) for case in tests]
    reached = {n: statistics.mean(stability_of(weights[n]) for weights in own) for n in SIZES}
    enough = [n for n in SIZES if reached[n] >= asked]
    copies = enough[0] if enough else SIZES[-1]
    times = [
        (
            seconds(lambda c=case: ours(model, c, copies, SEEDS)),
            seconds(lambda c=case: theirs(model, c, THEIR_COPIES, SEEDS)),
        )
        for case in tests
    ]
    ratio = statistics.median(their / our for our, their in times)
    same = [spread(model, case, copies) for case in tests]
    side = tests[0].image.shape[-1]
    return [
        f"LIME at {side} px, {THREADS} thread, {len(tests)} images, {SEEDS} seeds",
        f"lime package: {THEIR_COPIES} copies, stability {asked:.3f}, "
        f"{statistics.median(their for _, their in times):.2f} s an image and head",
        "ours, stability by copies: " + ", ".join(f"{n}: {reached[n]:.3f}" for n in SIZES),
        f"ours: {copies} copies, stability {reached[copies]:.3f}"
        f"{'' if enough else ' (NOT reached)'}, "
        f"{statistics.median(our for our, _ in times):.2f} s an image, both heads",
        f"ratio of seconds at that stability: one head {ratio:.1f}, both heads {2 * ratio:.1f}",
        f"a seed's distance from the package's mean, {copies} copies both: "
        + ", ".join(
            f"{name} {statistics.mean(found[name] for found in same):.3f}" for name in same[0]
        ),
    ]


def cam_lines(model: nn.Module, images: Tensor, layer: nn.Module) -> list[str]:
    """Return how much faster one pass is than ``pytorch_grad_cam``, on the same images in turn."""
    layers = dict.fromkeys(TASK.names, layer)
    targets = dict.fromkeys(TASK.names, torch.zeros(len(images), dtype=torch.int64))

    def package(methods: tuple[str, ...]) -> None:
        for method, head in itertools.product(methods, layers):
            grad_cam.by_package(model, images, layer, head, targets[head], method)

    lines = []
    for methods in (("Grad-CAM",), grad_cam.METHODS):
        package(("Grad-CAM",))  # imports, and the memory that torch keeps
        times = [
            (
                seconds(lambda m=methods: cams_one_pass.maps(model, images, layers, targets, m)),
                seconds(lambda m=methods: package(m)),
            )
            for _ in range(REPEATS)
        ]
        own, their = 1e3 * np.median(times, 0) / len(images)
        ratio = statistics.median(their / own for own, their in times)
        lines.append(
            f"{', '.join(methods)}, both heads, {images.shape[-1]} px: one pass {own:.1f} ms an "
            f"image, pytorch_grad_cam {their:.1f} ms, ratio {ratio:.1f}"
        )
    return lines


def main() -> None:
    """Print the lines, of the dual-task model and further rendered faces."""
    torch.set_num_threads(THREADS)
    run = load_runs.load_run("dual_task", Settings("rendered46", "", "book", 0))
    model, side = run_training.trained_model(run), run.about["image_size"]
    further = datasets.by_name("rendered_test", n_subjects=10)
    places = np.linspace(0, len(further.table) - 1, IMAGES).round().astype(int)
    images = augmentation.resize(np.stack([further.images[k] for k in places]), side)
    chosen = further.table.iloc[places]
    emotions = [int(code) for code in chosen["emotion"].cat.codes]
    genuine = [int(word == "genuine") for word in chosen["authenticity"]]
    print(f"model: dual_task, profile {run.about['profile']}")
    print("\n".join(cam_lines(model, images.repeat(8, 1, 1, 1), model.explained_layer("emotion"))))
    print("\n".join(compare(model, cases(images, emotions, genuine))))


if __name__ == "__main__":
    main()
