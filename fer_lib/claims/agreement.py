"""The same quantity printed more than once: text against table, caption and abstract."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping

from fer_lib.claims.finding import Finding, shown
from fer_lib.claims.record import Claim, Range


def told(claims: list[Claim]) -> str:
    """Return what each of some claims prints, and where."""
    return "; ".join(f"{claim.shown} ({claim.where})" for claim in claims)


def _shared_if_cut(claims: list[Claim]) -> Range | None:
    """Return the values that all may stand for if those with fewer digits were cut off.

    The end that is one too many in each is not one of them.
    """
    finest = min(claim.last_place * claim.scale for claim in claims)
    spans = [
        claim.range if claim.last_place * claim.scale == finest else claim.widest
        for claim in claims
    ]
    low, high = max(span.low for span in spans), min(span.high for span in spans)
    return Range(low, high) if low < high else None


def _numbers(claims: list[Claim]) -> Finding:
    """Judge numbers that should be one: there must be a value that all of them may stand for."""
    shared = Range(
        max(claim.range.low for claim in claims), min(claim.range.high for claim in claims)
    )
    # Rounded values that only touch print differently; exact ones have no width.
    exact = any(claim.range.low == claim.range.high for claim in claims)
    agree = shared.low < shared.high or (exact and shared.low == shared.high)
    names, how, cut = tuple(claim.id for claim in claims), told(claims), None
    if not agree:
        cut = _shared_if_cut(claims)
    if cut is not None:
        agree, shared, how = True, cut, f"{how}; if digits were cut off, not rounded"
    value = shown(shared) if agree else "no value prints like all of them"
    verdict = "consistent" if agree else "inconsistent"
    return Finding("agreement", names, verdict, value, claims[0].shown, how)


def _procedures(claims: list[Claim]) -> Finding:
    """Judge descriptions that should be one; one list may say more than another."""
    lists = [frozenset(claim.means) for claim in claims]
    pairs = list(itertools.combinations(lists, 2))
    if all(a <= b or b <= a for a, b in pairs):
        verdict = "consistent"
    elif all(a & b for a, b in pairs):
        verdict = "underspecified"
    else:
        verdict = "inconsistent"
    shown = list(dict.fromkeys(", ".join(claim.means) for claim in claims))
    names = tuple(claim.id for claim in claims)
    return Finding("agreement", names, verdict, " / ".join(shown), shown[0], told(claims))


def _judged(claims: list[Claim], procedure: bool) -> Finding:
    """Judge claims of one quantity: first those whose reading is firm, which may clash alone."""
    judge = _procedures if procedure else _numbers
    firm = [claim for claim in claims if not claim.reading]
    if 1 < len(firm) < len(claims):
        among_firm = judge(firm)
        if among_firm.verdict == "inconsistent":
            return among_firm
    return judge(claims)


def check(ledger: Mapping[str, Claim]) -> list[Finding]:
    """Return one finding a quantity that is printed more than once."""
    groups: dict[tuple[str, bool], list[Claim]] = defaultdict(list)
    for claim in ledger.values():
        if claim.quantity and claim.printed:
            groups[claim.quantity, claim.kind == "procedure"].append(claim)
    return [
        _judged(claims, procedure) for (_, procedure), claims in groups.items() if len(claims) > 1
    ]
