"""Sentences and small tables on the corpus of the page on the literature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.huang2025.literature import corpus as corpora
from fer_lib.papers.huang2025.literature import network
from fer_lib.papers.huang2025.literature.corpus import Corpus
from fer_lib.papers.huang2025.literature.stability import TOP, shared
from fer_lib.papers.huang2025.literature.verdicts import Printed


def numbers(corpus: Corpus) -> dict[str, int]:
    """Return what a corpus holds, and what was left out of it."""
    return {
        "documents": len(corpus.documents),
        "with an abstract": corpus.abstracts,
        f"of {corpora.LONG} words or more": corpus.long,
        "running words": corpus.words,
        "dropped because they come twice": len(corpus.duplicates),
        "without title and abstract": corpus.without_text,
    }


def standing(corpus: Corpus) -> str:
    """Return why what is found in a corpus is no finding on the paper's."""
    kind = "a demonstration" if corpus.demonstration else "another corpus"
    return (
        f"{kind} ({corpus.told}, {corpus.long:,} of abstract length); the list of the paper's "
        "abstracts is not printed"
    )


def demonstration(corpus: Corpus, of_paper: str) -> str:
    """Return what a corpus can show; ``of_paper`` is the number of documents of the paper's."""
    if not corpus.demonstration:
        return f"The paper counts {of_paper}; this is another corpus."
    return (
        f"**This is a demonstration.** {corpus.told}: below {corpora.ENOUGH} documents of abstract "
        "length (our choice) a page like this shows how the tools work, and nothing about a "
        f"literature. The paper counts {of_paper}."
    )


def printed(ten: Printed) -> str:
    """Return what lemmatising the printed terms shows."""
    changed = sum(one != other for one, other in zip(ten.terms, ten.lemmas, strict=True))
    return (
        f"**The {len(ten.terms)} printed terms are {len(set(ten.lemmas))} lemmas.** In the list "
        f"{ten.apart} stand as separate terms, and {changed} of the {len(ten.terms)} are not their "
        f"own lemma. {sum(ten.of_subject)} of them are words of the subject that the corpus was "
        "collected on: they are bound to stand high in any such corpus, whatever its works are "
        "concerned with."
    )


def variants(table: pd.DataFrame, central: Sequence[str]) -> str:
    """Return how many of the ten terms in the centre stay when the network is made otherwise."""
    if not central:
        return "There is no network."
    others = table["in common"][1:][table["nodes"][1:] > 0]
    return (
        f"The other ways that give a network at all keep {others.min()} to {others.max()} of the "
        f"{len(central)} terms. The threshold {network.THRESHOLD} of the public code fits a "
        "certain amount of text: the number of words of a corpus decides how many pairs reach it."
    )


def overlap(pairs: Mapping[str, tuple[Sequence[str], Sequence[str]]]) -> list[dict]:
    """Return a row a pair of lists: the frequent terms, and how many of them are in the centre."""
    return [
        {
            "where": where,
            "dominant or most frequent": ", ".join(frequent),
            "in the centre": f"{shared(frequent, centre)} of {len(set(frequent))}",
        }
        for where, (frequent, centre) in pairs.items()
    ]


def stable(weight: Interval, degree: Interval, held: pd.DataFrame) -> str:
    """Return how many top terms a resample keeps; ``held`` has the share of each, a column a score.

    A resample is made of the same documents, so this flatters.
    """
    often = [(held[name] > 0.9).sum() for name in held]
    return (
        f"Of its own top {TOP} a resample keeps {weight} terms by TF-IDF weight and {degree} by "
        f"degree centrality (mean and interval). In more than nine of ten resamples stand "
        f"{often[0]} terms by weight and {often[1]} by degree. A resample is made of the same "
        "documents, so this flatters both lists."
    )


def edge(stands: Mapping[str, int | None], keywords: int) -> str:
    """Return which of the words that the paper sees at the edge are keywords of a network."""
    there = ", ".join(f"*{one}* at place {place}" for one, place in stands.items() if place)
    missing = ", ".join(f"*{one}*" for one, place in stands.items() if not place)
    return (
        "In the network above stand "
        f"{there or 'none of the words that the paper sees at the edge'}, of {keywords} keywords. "
        f"Not among the keywords: {missing or 'none of them'}."
    )
