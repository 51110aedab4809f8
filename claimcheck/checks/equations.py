"""Check equations against the textbook form, as the ledger's author worked it out.

The ledger says of each equation whether it is the textbook one, and if not, what differs; the
audit pages redo the algebra.
"""

from __future__ import annotations

from collections.abc import Mapping

from claimcheck.claim import Claim
from claimcheck.finding import Finding, judged

TEXTBOOK = "textbook"


def check(ledger: Mapping[str, Claim]) -> list[Finding]:
    """Return one finding for each equation that the ledger compares with the textbook form.

    Examples
    --------
    >>> loss = {"quantity": "equation.cross_entropy", "means": ("sign missing",)}
    >>> printed = Claim(
    ...     "loss", "equation (6)", "loss", "y log p", "procedure", element="equation", **loss
    ... )
    >>> (finding,) = check({"loss": printed})
    >>> finding.verdict, finding.how
    ('inconsistent', 'equation (6): loss: sign missing')
    """
    found = []
    for claim in ledger.values():
        of_equation = claim.element == "equation" and claim.quantity.startswith("equation.")
        if not of_equation or not claim.means:
            continue
        verdict = judged(claim.means == (TEXTBOOK,))
        means = ", ".join(claim.means)
        how = f"{claim.title}: {means}" + (f" ({claim.note})" if claim.note else "")
        found.append(Finding("equation", (claim.id,), verdict, means, TEXTBOOK, how))
    return found
