"""Differences between the classifiers of Table 1: with and without SMOTE, and among each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fer_lib.evaluation.bootstrap import Interval
from fer_lib.labels import EMOTIONS
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
WAYS = {
    "smote": "SMOTE",
    "weights": "class weights",
    "borderline": "Borderline-SMOTE",
    "code": "the public code's rule",
}


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
        return f"{self.people[score]} over subjects, {self.folds[score].interval.ends} over folds"

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

    def each(self) -> list[dict]:
        """Return a row a classifier: the change of `TESTED` by SMOTE; ends hold both intervals."""
        changes = {title: self.change([name]) for name, title in NAMES.items()}
        return [
            {"classifier": title} | {score: change.both(score) for score in TESTED}
            for title, change in changes.items()
        ]

    def moved(self, name: str) -> pd.DataFrame:
        """Return the change of a classifier's confusion matrix by SMOTE, in points of each row."""
        more, less = (
            100 * counts / np.maximum(counts.sum(1, keepdims=True), 1)
            for counts in (self.matrix(name, "smote"), self.matrix(name, "none"))
        )
        return pd.DataFrame(more - less, EMOTIONS, EMOTIONS)

    def side_by_side(self) -> dict[str, pd.DataFrame]:
        """Return the scores of Table 1 of each classifier, without SMOTE and with it."""
        scores = list(paired_scores.SUMMARY)
        return {
            f"{words} SMOTE": pd.DataFrame(
                {title: self.scored(name, way) for name, title in NAMES.items()}
            ).T[scores]
            for way, words in (("none", "without"), ("smote", "with"))
        }

    def ways(self) -> list[dict]:
        """Return a row a way of balancing: the change of `TESTED` against none, without FLAML.

        Ends hold both intervals. The public code's rule was tried with logistic regression only.
        """
        rows = []
        for way, words in WAYS.items():
            change = self.change(("lr",) if way == "code" else ("lr", "rf", "xgboost"), way)
            rows.append({"balancing": words} | {score: change.both(score) for score in TESTED})
        return rows

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


def flaml_in_words(chosen: pd.DataFrame, trials: int) -> str:
    """Return a paragraph: what FLAML chose with and without SMOTE, and what its lead would show."""
    return (
        f"With SMOTE FLAML chose, in {flaml_chose(chosen, 'smote')}; without, in "
        f"{flaml_chose(chosen, 'none')}. FLAML tries {trials} models in each training part, the "
        "other three classifiers are fitted once. A lead of FLAML would say that searching helps."
    )
