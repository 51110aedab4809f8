"""Training repeats bit for bit, learns a planted cue, keeps its best epoch, weighs its losses."""

import os
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from torch.nn import functional

from fer_lib import models
from fer_lib.data.schema import FaceData, empty_report
from fer_lib.labels import EMOTIONS
from fer_lib.models import backbones, pretrained_registry
from fer_lib.papers.diya2026.models.cnn_baseline import CNNBaseline
from fer_lib.papers.diya2026.task import TASK
from fer_lib.training import augmentation, loop, losses
from fer_lib.training.dataset import ActivationSamples, ImageSamples
from fer_lib.training.dataset_parts import Inputs

SLIGHT = augmentation.Augmentation(flip=0.5, rotation=2, scale=0.02, shift=0.01)


@pytest.fixture(scope="module")
def planted():
    """Bright bars at seven heights are the emotions; a red left half is genuine."""
    chance = np.random.default_rng(0)
    n = 168
    emotion, genuine = np.arange(n) % 7, (np.arange(n) // 7) % 2
    images = chance.integers(0, 60, (n, 40, 40, 3), dtype=np.uint8)
    for k in range(n):
        images[k, 5 * emotion[k] + 1 : 5 * emotion[k] + 5] += 120
        if genuine[k]:
            images[k, :, :, 0] = np.minimum(images[k, :, :, 0].astype(int) + 70, 255)
    small = augmentation.resize(images, 32)
    labels = {
        "emotion": torch.from_numpy(emotion),
        "authenticity": torch.from_numpy(genuine).float(),
    }
    train_part, validation = (
        ImageSamples(small[rows], {head: label[rows] for head, label in labels.items()}, SLIGHT)
        for rows in (slice(0, 112), slice(112, n))
    )
    return train_part, validation


CONFIG = loop.TrainConfig(epochs=12, batch_size=16, learning_rate=2e-3)


def fitted(planted, config=CONFIG):
    loop.set_determinism(config.seed, 1)
    model = CNNBaseline(TASK, 32)
    return model, loop.train(model, *planted, TASK, config, "test")


def test_a_planted_cue_is_learnt_by_both_heads(planted):
    model, history = fitted(planted)
    scores = loop.evaluate(model, planted[1], TASK)
    assert scores["emotion_accuracy"] > 0.9
    assert scores["authenticity_auc"] > 0.95
    assert scores["loss"] == pytest.approx(history["val_loss"].min(), rel=1e-5)


def test_same_seed_same_bits(planted):
    config = replace(CONFIG, epochs=2)
    first, history = fitted(planted, config)
    second, again = fitted(planted, config)
    assert all(
        torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True)
    )
    assert history.drop(columns="seconds").equals(again.drop(columns="seconds"))
    third, _ = fitted(planted, replace(config, seed=1))
    assert not torch.equal(next(first.parameters()), next(third.parameters()))


def test_training_stops_early_and_keeps_the_best_epoch(planted):
    config = replace(CONFIG, epochs=30, patience=2, learning_rate=0.5)
    model, history = fitted(planted, config)
    kept = int(history.loc[history["best"], "epoch"].iloc[0])
    assert len(history) == kept + 2 < 30
    found = loop.evaluate(model, planted[1], TASK)["loss"]
    assert found == pytest.approx(history["val_loss"].min(), rel=1e-5)


def test_plateau_lowers_the_learning_rate(planted):
    """Each epoch without a new least loss (by a ten-thousandth) halves that of the next epoch."""
    config = replace(CONFIG, epochs=12, learning_rate=0.5, plateau_patience=0)
    _, history = fitted(planted, config)
    rate, least, expected = 0.5, float("inf"), []
    for loss in history["val_loss"]:
        expected.append(rate)
        rate, least = (rate, loss) if loss < least * (1 - 1e-4) else (rate / 2, least)
    assert history["learning_rate"].tolist() == expected
    assert expected[-1] < 0.5


