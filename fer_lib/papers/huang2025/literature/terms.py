"""The terms of a corpus: tokenisation, counts and weights."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
import simplemma
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

from fer_lib.papers.huang2025.literature.exports import CorpusError

# Two characters or more, as scikit-learn's vectorisers cut: a hyphen parts micro and expression.
TOKEN = re.compile(r"\b\w\w+\b")
DIGITS = 12  # to which weights are compared, so that equal ones are equal on every machine


def prepared(text: str, lemmas: bool = True) -> list[str]:
    """Return the terms of a text, in order, by the steps of section 3.1.

    Lower case, punctuation, tokens, stop words, lemmas. The steps are the paper's, how each is done
    is our choice: tokens are runs of two or more letters, digits or underscores with at least one
    letter, the stop words are scikit-learn's English ones (also taken out once more after the
    lemmas), and a lemma is looked up in the English list of simplemma without regard to the
    sentence.

    Parameters
    ----------
    text : str
        English.
    lemmas : bool
        Whether word forms are brought together, as section 3.1 says.
    """
    tokens = TOKEN.findall(unicodedata.normalize("NFKC", text).lower())
    lettered = (token for token in tokens if any(sign.isalpha() for sign in token))
    words = [token for token in lettered if token not in ENGLISH_STOP_WORDS]
    if not lemmas:
        return words
    return [found for word in words if (found := lemma(word)) not in ENGLISH_STOP_WORDS]


@cache
def lemma(word: str) -> str:
    """Return the English lemma of a word in lower case; a word that is not known stays."""
    return simplemma.lemmatize(word, lang="en").lower()


@dataclass(frozen=True)
class Counted:
    """How often each term occurs in each document.

    Attributes
    ----------
    terms : tuple of str
        In alphabetical order.
    matrix : csr_matrix
        int, (documents, terms).
    """

    terms: tuple[str, ...]
    matrix: csr_matrix

    def of(self, rows: np.ndarray) -> Counted:
        """Return the counts of some documents, repeats allowed."""
        return Counted(self.terms, self.matrix[rows])

    def series(self, values: np.ndarray) -> pd.Series:
        """Return one number a term, highest first, equal ones in alphabetical order."""
        numbers = np.asarray(values, float).ravel().round(DIGITS)
        order = np.argsort(-numbers, kind="stable")
        return pd.Series(numbers[order], index=[self.terms[place] for place in order])

    def frequency(self) -> pd.Series:
        """Return how often each term occurs in all documents together."""
        return self.series(self.matrix.sum(0)).astype(int)

    def documents(self) -> pd.Series:
        """Return in how many documents each term occurs."""
        return self.series(self.matrix.getnnz(axis=0)).astype(int)

    def holding(self, words: Iterable[str]) -> np.ndarray:
        """Return whether each document has at least one of some terms: bool (documents,)."""
        wanted = set(words)
        places = [place for place, term in enumerate(self.terms) if term in wanted]
        return np.asarray(self.matrix[:, places].sum(1)).ravel() > 0

    def weighted(self) -> csr_matrix:
        """Return the TF-IDF weight of each term in each document: float, (documents, terms).

        The weights are those of scikit-learn's TfidfTransformer as it is set by default (our
        choice): the inverse document frequency is smoothed, and each document has length one. They
        are worked out here because resampling asks for them thousands of times.
        """
        of = self.matrix
        documents = of.shape[0]
        rarity = np.log((1 + documents) / (1 + of.getnnz(axis=0))) + 1
        weights = of.data * rarity[of.indices]
        rows = np.repeat(np.arange(documents), np.diff(of.indptr))
        lengths = np.sqrt(np.bincount(rows, weights**2, minlength=documents))
        return csr_matrix((weights / lengths[rows], of.indices, of.indptr), of.shape)

    def tfidf(self) -> pd.Series:
        """Return the mean TF-IDF weight of each term over the documents."""
        return self.series(self.weighted().mean(0))


def counted(texts: Iterable[str], lemmas: bool = True) -> Counted:
    """Count the terms of some texts, each `prepared`.

    Raises
    ------
    CorpusError
        If nothing is left to count.
    """
    vectoriser = CountVectorizer(analyzer=lambda text: prepared(text, lemmas))
    try:
        matrix = vectoriser.fit_transform(texts)
    except ValueError:
        raise CorpusError(
            "no English word is left after the stop words: give titles or abstracts in English"
        ) from None
    return Counted(tuple(vectoriser.get_feature_names_out()), csr_matrix(matrix))


def top(values: pd.Series, number: int = 10) -> list[str]:
    """Return the first terms of a series that is highest first; terms at zero are left out."""
    return list(values[values > 0].index[:number])


def tied(values: pd.Series, number: int = 10) -> int:
    """Return how many terms beyond the first ``number`` have the same value as the last of them."""
    if len(values) <= number:
        return 0
    return int((values.iloc[number:] == values.iloc[number - 1]).sum())
