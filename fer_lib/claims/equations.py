"""Equations against the textbook form, as whoever transcribed them worked it out.

The ledger says of each equation whether it is the textbook one, and if not, what differs; the
audit pages redo the algebra.
"""

from __future__ import annotations

from collections.abc import Mapping

from fer_lib.claims.finding import Finding
from fer_lib.claims.record import Claim

TEXTBOOK = "textbook"


def check(ledger: Mapping[str, Claim]) -> list[Finding]:
    """Return one finding an equation of which the ledger says how it stands to the textbook."""
    found = []
    for claim in ledger.values():
        of_equation = claim.element == "equation" and claim.quantity.startswith("equation.")
        if not of_equation or not claim.means:
            continue
        same = claim.means == (TEXTBOOK,)
        means = ", ".join(claim.means)
        how = f"{claim.title}: {means}" + (f" ({claim.note})" if claim.note else "")
        verdict = "consistent" if same else "inconsistent"
        found.append(Finding("equation", (claim.id,), verdict, means, TEXTBOOK, how))
    return found
