"""A training that is killed and started again ends with the bits of one that was left alone."""

import errno
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.store import checkpoint, progress, stage
from fer_lib.papers.diya2026.models.cnn_baseline import CNNBaseline
from fer_lib.papers.diya2026.task import TASK
from fer_lib.task import Task
from fer_lib.training import loop
from fer_lib.training.augmentation import Augmentation
from fer_lib.training.dataset import ImageSamples

HERE = Path(__file__).parent
WIDE = Augmentation()
PLAIN = loop.TrainConfig(epochs=6, batch_size=16, learning_rate=2e-3)
CONFIGS = {
    "plain": PLAIN,
    "running average": replace(PLAIN, average=0.8),
    # Validation labels turned round: best at first, so best epoch, patience and plateau all lie
    # on both sides of the kill.
    "past its best": replace(PLAIN, epochs=12, patience=5, plateau_patience=1),
}


def faces(n: int, seed: int = 0, changes: Augmentation | None = WIDE) -> ImageSamples:
    """Noise, and the genuine ones are brighter."""
    chance = torch.Generator().manual_seed(seed)
    genuine = torch.arange(n) % 2
    images = torch.randint(0, 128, (n, 3, 32, 32), generator=chance, dtype=torch.uint8)
    images += (genuine * 127).to(torch.uint8).view(n, 1, 1, 1)
    labels = {"emotion": torch.arange(n) % 7, "authenticity": genuine.float()}
    return ImageSamples(images, labels, changes)


def fitted(config, path=None, filters=(8, 8, 8), data=None, other=None, task=TASK):
    loop.set_determinism(config.seed, config.threads)
    model = CNNBaseline(task, 32, filters)
    validation = other or faces(28, 1)
    if config == CONFIGS["past its best"]:
        turned = 1 - validation.targets["authenticity"]
        validation = replace(validation, targets=validation.targets | {"authenticity": turned})
    history = loop.train(model, data or faces(64), validation, task, config, "test", path)
    return model.state_dict(), history.drop(columns="seconds")


def same(one, other) -> bool:
    weights = all(torch.equal(one[0][name], value) for name, value in other[0].items())
    return weights and one[1].equals(other[1])


@pytest.fixture
def said(monkeypatch):
    lines = []
    monkeypatch.setattr(progress, "say", lines.append)
    monkeypatch.setattr(checkpoint, "SECONDS_BETWEEN_WRITES", 0)
    return lines


@pytest.fixture
def path(tmp_path):
    return tmp_path / "training.checkpoint"


def remarks(lines):
    return [line for line in lines if "validation loss" not in line]


class Killed(BaseException):
    """Nothing in the training may catch it."""


def killed_in(epoch: int, config, path, monkeypatch) -> None:
    """Train until an epoch is over and not yet kept."""

    def say(line):
        if f"epoch {epoch}/" in line:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(progress, "say", say)
        with pytest.raises(Killed):
            fitted(config, path)


@pytest.mark.parametrize("name", CONFIGS)
def test_going_on_ends_with_the_same_bits(name, path, said, monkeypatch):
    config = CONFIGS[name]
    undisturbed = fitted(config)
    last = len(undisturbed[1])
    assert last > 5
    said.clear()
    killed_in(3, config, path, monkeypatch)
    killed_in(last, config, path, monkeypatch)  # this one has gone on already
    assert not said
    found = fitted(config, path)
    assert said[0] == f"test: going on after epoch {last - 1}"
    assert len(said) == 2  # and one epoch is left
    assert same(found, undisturbed)
    # The file stays until the run is stored: a start now has nothing to train and knows the end.
    said.clear()
    assert same(fitted(config, path), undisturbed)
    assert said == [f"test: going on after epoch {last}"]


def test_the_case_past_its_best_is_one(said):
    _, history = fitted(CONFIGS["past its best"])
    best = history.loc[history["best"], "epoch"].iloc[0]
    assert best < 3
    assert len(history) == best + 5 < CONFIGS["past its best"].epochs
    assert history["learning_rate"].nunique() > 1


