"""Verdicts on section 5.1 of huang2025 and its Figures 5 and 6."""

from __future__ import annotations

from collections.abc import Mapping

from claimcheck import Claim
from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.evaluation.verdicts import Ground
from fer_lib.papers.huang2025.causal import designs
from fer_lib.papers.huang2025.causal.outcomes import Effects
from fer_lib.papers.huang2025.causal.regression_discontinuity import Jump
from fer_lib.papers.huang2025.causal.treatment_assignment import FOCAL, SMOTE

CUTOFFS = ("fig6.cutoff", "s5_1.cutoff")


def rows(
    ledger: Mapping[str, Claim],
    ground: Ground,
    average: Effects,
    jump: Mapping[tuple[str, float | None], Jump],
    experiment: Mapping[str, Interval],
) -> VerdictRows:
    """Return the rows of the table.

    Parameters
    ----------
    ledger, ground
        As for `VerdictRows`.
    average : mapping
        As `fer_lib.papers.huang2025.causal.outcomes.averages` returns it.
    jump : mapping
        As `fer_lib.papers.huang2025.causal.designs.jumps` returns it.
    experiment : mapping
        "at the cutoff" (effect of SMOTE on macro-F1 there), "bias"
        (`fer_lib.papers.huang2025.causal.outcomes.gap_by_imbalance`) and "remains"
        (`fer_lib.papers.huang2025.causal.treatment_effects.beside_balance`).
    """
    rule, coded = jump[designs.BY_RULE, None], jump[designs.AS_CODED, None]
    found = VerdictRows(ledger, ground)
    found.number(
        "fig6.tau",
        rule.tau,
        ours=f"{rule.tau} by the rule; {coded.tau} as coded; {experiment['at the cutoff']} in the "
        "experiment",
    )

    def direction(names, difference, about):
        found.direction(names, difference, str(difference), about=about)

    gain = average[SMOTE, "macro F1"]
    direction(("fig6.modest", "fig5.macro_f1"), gain, "SMOTE raises macro-F1")
    for name in ("fear", "disgust"):
        raised = f"augmentation raises recall: {name}"
        direction("fig5.recall", average[SMOTE, f"recall of {name}"], raised)
    direction(
        "fig5.bias",
        experiment["bias"],
        "imbalance moves outcomes toward the majority classes (recall of the others less that of "
        "fear and disgust, change with a tenth of the ratio)",
    )
    direction(
        "fig6.insufficient",
        experiment["remains"],
        "augmentation alone is not enough (recall of the others less that of fear and disgust: "
        "with SMOTE, less the same with balanced images)",
    )
    found.not_testable("fig6.limited", "what size would not be limited is not said", str(gain))
    found.underspecified(
        ("fig6.causal", "fig6.treatment", "fig6.groups", "s5_1.comparison"),
        "the text does not say outright who is treated; the public code takes a column, and its "
        "printed errors fit a treatment on both sides of the cutoff (our inference)",
        about="the jump is the effect of a treatment that starts at the cutoff",
    )
    found.underspecified(
        ("fig6.running", "s5_1.running"),
        "the ratio is defined neither in the paper nor in its code",
        "two definitions tried",
    )
    found.underspecified(
        ("fig6.lines", "s5_1.estimator"),
        "no bandwidth is printed; the code of the figure takes all rows",
        "four bandwidths tried",
    )
    found.underspecified("fig6.points", "the rows are in no commit, and no code makes them")
    found.consistent_if(
        len({ledger[name].value for name in CUTOFFS}) == 1,
        CUTOFFS,
        "caption, text and public code have the same cutoff",
    )
    found.underspecified(
        ("s5_1.placebo", "s5_1.placebo.test"),
        "no estimate is printed; the code's placebo defines the treatment otherwise than its main "
        "test",
    )
    found.not_testable(
        "s5_1.significant", "a condition; no test is printed", designs.concluded(rule)
    )
    found.not_testable(
        ("s5_1.frameworks", "s5_1.ate", "s5_1.focal"),
        "named for later studies; no result is printed",
        f"done here; focal loss on macro-F1: {average[FOCAL, 'macro F1']}",
    )
    return found
