"""Check intervals and tests against sample sizes: binomial, bootstrap, F and its p value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from scipy import stats

from claimcheck.checks import relation_checks
from claimcheck.claim import Claim, Range
from claimcheck.finding import Finding, judged, shown
from claimcheck.ledger import Ledger

CONFIDENCE_LEVEL = 0.95  # of the printed intervals that are checked
# A printed interval may be this many times as wide, or as narrow, as the binomial one.
WIDER = 1.5


def f_test(claim: Claim, relation: Mapping, ledger: Ledger) -> Finding:
    """Judge a printed p by the F statistic and its degrees of freedom."""
    between, within, p = relation_checks.claims_at(relation, ledger, "between", "within", "p")
    degrees = between.value, within.value
    # p falls as F rises.
    ends = [float(stats.f.sf(float(end), *degrees)) for end in (claim.range.high, claim.range.low)]
    fits = ends[0] <= p.range.high and p.range.low <= ends[1]
    total = within.value + between.value + 1
    how = (
        f"F({between.printed}, {within.printed}) = {claim.printed} has p from {ends[0]:.2g} to "
        f"{ends[1]:.2g}, by the rounding of F; printed "
        f"{p.sense or 'as'} {p.printed}; these degrees of freedom belong to "
        f"{between.value + 1:.0f} groups of {total:.0f} values in all"
    )
    given = (claim.id, between.id, within.id)
    allowed = shown(p.range)
    return Finding("statistics", (p.id,), judged(fits), f"{ends[1]:.2g}", allowed, how, given)


def of_proportion(claim: Claim, relation: Mapping, ledger: Ledger) -> Finding:
    """Judge the width of a proportion's interval by the binomial one (Wilson) for its n."""
    low, high, n = relation_checks.claims_at(relation, ledger, "low", "high", "n")
    share, count = float(claim.amount), int(n.amount)
    if not 0 <= share <= 1:
        raise relation_checks.NotTestable(f"{claim.shown} is no share of {count:,}")
    wilson = stats.binomtest(round(share * count), count).proportion_ci(CONFIDENCE_LEVEL, "wilson")
    width, expected = float(high.amount - low.amount), wilson.high - wilson.low
    # Both ends were rounded, so the width may be any of these.
    least = float(high.range.low - low.range.high)
    most = float(high.range.high - low.range.low)
    fits = least <= expected * WIDER and expected / WIDER <= most
    how = (
        f"{claim.shown} of {count:,}: the binomial interval (Wilson, 95 %) is [{wilson.low:.3f}, "
        f"{wilson.high:.3f}], width {expected:.3f}; printed [{low.printed}, {high.printed}], width "
        f"{width:.3f}"
    )
    of, given = (low.id, high.id), (claim.id, n.id)
    return Finding("statistics", of, judged(fits), f"{expected:.3f}", f"{width:.3f}", how, given)


def from_resamples(claim: Claim, relation: Mapping, ledger: Ledger) -> Finding:
    """Judge whether a percentile interval of 95 % can come from so many resamples.

    The widest interval that B resamples have is from their least to their greatest, which holds
    the next one with probability (B - 1) / (B + 1).
    """
    low, high, resamples = relation_checks.claims_at(relation, ledger, "low", "high", "resamples")
    count = int(resamples.amount)
    most = (count - 1) / (count + 1)
    verdict = judged(most >= CONFIDENCE_LEVEL)
    how = (
        f"{count:,} resamples: from the least to the greatest of them is an interval of at most "
        f"({count} − 1) / ({count} + 1) = {most:.0%}, and 95 % is printed"
    )
    of, given = (low.id, high.id), (resamples.id, claim.id)
    return Finding("statistics", of, verdict, f"{most:.0%}", "95 %", how, given)


def whole_hits(claim: Claim, relation: Mapping, ledger: Ledger) -> Finding:
    """Judge a share of ``n`` images: some whole number of them must print like it (GRIM).

    A share with a last digit of zero may have been rounded to fewer digits first: then it is open.
    """
    n = int(ledger[relation["n"]].amount)
    if not 0 <= claim.amount <= 1:
        raise relation_checks.NotTestable(f"{claim.shown} is no share of {n:,}")
    middle = round(claim.amount * n)
    shares = {k: Fraction(k, n) for k in range(max(0, middle - 1), min(n, middle + 1) + 1)}
    fitting = [k for k, share in shares.items() if claim.prints(Range(share, share))]
    listed = ", ".join(f"{k} / {n} = {float(share):.5g}" for k, share in shares.items())
    verdict, more = judged(fitting), ""
    if not fitting and claim.plain.endswith("0") and "." in claim.plain:
        coarse = replace(claim, printed=claim.plain[:-1].removesuffix("."))
        if any(coarse.prints(Range(share, share)) for share in shares.values()):
            verdict, more = "underspecified", f"; {coarse.printed} would fit, without its last zero"
    how = f"{claim.shown} of {n:,}: {listed}{more}"
    return Finding("statistics", (claim.id,), verdict, listed, claim.shown, how, (relation["n"],))


CHECKS = {
    "count over": whole_hits,
    "F test": f_test,
    "interval of a proportion": of_proportion,
    "interval from resamples": from_resamples,
}


def check(ledger: Ledger) -> list[Finding]:
    """Return one finding for each interval and test of the ledger that is tied to its sample.

    Examples
    --------
    >>> images = Claim("images", "section 3", "test images", "332", "count")
    >>> tie = {"is": "count over", "n": "images"}
    >>> accuracy = Claim("accuracy", "Table 1", "score", "98.6", "metric", "%", relations=(tie,))
    >>> (finding,) = check({"images": images, "accuracy": accuracy})
    >>> finding.verdict, finding.computed.split(", ")[:2]
    ('inconsistent', ['326 / 332 = 0.98193', '327 / 332 = 0.98494'])
    """
    return relation_checks.check(ledger, "statistics", CHECKS)
