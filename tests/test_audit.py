"""The auditor finds planted errors of every family, and stays silent on what is sound."""

import numpy as np
import pytest
import yaml
from sklearn import metrics as sk

from fer_lib.claims import (
    LedgerError,
    agreement,
    chance,
    equations,
    known_sets,
    load,
    matrices,
    parse,
    protocol,
    ranking,
    relations,
    reports,
    splits,
    statistics,
)
from fer_lib.claims import audit as auditor
from fer_lib.claims.ledger import validator
from fer_lib.claims.record import Range


@pytest.fixture
def ledger(tmp_path):
    """Return a function that makes a ledger of records, with the fields that all need filled in."""

    def make(*records):
        file = tmp_path / "made.yml"
        needed = {"where": "Table 1", "element": "table", "about": "made up", "kind": "metric"}
        file.write_text(yaml.safe_dump([needed | record for record in records]))
        return parse(file)

    return make


def number(name, printed, **more):
    return {"id": name, "printed": printed} | more


def count(name, printed, **more):
    return number(name, printed, kind="count", **more)


def printed_matrix():
    """Return the records of the authenticity head's confusion matrix in diya2026."""
    cells = {("a", "a"): 163, ("a", "b"): 10, ("b", "a"): 16, ("b", "b"): 143}
    return [
        count(f"{t}{g}", str(n), report={"of": "run", "truth": t, "guess": g})
        for (t, g), n in cells.items()
    ]


def said(name, quantity, means):
    return number(name, means, kind="procedure", quantity=quantity, means=means)


def words(found):
    return [finding.verdict for finding in found]


# Each: operands, the relation, results that hold and results that do not.
ARITHMETIC = {
    "sum": ([count("a", "99"), count("b", "64")], {"of": ["a", "b"]}, "163", "164"),
    "product": ([count("a", "1,045"), count("b", "10")], {"of": ["a", "b"]}, "10,450", "10,540"),
    "difference": ([count("a", "30"), count("b", "7")], {"of": ["a", "b"]}, "23", "24"),
    "quotient": ([count("a", "30"), count("b", "4")], {"of": ["a", "b"]}, "7.5", "7.6"),
    "mean": ([number("a", "0.90"), number("b", "0.94")], {"of": ["a", "b"]}, "0.92", "0.94"),
    "share": (
        [count("a", "1,325"), count("b", "1,657")],
        {"part": "a", "whole": "b"},
        ("80", "%"),
        ("81", "%"),
    ),
    "relative change": (
        [number("a", "0.82"), number("b", "0.94")],
        {"from": "a", "to": "b"},
        ("14.6", "%"),
        ("12", "%"),
    ),
    "absolute change": (
        [number("a", "0.82"), number("b", "0.94")],
        {"from": "a", "to": "b"},
        "0.12",
        "0.14",
    ),
    "harmonic mean": (
        [number("a", "0.91"), number("b", "0.94")],
        {"of": ["a", "b"]},
        "0.93",
        "0.90",
    ),
    "weighted mean": (
        [number("a", "0.90"), number("b", "0.80"), count("m", "30"), count("n", "10")],
        {"of": ["a", "b"], "weights": ["m", "n"]},
        "0.88",
        "0.85",
    ),
    "greatest": ([number("a", "0.90"), number("b", "0.94")], {"of": ["a", "b"]}, "0.94", "0.90"),
    "least": ([number("a", "0.90"), number("b", "0.94")], {"of": ["a", "b"]}, "0.90", "0.94"),
}


@pytest.mark.parametrize("kind", ARITHMETIC)
def test_arithmetic(ledger, kind):
    parts, relation, sound, planted = ARITHMETIC[kind]
    for result, verdict in ((sound, "consistent"), (planted, "inconsistent")):
        printed, unit = result if isinstance(result, tuple) else (result, "")
        whole = number("whole", printed, unit=unit, relations=[{"is": kind, **relation}])
        exact = kind in ("sum", "product", "difference")
        (finding,) = relations.check(ledger(*parts, whole | ({"kind": "count"} if exact else {})))
        assert finding.verdict == verdict, finding.how
        assert finding.claims == ("whole",)
        assert set(finding.given) == {part["id"] for part in parts}
        assert printed in finding.how or verdict == "consistent"


def test_every_relation_is_checked_by_exactly_one_family():
    schema = validator().schema
    known = set()
    for one in schema["$defs"]["relation"]["oneOf"]:
        of = one["properties"]["is"]
        known |= set(of.get("enum", [of.get("const")]))
    modules = (relations, statistics, splits, ranking, chance, known_sets)
    families = [set(family.CHECKS) for family in modules]
    assert set.union(*families) == known
    assert sum(map(len, families)) == len(known)


def test_digits_that_were_cut_off_are_told(ledger):
    parts = [count("errors", "9"), count("images", "46")]
    share = {"is": "share", "part": "errors", "whole": "images"}
    rate = number("rate", "19.56", unit="%", relations=[share])
    (finding,) = relations.check(ledger(*parts, rate))
    assert finding.verdict == "consistent"
    assert "cut off, not rounded" in finding.how


