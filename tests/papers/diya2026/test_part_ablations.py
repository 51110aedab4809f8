"""Parts left out, weights and gates: what is compared, what is said of it, what is not trained."""

from dataclasses import replace

import pytest

from fer_lib.evaluation import ledgers
from fer_lib.evaluation.over_seeds import Pooled
from fer_lib.evaluation.paired_differences import Comparison
from fer_lib.papers.diya2026 import named_configs, part_ablations
from fer_lib.papers.diya2026.verdicts import ablations
from fer_lib.settings import Settings
from fer_lib.training import configs, profiles
from tests.papers.diya2026.test_result_verdicts import run

LEDGER = ledgers.load("diya2026")
CLEAR = Pooled(0.054, 0.03, 0.08, 50, p=1e-6)
LESS = Pooled(-0.03, -0.05, -0.01, 50, p=1e-5)
OPEN = Pooled(0.2, -0.1, 0.5, 50, p=0.4)
SETTINGS = Settings("rendered46", "", "book", 0)


def of(first, head="emotion", difference=OPEN):
    score = "accuracy" if head == "emotion" else "AUC"
    return Comparison(first, "base", head, score, difference)


def test_every_change_of_the_page_is_a_training_and_has_words():
    pairs = [*part_ablations.GATES, *part_ablations.RANDOM_GATES]
    trained = {"base", *part_ablations.LEFT_OUT, *part_ablations.WEIGHTS, *part_ablations.RANDOM}
    assert trained | {name for pair in pairs for name in pair} == set(named_configs.ABLATIONS)
    drawn = {*part_ablations.LEFT_OUT, *part_ablations.WEIGHTS, *(one for one, _ in pairs)}
    assert drawn <= set(part_ablations.WORDS)
    assert drawn - {one for one, _ in part_ablations.RANDOM_GATES} == set(part_ablations.SAID)


@pytest.mark.parametrize(("profile", "seeds"), [("smoke", 1), ("book", 0), ("book-full", 5)])
def test_random_starts_are_trained_where_they_can_learn(profile, seeds):
    planned = part_ablations.planned(replace(SETTINGS, profile=profile))
    assert {configs.seeds(name, profile) for name in part_ablations.RANDOM} == {seeds}
    assert (set(part_ablations.RANDOM) <= set(planned)) == (seeds > 0)
    assert set(planned) >= set(named_configs.ABLATIONS) - set(part_ablations.RANDOM)
    assert all(len(each) == configs.seeds(name, profile) for name, each in planned.items())


def test_what_was_not_trained_is_not_compared():
    runs = {name: [run(0), run(1)] for name in ("base", "no_emotion")}
    pairs = [("no_emotion", "base"), ("random_b0", "random_b0_bare")]
    found = part_ablations.compared(runs, pairs, "test", 50, 0)
    assert {(c.first, c.second) for c in found} == {("no_emotion", "base")}
    assert all(c.difference.value == 0 for c in found)
    assert part_ablations.compared(runs, pairs[1:], "test", 50, 0) == []
    gain = part_ablations.recall(runs, ("base", "no_emotion"), "genuine", "test", 50, 0)
    assert gain.value == 0
    (row, _) = part_ablations.scores(runs, ("base", "no_emotion"), "test", 50, 0)
    assert row["training configuration"] == "as proposed" and row["seeds"] == 2


def test_the_hours_follow_from_the_profile_that_would_decide():
    tiny = profiles.get("book-full").tiny
    images = 1000
    wanted = 25 * images * tiny.epochs * 0.02 * (tiny.side / 96) ** 2 / 3600
    assert part_ablations.hours(SETTINGS, images) == pytest.approx(wanted)
    told = part_ablations.what_would_decide(SETTINGS, images)
    assert "make book PROFILE=book-full" in told and f"about {wanted:.0f} hours" in told


def test_the_strongest_clear_difference_is_said_first():
    found = [of("alpha_05"), of("no_augmentation", difference=CLEAR), of("b0", difference=LESS)]
    runs = {name: [None, None] for name in ("alpha_05", "no_augmentation", "b0")}
    told, rests_on = part_ablations.answer(found, runs, "further rendered subjects")
    assert told.startswith(
        "Leaving out augmentation changes emotion accuracy by 5.4 [3.0, 8.0] points. "
        "Letting the gates of B0 see the image changes"
    )
    assert told.endswith("Of 3 differences 2 are clear after correction.")
    assert rests_on.startswith("Each difference: 2 paired seeds and 50 subjects of the further")


def test_a_large_difference_that_holds_zero_is_not_claimed():
    runs = {"alpha_05": [None], "b0": [None]}
    told, rests_on = part_ablations.answer([of("alpha_05"), of("b0")], runs, "test part")
    assert told.startswith("None of 2 differences is clear") and "holds zero" in told
    assert "1 paired seed and" in rests_on


def test_an_untrained_head_is_no_finding():
    own = [of("no_emotion", difference=CLEAR), of("no_authenticity", "authenticity", CLEAR)]
    other = of("no_emotion", "authenticity", LESS)
    assert part_ablations.others([*own, other]) == [other]
    told, _ = part_ablations.answer([*own, other], {"no_emotion": [None]}, "test part")
    assert told.startswith("Leaving out the emotion branch changes authenticity AUC by -3.0")


def test_a_figure_is_in_points():
    drawn = part_ablations.points([of("b0", head, CLEAR) for head in ("emotion", "authenticity")])
    assert drawn.loc[part_ablations.WORDS["b0"], "authenticity AUC"].value == pytest.approx(5.4)
    assert "B0" in drawn.index[0]


@pytest.mark.parametrize(("low", "count"), [(0.1, 4), (0.3, 0), (0.6, 0)])
def test_networks_that_learnt_nothing_are_counted(monkeypatch, low, count):
    """Chance is one in seven emotions, and a half; either task is enough to have learnt."""
    scored = replace(OPEN, low=low)
    monkeypatch.setattr(part_ablations, "own_score", lambda *_: scored)
    told = part_ablations.at_chance(dict.fromkeys(part_ablations.RANDOM), "test", 50, 0)
    assert told.startswith(f"{count} of the 4 networks")


def test_what_the_pretrained_start_is_worth_is_said_the_right_way_round():
    start = [of("random_lite0_se", difference=LESS)]
    assert part_ablations.of_start(start).startswith(
        "With the pretrained start Lite0 changes emotion accuracy by 3.0 [1.0, 5.0] points"
    )


def test_loss_weights_are_compared_by_their_ratio():
    assert ablations.same_ratio(LEDGER)  # 1.0 : 1.5 and 0.4 : 0.6
    other = LEDGER | {"noSE.authenticity_weight": LEDGER["noSE.emotion_weight"]}
    assert not ablations.same_ratio(other)