def train_until_killed(path: str, writes: int) -> None:
    """Train, and die by SIGKILL in the middle of a write, when the file is half way to disk."""
    checkpoint.SECONDS_BETWEEN_WRITES = 0
    seen = []

    def fsync(descriptor):
        seen.append(descriptor)
        if len(seen) == writes:
            os.ftruncate(descriptor, os.fstat(descriptor).st_size // 2)
            os.kill(os.getpid(), signal.SIGKILL)

    os.fsync = fsync
    fitted(CONFIGS["running average"], Path(path))


def test_a_process_killed_while_it_writes_leaves_the_earlier_checkpoint(path, said):
    child = f"import test_checkpoint as t; t.train_until_killed({str(path)!r}, 3)"
    places = os.pathsep.join([str(HERE.parent), str(HERE)])
    ended = subprocess.run(
        [sys.executable, "-c", child],
        env={**os.environ, "PYTHONPATH": places, "FER_PROGRESS": os.devnull},
        timeout=120,
    )
    assert ended.returncode == -signal.SIGKILL
    assert len(list(path.parent.iterdir())) == 2  # the second write, and half of the third
    found = fitted(CONFIGS["running average"], path)
    assert said[0] == "test: going on after epoch 2"
    assert same(found, fitted(CONFIGS["running average"]))
    stage.clear(path)
    assert not list(path.parent.iterdir())
    stage.clear(path)  # nothing there is no error


def damage(kind: str, path: Path) -> None:
    whole = bytearray(path.read_bytes())
    if kind == "cut off":
        whole = whole[: len(whole) * 2 // 3]
    elif kind == "empty":
        whole = bytearray()
    elif kind == "a bit in the weights":
        whole[len(whole) // 2] ^= 1
    elif kind == "a bit in the header":
        whole[whole.index(b'"settings"') + 1] ^= 1
    path.write_bytes(whole)


@pytest.mark.parametrize(
    "kind", ["cut off", "empty", "a bit in the weights", "a bit in the header"]
)
def test_a_damaged_checkpoint_is_said_and_not_used(kind, path, said, monkeypatch):
    config = replace(PLAIN, epochs=3)
    killed_in(2, config, path, monkeypatch)
    damage(kind, path)
    found = fitted(config, path)
    assert remarks(said) == ["test: the checkpoint is damaged: training starts anew"]
    assert same(found, fitted(config))


def test_what_cannot_be_read_is_said_and_not_used(path, said):
    path.mkdir()
    fitted(replace(PLAIN, epochs=1), path)
    assert remarks(said)[0].startswith("test: the checkpoint cannot be read (")


OTHERS = {
    "settings": {"config": replace(PLAIN, epochs=3, batch_size=8)},
    "task": {"task": Task((TASK.heads[0], replace(TASK.heads[1], loss="focal")))},
    "model or starting weights": {"filters": (8, 8, 4)},
    "training data": {"data": faces(64, 2)},
    "validation data": {"other": faces(28, 2)},
    "changes": {"data": faces(64, changes=replace(WIDE, flip=0.0))},
}


@pytest.mark.parametrize("what", OTHERS)
def test_a_checkpoint_of_another_training_is_said_and_not_used(what, path, said, monkeypatch):
    config = replace(PLAIN, epochs=3)
    killed_in(2, config, path, monkeypatch)
    other = {"config": config, **OTHERS[what]}
    found = fitted(path=path, **other)
    (remark,) = remarks(said)
    assert remark == (
        f"test: the checkpoint is of another training ({what} differ): training starts anew"
    )
    assert same(found, fitted(**other))


def test_other_starting_weights_of_the_same_shape_are_another_training(path, said, monkeypatch):
    # Weights that could not be had when the first process started may be there for the second.
    config = replace(PLAIN, epochs=3)
    killed_in(2, config, path, monkeypatch)
    torch.manual_seed(1)
    loop.train(
        CNNBaseline(TASK, 32, (8, 8, 8)), faces(64), faces(28, 1), TASK, config, "test", path
    )
    assert "model or starting weights differ" in remarks(said)[0]


def test_what_plain_loading_refuses_is_said_and_not_used(path, said):
    checkpoint.write(path, {}, {"record": np.float64(1)})
    assert checkpoint.Checkpoint(path, "test", {}).load() is None
    assert said == ["test: the checkpoint holds more than plain values: training starts anew"]


def test_a_full_disk_is_said_once_and_the_training_goes_on(path, said, monkeypatch):
    config = replace(PLAIN, epochs=4)
    undisturbed = fitted(config)
    killed_in(3, config, path, monkeypatch)
    said.clear()

    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert same(fitted(config, path), undisturbed)
    assert remarks(said) == [
        "test: going on after epoch 2",
        "test: the checkpoint cannot be written (No space left on device): going on without",
    ]
    assert list(path.parent.iterdir()) == [path]  # the earlier one, which is still good
    said.clear()
    assert same(fitted(config, path), undisturbed)
    assert said[0] == "test: going on after epoch 2"


def test_a_short_training_writes_nothing(path, said, monkeypatch):
    monkeypatch.setattr(checkpoint, "SECONDS_BETWEEN_WRITES", 30)
    fitted(replace(PLAIN, epochs=2), path)
    assert not path.exists()
