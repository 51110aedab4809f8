"""Precision, recall, F1 and support of each class against whole numbers of images."""

import pytest
from made_ledgers import (
    altered,
    count,
    drawn,
    number,
    one_class,
    printed_matrix,
    printed_report,
    words,
)

from claimcheck import cli
from claimcheck.checks import classification_reports, confusion_matrices


def test_a_report_of_which_only_some_classes_are_printed(ledger):
    whole = count("n", "30", report={"of": "run", "score": "n"})
    found = classification_reports.check(ledger(*one_class("a", "0.80", "10"), whole))
    assert words(found) == ["consistent"]  # false positives may be of classes that are not printed


def test_a_class_that_only_an_image_shows_is_not_left_out(ledger):
    """Ten false positives of the first class may be of the third, which is not seen."""
    seen = one_class("a", "0.50", "10") + one_class("b", "1.00", "10")
    seen[1] |= {"printed": "1.00"}
    seen[2] |= {"printed": "0.67"}
    tie = {"of": "run", "class": "c", "score": "recall"}
    unseen = number("c", "", state="image not available", report=tie)
    assert "inconsistent" in words(classification_reports.check(ledger(*seen)))
    assert "inconsistent" not in words(classification_reports.check(ledger(*seen, unseen)))


def test_a_recall_with_a_sense(ledger):
    records = one_class("a", "0.90", "50") + one_class("b", "0.90", "50")
    records[1] |= {"sense": "more than"}
    records[5] |= {"sense": "less than"}
    assert words(classification_reports.check(ledger(*records)))


def test_part_of_a_matrix_is_no_matrix(ledger):
    cell = count("aa", "91", report={"of": "run", "truth": "a", "guess": "a"})
    recall = number("r", "0.91", report={"of": "run", "class": "a", "score": "recall"})
    assert classification_reports.check(ledger(cell, recall)) == []


@pytest.mark.parametrize("seed", range(200))
def test_no_false_alarm_on_reports_that_are_sound(ledger, seed):
    found = cli.audit(ledger(*printed_report(*drawn(seed))))
    assert [f.how for f in found if f.verdict == "inconsistent"] == []
    assert len(found) >= 2  # each class was looked at


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("c0.f1", "0.70"),
        ("c1.recall", "0.11"),
        ("c2.precision", "0.31"),
        ("all.accuracy", "0.985"),
        ("all.macro_f1", "0.512"),
        ("all.balanced_accuracy", "0.412"),
        ("all.kappa", "0.999"),
        ("all.mcc", "0.102"),
    ],
)
def test_a_planted_score_is_found(ledger, name, printed):
    records = printed_report(*drawn(7, classes=3, images=60))
    assert "inconsistent" not in words(classification_reports.check(ledger(*records)))
    found = classification_reports.check(ledger(*altered(records, name, printed)))
    assert "inconsistent" in words(found)


def test_classes_that_fit_one_by_one_but_not_together(ledger):
    """Two errors leave one class, and the other is said to have received none."""
    records = []
    for name, scores, support in (
        ("c0", ("1.00", "0.80", "0.89"), "10"),
        ("c1", ("1.00", "1.00", "1.00"), "10"),
    ):
        for score, printed in zip(("precision", "recall", "f1"), scores, strict=True):
            tie = {"of": "run", "class": name, "score": score}
            records.append(number(f"{name}.{score}", printed, report=tie))
        tie = {"of": "run", "class": name, "score": "support"}
        records.append(count(f"{name}.support", support, report=tie))
    found = classification_reports.check(ledger(*records))
    assert words(found) == ["consistent", "consistent", "inconsistent"]
    assert "at once" in found[-1].how
    assert not confusion_matrices.feasible(classification_reports.gather(ledger(*records))["run"])


def test_triples_are_those_of_a_search_by_hand(ledger):
    made = ledger(
        number("p", "0.93", report={"of": "run", "class": "a", "score": "precision"}),
        number("r", "1.00", report={"of": "run", "class": "a", "score": "recall"}),
        count("s", "40", report={"of": "run", "class": "a", "score": "support"}),
    )
    printed = classification_reports.gather(made)["run"].classes["a"]
    assert list(classification_reports.triples(printed, 332)) == [(40, 3, 0)]


@pytest.mark.parametrize("seed", range(10))
def test_triples_are_those_of_a_search_through_all(ledger, seed):
    truth, guess, classes = drawn(seed, classes=2, images=40)
    report = classification_reports.gather(ledger(*printed_report(truth, guess, classes)))["run"]
    for printed in report.classes.values():
        n = int(printed["support"].value)
        every = [(tp, fp, n - tp) for tp in range(n + 1) for fp in range(len(truth) - n + 1)]
        told = [score for score in printed if score != "support"]
        expected = [
            one
            for one in every
            if all(
                classification_reports.fits(
                    classification_reports.scores(one)[score], printed[score]
                )
                for score in told
            )
        ]
        assert list(classification_reports.triples(printed, len(truth))) == expected


@pytest.mark.parametrize(
    ("planted", "verdict"),
    [
        ({}, "consistent"),
        ({"precision": "0.93"}, "inconsistent"),
        ({"recall": "0.90"}, "inconsistent"),
        ({"support": "172"}, "inconsistent"),
    ],
)
def test_scores_against_a_printed_matrix(ledger, planted, verdict):
    records = printed_matrix()
    scores = {"precision": "0.91", "recall": "0.94", "f1": "0.93", "support": "173"} | planted
    for score, printed in scores.items():
        tie = {"of": "run", "class": "a", "score": score}
        kind = {"kind": "count"} if score == "support" else {}
        records.append(number(score, printed, report=tie, **kind))
    found = [f for f in classification_reports.check(ledger(*records)) if f.family == "matrix"]
    assert len(found) == 4
    assert ("inconsistent" in words(found)) == (verdict == "inconsistent")
