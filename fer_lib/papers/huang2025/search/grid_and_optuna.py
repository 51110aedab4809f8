"""Choose hyper-parameters by grid search or by Optuna, with equally many trials."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

SVM, LR = "SVM", "logistic regression"
GRID, OPTUNA = "grid search", "Optuna"
# Ranges of C and the kernels are the public code's; the class weights are our choice: they act on
# the rare classes directly.
C = {SVM: (0.1, 10.0), LR: (0.01, 10.0)}
KINDS = {
    SVM: {"kernel": ("linear", "rbf"), "class_weight": (None, "balanced")},
    LR: {"class_weight": (None, "balanced")},
}
STARTUP = 1 / 3  # of Optuna's trials are drawn at random before its model of them is used
STEPS = 2000  # at most, of logistic regression

Tried = list[tuple[dict, float]]  # settings with their scores


def model_of(name: str, setting: dict):
    """Return an untrained classifier; without settings it has those it comes with."""
    return SVC(**setting) if name == SVM else LogisticRegression(max_iter=STEPS, **setting)


def tries(candidates: int) -> int:
    """Return how many settings are tried: a multiple of four, which both grids can be."""
    return max(candidates // 4, 1) * 4


def grid(model: str, candidates: int) -> list[dict]:
    """Return the settings of a grid: every kind with equally many values of C, evenly by factor."""
    names, kinds = list(KINDS[model]), list(product(*KINDS[model].values()))
    count = tries(candidates) // len(kinds)
    strengths = np.geomspace(*C[model], count) if count > 1 else [1.0]
    return [
        {"C": round(float(c), 4), **dict(zip(names, kind, strict=True))}
        for c in strengths
        for kind in kinds
    ]


def by_grid(model: str, score: Callable[[dict], float], candidates: int, seed: int = 0) -> Tried:
    """Return every setting of the grid with its score; the seed changes nothing."""
    return [(setting, score(setting)) for setting in grid(model, candidates)]


def by_optuna(model: str, score: Callable[[dict], float], candidates: int, seed: int) -> Tried:
    """Return as many settings as the grid has, chosen by Optuna's TPE, with their scores."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    count = tries(candidates)
    sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=max(1, round(STARTUP * count)))
    tried: Tried = []

    def objective(trial) -> float:
        setting = {"C": trial.suggest_float("C", *C[model], log=True)}
        for name, kinds in KINDS[model].items():
            setting[name] = trial.suggest_categorical(name, list(kinds))
        tried.append((setting, score(setting)))
        return tried[-1][1]

    optuna.create_study(direction="maximize", sampler=sampler).optimize(objective, n_trials=count)
    return tried


def best(tried: Tried) -> dict:
    """Return the setting with the highest score, the first of equals."""
    return max(tried, key=lambda one: one[1])[0]


def rows(tried: Tried) -> list[dict]:
    """Return settings and scores as rows of a table, the best one ``chosen``."""
    chosen = best(tried)
    return [
        {
            "candidate": k,
            "C": setting["C"],
            "kernel": setting.get("kernel", ""),
            "class weight": setting["class_weight"] or "none",
            "score": score,
            "chosen": setting is chosen,
        }
        for k, (setting, score) in enumerate(tried)
    ]
