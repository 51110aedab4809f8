"""Check that a quantity printed more than once agrees: text, table, caption and abstract."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping

from claimcheck.claim import Claim, Range
from claimcheck.finding import Finding, ids, shown


def told(claims: list[Claim]) -> str:
    """Return the printed value and the place of each claim."""
    return "; ".join(f"{claim.shown} ({claim.where})" for claim in claims)


def common(spans: list[Range]) -> Range:
    """Return the intersection of some ranges; ``low`` is above ``high`` if it is empty."""
    return Range(max(span.low for span in spans), min(span.high for span in spans))


def _shared_if_cut(claims: list[Claim]) -> Range | None:
    """Return the values that all may stand for if those with fewer digits were cut off.

    The end that is one too many in each is not one of them.
    """
    finest = min(claim.last_place * claim.scale for claim in claims)
    spans = [
        claim.range if claim.last_place * claim.scale == finest else claim.widest
        for claim in claims
    ]
    shared = common(spans)
    return shared if shared.low < shared.high else None


def _numbers(claims: list[Claim]) -> Finding:
    """Judge numbers that should be one: there must be a value that all of them may stand for."""
    shared = common([claim.range for claim in claims])
    # Rounded values that only touch print differently; exact ones have no width.
    exact = any(claim.range.low == claim.range.high for claim in claims)
    agree = shared.low < shared.high or (exact and shared.low == shared.high)
    how, cut = told(claims), None
    if not agree:
        cut = _shared_if_cut(claims)
    if cut is not None:
        agree, shared, how = True, cut, f"{how}; if digits were cut off, not rounded"
    value = shown(shared) if agree else "no value prints like all of them"
    verdict = "said again" if agree else "inconsistent"
    return Finding("agreement", ids(claims), verdict, value, claims[0].shown, how)


def _procedures(claims: list[Claim]) -> Finding:
    """Judge descriptions that should be one; one list may say more than another."""
    lists = [frozenset(claim.means) for claim in claims]
    pairs = list(itertools.combinations(lists, 2))
    if all(a <= b or b <= a for a, b in pairs):
        verdict = "said again"
    elif all(a & b for a, b in pairs):
        verdict = "underspecified"
    else:
        verdict = "inconsistent"
    shown = list(dict.fromkeys(", ".join(claim.means) for claim in claims))
    value = " / ".join(shown)
    return Finding("agreement", ids(claims), verdict, value, shown[0], told(claims))


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
    """Return one finding for each quantity that is printed in more than one place.

    Values that agree are said again, not confirmed; within one passage that says nothing at all.

    Examples
    --------
    >>> same = {"unit": "%", "quantity": "accuracy"}
    >>> abstract = Claim("abstract", "abstract", "accuracy", "92", "metric", **same)
    >>> table = Claim("table", "Table 1", "accuracy", "91.2", "metric", **same)
    >>> (finding,) = check({"abstract": abstract, "table": table})
    >>> finding.verdict, finding.how
    ('inconsistent', '92 % (abstract); 91.2 % (Table 1)')
    """
    groups: dict[tuple[str, bool], list[Claim]] = defaultdict(list)
    for claim in ledger.values():
        if claim.quantity and claim.printed:
            groups[claim.quantity, claim.kind == "procedure"].append(claim)
    found = [
        (_judged(claims, procedure), {claim.where for claim in claims})
        for (_, procedure), claims in groups.items()
        if len(claims) > 1
    ]
    return [one for one, places in found if one.verdict != "said again" or len(places) > 1]
