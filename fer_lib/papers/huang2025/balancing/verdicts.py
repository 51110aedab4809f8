"""Verdicts on the prediction part of huang2025: the effect of SMOTE, and Table 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.evaluation.paired_differences import turned
from fer_lib.evaluation.verdicts import of_direction
from fer_lib.papers.huang2025.balancing import paired_scores, pipelines, printed_matrices
from fer_lib.papers.huang2025.balancing.contrasts import NAMES, RECALLS, Change

Ahead = Callable[[Sequence[str], Sequence[str], Sequence[str]], Mapping[str, Interval]]
REST = ("lr", "rf", "xgboost")


def of_smote(rows: VerdictRows, change: Change, imbalance: np.ndarray) -> None:
    """Add the claims on the effect of SMOTE on the classes and on the scores.

    Parameters
    ----------
    rows : VerdictRows
        The table.
    change : Change
        Mean of the four classifiers.
    imbalance : ndarray
        As `fer_lib.papers.huang2025.balancing.contrasts.Contrasts.imbalance` returns it.
    """
    before, after = imbalance
    less = before - after
    evened = of_direction(Interval(less.mean(), less.min(), less.max(), len(less)), rows.ground)
    if evened.word not in ("not comparable", "not decided"):
        why = (
            "in every training part, by construction: here SMOTE raises each emotion to the most "
            "frequent one; the public code stops at the median, the text names no number"
        )
        evened = replace(evened, why=why)
    rows.add(
        ("s1_4.smote", "s3_2.smote.rebalance"),
        evened,
        f"the most frequent emotion over the rarest in training: {before.mean():.1f} without "
        f"SMOTE, {after.mean():.1f} with it",
        about="SMOTE rebalances the classes (training images)",
    )
    rows.direction(
        ("s4_2.smote.macro_f1", "s6.smote.macro_f1"),
        change.both("macro F1"),
        change.told("macro F1"),
        about="SMOTE raises macro-F1 (mean of the four classifiers)",
    )
    recalls = {score: change.both(score) for score in RECALLS}
    rows.direction(
        ("s2_3.recall", "s3_2.smote.recall", "s4_2.smote.recall", "s6.smote.recall"),
        recalls[paired_scores.weakest(recalls)],
        "; ".join(f"{score}: {change.told(score)}" for score in recalls),
        about="SMOTE raises the recall of fear and that of disgust (mean of the four classifiers; "
        "judged by the one with less)",
    )
    rows.direction(
        ("s2_3.accuracy_cost", "s4_2.smote.accuracy"),
        turned(change.both("accuracy")),
        change.told("accuracy"),
        about="SMOTE lowers accuracy (mean of the four classifiers; how much is slight or modest "
        "is not said)",
    )
    moved = change.people[paired_scores.RARE_ANSWERS]
    rows.direction("s4_2.confusion.shift", moved, f"{moved} of all answers")


def of_table_1(rows: VerdictRows, ahead: Ahead, trials: int, components: str) -> None:
    """Add the claims on which classifier is best in Table 1, and why.

    Parameters
    ----------
    rows : VerdictRows
        The table.
    ahead : callable
        As `fer_lib.papers.huang2025.balancing.contrasts.Contrasts.ahead`.
    trials : int
        Models that FLAML tries.
    components : str
        Columns that PCA leaves in the notebook of the public code, as it prints them.
    """

    def all_ahead(names, firsts, seconds, fields, about):
        """Add a claim that several differences are positive, judged by the weakest of them."""
        found = ahead(firsts, seconds, fields)
        one = paired_scores.weakest(found)
        rows.direction(
            names, found[one], f"{one}: {found[one]}, over subjects and folds", about=about
        )

    tries = f"with SMOTE; FLAML tries {trials} models, the others are fitted once"
    for score, key in (("accuracy", "accuracy"), ("weighted F1", "weighted_f1")):
        names = (f"table1.caption.{key}", f"s4_2.automl.{key}", f"fig4.automl.{key}")
        about = f"AutoML has the highest {score} of the four ({tries})"
        all_ahead(names, ["flaml"], REST, [score], about)
    all_ahead(
        "table1.caption.outperform",
        ["flaml"],
        REST,
        ["accuracy", "weighted F1"],
        f"AutoML is ahead of the other three in accuracy and weighted F1 ({tries})",
    )
    all_ahead(
        "s4_2.automl.superior",
        ["flaml"],
        REST,
        paired_scores.SUMMARY,
        f"AutoML is ahead of the other three in every score of Table 1 ({tries})",
    )
    all_ahead(
        ("s4_2.ensembles", "table1.caption.ensembles"),
        ["lr", "flaml"],
        ["rf", "xgboost"],
        paired_scores.SUMMARY,
        "random forest and XGBoost stay behind the other two in every score of Table 1 (with "
        "SMOTE)",
    )
    rows.not_testable("fig4.ensembles", "what was expected of the two is not printed")
    rows.underspecified(
        ("table1.caption.cause", "s4_2.cause", "fig4.cause"),
        "how many columns PCA leaves is not printed; the notebook of the public code that prints "
        f"the same twelve numbers gives each classifier {components}. The second reason differs by "
        "place, and none is varied",
        f"not varied here either: {pipelines.COMPONENTS} columns at most",
        about="random forest and XGBoost are behind because the features have many dimensions; "
        "further reasons: no tuning, few images, class imbalance",
    )


def of_numbers(rows: VerdictRows, ours: Mapping[str, Mapping[str, Interval]]) -> None:
    """Add the twelve numbers of Table 1 beside ours, and what is left open about how they came.

    ``ours`` has the scores of each classifier with SMOTE.
    """
    for name, title in NAMES.items():
        rows.number(
            tuple(
                f"table1.{printed_matrices.TABLE_1[name]}.{paired_scores.COLUMNS[s]}"
                for s in paired_scores.SUMMARY
            ),
            ours[name]["accuracy"],
            ours="; ".join(f"{score} {ours[name][score]}" for score in paired_scores.SUMMARY),
            about=f"Table 1, {title}: accuracy, macro-F1, weighted F1",
        )
    differs = "text and public code differ: the notebook that prints the same twelve numbers uses"
    which = "Which run gave the printed numbers is not said"
    rows.underspecified("s4_2.smote", f"{differs} neither SMOTE nor class weights. {which}")
    rows.underspecified(("s4_2.features", "s4_2.embeddings"), f"{differs} MobileNetV2. {which}")
    rows.underspecified(
        "s3_2.automl",
        "the text does not say on what FLAML chose; in the notebook with the same numbers it was "
        "the test images",
    )
