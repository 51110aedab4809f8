"""Outcomes of the experiment's runs, and tables of the treatment effects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from engine.page import tables
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.evaluation.paired_differences import corrected
from fer_lib.papers.huang2025.causal import (
    regression_discontinuity,
    treatment_assignment,
    treatment_effects,
)
from fer_lib.papers.huang2025.causal.treatment_assignment import (
    BALANCED,
    BY_MINORITY,
    MINORITY,
    NONE,
    SMOTE,
)
from fer_lib.papers.huang2025.causal.treatment_effects import Contrast

OUTCOMES = ("macro F1", "accuracy", "recall of fear", "recall of disgust")
BOTH_RARE, OTHERS, GAP = "recall of fear and disgust", "recall of the others", "gap"

# Ratios at which curves along the imbalance are drawn.
RATIOS = np.round(
    np.arange(treatment_assignment.LOWEST, treatment_assignment.HIGHEST + 1e-3, 0.05), 2
)
Effects = Mapping[tuple[str, str], Interval]


def added(runs: pd.DataFrame, emotions: Sequence[str]) -> pd.DataFrame:
    """Return the runs with the mean recalls `BOTH_RARE` and `OTHERS`, and `GAP`.

    The gap is the second less the first; ``emotions`` are those that the runs tell apart.
    """
    rest = [f"recall of {emotion}" for emotion in emotions if emotion not in MINORITY]
    found = runs.copy()
    found[BOTH_RARE] = runs[[f"recall of {emotion}" for emotion in MINORITY]].mean(axis=1)
    found[OTHERS] = runs[rest].mean(axis=1)
    found[GAP] = found[OTHERS] - found[BOTH_RARE]
    return found


def training_images(total: int, emotions: Sequence[str]) -> list[dict]:
    """Return how many images of each class a run trains on, a row a ratio."""
    rows = []
    for ratio in (
        treatment_assignment.LOWEST,
        regression_discontinuity.CUTOFF,
        treatment_assignment.HIGHEST,
    ):
        counts = treatment_assignment.sizes(total, ratio, emotions=emotions)
        majority = [n for emotion, n in counts.items() if emotion not in MINORITY]
        row = {"imbalance ratio": f"{ratio:g}", "each rare class": counts["fear"]}
        row["each other class"] = f"{min(majority)} to {max(majority)}"
        rows.append(row | {"together": sum(counts.values())})
    return rows


def averages(contrasts: Mapping[str, Contrast]) -> dict[tuple[str, str], Interval]:
    """Return the average effect by treatment and outcome, of `OUTCOMES` and `BOTH_RARE`."""
    return {
        (treatment, outcome): treatment_effects.average(of, outcome)
        for treatment, of in contrasts.items()
        for outcome in (*OUTCOMES, BOTH_RARE)
    }


def tests(
    contrasts: Mapping[str, Contrast], average: Effects, draws: int, seed: int
) -> pd.DataFrame:
    """Return a row a treatment and outcome: the mean without it, the effect, p and Holm's p."""
    table = pd.DataFrame(
        [
            {
                "treatment": treatment,
                "outcome": outcome,
                "mean without": float(of.rows.loc[of.treated == 0, outcome].mean()),
                "effect": average[treatment, outcome],
                "p": treatment_effects.permutation_p(of, outcome, draws, seed),
            }
            for treatment, of in contrasts.items()
            for outcome in OUTCOMES
        ]
    )
    table["p (Holm)"] = [tables.p_value(p) for p in corrected(table["p"])]
    table["p"] = table["p"].map(tables.p_value)
    return table


def along(of: Contrast) -> tuple[dict[str, tuple], dict[str, Interval]]:
    """Return the effect along the imbalance ratio, for macro-F1 and for `BOTH_RARE`.

    Returns
    -------
    (dict, dict)
        By outcome: `RATIOS`, the effects there, and bins with their ``middle``; the slope.
    """
    panels, slopes = {}, {}
    for outcome in ("macro F1", BOTH_RARE):
        at, slopes[outcome] = treatment_effects.by_imbalance(of, outcome, RATIOS)
        bins, _ = treatment_effects.in_parts(of, outcome, treatment_effects.bins(of.rows))
        bins["middle"] = [np.mean([float(end) for end in k.split(" to ")]) for k in bins["part"]]
        panels[outcome] = (RATIOS, at, bins)
    return panels, slopes


def two_definitions(runs: pd.DataFrame, training: Mapping[str, int]) -> list[dict]:
    """Return the effect of SMOTE on logistic regression, a row a definition of the ratio.

    ``training`` has the training images under each definition.
    """
    first = runs[runs["definition"] == BY_MINORITY]
    same_models = treatment_effects.contrast(
        first[first["classifier"] == treatment_assignment.LR], SMOTE
    )
    largest = treatment_effects.contrast(runs, SMOTE, treatment_assignment.BY_LARGEST)
    return [
        {
            "imbalance ratio is": treatment_assignment.DEFINITIONS[name],
            "training images": training[name],
            "runs": len(of.rows),
            **{o: treatment_effects.average(of, o) for o in ("macro F1", "accuracy", BOTH_RARE)},
        }
        for name, of in ((BY_MINORITY, same_models), (treatment_assignment.BY_LARGEST, largest))
    ]


def beside_balance(runs: pd.DataFrame, training: int) -> list[dict]:
    """Return mean recalls of the runs in pairs: with SMOTE on imbalanced images, and balanced."""
    pairs = runs[runs["definition"] == BALANCED]
    rows = []
    for words, treatment in (("SMOTE, imbalanced images", SMOTE), ("balanced images", NONE)):
        part = pairs[pairs["treatment"] == treatment]
        few, most = part["minority"].min(), part["minority"].max()
        row = {"runs": words, "number": len(part), "training images": training}
        row["of each rare emotion"] = f"{few}" if few == most else f"{few} to {most}"
        of = Contrast(part, np.ones(len(part)))
        rows.append(row | {o: treatment_effects.mean(of, o) for o in (OTHERS, BOTH_RARE, GAP)})
    return rows


def gap_by_imbalance(of: Contrast) -> Interval:
    """Return how the gap grows without the treatment when the ratio rises by a tenth."""
    without = of.treated == 0
    untreated = Contrast(of.rows[without].reset_index(drop=True), of.treated[without])
    ratio = untreated.rows["imbalance"].to_numpy() - regression_discontinuity.CUTOFF
    fitted = treatment_effects.fit(untreated, GAP, pd.DataFrame({"imbalance": ratio}))
    return treatment_effects.interval(
        fitted, {"imbalance": treatment_effects.BIN}, untreated.splits
    )
