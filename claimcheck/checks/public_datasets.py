"""Check printed sizes of public data sets against their known sizes."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from claimcheck.checks import relation_checks
from claimcheck.claim import Claim, Range
from claimcheck.finding import Finding, judged, number
from claimcheck.ledger import Ledger

# FER-2013: Goodfellow et al., doi:10.1016/j.neunet.2014.09.005; the classes as in its file.
SETS = {
    "FER-2013": {
        "images": 35_887,
        "training images": 28_709,
        "public test images": 3_589,
        "private test images": 3_589,
        "classes": 7,
        "side": 48,
        "angry": 4_953,
        "disgust": 547,
        "fear": 5_121,
        "happy": 8_989,
        "neutral": 6_198,
        "sad": 6_077,
        "surprise": 4_002,
    }
}


def known_size(claim: Claim, relation: Mapping, ledger: Ledger) -> Finding:
    """Judge a size by that of the data set that is named."""
    name, what = relation["set"], relation["what"]
    if what not in SETS.get(name, {}):
        known = "; ".join(f"{one}: {', '.join(each)}" for one, each in SETS.items())
        raise relation_checks.NotTestable(f"{what} of {name} is not known here; known are {known}")
    size = Fraction(SETS[name][what])
    verdict = judged(claim.prints(Range(size, size)))
    how = f"{name} has {number(size)} ({what}); printed {claim.shown}"
    return Finding("data set", (claim.id,), verdict, number(size), claim.shown, how)


CHECKS = {"known size": known_size}


def check(ledger: Ledger) -> list[Finding]:
    """Return one finding for each size that is tied to a data set.

    Examples
    --------
    >>> tie = {"is": "known size", "set": "FER-2013", "what": "images"}
    >>> images = Claim("images", "section 3", "images", "35,877", "count", relations=(tie,))
    >>> (finding,) = check({"images": images})
    >>> finding.verdict, finding.how
    ('inconsistent', 'FER-2013 has 35,887 (images); printed 35,877')
    """
    return relation_checks.check(ledger, "data set", CHECKS)
