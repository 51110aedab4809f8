"""Turn the relations of a ledger into findings; shared by the checks that read relations."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from claimcheck.claim import Claim
from claimcheck.finding import Finding
from claimcheck.ledger import Ledger, operands

Check = Callable[[Claim, Mapping, Ledger], Finding]


class NotTestable(Exception):
    """Raised by a check that cannot be made of the printed values; the message says why."""


def claims_at(relation: Mapping, ledger: Ledger, *names: str) -> list[Claim]:
    """Return the claims that stand at some operands of a relation, each of which is one claim."""
    return [ledger[relation[name]] for name in names]


def sides(relation: Mapping, ledger: Ledger) -> tuple[int, int]:
    """Return the images of the positive class and of the other, of a relation that names both.

    Raises
    ------
    NotTestable
        If all images are of one class.
    """
    positives, total = claims_at(relation, ledger, "positives", "total")
    part, whole = int(positives.amount), int(total.amount)
    if not 0 < part < whole:
        raise NotTestable(f"{positives.shown} of {total.shown} leave only one class")
    return part, whole - part


def check(ledger: Ledger, family: str, checks: Mapping[str, Check]) -> list[Finding]:
    """Return one finding for each relation that a family checks.

    Not testable is what is seen only in a figure's image, and what a check raises as such.

    Parameters
    ----------
    ledger : mapping of str to Claim
        By id.
    family : str
        Named in findings that are not testable.
    checks : mapping of str to callable
        What makes the finding of a claim, its relation and the ledger, by the relation's ``is``;
        it may raise `NotTestable`.

    Examples
    --------
    >>> shown = Claim("curve", "Figure 4", "loss", "", "metric", state="image not available")
    >>> tie = {"is": "greatest", "of": ["curve"]}
    >>> most = Claim("most", "section 5", "greatest loss", "0.7", "metric", relations=(tie,))
    >>> (finding,) = check({"curve": shown, "most": most}, "arithmetic", {"greatest": print})
    >>> finding.verdict, finding.how
    ('not testable', 'Figure 4: loss: image not available')
    """
    found = []
    for claim in ledger.values():
        for relation in claim.relations:
            if relation["is"] not in checks:
                continue
            names = tuple(operands(relation))
            try:
                for one in (claim, *(ledger[name] for name in names)):
                    if one.state:
                        raise NotTestable(f"{one.title}: {one.state}")
                found.append(checks[relation["is"]](claim, relation, ledger))
            except NotTestable as why:
                of = (claim.id,)
                found.append(Finding(family, of, "not testable", "", claim.shown, str(why), names))
    return found
