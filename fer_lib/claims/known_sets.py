"""Sizes that a paper prints of a public data set, against what that set is known to hold."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from fer_lib.claims import ties
from fer_lib.claims.finding import Finding, number
from fer_lib.claims.ledger import Ledger
from fer_lib.claims.record import Claim, Range

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
        raise ties.NotTestable(f"{what} of {name} is not known here; known are {known}")
    size = Fraction(SETS[name][what])
    verdict = "consistent" if claim.prints(Range(size, size)) else "inconsistent"
    how = f"{name} has {number(size)} ({what}); printed {claim.shown}"
    return Finding("data set", (claim.id,), verdict, number(size), claim.shown, how)


CHECKS = {"known size": known_size}


def check(ledger: Ledger) -> list[Finding]:
    """Return one finding a size that is tied to a data set."""
    return ties.check(ledger, "data set", CHECKS)
