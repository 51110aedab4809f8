"""Intervals and tests against their sample: binomial and bootstrap intervals, F and its p."""

from __future__ import annotations

from collections.abc import Mapping

from scipy import stats

from fer_lib.claims.finding import Finding, shown
from fer_lib.claims.record import Claim

Ledger = Mapping[str, Claim]
LEVEL = 0.95
# A printed interval may be this many times as wide, or as narrow, as the binomial one.
WIDER = 1.5


def f_test(claim: Claim, relation: Mapping, ledger: Ledger) -> Finding:
    """Judge a printed p by the F statistic and its degrees of freedom."""
    between, within, p = (ledger[relation[name]] for name in ("between", "within", "p"))
    degrees = between.value, within.value
    # p falls as F rises.
    ends = [float(stats.f.sf(float(end), *degrees)) for end in (claim.range.high, claim.range.low)]
    fits = ends[0] <= p.range.high and p.range.low <= ends[1]
    total = within.value + between.value + 1
    how = (
        f"F({between.printed}, {within.printed}) = {claim.printed} has p = {ends[1]:.2g}; printed "
        f"{p.sense} {p.printed}; these degrees of freedom belong to {between.value + 1:.0f} groups "
        f"of {total:.0f} values in all"
    )
    names = (p.id, claim.id, between.id, within.id)
    verdict = "consistent" if fits else "inconsistent"
    return Finding("statistics", names, verdict, f"{ends[1]:.2g}", shown(p.range), how)


def of_proportion(claim: Claim, relation: Mapping, ledger: Ledger) -> Finding:
    """Judge the width of a proportion's interval by the binomial one (Wilson) for its n."""
    low, high, n = (ledger[relation[name]] for name in ("low", "high", "n"))
    share, count = float(claim.value * claim.scale), int(n.value)
    wilson = stats.binomtest(round(share * count), count).proportion_ci(LEVEL, "wilson")
    width = float((high.value - low.value) * low.scale)
    expected = wilson.high - wilson.low
    fits = expected / WIDER <= width <= expected * WIDER
    how = (
        f"{claim.shown} of {count:,}: the binomial interval (Wilson, 95 %) is [{wilson.low:.3f}, "
        f"{wilson.high:.3f}], width {expected:.3f}; printed [{low.printed}, {high.printed}], width "
        f"{width:.3f}"
    )
    names = (low.id, high.id, claim.id, n.id)
    verdict = "consistent" if fits else "inconsistent"
    return Finding("statistics", names, verdict, f"{expected:.3f}", f"{width:.3f}", how)


def from_resamples(claim: Claim, relation: Mapping, ledger: Ledger) -> Finding:
    """Judge whether a percentile interval of 95 % can come from so many resamples.

    The widest interval that B resamples have is from their least to their greatest, which holds
    the next one with probability (B - 1) / (B + 1).
    """
    low, high, resamples = (ledger[relation[name]] for name in ("low", "high", "resamples"))
    count = int(resamples.value)
    most = (count - 1) / (count + 1)
    verdict = "consistent" if most >= LEVEL else "inconsistent"
    how = (
        f"{count:,} resamples: from the least to the greatest of them is an interval of at most "
        f"({count} − 1) / ({count} + 1) = {most:.0%}, and 95 % is printed"
    )
    names = (resamples.id, low.id, high.id, claim.id)
    return Finding("statistics", names, verdict, f"{most:.0%}", "95 %", how)


CHECKS = {
    "F test": f_test,
    "interval of a proportion": of_proportion,
    "interval from resamples": from_resamples,
}


def check(ledger: Ledger) -> list[Finding]:
    """Return one finding for each interval and test of the ledger that is tied to its sample."""
    return [
        CHECKS[relation["is"]](claim, relation, ledger)
        for claim in ledger.values()
        for relation in claim.relations
        if relation["is"] in CHECKS
    ]
