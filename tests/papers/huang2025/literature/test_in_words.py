"""What the page on the literature says, and that its cells in view count as its modules do."""

from functools import partial

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from fer_lib.evaluation import ledgers
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.huang2025.literature import corpus as corpora
from fer_lib.papers.huang2025.literature import in_words, network, terms, verdicts

CORPUS = corpora.default()


@pytest.mark.parametrize("lemmas", [True, False])
def test_the_cells_in_view_count_and_tie_as_the_modules_do(lemmas):
    vectorizer = CountVectorizer(analyzer=partial(terms.prepared, lemmas=lemmas))
    matrix = vectorizer.fit_transform(CORPUS.texts)
    words = vectorizer.get_feature_names_out()
    weights = TfidfTransformer().fit_transform(matrix).mean(axis=0)
    weight = pd.Series(np.asarray(weights).ravel(), words)
    counts = terms.counted(CORPUS.texts, lemmas)
    assert np.allclose(counts.tfidf()[words], weight)
    several = np.asarray((matrix > 0).sum(axis=0)).ravel() > 1
    nodes = list(weight[several].nlargest(30).index)
    assert nodes == network.keywords(counts, 30)
    present = (matrix[:, np.searchsorted(words, nodes)] > 0).astype(int)
    together = pd.DataFrame((present.T @ present).toarray(), nodes, nodes)
    least = network.least_shared(counts, nodes)
    tied = together.where((together >= least) & ~np.eye(len(nodes), dtype=bool), 0)
    shown, ours = nx.from_pandas_adjacency(tied), network.cooccurrence(counts, nodes)
    assert nx.utils.graphs_equal(shown, ours)
    assert network.measures(shown).equals(network.measures(ours))


def test_what_a_corpus_holds_is_told():
    told = in_words.numbers(CORPUS)
    assert told["documents"] == len(CORPUS.documents)
    assert in_words.standing(CORPUS).startswith("a demonstration (")
    assert "This is a demonstration" in in_words.demonstration(CORPUS, "370 abstracts")
    long = corpora.Corpus("own", "", CORPUS.documents * 9)
    assert long.long == 0 and long.demonstration


def test_the_printed_terms_are_fewer_lemmas():
    told = in_words.printed(verdicts.printed(ledgers.load("huang2025")))
    assert told.startswith("**The 10 printed terms are 8 lemmas.**")
    assert "6 of them are words of the subject" in told


def test_what_stays_is_counted():
    table = pd.DataFrame({"in common": [10, 7, 9, 0], "nodes": [30, 30, 20, 0]})
    assert "keep 7 to 9 of the 2 terms" in in_words.variants(table, ["a", "b"])
    assert in_words.variants(table, []) == "There is no network."
    row, _ = in_words.overlap({"x": (["a", "b"], ["b", "c"]), "y": ([], [])})
    assert (row["dominant or most frequent"], row["in the centre"]) == ("a, b", "1 of 2")
    held = pd.DataFrame({"weight": [1.0, 0.95, 0.2], "degree": [0.91, 0.9, 0.0]})
    told = in_words.stable(Interval(9.0, 8, 10, 5, 1), Interval(7.0, 6, 8, 5, 1), held)
    assert "9.0 [8.0, 10.0] terms by TF-IDF weight and 7.0 [6.0, 8.0] by degree" in told
    assert "2 terms by weight and 1 by degree" in told


def test_words_at_the_edge_are_named_by_place():
    told = in_words.edge({"subtle": 3, "bias": None}, 30)
    assert "stand *subtle* at place 3, of 30 keywords. Not among the keywords: *bias*." in told
    assert "stand none of the words" in in_words.edge({"bias": None}, 5)
    assert told.count("none") == 0