@pytest.mark.parametrize(
    ("printed", "sense", "verdict"),
    [
        ("14.7", "", "consistent"),
        ("14.8", "", "inconsistent"),
        ("14.8", "about", "consistent"),
        ("14.9", "about", "inconsistent"),
        ("14", "more than", "consistent"),
        ("15", "at least", "inconsistent"),
        ("15", "less than", "consistent"),
        ("14", "at most", "inconsistent"),
    ],
)
def test_what_the_sense_of_a_number_allows(ledger, printed, sense, verdict):
    """2,000 / 136 is 14.706; "about" may be off by one unit of the last digit."""
    parts = [count("images", "2,000"), count("people", "136")]
    tie = {"is": "quotient", "of": ["images", "people"]}
    kind = "hyper-parameter" if sense.startswith("at") else "measurement"
    more = {"sense": sense} if sense else {}
    made = number("per", printed, kind=kind, relations=[tie], **more)
    (finding,) = relations.check(ledger(*parts, made))
    assert finding.verdict == verdict, finding.how


@pytest.mark.parametrize(
    ("family", "relation"),
    [
        (relations, {"is": "sum", "of": ["seen", "unseen"]}),
        (relations, {"is": "order", "greater": ["seen"], "lesser": ["unseen"]}),
        (statistics, {"is": "F test", "between": "seen", "within": "seen", "p": "unseen"}),
        (statistics, {"is": "interval of a proportion", "low": "seen", "high": "unseen", "n": "n"}),
        (splits, {"is": "stratified share", "whole": "n", "size": "unseen", "total": "n"}),
    ],
)
def test_what_only_an_image_shows_is_not_testable(ledger, family, relation):
    shown = number("unseen", "", state="image not available", where="Figure 4")
    parts = [count("n", "40"), number("seen", "3"), shown]
    (finding,) = family.check(ledger(*parts, count("one", "5", relations=[relation])))
    assert finding.verdict == "not testable"
    assert "Figure 4" in finding.how
    assert "image not available" in finding.how
    assert finding.claims == ("one",)


@pytest.mark.parametrize(
    ("greater", "lesser", "verdict"),
    [
        ("0.92", "0.84", "consistent"),
        ("0.921", "0.920", "consistent"),
        ("98", "0.97", "consistent"),
        ("0.84", "0.92", "inconsistent"),
        ("0.919", "0.921", "inconsistent"),
        ("0.91", "0.92", "inconsistent"),
        ("53", "0.61", "inconsistent"),
        ("0.92", "0.92", "underspecified"),
    ],
)
def test_orderings(ledger, greater, lesser, verdict):
    unit = {"unit": "%"} if "." not in greater else {}
    order = {"is": "order", "greater": ["a"], "lesser": ["b"]}
    better = number("better", "better", kind="procedure", relations=[order])
    (finding,) = relations.check(ledger(number("a", greater, **unit), number("b", lesser), better))
    assert finding.verdict == verdict, finding.how


@pytest.mark.parametrize(
    ("limit", "values", "verdict"),
    [
        ("0.95", ("0.96", "1.00"), "consistent"),
        ("95", ("0.955", "0.96"), "consistent"),
        ("0.5", ("0.52",), "consistent"),
        ("0.95", ("0.94", "1.00"), "inconsistent"),
        ("97", ("0.96", "0.98"), "inconsistent"),
        ("0.95", ("0.93", "0.91"), "inconsistent"),
        ("0.95", ("0.95", "1.00"), "underspecified"),
    ],
)
def test_all_above(ledger, limit, values, verdict):
    parts = [number(f"v{k}", value) for k, value in enumerate(values)]
    above = [{"is": "all above", "of": [part["id"] for part in parts]}]
    unit = {"unit": "%"} if "." not in limit else {}
    (finding,) = relations.check(ledger(*parts, number("limit", limit, relations=above, **unit)))
    assert finding.verdict == verdict, finding.how


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (("98.5", "%"), ("0.985", ""), "consistent"),
        (("0.46", ""), ("0.464", ""), "consistent"),
        (("3.3", "million"), ("3,304,200", "parameters"), "consistent"),
        (("0.86", ""), ("0.869", ""), "consistent"),
        (("0.92", ""), ("0.93", ""), "inconsistent"),
        (("0.983", ""), ("0.985", ""), "inconsistent"),
        (("92.2", "%"), ("0.912", ""), "inconsistent"),
        (("1,657", ""), ("1,675", ""), "inconsistent"),
    ],
)
def test_agreement_of_numbers(ledger, first, second, verdict):
    made = [
        number(name, printed, unit=unit, quantity="same", kind="metric")
        for name, (printed, unit) in (("a", first), ("b", second))
    ]
    (finding,) = agreement.check(ledger(*made))
    assert finding.verdict == verdict, finding.how
    assert set(finding.claims) == {"a", "b"}


