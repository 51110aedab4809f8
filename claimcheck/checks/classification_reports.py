"""Check classification reports: find whole counts that fit precision, recall, F1 and support.

The printed scores of one class, with its support, leave few triples of true positives, false
positives and false negatives; the scores of all classes together must also come from one confusion
matrix. The idea is that of GRIM (Brown and Heathers, doi:10.1177/1948550616673876); mlscorecheck
(Fazekas and Kovács, arXiv:2310.12527) does it for sets of scores; here also the joint matrix is
decided, and with exact fractions.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from claimcheck.claim import Claim, Range
from claimcheck.finding import Finding, ids, judged, shown

MOST = 20_000  # triples, and combinations of them, that are looked through
Triple = tuple[int, int, int]  # true positives, false positives, false negatives


@dataclass
class Report:
    """The scores that a paper prints for one test run of one model on one task.

    Attributes
    ----------
    classes : dict of str to dict
        Claims by score ("precision", "recall", "f1", "support"), for each class.
    overall : dict of str to list of Claim
        Claims by score; one score may be printed more than once.
    cells : dict of (str, str) to Claim
        Counts of the confusion matrix by truth and guess.
    """

    classes: dict[str, dict[str, Claim]] = field(default_factory=dict)
    overall: dict[str, list[Claim]] = field(default_factory=dict)
    cells: dict[tuple[str, str], Claim] = field(default_factory=dict)

    def matrix(self) -> dict[tuple[str, str], int] | None:
        """Return the counts by truth and guess; None unless each cell is printed."""
        classes = dict.fromkeys((*self.classes, *(truth for truth, _ in self.cells)))
        if len(classes) < 2 or {(a, b) for a in classes for b in classes} != set(self.cells):
            return None
        if not all(claim.numeric for claim in self.cells.values()):
            return None
        return {pair: int(claim.value) for pair, claim in self.cells.items()}

    def supports(self) -> dict[str, int] | None:
        """Return the number of images of each class; None unless all are printed."""
        if not self.classes or not all("support" in one for one in self.classes.values()):
            return None
        return {name: int(one["support"].value) for name, one in self.classes.items()}

    def total(self) -> int:
        """Return the images of all classes; those of some may not be printed, but in ``n``."""
        known = [int(claim.value) for claim in self.overall.get("n", [])]
        return max([sum(self.supports().values()), *known])

    def whole(self) -> bool:
        """Return whether there are images, and every class that has some is printed."""
        supports = self.supports()
        return supports is not None and 0 < sum(supports.values()) == self.total()

    def class_ids(self) -> tuple[str, ...]:
        """Return the ids of all that is printed of single classes."""
        return ids(claim for one in self.classes.values() for claim in one.values())

    @cached_property
    def fitting(self) -> dict[str, list[Triple] | None]:
        """The triples that print like each class's scores, None where they are very many.

        All supports must be there.
        """
        return {
            name: list(triples(printed, self.total()))
            if candidates(printed, self.total()) <= MOST
            else None
            for name, printed in self.classes.items()
        }


def gather(ledger: Mapping[str, Claim]) -> dict[str, Report]:
    """Return the reports of a ledger by name."""
    found: dict[str, Report] = {}
    for claim in ledger.values():
        if not claim.report:
            continue
        report = found.setdefault(claim.report["of"], Report())
        # What only an image shows keeps its place, so that no part is taken for the whole.
        if "truth" in claim.report:
            report.cells.setdefault((claim.report["truth"], claim.report["guess"]), claim)
        elif "class" in claim.report:
            of_class = report.classes.setdefault(claim.report["class"], {})
            if claim.numeric:
                of_class.setdefault(claim.report["score"], claim)
        elif claim.numeric:
            report.overall.setdefault(claim.report["score"], []).append(claim)
    return found


def ratio(top: int, bottom: int) -> Fraction:
    """Return ``top / bottom``, 0 for an empty class, as scikit-learn has it."""
    return Fraction(top, bottom) if bottom else Fraction(0)


def scores(triple: Triple) -> dict[str, Fraction]:
    """Return precision, recall and F1 of one class."""
    tp, fp, fn = triple
    return {
        "precision": ratio(tp, tp + fp),
        "recall": ratio(tp, tp + fn),
        "f1": ratio(2 * tp, 2 * tp + fp + fn),
    }


def fits(value: Fraction, claim: Claim) -> bool:
    """Return whether a value prints like a claim, rounded or cut off."""
    return bool(claim.prints(Range(value, value)))


def share(claim: Claim) -> tuple[Fraction, Fraction]:
    """Return the ends of all that a score between 0 and 1 may stand for."""
    return (
        Fraction(max(claim.widest.low, 0)),
        Fraction(min(claim.widest.high, 1)),
    )


def _true_positives(n: int, told: Mapping[str, Claim]) -> range:
    """Return the counts of true positives that recall leaves, of ``n`` images."""
    if "recall" not in told or not n:
        return range(n + 1)
    least, most = share(told["recall"])
    return range(math.ceil(least * n), math.floor(most * n) + 1)


def _false_positives(tp: int, n: int, others: int, told: Mapping[str, Claim]) -> range:
    """Return the counts of false positives that precision and F1 leave, of ``others`` images."""
    low, high = 0, others
    # Both are a quotient whose bottom grows with the false positives.
    for score, top, bottom in (("precision", tp, tp), ("f1", 2 * tp, tp + n)):
        if score in told and tp:
            least, most = share(told[score])
            if most > 0:
                low = max(low, math.ceil(top / most) - bottom)
            if least > 0:
                high = min(high, math.floor(top / least) - bottom)
    return range(low, high + 1)


def _taken_apart(printed: Mapping[str, Claim]) -> tuple[int, dict[str, Claim]]:
    """Return the support of one class, and its scores."""
    told = {score: claim for score, claim in printed.items() if score != "support"}
    return int(printed["support"].value), told


def candidates(printed: Mapping[str, Claim], total: int) -> int:
    """Return how many (TP, FP, FN) `triples` would try."""
    n, told = _taken_apart(printed)
    return sum(len(_false_positives(tp, n, total - n, told)) for tp in _true_positives(n, told))


def triples(printed: Mapping[str, Claim], total: int) -> Iterator[Triple]:
    """Return every (TP, FP, FN) that prints like one class's scores, one at a time.

    Parameters
    ----------
    printed : mapping
        Its claims by score; support must be there.
    total : int
        Images of all classes, which bounds the false positives.
    """
    n, told = _taken_apart(printed)
    return (
        (tp, fp, n - tp)
        for tp in _true_positives(n, told)
        for fp in _false_positives(tp, n, total - n, told)
        if all(fits(value, told[s]) for s, value in scores((tp, fp, n - tp)).items() if s in told)
    )


def possible(combination: tuple[Triple, ...]) -> bool:
    """Return whether triples of all classes come from one confusion matrix.

    Every error is a false negative of one class and a false positive of another: as many of the
    one as of the other, and no class can send its errors to itself.
    """
    errors = sum(fp for _, fp, _ in combination)
    return errors == sum(fn for *_, fn in combination) and all(
        fp + fn <= errors for _, fp, fn in combination
    )


def overall(combination: tuple[Triple, ...]) -> dict[str, float]:
    """Return the scores of a whole report, all of which depend on the triples alone.

    MCC of more than two classes is Gorodkin's R_K (doi:10.1016/j.compbiolchem.2004.09.006). Without
    any image there is none.
    """
    total = sum(tp + fn for tp, _, fn in combination)
    if not total:
        return {}
    hits = sum(tp for tp, *_ in combination)
    truth = [tp + fn for tp, _, fn in combination]
    guess = [tp + fp for tp, fp, _ in combination]
    each = [scores(triple) for triple in combination]
    found = {"accuracy": ratio(hits, total), "n": Fraction(total)}
    for score in ("precision", "recall", "f1"):
        values = [one[score] for one in each]
        found[f"macro {score}"] = sum(values) / len(values)
        weighed = sum(value * size for value, size in zip(values, truth, strict=True))
        found[f"weighted {score}"] = weighed / total
    chance = sum(t * g for t, g in zip(truth, guess, strict=True))
    # The mean of recalls over the classes that there are, as scikit-learn has it.
    there = [one["recall"] for one, size in zip(each, truth, strict=True) if size]
    found["balanced accuracy"] = sum(there) / len(there)
    if total**2 != chance:
        found["kappa"] = Fraction(hits * total - chance, total**2 - chance)
    spread = (total**2 - sum(g * g for g in guess)) * (total**2 - sum(t * t for t in truth))
    if spread:
        found["mcc"] = Fraction((hits * total - chance) / math.sqrt(spread))
    return found


def combinations(report: Report) -> Iterator[tuple[Triple, ...]] | None:
    """Return the triples of all classes that fit class by class and together, one set at a time.

    None if supports are missing, or there are too many to look through.
    """
    if not report.whole():
        return None
    each = list(report.fitting.values())
    if None in each or math.prod(map(len, each)) > MOST:
        return None
    return (one for one in itertools.product(*each) if possible(one))


def _classes(report: Report) -> list[Finding]:
    """Return one finding a class: whether any whole numbers print like its scores."""
    found = []
    for name, printed in report.classes.items():
        if len(printed) < 3:  # a support and one score fit nearly always
            continue
        fitting = report.fitting[name]
        told = ", ".join(f"{score} {claim.printed}" for score, claim in printed.items())
        if fitting is None:  # very many are to be tried: one that fits will do
            some = list(itertools.islice(triples(printed, report.total()), 1))
            more, count = " and maybe more", f"at least {len(some)}"
        else:
            some, count = fitting[:3], f"{len(fitting):,}"
            more = f" and {len(fitting) - 3:,} more" if len(fitting) > 3 else ""
        listed = "; ".join(f"TP {tp}, FP {fp}, FN {fn}" for tp, fp, fn in some)
        how = f"{name}: {told}: " + (f"{listed}{more}" if some else "no whole numbers print so")
        names = ids(printed.values())
        found.append(Finding("report", names, judged(some), f"{count} fit", told, how))
    return found


def _wholes(name: str, report: Report) -> list[Finding]:
    """Return one finding a printed overall score: whether a matrix that fits gives it."""
    given = report.class_ids()
    searched = combinations(report)
    if searched is None or [] in report.fitting.values():
        return []  # a class that nothing fits was told already
    fitting = list(searched)
    if not fitting:
        how = f"{name}: no confusion matrix has these scores in all classes at once"
        return [Finding("report", given, "inconsistent", "none fits", "one matrix", how)]
    found, results = [], [overall(one) for one in fitting]
    for score, claims in report.overall.items():
        values = [result[score] for result in results if score in result]
        if not values:
            continue
        span = Range(min(values), max(values))
        for claim in claims:
            fit = sum(fits(value, claim) for value in values)
            sets = "1 set of counts prints" if len(values) == 1 else f"{len(values):,} sets print"
            how = (
                f"{sets} like the classes of {name}; {score} is then {shown(span)}; "
                f"{fit:,} of {len(values):,} print as {claim.shown}"
            )
            of = (claim.id,)
            found.append(Finding("report", of, judged(fit), shown(span), claim.shown, how, given))
    return found


def _matrix(name: str, report: Report) -> list[Finding]:
    """Return one finding a printed score, computed from a confusion matrix that is printed."""
    count = report.matrix()
    if count is None:
        return []
    classes = list(dict.fromkeys(truth for truth, _ in count))
    given = ids(report.cells.values())
    found, combination = [], []
    for one in classes:
        tp = count[one, one]
        fn = sum(count[one, other] for other in classes) - tp
        fp = sum(count[other, one] for other in classes) - tp
        combination.append((tp, fp, fn))
        values = scores((tp, fp, fn)) | {"support": Fraction(tp + fn)}
        for score, claim in report.classes.get(one, {}).items():
            found.append(_against(claim, values[score], f"{score} of {one}", given))
    for score, value in overall(tuple(combination)).items():
        for claim in report.overall.get(score, []):
            found.append(_against(claim, value, f"{score} of {name}", given))
    return found


def _against(claim: Claim, value: Fraction, what: str, given: tuple[str, ...]) -> Finding:
    """Judge a printed score by the value that the printed matrix gives."""
    verdict = judged(fits(value, claim))
    how = f"{what} from the printed counts: {float(value):.5g}; printed {claim.shown}"
    return Finding("matrix", (claim.id,), verdict, f"{float(value):.5g}", claim.shown, how, given)


def check(ledger: Mapping[str, Claim]) -> list[Finding]:
    """Return the findings on all classification reports of a ledger.

    Examples
    --------
    >>> cat = {"precision": "0.90", "recall": "0.94", "support": "10"}
    >>> ledger = {
    ...     score: Claim(score, "Table 2", score, printed, "metric" if "." in printed else "count",
    ...                  report={"of": "test", "class": "cat", "score": score})
    ...     for score, printed in cat.items()
    ... }
    >>> (finding,) = check(ledger)
    >>> finding.verdict, finding.how
    ('inconsistent', 'cat: precision 0.90, recall 0.94, support 10: no whole numbers print so')
    """
    found = []
    for name, report in gather(ledger).items():
        if report.supports() is not None:
            found += _classes(report)
            found += _wholes(name, report)
        found += _matrix(name, report)
    return found
