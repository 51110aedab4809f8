"""The status of each claim, from all findings that involve it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from claimcheck.claim import Claim
from claimcheck.finding import Finding
from claimcheck.ledger import Ledger

# By priority: a claim gets the first that applies. A check that cannot be made does not lower it.
ORDER = ("inconsistent", "underspecified", "consistent", "said again", "not testable")


@dataclass(frozen=True)
class Standing:
    """Where one claim stands.

    Attributes
    ----------
    verdict : str
        One of `ORDER`.
    why : str
        In a few words.
    judged, given : tuple of Finding
        Those that judge the claim, and those that take it as printed to judge another.
    """

    verdict: str
    why: str
    judged: tuple[Finding, ...] = ()
    given: tuple[Finding, ...] = ()


def decisive(findings: Iterable[Finding]) -> str:
    """Return the verdict that decides among several."""
    return min((finding.verdict for finding in findings), key=ORDER.index)


def unchecked(claim: Claim) -> str:
    """Return why nothing can be said of a claim that no check reaches."""
    if claim.state:
        return "shown only in a figure's image"
    if claim.cited:
        return "the result of another work, quoted"
    if claim.kind == "procedure":
        return "described once; nothing else in the paper confirms or contradicts it"
    return "printed once; no other number of the paper bears on it"


def of(ledger: Ledger, findings: Iterable[Finding]) -> dict[str, Standing]:
    """Return the standing of every claim of a ledger.

    A claim that checks judge has the verdict that decides, in the order of `ORDER`. One that is
    only taken as given is consistent if no such check fails, and underspecified if one does:
    arithmetic shows that not all numbers of a check can be right, not which of them is wrong. To be
    printed twice supports nothing: a claim that is only repeated has a status of its own.

    Examples
    --------
    >>> part = Claim("part", "Table 1", "test images", "20", "count")
    >>> tie = {"is": "share", "part": "part", "whole": "part"}
    >>> share = Claim("share", "section 2", "share", "90", "proportion", "%", relations=(tie,))
    >>> found = Finding("arithmetic", ("share",), "inconsistent", "1", "0.9", "", given=("part",))
    >>> of({"part": part, "share": share}, [found])["part"].verdict
    'underspecified'
    """
    judged, given = defaultdict(list), defaultdict(list)
    for finding in findings:
        for name in finding.claims:
            judged[name].append(finding)
        for name in set(finding.given) - set(finding.claims):
            given[name].append(finding)
    return {name: _one(claim, judged[name], given[name]) for name, claim in ledger.items()}


def _one(claim: Claim, judged: list[Finding], given: list[Finding]) -> Standing:
    """Return the standing of one claim."""
    both = tuple(judged), tuple(given)
    if judged:
        word = decisive(judged)
        count = sum(one.verdict == word for one in judged)
        why = f"so say {count} of the {len(judged)} checks that judge it"
        if word == "said again":
            why = "printed in more than one place, always alike, and compared with nothing else"
        elif len(judged) == 1:
            why = "so says the check that judges it"
        return Standing(word, why, *both)
    if any(one.verdict == "inconsistent" or one.rests_on for one in given):
        why = "a check that takes it as given fails; which of its numbers is off stays open"
        return Standing("underspecified", why, *both)
    if any(one.verdict == "consistent" for one in given):
        return Standing("consistent", "every check that takes it as given holds", *both)
    return Standing("not testable", unchecked(claim), *both)