@pytest.mark.parametrize(
    ("meanings", "verdict"),
    [
        (("focal", "focal"), "consistent"),
        (("adam", "adam", "adam"), "consistent"),
        (("50", "50"), "consistent"),
        (("focal", "bce"), "inconsistent"),
        (("50", "100", "100"), "inconsistent"),
        (("relu", "elu"), "inconsistent"),
    ],
)
def test_agreement_of_procedures(ledger, meanings, verdict):
    made = [said(f"c{k}", "the.thing", word) for k, word in enumerate(meanings)]
    (finding,) = agreement.check(ledger(*made))
    assert finding.verdict == verdict


def printed_report(truth, guess, classes, digits=2):
    """Return the records of a report as scikit-learn computes it, rounded to some digits."""
    records = []
    table = sk.precision_recall_fscore_support(truth, guess, labels=range(classes), zero_division=0)
    for place in range(classes):
        for score, values in zip(("precision", "recall", "f1"), table[:3], strict=True):
            tie = {"of": "run", "class": f"c{place}", "score": score}
            name = f"c{place}.{score}"
            records.append(number(name, f"{values[place]:.{digits}f}", report=tie))
        tie = {"of": "run", "class": f"c{place}", "score": "support"}
        records.append(count(f"c{place}.support", str(table[3][place]), report=tie))
    average = {"macro f1": "macro", "weighted f1": "weighted"}
    whole = {
        name: sk.f1_score(truth, guess, average=kind, zero_division=0)
        for name, kind in average.items()
    }
    whole["accuracy"] = sk.accuracy_score(truth, guess)
    whole["balanced accuracy"] = sk.balanced_accuracy_score(truth, guess)
    whole["kappa"] = sk.cohen_kappa_score(truth, guess)
    whole["mcc"] = sk.matthews_corrcoef(truth, guess)
    for score, value in whole.items():
        tie = {"of": "run", "score": score}
        name = f"all.{score.replace(' ', '_')}"
        records.append(number(name, f"{value:.{digits + 1}f}", report=tie))
    return records


def drawn(seed, classes=None, images=None):
    """Return truth and guesses of a classifier that is better than chance."""
    chance = np.random.default_rng(seed)
    classes = classes or int(chance.integers(2, 5))
    images = images or int(chance.integers(20, 120))
    truth = np.concatenate([np.arange(classes), chance.integers(0, classes, images - classes)])
    wrong = chance.random(images) < chance.uniform(0.02, 0.3)
    guess = np.where(wrong, chance.integers(0, classes, images), truth)
    return truth, guess, classes


def one_class(name, score, support):
    records = [
        number(f"{name}.{what}", score, report={"of": "run", "class": name, "score": what})
        for what in ("precision", "recall", "f1")
    ]
    tie = {"of": "run", "class": name, "score": "support"}
    return [*records, count(f"{name}.support", support, report=tie)]


def test_a_report_of_which_only_some_classes_are_printed(ledger):
    whole = count("n", "30", report={"of": "run", "score": "n"})
    found = reports.check(ledger(*one_class("a", "0.80", "10"), whole))
    assert words(found) == ["consistent"]  # false positives may be of classes that are not printed


def test_a_class_that_only_an_image_shows_is_not_left_out(ledger):
    """Ten false positives of the first class may be of the third, which is not seen."""
    seen = one_class("a", "0.50", "10") + one_class("b", "1.00", "10")
    seen[1] |= {"printed": "1.00"}
    seen[2] |= {"printed": "0.67"}
    tie = {"of": "run", "class": "c", "score": "recall"}
    unseen = number("c", "", state="image not available", report=tie)
    assert "inconsistent" in words(reports.check(ledger(*seen)))
    assert "inconsistent" not in words(reports.check(ledger(*seen, unseen)))


def test_a_report_of_one_class(ledger):
    assert "inconsistent" not in words(auditor.audit(ledger(*one_class("a", "1.00", "30,000"))))


def test_a_recall_with_a_sense(ledger):
    records = one_class("a", "0.90", "50") + one_class("b", "0.90", "50")
    records[1] |= {"sense": "more than"}
    records[5] |= {"sense": "less than"}
    assert words(reports.check(ledger(*records)))


def test_a_kappa_beyond_all_matrices_of_a_large_report(ledger):
    truth, guess, classes = drawn(3, classes=7, images=3589)
    planted = altered(printed_report(truth, guess, classes, digits=1), "all.kappa", "0.20")
    found = matrices.check(ledger(*planted))
    assert words(found) == ["consistent", "inconsistent", "consistent"]


def test_tied_scores_can_lower_average_precision(ledger):
    """All five positives and 100 negatives have one score: AP is 5 / 105."""
    records = [
        count(f"n{name}", n, report={"of": "run", "class": name, "score": "support"})
        for name, n in (("a", "5"), ("b", "100"))
    ]
    for name, printed in (("auc", "0.500"), ("average precision", "0.048")):
        tie = {"of": "run", "score": name}
        records.append(number(name.split()[0], printed, report=tie))
    (finding,) = ranking.check(ledger(*records))
    assert finding.verdict != "inconsistent", finding.how


def test_part_of_a_matrix_is_no_matrix(ledger):
    cell = count("aa", "91", report={"of": "run", "truth": "a", "guess": "a"})
    recall = number("r", "0.91", report={"of": "run", "class": "a", "score": "recall"})
    assert reports.check(ledger(cell, recall)) == []


