"""How stable a list of top terms is when other documents are sampled."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from statsmodels.stats.proportion import proportion_confint

from fer_lib.evaluation.bootstrap import LEVEL, Interval, interval, means, weights_of
from fer_lib.papers.huang2025.literature import terms
from fer_lib.papers.huang2025.literature.terms import Counted

TOP = 10  # as many terms as section 4.1 prints
Score = Callable[[Counted], pd.Series]


def shared(first: Iterable[str], second: Iterable[str]) -> int:
    """Return how many terms two lists share, whatever their order."""
    return len(set(first) & set(second))


@dataclass(frozen=True)
class Resampled:
    """The terms after resampling the documents.

    Attributes
    ----------
    tops : list of list of str
        The top terms of each resample.
    documents : int
        Drawn each time.
    """

    tops: list[list[str]]
    documents: int

    def shares(self) -> pd.Series:
        """Return by term the share of resamples that have it among the top, highest first."""
        counts = pd.Series([term for top in self.tops for term in top], dtype=object)
        return _ordered(counts.value_counts() / len(self.tops))

    def kept(self, reference: list[str]) -> Interval:
        """Return how many terms of the reference a resample has: mean and percentile interval.

        A resample is made of the very documents of the corpus, so this flatters; `halves` does not.
        """
        return _interval([shared(top, reference) for top in self.tops], self.documents)


def resampled(of: Counted, score: Score, draws: int, seed: int) -> Resampled:
    """Score corpora whose documents are drawn with replacement, as many as there are.

    Parameters
    ----------
    of : Counted
        All documents.
    score : callable
        Takes counts, returns one number a term, highest first.
    draws, seed : int
        Number of resamples, and where they begin.
    """
    documents = of.matrix.shape[0]
    rows = np.arange(documents)
    times = weights_of(documents, draws, seed).astype(int)
    tops = [terms.top(score(of.of(rows.repeat(each))), TOP) for each in times]
    return Resampled(tops, documents)


def weights(of: Counted, watched: list[str], draws: int, seed: int) -> dict[str, Interval]:
    """Return the mean TF-IDF weight of some terms with intervals from resampled documents.

    How rare a term is stays as it is in the whole corpus. Taken from each resample anew, it would
    shift the intervals: a document that is drawn twice makes its rare terms look less rare.
    """
    places = np.searchsorted(of.terms, watched)
    found = of.weighted()[:, places].toarray()
    columns = dict(zip(watched, found.T, strict=True))
    return means(columns, np.arange(len(found)), draws, seed)


def halves(of: Counted, score: Score, size: int, draws: int, seed: int) -> Interval:
    """Return how many top terms two corpora of ``size`` share that have no document in common.

    Drawn from ``of`` without replacement: mean and percentile interval over ``draws`` pairs.

    Raises
    ------
    ValueError
        If there are not twice as many documents.
    """
    documents = of.matrix.shape[0]
    if not 1 <= size <= documents // 2:
        raise ValueError(f"size is {size}: choose 1 to {documents // 2}, half of the documents")
    chance = np.random.default_rng([seed, size])
    found = []
    for _ in range(draws):
        order = chance.permutation(documents)
        pair = (order[:size], order[size : 2 * size])
        found.append(shared(*(terms.top(score(of.of(rows)), TOP) for rows in pair)))
    return _interval(found, size)


def dealt(of: Counted, chance: np.random.Generator) -> Counted:
    """Return a corpus whose words are dealt out again at random.

    Every document keeps its number of words, every term its number of occurrences; which of them
    meet in a document is chance.
    """
    counts = of.matrix.tocoo()
    words = chance.permutation(np.repeat(counts.col, counts.data))
    lengths = np.asarray(of.matrix.sum(1)).ravel()
    rows = np.repeat(np.arange(len(lengths)), lengths)
    return Counted(of.terms, csr_matrix((np.ones_like(words), (rows, words)), of.matrix.shape))


def by_chance(of: Counted, score: Score, reference: list[str], draws: int, seed: int) -> Interval:
    """Return how many terms of the reference are at the top of corpora that are `dealt` out again.

    Mean and percentile interval over ``draws`` such corpora: what frequency alone gives.
    """
    chance = np.random.default_rng(seed)
    found = [shared(terms.top(score(dealt(of, chance)), TOP), reference) for _ in range(draws)]
    return _interval(found, of.matrix.shape[0])


def proportion(holds: np.ndarray) -> Interval:
    """Return the share of documents that hold something, with Wilson's interval.

    A share of zero has an interval too, which resampling could not give.
    """
    total = len(holds)
    low, high = proportion_confint(int(holds.sum()), total, 1 - LEVEL, method="wilson")
    return Interval(float(np.mean(holds)), float(low), float(high), total)


def emphasis(
    counts: Counted, sides: dict[str, tuple[str, ...]], draws: int, seed: int
) -> dict[str, Interval]:
    """Return the share of documents that hold one of the words of each of two sides.

    Parameters
    ----------
    counts : Counted
        The corpus, by lemmas.
    sides : dict
        Name to words; two of them.
    draws, seed : int
        Behind the interval of "difference", the first share less the second, for which documents
        are drawn again; the shares have Wilson's.
    """
    first, second = (counts.holding(map(terms.lemma, words)) for words in sides.values())
    difference = {"difference": first.astype(float) - second}
    found = {side: proportion(one) for side, one in zip(sides, (first, second), strict=True)}
    return found | means(difference, np.arange(len(first)), draws, seed)


def expected(of: Counted) -> float:
    """Return how many terms two lists share if each is drawn blindly from all terms."""
    return TOP**2 / max(len(of.terms), TOP)


def _ordered(values: pd.Series) -> pd.Series:
    return values.sort_index().sort_values(ascending=False, kind="stable")


def _interval(found: list[int], documents: int) -> Interval:
    return interval(float(np.mean(found)), found, documents, 1)
