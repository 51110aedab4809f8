"""The network of terms: known graphs, both ways to make it, and a picture that repeats itself."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

from engine.store import paths
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.huang2025.literature import network, plots, terms
from fer_lib.papers.huang2025.literature.terms import Counted


def counts(rows, names="abcdefgh"):
    matrix = csr_matrix(np.array(rows))
    return Counted(tuple(names[: matrix.shape[1]]), matrix)


# The hub a meets b, c and d, each in two documents; e stands alone, f in one document only.
STAR = counts(
    [
        [1, 3, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [1, 0, 1, 0, 0, 1],
        [1, 0, 1, 0, 0, 0],
        [1, 0, 0, 1, 0, 0],
        [2, 0, 0, 1, 0, 0],
        [0, 0, 0, 0, 1, 0],
        [0, 0, 0, 0, 4, 0],
    ]
)


def test_a_star_has_the_measures_of_a_star():
    names = network.keywords(STAR)
    assert sorted(names) == list("abcde")  # f is in one document only
    table = network.measures(network.cooccurrence(STAR, names, least=1))
    assert list(table.index) == list("abcde")
    assert table["degree"].tolist() == [3, 1, 1, 1, 0]
    assert table["weighted degree"].tolist() == [6, 2, 2, 2, 0]
    assert table["degree centrality"].tolist() == pytest.approx([3 / 4, 1 / 4, 1 / 4, 1 / 4, 0])
    assert table["betweenness"].tolist() == pytest.approx([3 / 6, 0, 0, 0, 0])
    leaf = 1 / np.sqrt(6)
    assert table["eigenvector"].tolist() == pytest.approx([1 / np.sqrt(2), leaf, leaf, leaf, 0])


def test_an_edge_takes_as_many_documents_as_keep_a_third_of_the_pairs():
    # of three pairs one meets three times, one twice, one once: the third that may be tied is one
    three = counts([[1, 1, 0]] * 3 + [[1, 0, 1]] * 2 + [[0, 1, 1]])
    assert network.least_shared(three, list("abc")) == 3
    graph = network.cooccurrence(three, list("abc"))
    assert list(graph.edges(data="weight")) == [("a", "b", 3)] and list(graph) == list("abc")
    assert network.least_shared(three, ["a"]) == 1
    # pairs that meet equally often are tied all or none, but not all of them none
    assert network.least_shared(counts([[1, 1, 1]] * 4), list("abc")) == 4
    assert network.least_shared(counts([[1, 0, 0], [0, 1, 0]]), list("abc")) == 1


def test_the_public_code_ties_by_products_of_counts():
    of = counts([[5, 4, 0], [1, 1, 3]])
    weights = {frozenset(pair): w for *pair, w in network.as_coded(of, 0).edges(data="weight")}
    assert weights == {frozenset("ab"): 21, frozenset("ac"): 3, frozenset("bc"): 3}
    assert list(network.as_coded(of, 3)) == ["a", "b"]  # above, not from on
    assert len(network.as_coded(of)) == 0
    assert network.fitting_threshold(of, 2) == 3 and network.fitting_threshold(of, 3) == 0
    assert network.fitting_threshold(counts([[1, 0], [0, 1]])) == 0


def test_quick_degrees_are_those_of_the_network():
    chance = np.random.default_rng(0)
    words = [f"w{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(60)]
    shares = 1 / np.arange(1, 61)
    texts = [" ".join(chance.choice(words, 12, p=shares / shares.sum())) for _ in range(80)]
    of = terms.counted(texts)
    for most in (10, 30, None):
        graph = network.cooccurrence(of, network.keywords(of, most))
        quick = network.degrees(of, most)
        assert quick.to_dict() == network.measures(graph)["degree centrality"].to_dict()
        assert list(quick.index) == list(network.centrality(graph).index)


def test_a_word_of_every_document_is_in_the_centre():
    texts = ["gaze lip", "gaze brow", "lip brow", "brow nose", "nose gaze", "lip nose"]
    of = terms.counted([f"{text} searchword" for text in texts])
    assert network.degrees(of).index[0] == "searchword"


def test_a_corpus_of_one_document_has_an_empty_network():
    of = terms.counted(["gaze lip brow"])
    names = network.keywords(of)
    graph = network.cooccurrence(of, names)
    table = network.measures(graph)
    assert names == [] and len(table) == 0 and len(network.degrees(of)) == 0
    texts = [text.get_text() for text in plots.draw(graph, table, [], 0).axes[0].texts]
    assert texts == ["no two keywords occur in the same document"]


PLACES = """
import matplotlib
matplotlib.use("Agg")
from fer_lib.papers.huang2025.literature import corpus, network, plots as pictures, terms
of = terms.counted(corpus.default().texts)
graph = network.cooccurrence(of, network.keywords(of))
figure = pictures.draw(graph, network.measures(graph), [], 0)
figure.canvas.draw()
texts = figure.axes[0].texts
print([(text.get_text(), *map(float, text.xy)) for text in texts])
boxes = [text.get_window_extent() for text in texts]
pairs = [(a, b) for i, a in enumerate(boxes) for b in boxes[:i]]
print(sum(a.overlaps(b) for a, b in pairs), len(texts))
"""


def test_the_picture_is_the_same_in_every_process_and_its_labels_stay_apart(capsys):
    exec(PLACES, {})  # here words are hashed in another order than there
    here = capsys.readouterr().out
    there = subprocess.run(
        [sys.executable, "-c", PLACES],
        env=os.environ | {"PYTHONHASHSEED": "1"},
        cwd=paths.root(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert here == there
    overlapping, labels = map(int, here.splitlines()[-1].split())
    assert labels > 15 and overlapping <= labels // 10


def test_ways_to_make_the_network_are_held_against_the_first():
    star = Counted(("ant", "bird", "cow", "deer", "elk", "fox"), STAR.matrix)
    names = network.keywords(star)
    graph = network.cooccurrence(star, names)
    table = network.variants(star, star, graph)
    first = table.iloc[0]
    assert first["nodes"] == 5
    assert first["in common"] == 4  # a term without a tie is not in the centre
    assert first["ten highest"].startswith("ant, ")
    assert table["changed"].str.startswith("centre by ").sum() == 3
    coded = table[table["changed"].str.startswith("as coded")]
    assert len(coded) == 3
    assert coded["ten highest"].iloc[0] == "none"  # no pair has a product above the threshold
    least = network.least_shared(star, names)
    assert f"an edge takes {least + 1} documents" in set(table["changed"])
    assert set(table["tag"]) == {"text, our choice", "text, code", "our choice", "code"}


def test_a_figure_has_a_line_a_score():
    held = pd.DataFrame({"one": [1.0, 0.5], "two": [0.2, 0.1]}, index=["a", "b"])
    figure = plots.shares(held)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["one", "two"]
    marked = [
        list(line.get_xdata()) for line in figure.axes[0].lines if line.get_marker() != "None"
    ]
    assert [values for values in marked if values] == [[1.0, 0.5], [0.2, 0.1]]
    found = {name: [Interval(3, 1, 5, 9), Interval(4, 2, 6, 9)] for name in ("one", "two")}
    axis = plots.needed([5, 10], found, 0.5, 10).axes[0]
    assert axis.lines[0].get_xydata().tolist() == [[5, 3], [10, 4]]
    assert axis.lines[-1].get_ydata()[0] == 0.5  # the expected number, dashed