def test_empty_reports_end_no_audit(ledger):
    empty = [r for name in ("a", "b") for r in one_class(name, "0.00", "0")]
    accuracy = number("all", "0.00", report={"of": "run", "score": "accuracy"})
    area = number("auc", "0.50", report={"of": "run", "score": "auc"})
    cells = [
        count(f"{t}{g}", "0", report={"of": "run", "truth": t, "guess": g})
        for t in "ab"
        for g in "ab"
    ]
    assert "inconsistent" not in words(auditor.audit(ledger(*empty, accuracy, area, *cells)))


def test_large_classes_take_no_long_search(ledger):
    records = [r for name in ("a", "b") for r in one_class(name, "0.8", "10,000")]
    assert "inconsistent" not in words(auditor.audit(ledger(*records)))
    records[2] |= {"printed": "0.5"}
    assert "inconsistent" in words(auditor.audit(ledger(*records)))


@pytest.mark.parametrize(
    ("kind", "first", "second", "printed", "verdict"),
    [
        ("product", "-2", "3", "-8", "consistent"),
        ("product", "-2", "3", "-10", "inconsistent"),
        ("relative change", "-2.0", "-3.0", "-0.5", "consistent"),
        ("relative change", "-2.0", "-1.0", "0.5", "consistent"),
        ("relative change", "-2.0", "-3.0", "0.5", "inconsistent"),
        ("quotient", "-6.0", "2.0", "-3", "consistent"),
        ("quotient", "1.0", "0", "3", "not testable"),
    ],
)
def test_arithmetic_with_negative_numbers(ledger, kind, first, second, printed, verdict):
    names = {"from": "a", "to": "b"} if "change" in kind else {"of": ["a", "b"]}
    result = number("it", printed, relations=[{"is": kind} | names])
    (finding,) = relations.check(ledger(number("a", first), number("b", second), result))
    assert finding.verdict == verdict, finding.how


def test_an_open_reading_makes_a_contradiction_underspecified(ledger):
    tie = {"is": "sum", "of": ["a", "b"]}
    total = count("sum", "6", relations=[tie])
    firm = ledger(count("a", "2"), count("b", "3"), total)
    assert words(auditor.audit(firm)) == ["inconsistent"]
    read = count("b", "3", reading="open", note="may count groups")
    (finding,) = auditor.audit(ledger(count("a", "2"), read, total))
    assert (finding.verdict, finding.rests_on) == ("underspecified", ("b",))
    assert "how b is read" in finding.how


def test_an_open_claim_does_not_excuse_what_fails_without_it(ledger):
    order = {"is": "order", "greater": ["a"], "lesser": ["b", "c"]}
    better = number("better", "better", kind="procedure", relations=[order])
    other = number("c", "0.95", reading="open", note="another data set perhaps")
    made = ledger(number("a", "0.84"), number("b", "0.92"), other, better)
    assert words(auditor.audit(made)) == ["inconsistent"]
    leak = [said(name, "protocol.split_unit", "image") for name in ("x", "y")]
    sound = said("z", "protocol.split_unit", "subject") | {"reading": "open", "note": "of folds"}
    found = [f for f in auditor.audit(ledger(*leak, sound)) if f.family == "protocol"]
    assert found[0].verdict == "inconsistent"


def test_places_that_agree_firmly_may_still_clash_with_an_open_one(ledger):
    same = [said(name, "loss", "focal") for name in ("a", "b")]
    other = said("c", "loss", "bce") | {"reading": "open", "note": "another model perhaps"}
    assert words(auditor.audit(ledger(*same, other))) == ["underspecified"]
    clash = [*same, said("d", "loss", "hinge"), other]
    (finding,) = auditor.audit(ledger(*clash))
    assert finding.verdict == "inconsistent"
    assert "c" not in finding.claims


@pytest.mark.parametrize("seed", range(200))
def test_no_false_alarm_on_reports_that_are_sound(ledger, seed):
    found = auditor.audit(ledger(*printed_report(*drawn(seed))))
    assert [f.how for f in found if f.verdict == "inconsistent"] == []
    assert len(found) >= 2  # each class was looked at


def altered(records, name, printed):
    assert any(record["id"] == name for record in records)
    return [record | {"printed": printed} if record["id"] == name else record for record in records]


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
    assert "inconsistent" not in words(reports.check(ledger(*records)))
    found = reports.check(ledger(*altered(records, name, printed)))
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
    found = reports.check(ledger(*records))
    assert words(found) == ["consistent", "consistent", "inconsistent"]
    assert "at once" in found[-1].how
    assert not matrices.feasible(reports.gather(ledger(*records))["run"])


