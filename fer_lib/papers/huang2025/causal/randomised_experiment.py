"""The randomised experiment: effects of randomly assigned SMOTE or focal loss on a classifier."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE as Smote
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import confusion_matrix
from sklearn.svm import SVC

from engine.store.progress import Progress
from fer_lib.evaluation import metrics
from fer_lib.labels import EMOTIONS
from fer_lib.papers.huang2025 import budget, features, pca
from fer_lib.papers.huang2025.causal import focal_logistic_regression, treatment_assignment
from fer_lib.papers.huang2025.causal.treatment_assignment import (
    BALANCED,
    BY_LARGEST,
    BY_MINORITY,
    FOCAL,
    FOREST,
    LR,
    SMOTE,
)

FILES = ("runs.parquet",)
NEIGHBOURS = 3  # of SMOTE, as in the public code
TREES = 100  # of the forest, as in the public code
GAMMA = 2.0  # of the focal loss, its authors' value
SPLITS = 20  # at most
RUNS_A_SPLIT = 12  # at least
MOST_TRAINING_IMAGES = 600  # training images of a run, so that a large data set takes no days
SHARE_LARGEST = 0.25  # runs with the second definition of imbalance, against those with the first
SHARE_PAIRS = 0.08  # pairs with balanced images, against the same; a pair is two runs


def make(settings, needs: dict[str, Path], folder: Path) -> dict:
    """Carry out the experiment on the stored features, and write its runs into ``folder``.

    Parameters
    ----------
    settings : fer_lib.settings.Settings
        Profile and seed decide the number of runs and the draws.
    needs : dict
        Folder of the study ``micro_features``.
    folder : Path
        Empty.

    Returns
    -------
    dict
        ``runs`` and ``training_images`` of each definition of imbalance, ``splits``,
        ``emotions``, and the images ``left_out`` by emotion.

    Raises
    ------
    DataError
        As `treatment_assignment.usable`.
    ValueError
        As `experiment`.
    """
    made = features.read(needs["micro_features"])
    spaces = {"CNN": made.cnn, "LBP": made.lbp, "CNN + LBP": made.both}
    where = settings.data_root or settings.data
    count = budget.get(settings.profile).runs
    runs, told = experiment(made.table, spaces, count, settings.seed, where)
    runs.to_parquet(folder / FILES[0], index=False)
    return told


def read(folder: Path) -> pd.DataFrame:
    """Return the runs of a study, as `experiment` made them."""
    return pd.read_parquet(folder / FILES[0])


def experiment(
    table: pd.DataFrame,
    spaces: dict[str, np.ndarray],
    runs: int,
    seed: int,
    where: str = "the data set",
) -> tuple[pd.DataFrame, dict]:
    """Draw the runs, train and test each.

    Of each split, standardisation and PCA are fitted on the whole training part, without labels,
    once for all its runs; so the features are the same whatever the imbalance.

    Parameters
    ----------
    table : DataFrame
        N rows with ``emotion`` and ``group``. Images of an emotion that too few groups show
        (`treatment_assignment.usable`) are left out.
    spaces : dict
        Of each name in `treatment_assignment.FEATURES` the float array (N, d).
    runs : int
        With the first definition of imbalance; a quarter as many are added with the second, and
        some in pairs with balanced images (`treatment_assignment.pairs`).
    seed : int
        The same seed gives the same runs.
    where : str
        What an error calls the data.

    Returns
    -------
    (DataFrame, dict)
        The rows of `treatment_assignment.plan` with ``realised``, ``minority`` and ``majority``
        (images of the smallest and of the largest class), ``synthetic``, ``macro F1``, ``accuracy``
        and a ``recall of <emotion>`` each, nan for one that was left out; and what ``about.json``
        says.

    Raises
    ------
    DataError
        As `treatment_assignment.usable`.
    ValueError
        As `treatment_assignment.divisions`, `treatment_assignment.largest_total`,
        `treatment_assignment.plan`.
    """
    emotions = treatment_assignment.usable(table, where)
    several = table["emotion"].isin(emotions).to_numpy()
    left_out = table["emotion"][~several].astype(str).value_counts().to_dict()
    table, spaces = table[several], {name: x[several] for name, x in spaces.items()}
    pool = treatment_assignment.divisions(table, max(3, min(SPLITS, runs // RUNS_A_SPLIT)), seed)
    least = 3 * len(treatment_assignment.CLASSIFIERS)
    further, pairs = (max(least, round(share * runs)) for share in (SHARE_LARGEST, SHARE_PAIRS))
    amounts = {BY_MINORITY: runs, BY_LARGEST: further, BALANCED: 2 * pairs}
    allowed = {name: treatment_assignment.largest_total(table, pool, name) for name in amounts}
    totals = {name: min(MOST_TRAINING_IMAGES, most) for name, most in allowed.items()}
    drawn = pd.concat(
        [
            treatment_assignment.plan(runs, len(pool), seed, BY_MINORITY),
            treatment_assignment.plan(further, len(pool), seed, BY_LARGEST),
            # Last, so that a run's draws don't depend on how many pairs there are.
            treatment_assignment.pairs(pairs, len(pool), seed),
        ],
        ignore_index=True,
    )
    emotion = table["emotion"].astype(str).to_numpy()
    counter = Progress("randomised experiment: done", len(drawn), unit="runs")
    rows = {}
    for (split, space), part in drawn.groupby(["split", "features"]):
        division = pool[split]
        components = pca.fit(spaces[space][division.train], seed)
        parts = tuple(components(spaces[space][rows]) for rows in (division.train, division.test))
        truth = emotion[division.train], emotion[division.test]
        for run in part.itertuples():
            rows[run.Index] = one_run(
                parts,
                truth,
                treatment_assignment.sizes(
                    totals[run.definition], run.imbalance, run.definition, emotions
                ),
                run,
                np.random.default_rng([seed, run.Index]),
            )
            counter.step()
    found = pd.DataFrame.from_dict(rows, orient="index").sort_index()
    told = {"runs": amounts, "training_images": totals, "splits": len(pool)}
    told |= {"images": len(table), "groups": table["group"].nunique()}
    told |= {"emotions": list(emotions), "left_out": left_out}
    return pd.concat([drawn, found], axis=1), told


def one_run(
    parts: tuple[np.ndarray, np.ndarray],
    truth: tuple[np.ndarray, np.ndarray],
    counts: dict[str, int],
    run,
    chance: np.random.Generator,
) -> dict:
    """Return the outcome of one run.

    Parameters
    ----------
    parts, truth : tuple
        Features (n, d) and emotions (n,) of the training and of the test part.
    counts : dict
        Training images to keep of each emotion.
    run : namedtuple
        With ``classifier``, ``treatment``, ``definition``.
    chance : Generator
        Draws the images that are kept, the synthetic ones and the forest.

    Raises
    ------
    ValueError
        If the training part has fewer of an emotion than asked for.
    """
    kept = []
    for emotion, count in counts.items():
        there = np.flatnonzero(truth[0] == emotion)
        if len(there) < count:
            raise ValueError(
                f"the training part has {len(there)} images of {emotion}, not {count}: "
                "load more subjects or ask for a lower imbalance ratio"
            )
        kept.append(np.sort(chance.choice(there, count, replace=False)))
    rows = np.concatenate(kept)
    x, y = parts[0][rows], truth[0][rows]
    number = int(chance.integers(2**31))
    if run.treatment == SMOTE:
        neighbours = min(NEIGHBOURS, min(counts.values()) - 1)
        x, y = Smote(random_state=number, k_neighbors=neighbours).fit_resample(x, y)
    guess = _fitted(run.classifier, run.treatment, x, y, number).predict(parts[1])
    matrix = confusion_matrix(truth[1], guess, labels=EMOTIONS)
    scores = metrics.confusion_scores(matrix)
    recall = metrics.class_scores(matrix)["recall"]
    return {
        "realised": treatment_assignment.realised(counts, run.definition),
        "minority": min(counts.values()),
        "majority": max(counts.values()),
        "synthetic": len(y) - len(rows),
        "macro F1": float(scores["macro F1"]),
        "accuracy": float(scores["accuracy"]),
        **{
            f"recall of {e}": float(r) if e in counts else float("nan")
            for e, r in zip(EMOTIONS, recall, strict=True)
        },
    }


def _fitted(classifier: str, treatment: str, x: np.ndarray, y: np.ndarray, number: int):
    """Return a trained classifier; each has the settings that it comes with."""
    if classifier == LR:
        return focal_logistic_regression.fit(x, y, GAMMA if treatment == FOCAL else 0.0)
    if classifier == FOREST:
        return RandomForestClassifier(TREES, random_state=number).fit(x, y)
    return SVC().fit(x, y)
