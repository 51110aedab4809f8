"""Save the state of a training, so that an interrupted one continues and gives the same bits.

A checkpoint is one file: the sha256 of all that follows, a line of JSON that says what the state
belongs to, and the state as `torch.save` writes it. It is written beside its place and renamed,
so there is always a whole one or none; what does not match its hash, or belongs to something
else, is not used.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import pickle
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from torch import Tensor

from engine.store import progress, system

SECONDS_BETWEEN_WRITES = 30.0  # short trainings never write one


class CheckpointError(RuntimeError):
    """A checkpoint is damaged, or belongs to something else."""


class UnreadableError(CheckpointError):
    """A checkpoint may not be read, perhaps because it is somebody else's."""


class Checkpoint:
    """The place where one training keeps its state; its trouble never stops the training.

    Parameters
    ----------
    path : Path or None
        The file; None keeps nothing.
    label : str
        Starts the progress lines.
    belongs_to : mapping of str to str
        All that decides the result, by a name that people read: a state is taken up only where
        every value is the same.
    """

    def __init__(self, path: Path | None, label: str, belongs_to: Mapping[str, str]) -> None:
        self._path = path
        self._label = label
        self._belongs_to = dict(belongs_to)
        self._last_write = time.monotonic()

    def load(self) -> dict | None:
        """Return the state kept by an earlier process, on the CPU; None if there is none to use."""
        if self._path is None or not self._path.exists():
            return None
        try:
            return read(self._path, self._belongs_to)
        except UnreadableError as reason:
            progress.say(f"{self._label}: {reason}: training starts anew and keeps none of its own")
            self._path = None
            return None
        except CheckpointError as reason:
            progress.say(f"{self._label}: {reason}: training starts anew")
            return None

    def save(self, state: Callable[[], dict]) -> None:
        """Keep what ``state()`` returns, if the last write is `SECONDS_BETWEEN_WRITES` ago."""
        due = self._last_write + SECONDS_BETWEEN_WRITES
        if self._path is None or time.monotonic() < due:
            return
        try:
            write(self._path, self._belongs_to, state())
        except OSError as reason:
            progress.say(
                f"{self._label}: the checkpoint cannot be written ({reason.strerror}): "
                "going on without"
            )
            self._path = None
        self._last_write = time.monotonic()


def fingerprint(tensors: Mapping[str, Tensor]) -> str:
    """Return the sha256 of named tensors: names, types, shapes and values."""
    digest = hashlib.sha256()
    for name, tensor in tensors.items():
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        plain = tensor.detach().cpu().contiguous().flatten()
        digest.update(plain.view(torch.uint8).numpy())
    return digest.hexdigest()


def write(path: Path, belongs_to: Mapping[str, str], state: dict) -> None:
    """Write a checkpoint in one step: a process killed on the way leaves the earlier one.

    Raises
    ------
    OSError
        If it cannot be written; nothing of it is left then.
    """
    # By way of memory, because torch's own writer reports a full disk as a RuntimeError.
    stream = io.BytesIO()
    torch.save(state, stream)
    header = json.dumps(dict(belongs_to)).encode() + b"\n"
    digest = hashlib.sha256(header)
    digest.update(stream.getbuffer())
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with part.open("wb") as file:
            file.write(digest.hexdigest().encode() + b"\n" + header)
            file.write(stream.getbuffer())
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def read(path: Path, belongs_to: Mapping[str, str]) -> dict:
    """Return the state in a checkpoint, its tensors on the CPU.

    Raises
    ------
    CheckpointError
        If the file cannot be read, is not as it was written, or ``belongs_to`` is not the same.
    """
    try:
        digest, _, rest = path.read_bytes().partition(b"\n")
    except OSError as reason:
        kind = UnreadableError if system.refused(reason) else CheckpointError
        raise kind(f"the checkpoint cannot be read ({reason.strerror})") from reason
    if hashlib.sha256(rest).hexdigest().encode() != digest:
        raise CheckpointError("the checkpoint is damaged")
    header, _, payload = rest.partition(b"\n")
    found = json.loads(header)
    other = [name for name in {**belongs_to, **found} if belongs_to.get(name) != found.get(name)]
    if other:
        raise CheckpointError(f"the checkpoint is of another training ({', '.join(other)} differ)")
    try:
        return torch.load(io.BytesIO(payload), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as refused:
        raise CheckpointError("the checkpoint holds more than plain values") from refused
