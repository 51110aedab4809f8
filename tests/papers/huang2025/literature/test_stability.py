"""How stable top terms are: planted terms are found, chance stays chance, a seed repeats."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from fer_lib.papers.huang2025.literature import network, stability, terms
from fer_lib.papers.huang2025.literature.terms import Counted

TEN = [f"t{chr(97 + n)}" for n in range(10)]
NOISE = [f"w{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(200)]


def corpus(documents, seed=0, planted=True):
    """Return documents of ten noise words each; planted terms stand in four of five documents."""
    chance = np.random.default_rng(seed)
    texts = []
    for _ in range(documents):
        words = list(chance.choice(NOISE, 10))
        words += [term for term in TEN if planted and chance.random() < 0.8]
        texts.append(" ".join(words))
    return terms.counted(texts, lemmas=False)


def test_planted_terms_are_in_every_resample_and_in_both_halves():
    of = corpus(60)
    for score in (Counted.tfidf, network.degrees):
        again = stability.resampled(of, score, 30, 0)
        shares = again.shares()
        assert set(shares.index) == set(TEN) and (shares == 1).all()
        assert str(again.kept(TEN)) == "10.0 [10.0, 10.0]"
        assert stability.halves(of, score, 30, 10, 0).value == 10


def test_noise_is_shared_as_often_as_blind_draws_share():
    of = corpus(400, planted=False)
    shared = stability.halves(of, Counted.tfidf, 200, 200, 0)
    assert stability.expected(of) == pytest.approx(100 / len(of.terms)) and len(of.terms) > 190
    assert shared.value < 2 and shared.low == 0 and shared.groups == 200


def test_a_seed_repeats_and_another_differs():
    of = corpus(30)

    def found(seed):
        again = stability.resampled(of, Counted.tfidf, 20, seed)
        pair = stability.halves(of, network.degrees, 12, 20, seed)
        dealt = stability.by_chance(of, network.degrees, TEN, 5, seed)
        around = stability.weights(of, TEN, 20, seed)
        return again.tops, around, pair, dealt

    assert found(0) == found(0)
    assert found(0)[1] != found(1)[1]


def test_intervals_lie_around_the_weights_and_narrow_with_more_documents():
    widths = []
    for documents in (40, 360):
        of = corpus(documents)
        around = stability.weights(of, TEN, 60, 0)
        assert {name: one.value for name, one in around.items()} == pytest.approx(
            of.tfidf()[TEN].to_dict()
        )
        assert all(one.low < one.value < one.high for one in around.values())
        widths.append(np.mean([one.high - one.low for one in around.values()]))
    assert 2 < widths[0] / widths[1] < 4.5  # three, if they narrow with the root


def test_both_halves_have_no_document_in_common():
    # ten documents, each its own term: separate corpora can share nothing
    of = Counted(tuple(TEN), csr_matrix(np.eye(10, dtype=int)))
    shared = stability.halves(of, Counted.tfidf, 5, 40, 0)
    assert (shared.value, shared.low, shared.high) == (0, 0, 0)
    for size in (0, 6):
        with pytest.raises(ValueError, match="choose 1 to 5"):
            stability.halves(of, Counted.tfidf, size, 1, 0)


def test_dealing_out_keeps_lengths_and_frequencies_and_breaks_ties_between_words():
    pairs = Counted(tuple(TEN), csr_matrix(np.kron(np.eye(5, dtype=int), np.ones((8, 2), int))))
    dealt = stability.dealt(pairs, np.random.default_rng(0))
    assert (dealt.matrix.sum(0) == pairs.matrix.sum(0)).all()
    assert (dealt.matrix.sum(1) == pairs.matrix.sum(1)).all()
    before, after = (
        network.cooccurrence(one, TEN, least=1).number_of_edges() for one in (pairs, dealt)
    )
    assert before == 5 and after > 15


def test_frequent_terms_stay_in_the_centre_whatever_they_meet():
    of = corpus(60)
    assert stability.by_chance(of, network.degrees, TEN, 10, 0).value == 10
    assert stability.by_chance(of, network.degrees, NOISE[:10], 10, 0).value == 0


def test_a_share_of_zero_has_an_interval():
    none = stability.proportion(np.zeros(55, bool))
    assert (none.value, none.low) == (0, 0) and none.high == pytest.approx(0.0653, abs=5e-4)
    half = stability.proportion(np.arange(10) < 5)
    assert (half.low, half.high) == (
        pytest.approx(0.2366, abs=5e-4),
        pytest.approx(0.7634, abs=5e-4),
    )


def test_emphasis_is_a_difference_of_shares_of_documents():
    texts = ["dataset learning"] * 6 + ["bias learning"] * 2 + ["nothing"] * 2
    sides = {"data": ("dataset",), "fair": ("bias", "fairness")}
    found = stability.emphasis(terms.counted(texts), sides, 200, 0)
    assert (found["data"].value, found["fair"].value) == (0.6, 0.2)
    assert found["difference"].value == pytest.approx(0.4)
    assert found["difference"].low < 0.4 < found["difference"].high
    assert found["data"] == stability.proportion(np.array([True] * 6 + [False] * 4))