@pytest.mark.parametrize("seed", range(5))
def test_the_true_matrix_lies_within_the_bounds(ledger, seed):
    truth, guess, classes = drawn(seed, classes=3, images=50)
    report = reports.gather(ledger(*printed_report(truth, guess, classes)))["run"]
    assert matrices.feasible(report)
    low, high = matrices.accuracy(report)
    assert low <= sk.accuracy_score(truth, guess) <= high
    low, high = matrices.kappa(report)
    assert low - 1e-9 <= sk.cohen_kappa_score(truth, guess) <= high + 1e-9
    assert high - low < 0.2  # and they are bounds worth having
    low, high = matrices.mcc(report)
    assert low - 1e-9 <= sk.matthews_corrcoef(truth, guess) <= high + 1e-9
    assert high - low < 0.3
    told = matrices.cells(report)
    matrix = sk.confusion_matrix(truth, guess)
    for row in range(classes):
        for column in range(classes):
            ends = [int(end) for end in told.iat[row, column].split(" to ")]
            assert ends[0] <= matrix[row, column] <= ends[-1]


def test_triples_are_those_of_a_search_by_hand(ledger):
    made = ledger(
        number("p", "0.93", report={"of": "run", "class": "a", "score": "precision"}),
        number("r", "1.00", report={"of": "run", "class": "a", "score": "recall"}),
        count("s", "40", report={"of": "run", "class": "a", "score": "support"}),
    )
    printed = reports.gather(made)["run"].classes["a"]
    assert list(reports.triples(printed, 332)) == [(40, 3, 0)]


@pytest.mark.parametrize("seed", range(10))
def test_triples_are_those_of_a_search_through_all(ledger, seed):
    truth, guess, classes = drawn(seed, classes=2, images=40)
    report = reports.gather(ledger(*printed_report(truth, guess, classes)))["run"]
    for printed in report.classes.values():
        n = int(printed["support"].value)
        every = [(tp, fp, n - tp) for tp in range(n + 1) for fp in range(len(truth) - n + 1)]
        told = [score for score in printed if score != "support"]
        expected = [
            one
            for one in every
            if all(reports.fits(reports.scores(one)[score], printed[score]) for score in told)
        ]
        assert list(reports.triples(printed, len(truth))) == expected


def test_a_large_report_is_decided_by_integer_programming(ledger):
    """Too many sets of counts to look through: one matrix must fit, and the bounds hold."""
    truth, guess, classes = drawn(3, classes=7, images=3589)
    made = ledger(*printed_report(truth, guess, classes, digits=1))
    assert words(reports.check(made)) == ["consistent"] * classes  # class by class only
    assert words(matrices.check(made)) == ["consistent"] * 3  # and kappa, and MCC
    for name, printed in (("all.accuracy", "0.10"), ("c0.support", "9"), ("c1.precision", "0.1")):
        planted = altered(printed_report(truth, guess, classes, digits=1), name, printed)
        found = auditor.audit(ledger(*planted))
        assert "inconsistent" in [f.verdict for f in found if f.family in ("matrix", "report")]
    report = reports.gather(made)["run"]
    low, high = matrices.accuracy(report)
    assert low <= sk.accuracy_score(truth, guess) <= high


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
    found = [f for f in reports.check(ledger(*records)) if f.family == "matrix"]
    assert len(found) == 4
    assert ("inconsistent" in words(found)) == (verdict == "inconsistent")


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
        ("auc", sk.roc_auc_score(truth, score)),
        ("average precision", sk.average_precision_score(truth, score)),
    ):
        tie = {"of": "run", "score": name}
        records.append(number(name.split()[0], f"{value:.{digits}f}", report=tie))
    return records


@pytest.mark.parametrize("seed", range(100))
def test_no_false_alarm_on_rankings_that_are_sound(ledger, seed):
    found = ranking.check(ledger(*printed_ranking(seed)))
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
    found = ranking.check(ledger(*records))
    assert words(found) == verdicts, [finding.how for finding in found]


@pytest.mark.parametrize("seed", range(40))
def test_average_precision_lies_within_what_the_auc_allows(seed):
    chance_of = np.random.default_rng(seed)
    truth = np.append([0, 1], chance_of.random(200) < chance_of.uniform(0.05, 0.95)).astype(int)
    score = chance_of.normal(size=202) + truth * chance_of.uniform(-1, 4)
    area = sk.roc_auc_score(truth, score)
    allowed = ranking.bounds(Range(area, area), int(truth.sum()), int((1 - truth).sum()))
    assert allowed.low - 1e-6 <= sk.average_precision_score(truth, score) <= allowed.high + 1e-6


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
    (finding,) = ranking.check(made)
    assert finding.verdict == verdict, finding.how


@pytest.mark.parametrize(
    ("relation", "printed", "verdict"),
    [
        ({"is": "above chance", "part": "p", "whole": "n"}, "0.85", "consistent"),
        ({"is": "above chance", "part": "p", "whole": "n"}, "0.99", "consistent"),
        ({"is": "above chance", "part": "p", "whole": "n"}, "0.83", "underspecified"),
        ({"is": "above chance", "part": "p", "whole": "n"}, "0.60", "underspecified"),
        ({"is": "ranks above chance", "positives": "p", "total": "n"}, "0.54", "consistent"),
        ({"is": "ranks above chance", "positives": "p", "total": "n"}, "0.52", "underspecified"),
        ({"is": "ranks above chance", "positives": "p", "total": "n"}, "0.45", "underspecified"),
    ],
)
def test_scores_against_chance(ledger, relation, printed, verdict):
    """2,510 of 3,020 is .831; random scores reach an AUC of .527 in one try of forty."""
    counts = count("p", "2,510"), count("n", "3,020")
    (finding,) = chance.check(ledger(*counts, number("score", printed, relations=[relation])))
    assert finding.verdict == verdict, finding.how