def test_joint_loss_is_equation_1():
    torch.manual_seed(0)
    output = {"emotion": torch.randn(5, 7), "authenticity": torch.randn(5)}
    emotion, genuine = torch.tensor([0, 1, 2, 3, 6]), torch.tensor([0.0, 1, 1, 0, 1])
    expected = 0.4 * functional.cross_entropy(output["emotion"], emotion)
    p = output["authenticity"].sigmoid()
    expected += 0.6 * -(genuine * p.log() + (1 - genuine) * (1 - p).log()).mean()
    found = losses.joint(TASK, output, {"emotion": emotion, "authenticity": genuine})
    assert torch.allclose(found, expected)


def test_defaults_are_table_4():
    config = loop.TrainConfig()
    assert (config.epochs, config.patience, config.batch_size) == (100, 10, 32)
    assert config.learning_rate == 1e-4
    assert [(head.loss, head.weight) for head in TASK.heads] == [
        ("cross_entropy", 0.4),
        ("bce", 0.6),
    ]


def test_an_unknown_setting_is_refused():
    with pytest.raises(TypeError, match="momentum"):
        loop.TrainConfig(momentum=0.9)
    with pytest.raises(ValueError, match="'tf32': choose one of float32, bfloat16"):
        loop.TrainConfig(precision="tf32")


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_precision_is_that_of_a_training_step_and_of_nothing_else(planted, precision):
    """Whatever the processor has; float32 is what runs where nothing is said."""
    torch.manual_seed(0)
    model, seen = CNNBaseline(TASK, 32, (4, 4, 4)), set()
    layer = next(m for m in model.modules() if isinstance(m, torch.nn.Linear))
    layer.register_forward_hook(lambda m, _inputs, out: seen.add((m.training, out.dtype)))
    config = replace(
        CONFIG, epochs=1, **({} if precision == "float32" else {"precision": precision})
    )
    history = loop.train(model, *planted, TASK, config, "test")
    assert seen == {(True, getattr(torch, precision)), (False, torch.float32)}
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    assert history["train_loss"].between(0.1, 2).all()


def test_frozen_stages_do_not_move(planted):
    """Neither by a step nor by batch normalisation's statistics, trained as a whole."""
    torch.manual_seed(0)
    backbone = backbones.create(pretrained_registry.random_start("tf_efficientnet_lite0"), None)
    model = models.module("dual_task").build(TASK, [backbone], 3, 32, False)
    before = {k: v.clone() for k, v in model.state_dict().items()}
    loop.train(model, *planted, TASK, replace(CONFIG, epochs=1, train_fraction=0.3), "test")
    moved = {k for k, v in model.state_dict().items() if not torch.equal(v, before[k])}
    assert any(k.startswith("trunks.0") for k in before)
    assert not [k for k in moved if k.startswith("trunks.0")]
    assert any(k.startswith("tail.tops.0.0") and "running_mean" in k for k in moved)
    assert any(k.startswith("tail.tops.0.0") and "conv" in k for k in moved)


def test_a_step_goes_down_the_gradient_of_the_joint_loss():
    """With plain gradient descent the new weights are known, so nothing of the batch is lost."""
    torch.manual_seed(0)
    model = CNNBaseline(TASK, 32).eval()  # without dropout
    inputs = (torch.randn(6, 3, 32, 32),)
    targets = {"emotion": torch.arange(6), "authenticity": torch.tensor([0.0, 1, 1, 0, 1, 0])}
    expected = losses.joint(TASK, model(*inputs), targets)
    gradient = torch.autograd.grad(expected, model.emotion.weight)[0]
    before = model.emotion.weight.detach().clone()
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)  # of an earlier step: must not count
    descent = torch.optim.SGD(model.parameters(), 0.1)
    loss, output = loop.step(model, inputs, targets, TASK, descent)
    assert loss == pytest.approx(float(expected.detach()))
    assert output["emotion"].shape == (6, 7)
    assert torch.allclose(model.emotion.weight, before - 0.1 * gradient, atol=1e-6)


