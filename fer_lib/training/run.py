"""A run: a folder with the settings, history, predictions and weights of one training.

``run.json`` (model, profile, seeds, data hash, weights, versions, wall time), ``history.csv``,
``predictions.parquet`` (one row an image: truth and probabilities), ``weights.safetensors``, and
``SHA256SUMS`` over them, so that a damaged run is found and not believed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.store import artifact
from fer_lib.task import Task
from fer_lib.training.config import RUN_FILES as FILES


class RunError(RuntimeError):
    """A run's folder is missing, incomplete or damaged."""


@dataclass(frozen=True)
class Run:
    """What a finished run says.

    Attributes
    ----------
    folder : Path
        Where its files lie.
    about : dict
        The content of ``run.json``.
    history : DataFrame
        One row an epoch.
    predictions : DataFrame
        One row an image: ``image_id``, ``set``, ``group``, the true labels, and the
        probabilities in the columns `fer_lib.task.Head.columns`.
    """

    folder: Path
    about: dict
    history: pd.DataFrame
    predictions: pd.DataFrame

    @property
    def task(self) -> Task:
        """What the model was asked, with the losses and weights that it learnt by."""
        return Task.restored(self.about["task"])

    def weights(self) -> dict[str, Tensor]:
        """Return the tensors of the trained model."""
        return load_file(self.folder / "weights.safetensors")

    def hashes(self) -> dict[str, str]:
        """Return the sha256 of each file."""
        return artifact.sums(self.folder)


def fill(
    folder: Path, history: pd.DataFrame, predictions: pd.DataFrame, weights: dict[str, Tensor]
) -> None:
    """Write all of a run but ``run.json`` into an empty folder."""
    history.to_csv(folder / "history.csv", index=False)
    predictions.to_parquet(folder / "predictions.parquet", index=False)
    save_file(
        {k: v.contiguous().clone() for k, v in weights.items()}, folder / "weights.safetensors"
    )


def read(folder: Path) -> Run:
    """Read a run after checking every file against its hash.

    Raises
    ------
    RunError
        If the folder is missing or a file of it is not what was written.
    """
    if not artifact.exists(folder):
        raise RunError(f"no run in {folder.name}: re-run the notebook that makes it")
    fault = artifact.fault(folder, FILES)
    if fault:
        raise RunError(f"{fault} in run {folder.name}: the run will be made again")
    return opened(folder)


def opened(folder: Path) -> Run:
    """Return a run whose files were checked just now."""
    return Run(
        folder,
        json.loads((folder / "run.json").read_text()),
        pd.read_csv(folder / "history.csv"),
        pd.read_parquet(folder / "predictions.parquet"),
    )
