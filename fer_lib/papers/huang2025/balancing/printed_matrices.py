"""Confusion matrices in the paper's public notebooks, and the scores of Table 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from claimcheck import Claim
from fer_lib.evaluation.bootstrap import Interval, interval, student_ends, weights_of
from fer_lib.papers.huang2025 import printed_code
from fer_lib.papers.huang2025.balancing.paired_scores import COLUMNS, SUMMARY, named

# What Table 1 calls each classifier.
TABLE_1 = {"lr": "lr", "rf": "rf", "xgboost": "xgboost", "flaml": "automl"}
SHOWN = (*SUMMARY, "recall of fear", "recall of disgust")
TESTED = tuple(score for score in SHOWN if score != "weighted F1")


@dataclass(frozen=True)
class Matrix:
    """One printed confusion matrix.

    Attributes
    ----------
    title : str
        What the model was given.
    cell : int
        Of the notebook, counted from 0.
    counts : ndarray
        int (7, 7), rows the truth.
    printed : dict
        Score to the text printed with it.
    """

    title: str
    cell: int
    counts: np.ndarray
    printed: dict[str, str]


def load() -> dict:
    """Return the whole file: where it is from, ``matrices`` and ``table1``."""
    return printed_code.load("matrices")


def matrices() -> dict[str, Matrix]:
    """Return the printed matrices by key: baseline, pca, smote, borderline."""
    return {
        key: Matrix(one["title"], one["cell"], np.array(one["counts"]), one["printed"])
        for key, one in load()["matrices"]["found"].items()
    }


def together(first: np.ndarray, second: np.ndarray, alike: bool) -> np.ndarray:
    """Return how often each pair of answers may have been given to one image.

    Two matrices of the same images say how often each model gave each answer, not how often both
    gave the same one. Two cases are worked out for each true class: the models agree as often as
    the totals allow, or no more often than chance makes them.

    Parameters
    ----------
    first, second : ndarray
        int (k, k), of the same images: the rows add up to the same.
    alike : bool
        The first of the two cases.

    Returns
    -------
    ndarray
        float (k, k, k): true class, first answer, second answer; adds up to both matrices.

    Raises
    ------
    ValueError
        If the rows do not add up to the same.
    """
    if not np.array_equal(first.sum(1), second.sum(1)):
        raise ValueError("the two matrices are not of the same images: their rows differ")
    found = np.zeros((*first.shape, first.shape[0]))
    for k, (one, two) in enumerate(zip(first.astype(float), second.astype(float), strict=True)):
        total = one.sum()
        if total == 0:
            continue
        if not alike:
            found[k] = np.outer(one, two) / total
            continue
        agreed = np.minimum(one, two)
        left = total - agreed.sum()
        found[k] = np.diag(agreed)
        if left:  # what is left of one goes to what is left of the other
            found[k] += np.outer(one - agreed, two - agreed) / left
    return found


def difference(
    first: np.ndarray,
    second: np.ndarray,
    classes: list[str],
    alike: bool,
    resamples: int,
    seed: int = 0,
) -> dict[str, Interval]:
    """Return each score of the first matrix minus the second's, images being drawn anew.

    Parameters
    ----------
    first, second, alike
        As for `together`.
    classes : list of str
        Of rows and columns.
    resamples, seed : int
        Number and seed of the draws. Images count as independent, which those of one subject or
        of one film are not; and one training stands behind each matrix.
    """
    shares = together(first, second, alike)
    total = int(first.sum())
    draws = weights_of(shares, resamples, seed).reshape(-1, *shares.shape)
    a, b = named(draws.sum(3), classes), named(draws.sum(2), classes)
    one, two = named(first, classes), named(second, classes)
    value = {name: one[name] - two[name] for name in one}
    return {name: interval(float(value[name]), a[name] - b[name], total) for name in value}


def scores(counts: np.ndarray, classes: list[str]) -> dict[str, float]:
    """Return the scores `SHOWN` of a printed confusion matrix, int (k, k), rows the truth."""
    found = named(counts, classes)
    return {name: float(found[name]) for name in SHOWN}


def gains(resamples: int, seed: int = 0) -> list[dict]:
    """Return a row for each way of SMOTE and of agreement: `difference` from the run with PCA."""
    classes, found = load()["matrices"]["classes"], matrices()
    rows = []
    for run, words in (("smote", "SMOTE"), ("borderline", "Borderline-SMOTE")):
        for alike, how in ((True, "most alike"), (False, "alike by chance")):
            pair = (found[run].counts, found["pca"].counts)
            told = difference(*pair, classes, alike, resamples, seed)
            rows.append({"added": f"{words}, {how}"} | {s: told[s] for s in TESTED})
    return rows


def table_1(ledger: Mapping[str, Claim]) -> pd.DataFrame:
    """Return the numbers of Table 1; index our names of the classifiers, columns the scores."""
    return pd.DataFrame(
        {
            name: {score: ledger[f"table1.{key}.{COLUMNS[score]}"].value for score in SUMMARY}
            for name, key in TABLE_1.items()
        }
    ).T


@dataclass(frozen=True)
class OfSmote:
    """The effect of SMOTE between two printed runs on the same test images.

    Attributes
    ----------
    raised : list of str
        Emotions that got synthetic points.
    place_of_fear : int
        Of fear, by number of training images, the most frequent emotion at 1.
    right, right_disgust : int
        How many more images are right, and how many more of disgust.
    """

    raised: list[str]
    place_of_fear: int
    right: int
    right_disgust: int


def of_smote() -> OfSmote:
    """Return the effect of SMOTE in the notebook with the confusion matrices."""
    notebook, found = load()["matrices"], matrices()
    counts, raised = notebook["training_counts"], notebook["smote_counts"]
    more = (found["smote"].counts - found["pca"].counts).diagonal()
    return OfSmote(
        [name for name in notebook["classes"] if raised[name] > counts[name]],
        sorted(counts.values(), reverse=True).index(counts["fear"]) + 1,
        int(more.sum()),
        int(more[notebook["classes"].index("disgust")]),
    )


def beside_table_1(ledger: Mapping[str, Claim]) -> list[dict]:
    """Return a row a classifier: what the notebook prints, whether it rounds to Table 1, its hits.

    Raises
    ------
    ValueError
        If an accuracy is not that of a whole number of correct answers.
    """
    told = load()["table1"]
    images, rows = told["test_images"], []
    for name, found in told["found"].items():
        hits = float(found["accuracy"]) * images
        if abs(hits - round(hits)) >= 1e-3:
            raise ValueError(f"{name}: {hits} of {images} answers is not a whole number")
        same = all(
            f"{float(text):.3f}" == ledger[f"table1.{name}.{score}"].printed
            for score, text in found.items()
        )
        row = {"classifier": name, **found, "rounds to Table 1": "yes" if same else "no"}
        rows.append(row | {f"correct of {images}": round(hits)})
    return rows


def reach(first: int, second: int, images: int) -> float:
    """Return how far the normal 95 % interval of a difference of two accuracies reaches.

    Both are shares right of ``images``, as if each model had been scored on images of its own.
    """
    shares = [hits / images for hits in (first, second)]
    error = np.sqrt(sum(share * (1 - share) for share in shares) / images)
    return student_ends(0.0, error, np.inf)[1]


def in_words() -> list[str]:
    """Return a paragraph on each of the public code's two notebooks: what it does, and finds."""
    changed, notebook = of_smote(), load()["matrices"]
    other, images = load()["table1"], load()["table1"]["test_images"]
    right = {name: float(of["accuracy"]) * images for name, of in other["found"].items()}
    lead = round(right["automl"] - right["lr"])
    least, most = (
        lead / images + sign * reach(right["automl"], right["lr"], images) for sign in (-1, 1)
    )
    return [
        f"SMOTE as it was run raised {', '.join(changed.raised)} to the median. Fear, at place "
        f"{changed.place_of_fear} of {len(notebook['classes'])} by number of training images, got "
        "no synthetic point, and its recall is the same to the image. Of "
        f"{notebook['test_images']:,} test images {changed.right} more are right, and "
        f"{changed.right_disgust} more of disgust. Borderline-SMOTE raises the recall of disgust "
        "and lowers accuracy, as section 4.2 describes; but macro-F1 falls too, and the recall of "
        "fear stays as it is.",
        "The other notebook prints the numbers of Table 1, from another run than the text "
        f"describes: {other['network']}, not ResNet18; SMOTE: {other['sampling']}; no LBP. FLAML "
        f"had {other['flaml']}: the images that it is scored on also chose its model. Its lead "
        f"over logistic regression is {lead} of {images} images; had each been scored on images "
        f"of its own, the difference of {lead / images:.3f} would reach from {least:.3f} to "
        f"{most:.3f}.",
    ]
