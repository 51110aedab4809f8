"""Arithmetic of the audit pages: bounds that are reached, counts that print, the guide at work."""

import itertools

import numpy as np
import pytest
import yaml

from engine.page import audit as audit_page
from engine.page import audit_arithmetic, audit_guide
from engine.store import paths
from fer_lib.evaluation import metrics


def test_agreement_is_that_one_meaning_holds_the_other():
    assert audit_page.agree([{"a"}, {"a", "b"}, ("a",)])
    assert not audit_page.agree([{"a", "b"}, {"b", "c"}])
    assert not audit_page.agree([{"a"}, {"a", "b"}, {"a", "c"}])
    assert audit_page.agree([])


def test_an_audit_knows_what_its_claims_print_and_mean():
    audit = audit_page.Audit("diya2026")
    claim = audit.ledger["authenticity.auc"]
    low, high = claim.rounding
    assert audit.prints(claim.value, claim.id)
    assert audit.prints(low, claim.id) and not audit.prints(low - 0.001, claim.id)
    assert not audit.prints(high + 0.001, claim.id)
    assert not audit.agree(["loss.abstract", "loss.section42"])
    assert audit.agree(["loss.section42", "table4.loss"])


def average_precision(truth):
    hits = np.cumsum(truth)
    return (hits / np.arange(1, len(truth) + 1))[truth == 1].mean()


def test_no_ranking_has_more_average_precision_than_its_auc_leaves():
    """Every order of three positives and three negatives, the threshold behind the third."""
    for places in itertools.combinations(range(6), 3):
        truth = np.zeros(6, int)
        truth[list(places)] = 1
        area = metrics.auc(truth, -np.arange(6.0))
        hits = truth[:3].sum()
        counts = (hits, 3 - hits, 3 - hits, hits)
        plain = audit_arithmetic.most_precision(area, *counts, False)
        known = audit_arithmetic.most_precision(area, *counts, True)
        assert average_precision(truth) <= known + 1e-12
        assert known <= plain + 1e-12
    assert audit_arithmetic.most_precision(1.0, 3, 0, 0, 3, True) == 1


def test_models_of_scores_have_the_precision_of_rankings_made_by_them():
    # One negative before every positive: place / (place + 1).
    assert audit_arithmetic.precision_if_alike(0.75, 2, 4) == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert audit_arithmetic.precision_if_normal(0.5, 30, 70) == pytest.approx(0.3, abs=1e-3)
    chance = np.random.default_rng(0)
    truth = np.repeat([0, 1], [20_000, 10_000])
    score = chance.normal(size=30_000) + truth
    ranked = truth[np.argsort(-score)]
    expected = audit_arithmetic.precision_if_normal(metrics.auc(truth, score), 10_000, 20_000)
    assert average_precision(ranked) == pytest.approx(expected, abs=0.01)


def test_counts_are_those_that_print_like_the_scores():
    spans = {"precision": (0.745, 0.755), "recall": (0.595, 0.605)}
    assert audit_arithmetic.counts(5, 20, spans) == [(3, 1, 2)]
    assert audit_arithmetic.counts(5, 20, spans | {"f1": (0.7, 0.8)}) == []
    assert audit_arithmetic.f1_of(3, 1, 2) == pytest.approx(2 / 3)
    assert audit_arithmetic.f1_of(3, 1, 2) == pytest.approx(2 * 0.75 * 0.6 / (0.75 + 0.6))


def test_shares_of_a_few_images_are_few():
    fitting = [n for n in range(1, 13) if audit_arithmetic.possible(n, ["0.33", "0.67"])]
    assert fitting == [3, 6, 9, 12]
    assert not audit_arithmetic.possible(3, ["0.34"])


def test_the_guide_says_what_a_field_may_hold():
    assert audit_guide.allowed({"enum": ["a", "b"]}, []) == "a, b"
    assert audit_guide.allowed({"pattern": "x"}, ["Table"]).startswith("begins with Table")
    assert audit_guide.allowed({"type": "array", "oneOf": []}, []) == "a list, see below"
    assert audit_guide.allowed({"oneOf": []}, []) == "a word, or a list of words"
    assert audit_guide.needed("of", {"$ref": "#/$defs/ids"}, ["of"]) == "of (claims)"
    assert audit_guide.needed("n", {"type": "integer"}, []) == "n (a whole number, optional)"
    assert audit_guide.flow({"a": [1, 2]}) == "{a: [1, 2]}"


def test_the_command_answers_for_a_file_and_for_records():
    said, status = audit_guide.said_of(paths.root() / "book" / "examples" / "made_up.yml")
    assert status == 1 and "inconsistent" in said
    examples = (paths.root() / "book" / "examples" / "template.yml").read_text(encoding="utf-8")
    records = yaml.safe_load(examples)
    said, status = audit_guide.said_of_records(records)
    assert status == 0, said
    broken = [records[0] | {"kind": "no such kind"}, *records[1:]]
    said, status = audit_guide.said_of_records(broken)
    assert status == 2 and "no such kind" in said
