"""The causal diagram of Figure 5, and its adjustment sets for an effect."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import pandas as pd

TREATMENT, OUTCOME = "T", "Y"
NAMES = {
    "X": "imbalance of the data",
    "T": "augmentation",
    "Z": "features and classifier",
    "Y": "macro-F1",
}
# The caption: X acts on Y, T acts on Y, Z acts on all the others.
FIGURE_5 = (("X", "Y"), ("T", "Y"), ("Z", "X"), ("Z", "T"), ("Z", "Y"))
WORLDS = {
    "as the caption of Figure 5 says": FIGURE_5,
    "the ratio decides who is treated, as the design of section 5.1 needs": (
        ("X", "Y"),
        ("T", "Y"),
        ("Z", "X"),
        ("Z", "Y"),
        ("X", "T"),
    ),
    "people treat what they think needs it": (*FIGURE_5, ("X", "T")),
    "lots decide, as in the experiment here": (("X", "Y"), ("T", "Y"), ("Z", "Y")),
}


def graph(arrows: tuple[tuple[str, str], ...]) -> nx.DiGraph:
    """Return a causal diagram.

    Raises
    ------
    ValueError
        If the arrows run in a circle.
    """
    found = nx.DiGraph(arrows)
    if not nx.is_directed_acyclic_graph(found):
        raise ValueError("the arrows run in a circle: take one out")
    return found


def closes_back_doors(diagram: nx.DiGraph, held: set[str]) -> bool:
    """Return whether holding ``held`` fixed leaves only the effect of the treatment.

    Nothing held may follow from the treatment, and without the arrows that leave the treatment it
    must be separated from the outcome.

    References
    ----------
    Pearl, Biometrika 82 (1995), doi:10.1093/biomet/82.4.669, definition 1.
    """
    if held & nx.descendants(diagram, TREATMENT):
        return False
    behind = diagram.copy()
    behind.remove_edges_from(list(diagram.out_edges(TREATMENT)))
    return nx.is_d_separator(behind, {TREATMENT}, {OUTCOME}, held)


def table() -> pd.DataFrame:
    """Return, for each world, which of X and Z have to be held fixed: one column a choice."""
    choices = [set(c) for size in range(3) for c in combinations("XZ", size)]
    rows = {}
    for world, arrows in WORLDS.items():
        diagram = graph(arrows)
        rows[world] = {
            " and ".join(sorted(held)) or "nothing": "enough"
            if closes_back_doors(diagram, held)
            else "not enough"
            for held in choices
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("who is treated")