@pytest.mark.parametrize(
    ("score", "printed", "verdict"),
    [
        ("accuracy", "0.61", "consistent"),
        ("accuracy", "0.60", "underspecified"),
        ("auc", "0.51", "consistent"),
        ("auc", "0.50", "underspecified"),
        ("kappa", "0.02", "consistent"),
        ("kappa", "0.00", "underspecified"),
    ],
)
def test_scores_of_a_report_against_chance(ledger, score, printed, verdict):
    supports = [
        count(name, printed, report={"of": "run", "class": name, "score": "support"})
        for name, printed in (("a", "60"), ("b", "40"))
    ]
    made = ledger(*supports, number("it", printed, report={"of": "run", "score": score}))
    (finding,) = chance.check(made)
    assert finding.verdict == verdict, finding.how


@pytest.mark.parametrize(
    ("printed", "unit", "verdict"),
    [
        ("98.5", "%", "consistent"),
        ("0.985", "", "consistent"),
        ("82", "%", "consistent"),
        ("98.6", "%", "inconsistent"),
        ("0.821", "", "inconsistent"),
        ("64.3", "%", "inconsistent"),
        ("82.0", "%", "underspecified"),
    ],
)
def test_a_share_comes_from_whole_hits(ledger, printed, unit, verdict):
    tie = {"is": "count over", "n": "n"}
    more = {"unit": unit} if unit else {}
    made = ledger(count("n", "332"), number("it", printed, relations=[tie], **more))
    (finding,) = statistics.check(made)
    assert finding.verdict == verdict, finding.how


@pytest.mark.parametrize(
    ("f", "p", "sense", "verdict"),
    [
        ("24.38", "0.001", "less than", "consistent"),
        ("3.03", "0.05", "", "consistent"),
        ("1.00", "0.37", "", "consistent"),
        ("1.00", "0.001", "less than", "inconsistent"),
        ("24.38", "0.05", "more than", "inconsistent"),
        ("3.03", "0.01", "", "inconsistent"),
    ],
)
def test_f_tests(ledger, f, p, sense, verdict):
    statistic = {"kind": "test statistic"}
    made = ledger(
        number(
            "f",
            f,
            relations=[{"is": "F test", "between": "d1", "within": "d2", "p": "p"}],
            **statistic,
        ),
        count("d1", "2"),
        count("d2", "297"),
        number("p", p, **statistic, **({"sense": sense} if sense else {})),
    )
    (finding,) = statistics.check(made)
    assert finding.verdict == verdict, finding.how
    assert "3 groups of 300 values" in finding.how


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        ("0.9", "0.9", "consistent"),
        ("0.892", "0.949", "consistent"),
        ("0.888", "0.946", "consistent"),
        ("0.89", "0.95", "consistent"),
        ("0.917", "0.927", "inconsistent"),
        ("0.80", "0.99", "inconsistent"),
        ("0.921", "0.923", "inconsistent"),
    ],
)
def test_the_width_of_an_interval(ledger, low, high, verdict):
    tie = {"is": "interval of a proportion", "low": "low", "high": "high", "n": "n"}
    made = ledger(
        number("score", "0.922", relations=[tie]),
        number("low", low),
        number("high", high),
        count("n", "332"),
    )
    (finding,) = statistics.check(made)
    assert finding.verdict == verdict, finding.how


@pytest.mark.parametrize(
    ("resamples", "verdict"),
    [
        ("2,000", "consistent"),
        ("100", "consistent"),
        ("39", "consistent"),
        ("5", "inconsistent"),
        ("10", "inconsistent"),
        ("30", "inconsistent"),
    ],
)
def test_an_interval_needs_resamples(ledger, resamples, verdict):
    tie = {"is": "interval from resamples", "low": "low", "high": "high", "resamples": "b"}
    made = ledger(
        number("score", "0.922", relations=[tie]),
        number("low", "0.892"),
        number("high", "0.949"),
        count("b", resamples),
    )
    assert words(statistics.check(made)) == [verdict]


@pytest.mark.parametrize(
    ("how", "printed", "verdict"),
    [
        ("stratified", "33", "consistent"),
        ("stratified", "32", "consistent"),
        ("random", "40", "consistent"),
        ("by subject", "33", "consistent"),
        ("by subject", "70", "underspecified"),
        ("stratified", "36", "inconsistent"),
        ("stratified", "27", "inconsistent"),
        ("random", "70", "inconsistent"),
    ],
)
def test_supports_against_the_split(ledger, how, printed, verdict):
    tie = {"is": "stratified share", "whole": "w", "size": "s", "total": "t"}
    made = ledger(
        count("support", printed, relations=[tie]),
        count("w", "163"),
        count("s", "332"),
        count("t", "1,657"),
        said("how", "protocol.split_how", how),
    )
    (finding,) = splits.check(made)
    assert finding.verdict == verdict, finding.how


