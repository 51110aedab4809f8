"""Scores against what guessing gives: the greatest class's share, one half, the positives' share.

A score that guessing reaches is no error of print; it is underspecified what was learnt.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

from scipy import stats

from fer_lib.claims import ties
from fer_lib.claims.finding import Finding, number
from fer_lib.claims.ledger import Ledger
from fer_lib.claims.record import Claim
from fer_lib.claims.reports import Report, gather
from fer_lib.intervals import LEVEL

# Of scores that are the same for every guess that does not look at the image.
LEVELS = {"auc": Fraction(1, 2), "kappa": Fraction(0), "mcc": Fraction(0)}


def _judged(claim: Claim, level: Fraction, guess: str, given: tuple[str, ...]) -> Finding:
    """Judge whether a score lies above what guessing gives."""
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
            given = tuple(one["support"].id for one in report.classes.values())
            guess = f"{name}: always naming the largest class"
            found += [_judged(one, most, guess, given) for one in claims]
    return found


def _of_share(claim: Claim, relation: Mapping, ledger: Ledger) -> Finding:
    """Judge a score by the share that naming always one class, or any order of images, gives."""
    part, whole = (ledger[relation[name]] for name in ("part", "whole"))
    level = part.amount / whole.amount
    guess = f"guessing, with {part.shown} of {whole.shown},"
    return _judged(claim, level, guess, (part.id, whole.id))


def _of_ranks(claim: Claim, relation: Mapping, ledger: Ledger) -> Finding:
    """Judge an AUC by what random scores give: its spread is that of the rank sum statistic."""
    part, other = ties.sides(relation, ledger)
    spread = math.sqrt((part + other + 1) / (12 * part * other))
    low, high = stats.norm.interval(LEVEL, 0.5, spread)
    guess = f"guessing, on {part:,} and {other:,} images, gives 0.5, in {LEVEL:.0%} of tries"
    guess += f" from {low:.3f} to {high:.3f}: the upper end"
    return _judged(claim, Fraction(high), guess, (relation["positives"], relation["total"]))


CHECKS = {"above chance": _of_share, "ranks above chance": _of_ranks}


def check(ledger: Ledger) -> list[Finding]:
    """Return one finding for each score that guessing bounds."""
    found = [f for name, report in gather(ledger).items() for f in _of_report(name, report)]
    return found + ties.check(ledger, "chance", CHECKS)