def test_labels_and_pixels_stay_together():
    images = np.zeros((3, 64, 64, 3), np.uint8)
    images[1] = 255
    table = pd.DataFrame(
        {"emotion": ["sad", "happy", "angry"], "authenticity": ["fake", "genuine", "fake"]}
    )
    known = ("gffd2025", "photographs", "subject", "0" * 64, empty_report(), False)
    inputs = Inputs(FaceData(table, images, *known), None, (), 32, None, TASK)
    found = inputs.samples(np.array([1, 0]), None, TASK.targets(table))
    assert found.images.shape == (2, 3, 32, 32)
    assert found.images[0].float().mean() == 255
    assert found.targets["emotion"].tolist() == [EMOTIONS.index("happy"), EMOTIONS.index("sad")]
    assert found.targets["authenticity"].tolist() == [1.0, 0.0]


def test_normalised_channels_have_imagenets_scale():
    white = augmentation.normalise(torch.full((1, 3, 4, 4), 255, dtype=torch.uint8))
    assert white[0, :, 0, 0].tolist() == pytest.approx(
        [(1 - m) / s for m, s in zip(augmentation.MEAN, augmentation.STD, strict=True)]
    )


def test_pixels_come_back_from_normalised_images():
    images = torch.randint(0, 256, (2, 3, 8, 8), dtype=torch.uint8)
    assert torch.equal(augmentation.pixels(augmentation.normalise(images)), images)
    assert augmentation.pixels(torch.full((1, 3, 1, 1), 9.0)).flatten().tolist() == [255, 255, 255]


def test_no_augmentation_changes_nothing():
    nothing = augmentation.Augmentation(0, 0, 0, 0, 0, 0)
    images = augmentation.normalise(torch.randint(0, 256, (2, 3, 16, 16), dtype=torch.uint8))
    same = augmentation.augment(images, nothing, torch.Generator().manual_seed(0))
    assert torch.allclose(same, images, atol=1e-4)


def test_flip_mirrors_and_brightness_lightens():
    images = augmentation.normalise(torch.randint(20, 200, (4, 3, 16, 16), dtype=torch.uint8))
    generator = torch.Generator().manual_seed(0)
    flipped = augmentation.augment(images, augmentation.Augmentation(1, 0, 0, 0, 0, 0), generator)
    assert torch.allclose(flipped, images.flip(3), atol=1e-4)
    changed = augmentation.augment(images, augmentation.Augmentation(0, 0, 0, 0, 0.5, 0), generator)
    mean, std = augmentation.MEAN[0], augmentation.STD[0]
    ratio = (changed[:, 0] * std + mean) / (images[:, 0] * std + mean).clamp_min(1e-3)
    inner = ratio[:, 4:12, 4:12].flatten(1)
    assert torch.allclose(inner.median(1).values, inner.mean(1), atol=0.02)
    assert ((inner.mean(1) - 1).abs() > 0.05).all()
    assert inner.mean(1).min() >= 0.49
    assert inner.mean(1).max() <= 1.51


def test_batches_cover_everything_once():
    generator = torch.Generator().manual_seed(0)
    seen = torch.cat(list(augmentation.batches(50, 16, generator)))
    assert sorted(seen.tolist()) == list(range(50))
    assert len(list(augmentation.batches(33, 16, generator))) == 2  # a batch of one is left out
    assert torch.cat(list(augmentation.batches(33, 16, None))).tolist() == list(range(33))


def test_the_average_of_weights_is_what_is_kept(planted):
    # With a decay of one the average never leaves the first step; with none it is the last one.
    config = replace(CONFIG, epochs=1, learning_rate=0.01)
    still, _ = fitted(planted, replace(config, average=1.0))
    moved, _ = fitted(planted, replace(config, average=1e-9))
    plain, _ = fitted(planted, config)
    last = dict(plain.named_parameters())
    assert all(torch.allclose(v, last[k], atol=1e-5) for k, v in moved.named_parameters())
    assert not all(torch.allclose(v, last[k], atol=1e-3) for k, v in still.named_parameters())


def test_models_go_to_the_device_and_come_back(planted, monkeypatch):
    class Watched(CNNBaseline):
        def to(self, *args, **kwargs):
            moves.append(str(args[0]))
            return super().to(*args, **kwargs)

    moves: list[str] = []
    elsewhere = torch.device("cpu", 0)  # the CPU by another name
    monkeypatch.setattr(loop, "device", lambda: elsewhere)
    model = Watched(TASK, 32)
    loop.train(model, *planted, TASK, replace(CONFIG, epochs=1), "test")
    assert moves == ["cpu:0", "cpu:0", "cpu", "cpu"]  # there; to validate and back; home
    moves.clear()
    said = loop.probabilities_of(model, planted[1].images)
    assert moves == ["cpu:0", "cpu"]
    assert {p.device for p in said.values()} == {torch.device("cpu")}


