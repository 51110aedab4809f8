"""Repeated grouped cross-validation of classifiers with several ways of balancing."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import pandas as pd

from engine.store.progress import Progress
from fer_lib.data.splits import stratified_folds
from fer_lib.labels import EMOTIONS
from fer_lib.papers.huang2025 import budget, features
from fer_lib.papers.huang2025.balancing import pipelines
from fer_lib.papers.huang2025.balancing import smote_before_split as leak
from fer_lib.papers.huang2025.budget import Scale
from fer_lib.papers.huang2025.features import Features
from fer_lib.settings import Settings

FILES = (
    "rows.parquet",
    "guesses.npy",
    "images.parquet",
    "leak.parquet",
    "chosen.parquet",
    "times.parquet",
)
BOTH, CNN, LBP, CNN_WHOLE = "both", "cnn", "lbp", "cnn without PCA"


@dataclass(frozen=True)
class Arm:
    """A training configuration: features, classifier and way of balancing."""

    features: str
    classifier: str
    sampling: str


def _arms() -> tuple[Arm, ...]:
    """Return everything that is trained. FLAML costs most, so it has the one contrast asked for."""
    several = tuple(one for one in pipelines.SAMPLING if one != "code")
    wanted = [(BOTH, "lr", pipelines.SAMPLING), (BOTH, "rf", several), (BOTH, "xgboost", several)]
    wanted += [(BOTH, "flaml", ("none", "smote")), (CNN, "lr", pipelines.SAMPLING)]
    wanted += [(CNN_WHOLE, "lr", ("none", "weights")), (LBP, "lr", ("none", "weights", "smote"))]
    return tuple(Arm(kind, name, one) for kind, name, each in wanted for one in each)


ARMS = _arms()


@dataclass(frozen=True, eq=False)
class Scores:
    """The results of `make`.

    Attributes
    ----------
    rows : DataFrame
        One row an arm, repeat and fold: ``features``, ``classifier``, ``sampling``, ``repeat``,
        ``fold``, ``seed``, ``train`` and ``test`` (numbers of images), ``accuracy``, ``macro_f1``,
        ``weighted_f1``, ``recall_<emotion>``, ``fits`` (classifiers fitted).
    guesses : ndarray
        uint8, (arms, repeats, images): places in ``fer_lib.labels.EMOTIONS``. In each repeat
        every image is judged once, by a model that saw nobody like it.
    images : DataFrame
        ``image_id``, ``emotion``, ``group``.
    leak : DataFrame
        As `fer_lib.papers.huang2025.balancing.smote_before_split.before_the_split` returns it.
    chosen : DataFrame
        What FLAML chose: ``sampling``, ``repeat``, ``fold``, ``learner``, ``trials``,
        ``inner_macro_f1``, ``settings``.
    times : DataFrame
        Seconds of each row of ``rows``, fitting and predicting; a measurement. Scaling, PCA and
        SMOTE that arms of a fold share are counted for the first of them.
    about : dict
        ``about.json``.
    """

    rows: pd.DataFrame
    guesses: np.ndarray
    images: pd.DataFrame
    leak: pd.DataFrame
    chosen: pd.DataFrame
    times: pd.DataFrame
    about: dict

    @property
    def truth(self) -> np.ndarray:
        """The emotions' places, int64 (n,)."""
        return places(self.images["emotion"])

    def of(self, arm: Arm) -> np.ndarray:
        """Return a training configuration's answers, int64 (repeats, images).

        Raises
        ------
        ValueError
            If it was not trained.
        """
        if arm not in ARMS:
            raise ValueError(f"{arm} was not trained: see {__name__}.ARMS")
        return self.guesses[ARMS.index(arm)].astype(np.int64)

    def rows_of(self, arm: Arm) -> pd.DataFrame:
        """Return a training configuration's rows, by repeat and fold."""
        mine = [(self.rows[name] == getattr(arm, name)) for name in vars(arm)]
        return self.rows[np.logical_and.reduce(mine)].sort_values(["repeat", "fold"])


def places(emotion: pd.Series) -> np.ndarray:
    """Return the places of emotions in ``EMOTIONS``, int64 (n,)."""
    return pd.Categorical(emotion, categories=list(EMOTIONS)).codes.astype(np.int64)


def splits(
    truth: np.ndarray, groups: np.ndarray, amounts: Scale, seed: int
) -> Iterator[tuple[int, int, int, np.ndarray, np.ndarray]]:
    """Yield repeat, fold, the fold's seed, training and test rows; nobody is on both sides.

    Raises
    ------
    ValueError
        With fewer groups than folds.
    """
    if len(np.unique(groups)) < amounts.folds:
        raise ValueError(f"{amounts.folds} folds need as many groups: give more people")
    for repeat in range(amounts.repeats):
        first = 1000 * seed + 100 * repeat
        divided = stratified_folds(truth, groups, amounts.folds, first)
        for fold, (train, test) in enumerate(divided):
            yield repeat, fold, first + fold, train, test


