"""Find confusion matrices that fit a printed report, and the range of each cell.

Precision, recall, F1 and accuracy within given ends are linear in the counts, so integer
programming decides whether a matrix of whole numbers has them all, and finds the least and the
most of each cell and of accuracy.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize

from claimcheck.checks.classification_reports import Report, combinations, gather, share
from claimcheck.claim import Claim, Range
from claimcheck.finding import Finding, ids, judged, to_places

SLACK = 1e-7  # the solver's own


class NoMatrix(ValueError):
    """No matrix of whole numbers has the scores that are printed."""


@dataclass(frozen=True)
class Programme:
    """A linear programme over the cells of a k x k matrix, row by row.

    Attributes
    ----------
    classes : tuple of str
        In the order of rows (truth) and columns (guess).
    rows : ndarray
        Coefficients, (m, k * k); each row times the cells lies between ``low`` and ``high``.
    low, high : ndarray
        (m,).
    """

    classes: tuple[str, ...]
    rows: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def best(self, aim: np.ndarray) -> np.ndarray:
        """Return the cells (k * k) where ``aim`` times the cells is least.

        Raises
        ------
        NoMatrix
            If no cells fit.
        RuntimeError
            If the solver gives up.
        """
        done = optimize.milp(
            aim,
            integrality=np.ones(len(aim)),
            constraints=optimize.LinearConstraint(self.rows, self.low, self.high),
            bounds=optimize.Bounds(0, np.inf),
            options={"mip_rel_gap": 0},  # the ends that are told are reached, not approached
        )
        if done.status == 2:
            raise NoMatrix("no confusion matrix has these scores")
        if done.status != 0:
            raise RuntimeError(f"the solver gave up: {done.message}")
        return np.round(done.x)

    def span(self, aim: np.ndarray) -> tuple[float, float]:
        """Return the least and the most of ``aim`` (k * k) times the cells; raises as `best`."""
        return float(aim @ self.best(aim)), float(aim @ self.best(-aim))


def ends(claim: Claim) -> tuple[float, float]:
    """Return the ends of all that a score may stand for."""
    least, most = share(claim)
    return float(least), float(most)


def programme(report: Report) -> Programme:
    """Return the programme of a report whose classes all have a support.

    Raises
    ------
    ValueError
        If a support is missing.
    """
    supports = report.supports()
    if supports is None:
        raise ValueError("a support is missing: the rows of the matrix are not known")
    classes, k = tuple(supports), len(supports)
    rows, low, high = [], [], []

    def add(row: np.ndarray, least: float, most: float) -> None:
        rows.append(row.ravel())
        low.append(least)
        high.append(most)

    for place, (name, support) in enumerate(supports.items()):
        own, row, column = (np.zeros((k, k)) for _ in range(3))
        own[place, place] = row[place, :] = column[:, place] = 1
        add(row, support, support)
        # A score s = a / b within [l, h] says l b <= a <= h b.
        fractions = {
            "recall": (own, row),
            "precision": (own, column),
            "f1": (2 * own, row + column),
        }
        for score, (top, bottom) in fractions.items():
            if score in report.classes[name]:
                least, most = ends(report.classes[name][score])
                add(top - least * bottom, -SLACK, np.inf)
                add(top - most * bottom, -np.inf, SLACK)
    total = sum(supports.values())
    for claim in report.overall.get("accuracy", []):
        least, most = ends(claim)
        add(np.eye(k), least * total - SLACK, most * total + SLACK)
    recalls = np.diag([1 / (k * support) if support else 0 for support in supports.values()])
    for score in ("macro recall", "balanced accuracy") if all(supports.values()) else ():
        for claim in report.overall.get(score, []):
            least, most = ends(claim)
            add(recalls, least - SLACK, most + SLACK)
    for (truth, guess), claim in report.cells.items():
        if truth in supports and guess in supports and claim.numeric:
            cell = np.zeros((k, k))
            cell[classes.index(truth), classes.index(guess)] = 1
            add(cell, claim.value, claim.value)
    return Programme(classes, np.array(rows), np.array(low), np.array(high))


def feasible(report: Report) -> bool:
    """Return whether any confusion matrix has all printed scores of a report."""
    of = programme(report)
    try:
        of.best(np.zeros(len(of.classes) ** 2))
    except NoMatrix:
        return False
    return True


def cells(report: Report) -> pd.DataFrame:
    """Return the least and the most of each cell, truth in rows, as "least to most" or one number.

    Raises
    ------
    NoMatrix
        If no matrix fits.
    """
    of = programme(report)
    k = len(of.classes)
    told = np.empty((k, k), object)
    for place in range(k * k):
        aim = np.zeros(k * k)
        aim[place] = 1
        least, most = map(round, of.span(aim))
        told.flat[place] = str(least) if least == most else f"{least} to {most}"
    return pd.DataFrame(told, index=of.classes, columns=of.classes)


def accuracy(report: Report) -> tuple[float, float]:
    """Return the least and the most accuracy of a matrix that fits.

    Raises
    ------
    NoMatrix
        If no matrix fits.
    """
    of = programme(report)
    least, most = of.span(np.eye(len(of.classes)).ravel())
    total = sum(report.supports().values())
    return round(least) / total, round(most) / total


def _agreement(report: Report) -> tuple[Programme, np.ndarray, int]:
    """Return the programme, how the product of margins grows with each cell, and all images."""
    of = programme(report)
    supports = np.array(list(report.supports().values()))
    # The sum over classes of truth times guess: a guess of class j adds j's support.
    return of, np.tile(supports, len(supports)), int(supports.sum())


def kappa(report: Report) -> tuple[float, float]:
    """Return the least and the most Cohen's kappa of a matrix that fits.

    It is a quotient of two sums of cells; Dinkelbach's method (doi:10.1287/mnsc.13.7.492) reaches
    its ends by integer programmes.

    Raises
    ------
    NoMatrix
        If no matrix fits.
    """
    of, margins, total = _agreement(report)
    hits = np.eye(len(of.classes)).ravel()

    def value(cells: np.ndarray) -> float:
        chance = margins @ cells
        return float((total * (hits @ cells) - chance) / (total**2 - chance))

    def end(sign: int) -> float:
        reached = value(of.best(np.zeros(len(hits))))
        while True:
            further = value(of.best(-sign * (total * hits + (reached - 1) * margins)))
            if sign * (further - reached) <= SLACK:
                return reached
            reached = further

    return end(-1), end(1)


def mcc(report: Report) -> tuple[float, float]:
    """Return ends between which the MCC of every matrix that fits lies.

    They may be wider than the ends that are reached: above and below the line of the fraction are
    bounded one by one.

    Raises
    ------
    NoMatrix
        If no matrix fits.
    """
    of, margins, total = _agreement(report)
    k = len(of.classes)
    least, most = of.span(total * np.eye(k).ravel() - margins)
    # How many are guessed to be of each class, at least and at most.
    low, high = np.array([of.span(np.tile(column, k)) for column in np.eye(k)]).T
    truth = total**2 - float(np.sum(margins[:k] ** 2))
    # The squares of the guesses add up to least when they are as even as their bounds let them be.
    level = optimize.brentq(lambda x: np.clip(x, low, high).sum() - total, -1, total + 1)
    even = float(np.sum(np.clip(level, low, high) ** 2))
    spreads = [total**2 - even, max(total**2 - float(np.sum(high**2)), 1.0)]
    ends = [top / math.sqrt(spread * truth) for top in (least, most) for spread in spreads]
    return max(-1.0, min(ends)), min(1.0, max(ends))


def _agreements(report: Report, given: tuple[str, ...]) -> list[Finding]:
    """Return one finding for each printed kappa or MCC, from the matrices that fit."""
    found = []
    for score, ends_of in (("kappa", kappa), ("mcc", mcc)):
        for claim in report.overall.get(score, []):
            span = Range(*ends_of(report))
            told, verdict = to_places(span, 4), judged(claim.prints(span))
            how = f"the matrices that fit have a {score} in {told}; printed {claim.shown}"
            found.append(Finding("matrix", (claim.id,), verdict, told, claim.shown, how, given))
    return found


def check(ledger: Mapping[str, Claim]) -> list[Finding]:
    """Return the findings on reports with too many sets of counts to look through them all.

    Examples
    --------
    >>> ledger = {}
    >>> for name, recall in (("cat", "0.90"), ("dog", "0.80")):
    ...     for score, printed in (("recall", recall), ("support", "10,000")):
    ...         tie = {"of": "test", "class": name, "score": score}
    ...         kind = "metric" if score == "recall" else "count"
    ...         claim = Claim(f"{name}.{score}", "Table 2", score, printed, kind, report=tie)
    ...         ledger[claim.id] = claim
    >>> tie = {"of": "test", "score": "accuracy"}
    >>> ledger["all"] = Claim("all", "abstract", "accuracy", "0.92", "metric", report=tie)
    >>> (finding,) = check(ledger)
    >>> finding.verdict, finding.how
    ('inconsistent', 'test: no confusion matrix has the scores of its classes and its accuracy')
    """
    found = []
    for name, report in gather(ledger).items():
        if not report.whole() or combinations(report) is not None:
            continue
        fits = feasible(report)
        names = report.class_ids() + ids(report.overall.get("accuracy", []))
        given = ids(report.cells.values())
        how = f"{name}: {'a' if fits else 'no'} confusion matrix has the scores of its classes"
        how += " and its accuracy"
        if fits:
            how += f"; the accuracy then lies in {to_places(Range(*accuracy(report)), 4)}"
        told = "one fits" if fits else "none"
        found.append(Finding("matrix", names, judged(fits), told, "one", how, given))
        # With all images in one class neither of the two is defined.
        if fits and sum(n > 0 for n in report.supports().values()) > 1:
            found += _agreements(report, names + given)
    return found
