"""The audit of a whole ledger, open readings, and the command."""

from made_ledgers import count, number, one_class, said, words

from claimcheck import cli


def test_a_report_of_one_class(ledger):
    assert "inconsistent" not in words(cli.audit(ledger(*one_class("a", "1.00", "30,000"))))


def test_empty_reports_end_no_audit(ledger):
    empty = [r for name in ("a", "b") for r in one_class(name, "0.00", "0")]
    accuracy = number("all", "0.00", report={"of": "run", "score": "accuracy"})
    area = number("auc", "0.50", report={"of": "run", "score": "auc"})
    cells = [
        count(f"{t}{g}", "0", report={"of": "run", "truth": t, "guess": g})
        for t in "ab"
        for g in "ab"
    ]
    assert "inconsistent" not in words(cli.audit(ledger(*empty, accuracy, area, *cells)))


def test_large_classes_take_no_long_search(ledger):
    records = [r for name in ("a", "b") for r in one_class(name, "0.8", "10,000")]
    assert "inconsistent" not in words(cli.audit(ledger(*records)))
    records[2] |= {"printed": "0.5"}
    assert "inconsistent" in words(cli.audit(ledger(*records)))


def test_an_open_reading_makes_a_contradiction_underspecified(ledger):
    tie = {"is": "sum", "of": ["a", "b"]}
    total = count("sum", "6", relations=[tie])
    firm = ledger(count("a", "2"), count("b", "3"), total)
    assert words(cli.audit(firm)) == ["inconsistent"]
    read = count("b", "3", reading="open", note="may count groups")
    (finding,) = cli.audit(ledger(count("a", "2"), read, total))
    assert (finding.verdict, finding.rests_on) == ("underspecified", ("b",))
    assert "how b is read" in finding.how


def test_an_open_claim_does_not_excuse_what_fails_without_it(ledger):
    order = {"is": "order", "greater": ["a"], "lesser": ["b", "c"]}
    better = number("better", "better", kind="procedure", relations=[order])
    other = number("c", "0.95", reading="open", note="another data set perhaps")
    made = ledger(number("a", "0.84"), number("b", "0.92"), other, better)
    assert words(cli.audit(made)) == ["inconsistent"]
    leak = [said(name, "protocol.split_unit", "image") for name in ("x", "y")]
    sound = said("z", "protocol.split_unit", "subject") | {"reading": "open", "note": "of folds"}
    found = [f for f in cli.audit(ledger(*leak, sound)) if f.family == "protocol"]
    assert found[0].verdict == "inconsistent"


def test_places_that_agree_firmly_may_still_clash_with_an_open_one(ledger):
    same = [said(name, "loss", "focal") for name in ("a", "b")]
    other = said("c", "loss", "bce") | {"reading": "open", "note": "another model perhaps"}
    assert words(cli.audit(ledger(*same, other))) == ["underspecified"]
    clash = [*same, said("d", "loss", "hinge"), other]
    (finding,) = cli.audit(ledger(*clash))
    assert finding.verdict == "inconsistent"
    assert "c" not in finding.claims


def test_the_command_line(tmp_path, capsys):
    record = "- {id: %s, where: Table 1, element: table, about: made up, printed: '%s', kind: count"
    good = [record % ("a", "2") + "}", record % ("b", "3") + "}"]
    tie = ", relations: [{is: sum, of: [a, b]}]}"
    file = tmp_path / "mine.yml"
    for printed, status in (("5", 0), ("6", 1)):
        file.write_text("\n".join([*good, record % ("c", printed) + tie]))
        assert cli.main([str(file)]) == status
        told = capsys.readouterr().out
        assert ("inconsistent: c [arithmetic]: 2 + 3 = 5, printed 6" in told) == bool(status)
        assert "3 claims, 1 checks" in told
    file.write_text("- {id: a}")
    assert cli.main([str(file)]) == 2
    assert "mine.yml, a" in capsys.readouterr().err
    assert cli.main([str(tmp_path / "none.yml")]) == 2
    file.write_bytes(b"- {id: a, about: 'caf\xe9'}")
    assert cli.main([str(file)]) == 2
    assert "not UTF-8" in capsys.readouterr().err
