"""Verdicts follow from intervals and the data that they came from."""

import math

import pytest

from claimcheck import Claim
from fer_lib.evaluation import verdicts
from fer_lib.evaluation.bootstrap import Interval

RENDERED = verdicts.Ground("diya2026", "rendered46", "book")
OWN = verdicts.Ground("diya2026", "gffd2025", "paper")


def claim(printed, kind="metric", unit=""):
    return Claim("x", "Table 1", "a score", printed, kind, unit)


def test_arithmetic_finds_a_planted_error():
    good = verdicts.of_arithmetic(claim("0.92"), 0.9217, 0.9217, "")
    bad = verdicts.of_arithmetic(claim("0.94"), 0.9217, 0.9217, "")
    assert (good.word, bad.word) == ("consistent", "inconsistent")


def test_rendered_faces_never_reproduce_a_number():
    ours = Interval(0.985, 0.98, 0.99, 46)
    assert verdicts.verdict(claim("0.985"), ours, RENDERED).word == "not comparable"


def test_own_data_reproduce_or_differ():
    ours = Interval(0.97, 0.96, 0.98, 46)
    assert verdicts.verdict(claim("97.5"), ours, OWN, 100).word == "reproduced"
    assert verdicts.verdict(claim("98.5"), ours, OWN, 100).word == "differs"


@pytest.mark.parametrize("profile", ["smoke", "book", "book-full"])
def test_only_the_papers_protocol_judges_the_paper(profile):
    ground = verdicts.Ground("diya2026", "gffd2025", profile)
    ours = Interval(0.985, 0.98, 0.99, 46)
    assert verdicts.verdict(claim("0.985"), ours, ground).word == "not comparable"
    assert verdicts.of_direction(ours, ground).word == "not comparable"


def test_profile_smoke_sees_no_direction():
    ground = verdicts.Ground("diya2026", "rendered46", "smoke")
    assert verdicts.of_direction(Interval(0.2, 0.1, 0.3, 9), ground).word == "not comparable"


def test_direction_needs_an_interval_without_zero():
    seen = verdicts.of_direction(Interval(0.2, 0.1, 0.3, 9), RENDERED)
    open_ = verdicts.of_direction(Interval(0.2, -0.1, 0.3, 9), RENDERED)
    other = verdicts.of_direction(Interval(-0.2, -0.3, -0.1, 9), RENDERED)
    none = verdicts.of_direction(Interval(0.2, math.nan, math.nan, 1), RENDERED)
    assert seen.word == "direction seen on rendered faces"
    assert open_.word == none.word == "not decided"
    assert other.word == "direction not seen on rendered faces"


def test_every_verdict_word_has_a_badge():
    from engine.page import tables

    grounds = (RENDERED, OWN, verdicts.Ground("diya2026", "rendered46", "smoke"))
    ends = ((0.1, 0.3), (-0.3, -0.1), (-0.1, 0.1), (math.nan, math.nan))
    words = {verdicts.of_arithmetic(claim("1"), low, low, "").word for low in (1, 9)}
    for ground in grounds:
        for low, high in ends:
            ours = Interval((low + high) / 2, low, high, 9)
            words |= {verdicts.of_direction(ours, ground).word}
            words |= {verdicts.verdict(claim(p), ours, ground).word for p in ("0.2", "9")}
    assert len(words) == 8
    for word in words:
        assert word in tables.badge(word)
    with pytest.raises(ValueError, match="unknown verdict 'fine'"):
        tables.badge("fine")


@pytest.mark.parametrize("positives", [159, 173])
def test_average_precision_is_bounded_by_auc(positives):
    # The bound of the evaluation page, against rankings that were built to break it.
    import numpy as np
    from sklearn import metrics as sk

    negatives = 332 - positives
    chance = np.random.default_rng(0)
    for kind in range(60):
        truth = np.r_[np.ones(positives), np.zeros(negatives)]
        score = chance.normal(size=332) + truth * chance.uniform(0, 4)
        if kind % 3 == 0:
            # The most extreme: all errors are positives that stand below every negative.
            score = truth.copy()
            score[: chance.integers(1, 40)] = -1
        if kind % 3 == 1:
            score = score.round(1)
        auc, ap = sk.roc_auc_score(truth, score), sk.average_precision_score(truth, score)
        assert ap <= 1 - (1 - auc) * negatives / 332 + 1e-12
