"""Verdicts on the explanation part of huang2025: corpus, word cloud, network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx
import pandas as pd

from claimcheck import Claim
from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.evaluation.verdicts import Verdict
from fer_lib.papers.huang2025.literature import terms
from fer_lib.papers.huang2025.literature.stability import shared

EDGE_TERMS = ("spontaneous", "subtle", "accuracy", "bias", "fairness", "diversity")


@dataclass(frozen=True)
class Printed:
    """The ten terms that section 4.1 prints as those of highest degree centrality.

    Attributes
    ----------
    terms, lemmas : list of str
        As printed, and the lemma of each.
    of_subject : list of bool
        Whether a lemma is a word of the subject that the corpus was collected on.
    """

    terms: list[str]
    lemmas: list[str]
    of_subject: list[bool]

    @property
    def plurals(self) -> list[tuple[str, str]]:
        """Terms that stand in the list beside their own plural."""
        return [(one, one + "s") for one in self.terms if one + "s" in self.terms]

    @property
    def apart(self) -> str:
        """The plurals in words."""
        return " and ".join(f"*{one}* beside *{other}*" for one, other in self.plurals)

    def table(self) -> pd.DataFrame:
        """Return one row a term."""
        unchanged = [one == other for one, other in zip(self.terms, self.lemmas, strict=True)]
        return pd.DataFrame(
            {
                "printed term": self.terms,
                "lemma": self.lemmas,
                "unchanged": ["yes" if one else "no" for one in unchanged],
                "word of the subject": ["yes" if one else "no" for one in self.of_subject],
            }
        )


def printed(ledger: Mapping[str, Claim]) -> Printed:
    """Return the ten printed terms, lemmatised.

    Raises
    ------
    ValueError
        If a term and its plural have two lemmas: then the page says what is not so.
    """
    found = list(ledger["s4_1.top_ten"].means)
    subject = terms.prepared("facial micro expression recognition machine learning")
    lemmas = [terms.lemma(term) for term in found]
    ten = Printed(found, lemmas, [one in subject for one in lemmas])
    unlike = [pair for pair in ten.plurals if len(set(map(terms.lemma, pair))) > 1]
    if unlike:
        raise ValueError(f"not one lemma: {unlike}")
    return ten


def listed(ledger: Mapping[str, Claim], name: str) -> list[str]:
    """Return the terms that a claim lists with commas between them."""
    return [one.strip() for one in ledger[name].means[0].split(",")]


def in_ten(words: Iterable[str], ten: Iterable[str]) -> str:
    """Return in words how many of some printed words are among ten of ours, as lemmas."""
    wanted = dict.fromkeys(map(terms.lemma, words))
    return f"{shared(wanted, map(terms.lemma, ten))} of {len(wanted)} lemmas in our ten"


def places(ordered: Sequence[str]) -> dict[str, int | None]:
    """Return the place of each of `EDGE_TERMS` in a list of lemmas; None if it is not there."""
    at = {term: place for place, term in enumerate(ordered, 1)}
    return {one: at.get(terms.lemma(one)) for one in EDGE_TERMS}


def rows(
    ledger: Mapping[str, Claim],
    corpus: tuple[str, str],
    tops: tuple[Sequence[str], Sequence[str]],
    frequency: Mapping[str, int],
    graph: nx.Graph,
    stands: Mapping[str, int | None],
    emphasis: Interval,
) -> VerdictRows:
    """Return the rows of the table.

    Parameters
    ----------
    ledger : mapping
        Claims by id.
    corpus : (str, str)
        How many documents our corpus has, in words, and why it is not the paper's.
    tops : (sequence of str, sequence of str)
        Our ten most frequent lemmas, and our ten most central ones.
    frequency : mapping
        How often each lemma occurs.
    graph : Graph
        Our network of keywords.
    stands : mapping
        As `places` returns it.
    emphasis : Interval
        Share of documents on performance and data less that on fairness.
    """
    told, standing = corpus
    frequent, central = tops
    table = VerdictRows(ledger)
    ten = printed(ledger)
    dominant, times = listed(ledger, "fig2.dominant"), listed(ledger, "fig2.time_terms")
    hubs = list(ledger["s4_1.central"].means)

    def other(names: tuple[str, ...], ours: str, about: str = "", printed: str = "") -> None:
        """Add a row on what another corpus cannot reproduce or refute."""
        verdict = Verdict("not comparable", standing)
        table.add(names, verdict, ours, about=about, printed=printed)

    other(
        ("s2_2.corpus", "s3_1.corpus", "s6.corpus"),
        told,
        "size of the text corpus",
        ledger["s3_1.corpus"].shown,
    )
    table.underspecified(
        "s3_1.sources",
        "text and public code differ (Scopus and Google Scholar; arXiv): which texts made the "
        "figures is not said, and neither query nor date is printed",
    )
    table.underspecified(
        ("s2_2.representation", "s3_1.representation"),
        "text and public code differ, which counts words and weighs nothing; no TF-IDF weight is "
        "printed, and which of them made the figures is not said",
    )
    table.inconsistent(
        ("s3_1.lemmas", "s4_1.word_forms"),
        f"the {len(ten.terms)} printed terms are {len(set(ten.lemmas))} lemmas: "
        f"{ten.apart.replace('*', '')}",
        about="lemmas, and word forms in the list of top terms",
    )
    table.underspecified(
        "fig2.frequent",
        "the caption speaks of abstracts; every word that we can read in the public picture occurs "
        "in one abstract. This is our inference from the picture",
    )
    other(
        ("fig2.dominant", "s4_1.dominant"),
        in_ten(dominant, frequent),
        "dominant terms of the word cloud",
        ", ".join(dominant),
    )
    counted = ", ".join(f"{one} {frequency.get(terms.lemma(one), 0)}" for one in times)
    other(
        ("fig2.time_terms", "s4_1.time_terms"),
        f"occurrences: {counted}",
        "further frequent terms",
        ", ".join(times),
    )
    other(
        ("s4_1.top_ten",),
        in_ten(ten.terms, central),
        "the ten terms of highest degree centrality",
        ", ".join(ten.terms),
    )
    other(("s4_1.central", "fig3.central"), in_ten(hubs, central), "central nodes", ", ".join(hubs))
    table.underspecified(
        ("s4_1.central", "s4_1.centrality"),
        f"{shared(hubs, ten.terms)} of the {len(hubs)} terms called central are in the printed "
        "list of ten; from which degree on a term is central is not said",
        about="central nodes beside the printed list of ten",
        printed=", ".join(hubs),
    )
    other(
        ("s4_1.peripheral", "fig3.peripheral", "s1_4.peripheral_terms"),
        "; ".join(
            f"{one}: {f'place {place}' if place else 'no keyword'}" for one, place in stands.items()
        ),
        "terms at the edge of the network",
        ", ".join(EDGE_TERMS),
    )
    linked = graph.get_edge_data("dataset", "expression")
    other(("s4_1.link",), f"{linked['weight']} documents" if linked else "no edge between them")
    other(
        ("s2_2.finding", "s4_1.finding", "s6.emphasis"),
        f"difference of the shares {emphasis}",
        "performance and data sets before fairness",
    )
    return table
