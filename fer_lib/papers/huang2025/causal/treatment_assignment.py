"""Assign treatments in the randomised experiment: splits by subject, imbalance ratios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fer_lib.data.schema import DataError
from fer_lib.data.splits import stratified_folds
from fer_lib.labels import EMOTIONS
from fer_lib.papers.huang2025.grouped_folds import MINORITY, divisible

LOWEST, HIGHEST = 0.5, 0.9  # of the imbalance ratio: what the public code's plots span
CUTOFF = 0.7  # of the same, text, section 5.1: where effects are centred, and what decides
NONE, SMOTE, FOCAL = "none", "SMOTE", "focal loss"
LR, FOREST, SVM = "logistic regression", "random forest", "SVM"
# Only a model that is trained by a loss can be given another one.
GIVEN = {LR: (NONE, SMOTE, FOCAL), FOREST: (NONE, SMOTE), SVM: (NONE, SMOTE)}
CLASSIFIERS = (LR, LR, FOREST, SVM)  # half the runs can be given the focal loss
FEATURES = ("CNN", "LBP", "CNN + LBP")
BY_MINORITY, BY_LARGEST = "minority", "largest"
DEFINITIONS = {
    BY_MINORITY: "one minus the size of a minority class over that of a majority class",
    BY_LARGEST: "share of the largest class",
}
BALANCED = "balanced"  # runs in pairs, outside the comparison by lot: see `pairs`
FOLDS = 4  # one of them is the test part


@dataclass(frozen=True)
class Division:
    """One split by subject: places of the rows of both parts, ascending."""

    train: np.ndarray
    test: np.ndarray


def usable(table: pd.DataFrame, where: str = "the data set") -> tuple[str, ...]:
    """Return the emotions that enough subjects show for an experiment, in the order of `EMOTIONS`.

    Rendered sets have all of them; a reader's folders may lack one of those that are not rare.

    Parameters
    ----------
    table : DataFrame
        With ``emotion`` and ``group``.
    where : str
        What the error calls the data.

    Raises
    ------
    DataError
        If it lacks a rare emotion, or too many of the others.
    """
    kept = tuple(divisible(table, FOLDS))
    missing = [emotion for emotion in MINORITY if emotion not in kept]
    if missing:
        raise DataError(
            f"{where} has fewer than {FOLDS} people or groups of near-copies with "
            f"{' and with '.join(missing)}, which the randomised experiment is about: restore the "
            "class folder from the archive, or add images"
        )
    return kept


def largest_class(emotions: Sequence[str] = EMOTIONS) -> str:
    """Return the class that is large by the second definition: happy where it occurs."""
    others = [emotion for emotion in emotions if emotion not in MINORITY]
    return "happy" if "happy" in others else others[0]


def divisions(table: pd.DataFrame, wanted: int, seed: int) -> list[Division]:
    """Return different splits by subject with every emotion of the table on both sides.

    Parameters
    ----------
    table : DataFrame
        With ``emotion`` and ``group``.
    wanted, seed : int
        How many, and of which draw. Where the data allow fewer, two at least, those are returned.

    Raises
    ------
    ValueError
        If too few subjects have an emotion for it to stand on both sides.
    """
    emotion, group = table["emotion"].astype(str).to_numpy(), table["group"].to_numpy()
    if len(np.unique(group)) < FOLDS:
        raise ValueError(f"{len(np.unique(group))} subjects: load {FOLDS} or more")
    found: dict[bytes, Division] = {}
    for attempt in range(20 * wanted):
        for train, test in stratified_folds(emotion, group, FOLDS, 1000 * seed + attempt):
            if set(emotion[train]) == set(emotion[test]) == set(emotion):
                found.setdefault(test.tobytes(), Division(train, test))
                break  # one a draw: the four folds of a draw never share a test subject
        if len(found) == wanted:
            break
    if len(found) < 2:
        raise ValueError(
            f"{len(found)} of {wanted} splits by subject have every emotion on both sides: "
            "load more subjects"
        )
    return list(found.values())


def sizes(
    total: int, ratio: float, definition: str = BY_MINORITY, emotions: Sequence[str] = EMOTIONS
) -> dict[str, int]:
    """Return how many training images of each emotion make an imbalance ratio.

    The sum is ``total`` whatever the ratio, so that a high ratio doesn't also mean few images.

    Parameters
    ----------
    total : int
        Training images in all.
    ratio : float
        At least 0, below 1.
    definition : str
        "minority": fear and disgust are small, the other emotions alike, and the ratio is
        1 - n_minority / n_majority; "balanced" is the same. "largest": `largest_class` is large,
        the others alike, and the ratio is its share.
    emotions : sequence of str
        Those that are there, both rare ones among them.

    Raises
    ------
    ValueError
        If the ratio or the definition is none of these, or a class would get fewer than two images.
    """
    if not 0 <= ratio < 1:
        raise ValueError(f"the imbalance ratio is {ratio}: give 0 or more, below 1")
    if definition in (BY_MINORITY, BALANCED):
        few, many = MINORITY, tuple(e for e in emotions if e not in MINORITY)
        each = round((1 - ratio) * total / (len(many) + len(few) * (1 - ratio)))
    elif definition == BY_LARGEST:
        many = (largest_class(emotions),)
        few = tuple(e for e in emotions if e not in many)
        each = round((1 - ratio) * total / len(few))
    else:
        raise ValueError(f"unknown definition {definition!r}: choose {', '.join(DEFINITIONS)}")
    each = max(each, 2)
    rest = total - each * len(few)
    if rest < 2 * len(many):
        raise ValueError(
            f"{total} training images are too few for {len(emotions)} emotions: load more"
        )
    left = {e: rest // len(many) + (k < rest % len(many)) for k, e in enumerate(many)}
    return {e: left.get(e, each) for e in emotions}


def realised(counts: dict[str, int], definition: str = BY_MINORITY) -> float:
    """Return the imbalance ratio that whole images make."""
    if definition == BY_LARGEST:
        return max(counts.values()) / sum(counts.values())
    majority = [n for emotion, n in counts.items() if emotion not in MINORITY]
    return 1 - counts[MINORITY[0]] / float(np.mean(majority))


def largest_total(table: pd.DataFrame, pool: list[Division], definition: str = BY_MINORITY) -> int:
    """Return the most training images with which every split allows every imbalance ratio.

    With the definition "balanced" these are 0 and all that the others allow. A rare class then
    needs far more images, so the total is smaller.

    Raises
    ------
    ValueError
        If not even two images a class can be had.
    """
    emotion = table["emotion"].astype(str).to_numpy()
    there = pd.DataFrame([pd.Series(emotion[one.train]).value_counts() for one in pool])
    present = [e for e in EMOTIONS if e in set(emotion)]
    least = there.reindex(columns=present).fillna(0).min()
    lowest = 0.0 if definition == BALANCED else LOWEST
    total = int(least.sum())
    while total >= 2 * len(present):
        asked = [sizes(total, end, definition, present) for end in (lowest, HIGHEST)]
        if all(least[e] >= n for counts in asked for e, n in counts.items()):
            return total
        total -= 1
    raise ValueError(
        f"a split has {int(least.min())} training images of {least.idxmin()}, too few for "
        f"imbalance ratios of {lowest} to {HIGHEST}: load more subjects"
    )


def plan(runs: int, splits: int, seed: int, definition: str = BY_MINORITY) -> pd.DataFrame:
    """Draw each run's treatment at random, and everything else of the run too.

    Splits, classifiers and features are dealt out evenly and shuffled, each by itself; within a
    classifier the treatments that it can take are dealt out evenly and shuffled; the ratio is drawn
    uniformly. With the definition "largest" only logistic regression and SMOTE are looked at.

    Returns
    -------
    DataFrame
        One row a run: ``definition``, ``split``, ``imbalance``, ``classifier``, ``features``,
        ``treatment``, ``pair`` (-1: no pair).

    Raises
    ------
    ValueError
        If there are too few runs for every classifier to get every treatment.
    """
    given = GIVEN if definition == BY_MINORITY else {LR: (NONE, SMOTE)}
    dealt = [one for one in CLASSIFIERS if one in given]
    least = 3 * len(CLASSIFIERS)
    if runs < least:
        raise ValueError(f"{runs} runs: give {least} or more")
    chance = np.random.default_rng([seed, list(DEFINITIONS).index(definition)])

    drawn = _drawn(definition, runs, splits, dealt, chance).assign(treatment=NONE, pair=-1)
    for classifier, treatments in given.items():
        rows = drawn.index[drawn["classifier"] == classifier]
        drawn.loc[rows, "treatment"] = _dealt(treatments, len(rows), chance)
    return drawn


def pairs(count: int, splits: int, seed: int) -> pd.DataFrame:
    """Draw runs in pairs: one with SMOTE on imbalanced images, one without on balanced images.

    Both of a pair have the same split, classifier and features, and, by `sizes`, as many images.
    Their difference says what SMOTE leaves of an imbalance, apart from what some emotions are
    harder to see anyway.

    Returns
    -------
    DataFrame
        As `plan` returns, two rows a pair, ``definition`` "balanced"; the ratio of the run without
        SMOTE is 0.

    Raises
    ------
    ValueError
        If there is no pair.
    """
    if count < 1:
        raise ValueError(f"{count} pairs: give 1 or more")
    chance = np.random.default_rng([seed, len(DEFINITIONS)])
    drawn = _drawn(BALANCED, count, splits, CLASSIFIERS, chance)
    drawn = drawn.assign(treatment=SMOTE, pair=np.arange(count))
    beside = drawn.assign(imbalance=0.0, treatment=NONE)
    return pd.concat([drawn, beside]).sort_values("pair", kind="stable", ignore_index=True)


def _drawn(
    definition: str, count: int, splits: int, classifiers: Sequence, chance: np.random.Generator
) -> pd.DataFrame:
    """Return what is drawn for so many runs beside their treatment."""
    return pd.DataFrame(
        {
            "definition": definition,
            "split": _dealt(range(splits), count, chance),
            "imbalance": chance.uniform(LOWEST, HIGHEST, count),
            "classifier": _dealt(classifiers, count, chance),
            "features": _dealt(FEATURES, count, chance),
        }
    )


def _dealt(values: Sequence, count: int, chance: np.random.Generator) -> np.ndarray:
    """Return so many of the values, dealt out evenly and shuffled, (count,)."""
    return chance.permutation([values[k % len(values)] for k in range(count)])
