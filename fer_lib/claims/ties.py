"""From the relations of a ledger to findings: what the families that read relations share."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fer_lib.claims.finding import Finding
from fer_lib.claims.ledger import Ledger, operands
from fer_lib.claims.record import Claim

Check = Callable[[Claim, Mapping, Ledger], Finding]


def check(ledger: Ledger, family: str, checks: Mapping[str, Check]) -> list[Finding]:
    """Return one finding for each relation that a family checks.

    Where a value is seen only in a figure's image, nothing can be computed: not testable.

    Parameters
    ----------
    ledger : mapping of str to Claim
        By id.
    family : str
        Named in findings that are not testable.
    checks : mapping of str to callable
        What makes the finding of a claim, its relation and the ledger, by the relation's ``is``.
    """
    found = []
    for claim in ledger.values():
        for relation in claim.relations:
            if relation["is"] not in checks:
                continue
            names = operands(relation)
            unseen = [one for one in (claim, *(ledger[name] for name in names)) if one.state]
            if unseen:
                how = f"{unseen[0].title}: {unseen[0].state}"
                given = tuple(names)
                found.append(
                    Finding(family, (claim.id,), "not testable", "", claim.shown, how, given)
                )
            else:
                found.append(checks[relation["is"]](claim, relation, ledger))
    return found
