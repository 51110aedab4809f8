"""Areas under curves against a confusion matrix and against each other.

A confusion matrix at one threshold is one point of the ROC curve, and the curve only rises, so the
area has bounds. And with TP + FP <= n behind every positive, 1 - AP is at least (1 - AUC) times the
share of negatives.
"""

from __future__ import annotations

from collections.abc import Mapping

from fer_lib.claims.finding import Finding
from fer_lib.claims.record import Claim, Range
from fer_lib.claims.reports import Report, gather


def sizes(report: Report) -> tuple[int, int] | None:
    """Return the images of the two classes of a binary report; None for any other."""
    supports = report.supports()
    if supports is None or len(supports) != 2:
        return None
    first, second = supports.values()
    return first, second


def _from_matrix(name: str, report: Report) -> list[Finding]:
    """Judge an AUC by the one point of its curve that a printed 2 x 2 matrix gives."""
    classes = list(report.classes)
    if len(classes) != 2 or set(report.cells) != {(a, b) for a in classes for b in classes}:
        return []
    count = {pair: int(claim.value) for pair, claim in report.cells.items()}
    one, other = classes
    hit = count[one, one] / (count[one, one] + count[one, other])
    rejected = count[other, other] / (count[other, other] + count[other, one])
    bounds = Range(hit * rejected, 1 - (1 - hit) * (1 - rejected))
    found = []
    for claim in report.overall.get("auc", []):
        how = (
            f"{name}: recalls {hit:.3f} and {rejected:.3f} at one threshold leave AUC in "
            f"[{bounds.low:.3f}, {bounds.high:.3f}]; with hard labels it would be "
            f"{(hit + rejected) / 2:.4f}; printed {claim.shown}"
        )
        verdict = "consistent" if claim.prints(bounds) else "inconsistent"
        ids = (claim.id, *(cell.id for cell in report.cells.values()))
        told = f"[{bounds.low:.3f}, {bounds.high:.3f}]"
        found.append(Finding("ranking", ids, verdict, told, claim.shown, how))
    return found


def _from_auc(name: str, report: Report) -> list[Finding]:
    """Judge an average precision by the AUC of the same ranking."""
    both, areas = sizes(report), report.overall.get("auc", [])
    if both is None or not areas:
        return []
    # Which class is positive may not be said: the smaller share of negatives allows more.
    negatives, total = min(both), sum(both)
    area = max(areas, key=lambda claim: claim.widest.high)
    most = 1 - (1 - float(area.widest.high)) * negatives / total
    found = []
    for claim in report.overall.get("average precision", []):
        how = (
            f"{name}: with AUC {area.shown}, rounded, the average precision is at most "
            f"1 − (1 − AUC) × {negatives} / {total} = {most:.4f}; printed {claim.shown}"
        )
        verdict = "consistent" if float(claim.widest.low) <= most else "inconsistent"
        ids = (claim.id, area.id)
        found.append(Finding("ranking", ids, verdict, f"at most {most:.4f}", claim.shown, how))
    return found


def check(ledger: Mapping[str, Claim]) -> list[Finding]:
    """Return the findings on all areas under curves that are tied to a binary report."""
    return [
        finding
        for name, report in gather(ledger).items()
        for finding in (*_from_matrix(name, report), *_from_auc(name, report))
    ]
