"""The co-occurrence network of terms, and the centrality of each term."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, triu

from fer_lib.papers.huang2025.literature import terms
from fer_lib.papers.huang2025.literature.stability import TOP, shared
from fer_lib.papers.huang2025.literature.terms import DIGITS, Counted

NODES = 30  # keywords of the network: our choice, section 3.1 prints no number
TIED = 1 / 3  # of all pairs of keywords, at most: our choice
THRESHOLD = 100  # weight above which the public code keeps an edge
MANY = 80  # nodes, about as many as the public picture of Figure 3 has


def keywords(of: Counted, most: int | None = NODES) -> list[str]:
    """Return the terms of highest TF-IDF weight among those of two documents or more.

    A term of one document has edges by the length of that document only. All of them without
    ``most``.
    """
    several = of.matrix.getnnz(axis=0) > 1
    several = {of.terms[place] for place in np.flatnonzero(several)}
    return [term for term in of.tfidf().index if term in several][:most]


def cooccurrence(of: Counted, names: list[str], least: int | None = None) -> nx.Graph:
    """Return the network of the text: an edge where two keywords occur in the same documents.

    The ``weight`` of an edge is the number of documents that hold both, whatever the counts in
    each. A keyword without an edge is a node all the same.

    Parameters
    ----------
    of : Counted
        The corpus.
    names : list of str
        The keywords.
    least : int, optional
        Documents that an edge takes; `least_shared` by default.
    """
    shared = _shared(of, names)
    threshold = (least_shared(of, names) if least is None else least) - 1
    return _graph(names, csr_matrix(shared), threshold, alone=True)


def least_shared(of: Counted, names: list[str]) -> int:
    """Return the fewest documents for an edge by which at most `TIED` of all pairs are tied.

    Among abstracts nearly any two keywords meet somewhere: with an edge for each such pair every
    degree would be the same. Where more pairs than that meet in the most documents, all these are
    tied.
    """
    return _least(_shared(of, names))


def as_coded(of: Counted, threshold: int = THRESHOLD) -> nx.Graph:
    """Return the network of the public code: edges heavier than ``threshold`` of all terms.

    The weight of an edge is the sum over documents of the product of both counts, so one long
    document that repeats two words ties them as many short ones do. A term without such an edge is
    no node.
    """
    return _graph(list(of.terms), of.matrix.T @ of.matrix, threshold, alone=False)


def fitting_threshold(of: Counted, most: int = MANY) -> int:
    """Return the lowest threshold at which `as_coded` has at most so many nodes."""
    weights = triu(of.matrix.T @ of.matrix, k=1).tocoo()
    if not weights.nnz:
        return 0
    ends = np.concatenate([weights.row, weights.col])
    heaviest = np.zeros(len(of.terms))
    np.maximum.at(heaviest, ends, np.tile(weights.data, 2))
    ranked = np.sort(heaviest)[::-1]
    return int(ranked[most]) if len(ranked) > most else 0


def measures(graph: nx.Graph) -> pd.DataFrame:
    """Return degree and centralities of each node, highest degree centrality first.

    Columns: ``degree`` (neighbours), ``weighted degree`` (sum of the weights), ``degree
    centrality`` (share of the other nodes that are neighbours), ``betweenness`` (without weights,
    which would be read as distances), ``eigenvector`` (with weights, on the largest connected part;
    zero outside of it). Equal ones stand in alphabetical order.
    """
    rows = {
        "degree": dict(graph.degree()),
        "weighted degree": dict(graph.degree(weight="weight")),
        "degree centrality": nx.degree_centrality(graph),
        "betweenness": nx.betweenness_centrality(graph),
        "eigenvector": _eigenvector(graph),
    }
    frame = pd.DataFrame({name: pd.Series(of, dtype=float) for name, of in rows.items()})
    frame = frame.round(DIGITS).loc[centrality(graph).index]
    whole = ["degree", "weighted degree"]
    return frame.astype(dict.fromkeys(whole, int)).rename_axis("term")


def centrality(graph: nx.Graph) -> pd.Series:
    """Return the degree centrality of each node, highest first, equal ones alphabetically."""
    found = pd.Series(nx.degree_centrality(graph), dtype=float).round(DIGITS).sort_index()
    return found.sort_values(ascending=False, kind="stable")


def degrees(of: Counted, most: int | None = NODES) -> pd.Series:
    """Return `centrality` of `cooccurrence` of `keywords`, without a graph: for resampling."""
    names = sorted(keywords(of, most))
    shared = _shared(of, names)
    together = shared >= _least(shared)
    np.fill_diagonal(together, False)
    shares = (together.sum(1) / max(len(names) - 1, 1)).round(DIGITS)
    return pd.Series(shares, names, float).sort_values(ascending=False, kind="stable")


def variant(
    what: str, tag: str, graph: nx.Graph, central: list[str], order: pd.Series | None = None
) -> dict:
    """Return a row of a table of networks: what was changed, and how much of a top ten stays.

    Parameters
    ----------
    what, tag : str
        What was changed, and where that comes from.
    graph : Graph
        The network.
    central : list of str
        The ten terms to compare with, by their lemmas.
    order : Series, optional
        A measure of the nodes, highest first; by default `centrality`.
    """
    ten = terms.top(centrality(graph) if order is None else order, TOP)
    return {
        "changed": what,
        "tag": tag,
        "nodes": len(graph),
        "edges": graph.number_of_edges(),
        "ten highest": ", ".join(ten) or "none",
        "in common": shared(map(terms.lemma, central), map(terms.lemma, ten)),
    }


def variants(counts: Counted, forms: Counted, graph: nx.Graph) -> pd.DataFrame:
    """Return how the ten terms in the centre change with the way that the network is made.

    Each row changes one thing against the first, which is ``graph``.

    Parameters
    ----------
    counts, forms : Counted
        A corpus by lemmas, and by word forms.
    graph : Graph
        `cooccurrence` of the `keywords` of ``counts``.
    """
    names, measured = keywords(counts), measures(graph)
    least = least_shared(counts, names)
    central = terms.top(measured["degree centrality"], TOP)

    def row(what: str, tag: str, one: nx.Graph, order: pd.Series | None = None) -> dict:
        return variant(what, tag, one, central, order)

    rows = [row("nothing: lemmas, keywords, degree", "text, our choice", graph)]
    for measure in ("weighted degree", "betweenness", "eigenvector"):
        order = measured[measure].sort_index().sort_values(ascending=False, kind="stable")
        rows.append(row(f"centre by {measure}", "text, code", graph, order))
    for most in (NODES // 2, 2 * NODES):
        one = cooccurrence(counts, keywords(counts, most))
        rows.append(row(f"{most} keywords", "our choice", one))
    for fewest in sorted({1, least + 1} - {least}):
        what = f"an edge takes {fewest} document{'s' * (fewest > 1)}"
        rows.append(row(what, "our choice", cooccurrence(counts, names, fewest)))
    rows.append(row("word forms, no lemmas", "code", cooccurrence(forms, keywords(forms))))
    for limit, one, what in (
        (THRESHOLD, forms, "word forms"),
        (fitting_threshold(forms), forms, "word forms"),
        (fitting_threshold(counts), counts, "but lemmas"),
    ):
        coded = as_coded(one, limit)
        rows.append(row(f"as coded, {what}: products above {limit}", "code", coded))
    return pd.DataFrame(rows)


def _shared(of: Counted, names: list[str]) -> np.ndarray:
    """Return in how many documents each two of some terms occur together: (terms, terms)."""
    places = np.searchsorted(of.terms, names)
    present = (of.matrix[:, places].toarray() > 0).astype(float)
    return present.T @ present


def _least(shared: np.ndarray) -> int:
    pairs = np.sort(shared[np.triu_indices(len(shared), k=1)])[::-1]
    if not len(pairs):
        return 1
    return max(int(min(pairs[int(TIED * len(pairs))] + 1, pairs[0])), 1)


def _graph(names: list[str], weights, threshold: int, alone: bool) -> nx.Graph:
    """Return a graph of the pairs whose weight is above ``threshold``, nodes in their order."""
    pairs = triu(weights, k=1).tocoo()
    heavy = pairs.data > threshold
    edges = sorted(zip(pairs.row[heavy], pairs.col[heavy], pairs.data[heavy], strict=True))
    kept = range(len(names)) if alone else sorted({place for edge in edges for place in edge[:2]})
    graph = nx.Graph()
    graph.add_nodes_from(names[place] for place in kept)
    graph.add_weighted_edges_from((names[a], names[b], int(weight)) for a, b, weight in edges)
    return graph


def _eigenvector(graph: nx.Graph) -> dict[str, float]:
    found = dict.fromkeys(graph, 0.0)
    if not graph.number_of_edges():
        return found
    # Of two parts of one size the one that comes first in the order of the nodes.
    part = graph.subgraph(max(nx.connected_components(graph), key=len))
    nodes = [node for node in graph if node in part]
    weights = nx.to_numpy_array(part, nodelist=nodes)
    vector = np.abs(np.linalg.eigh(weights)[1][:, -1])
    return found | dict(zip(nodes, vector.tolist(), strict=True))
