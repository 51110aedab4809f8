"""Write and read the served file: a run's model as ONNX, with its metadata."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.store import artifact, keys, paths, progress, stage
from fer_lib.data import datasets
from fer_lib.training import config, load_runs, run_training
from fer_lib.training import run as runs
from service import detect, onnx_export
from service.alignment import template_of
from service.detect import Detector

MODEL = "model.onnx"
# What decides the file, beside the library.
OWN_FILES = (
    "alignment.py",
    "detect.py",
    "exported_model.py",
    "onnx_export.py",
    "onnx_runtime.py",
    f"models/{detect.MODEL.name}",
)
# What these import of the library, and of others.
OF_LIBRARY = ("fer_lib.task", "fer_lib.training.augmentation", "fer_lib.training.loop")
OF_OTHERS = ("cv2", "numpy", "onnx", "onnxruntime", "PIL", "torch")
TEMPLATE_FACES = 200  # training images behind the template


def place_of(run: runs.Run) -> Path:
    """Return where the exported model of a run lies, or will lie, in the store."""
    here = Path(__file__).parent
    code = {name: keys.sha256((here / name).read_bytes()) for name in OWN_FILES}
    library = keys.library().ingredients(*OF_LIBRARY, also=OF_OTHERS)
    made_of = keys.digest({"service": code, **library})
    return paths.cache() / "served" / f"{run.folder.name}-{made_of}"


def need(wanted: config.Experiment) -> tuple[runs.Run, Path]:
    """Return a training's run and its exported model, from the store where they are there.

    Who wants to see the service does not want to train for an hour: a run that is missing is made
    in profile ``smoke``, which is said.
    """
    if not load_runs.stored(wanted) and wanted.settings.profile != "smoke":
        progress.say(
            f"no run of {wanted.arm.name} in profile {wanted.settings.profile} yet: making one in "
            "profile smoke; `make book` makes the full one"
        )
        wanted = replace(wanted, settings=replace(wanted.settings, profile="smoke"))
    run = load_runs.need(wanted)
    return run, of(wanted, run)


def of(wanted: config.Experiment, run: runs.Run) -> Path:
    """Return the exported model of a run that was found for ``wanted``."""
    folder = place_of(run)
    made = replace(wanted, settings=replace(wanted.settings, profile=run.about["profile"]))
    stage.made_once(
        folder,
        lambda: stage.reason(folder, (MODEL,)),
        lambda: _export(made, run, folder),
    )
    return folder / MODEL


def _export(made: config.Experiment, run: runs.Run, folder: Path) -> None:
    faces = datasets.by_name(made.settings.data, made.settings.data_root or None)
    training = np.sort(run_training.parts_of(made, faces.table).train)
    some = training[:: max(1, len(training) // TEMPLATE_FACES)]
    template = template_of((faces.images[row] for row in some), Detector())
    about = {
        "run": run.folder.name,
        "profile": run.about["profile"],
        "data": run.about["data"],
        "data_kind": run.about["data_kind"],
        "random_start": run.about["random_start"],
        "template": template.as_dict(),
    }
    side = run.about["image_size"]
    with artifact.writing(folder) as part:
        onnx_export.export(run_training.trained_model(run), run.task, side, part / MODEL, about)