@pytest.mark.parametrize(
    ("what", "printed", "verdict"),
    [
        ("images", "35,887", "consistent"),
        ("training images", "28,709", "consistent"),
        ("disgust", "547", "consistent"),
        ("images", "35,877", "inconsistent"),
        ("training images", "35,887", "inconsistent"),
        ("disgust", "574", "inconsistent"),
        ("dogs", "3", "not testable"),
    ],
)
def test_sizes_of_a_data_set_that_is_named(ledger, what, printed, verdict):
    tie = {"is": "known size", "set": "FER-2013", "what": what}
    (finding,) = known_sets.check(ledger(count("n", printed, relations=[tie])))
    assert finding.verdict == verdict, finding.how


def test_the_classes_of_a_known_set_add_up():
    for sizes in known_sets.SETS.values():
        classes = [sizes[name] for name in ("angry", "disgust", "fear", "happy", "neutral", "sad")]
        assert sum(classes) + sizes["surprise"] == sizes["images"]


@pytest.mark.parametrize(
    ("score", "low", "high", "verdict"),
    [
        ("0.92", "0.89", "0.95", "consistent"),
        ("0.92", "0.92", "0.95", "consistent"),
        ("92", "0.89", "0.95", "consistent"),
        ("0.92", "0.93", "0.95", "inconsistent"),
        ("0.92", "0.89", "0.91", "inconsistent"),
        ("0.92", "0.95", "0.89", "inconsistent"),
    ],
)
def test_a_value_lies_in_its_own_interval(ledger, score, low, high, verdict):
    tie = {"is": "interval", "low": "low", "high": "high"}
    unit = {"unit": "%"} if "." not in score else {}
    ends = number("low", low), number("high", high)
    (finding,) = relations.check(ledger(*ends, number("s", score, relations=[tie], **unit)))
    assert finding.verdict == verdict, finding.how


@pytest.mark.parametrize(
    ("limit", "values", "verdict"),
    [
        ("0.30", ("0.12", "0.29"), "consistent"),
        ("0.5", ("0.43",), "consistent"),
        ("97", ("0.96", "0.93"), "consistent"),
        ("0.30", ("0.12", "0.33"), "inconsistent"),
        ("97", ("0.984",), "inconsistent"),
        ("0.5", ("0.61", "0.2"), "inconsistent"),
        ("97", ("0.9778",), "underspecified"),
    ],
)
def test_all_below(ledger, limit, values, verdict):
    parts = [number(f"v{k}", value) for k, value in enumerate(values)]
    below = [{"is": "all below", "of": [part["id"] for part in parts]}]
    unit = {"unit": "%"} if "." not in limit else {}
    (finding,) = relations.check(ledger(*parts, number("limit", limit, relations=below, **unit)))
    assert finding.verdict == verdict, finding.how


@pytest.mark.parametrize(
    ("quantity", "means", "verdict"),
    [
        ("loss", "textbook", "consistent"),
        ("accuracy", "textbook", "consistent"),
        ("kappa", ["textbook"], "consistent"),
        ("loss", "sign missing", "inconsistent"),
        ("accuracy", "values missing", "inconsistent"),
        ("kappa", ["textbook", "index twice"], "inconsistent"),
    ],
)
def test_equations(ledger, quantity, means, verdict):
    one = number("eq", "L = y log p", kind="procedure", element="equation", where="equation (6)")
    one |= {"quantity": f"equation.{quantity}", "means": means, "note": "as we transcribed it"}
    setting = count("gamma", "2", element="equation", where="equation (6)")
    (finding,) = equations.check(ledger(one, setting | {"quantity": "equation.gamma"}))
    assert finding.verdict == verdict
    assert "as we transcribed it" in finding.how