def inputs(given: Features, kind: str) -> tuple[np.ndarray, int | None]:
    """Return the features of a kind and how many components PCA keeps of them."""
    x = {BOTH: given.both, CNN: given.cnn, CNN_WHOLE: given.cnn, LBP: given.lbp}[kind]
    return x, None if kind == CNN_WHOLE else pipelines.COMPONENTS


def judged(
    given: Features, arms: tuple[Arm, ...], amounts: Scale, seed: int
) -> tuple[list[dict], np.ndarray, list[dict], list[float]]:
    """Train every training configuration on every training part and judge the test part.

    Returns
    -------
    (list of dict, ndarray, list of dict, list of float)
        Rows, guesses (arms, repeats, images), FLAML's choices, seconds; see `Scores`.
    """
    truth, groups = places(given.table["emotion"]), given.table["group"].to_numpy()
    guesses = np.full((len(arms), amounts.repeats, len(truth)), 255, np.uint8)
    told = Progress("micro_scores: judged", guesses.size, unit="guesses")
    rows, chosen, seconds = [], [], []
    kinds = {kind: inputs(given, kind) for kind in dict.fromkeys(arm.features for arm in arms)}
    for repeat, fold, drawn, train, test in splits(truth, groups, amounts, seed):
        with tempfile.TemporaryDirectory() as kept:  # scaling and PCA are the same for many arms
            memory = joblib.Memory(kept, verbose=0)
            for k, arm in enumerate(arms):
                x, components = kinds[arm.features]
                start = time.perf_counter()
                model = pipelines.fitted(
                    arm.classifier,
                    arm.sampling,
                    x[train],
                    truth[train],
                    groups[train],
                    amounts,
                    drawn,
                    components,
                    memory,
                )
                guesses[k, repeat, test] = guess = model.predict(x[test])
                seconds.append(time.perf_counter() - start)
                place = {"repeat": repeat, "fold": fold}
                row = {**vars(arm), **place, "seed": drawn, "train": len(train), "test": len(test)}
                rows.append(row | leak.scored(truth[test], guess) | {"fits": model.fits})
                if model.chosen:
                    settings = json.dumps(model.chosen["settings"], sort_keys=True)
                    one = {"sampling": arm.sampling, **place, **model.chosen}
                    chosen.append(one | {"settings": settings})
                told.step(len(test))
    return rows, guesses, chosen, seconds


def make(settings: Settings, needs: dict[str, Path], folder: Path) -> dict:
    """Cross-validate every configuration on stored features and write the outcome into ``folder``.

    Returns
    -------
    dict
        What a page says of it: amounts, classes' counts, images that were there.

    Raises
    ------
    ValueError
        With fewer groups than folds, or than FLAML's inner split needs.
    """
    amounts = budget.get(settings.profile)
    whole = features.read(needs["micro_features"])
    given = features.some(whole, features.MOST_IMAGES, settings.seed)
    truth, groups = places(given.table["emotion"]), given.table["group"].to_numpy()
    rows, guesses, chosen, seconds = judged(given, ARMS, amounts, settings.seed)
    leaked = leak.before_the_split(given.both, truth, groups, amounts, settings.seed)
    table = pd.DataFrame(rows)
    table.to_parquet(folder / "rows.parquet")
    np.save(folder / "guesses.npy", guesses)
    given.table[["image_id", "emotion", "group"]].to_parquet(folder / "images.parquet")
    leaked.to_parquet(folder / "leak.parquet")
    pd.DataFrame(chosen).to_parquet(folder / "chosen.parquet")
    timed = table[[*vars(ARMS[0]), "repeat", "fold"]].assign(seconds=seconds)
    timed.to_parquet(folder / "times.parquet")
    return {
        "images": len(truth),
        "of_images": len(whole.table),
        "groups": len(np.unique(groups)),
        "counts": {name: int((truth == k).sum()) for k, name in enumerate(EMOTIONS)},
        "repeats": amounts.repeats,
        "folds": amounts.folds,
        "flaml_trials": amounts.flaml_trials,
        "rf_trees": amounts.rf_trees,
        "boost_rounds": amounts.boost_rounds,
    }


def read(folder: Path) -> Scores:
    """Return the results of `make` in a folder."""
    names = ("rows", "images", "leak", "chosen", "times")
    tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in names}
    return Scores(
        **tables,
        guesses=np.load(folder / "guesses.npy"),
        about=json.loads((folder / "about.json").read_text(encoding="utf-8")),
    )
