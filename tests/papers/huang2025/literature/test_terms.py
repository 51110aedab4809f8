"""From texts to terms: the steps of section 3.1, counts, weights, and the cloud."""

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfTransformer

from fer_lib.evaluation import ledgers
from fer_lib.papers.huang2025.literature import plots, terms
from fer_lib.papers.huang2025.literature.exports import CorpusError

TEXTS = ["Faces and faces!", "A face, an emotion.", "Emotions: micro-expressions of 2020"]


def test_a_text_goes_through_every_step():
    text = "The Micro-Expressions of FACES were, in 2020, recognised; ﬁne 3D features."
    forms = ["micro", "expressions", "faces", "recognised", "3d", "features"]
    assert [one for one in terms.prepared(text, lemmas=False) if one != "ﬁne"][:4] == forms[:4]
    assert terms.prepared(text, lemmas=False) == [*forms[:4], "fine", *forms[4:]]
    assert terms.prepared(text) == [
        "micro",
        "expression",
        "face",
        "recognise",
        "fine",
        "3d",
        "feature",
    ]


def test_a_term_has_a_letter():
    text = "12_34 __ 2020 ½½ au_12 3d x2 é9"
    assert terms.prepared(text, lemmas=False) == ["au_12", "3d", "x2", "é9"]


def test_lemmas_bring_the_printed_plurals_to_their_singular():
    printed = ledgers.load("huang2025")["s4_1.top_ten"].means
    lemmas = [terms.lemma(one) for one in printed]
    assert terms.lemma("expressions") == terms.lemma("expression") == "expression"
    assert terms.lemma("features") == terms.lemma("feature") == "feature"
    assert len(printed) == 10 and len(set(lemmas)) == 8


def test_counts_and_weights_are_those_of_a_calculation_by_hand():
    of = terms.counted(TEXTS)
    assert of.terms == ("emotion", "expression", "face", "micro")
    assert of.matrix.toarray().tolist() == [[0, 0, 2, 0], [1, 0, 1, 0], [1, 1, 0, 1]]
    assert of.frequency().to_dict() == {"face": 3, "emotion": 2, "expression": 1, "micro": 1}
    assert of.documents().to_dict() == {"emotion": 2, "face": 2, "expression": 1, "micro": 1}
    common, rare = np.log(4 / 3) + 1, np.log(4 / 2) + 1
    length = np.sqrt(common**2 + 2 * rare**2)
    by_hand = {
        "face": (1 + 1 / np.sqrt(2)) / 3,
        "emotion": (1 / np.sqrt(2) + common / length) / 3,
        "expression": rare / length / 3,
        "micro": rare / length / 3,
    }
    weights = of.tfidf()
    assert weights.to_dict() == pytest.approx(by_hand)
    assert list(weights.index) == ["face", "emotion", "expression", "micro"]


def test_weights_are_those_of_scikit_learn_also_with_repeats_and_empty_documents():
    chance = np.random.default_rng(1)
    words = [f"w{chr(97 + n)}" for n in range(20)]
    texts = [" ".join(chance.choice(words, n)) for n in (0, 3, 9, 30, 1, 14)]
    of = terms.counted(texts).of(np.array([0, 3, 3, 5, 1]))
    theirs = np.asarray(TfidfTransformer().fit_transform(of.matrix).mean(0)).ravel()
    ours = of.tfidf().reindex(of.terms).to_numpy()
    assert ours == pytest.approx(theirs)
    each = TfidfTransformer().fit_transform(of.matrix).toarray()
    assert of.weighted().toarray() == pytest.approx(each)


def test_equal_terms_stand_in_alphabetical_order_and_are_counted():
    values = terms.counted(["bb aa dd cc", "bb"]).frequency()
    assert list(values.index) == ["bb", "aa", "cc", "dd"]
    assert terms.top(values, 2) == ["bb", "aa"] and terms.tied(values, 2) == 2
    assert terms.tied(values, 4) == 0
    assert terms.top(pd.Series({"aa": 1.0, "bb": 0.0})) == ["aa"]


def test_documents_that_hold_one_of_some_words():
    of = terms.counted(TEXTS)
    assert of.holding(["micro", "emotion"]).tolist() == [False, True, True]
    assert of.holding(["unknown"]).tolist() == [False] * 3


@pytest.mark.parametrize("texts", [["the of and"], ["2020 -- !"]])
def test_a_corpus_without_words_is_refused(texts):
    with pytest.raises(CorpusError, match="in English"):
        terms.counted(texts)


def test_a_cloud_repeats_itself_and_its_size_follows_frequency():
    frequency = pd.Series({"face": 40, "gaze": 4, "lip": 2})
    colours = {"face": "#0000ff", "gaze": "#00ff00"}
    image, again = (plots.cloud(frequency, colours, "#ff0000", 3) for _ in range(2))
    assert (image == again).all() and image.shape == (600, 1320, 3)
    inked = image.min(2) < 128
    of = [inked & (image.argmax(2) == channel) for channel in (2, 1, 0)]
    heights = [np.ptp(np.flatnonzero(one.any(1))) for one in of]
    assert heights[0] > 2 * heights[1] > heights[2]
    assert not (image == plots.cloud(frequency, colours, "#ff0000", 4)).all()


def test_a_cloud_never_cuts_between_equal_words():
    words = [f"w{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(100)]
    frequency = pd.Series([9] * 5 + [1] * 95, index=words)
    assert (
        plots.cloud(frequency, {}, "#000000", 0) == plots.cloud(frequency[:5], {}, "#000000", 0)
    ).all()
