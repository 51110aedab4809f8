"""AUC and average precision against a confusion matrix and against each other."""

import numpy as np
import oracles
import pytest
from made_ledgers import count, number, printed_matrix, words

from claimcheck import Range
from claimcheck.checks import auc_bounds


def printed_ranking(seed, digits=3):
    """Return the records of a binary report, with AUC and average precision, from random scores."""
    chance = np.random.default_rng(seed)
    n = int(chance.integers(20, 300))
    truth = np.append([0, 1], chance.integers(0, 2, n))
    score = chance.normal(size=n + 2) + truth * chance.uniform(0, 4)
    guess = (score >= chance.uniform(0, 2)).astype(int)
    records = []
    for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
        cell = {"of": "run", "truth": f"c{row}", "guess": f"c{column}"}
        number_of = int(((truth == row) & (guess == column)).sum())
        records.append(count(f"cell{row}{column}", str(number_of), report=cell))
    for row in (0, 1):
        tie = {"of": "run", "class": f"c{row}", "score": "support"}
        records.append(count(f"n{row}", str((truth == row).sum()), report=tie))
    for name, value in (
        ("auc", oracles.auc(truth, score)),
        ("average precision", oracles.average_precision(truth, score)),
    ):
        tie = {"of": "run", "score": name}
        records.append(number(name.split()[0], f"{value:.{digits}f}", report=tie))
    return records


def test_tied_scores_can_lower_average_precision(ledger):
    """All five positives and 100 negatives have one score: AP is 5 / 105."""
    records = [
        count(f"n{name}", n, report={"of": "run", "class": name, "score": "support"})
        for name, n in (("a", "5"), ("b", "100"))
    ]
    for name, printed in (("auc", "0.500"), ("average precision", "0.048")):
        tie = {"of": "run", "score": name}
        records.append(number(name.split()[0], printed, report=tie))
    (finding,) = auc_bounds.check(ledger(*records))
    assert finding.verdict != "inconsistent", finding.how


@pytest.mark.parametrize("seed", range(100))
def test_no_false_alarm_on_rankings_that_are_sound(ledger, seed):
    found = auc_bounds.check(ledger(*printed_ranking(seed)))
    assert words(found) == ["consistent", "consistent"], [f.how for f in found]


@pytest.mark.parametrize(
    ("auc", "precision", "verdicts"),
    [
        ("0.922", "0.96", ["consistent", "consistent"]),
        ("0.980", "0.97", ["consistent", "consistent"]),
        ("0.900", "0.88", ["consistent", "consistent"]),
        ("0.922", "0.97", ["consistent", "inconsistent"]),
        ("0.70", "0.90", ["inconsistent", "inconsistent"]),
        ("0.999", "0.99", ["inconsistent", "consistent"]),
    ],
)
def test_areas_under_curves(ledger, auc, precision, verdicts):
    records = printed_matrix()
    for name, support in (("a", "173"), ("b", "159")):
        tie = {"of": "run", "class": name, "score": "support"}
        records.append(count(f"n{name}", support, report=tie))
    records.append(number("auc", auc, report={"of": "run", "score": "auc"}))
    tie = {"of": "run", "score": "average precision"}
    records.append(number("ap", precision, report=tie))
    found = auc_bounds.check(ledger(*records))
    assert words(found) == verdicts, [finding.how for finding in found]


@pytest.mark.parametrize("seed", range(40))
def test_average_precision_lies_within_what_the_auc_allows(seed):
    chance_of = np.random.default_rng(seed)
    truth = np.append([0, 1], chance_of.random(200) < chance_of.uniform(0.05, 0.95)).astype(int)
    score = chance_of.normal(size=202) + truth * chance_of.uniform(-1, 4)
    area = oracles.auc(truth, score)
    allowed = auc_bounds.bounds(Range(area, area), int(truth.sum()), int((1 - truth).sum()))
    assert allowed.low - 1e-6 <= oracles.average_precision(truth, score) <= allowed.high + 1e-6


@pytest.mark.parametrize(
    ("auc", "printed", "verdict"),
    [
        ("0.82", "0.90", "consistent"),
        ("0.94", "0.94", "consistent"),
        ("0.60", "0.88", "consistent"),
        ("0.82", "0.99", "inconsistent"),
        ("0.60", "0.95", "inconsistent"),
        ("0.70", "0.98", "inconsistent"),
        ("0.99", "0.60", "underspecified"),
        ("0.82", "0.82", "underspecified"),
    ],
)
def test_average_precision_of_a_named_class(ledger, auc, printed, verdict):
    tie = {"is": "average precision", "auc": "auc", "positives": "p", "total": "n"}
    counts = count("p", "2,510"), count("n", "3,020")
    made = ledger(number("auc", auc), *counts, number("ap", printed, relations=[tie]))
    (finding,) = auc_bounds.check(made)
    assert finding.verdict == verdict, finding.how
