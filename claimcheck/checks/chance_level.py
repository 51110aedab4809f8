"""Check scores against the chance level: the largest class's share, one half, positives' share.

A score at chance level is not a typo. It means that the paper does not show that the model learnt
anything, so the verdict is "underspecified".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

from scipy import stats

from claimcheck.checks import relation_checks
from claimcheck.checks.classification_reports import Report, gather
from claimcheck.checks.intervals_and_tests import CONFIDENCE_LEVEL
from claimcheck.claim import Claim
from claimcheck.finding import Finding, ids, number
from claimcheck.ledger import Ledger

# Of scores that are the same for every guess that does not look at the image.
LEVELS = {"auc": Fraction(1, 2), "kappa": Fraction(0), "mcc": Fraction(0)}


def _judged(claim: Claim, level: Fraction, guess: str, given: tuple[str, ...]) -> Finding:
    """Judge whether a score lies above the chance level."""
    above = claim.range.low > level
    how = f"{guess} gives {number(level)}; printed {claim.shown}"
    verdict = "consistent" if above else "underspecified"
    if not above:
        how += ": not more than guessing, by its printed digits"
    return Finding("chance", (claim.id,), verdict, number(level), claim.shown, how, given)


def _of_report(name: str, report: Report) -> list[Finding]:
    """Judge the overall scores of a report."""
    found = []
    supports = report.supports()
    for score, claims in report.overall.items():
        if score in LEVELS:
            found += [_judged(one, LEVELS[score], "guessing", ()) for one in claims]
        if score == "accuracy" and report.whole():
            most = Fraction(max(supports.values()), sum(supports.values()))
            given = ids(one["support"] for one in report.classes.values())
            guess = f"{name}: always naming the largest class"
            found += [_judged(one, most, guess, given) for one in claims]
    return found


def _of_share(claim: Claim, relation: Mapping, ledger: Ledger) -> Finding:
    """Judge a score by the share that naming always one class, or any order of images, gives."""
    part, whole = relation_checks.claims_at(relation, ledger, "part", "whole")
    level = part.amount / whole.amount
    guess = f"guessing, with {part.shown} of {whole.shown},"
    return _judged(claim, level, guess, (part.id, whole.id))


def _of_ranks(claim: Claim, relation: Mapping, ledger: Ledger) -> Finding:
    """Judge an AUC against random scores, whose spread is that of the rank sum statistic."""
    part, other = relation_checks.sides(relation, ledger)
    spread = math.sqrt((part + other + 1) / (12 * part * other))
    low, high = stats.norm.interval(CONFIDENCE_LEVEL, 0.5, spread)
    guess = (
        f"guessing, on {part:,} and {other:,} images, gives 0.5, in {CONFIDENCE_LEVEL:.0%} of "
        f"tries from {low:.3f} to {high:.3f}: the upper end"
    )
    return _judged(claim, Fraction(high), guess, (relation["positives"], relation["total"]))


CHECKS = {"above chance": _of_share, "ranks above chance": _of_ranks}


def check(ledger: Ledger) -> list[Finding]:
    """Return one finding for each score that guessing bounds.

    Examples
    --------
    >>> cats = Claim("cats", "Table 1", "images of cats", "166", "count")
    >>> images = Claim("images", "Table 1", "images", "200", "count")
    >>> tie = {"is": "above chance", "part": "cats", "whole": "images"}
    >>> accuracy = Claim("accuracy", "Table 2", "accuracy", "0.82", "metric", relations=(tie,))
    >>> (finding,) = check({claim.id: claim for claim in (cats, images, accuracy)})
    >>> finding.verdict, finding.computed
    ('underspecified', '0.83')
    """
    found = [f for name, report in gather(ledger).items() for f in _of_report(name, report)]
    return found + relation_checks.check(ledger, "chance", CHECKS)
