"""A run is a folder: what was done, with what, and what came out.

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

from fer_lib import sealed
from fer_lib.plan import RUN_FILES as FILES


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
        One row an image: ``image_id``, ``set``, ``group``, ``emotion``, ``authenticity``,
        ``p_<emotion>`` and ``p_genuine``.
    """

    folder: Path
    about: dict
    history: pd.DataFrame
    predictions: pd.DataFrame

    def weights(self) -> dict[str, Tensor]:
        """Return the tensors of the trained model."""
        return load_file(self.folder / "weights.safetensors")

    def hashes(self) -> dict[str, str]:
        """Return the sha256 of each file."""
        return sealed.sums(self.folder)


def write(
    folder: Path,
    about: dict,
    history: pd.DataFrame,
    predictions: pd.DataFrame,
    weights: dict[str, Tensor],
) -> Run:
    """Write a run beside its place and move it there in one step.

    A process that is killed leaves a hidden folder, never half a run.
    """
    with sealed.writing(folder) as part:
        (part / "run.json").write_text(json.dumps(about, indent=1, sort_keys=True) + "\n")
        history.to_csv(part / "history.csv", index=False)
        predictions.to_parquet(part / "predictions.parquet", index=False)
        save_file(
            {k: v.contiguous().clone() for k, v in weights.items()}, part / "weights.safetensors"
        )
    return read(folder)


def read(folder: Path) -> Run:
    """Read a run after checking every file against its hash.

    Raises
    ------
    RunError
        If the folder is missing or a file of it is not what was written.
    """
    if not sealed.exists(folder):
        raise RunError(f"no run in {folder.name}: re-run the notebook that makes it")
    fault = sealed.fault(folder, FILES)
    if fault:
        raise RunError(f"{fault} in run {folder.name}: the run will be made again")
    return Run(
        folder,
        json.loads((folder / "run.json").read_text()),
        pd.read_csv(folder / "history.csv"),
        pd.read_parquet(folder / "predictions.parquet"),
    )
