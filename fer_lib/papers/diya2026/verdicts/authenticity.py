"""Verdicts on sections 5-3 and 5-4 of diya2026: the authenticity head, Figures 13 to 17."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from claimcheck import Claim
from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation import metrics, over_seeds
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.evaluation.over_seeds import Pooled
from fer_lib.evaluation.verdicts import Ground, Verdict
from fer_lib.labels import AUTHENTICITY
from fer_lib.papers.diya2026 import confusion_claims, learning_curves
from fer_lib.papers.diya2026.result_page import Setting, judge_numbers
from fer_lib.training.run import Run

Ledger = Mapping[str, Claim]
PRINTED = {
    "accuracy": ("authenticity.accuracy", 100),
    "macro F1": ("authenticity.macro_f1", 1),
    "weighted F1": ("table6.overall", 1),
    "Cohen's kappa": ("authenticity.kappa", 1),
    "MCC": ("authenticity.mcc", 1),
    "AUC": ("authenticity.auc", 1),
    "average precision": ("authenticity.ap", 1),
}


def answer(scores: Mapping[str, Pooled], printed: Claim) -> str:
    """Return the page's answer: how well genuine is told from fake, and where guessing lies."""
    area = scores["AUC"]
    where = "below" if area.low > 0.5 else "above" if area.high < 0.5 else "within"
    return (
        f"An AUC of {area}: guessing, 0.500, lies {where} the interval. At a threshold "
        f"of one half {scores['accuracy'].percent()} % of the images are "
        f"called right; the paper prints {printed.shown} for its own photographs."
    )


def goals(wanted: Sequence[Mapping], scores: Mapping[str, Mapping[str, Interval]]) -> list[dict]:
    """Return one row a goal that was set before the training, and whether it was reached.

    Parameters
    ----------
    wanted : sequence of mapping
        Each with ``head``, ``score``, ``value`` and ``lower_end``.
    scores : mapping
        Scores by head.
    """
    rows = []
    for goal in wanted:
        ours = scores[goal["head"]][goal["score"]]
        met = ours.value >= goal["value"] and ours.low >= goal["lower_end"]
        rows.append(
            {
                "score": f"{goal['head']} {goal['score']}",
                "goal": goal["value"],
                "goal for the lower end": goal["lower_end"],
                "dual-task model": ours,
                "reached": "yes" if met else "no",
            }
        )
    return rows


def goals_of(
    frozen: Mapping, runs: Sequence[Run], at: Setting, resamples: int, seed: int
) -> list[dict]:
    """Return the `goals` that were set for rendered faces, on the set to judge by."""
    if "rendered_test" not in at.sets:
        return [{"score": "none: the goals are for rendered faces"}]
    scores = {
        head: over_seeds.over_seeds(over_seeds.tallies(runs, at.last, head), resamples, seed)
        for head in ("emotion", "authenticity")
    }
    return goals(frozen["goals"], scores)


def goals_in_words(rows: Sequence[Mapping]) -> str:
    """Return in a sentence which of the `goals` were reached."""
    if "reached" not in rows[0]:
        return "The goals are for rendered faces; this data set has none."
    told = (
        f"{row['score']} {row['goal']:.2f} with a lower end of "
        f"{row['goal for the lower end']:.2f}: {row['dual-task model']}, "
        f"{'reached' if row['reached'] == 'yes' else 'not reached'}"
        for row in rows
    )
    return f"Goals: {'; '.join(told)}."


def measured(ledger: Ledger, ground: Ground, scores: Mapping[str, Pooled]) -> VerdictRows:
    """Return the rows of the paper's numbers beside ours on the set to judge by."""
    rows = VerdictRows(ledger, ground)
    judge_numbers(rows, scores, PRINTED)
    names = "figure14.curve", "figure15.curve", "figure16.curves", "figure17.curves"
    about = "Figures 14 to 17: ROC, precision-recall, accuracy and loss curves"
    why = "only in the figures' images"
    rows.not_testable(names, why, "above", about=about, printed="image not available")
    return rows


