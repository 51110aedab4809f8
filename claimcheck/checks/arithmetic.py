"""Check sums, shares, differences, changes and means of printed numbers.

Every operand stands for all values that print like it, so the result is a range. Each operation
here rises or falls with each of its operands while the others stay, so the ends of the range come
from their ends.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from fractions import Fraction

from claimcheck.checks import relation_checks
from claimcheck.claim import EXACT, Claim, Range
from claimcheck.finding import Finding, ids, judged, shown
from claimcheck.ledger import Ledger, operands


def _weighted_mean(values: list[Fraction]) -> Fraction:
    """Return the mean of the first half of ``values``, the second half being the weights."""
    half = len(values) // 2
    pairs = zip(values[:half], values[half:], strict=True)
    return sum(a * b for a, b in pairs) / sum(values[half:])


# What each relation computes from its operands, in the order in which the ledger names them.
COMPUTE: dict[str, Callable[[list[Fraction]], Fraction]] = {
    "sum": sum,
    "product": math.prod,
    "mean": lambda v: sum(v) / len(v),
    "weighted mean": _weighted_mean,
    "difference": lambda v: v[0] - v[1],
    "quotient": lambda v: v[0] / v[1],
    "share": lambda v: v[0] / v[1],
    "relative change": lambda v: (v[1] - v[0]) / abs(v[0]),
    "absolute change": lambda v: v[1] - v[0],
    "harmonic mean": lambda v: 2 * v[0] * v[1] / (v[0] + v[1]),
    "greatest": max,
    "least": min,
}
# Whether the result falls where an operand rises, by its place.
FALLING = {"difference": (False, True), "absolute change": (True, False)}
# Of these it depends on signs: every choice of ends is tried.
BY_SIGN = ("product", "quotient", "share", "relative change", "harmonic mean", "weighted mean")
MOST_ENDS = 12  # operands of which every choice is tried
# The names of operands in the order in which they are computed with, where there are several.
ORDER = {
    "share": ("part", "whole"),
    "relative change": ("from", "to"),
    "absolute change": ("from", "to"),
    "weighted mean": ("of", "weights"),
}
IN_WORDS = {
    "sum": " + ",
    "product": " × ",
    "difference": " − ",
    "quotient": " / ",
    "share": " / ",
}


def ordered(relation: Mapping) -> list[str]:
    """Return the ids of a relation's operands in the order in which they are computed with."""
    return operands({name: relation[name] for name in ORDER.get(relation["is"], ("of",))})


# The place of what is divided by: its range must not hold zero.
ORDER_BELOW = {"quotient": 1, "share": 1, "relative change": 0}


def _over_ends(compute: Callable, spans: list[Range], below: int | None) -> Range | None:
    """Return the range of a result over every choice of the ends of its operands."""
    if below is not None and spans[below].low <= 0 <= spans[below].high:
        return None
    every = itertools.product(*((span.low, span.high) for span in spans))
    try:
        values = [compute(list(ends)) for ends in every]
    except ZeroDivisionError:
        return None
    if any(value != value for value in values):
        return None
    return Range(min(values), max(values))


