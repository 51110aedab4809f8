"""Nested search for SVM and logistic regression, by grid and Optuna, on the same folds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score

from engine.store.progress import Progress
from fer_lib.data.splits import stratified_folds
from fer_lib.papers.huang2025 import budget, features, pca
from fer_lib.papers.huang2025.grouped_folds import divisible
from fer_lib.papers.huang2025.search import coefficient_maps, grid_and_optuna
from fer_lib.papers.huang2025.search.grid_and_optuna import GRID, LR, OPTUNA, SVM

FILES = ("predictions.parquet", "candidates.parquet", "maps.parquet")
INNER_FOLDS = 3
GROUPS = INNER_FOLDS + 1  # that must show an emotion: one is tested, the others go to inner folds
ATTEMPTS = 20  # to divide few subjects so that every training part has every emotion
BEFORE = "before"
SEARCHES = {GRID: grid_and_optuna.by_grid, OPTUNA: grid_and_optuna.by_optuna}
PAPERS = ((SVM, GRID), (LR, OPTUNA))  # the pairs that section 5.2 compares
WRONG = f"{OPTUNA}, scored on the test fold"

Parts = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # x, y to learn from; x, y to judge


@dataclass(frozen=True)
class Found:
    """The results of the searches.

    Attributes
    ----------
    predictions : DataFrame
        One row an image: ``image_id``, ``emotion``, ``group``, ``fold`` in which it was tested,
        and what each way called it, in columns named by `column`.
    candidates : DataFrame
        One row a setting that was tried: ``fold``, ``model``, ``search``, ``candidate``, ``C``,
        ``kernel``, ``class weight``, ``score`` (macro-F1 on inner folds, or on the test fold for
        `WRONG`), ``chosen``.
    maps : DataFrame
        As `coefficient_maps.spread` returns it for the logistic regression that Optuna chose, with
        ``fold``.
    """

    predictions: pd.DataFrame
    candidates: pd.DataFrame
    maps: pd.DataFrame


def column(model: str, search: str) -> str:
    """Return the name of a way: "SVM, before"."""
    return f"{model}, {search}"


def make(settings, needs: dict[str, Path], folder: Path) -> dict:
    """Carry out the searches on the stored features, and write what they gave into ``folder``.

    Parameters
    ----------
    settings : fer_lib.settings.Settings
        Profile and seed decide the number of folds and settings, and the draws.
    needs : dict
        Folder of the study ``micro_features``.
    folder : Path
        Empty.

    Returns
    -------
    dict
        ``folds``, ``inner_folds``, ``candidates``; ``images``, and ``left_out`` by emotion;
        ``fits`` and ``seconds`` of each way.

    Raises
    ------
    DataError
        If too few emotions can be divided.
    ValueError
        As `searches`.
    """
    amounts, whole = budget.get(settings.profile), features.read(needs["micro_features"])
    given = features.some(whole, features.MOST_IMAGES, settings.seed)
    found, told = searches(
        given.table,
        given.both,
        given.cnn.shape[1],
        amounts.search_folds,
        amounts.search_candidates,
        settings.seed,
    )
    for name in FILES:
        getattr(found, name.partition(".")[0]).to_parquet(folder / name, index=False)
    return told


def read(folder: Path) -> Found:
    """Return the results of `make` in a folder."""
    return Found(*(pd.read_parquet(folder / name) for name in FILES))


def folds(emotion: np.ndarray, group: np.ndarray, count: int, seed: int) -> list[tuple]:
    """Return (train, test) places, split by subject, every emotion in every training part.

    Raises
    ------
    ValueError
        If there are too few subjects, or too few with one of the emotions.
    """
    if len(np.unique(group)) < count:
        raise ValueError(f"{len(np.unique(group))} subjects for {count} folds: load more subjects")
    for attempt in range(ATTEMPTS):
        found = stratified_folds(emotion, group, count, seed + 1000 * attempt)
        missing = {e for train, _ in found for e in set(emotion) - set(emotion[train])}
        if not missing:
            return found
    raise ValueError(f"a training part has no {', '.join(sorted(missing))}: load more subjects")


def macro_f1(truth: np.ndarray, guess: np.ndarray) -> float:
    """Return the mean F1 of the emotions that occur in ``truth``."""
    present = np.unique(truth)
    return float(f1_score(truth, guess, average="macro", labels=present, zero_division=0))


def searches(
    table: pd.DataFrame, both: np.ndarray, cnn_width: int, outer: int, candidates: int, seed: int
) -> tuple[Found, dict]:
    """Judge every search on outer folds, each choosing on inner folds of its training part.

    Parameters
    ----------
    table : DataFrame
        N rows with ``image_id``, ``emotion``, ``group``. Images of an emotion that fewer than
        `GROUPS` groups show are left out.
    both : ndarray
        float (N, d): ``cnn_width`` features of the network, then the local binary patterns.
    outer, candidates, seed : int
        Folds, settings a search, and of all draws.

    Raises
    ------
    DataError, ValueError
        As `fer_lib.papers.huang2025.grouped_folds.divisible`, `folds` and
        `coefficient_maps.spread`.
    """
    several = table["emotion"].isin(divisible(table, GROUPS)).to_numpy()
    left_out = table["emotion"][~several].astype(str).value_counts().to_dict()
    table, both = table[several], both[several]
    emotion, group = table["emotion"].astype(str).to_numpy(), table["group"].to_numpy()
    account = _Account(table[["image_id", "emotion", "group"]].assign(fold=-1))
    account.predictions = account.predictions.reset_index(drop=True)
    maps = []
    counter = Progress("searches: done", outer, unit="folds")
    for number, (train, test) in enumerate(folds(emotion, group, outer, seed)):
        inner = [
            _parts(both, emotion, train[a], train[b], seed)[0]
            for a, b in folds(emotion[train], group[train], INNER_FOLDS, seed)
        ]
        whole, components = _parts(both, emotion, train, test, seed)
        account.predictions.loc[test, "fold"] = number
        fold = _Fold(number, test, whole, candidates, 1000 * seed + number)
        for model in (SVM, LR):
            as_it_comes = _fit(model, {}, whole).predict(whole[2])
            account.predictions.loc[test, column(model, BEFORE)] = as_it_comes
            for search in (GRID, OPTUNA):
                fitted = account.chosen(fold, model, search, inner, search)
        account.chosen(fold, LR, OPTUNA, [whole], WRONG)
        seen, back = components.standardised(both[test]), components.back(fitted.coef_)
        found = coefficient_maps.spread(back, fitted.classes_, seen, cnn_width)
        maps.append(found.assign(fold=number))
        counter.step()
    facts = {
        "folds": outer,
        "inner_folds": INNER_FOLDS,
        "candidates": grid_and_optuna.tries(candidates),
        "images": len(table),
        "groups": table["group"].nunique(),
        "left_out": left_out,
        "fits": account.fits,
        "seconds": account.seconds,
    }
    tried = pd.DataFrame(account.tried)
    return Found(account.predictions, tried, pd.concat(maps, ignore_index=True)), facts


@dataclass(frozen=True)
class _Fold:
    """One outer fold: its number, test rows, both parts, settings a search, seed."""

    number: int
    test: np.ndarray
    whole: Parts
    candidates: int
    seed: int


@dataclass
class _Account:
    """What is noted on the way."""

    predictions: pd.DataFrame
    tried: list[dict] = field(default_factory=list)
    fits: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def chosen(self, fold: _Fold, model: str, search: str, judged_on: list[Parts], name: str):
        """Search, fit what was found on the whole training part, test it, and return it."""
        started = time.perf_counter()
        score = _scorer(model, judged_on)
        tried = SEARCHES[search](model, score, fold.candidates, fold.seed)
        fitted = _fit(model, grid_and_optuna.best(tried), fold.whole)
        key = column(model, name)
        self.seconds[key] = self.seconds.get(key, 0.0) + time.perf_counter() - started
        self.fits[key] = self.fits.get(key, 0) + len(tried) * len(judged_on) + 1
        self.predictions.loc[fold.test, key] = fitted.predict(fold.whole[2])
        of = {"fold": fold.number, "model": model, "search": name}
        self.tried += [of | row for row in grid_and_optuna.rows(tried)]
        return fitted


def _parts(
    x: np.ndarray, y: np.ndarray, train: np.ndarray, test: np.ndarray, seed: int
) -> tuple[Parts, pca.Projection]:
    components = pca.fit(x[train], seed)
    return (components(x[train]), y[train], components(x[test]), y[test]), components


def _fit(model: str, setting: dict, parts: Parts):
    return grid_and_optuna.model_of(model, setting).fit(parts[0], parts[1])


def _scorer(model: str, parts: list[Parts]) -> Callable[[dict], float]:
    """Return the mean macro-F1 of a setting over some parts, as a function of the setting."""

    def score(setting: dict) -> float:
        found = [macro_f1(p[3], _fit(model, setting, p).predict(p[2])) for p in parts]
        return float(np.mean(found))

    return score