@pytest.mark.parametrize("rule", protocol.RULES, ids=lambda rule: rule.quantity)
def test_the_protocol(ledger, rule):
    for meanings, verdict in (
        (rule.sound, "consistent"),
        (rule.leaking, "inconsistent"),
        (("something else",), "underspecified"),
    ):
        for means in meanings:
            found = protocol.check(ledger(said("one", rule.quantity, means)))
            (own,) = [f for f in found if f.claims]
            assert own.verdict == verdict
            assert words([f for f in found if not f.claims]) == ["underspecified"] * 5
            assert rule.entry in own.how or verdict == "consistent"
    assert protocol.check(ledger(count("n", "3"))) == []


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (number("a", "1", colour="red"), "colour"),
        (number("a", "1") | {"kind": "guess"}, "guess"),
        (number("a", "many"), "not a number"),
        (number("a", ""), "nothing is printed"),
        (number("a", "1", state="image not available"), "printed"),
        (number("a", "1", relations=[{"is": "sum", "of": ["b"]}]), "not there"),
        (number("a", "1", relations=[{"is": "sum", "of": ["a"]}]), "itself"),
        (number("a", "1", relations=[{"is": "guess", "of": ["a"]}]), "choose one of .*sum"),
        (number("a", "x", kind="procedure", quantity="q"), "both quantity and means"),
        (number("a", "1", reading="open"), "no note"),
        (number("a", "80", report={"of": "r", "score": "accuracy"}), "unit '%' missing"),
        (number("a", "1", report={"of": "r"}), "report"),
        (number("a", "1", report={"of": "r", "truth": "x"}), "report"),
        (number("a", "1", where="over there"), "write, for instance"),
        (number("a", "1", relations=[{"is": "sum", "off": ["n"]}]), "'sum' takes of"),
        (number("a", "0,92"), "not a number"),
        (number("a", "1", report={"of": "r", "class": "c", "score": "auc"}), "a class has"),
        (
            number("a", "1", report={"of": "r", "score": "recall", "truth": "x", "guess": "y"}),
            "report",
        ),
        (number("a", "1", relations=[{"is": ["sum"], "of": ["n"]}]), "unknown relation"),
        (count("a", "2.5", report={"of": "r", "class": "c", "score": "support"}), "whole number"),
        (said("a", "q", "x") | {"relations": [{"is": "sum", "of": ["n"]}]}, "this is none"),
        (
            number("a", "1", relations=[{"is": "weighted mean", "of": ["n"], "weights": []}]),
            "weights",
        ),
        (
            number(
                "a", "1", relations=[{"is": "weighted mean", "of": ["n", "m"], "weights": ["n"]}]
            ),
            "one weight for each",
        ),
        (
            number(
                "a",
                "0.9",
                relations=[{"is": "interval of a proportion", "low": "m", "high": "m", "n": "m"}],
            ),
            "above zero",
        ),
    ],
)
def test_a_ledger_that_is_not_well_formed_is_refused(ledger, record, message):
    with pytest.raises(LedgerError, match=message):
        ledger(record, count("n", "3"), count("m", "0"))


def test_the_command_line(tmp_path, capsys):
    record = "- {id: %s, where: Table 1, element: table, about: made up, printed: '%s', kind: count"
    good = [record % ("a", "2") + "}", record % ("b", "3") + "}"]
    tie = ", relations: [{is: sum, of: [a, b]}]}"
    file = tmp_path / "mine.yml"
    for printed, status in (("5", 0), ("6", 1)):
        file.write_text("\n".join([*good, record % ("c", printed) + tie]))
        assert auditor.main([str(file)]) == status
        told = capsys.readouterr().out
        assert ("inconsistent: c [arithmetic]: 2 + 3 = 5, printed 6" in told) == bool(status)
        assert "3 claims, 1 checks" in told
    file.write_text("- {id: a}")
    assert auditor.main([str(file)]) == 2
    assert "mine.yml, a" in capsys.readouterr().err
    assert auditor.main([str(tmp_path / "none.yml")]) == 2
    file.write_bytes(b"- {id: a, about: 'caf\xe9'}")
    assert auditor.main([str(file)]) == 2
    assert "not UTF-8" in capsys.readouterr().err


KEYS = ("diya2026", "alipour2025", "khalid2025", "huang2025")


@pytest.mark.parametrize("key", KEYS)
def test_every_ledger_is_whole(key):
    found = load(key)
    assert len(found) > 200
    assert {"table", "body", "caption"} <= {claim.element for claim in found.values()}
    assert auditor.audit(found)


# Worked out by hand from what the papers print.
@pytest.mark.parametrize(
    ("key", "family", "verdict", "words"),
    [
        ("diya2026", "report", "inconsistent", "macro f1 is then 0.98307; 0 of 1 print as 0.985"),
        ("diya2026", "report", "consistent", "accuracy is then 0.98494; 1 of 1 print as 98.5 %"),
        ("diya2026", "split", "underspecified", "267 images × 332 / 1,657 = 53.5, printed 40"),
        ("diya2026", "statistics", "underspecified", "5 resamples"),
        ("diya2026", "ranking", "underspecified", "[0.8079, 0.9631], of the other in"),
        ("diya2026", "statistics", "underspecified", "82 would fit, without its last zero"),
        ("diya2026", "chance", "underspecified", "printed 52.0 %: not more than guessing"),
        ("alipour2025", "ranking", "underspecified", "of 3,020 images lies in [0.8754"),
        ("alipour2025", "chance", "underspecified", "gives 0.83113; printed 0.82"),
        ("diya2026", "matrix", "consistent", "recall of fake from the printed counts: 0.9422"),
        ("alipour2025", "arithmetic", "underspecified", "30 subjects + 23 subjects = 53"),
        ("alipour2025", "statistics", "consistent", "3 groups of 300 values"),
        ("alipour2025", "arithmetic", "consistent", "relative change from 0.82 to 0.88"),
        ("khalid2025", "arithmetic", "inconsistent", "3589 images / 35,887 images = 0.10001"),
        ("khalid2025", "arithmetic", "inconsistent", "28709 images + 3589 images = 32,298"),
        (
            "khalid2025",
            "agreement",
            "inconsistent",
            "100 epochs (section 4.1); 50 epochs",
        ),
        ("huang2025", "agreement", "inconsistent", "(Figures 4-5) (section 1.4)"),
    ],
)
def test_what_the_papers_print(key, family, verdict, words):
    told = [f.how for f in auditor.audit(load(key)) if (f.family, f.verdict) == (family, verdict)]
    assert any(words in how for how in told), told
