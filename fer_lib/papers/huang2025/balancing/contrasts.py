"""Differences between the classifiers of Table 1: with and without SMOTE, and among each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.huang2025.balancing import cross_validation, paired_scores, pipelines
from fer_lib.papers.huang2025.balancing.cross_validation import Arm, Scores
from fer_lib.papers.huang2025.budget import Scale
from fer_lib.papers.huang2025.corrected_t_test import Corrected, wider

NAMES = {
    "lr": "Logistic regression",
    "rf": "Random forest",
    "xgboost": "XGBoost",
    "flaml": "FLAML",
}
LEARNERS = {
    "lrl1": "logistic regression with an L1 penalty",
    "lgbm": "LightGBM",
    "rf": "random forest",
    "extra_tree": "extra trees",
    "xgboost": "XGBoost",
}
TESTED = ("accuracy", "macro F1", "recall of fear", "recall of disgust")
RECALLS = TESTED[2:]


@dataclass(frozen=True)
class Change:
    """The effect of a way of balancing on each score.

    Attributes
    ----------
    people : dict of str to Interval
        By score, with the interval over subjects
        (`fer_lib.papers.huang2025.balancing.paired_scores.difference`).
    folds : dict of str to Corrected
        The same of `TESTED`, tested over the folds.
    """

    people: dict[str, Interval]
    folds: dict[str, Corrected]

    def both(self, score: str) -> Interval:
        """Return the change with ends that hold both intervals."""
        return wider(self.people[score], self.folds[score].interval)

    def told(self, score: str) -> str:
        """Return the change in words, with both intervals."""
        return f"{self.people[score]} over people, {self.folds[score].interval.ends} over folds"

    def holm(self) -> Change:
        """Return the same with Holm's p over `TESTED`."""
        adjusted = paired_scores.holm([self.folds[score] for score in TESTED])
        return Change(self.people, dict(zip(TESTED, adjusted, strict=True)))

    def direction(self, score: str) -> str:
        """Return in words where both intervals lie."""
        held, people = self.both(score), self.people[score]
        if np.isnan(held.low):
            return "cannot be told (no image of it, or too few groups)"
        word = "rises" if people.value > 0 else "falls"
        if not held.low <= 0 <= held.high:
            return word
        if not people.low <= 0 <= people.high:
            return f"{word} for these classifiers, but other training parts might show otherwise"
        return "is not told apart from no change"


@dataclass(frozen=True, eq=False)
class Contrasts:
    """The scores of the study, asked for by the name of a classifier.

    Attributes
    ----------
    found : Scores
        What was measured.
    resamples, seed : int
        Number and seed of the draws of subjects.
    """

    found: Scores
    resamples: int
    seed: int

    def scored(
        self, name: str, sampling: str = "smote", features: str = cross_validation.BOTH
    ) -> dict[str, Interval]:
        """Return the scores of a classifier, each with its interval over subjects."""
        arm = Arm(features, name, sampling)
        return paired_scores.scored(self.found, arm, self.resamples, self.seed)

    def matrix(self, name: str, sampling: str = "smote") -> np.ndarray:
        """Return a classifier's confusion matrix, all repeats added up, int (7, 7)."""
        return paired_scores.matrix(self.found, Arm(cross_validation.BOTH, name, sampling))

    def between(
        self, pairs: Sequence[tuple[tuple[str, str], tuple[str, str]]]
    ) -> dict[str, Interval]:
        """Return the mean difference of pairs of (classifier, sampling), over subjects."""
        arms = [tuple(Arm(cross_validation.BOTH, *one) for one in pair) for pair in pairs]
        return paired_scores.difference(self.found, arms, self.resamples, self.seed)

    def change(self, names: Sequence[str], sampling: str = "smote") -> Change:
        """Return the effect of a way of balancing against none, the mean over some classifiers."""
        people = self.between([((name, sampling), (name, "none")) for name in names])
        first, second = (
            paired_scores.mean_rows(
                [self.found.rows_of(Arm(cross_validation.BOTH, name, one)) for name in names]
            )
            for one in (sampling, "none")
        )
        return Change(
            people, {name: paired_scores.corrected_t(first, second, name) for name in TESTED}
        )

    def ahead(
        self, firsts: Sequence[str], seconds: Sequence[str], fields: Sequence[str]
    ) -> dict[str, Interval]:
        """Return differences between classifiers with SMOTE by name; ends hold both intervals."""
        differences = {}
        for first in firsts:
            for second in seconds:
                people = self.between([((first, "smote"), (second, "smote"))])
                rows = [
                    self.found.rows_of(Arm(cross_validation.BOTH, n, "smote"))
                    for n in (first, second)
                ]
                for score in fields:
                    over_folds = paired_scores.corrected_t(*rows, score).interval
                    name = f"{NAMES[first]} less {NAMES[second]}, {score}"
                    differences[name] = wider(people[score], over_folds)
        return differences

    def imbalance(self, amounts: Scale) -> np.ndarray:
        """Return how often the most frequent emotion outnumbers the rarest, before and after SMOTE.

        Float (2, training parts).
        """
        ratios, truth = [], self.found.truth
        groups, drawn = self.found.images["group"].to_numpy(), self.found.about["seed"]
        for *_, train, _ in cross_validation.splits(truth, groups, amounts, drawn):
            counts = dict(enumerate(np.bincount(truth[train])))
            after = counts | pipelines.raised(truth[train], "smote")
            ratios.append(
                [max(n.values()) / min(filter(None, n.values())) for n in (counts, after)]
            )
        return np.array(ratios).T


def people(about: dict) -> str:
    """Return the name of the units kept on one side of a split, from ``about.json``."""
    return "subjects" if about["group_kind"] == "subject" else "groups of near-copies"


def described(about: dict) -> str:
    """Return in a sentence which images were scored and how, from ``about.json`` of the study."""
    often = "times over with other folds." if about["repeats"] > 1 else "time."
    drawn = ""
    if about["of_images"] > about["images"]:
        drawn = f" The images are drawn, by whole groups, from {about['of_images']:,}."
    counts = about["counts"].values()
    return (
        f"{about['images']:,} images of {about['groups']} {people(about)}, from {max(counts)} "
        f"of the most frequent emotion to {min(counts)} of the rarest. Every score is from "
        f"{about['folds']}-fold cross-validation by {people(about)}, {about['repeats']} "
        f"{often}{drawn}"
    )


def flaml_chose(chosen: pd.DataFrame, sampling: str) -> str:
    """Return in words which learners FLAML chose, the most frequent first.

    ``chosen`` is that of `fer_lib.papers.huang2025.balancing.cross_validation.Scores`.
    """
    mine = chosen[chosen["sampling"] == sampling].groupby("learner", sort=True).size()
    mine = mine.sort_values(ascending=False, kind="stable")
    told = ", ".join(f"{LEARNERS.get(learner, learner)} ({n})" for learner, n in mine.items())
    return f"{mine.sum()} training parts, {told}"


def costs(found: Scores) -> list[dict]:
    """Return a row a classifier: fits and seconds of a training part, with SMOTE, all features."""
    spent, rows = found.times.merge(found.rows), []
    spent = spent[(spent["features"] == cross_validation.BOTH) & (spent["sampling"] == "smote")]
    for name, title in NAMES.items():
        mine = spent[spent["classifier"] == name]
        row = {"classifier": title, "fits a training part": round(mine["fits"].mean())}
        rows.append(row | {"seconds": f"{mine['seconds'].sum() / len(mine):.1f}"})
    return rows
