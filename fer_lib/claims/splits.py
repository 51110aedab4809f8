"""Class counts of a part against the split that is described."""

from __future__ import annotations

from collections.abc import Mapping

from scipy import stats

from fer_lib.claims import ties
from fer_lib.claims.finding import Finding
from fer_lib.claims.ledger import Ledger
from fer_lib.claims.record import Claim

RARE = 1e-4  # a random split that is rarer than this is not believed


def described(ledger: Ledger) -> str:
    """Return how the paper says that it splits: "stratified", "random", ... or "not stated"."""
    for claim in ledger.values():
        if claim.quantity == "protocol.split_how":
            return " and ".join(claim.means)
    return "not stated"


def stratified(claim: Claim, relation: Mapping, ledger: Ledger) -> Finding:
    """Judge the count of a class in a part.

    A stratified part has each class's share to within one image, or within one for each of the
    ``cells`` that a class falls into where two labels are stratified together. A random part has it
    to within chance: the hypergeometric distribution says how far it may be off.
    """
    how = described(ledger)
    whole, size, total = (ledger[relation[name]] for name in ("whole", "size", "total"))
    if not max(whole.value, size.value) <= total.value or not claim.value.is_integer():
        told = f"{claim.shown} of {size.shown}, {whole.shown} of {total.shown}: no part of a whole"
        return Finding("split", (claim.id,), "not testable", "", claim.printed, told)
    expected = whole.value * size.value / total.value
    drawn = stats.hypergeom(int(total.value), int(whole.value), int(size.value))
    value = int(claim.value)
    p = min(1.0, 2 * min(drawn.cdf(value), drawn.sf(value - 1)))
    cells = relation.get("cells", 1)
    fits = abs(value - expected) <= cells if how == "stratified" else p >= RARE
    told = (
        f"{whole.shown} × {size.printed} / {total.printed} = {expected:.1f}, printed "
        f"{claim.printed}; the split is called {how}; a random split would be so far off "
        f"with p = {p:.2g}"
    )
    verdict = "consistent" if fits else "inconsistent"
    given, allowed = (whole.id, size.id, total.id), f"{claim.printed} ± {cells}"
    return Finding("split", (claim.id,), verdict, f"{expected:.1f}", allowed, told, given)


CHECKS = {"stratified share": stratified}


def check(ledger: Ledger) -> list[Finding]:
    """Return one finding a class count of a part."""
    return ties.check(ledger, "split", CHECKS)
