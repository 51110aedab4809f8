"""How much of logistic regression's score comes from SMOTE before the split, part by part."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, f1_score, recall_score

from fer_lib.data.splits import stratified_folds
from fer_lib.labels import EMOTIONS
from fer_lib.papers.huang2025.balancing import pipelines
from fer_lib.papers.huang2025.budget import Scale

BY_IMAGE, BY_POINT = "split by image, then SMOTE", "SMOTE, then split by point"
# Steps away from the correct order, which splits by subject and is measured with the other models.
# The last three are of the same models: they differ in what they are tested on.
ORDERS = (
    BY_IMAGE,
    f"{BY_POINT}: real images only",
    f"{BY_POINT}: real images, emotions weighed alike",
    f"{BY_POINT}: all points",
)


def scored(
    truth: np.ndarray, guess: np.ndarray, weights: np.ndarray | None = None
) -> dict[str, float]:
    """Return accuracy, both F1 and the recall of each emotion, which is nan where there is none.

    ``truth`` and ``guess`` are places in `EMOTIONS`, whole numbers (n,); ``weights`` (n,) say how
    much each answer counts, None for alike. As everywhere here, emotions that are not among the
    truth are left out of the average.
    """
    there = np.unique(truth)
    given = {"labels": there, "zero_division": 0, "sample_weight": weights}
    recall = dict.fromkeys(EMOTIONS, float("nan"))
    for k, value in zip(there, recall_score(truth, guess, average=None, **given), strict=True):
        recall[EMOTIONS[k]] = float(value)
    return {
        "accuracy": float(accuracy_score(truth, guess, sample_weight=weights)),
        "macro_f1": float(f1_score(truth, guess, average="macro", **given)),
        "weighted_f1": float(f1_score(truth, guess, average="weighted", **given)),
        **{f"recall_{name}": value for name, value in recall.items()},
    }


def before_the_split(
    x: np.ndarray, emotion: np.ndarray, groups: np.ndarray, amounts: Scale, seed: int
) -> pd.DataFrame:
    """Return scores of logistic regression with SMOTE under `ORDERS`, none of them sound.

    With SMOTE first, three things differ at once from the split by image: points made from a test
    image train, the test set is balanced, and most of it is synthetic. So the same models are
    scored on real test images, on these with every emotion weighed alike, and on all test points.

    Parameters
    ----------
    x : ndarray
        Features, (n, d).
    emotion : ndarray
        Places in `EMOTIONS`, (n,).
    groups : ndarray
        Subjects, (n,); every order here ignores them, which is the flaw to be measured.
    amounts : Scale
        Repeats and folds.
    seed : int
        Of splits and SMOTE.

    Returns
    -------
    DataFrame
        One row an order, repeat and fold: ``order``, ``repeat``, ``fold``, ``test_points``,
        ``synthetic`` (how many of those are), and the scores.
    """
    rows = []
    for repeat in range(amounts.repeats):
        drawn = 1000 * seed + 100 * repeat
        for fold, (train, test) in enumerate(stratified_folds(emotion, None, amounts.folds, drawn)):
            model = pipelines.fitted(
                "lr", "smote", x[train], emotion[train], groups[train], amounts, drawn
            )
            told = {"order": BY_IMAGE, "repeat": repeat, "fold": fold}
            told |= {"test_points": len(test), "synthetic": 0}
            rows.append(told | scored(emotion[test], model.predict(x[test])))
        # Here scaling, PCA and SMOTE see every image; only the classifier is split.
        whole = pipelines.fitted("lr", "smote", x, emotion, groups, amounts, drawn).pipeline
        reduced = whole[:2].transform(x)
        smote = pipelines.sampler("smote", emotion, drawn)
        points, labels = (
            smote.fit_resample(reduced, emotion) if smote is not None else (reduced, emotion)
        )
        for fold, (train, test) in enumerate(stratified_folds(labels, None, amounts.folds, drawn)):
            model = pipelines.classifier("lr", amounts, drawn).fit(points[train], labels[train])
            truth, guess = labels[test], model.predict(points[test])
            real = test < len(x)  # SMOTE puts its own points behind those it is given
            alike = pipelines.balanced(truth[real])
            for order, of, weights in zip(
                ORDERS[1:], (real, real, np.full(len(test), True)), (None, alike, None), strict=True
            ):
                told = {"order": order, "repeat": repeat, "fold": fold}
                told |= {"test_points": int(of.sum()), "synthetic": int((of & ~real).sum())}
                rows.append(told | scored(truth[of], guess[of], weights))
    return pd.DataFrame(rows)
