"""Check areas under curves against a confusion matrix and against each other.

A confusion matrix at one threshold is one point of the ROC curve, and the curve only rises, so the
area has bounds. Average precision and AUC bound each other too. Let the i-th of P positives have
n_i of the N negatives before it: then, without tied scores, AP is the mean of i / (i + n_i), and
the n_i add up to (1 - AUC) P N. Ties can only lower AP, so the upper bound holds with them too.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping

import numpy as np
from scipy import optimize

from claimcheck.checks import relation_checks
from claimcheck.checks.classification_reports import Report, gather
from claimcheck.claim import Claim, Range
from claimcheck.finding import Finding, ids, judged, to_places
from claimcheck.ledger import Ledger


def _rising(place: np.ndarray, t: float, most: int) -> np.ndarray:
    """Return the n_i, never falling, at which the sum of i / (i + n_i) + t n_i is least.

    Each term alone is least at sqrt(i / t) - i, which rises and then falls; what would fall is
    pooled at one level, as in isotonic regression.

    Parameters
    ----------
    place : ndarray
        1, 2, ..., P.
    t : float
        Above zero.
    most : int
        The greatest n_i can be.
    """
    alone = np.clip(np.sqrt(place / t) - place, 0, most)

    def slope(first: int, level: float) -> float:
        """Return how the sum over the places from ``first`` on grows with their one level."""
        return float(np.sum(t - place[first:] / (place[first:] + level) ** 2))

    first = bisect.bisect_left(
        range(int(np.argmax(alone))), 0, key=lambda at: 0 if slope(at, alone[at]) >= 0 else -1
    )
    level = float(most)
    if slope(first, 0) >= 0:
        level = 0.0
    elif slope(first, most) > 0:
        level = optimize.brentq(lambda x: slope(first, x), 0, most)
    pooled = np.full(len(place) - first, level)
    return np.concatenate([np.minimum(alone[:first], level), pooled])


def bounds(auc: Range, positives: int, negatives: int) -> Range:
    """Return the least and the most average precision that an AUC allows.

    The least is for scores without ties. Above, i + n_i <= P + N gives 1 - AP >= (1 - AUC)
    N / (P + N). Below, the sum over i is the greatest value of its Lagrangian dual, each value of
    which is a bound.

    Parameters
    ----------
    auc : Range
        In [0, 1].
    positives, negatives : int
        Images of the class whose average precision it is, and of the other.

    Examples
    --------
    >>> allowed = bounds(Range(0.8, 0.8), positives=50, negatives=150)
    >>> round(float(allowed.low), 3), round(float(allowed.high), 3)
    (0.412, 0.85)
    """
    place = np.arange(1, positives + 1)
    before = float(1 - min(auc.low, 1)) * positives * negatives

    def dual(log_t: float) -> float:
        t = float(np.exp(log_t))
        n = _rising(place, t, negatives)
        return float(t * before - np.sum(place / (place + n) + t * n))

    found = optimize.minimize_scalar(
        dual, bounds=(-30, 2), method="bounded", options={"xatol": 1e-8}
    )
    most = 1 - float(1 - min(auc.high, 1)) * negatives / (positives + negatives)
    return Range(max(0.0, -found.fun / positives), most)


def sizes(report: Report) -> tuple[int, int] | None:
    """Return the images of the two classes of a binary report; None for any other."""
    supports = report.supports()
    if not report.whole() or len(supports) != 2:
        return None
    first, second = supports.values()
    return first, second


def _from_matrix(name: str, report: Report) -> list[Finding]:
    """Judge an AUC by the one point of its curve that a printed 2 x 2 matrix gives."""
    count = report.matrix()
    if count is None or len(count) != 4:
        return []
    one, other = dict.fromkeys(truth for truth, _ in count)
    if not all(count[a, one] + count[a, other] for a in (one, other)):
        return []  # a class without images has no curve
    hit = count[one, one] / (count[one, one] + count[one, other])
    rejected = count[other, other] / (count[other, other] + count[other, one])
    area = Range(hit * rejected, 1 - (1 - hit) * (1 - rejected))
    given, told, found = ids(report.cells.values()), to_places(area, 3), []
    for claim in report.overall.get("auc", []):
        how = (
            f"{name}: recalls {hit:.3f} and {rejected:.3f} at one threshold leave AUC in "
            f"{told}; with hard labels it would be "
            f"{(hit + rejected) / 2:.4f}; printed {claim.shown}"
        )
        verdict = judged(claim.prints(area))
        found.append(Finding("ranking", (claim.id,), verdict, told, claim.shown, how, given))
    return found


def _against_auc(
    claim: Claim, area: Claim, both: tuple[int, int], named: bool, given: tuple[str, ...]
) -> Finding:
    """Judge an average precision by the AUC of the same ranking.

    ``both`` has the images of the positive class and of the other; where the paper does not name
    the positive class (``named``), either may be it.
    """
    spans = [bounds(area.widest, *both), bounds(area.widest, *both[::-1])]
    fits = [bool(claim.prints(span)) for span in spans]
    told = [to_places(span, 4) for span in spans]
    low = all(claim.widest.high < span.low for span in spans)  # ties would allow it
    verdict = judged(fits[0] or (fits[1] and not named))
    how = f"with AUC {area.shown} the average precision of a class with {both[0]:,} of "
    how += f"{sum(both):,} images lies in {told[0]}"
    if not (named and fits[0]):
        how += f", of the other in {told[1]}"
    if verdict == "inconsistent" and (low or (named and fits[1])):
        verdict = "underspecified"
    how += f", if no scores are tied; printed {claim.shown}" if low else f"; printed {claim.shown}"
    return Finding("ranking", (claim.id,), verdict, told[0], claim.shown, how, given)


def _from_auc(name: str, report: Report) -> list[Finding]:
    """Judge the average precisions of a report by its greatest AUC, for either class."""
    both, areas = sizes(report), report.overall.get("auc", [])
    if both is None or not areas:
        return []
    area = max(areas, key=lambda claim: claim.widest.high)
    return [
        _against_auc(claim, area, both, False, (area.id,))
        for claim in report.overall.get("average precision", [])
    ]


def _tied(claim: Claim, relation: Mapping, ledger: Ledger) -> Finding:
    """Judge an average precision whose positive class, AUC and images are named."""
    given = tuple(relation[name] for name in ("auc", "positives", "total"))
    return _against_auc(
        claim, ledger[given[0]], relation_checks.sides(relation, ledger), True, given
    )


CHECKS = {"average precision": _tied}


def check(ledger: Ledger) -> list[Finding]:
    """Return the findings on all areas under curves that are tied to two classes.

    Examples
    --------
    >>> area = Claim("auc", "Table 2", "AUC", "0.82", "metric")
    >>> cats = Claim("cats", "Table 1", "images of cats", "50", "count")
    >>> images = Claim("images", "Table 1", "images", "200", "count")
    >>> tie = {"is": "average precision", "auc": "auc", "positives": "cats", "total": "images"}
    >>> precision = Claim("ap", "Table 2", "average precision", "0.99", "metric", relations=(tie,))
    >>> (finding,) = check({claim.id: claim for claim in (area, cats, images, precision)})
    >>> finding.verdict, finding.computed
    ('inconsistent', '[0.4292, 0.8725]')
    """
    found = [
        finding
        for name, report in gather(ledger).items()
        for finding in (*_from_matrix(name, report), *_from_auc(name, report))
    ]
    return found + relation_checks.check(ledger, "ranking", CHECKS)