def computed(relation: Mapping, ledger: Ledger) -> Range | None:
    """Return the range of a relation's result in base units; None where it is not defined."""
    kind = relation["is"]
    spans = [ledger[name].range for name in ordered(relation)]
    if kind in BY_SIGN and len(spans) <= MOST_ENDS:
        return _over_ends(COMPUTE[kind], spans, ORDER_BELOW.get(kind))
    falling = FALLING.get(kind, (False,) * len(spans))
    lows = [s.high if down else s.low for s, down in zip(spans, falling, strict=True)]
    highs = [s.low if down else s.high for s, down in zip(spans, falling, strict=True)]
    if kind in BY_SIGN and any(span.low < 0 for span in spans):
        return None  # too many ends to try them all
    if kind == "weighted mean" and any(s.low != s.high for s in spans[len(spans) // 2 :]):
        return None
    try:
        low, high = COMPUTE[kind](lows), COMPUTE[kind](highs)
    except ZeroDivisionError:
        return None
    return Range(min(low, high), max(low, high))


def told(relation: Mapping, ledger: Ledger) -> str:
    """Return the arithmetic as printed: "99 + 64"."""
    printed = [ledger[name].shown for name in ordered(relation)]
    kind = relation["is"]
    if kind in IN_WORDS:
        return IN_WORDS[kind].join(printed)
    if kind.endswith("change"):
        return f"{kind} from {printed[0]} to {printed[1]}"
    if kind == "weighted mean":
        half = len(printed) // 2
        return f"mean of {', '.join(printed[:half])}, weighted by {', '.join(printed[half:])}"
    return f"{kind} of {', '.join(printed)}"


def judge(claim: Claim, span: Range | None, arithmetic: str) -> tuple[str, str]:
    """Return the verdict on a claim whose value must lie in ``span``, and the reason."""
    if span is None:
        return "not testable", f"{arithmetic} is not defined"
    printed = claim.prints(span)
    if printed:
        cut = "" if printed == "rounded" else ", if digits were cut off, not rounded"
        return "consistent", f"{arithmetic} = {shown(span)}{cut}"
    return "inconsistent", f"{arithmetic} = {shown(span)}, printed {claim.shown}"


def surely(greater: Range, lesser: Range) -> bool:
    """Return whether every value of the one is greater than every value of the other.

    Rounded values whose ranges only touch print differently, so they count as different.
    """
    point = greater.low == greater.high and lesser.low == lesser.high
    return greater.low > lesser.high or (greater.low == lesser.high and not point)


def not_above(one: Range, other: Range) -> bool:
    """Return whether no value of the one is greater than a value of the other."""
    equal = one.low == one.high == other.low == other.high
    return equal or surely(other, one)


def _ordering(claim: Claim, relation: Mapping, ledger: Ledger) -> Finding:
    """Judge that each of some claims is greater than each of others."""
    greater = [ledger[name] for name in relation["greater"]]
    lesser = [ledger[name] for name in relation["lesser"]]
    sure = all(surely(g.range, s.range) for g in greater for s in lesser)
    wrong = [(g, s) for g in greater for s in lesser if not_above(g.range, s.range)]
    # A pair that fails firmly fails without those whose reading is open.
    wrong = [pair for pair in wrong if not (pair[0].reading or pair[1].reading)] or wrong
    told_of = (
        wrong[0]
        if wrong
        else (
            min(greater, key=lambda one: one.range.low),
            max(lesser, key=lambda one: one.range.high),
        )
    )
    verdict = "consistent" if sure else "inconsistent" if wrong else "underspecified"
    sign = {"consistent": ">", "inconsistent": "<", "underspecified": "against"}[verdict]
    how = f"{told_of[0].shown} {sign} {told_of[1].shown} ({told_of[0].where}, {told_of[1].where})"
    if verdict == "underspecified":
        how += ": the printed digits do not tell which is greater"
    given = (*relation["greater"], *relation["lesser"])
    if wrong:
        given = tuple(dict.fromkeys(one.id for pair in wrong for one in pair))
    return Finding("ordering", (claim.id,), verdict, how, "greater", how, given)


def _bound(claim: Claim, relation: Mapping, ledger: Ledger) -> Finding:
    """Judge that all of some claims lie above, or below, the printed number."""
    above = relation["is"] == "all above"
    value = Fraction(claim.plain) * claim.scale
    # 97.78 prints as 97 if digits were dropped, and "below 97" may have been written of that.
    limit = Range(value, value if above else claim.cut.high)
    members = [ledger[name] for name in relation["of"]]
    exact = claim.kind in EXACT  # then equal is neither above nor below

    def fails(one: Range) -> bool:
        """Return whether nothing of a member lies on its side of the limit."""
        equal = exact and one.low == one.high == limit.low
        return equal or (one.high < limit.low if above else one.low > limit.high)

    wrong = [member for member in members if fails(member.range)]
    wrong = [member for member in wrong if not member.reading] or wrong
    open_ = [
        m for m in members if (m.range.low <= limit.low if above else m.range.high >= limit.low)
    ]
    verdict = "inconsistent" if wrong else "underspecified" if open_ else "consistent"
    extreme = (min if above else max)(members, key=lambda one: one.range.low)
    which = (wrong or open_ or [extreme])[0]
    how = f"{which.shown} ({which.title}) against {'more' if above else 'less'} than {claim.shown}"
    given = ids(wrong or members)
    return Finding("ordering", (claim.id,), verdict, which.shown, claim.shown, how, given)


def _holds(claim: Claim, relation: Mapping, ledger: Ledger) -> Finding:
    """Judge that a value lies in its own interval."""
    low, high = relation_checks.claims_at(relation, ledger, "low", "high")
    order = low.range, claim.range, high.range
    inside = not any(surely(order[i], order[j]) for i, j in ((0, 1), (1, 2), (0, 2)))
    interval = f"[{low.printed}, {high.printed}]"
    how = f"{claim.shown} {'lies' if inside else 'does not lie'} in {interval}"
    given, allowed = (low.id, high.id), shown(claim.range)
    return Finding("arithmetic", (claim.id,), judged(inside), interval, allowed, how, given)


def _arithmetic(claim: Claim, relation: Mapping, ledger: Ledger) -> Finding:
    """Judge a claim by the value computed from others."""
    span = computed(relation, ledger)
    verdict, how = judge(claim, span, told(relation, ledger))
    value, given = shown(span) if span else "not defined", tuple(ordered(relation))
    return Finding("arithmetic", (claim.id,), verdict, value, shown(claim.range), how, given)


SPECIAL = {"order": _ordering, "all above": _bound, "all below": _bound, "interval": _holds}
CHECKS = dict.fromkeys(COMPUTE, _arithmetic) | SPECIAL


def check(ledger: Ledger) -> list[Finding]:
    """Return one finding for each relation that arithmetic or an ordering decides.

    Examples
    --------
    >>> right = Claim("right", "Figure 2", "correct", "180", "count")
    >>> images = Claim("images", "section 3", "test images", "200", "count")
    >>> tie = {"is": "share", "part": "right", "whole": "images"}
    >>> accuracy = Claim("accuracy", "abstract", "accuracy", "92", "metric", "%", relations=(tie,))
    >>> (finding,) = check({claim.id: claim for claim in (right, images, accuracy)})
    >>> finding.verdict, finding.how
    ('inconsistent', '180 / 200 = 0.9, printed 92 %')
    """
    return relation_checks.check(ledger, "arithmetic", CHECKS)
