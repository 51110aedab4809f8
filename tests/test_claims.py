"""The ledger is well formed, and verdicts follow from intervals and the data they came from."""

import math

import pytest

from fer_lib import claims
from fer_lib.claims import Claim
from fer_lib.intervals import Interval

RENDERED = claims.Ground("diya2026", "rendered46", "book")
OWN = claims.Ground("diya2026", "gffd2025", "paper")


def claim(printed, kind="metric", unit=""):
    return Claim("x", "Table 1", "a score", printed, kind, unit)


@pytest.fixture(scope="module")
def ledger():
    return claims.load("diya2026")


def test_ledger_has_the_tables(ledger):
    assert ledger["table3.total.total"].value == 1657
    assert ledger["table7.proposed.emotion_accuracy"].printed == "98.5"
    assert ledger["table4.lr"].value == 1e-4
    assert len([c for c in ledger if c.startswith("table5.")]) == 31


def test_table_3_adds_up(ledger):
    emotions = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
    for kind in ("fake", "genuine", "total"):
        rows = sum(ledger[f"table3.{e}.{kind}"].value for e in emotions)
        assert rows == ledger[f"table3.total.{kind}"].value


@pytest.mark.parametrize(
    ("printed", "low", "high"),
    [
        ("0.92", 0.915, 0.925),
        ("98.5", 98.45, 98.55),
        ("332", 331.5, 332.5),
        ("2,224", 2223.5, 2224.5),
    ],
)
def test_a_printed_number_means_an_interval(printed, low, high):
    assert claim(printed).rounding == pytest.approx((low, high))


def test_rounding_of_scientific_notation():
    assert claim("1e-4").rounding == pytest.approx((0.5e-4, 1.5e-4))


def test_arithmetic_finds_a_planted_error():
    good = claims.of_arithmetic(claim("0.92"), 0.9217, 0.9217, "")
    bad = claims.of_arithmetic(claim("0.94"), 0.9217, 0.9217, "")
    assert (good.word, bad.word) == ("consistent", "inconsistent")


def test_rendered_faces_never_reproduce_a_number():
    ours = Interval(0.985, 0.98, 0.99, 46)
    assert claims.of_number(claim("0.985"), ours, RENDERED).word == "not comparable"


def test_own_data_reproduce_or_differ():
    ours = Interval(0.97, 0.96, 0.98, 46)
    assert claims.of_number(claim("97.5"), ours, OWN, 100).word == "reproduced"
    assert claims.of_number(claim("98.5"), ours, OWN, 100).word == "differs"


@pytest.mark.parametrize("profile", ["smoke", "book", "book-full"])
def test_only_the_papers_protocol_judges_the_paper(profile):
    ground = claims.Ground("diya2026", "gffd2025", profile)
    ours = Interval(0.985, 0.98, 0.99, 46)
    assert claims.of_number(claim("0.985"), ours, ground).word == "not comparable"
    assert claims.of_direction(ours, ground).word == "not comparable"


def test_profile_smoke_sees_no_direction():
    ground = claims.Ground("diya2026", "rendered46", "smoke")
    assert claims.of_direction(Interval(0.2, 0.1, 0.3, 9), ground).word == "not comparable"


def test_direction_needs_an_interval_without_zero():
    seen = claims.of_direction(Interval(0.2, 0.1, 0.3, 9), RENDERED)
    open_ = claims.of_direction(Interval(0.2, -0.1, 0.3, 9), RENDERED)
    other = claims.of_direction(Interval(-0.2, -0.3, -0.1, 9), RENDERED)
    none = claims.of_direction(Interval(0.2, math.nan, math.nan, 1), RENDERED)
    assert seen.word == "direction seen on rendered faces"
    assert open_.word == none.word == "not decided"
    assert other.word == "direction not seen on rendered faces"


def test_every_verdict_word_has_a_badge():
    from fer_lib import page

    grounds = (RENDERED, OWN, claims.Ground("diya2026", "rendered46", "smoke"))
    ends = ((0.1, 0.3), (-0.3, -0.1), (-0.1, 0.1), (math.nan, math.nan))
    words = {claims.of_arithmetic(claim("1"), low, low, "").word for low in (1, 9)}
    for ground in grounds:
        for low, high in ends:
            ours = Interval((low + high) / 2, low, high, 9)
            words |= {claims.of_direction(ours, ground).word}
            words |= {claims.of_number(claim(p), ours, ground).word for p in ("0.2", "9")}
    assert len(words) == 8
    for word in words:
        assert word in page.badge(word)
    with pytest.raises(ValueError, match="unknown verdict 'fine'"):
        page.badge("fine")


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ("printed: '1', kind: metric, colour: red", "x.yml, a: .*'colour'"),
        ("printed: '1', kind: guess", "x.yml, a, kind: 'guess'"),
        ("printed: 0.92, kind: metric", "x.yml, a, printed: 0.92 is not of type 'string'"),
        ("kind: metric", "'printed' is a required property"),
    ],
)
def test_a_bad_record_is_refused(tmp_path, record, message):
    path = tmp_path / "x.yml"
    path.write_text(f"- {{id: a, where: Table 1, element: table, about: a score, {record}}}\n")
    with pytest.raises(claims.LedgerError, match=message):
        claims.parse(path)


def test_a_repeated_id_is_refused(tmp_path):
    needed = "where: Table 1, element: table, about: a score, printed: '1', kind: metric"
    (tmp_path / "x.yml").write_text(f"- {{id: a, {needed}}}\n" * 2)
    with pytest.raises(ValueError, match="a stands twice"):
        claims.parse(tmp_path / "x.yml")


def test_what_is_no_yaml_is_refused(tmp_path):
    (tmp_path / "x.yml").write_text("- {id: a")
    with pytest.raises(claims.LedgerError, match=r"x\.yml is not YAML"):
        claims.parse(tmp_path / "x.yml")


def test_unknown_paper_is_refused():
    known = "alipour2025, diya2026, huang2025, khalid2025"
    with pytest.raises(ValueError, match=f"no ledger for 'nobody2020': choose one of {known}"):
        claims.load("nobody2020")


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("1\\times10^{-4}", 1e-4),
        ("1×10^{-4}", 1e-4),
        ("1e-4", 1e-4),
        ("+0.07", 0.07),
        ("−0.5", -0.5),
        ("224×224×3", 224),
        ("48 × 48", 48),
        ("seven", 7),
        ("2,224", 2224),
    ],
)
def test_numbers_as_papers_print_them(printed, value):
    assert claim(printed).value == pytest.approx(value)


@pytest.mark.parametrize("printed", ["focal loss", "9/46", "3x4", "", "FER2013"])
def test_what_is_no_number(printed):
    assert not claim(printed).numeric


@pytest.mark.parametrize(
    ("printed", "kind", "unit", "sense", "low", "high"),
    [
        ("98.5", "metric", "%", "", 0.9845, 0.9855),
        ("332", "count", "images", "", 332, 332),
        ("0.4", "hyper-parameter", "", "", 0.4, 0.4),
        ("3.3", "parameter count", "million", "", 3.25e6, 3.35e6),
        ("5", "measurement", "frames/s", "about", 4, 6),
        ("0.95", "metric", "", "more than", 0.945, math.inf),
        ("0.001", "test statistic", "", "less than", -math.inf, 0.0015),
    ],
)
def test_the_values_that_a_printed_number_stands_for(printed, kind, unit, sense, low, high):
    span = Claim("x", "Table 1", "a score", printed, kind, unit, sense=sense).range
    assert (float(span.low), float(span.high)) == pytest.approx((low, high))


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
