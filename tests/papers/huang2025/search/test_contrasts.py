"""Differences between the searches: weights that cancel, words, agreement with planted changes."""

import numpy as np
import pandas as pd
import pytest

from fer_lib.evaluation import ledgers
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.evaluation.verdicts import Ground
from fer_lib.labels import EMOTIONS
from fer_lib.papers.huang2025.search import coefficient_maps, contrasts, verdicts
from fer_lib.papers.huang2025.search.contrasts import (
    AFTER,
    ALONE,
    BETWEEN,
    COMPARED,
    LR_GAIN,
    SVM_GAIN,
    Difference,
)
from fer_lib.papers.huang2025.search.grid_and_optuna import GRID, LR, OPTUNA, SVM
from fer_lib.papers.huang2025.search.nested_search import column
from fer_lib.papers.huang2025.search.search_scores import tuned

UP, DOWN = Interval(0.2, 0.1, 0.3, 9), Interval(-0.2, -0.3, -0.1, 9)
OPEN = Interval(0.1, -0.1, 0.3, 9)


def predictions(right):
    """Made-up answers: each way is right as often as ``right`` says, else one class further."""
    chance = np.random.default_rng(0)
    truth = np.tile(np.arange(7), 40)
    names = np.array(EMOTIONS)
    found = pd.DataFrame({"emotion": names[truth], "group": np.arange(280) // 14})
    found["fold"] = found["group"] % 4
    for way, share in right.items():
        wrong = chance.random(280) >= share
        found[way] = names[np.where(wrong, (truth + 1) % 7, truth)]
    return found


def test_every_difference_weighs_both_sides_alike():
    for words, signs in COMPARED.items():
        assert sum(signs.values()) == 0, words
        assert sum(map(abs, signs.values())) == (4 if words == BETWEEN else 2), words
    assert COMPARED[AFTER] == {column(SVM, GRID): 1.0, column(LR, OPTUNA): -1.0}
    assert COMPARED[ALONE][column(SVM, OPTUNA)] == COMPARED[ALONE][column(LR, OPTUNA)] == 0.5


def test_a_gain_is_that_of_the_model_and_search_of_the_paper():
    right = {way: 0.5 for signs in COMPARED.values() for way in signs}
    right |= {contrasts.OF_PAPER[SVM]: 0.9, contrasts.AS_IT_COMES[LR]: 0.7}
    scored = tuned(predictions(right), 200, 0)
    found = contrasts.differences(scored)
    svm, lr = (found[gain, "accuracy"] for gain in (SVM_GAIN, LR_GAIN))
    assert svm.people.value == pytest.approx(0.4, abs=0.08)
    assert lr.people.value == pytest.approx(-0.2, abs=0.08)
    gap = found[BETWEEN, "accuracy"].people.value
    assert gap == pytest.approx(svm.people.value - lr.people.value)
    assert svm.both.low == min(svm.people.low, svm.folds.low)
    assert svm.both.high == max(svm.people.high, svm.folds.high)


def differences(**changed):
    """All differences above zero but those that are given, by score."""
    found = {(words, score): UP for words in COMPARED for score in ("macro F1", "accuracy")}
    found |= {(words, "macro F1"): one for words, one in changed.items()}
    return {name: Difference(one, one) for name, one in found.items()}


def test_words_follow_the_intervals():
    told = contrasts.in_words(differences())
    assert "choosing settings helps the SVM" in told and "helps the LR" in told
    assert "the SVM is ahead" in told and "Optuna is ahead" in told
    told = contrasts.in_words(differences(**{LR_GAIN: DOWN, AFTER: OPEN, ALONE: DOWN}))
    assert "harms the LR" in told and "neither model is measurably ahead" in told
    assert "the grid is ahead" in told


def test_verdicts_take_the_lesser_gain():
    ledger, ground = ledgers.load("huang2025"), Ground("huang2025", "rendered_micro", "book")
    found = differences(**{LR_GAIN: DOWN, AFTER: OPEN})
    rows = verdicts.rows(ledger, ground, found, 12, True).rows
    seen, unseen = "direction seen on rendered faces", "direction not seen on rendered faces"
    words = [row.verdict.word for row in rows]
    assert words[:5] == [unseen, seen, seen, seen, "not decided"]
    assert words[5:] == ["underspecified"] * 3 + ["not testable"] * 4
    assert rows[0].ours == f"{UP}; {DOWN}"
    assert rows[7].ours == "12 settings each, inner folds"


def maps(cells):
    """The table of one emotion whose cells move the score by ``cells``, in two folds alike."""
    rows = [
        {"emotion": "happy", "row": r, "column": c, "spread": value, "fold": fold}
        for fold in (0, 1)
        for (r, c), value in np.ndenumerate(cells)
    ]
    return pd.DataFrame(rows)


def test_agreement_is_one_with_the_own_changes_and_less_with_others():
    side = coefficient_maps.CELLS
    cells = np.arange(side * side, dtype=float).reshape(side, side)
    own, others = contrasts.agreements(maps(cells), "happy", {"happy": cells**2, "sad": -cells})
    assert own == pytest.approx([1.0, 1.0])
    assert others == pytest.approx([-1.0, -1.0])


def made_up_maps():
    """Maps of two emotions in two folds: the first in order of its cells, the second against it."""
    cells = [(r, c) for r in range(coefficient_maps.CELLS) for c in range(coefficient_maps.CELLS)]
    rows = [
        {"emotion": name, "row": r, "column": c, "spread": float(sign * k), "fold": fold}
        for fold in (0, 1)
        for name, sign in (("fear", 1), ("sad", -1))
        for k, (r, c) in enumerate(cells)
    ]
    return pd.DataFrame(rows)


def test_agreement_with_planted_changes_stands_in_a_table_and_a_sentence():
    planted = np.arange(coefficient_maps.CELLS**2, dtype=float).reshape(coefficient_maps.CELLS, -1)
    moved = {"fear": planted, "sad": planted}
    maps = made_up_maps()
    first, second = contrasts.agreement_table(maps, {"fear": 0, "neutral": 0, "sad": 0}, moved)
    assert (first["emotion"], second["emotion"]) == ("fear", "sad")
    assert first["with its own movement"] == "1.00 (1.00 to 1.00)"
    assert second["with the other emotions'"] == -1.0
    assert "It is 0.00 on average, and 0.00 with" in contrasts.agreement_in_words(maps, moved)
    assert "not known" in contrasts.agreement_in_words(maps, {})


def test_costs_and_the_public_notebook_are_listed_by_model_and_search():
    ways = [(model, way) for model in (SVM, LR) for way in (GRID, OPTUNA)]
    about = {
        "fits": {column(*way): 10 for way in ways},
        "seconds": {column(*way): 0.5 * k for k, way in enumerate(ways)},
    }
    told = contrasts.cost_table(about)
    assert [(row["model"], row["search"]) for row in told] == ways
    assert [row["seconds"] for row in told] == ["0.0", "0.5", "1.0", "1.5"]
    assert told[3]["milliseconds a fit"].text == "150"
    rows = contrasts.public_rows()
    assert [row["model"] for row in rows] == ["SVM, grid search"] * 2 + ["LR, Optuna"] * 2
    assert len({row["before, a constant"] for row in rows}) == 1


@pytest.mark.parametrize(
    ("price", "words"), [(UP, "may not be reported"), (DOWN, "other way"), (OPEN, "holds zero")]
)
def test_the_price_of_choosing_on_the_test_fold_follows_its_interval(price, words):
    assert words in contrasts.price_in_words(price)
