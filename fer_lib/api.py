"""The twelve verbs of the book for a student: load, split, build, fit, ... in one import.

Each is a function of the room that its line names. No room imports this module: a result would
then depend on all of them. ``fer_lib/README.md`` has their signatures and a first training.
"""

from fer_lib.data.datasets import load
from fer_lib.data.splits import split
from fer_lib.evaluation.counts_by_subject import score
from fer_lib.evaluation.metrics import confusion, curves
from fer_lib.evaluation.verdicts import verdict
from fer_lib.explain.grad_cam import cams
from fer_lib.explain.lime import lime
from fer_lib.training.fit_predict import fit, predict
from fer_lib.training.load_runs import load_run
from fer_lib.training.run_training import build

__all__ = [
    "build",
    "cams",
    "confusion",
    "curves",
    "fit",
    "lime",
    "load",
    "load_run",
    "predict",
    "score",
    "split",
    "verdict",
]
