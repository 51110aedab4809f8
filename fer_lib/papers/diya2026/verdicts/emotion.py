"""Verdicts on sections 5-1 and 5-2 of diya2026: definitions, emotion scores, Table 5."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from claimcheck import Claim
from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation import metrics
from fer_lib.evaluation.over_seeds import Pooled
from fer_lib.evaluation.verdicts import Ground
from fer_lib.labels import EMOTIONS
from fer_lib.papers.diya2026 import learning_curves, matrices_behind_tables
from fer_lib.papers.diya2026.result_page import judge_numbers
from fer_lib.training.run import Run

Ledger = Mapping[str, Claim]
PRINTED = {
    "accuracy": ("emotion.accuracy", 100),
    "macro F1": ("emotion.macro_f1", 1),
    "weighted F1": ("table5.overall.f1", 1),
    "Cohen's kappa": ("emotion.kappa", 1),
    "MCC": ("emotion.mcc", 1),
}


def answer(accuracy: Pooled, printed: Claim) -> str:
    """Return the page's answer: how many emotions are named right, and whether guessing does it."""
    chance = 100 / len(EMOTIONS)
    return (
        f"It names {accuracy.percent()} % of the emotions correctly. Guessing one of "
        f"{len(EMOTIONS)} names {chance:.1f} %, which lies "
        f"{'below' if 100 * accuracy.low > chance else 'not below'} the interval; the paper prints "
        f"{printed.shown} for its own photographs."
    )


def supports(ledger: Ledger) -> dict[str, int]:
    """Return the images of each emotion in Table 5."""
    return {name: int(ledger[f"table5.{name}.support"].value) for name in EMOTIONS}


def matrices(ledger: Ledger) -> list[np.ndarray]:
    """Return every confusion matrix, int (7, 7), that rounds to all of Table 5."""
    recall, precision = (
        [ledger[f"table5.{name}.{what}"].rounding for name in EMOTIONS]
        for what in ("recall", "precision")
    )
    return matrices_behind_tables.matrices(list(supports(ledger).values()), recall, precision)


def definitions(ledger: Ledger) -> VerdictRows:
    """Return the rows on the definitions of section 5-1, held against the paper's own numbers."""
    rows = VerdictRows(ledger)
    support = supports(ledger)
    right = sum(round(ledger[f"table5.{name}.recall"].value * n) for name, n in support.items())
    total = sum(support.values())
    accuracy = right / total
    one_against_rest = 1 - 2 * (1 - accuracy) / len(EMOTIONS)
    rows.underspecified(
        "equation2",
        f"Table 5 has {total - right} errors in {total} images: the share on the diagonal is "
        f"{100 * accuracy:.1f} %, equation 2 class by class gives {100 * one_against_rest:.1f} % "
        "on average; the first is what the paper prints",
        about=f"{ledger['equation2'].title}, used for seven classes",
    )
    genuine, fake = (ledger[f"table3.total.{name}"].value for name in ("genuine", "fake"))
    rows.inconsistent(
        "balance.f1",
        f"Table 3 has {genuine:.0f} genuine and {fake:.0f} fake images, "
        f"{100 * genuine / (genuine + fake):.0f} to {100 * fake / (genuine + fake):.0f} %",
    )
    kappa, high = ledger["authenticity.kappa"], ledger["kappa.high"]
    rows.consistent_if(
        kappa.value <= high.value,
        "kappa.called",
        f"{kappa.printed} is above {high.printed}: by section 5-1-5 that is high reliability, by "
        "Landis and Koch almost perfect; substantial is the band below",
    )
    return rows


def measured(
    ledger: Ledger, ground: Ground, runs: Sequence[Run], scores: Mapping[str, Pooled]
) -> VerdictRows:
    """Return the rows of the paper's numbers beside ours.

    ``scores`` are those of the emotion head on the set to judge by.
    """
    rows = VerdictRows(ledger, ground)
    judge_numbers(rows, scores, PRINTED)
    settled = learning_curves.over_seeds(
        [learning_curves.kept(run)["val_emotion_accuracy"] for run in runs]
    )
    rows.number("figure12.saturation", settled, 100)
    rows.underspecified(
        "figure12.gap",
        "no test and no size of a gap are given; ours is training minus validation at the kept "
        "epoch, by seed",
        learning_curves.over_seeds([learning_curves.gap(run, "emotion") for run in runs]),
    )
    about = "Figures 11 and 12: confusion matrix, accuracy over the epochs"
    names, why = ("figure11.matrix", "figure12.curves"), "only in the figures' images"
    rows.not_testable(names, why, "above", about=about, printed="image not available")
    return rows


def printed(ledger: Ledger, possible: Sequence[np.ndarray]) -> VerdictRows:
    """Return the rows of printed numbers against each other.

    ``possible`` are the matrices that Table 5 allows, int (7, 7) each.
    """
    rows = VerdictRows(ledger)
    found = [metrics.confusion_scores(one) | metrics.class_scores(one) for one in possible]

    def check(name, values, scale=1):
        """Add a row on a printed number, from what each of the matrices gives."""
        low, high = scale * min(values), scale * max(values)
        told = f"{low:.4g}" if np.isclose(low, high) else f"{low:.4g} to {high:.4g}"
        rows.within(name, low, high, f"the matrices that Table 5 allows give {told}")

    for score, (name, scale) in PRINTED.items():
        check(name, [one[score] for one in found], scale)
    scores = np.array([one["F1"] for one in found])
    ends = zip(scores.min(axis=0), scores.max(axis=0), strict=True)
    rows.all_within(
        {f"table5.{name}.f1": span for name, span in zip(EMOTIONS, ends, strict=True)},
        "the matrices that Table 5 allows give",
        about=f"Table 5: F1 of {', '.join(EMOTIONS)}",
    )
    recall = 100 * np.array([one["recall"] for one in found])
    ranges = {
        f"text.{name}.recall": (min(values), max(values))
        for name, values in zip(EMOTIONS, recall.T, strict=True)
        if name in ("angry", "neutral")
    }
    about = "section 5-2-2: recall of angry and neutral"
    rows.all_within(ranges, "the matrices that Table 5 allows give", about=about)
    lowest, claim = min(one["F1"].min() for one in found), ledger["text.emotion.f1_above"]
    rows.consistent_if(
        lowest > claim.value,
        claim.id,
        f"the lowest F1 is {lowest:.3f}",
        printed=f"above {claim.printed}",
    )
    perfect = [EMOTIONS.index(name) for name in ("fear", "happy", "surprise")]
    check("text.emotion.perfect", [one["F1"][place] for one in found for place in perfect])
    rows.inconsistent(
        "emotion.macro_f1_again",
        f"the same sentence also gives {ledger['emotion.macro_f1'].printed}; Table 5 calls "
        f"{ledger['table5.overall.f1'].printed} the weighted average",
    )
    rows.inconsistent(
        "text.low_arousal",
        "anger is an emotion of high arousal in the circumplex model, see above",
    )
    return rows
