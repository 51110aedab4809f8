"""The file that is served: a run's model as ONNX, with what the service has to know beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from fer_lib import collect, experiment, keys, onnx_export, paths, plan, runs, sealed
from fer_lib import data as datasets
from service import detect
from service.align import template_of
from service.detect import Detector

MODEL = "model.onnx"
# What decides the file, beside the library.
OWN_FILES = ("align.py", "detect.py", "export.py", f"models/{detect.MODEL.name}")
TEMPLATE_FACES = 200  # training images behind the template


def place_of(run: runs.Run) -> Path:
    """Return where the exported model of a run lies, or will lie, in the store."""
    here = Path(__file__).parent
    code = {name: keys.sha256((here / name).read_bytes()) for name in OWN_FILES}
    library = keys.library().ingredients("fer_lib.onnx_export", also=("cv2", "numpy", "PIL"))
    made_of = keys.digest({"service": code, **library})
    return paths.cache() / "served" / f"{run.folder.name}-{made_of}"


def need(wanted: plan.Experiment) -> tuple[runs.Run, Path]:
    """Return a training's run and its exported model, from the store where they are there.

    A run that is missing is made in profile ``smoke``, which is said (`fer_lib.collect.need`).
    """
    run = collect.need(wanted)
    return run, of(wanted, run)


def of(wanted: plan.Experiment, run: runs.Run) -> Path:
    """Return the exported model of a run that was found for ``wanted``."""
    folder = place_of(run)
    if sealed.fault(folder, (MODEL,)) is not None:
        with sealed.only_one(folder):
            if sealed.fault(folder, (MODEL,)) is not None:
                _export(replace(wanted, profile=run.about["profile"]), run, folder)
    return folder / MODEL


def _export(made: plan.Experiment, run: runs.Run, folder: Path) -> None:
    faces = datasets.load(made.data, made.data_root or None)
    training = np.sort(experiment.parts_of(made, faces.table).train)
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
    with sealed.writing(folder) as part:
        onnx_export.export(experiment.trained_model(run), side, part / MODEL, about)
