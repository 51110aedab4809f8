"""A run is a folder: what was done, with what, and what came out.

``run.json`` (model, profile, seeds, data hash, weights, versions, wall time), ``history.csv``,
``predictions.parquet`` (one row an image: truth and probabilities), ``weights.safetensors``, and
``SHA256SUMS`` over them, so that a damaged run is found and not believed.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from safetensors.torch import load_file, save_file
from torch import Tensor

FILES = ("run.json", "history.csv", "predictions.parquet", "weights.safetensors")
SUMS = "SHA256SUMS"


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
        lines = (self.folder / SUMS).read_text().splitlines()
        return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def environment(threads: int) -> dict[str, object]:
    """Return versions, processor and thread count, for the record."""
    packages = ("numpy", "numba", "torch", "timm", "captum", "scikit-learn", "pandas")
    return {
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages},
        "processor": processor(),
        "cores": os.cpu_count(),
        "threads": threads,
    }


def processor() -> str:
    """Return the processor's name and architecture as the system gives them."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return f"{line.split(':', 1)[1].strip()} ({platform.machine()})"
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


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
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".run-", dir=folder.parent) as temporary:
        part = Path(temporary) / "run"
        part.mkdir()
        (part / "run.json").write_text(json.dumps(about, indent=1, sort_keys=True) + "\n")
        history.to_csv(part / "history.csv", index=False)
        predictions.to_parquet(part / "predictions.parquet", index=False)
        save_file(
            {k: v.contiguous().clone() for k, v in weights.items()}, part / "weights.safetensors"
        )
        sums = "".join(f"{_sha256(part / name)}  {name}\n" for name in FILES)
        (part / SUMS).write_text(sums)
        shutil.rmtree(folder, ignore_errors=True)
        if folder.is_file():
            folder.unlink()
        try:
            part.replace(folder)
        except OSError:
            # Another process finished the same run in between: its files are as good as these.
            if not (folder / SUMS).exists():
                raise
    return read(folder)


def read(folder: Path) -> Run:
    """Read a run after checking every file against its hash.

    Raises
    ------
    RunError
        If the folder is missing or a file of it is not what was written.
    """
    if not (folder / SUMS).exists():
        raise RunError(f"no run in {folder.name}: re-run the notebook that makes it")
    lines = (folder / SUMS).read_text(errors="replace").splitlines()
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    if set(sums) != set(FILES):
        raise RunError(f"{SUMS} of run {folder.name} is damaged: the run will be made again")
    for name, expected in sums.items():
        path = folder / name
        if not path.is_file() or _sha256(path) != expected:
            raise RunError(f"{name} of run {folder.name} is damaged: the run will be made again")
    return Run(
        folder,
        json.loads((folder / "run.json").read_text()),
        pd.read_csv(folder / "history.csv"),
        pd.read_parquet(folder / "predictions.parquet"),
    )
