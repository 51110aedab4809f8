"""Check the class counts of each part of a split against the described split."""

from __future__ import annotations

from collections.abc import Mapping

from scipy import stats

from claimcheck.checks import relation_checks
from claimcheck.claim import Claim
from claimcheck.finding import Finding, ids
from claimcheck.ledger import Ledger

RARE = 1e-4  # a random split that is rarer than this is not believed


def described(ledger: Ledger) -> list[Claim]:
    """Return the claims that say how the paper splits: "stratified", "random", ..."""
    return [claim for claim in ledger.values() if claim.quantity == "protocol.split_how"]


def stratified(claim: Claim, relation: Mapping, ledger: Ledger) -> Finding:
    """Judge the count of a class in a part.

    A stratified part has each class's share to within one image, or within one for each of the
    ``cells`` that a class falls into where two labels are stratified together. A random part has it
    to within chance: the hypergeometric distribution says how far it may be off. Of another split,
    such as one by subject, chance decides nothing: a count that is too far off is underspecified.
    """
    places = described(ledger)
    how = frozenset(word for place in places for word in place.means)
    whole, size, total = relation_checks.claims_at(relation, ledger, "whole", "size", "total")
    if not max(whole.amount, size.amount) <= total.amount or claim.amount.denominator != 1:
        raise relation_checks.NotTestable(
            f"{claim.shown} of {size.shown}, {whole.shown} of {total.shown}: no part of a whole"
        )
    value, expected = int(claim.amount), float(whole.amount * size.amount / total.amount)
    drawn = stats.hypergeom(int(total.amount), int(whole.amount), int(size.amount))
    p = min(1.0, 2 * min(drawn.cdf(value), drawn.sf(value - 1)))
    cells = relation.get("cells", 1)
    if "stratified" in how:
        fits, allowed = abs(value - expected) <= cells, f"{claim.printed} ± {cells}"
    else:
        fits, allowed = p >= RARE, f"p of at least {RARE}"
    told = (
        f"{whole.shown} × {size.printed} / {total.printed} = {expected:.1f}, printed "
        f"{claim.printed}; the split is called {' and '.join(sorted(how)) or 'nothing'}; a random "
        f"split would be so far off with p = {p:.2g}"
    )
    decided = how & {"stratified", "random"}
    verdict = "consistent" if fits else "inconsistent" if decided else "underspecified"
    given = ids((whole, size, total, *places))
    return Finding("split", (claim.id,), verdict, f"{expected:.1f}", allowed, told, given)


CHECKS = {"stratified share": stratified}


def check(ledger: Ledger) -> list[Finding]:
    """Return one finding for each class count of a part that is tied to its split.

    Examples
    --------
    >>> means = {"quantity": "protocol.split_how", "means": ("stratified",)}
    >>> how = Claim("how", "section 3", "split", "stratified", "procedure", **means)
    >>> sizes = {"cats": "400", "test": "200", "images": "1,000"}
    >>> ledger = {name: Claim(name, "Table 1", name, size, "count") for name, size in sizes.items()}
    >>> tie = {"is": "stratified share", "whole": "cats", "size": "test", "total": "images"}
    >>> tested = Claim("tested", "Table 2", "tested cats", "95", "count", relations=(tie,))
    >>> (finding,) = check({**ledger, "how": how, "tested": tested})
    >>> finding.verdict, finding.computed, finding.allowed
    ('inconsistent', '80.0', '95 ± 1')
    """
    return relation_checks.check(ledger, "split", CHECKS)
