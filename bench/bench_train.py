"""Compare training here with a plain fp32 DataLoader loop: time to a score, and images a second.

Same network, start, image size, trainable layers, batch size, learning rate, kinds and sizes of
augmentation, and thread count. First the seconds that both need, from the same seed on the same
rendered faces, until the emotions of the same validation subjects are told as well as `TARGET`.
The plain loop sends every image through the frozen stages in each epoch, and this project computes
them once: that counts in full, and then shared by the seeds that profile ``book`` trains. Then the
images a second of one epoch, in which both compute the frozen stages anew.

The epoch in which a score is first reached differs by one or two from seed to seed, for either, so
the ratio of the seconds of one epoch is printed too. It is bounded by what both must do: the stages
that learn take more than half of the plain loop's time, most of it the gradient of convolutions.

Epochs of both are interleaved, so that a busy machine slows both. CPU seconds are printed beside
those of the clock, because other processes change them less.

    python -m bench.bench_train
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from fer_lib import models
from fer_lib.data import datasets, splits
from fer_lib.data.schema import FaceData
from fer_lib.models import backbones, pretrained_registry, pretrained_weights, torchvision_repair
from fer_lib.models.frozen_trunk import Staged
from fer_lib.papers.diya2026.task import TASK
from fer_lib.training import augmentation, configs, feature_cache, loop, losses, profiles
from fer_lib.training.augmentation import Augmentation
from fer_lib.training.dataset import ActivationSamples, ImageSamples
from fer_lib.training.determinism import set_determinism
from fer_lib.training.feature_cache_key import Activations

torchvision_repair.ensure()
from torchvision.transforms import v2  # noqa: E402

SIDE, BATCH, IMAGES, ROUNDS, THREADS = 112, 32, 160, 5, 1
BOOK = profiles.get("book")
SUBJECTS, SEEDS, EPOCHS, RATE = 16, (0, 1, 2), 20, 1e-3
# Share of the validation images whose emotion is right; chance is 1 in 7. Fixed beforehand, on a
# pilot from seed 99: the plain loop reached 0.56 in its fourth epoch.
TARGET = 0.55


class PlainFaces(Dataset):
    """Images decoded already; resized, augmented and normalised one by one, as tutorials do."""

    def __init__(
        self, images: np.ndarray, targets: dict[str, np.ndarray], how: Augmentation | None
    ) -> None:
        self.images, self.targets = images, targets
        changes = [] if how is None else [augmentation.transforms(how)]
        self.change = v2.Compose(
            [
                v2.ToPILImage(),
                v2.Resize((SIDE, SIDE)),
                *changes,
                v2.ToImage(),
                v2.ToDtype(torch.float32, scale=True),
                v2.Normalize(augmentation.MEAN, augmentation.STD),
            ]
        )

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.images)

    def __getitem__(self, place: int) -> tuple[Tensor, dict]:
        """Return one image with its labels."""
        return self.change(self.images[place]), {k: v[place] for k, v in self.targets.items()}


def plain_epoch(model: nn.Module, data: PlainFaces, adam: torch.optim.Optimizer) -> None:
    """Go once over the data in the plain way."""
    model.train()
    for images, targets in DataLoader(data, BATCH, shuffle=True):
        loss = losses.joint(TASK, model(images), targets)
        adam.zero_grad()
        loss.backward()
        adam.step()


def plain_score(model: nn.Module, data: PlainFaces) -> float:
    """Return the share of images whose emotion is right, in the plain way."""
    model.eval()
    right = 0
    with torch.no_grad():
        for images, targets in DataLoader(data, BATCH):
            right += int((model(images)["emotion"].argmax(1) == targets["emotion"]).sum())
    return right / len(data)


def network(frozen_stages: int, pretrained: bool = False) -> Staged:
    """Return the dual-task model, its first stages frozen."""
    start = pretrained_registry.random_start("tf_efficientnet_lite0"), None
    if pretrained:
        start = pretrained_weights.start("lite0", True)
    backbone = backbones.create(*start)
    return models.module("dual_task").build(TASK, [backbone], frozen_stages, SIDE, False)


def plain_adam(model: nn.Module, rate: float) -> torch.optim.Adam:
    """Return Adam as a tutorial has it."""
    return torch.optim.Adam([p for p in model.parameters() if p.requires_grad], rate)


def stored(faces: FaceData) -> tuple[Tensor, Tensor]:
    """Return the frozen stages' activations of all images as they are, and of their views."""
    wanted = Activations("lite0", True, BOOK.full.frozen, SIDE, BOOK.views, faces.name, 0)
    (trunk,) = network(wanted.frozen, pretrained=True).trunks
    images = augmentation.resize(faces.images, SIDE)
    generator = torch.Generator().manual_seed(feature_cache.VIEWS_SEED)
    parts = list(feature_cache.computed(trunk, images, wanted, wanted.views, generator))
    plain = torch.cat([one for one, _ in parts])
    return plain, torch.cat([torch.stack(changed, 1) for _, changed in parts])


