"""Verdicts on the explanation part: the printed terms as lemmas, and what another corpus is."""

from dataclasses import replace

import networkx as nx
import pytest

from fer_lib.evaluation import ledgers
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.huang2025.literature import terms, verdicts

LEDGER = ledgers.load("huang2025")
TEN = verdicts.printed(LEDGER)


def test_the_printed_terms_hold_plurals_beside_their_singular():
    assert len(TEN.terms) == 10
    assert len(set(TEN.lemmas)) == 10 - len(TEN.plurals) == 8
    assert TEN.apart.count(" beside ") == 2
    table = TEN.table()
    plurals = [other for _, other in TEN.plurals]
    assert (table.set_index("printed term").loc[plurals, "unchanged"] == "no").all()
    assert (table["word of the subject"] == "yes").sum() == sum(TEN.of_subject) > 0


def test_a_plural_that_is_no_plural_is_refused(monkeypatch):
    monkeypatch.setattr(terms, "lemma", lambda word: word)
    with pytest.raises(ValueError, match="not one lemma"):
        verdicts.printed(LEDGER)


def test_words_are_compared_as_lemmas():
    assert verdicts.in_ten(["features", "bias"], ["feature", "x"]) == ("1 of 2 lemmas in our ten")
    stands = verdicts.places(["x", "bias"])
    assert stands["bias"] == 2
    assert stands["fairness"] is None


def rows(graph, ledger=LEDGER):
    return verdicts.rows(
        ledger,
        ("12 documents", "another corpus"),
        (["expression"], ["face"]),
        {"time": 3},
        graph,
        verdicts.places(["bias"]),
        Interval(0.4, 0.3, 0.5, 12),
    ).rows


def test_another_corpus_neither_reproduces_nor_refutes():
    graph = nx.Graph()
    found = {row.claims[-1].id: row for row in rows(graph)}
    assert found["s6.corpus"].verdict.word == "not comparable"
    assert found["s6.corpus"].verdict.why == "another corpus"
    assert found["s4_1.word_forms"].verdict.word == "inconsistent"
    assert found["s4_1.word_forms"].verdict.why.startswith("the 10 printed terms are 8 lemmas: ")
    assert found["s4_1.link"].ours == "no edge between them"
    assert "bias: place 1" in found["s1_4.peripheral_terms"].ours
    assert "fairness: no keyword" in found["s1_4.peripheral_terms"].ours
    assert found["s6.emphasis"].ours == "difference of the shares 0.400 [0.300, 0.500]"
    words = [row.verdict.word for row in rows(graph)]
    assert words.count("not comparable") == 8
    assert words.count("underspecified") == 4
    graph.add_edge("dataset", "expression", weight=7)
    (link,) = (row for row in rows(graph) if row.claims[0].id == "s4_1.link")
    assert link.ours == "7 documents"


def test_the_claims_lists_are_read():
    claim = replace(LEDGER["fig2.dominant"], means=("one, two ,three",))
    assert verdicts.listed({"x": claim}, "x") == ["one", "two", "three"]
