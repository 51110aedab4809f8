"""Balancing and a classifier as one pipeline, fitted on the training folds only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from imblearn.over_sampling import SMOTE, BorderlineSMOTE
from imblearn.pipeline import Pipeline
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.utils.class_weight import compute_sample_weight

from fer_lib.papers.huang2025.balancing.flaml_classifier import Automl
from fer_lib.papers.huang2025.budget import Scale

COMPONENTS = 128  # code, its runs on all images; the text gives no number
NEIGHBOURS = 3  # of SMOTE: code; the text gives no number
# What is done about rare classes; "code" is the rule of the public code, which raises classes
# below the median count to it and weighs what is left. The text says SMOTE and no more.
SAMPLING = ("none", "weights", "smote", "borderline", "code")
CLASSIFIERS = ("lr", "rf", "xgboost", "flaml")
LR_ROUNDS = 2000  # code


def raised(y: np.ndarray, sampling: str) -> dict[int, int]:
    """Return how many rows each rarer class is to have under a way of balancing that adds rows.

    The count of the largest class, or with "code" the median of the counts. A class of one row
    stays as it is: SMOTE goes between rows.
    """
    names, counts = np.unique(y, return_counts=True)
    wanted = int(np.median(counts)) if sampling == "code" else int(counts.max())
    return {int(k): wanted for k, n in zip(names, counts, strict=True) if 2 <= n < wanted}


def balanced(y: np.ndarray) -> np.ndarray:
    """Return weights (n,) under which every class counts the same."""
    return compute_sample_weight("balanced", y)


def sampler(sampling: str, y: np.ndarray, seed: int):
    """Return imbalanced-learn's sampler for a way of balancing; None where no row is added.

    Parameters
    ----------
    sampling : str
        One of `SAMPLING`. "smote" and "borderline" raise every class to the largest (our choice:
        the text says that SMOTE rebalances the classes), "code" to the median.
    y : ndarray
        Labels it will be fitted on: a class of few rows has few neighbours.
    seed : int
        Of the new points.

    Raises
    ------
    ValueError
        If the word is unknown.

    References
    ----------
    Chawla et al., doi:10.1613/jair.953; Han, Wang, Mao, doi:10.1007/11538059_91.
    """
    if sampling not in SAMPLING:
        raise ValueError(f"unknown sampling {sampling!r}: choose one of {', '.join(SAMPLING)}")
    goal = {} if sampling in ("none", "weights") else raised(y, sampling)
    if not goal:
        return None
    fewest = min(int((y == k).sum()) for k in goal)
    given = {"sampling_strategy": goal, "k_neighbors": min(NEIGHBOURS, fewest - 1)}
    if sampling == "borderline":
        return BorderlineSMOTE(**given, kind="borderline-1", random_state=seed)
    return SMOTE(**given, random_state=seed)


def classifier(name: str, amounts: Scale, seed: int):
    """Return a classifier that is not fitted yet.

    Raises
    ------
    ValueError
        If the name is not one of "lr", "rf", "xgboost".
    """
    if name == "lr":  # code: multinomial, C = 1
        return LogisticRegression(C=1.0, max_iter=LR_ROUNDS)
    if name == "rf":  # code: 100 trees
        return RandomForestClassifier(amounts.rf_trees, n_jobs=1, random_state=seed)
    if name == "xgboost":  # code: 100 rounds, rate 0.1, depth 4; bins are our choice
        from xgboost import XGBClassifier

        settings = {"n_estimators": amounts.boost_rounds, "learning_rate": 0.1, "max_depth": 4}
        settings |= {"tree_method": "hist", "max_bin": 32, "n_jobs": 1, "random_state": seed}
        return XGBClassifier(**settings)
    raise ValueError(f"unknown classifier {name!r}: choose one of {', '.join(CLASSIFIERS)}")


class Weighed(ClassifierMixin, BaseEstimator):
    """A classifier without class weights of its own, given balanced weights of the rows."""

    def __init__(self, model) -> None:
        self.model = model

    def fit(self, x: np.ndarray, y: np.ndarray) -> Weighed:
        """Fit, each class counting the same."""
        self.model_ = clone(self.model).fit(x, y, sample_weight=balanced(y))
        self.classes_ = np.unique(y)
        return self

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return the class of each row, (n,)."""
        return self.model_.predict(x)


@dataclass(frozen=True)
class Fitted:
    """A pipeline that was fitted, with the labels behind its whole numbers."""

    pipeline: Pipeline
    labels: np.ndarray

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return the label of each row of features, (n,)."""
        return self.labels[self.pipeline.predict(x)]

    @property
    def fits(self) -> int:
        """How many classifiers were fitted to come here."""
        return self.chosen["trials"] + 1 if self.chosen else 1

    @property
    def chosen(self) -> dict:
        """What FLAML chose; empty for the others."""
        return getattr(self.pipeline[-1], "chosen_", {})


def fitted(
    name: str,
    sampling: str,
    x: np.ndarray,
    y: np.ndarray,
    groups: np.ndarray,
    amounts: Scale,
    seed: int,
    components: int | None = COMPONENTS,
    memory=None,
) -> Fitted:
    """Return a pipeline fitted on a training part: scaling, PCA, sampling, classifier.

    Parameters
    ----------
    name, sampling : str
        Of `CLASSIFIERS` and of `SAMPLING`.
    x, y, groups : ndarray
        Features (n, d), labels (n,) and subjects (n,), of the training set only.
    amounts : Scale
        Trees, rounds and trials.
    seed : int
        Of everything that is drawn.
    components : int or None
        Of PCA, fewer where there are fewer rows or columns; None for no PCA.
    memory : joblib.Memory, optional
        Where fitted steps are kept, so that pipelines that begin alike share them.

    Returns
    -------
    Fitted
    """
    labels, codes = np.unique(y, return_inverse=True)
    weigh = balanced if sampling in ("weights", "code") else None
    steps: list[tuple] = [("scale", StandardScaler())]
    if components is not None:
        kept = min(components, *x.shape)
        steps.append(("reduce", PCA(kept, random_state=seed)))
    given = {}
    if name == "flaml":
        draw = partial(sampler, sampling, seed=seed)
        steps.append(("classify", Automl(amounts.flaml_trials, draw, weigh, seed)))
        given["classify__groups"] = groups
    else:
        drawn = sampler(sampling, codes, seed)
        if drawn is not None:
            steps.append(("sample", drawn))
        one = classifier(name, amounts, seed)
        if weigh is not None and name == "xgboost":
            one = Weighed(one)
        elif weigh is not None:
            one.set_params(class_weight="balanced")
        steps.append(("classify", one))
    return Fitted(Pipeline(steps, memory=memory).fit(x, codes, **given), labels)