def ours(
    seed: int, kept: tuple[Tensor, Tensor], targets: dict, rows: dict[str, np.ndarray]
) -> Iterator[float]:
    """Build, then train on stored activations; yield the validation score after each epoch."""
    torch.manual_seed(seed)
    tail = network(BOOK.full.frozen, pretrained=True).tail.to(memory_format=torch.channels_last)
    yield 0.0  # it has not learnt yet
    config = loop.TrainConfig(batch_size=BATCH, learning_rate=RATE, threads=THREADS)
    samples = {
        part: ActivationSamples(
            (kept[0][places],),
            (kept[1][places],),
            {head: torch.from_numpy(given[places]) for head, given in targets.items()},
        )
        for part, places in rows.items()
    }
    adam, generator = loop.optimiser(tail, config), torch.Generator().manual_seed(seed)
    for _ in range(EPOCHS):
        loop.train_epoch(tail, samples["train"], TASK, adam, config, generator)
        yield loop.evaluate(tail, samples["val"], TASK)["emotion_accuracy"]


def plain(
    seed: int, images: np.ndarray, targets: dict, rows: dict[str, np.ndarray]
) -> Iterator[float]:
    """Build, then train in the plain way; yield the validation score after each epoch."""
    torch.manual_seed(seed)
    model = network(BOOK.full.frozen, pretrained=True)
    yield 0.0  # it has not learnt yet
    data = {
        part: PlainFaces(
            images[places],
            {head: given[places] for head, given in targets.items()},
            feature_cache.augmentation() if part == "train" else None,
        )
        for part, places in rows.items()
    }
    adam = plain_adam(model, RATE)
    for _ in range(EPOCHS):
        plain_epoch(model, data["train"], adam)
        yield plain_score(model, data["val"])


def now() -> np.ndarray:
    """Return seconds of the clock and of this process's CPU time, float (2,)."""
    return np.array([time.perf_counter(), time.process_time()])


def race(*courses: Iterator[float]) -> list[tuple[np.ndarray, int]]:
    """Go on with each course in turn until all reach `TARGET`; return seconds and epochs of each.

    One that does not reach it ends the program: there is nothing to compare then.
    """
    spent, epochs = [np.zeros(2) for _ in courses], [0] * len(courses)
    running = [k for k, course in enumerate(courses) if next(course) < TARGET]  # builds it
    while running:
        for k in list(running):
            start = now()
            score = next(courses[k], None)
            spent[k] += now() - start
            if score is None:
                sys.exit(f"course {k} did not reach {TARGET} in {EPOCHS} epochs")
            epochs[k] += 1
            if score >= TARGET:
                running.remove(k)
    return list(zip(spent, epochs, strict=True))


def spread(ratios: list[float]) -> str:
    """Return the median and the ends of some ratios, in words."""
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def to_a_score() -> list[str]:
    """Return the lines on the time to the same validation score."""
    set_determinism(0, THREADS)
    faces = datasets.by_name("rendered46", n_subjects=SUBJECTS)
    images, targets = np.array(faces.images), TASK.targets(faces.table)
    network(BOOK.full.frozen, pretrained=True)  # fetches the weights
    start = now()
    kept = stored(faces)
    once = now() - start
    shared = configs.seeds("dual_task", "book")
    found = []
    for seed in SEEDS:
        parts = splits.split(faces.table, seed).to_numpy()
        rows = {part: np.flatnonzero(parts == part) for part in ("train", "val")}
        found.append(race(ours(seed, kept, targets, rows), plain(seed, images, targets, rows)))
    lines = [
        f"time to {TARGET:.0%} of the validation emotions: {SUBJECTS} rendered subjects, "
        f"{BOOK.full.frozen} stages frozen, seeds {', '.join(map(str, SEEDS))}"
    ]
    for place, what in enumerate(("wall", "CPU")):
        own, other = (
            ", ".join(f"{each[k][0][place]:.1f} s ({each[k][1]} epochs)" for each in found)
            for k in (0, 1)
        )
        full, part = (
            [p[0][place] / (o[0][place] + once[place] / by) for o, p in found] for by in (1, shared)
        )
        epoch = [p[0][place] / p[1] / (o[0][place] / o[1]) for o, p in found]
        lines += [
            f"{what}: plain DataLoader fp32 {other}; ours {own}, and {once[place]:.1f} s once for "
            "the stored activations",
            f"{what}: ratio {spread(full)} with those counted in full, {spread(part)} with those "
            f"shared by {shared} seeds; of one epoch {spread(epoch)}",
        ]
    return lines


