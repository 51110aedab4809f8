"""Compare the training speed of this project's loop with a plain fp32 DataLoader loop.

Same network, image size, trainable layers, batch size, augmentation kinds and thread count. Runs
are interleaved, so that a busy machine slows both; the median of the ratios is what counts.

    python -m bench.bench_train
"""

from __future__ import annotations

import statistics
import time

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from fer_lib import models
from fer_lib.models import backbones, pretrained_registry, torchvision_repair
from fer_lib.models.frozen_trunk import Staged
from fer_lib.papers.diya2026.task import TASK
from fer_lib.training import augmentation, loop, losses
from fer_lib.training.dataset import ImageSamples
from fer_lib.training.determinism import set_determinism

torchvision_repair.ensure()
from torchvision import transforms  # noqa: E402

SIDE, BATCH, IMAGES, ROUNDS, THREADS = 112, 32, 160, 5, 1


class PlainFaces(Dataset):
    """Images decoded already; resized, augmented and normalised one by one, as tutorials do."""

    def __init__(self, images: np.ndarray, emotion: np.ndarray, genuine: np.ndarray) -> None:
        self.images, self.emotion, self.genuine = images, emotion, genuine
        self.change = transforms.Compose(
            [
                transforms.ToPILImage(),
                transforms.Resize((SIDE, SIDE)),
                transforms.RandomHorizontalFlip(),
                transforms.RandomAffine(10, translate=(0.04, 0.04), scale=(0.92, 1.08)),
                transforms.ColorJitter(brightness=0.25, contrast=0.25),
                transforms.ToTensor(),
                transforms.Normalize(augmentation.MEAN, augmentation.STD),
            ]
        )

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.images)

    def __getitem__(self, place: int) -> tuple[torch.Tensor, int, float]:
        """Return one image with its labels."""
        return self.change(self.images[place]), self.emotion[place], self.genuine[place]


def plain_epoch(model: nn.Module, data: PlainFaces, adam: torch.optim.Optimizer) -> None:
    """Go once over the data in the plain way."""
    model.train()
    for images, emotion, genuine in DataLoader(data, BATCH, shuffle=True):
        output = model(images)
        loss = losses.joint(TASK, output, {"emotion": emotion, "authenticity": genuine.float()})
        adam.zero_grad()
        loss.backward()
        adam.step()


def network(frozen_stages: int) -> Staged:
    """Return the dual-task model from a random start, its first stages frozen."""
    backbone = backbones.create(pretrained_registry.random_start("tf_efficientnet_lite0"), None)
    return models.module("dual_task").build(TASK, [backbone], frozen_stages, SIDE, False)


def compare(frozen_stages: int) -> tuple[float, float, float]:
    """Return images/s of ours and of the plain loop, and the median ratio.

    Both compute the frozen stages anew for every image; stored activations would save that.
    """
    chance = np.random.default_rng(0)
    images = chance.integers(0, 256, (IMAGES, 224, 224, 3), dtype=np.uint8)
    emotion, genuine = chance.integers(0, 7, IMAGES), chance.integers(0, 2, IMAGES)
    labels = {
        "emotion": torch.from_numpy(emotion),
        "authenticity": torch.from_numpy(genuine).float(),
    }
    config = loop.TrainConfig(batch_size=BATCH, threads=THREADS)
    set_determinism(0, THREADS)
    generator = torch.Generator().manual_seed(0)
    ours, plain = network(frozen_stages), network(frozen_stages)
    ours.to(memory_format=torch.channels_last)
    our_adam = loop.optimiser(ours, config)
    plain_adam = torch.optim.Adam([p for p in plain.parameters() if p.requires_grad], 1e-4)
    plain_data = PlainFaces(images, emotion, genuine.astype(np.float32))
    our_rates, plain_rates = [], []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        # Resizing is done once a training, not once an epoch; it is counted here all the same.
        data = ImageSamples(augmentation.resize(images, SIDE), labels, augmentation.Augmentation())
        loop.train_epoch(ours, data, TASK, our_adam, config, generator)
        our_rates.append(IMAGES / (time.perf_counter() - start))
        start = time.perf_counter()
        plain_epoch(plain, plain_data, plain_adam)
        plain_rates.append(IMAGES / (time.perf_counter() - start))
    ratio = statistics.median(a / b for a, b in zip(our_rates, plain_rates, strict=True))
    return statistics.median(our_rates), statistics.median(plain_rates), ratio


def main() -> None:
    """Print one line for each setting."""
    print(f"training at {SIDE} px, batch {BATCH}, {THREADS} thread, median of {ROUNDS} rounds")
    for frozen in (0, 3):
        ours, plain, ratio = compare(frozen)
        print(
            f"frozen stages {frozen}: ours {ours:.1f} images/s, plain DataLoader fp32 "
            f"{plain:.1f} images/s, ratio {ratio:.2f}"
        )


if __name__ == "__main__":
    main()