def said(
    ledger: Ledger, ground: Ground, runs: Sequence[Run], which: str, resamples: int, seed: int
) -> VerdictRows:
    """Return the rows of the paper's sentences, each judged by a difference where it has one.

    Parameters
    ----------
    ledger, ground
        As for `VerdictRows`.
    runs : sequence of Run
        Of the proposed model.
    which : str
        The set to judge by.
    resamples, seed : int
        Behind each interval.
    """
    rows = VerdictRows(ledger, ground)
    counted = {head: over_seeds.tallies(runs, which, head) for head in ("emotion", "authenticity")}
    drawn = {head: over_seeds.drawn(of, resamples, seed) for head, of in counted.items()}
    (first, many, groups), (second, others, _) = drawn["emotion"], drawn["authenticity"]
    kappa = "Cohen's kappa"
    harder = over_seeds.pool(first[kappa] - second[kappa], many[kappa] - others[kappa], groups)
    easier = over_seeds.over_seeds(
        counted["authenticity"],
        resamples,
        seed,
        confusion_claims.recall_gap(("fake",), ("genuine",)),
    )
    faster = [
        learning_curves.epochs_to(run, "val_authenticity_accuracy")
        - learning_curves.epochs_to(run, "val_emotion_accuracy")
        for run in runs
    ]
    for name, difference, how in (
        ("text.harder", harder, "kappa of emotion minus kappa of authenticity"),
        ("text.fake_easier", easier["gap"], "recall of fake minus recall of genuine"),
        (
            "figure17.faster",
            learning_curves.over_seeds(faster, digits=1),
            "epochs that authenticity takes longer, by seed",
        ),
    ):
        rows.direction(name, difference, how=how)
    columns = {"training": "train_loss", "validation": "val_loss"}
    risen = {
        part: sum(learning_curves.rises(run, one) for run in runs) for part, one in columns.items()
    }
    steps = sum(len(run.history) - 1 for run in runs)
    rows.add(
        "figure17.monotone",
        monotone(ground, not any(risen.values())),
        ", ".join(f"{part} loss rose in {n} of {steps} steps" for part, n in risen.items()),
    )
    rows.underspecified(
        "figure16.gap",
        "no size is given; ours is training minus validation accuracy at the kept epoch, by seed",
        learning_curves.over_seeds([learning_curves.gap(run, "authenticity") for run in runs]),
    )
    return rows


def monotone(ground: Ground, falls: bool) -> Verdict:
    """Return the verdict on a loss that is said to fall all the time, from whether ours does."""
    word = f"direction {'' if falls else 'not '}seen on rendered faces"
    if ground.own_data:
        word = "reproduced" if falls else "differs"
    why = "a loss that rises even once is not monotone"
    return ground.refusal() or Verdict(word, why)


def printed(ledger: Ledger, counts: np.ndarray) -> VerdictRows:
    """Return the rows of printed numbers against each other.

    ``counts`` are those of Figure 13, int (2, 2), rows the truth.
    """
    rows = VerdictRows(ledger)
    scores, classes = metrics.confusion_scores(counts), metrics.class_scores(counts)
    given = {
        "authenticity.accuracy": 100 * scores["accuracy"],
        "authenticity.macro_f1": scores["macro F1"],
        "authenticity.kappa": scores["Cohen's kappa"],
        "authenticity.mcc": scores["MCC"],
    }
    for name, value in given.items():
        rows.within(name, value, value, f"the four counts give {value:.4g}")
    for key, where, columns in (
        ("table6", "Table 6", ("precision", "recall", "F1", "support")),
        ("text", "section 5-3-1", ("recall", "F1")),
    ):
        ranges = {
            f"{key}.{name}.{what.lower()}": (classes[what][place],) * 2
            for place, name in enumerate(AUTHENTICITY)
            for what in columns
        }
        about = f"{where}: {', '.join(columns)} of {' and '.join(AUTHENTICITY)}"
        rows.all_within(ranges, "the four counts give", about=about)
    low, high = ledger["table6.overall"].rounding
    fitting = [n for n in ("accuracy", "macro F1", "weighted F1") if low <= scores[n] <= high]
    rows.underspecified(
        "table6.overall",
        "which score the row holds is not said; of accuracy, macro F1 and weighted F1, "
        f"{' and '.join(fitting) or 'none'} of the four counts round to it",
    )
    least = least_auc(counts)
    rows.within(
        "authenticity.auc", least, 1, f"a curve without inward bends has at least {least:.4f}"
    )
    rows.not_testable(
        "figure14.shape",
        "only in the figure's image; two straight lines through the point of Figure 13, which is "
        f"what decisions without scores give, already have an area of {least:.4f}",
    )
    auc = ledger["authenticity.auc"]
    supports = [ledger[f"table6.{name}.support"].value for name in ("fake", "genuine")]
    most = most_precision(auc.rounding[1], supports)
    rows.within(
        "authenticity.ap",
        0,
        most,
        f"an AUC of {auc.printed} allows at most {most:.4f}, if both describe the same scores of "
        f"the same {sum(supports):.0f} images",
    )
    rows.inconsistent(
        ("auc.certainty", "auc.credibility"),
        "equation 8 is the same for every rising change of the probabilities",
    )
    shares = [100 * one / sum(supports) for one in (max(supports), min(supports))]
    rows.inconsistent(
        "figure15.imbalanced",
        f"Table 6 has {supports[0]:.0f} fake and {supports[1]:.0f} genuine images, {shares[0]:.0f} "
        f"to {shares[1]:.0f} %",
    )
    return rows


def least_auc(counts: np.ndarray) -> float:
    """Return the least AUC of a curve through the point of the counts that never bends inwards."""
    return metrics.class_scores(counts)["recall"].mean()


def most_precision(auc: float, supports: Sequence[float]) -> float:
    """Return the highest average precision that goes with an AUC, by the bound on the page.

    Either class may be the positive one; ``supports`` are their numbers of images.
    """
    return max(1 - (1 - auc) * other / sum(supports) for other in supports)