def compare(frozen_stages: int) -> tuple[float, float, float]:
    """Return images/s of ours and of the plain loop, and the median ratio.

    Both compute the frozen stages anew for every image; stored activations would save that.
    """
    chance = np.random.default_rng(0)
    images = chance.integers(0, 256, (IMAGES, 224, 224, 3), dtype=np.uint8)
    emotion, genuine = chance.integers(0, 7, IMAGES), chance.integers(0, 2, IMAGES)
    labels = {"emotion": emotion, "authenticity": genuine.astype(np.float32)}
    targets = {head: torch.from_numpy(given) for head, given in labels.items()}
    config = loop.TrainConfig(batch_size=BATCH, threads=THREADS)
    set_determinism(0, THREADS)
    generator = torch.Generator().manual_seed(0)
    ours, plain = network(frozen_stages), network(frozen_stages)
    ours.to(memory_format=torch.channels_last)
    our_adam, their_adam = loop.optimiser(ours, config), plain_adam(plain, config.learning_rate)
    plain_data = PlainFaces(images, labels, Augmentation())
    our_rates, plain_rates = [], []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        # Resizing is done once a training, not once an epoch; it is counted here all the same.
        data = ImageSamples(augmentation.resize(images, SIDE), targets, Augmentation())
        loop.train_epoch(ours, data, TASK, our_adam, config, generator)
        our_rates.append(IMAGES / (time.perf_counter() - start))
        start = time.perf_counter()
        plain_epoch(plain, plain_data, their_adam)
        plain_rates.append(IMAGES / (time.perf_counter() - start))
    ratio = statistics.median(a / b for a, b in zip(our_rates, plain_rates, strict=True))
    return statistics.median(our_rates), statistics.median(plain_rates), ratio


def changes() -> tuple[float, float, float]:
    """Return images/s of the batched augmentation, of torchvision's, and the median ratio.

    Both change the same decoded tensors and leave them normalised; torchvision's is one by one.
    """
    set_determinism(0, THREADS)
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (IMAGES, 3, SIDE, SIDE), dtype=torch.uint8)
    change = augmentation.transforms(Augmentation())
    ours, theirs = [], []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for batch in images.split(BATCH):
            augmentation.augment(augmentation.normalise(batch), Augmentation(), generator)
        ours.append(IMAGES / (time.perf_counter() - start))
        start = time.perf_counter()
        for batch in images.split(BATCH):
            augmentation.normalise(torch.stack([change(image) for image in batch]))
        theirs.append(IMAGES / (time.perf_counter() - start))
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    return statistics.median(ours), statistics.median(theirs), ratio


def main() -> None:
    """Print the time to a score, and one line for each setting."""
    print(f"training at {SIDE} px, batch {BATCH}, {THREADS} thread")
    own, other, ratio = changes()
    print(
        f"augmentation alone: batched {own:.0f} images/s, torchvision's transforms {other:.0f} "
        f"images/s, ratio {ratio:.1f}",
        flush=True,
    )
    print("\n".join(to_a_score()), flush=True)
    print(f"one epoch, median of {ROUNDS} rounds:")
    for frozen in (0, 3):
        ours, plain, ratio = compare(frozen)
        print(
            f"frozen stages {frozen}: ours {ours:.1f} images/s, plain DataLoader fp32 "
            f"{plain:.1f} images/s, ratio {ratio:.2f}"
        )


if __name__ == "__main__":
    main()
