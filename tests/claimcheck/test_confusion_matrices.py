"""Large reports, whose confusion matrices integer programming finds or rules out."""

import oracles
import pytest
from made_ledgers import altered, drawn, printed_report, words

from claimcheck import cli
from claimcheck.checks import classification_reports, confusion_matrices


@pytest.mark.slow
def test_a_kappa_beyond_all_matrices_of_a_large_report(ledger):
    truth, guess, classes = drawn(3, classes=7, images=3589)
    planted = altered(printed_report(truth, guess, classes, digits=1), "all.kappa", "0.20")
    found = confusion_matrices.check(ledger(*planted))
    assert words(found) == ["consistent", "inconsistent", "consistent"]


@pytest.mark.parametrize("seed", range(5))
def test_the_true_matrix_lies_within_the_bounds(ledger, seed):
    truth, guess, classes = drawn(seed, classes=3, images=50)
    report = classification_reports.gather(ledger(*printed_report(truth, guess, classes)))["run"]
    assert confusion_matrices.feasible(report)
    low, high = confusion_matrices.accuracy(report)
    assert low <= oracles.accuracy(truth, guess) <= high
    low, high = confusion_matrices.kappa(report)
    assert low - 1e-9 <= oracles.kappa(truth, guess) <= high + 1e-9
    assert high - low < 0.2  # and they are bounds worth having
    low, high = confusion_matrices.mcc(report)
    assert low - 1e-9 <= oracles.mcc(truth, guess) <= high + 1e-9
    assert high - low < 0.3
    told = confusion_matrices.cells(report)
    matrix = oracles.confusion(truth, guess)
    for row in range(classes):
        for column in range(classes):
            ends = [int(end) for end in told.iat[row, column].split(" to ")]
            assert ends[0] <= matrix[row, column] <= ends[-1]


@pytest.mark.slow
def test_a_large_report_is_decided_by_integer_programming(ledger):
    """Too many sets of counts to look through: one matrix must fit, and the bounds hold."""
    truth, guess, classes = drawn(3, classes=7, images=3589)
    made = ledger(*printed_report(truth, guess, classes, digits=1))
    assert (
        words(classification_reports.check(made)) == ["consistent"] * classes
    )  # class by class only
    assert words(confusion_matrices.check(made)) == ["consistent"] * 3  # and kappa, and MCC
    for name, printed in (("all.accuracy", "0.10"), ("c0.support", "9"), ("c1.precision", "0.1")):
        planted = altered(printed_report(truth, guess, classes, digits=1), name, printed)
        found = cli.audit(ledger(*planted))
        assert "inconsistent" in [f.verdict for f in found if f.family in ("matrix", "report")]
    report = classification_reports.gather(made)["run"]
    low, high = confusion_matrices.accuracy(report)
    assert low <= oracles.accuracy(truth, guess) <= high
