"""Verdicts on the ablations of diya2026 (sections 4-1 and 5-6), each a claimed difference."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from claimcheck import Claim
from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation import paired_differences
from fer_lib.evaluation.over_seeds import Pooled
from fer_lib.evaluation.paired_differences import Comparison
from fer_lib.evaluation.verdicts import Ground, Verdict


def change(found: Sequence[Comparison], arm: str, head: str, turned: bool = True) -> Pooled:
    """Return one difference, less the reference; ``turned`` round, it is the reference less it."""
    (one,) = (c.difference for c in found if c.first == arm and c.head == head)
    return paired_differences.turned(one) if turned else one


def differences(
    left_out: Sequence[Comparison],
    weights: Sequence[Comparison],
    gates: Sequence[Comparison],
    recalls: Mapping[str, Pooled],
) -> dict[str, tuple[str, Pooled]]:
    """Return the difference behind each sentence, by what it is: the claim's id and its value.

    Parameters
    ----------
    left_out, weights, gates : sequence of Comparison
        As `fer_lib.papers.diya2026.ablation_page.against` returns them.
    recalls : mapping
        "fear" and "sad", with the authenticity branch less without; "genuine", at equal loss
        weights less at those of Table 4, the other way round.
    """
    without, depth = "ablation.no_authenticity", "ablation.se"
    return {
        "emotion accuracy with, less without": (
            without,
            change(left_out, "no_authenticity", "emotion"),
        ),
        "recall of fear with, less without": (without, recalls["fear"]),
        "recall of sad with, less without": (without, recalls["sad"]),
        "authenticity AUC with, less without": (
            "ablation.no_emotion",
            change(left_out, "no_emotion", "authenticity"),
        ),
        "recall of genuine at 0.4 / 0.6, less at 0.5 / 0.5": (
            "ablation.balanced",
            recalls["genuine"],
        ),
        "authenticity AUC at 0.4 / 0.6, less at 0.6 / 0.4": (
            "ablation.emotion_heavy",
            change(weights, "alpha_06", "authenticity"),
        ),
        "AUC, Lite0 with gates less without": (
            depth,
            change(gates, "lite0_se", "authenticity", False),
        ),
        "AUC, B0 less the same with gates held": (
            depth,
            change(gates, "b0", "authenticity", False),
        ),
    }


def rows(
    ledger: Mapping[str, Claim],
    ground: Ground,
    judged: Mapping[str, tuple[str, Pooled]],
    weights: Sequence[Comparison],
) -> VerdictRows:
    """Return the rows of the table; ``judged`` is what `differences` returns."""
    found = VerdictRows(ledger, ground)
    corrected = paired_differences.corrected([difference.p for _, difference in judged.values()])
    for (note, (name, difference)), p in zip(judged.items(), corrected, strict=True):
        if name == "ablation.se" and all(row.claims[0].id != name for row in found.rows):
            _stable(found, weights)
        about = f"{ledger[name].title} ({note})"
        found.direction(name, difference, str(difference), about=about, p_holm=float(p))
    weighed = (
        "their loss weights are in the same ratio"
        if same_ratio(ledger)
        else "their loss weights differ too"
    )
    found.inconsistent(
        "ablation.depth",
        "the two models differ in the loss and the heads as well, so neither effect is isolated "
        f"({weighed}); here each is measured alone",
    )
    return found


def same_ratio(ledger: Mapping[str, Claim]) -> bool:
    """Return whether the proposed model and the one without SE weigh their losses alike.

    Only the ratio counts: a common factor scales the whole loss, which Adam's step divides out.
    """
    ours = ledger["table4.alpha"].value / ledger["table4.beta"].value
    theirs = ledger["noSE.emotion_weight"].value / ledger["noSE.authenticity_weight"].value
    return math.isclose(ours, theirs, rel_tol=1e-9)


def _stable(found: VerdictRows, weights: Sequence[Comparison]) -> None:
    """Add the sentence that the scores are stable around the chosen weights of the losses."""
    near = [c.difference for c in weights if c.first in ("alpha_03", "alpha_05")]
    largest = max(abs(end) for d in near for end in (d.low, d.high))
    why = "'relatively stable' has no size; the largest end of an interval of ours is beside it"
    found.add(
        "ablation.stable",
        found.ground.refusal() or Verdict("not comparable", why),
        f"{largest:.3f}",
        printed=f"± {found.ledger['ablation.stable'].printed}",
    )
