"""FLAML as a classifier: a budget in trials, an inner split by subject, no output."""

from __future__ import annotations

import logging
import warnings

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone

from fer_lib.data.splits import stratified_folds

# The learners that FLAML 2 takes by default (code), less a second kind of XGBoost, CatBoost, and
# SGD: FLAML changes its rows before it fits, so what it chose could not be fitted again by itself.
LEARNERS = ("lgbm", "rf", "xgboost", "extra_tree", "lrl1")
INNER_FOLDS = 4  # one of them validates; our choice


class Automl(ClassifierMixin, BaseEstimator):
    """The learner and settings that FLAML finds best for other subjects, fitted on all of them.

    Of the subjects given, some are set aside; FLAML trains on the others and is scored on those set
    aside. Its choice is then fitted again on everybody. Sampling happens after each split, on the
    training side only.

    FLAML is at its most economical when it may look at the clock; then no seed repeats. Here
    it takes learners in turn and counts trials, so that the same seed gives the same model.

    Parameters
    ----------
    trials : int
        Models tried; each learner gets an equal share.
    sampler : callable or None
        From labels (n,) to a sampler of imbalanced-learn, or to None.
    weigh : callable or None
        From labels (n,) to weights (n,).
    seed : int
        Of the inner split and of the search.

    Attributes
    ----------
    chosen_ : dict
        ``learner``, ``trials``, ``inner_macro_f1`` and ``settings``.

    References
    ----------
    Wang et al., FLAML, MLSys 2021, arXiv:1911.04706.
    """

    def __init__(self, trials: int = 24, sampler=None, weigh=None, seed: int = 0) -> None:
        self.trials = trials
        self.sampler = sampler
        self.weigh = weigh
        self.seed = seed

    def fit(self, x: np.ndarray, y: np.ndarray, groups: np.ndarray) -> Automl:
        """Search and fit; ``x`` (n, d), ``y`` (n,) whole numbers from 0, ``groups`` (n,)."""
        train, held = inner_split(y, groups, self.seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of learners tried with hopeless settings
            found = self._searched(*self._sampled(x[train], y[train]), x[held], y[held])
            self.chosen_ = {
                "learner": found.best_estimator,
                "trials": sum(found._iter_per_learner.values()),
                "inner_macro_f1": float(1 - found.best_loss),
                "settings": {name: str(value) for name, value in found.best_config.items()},
            }
            more, labels, weights = self._sampled(x, y)
            self.model_ = clone(found.model.estimator)
            self.model_.fit(more, labels, sample_weight=weights)
        self.classes_ = np.unique(y)
        return self

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return the class of each row, (n,)."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self.model_.predict(x)

    def _sampled(self, x: np.ndarray, y: np.ndarray) -> tuple:
        """Return rows, labels and weights as the sampling makes them of a training part."""
        drawn = None if self.sampler is None else self.sampler(y=y)
        if drawn is not None:
            x, y = drawn.fit_resample(x, y)
        return x, y, None if self.weigh is None else self.weigh(y)

    def _searched(self, x, y, weights, x_held, y_held):
        """Return FLAML after its search."""
        import flaml

        logging.getLogger("flaml").setLevel(logging.CRITICAL)
        logging.getLogger("flaml.automl.logger").setLevel(logging.CRITICAL)
        found = flaml.AutoML()
        more = {} if weights is None else {"sample_weight": weights}
        found.fit(
            x,
            y,
            X_val=x_held,
            y_val=y_held,
            task="classification",
            metric="macro_f1",
            estimator_list=list(LEARNERS),
            max_iter=self.trials,
            time_budget=-1,
            learner_selector="roundrobin",  # the other way weighs learners by their seconds
            auto_augment=False,  # else rows of small classes are repeated, whatever the sampling
            sample=False,  # else small samples first, as long as the clock says
            eval_method="holdout",
            retrain_full=False,
            early_stop=False,
            seed=self.seed,
            n_jobs=1,
            verbose=0,
            log_file_name="",
            **more,
        )
        return found


def inner_split(y: np.ndarray, groups: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows that train and the rows held out, no group in both.

    Every class is in the training part if one of the divisions allows it; where none does, rows of
    a class that does not train are not held out either.

    Raises
    ------
    ValueError
        With fewer groups than inner folds.
    """
    if len(np.unique(groups)) < INNER_FOLDS:
        raise ValueError(f"the inner split needs {INNER_FOLDS} groups: give more people")
    parts = stratified_folds(y, groups, INNER_FOLDS, seed)
    whole = [part for part in parts if len(np.unique(y[part[0]])) == len(np.unique(y))]
    train, held = (whole or parts)[0]
    return train, held[np.isin(y[held], y[train])]