def test_a_gpu_is_used_where_there_is_one(monkeypatch):
    for there, name in [(True, "cuda"), (False, "cpu")]:
        monkeypatch.setattr(torch.cuda, "is_available", lambda there=there: there)
        assert loop.device().type == name


def test_determinism_covers_a_gpu(monkeypatch):
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    monkeypatch.setattr(torch.backends.cudnn, "benchmark", True)
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    loop.set_determinism(0, 1)
    assert torch.backends.cudnn.allow_tf32 is False
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] in (":4096:8", ":16:8")
    assert torch.backends.cudnn.benchmark is False


def test_float32_is_not_lowered_by_the_process_nor_by_the_environment(monkeypatch):
    torch.set_float32_matmul_precision("medium")
    loop.set_determinism(0, 1)
    assert torch.get_float32_matmul_precision() == "highest"
    monkeypatch.setenv("ONEDNN_DEFAULT_FPMATH_MODE", "strict")
    loop.set_determinism(0, 1)
    monkeypatch.setenv("ONEDNN_DEFAULT_FPMATH_MODE", "BF16")
    with pytest.raises(ValueError, match="ONEDNN_DEFAULT_FPMATH_MODE lowers the precision"):
        loop.set_determinism(0, 1)


def unbalanced(n=400):
    """Cells of very different sizes; the input names the cell."""
    emotion = torch.arange(n) % 7
    genuine = (torch.arange(n) % 10 == 0).float()
    labels = {"emotion": emotion, "authenticity": genuine}
    return ActivationSamples((torch.zeros(n, 4).half(),), (), labels)


def test_a_weighted_order_makes_all_cells_equally_frequent():
    samples = unbalanced()
    generator = torch.Generator().manual_seed(0)
    drawn = torch.cat([loop.balanced_order(samples, TASK, generator) for _ in range(100)])
    cell = samples.targets["emotion"] * 2 + samples.targets["authenticity"].long()
    before = torch.bincount(cell, minlength=14) / len(cell)
    share = torch.bincount(cell[drawn], minlength=14) / len(drawn)
    assert before.max() / before.min() > 5
    # 40,000 draws: the standard error of a share of 1/14 is 0.0013.
    assert (share - 1 / 14).abs().max() < 0.006
    # Within a cell no image is preferred.
    first = (cell == cell[0]).nonzero().flatten()
    counts = torch.bincount(drawn, minlength=len(samples))[first].float()
    assert counts.std() < 2 * counts.mean().sqrt()


class Noted(ActivationSamples):
    """Notes which samples are drawn."""

    def drawn(self, batch, generator):
        self.seen.extend(batch.tolist())
        return super().drawn(batch, generator)


def drawn_in_an_epoch(weighted):
    samples = Noted(**vars(unbalanced()))
    object.__setattr__(samples, "seen", [])

    class Heads(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.emotion, self.authenticity = torch.nn.Linear(4, 7), torch.nn.Linear(4, 1)

        def forward(self, features):
            genuine = self.authenticity(features).squeeze(1)
            return {"emotion": self.emotion(features), "authenticity": genuine}

    model, config = Heads(), replace(CONFIG, weighted=weighted)
    generator = torch.Generator().manual_seed(0)
    loop.train_epoch(model, samples, TASK, loop.optimiser(model, config), config, generator)
    return samples, samples.seen


@pytest.mark.parametrize(("weighted", "share"), [(False, 0.1), (True, 0.5)])
def test_an_epoch_draws_the_weighted_order_only_if_asked(weighted, share):
    samples, seen = drawn_in_an_epoch(weighted)
    assert len(seen) == len(samples)
    assert samples.targets["authenticity"][seen].mean() == pytest.approx(share, abs=0.08)
    assert (len(set(seen)) == len(samples)) is not weighted
