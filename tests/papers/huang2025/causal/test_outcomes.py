"""Tables and verdicts of the page on causal inference: gaps, designs, printed errors."""

import math

import numpy as np
import pandas as pd
import pytest

from fer_lib.evaluation import ledgers
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.evaluation.verdicts import Ground
from fer_lib.labels import EMOTIONS
from fer_lib.papers.huang2025 import printed_code
from fer_lib.papers.huang2025.causal import (
    confounded_subsample,
    designs,
    in_words,
    outcomes,
    printed_errors,
    refutation_tests,
    regression_discontinuity,
    treatment_effects,
    verdicts,
)
from fer_lib.papers.huang2025.causal.regression_discontinuity import Jump
from fer_lib.papers.huang2025.causal.treatment_assignment import BALANCED, FOCAL, NONE, SMOTE
from tests.helpers.made_runs import made

LEDGER = ledgers.load("huang2025")
UP, DOWN, OPEN = Interval(0.2, 0.1, 0.3, 9), Interval(-0.2, -0.3, -0.1, 9), Interval(0, -1, 1, 9)


def runs(**changed):
    """Runs of the experiment in which every outcome is the planted score."""
    found = made(**changed)
    for outcome in outcomes.OUTCOMES:
        found[outcome] = found["score"]
    return found


def test_the_gap_is_the_mean_recall_of_the_others_less_that_of_the_rare():
    recalls = {f"recall of {name}": [0.1 * place] for place, name in enumerate(EMOTIONS)}
    found = outcomes.added(pd.DataFrame(recalls), EMOTIONS).iloc[0]
    rare = np.mean([EMOTIONS.index("fear"), EMOTIONS.index("disgust")]) / 10
    others = (2.1 - 2 * rare) / 5
    assert found[outcomes.BOTH_RARE] == pytest.approx(rare)
    assert found[outcomes.OTHERS] == pytest.approx(others)
    assert found[outcomes.GAP] == pytest.approx(others - rare)


def test_the_average_effects_are_tested_and_corrected_together():
    of = runs()
    of[outcomes.BOTH_RARE] = of["score"]
    contrasts = {one: treatment_effects.contrast(of, one) for one in (SMOTE, FOCAL)}
    average = outcomes.averages(contrasts)
    assert average[SMOTE, "macro F1"] == treatment_effects.average(contrasts[SMOTE], "score")
    assert len(average) == 2 * (len(outcomes.OUTCOMES) + 1)
    table = outcomes.tests(contrasts, average, 99, 0)
    assert len(table) == 8
    smote = contrasts[SMOTE]
    without = smote.rows.loc[smote.treated == 0, "score"].mean()
    assert table["mean without"].iloc[0] == pytest.approx(without)
    assert table["p"].iloc[0] == "0.01"  # no lots of 99 are as far apart
    assert float(table["p (Holm)"].iloc[0]) >= 4 * 0.01


def test_effects_along_the_ratio_have_the_planted_slope_and_bins_in_their_middle():
    of = runs(slope=0.2)
    of[outcomes.BOTH_RARE] = of["score"]
    panels, slopes = outcomes.along(treatment_effects.contrast(of, SMOTE))
    ratios, at, bins = panels["macro F1"]
    assert ratios[0] == 0.5 and ratios[-1] == 0.9 and len(ratios) == len(at) == 9
    assert list(bins["middle"]) == pytest.approx([0.55, 0.65, 0.75, 0.85])
    assert slopes["macro F1"].low < 0.02 < slopes["macro F1"].high
    assert slopes[outcomes.BOTH_RARE] == slopes["macro F1"]


def test_without_treatment_the_gap_grows_as_planted():
    of = treatment_effects.contrast(made(effect=0.5), SMOTE)
    of.rows[outcomes.GAP] = 0.3 * of.rows["imbalance"] + 5 * of.treated
    found = outcomes.gap_by_imbalance(of)
    assert found.value == pytest.approx(0.03)  # for a tenth of the ratio


def test_pairs_with_balanced_images_stand_side_by_side():
    rows = []
    for split in range(4):
        for treatment, gap in ((SMOTE, 0.4), (NONE, 0.1)):
            row = {"definition": BALANCED, "treatment": treatment, "split": split, "minority": 5}
            row |= {outcomes.OTHERS: gap + 0.2, outcomes.BOTH_RARE: 0.2, outcomes.GAP: gap}
            rows.append(row)
    rows[0]["minority"] = 3
    smote, balanced = outcomes.beside_balance(pd.DataFrame(rows), 70)
    assert (smote["of each rare emotion"], balanced["of each rare emotion"]) == ("3 to 5", "5")
    assert smote[outcomes.GAP].value == pytest.approx(0.4)
    assert balanced[outcomes.GAP].value == pytest.approx(0.1)
    assert smote["number"] == 4 and smote["training images"] == 70


def test_the_sizes_of_the_classes_add_up_at_every_ratio():
    rows = outcomes.training_images(700, EMOTIONS)
    assert [row["imbalance ratio"] for row in rows] == ["0.5", "0.7", "0.9"]
    rare = [row["each rare class"] for row in rows]
    assert rare == sorted(rare, reverse=True)
    assert {row["together"] for row in rows} == {700}


def jump(tau, error=0.01, runs=100):
    return Jump(tau, error, 0.02, runs // 2, runs - runs // 2)


def test_a_jump_is_told_by_its_interval():
    assert designs.concluded(jump(UP)) == "a significant upward jump"
    assert designs.concluded(jump(DOWN)) == "a significant downward jump"
    assert designs.concluded(jump(OPEN)) == "no significant jump"


def test_the_design_is_blamed_only_where_fewer_runs_would_not_explain_the_error():
    rule, coded = jump(OPEN, 0.05, 100), jump(UP, 0.01, 400)
    assert designs.with_as_many(coded, rule) == pytest.approx(0.02)
    assert "The rest is the design" in designs.compared(rule, coded)
    assert "The rest is the design" not in designs.compared(jump(OPEN, 0.015, 100), coded)


def test_both_designs_find_a_planted_jump_and_the_placebo_finds_none():
    of = runs(effect=0.1)
    smote = treatment_effects.contrast(of, SMOTE)
    ruled, treated = regression_discontinuity.assigned_by_cutoff(smote.rows, SMOTE)
    found = designs.jumps(
        {designs.BY_RULE: (ruled, treated), designs.AS_CODED: (smote.rows, smote.treated)}, "score"
    )
    assert [row["design"] for row in designs.table(found)] == [
        "by the rule, all runs",
        "by the rule, within 0.15",
        "as coded, all runs",
        "as coded, within 0.15",
    ]
    one = found[designs.AS_CODED, None]
    assert one.tau.low < 0.1 < one.tau.high
    rows = designs.placebos(ruled, smote.rows, "score")
    assert all(row["tau"].low < 0 < row["tau"].high for row in rows)
    assert rows[0]["below"] + rows[0]["above"] == (ruled["imbalance"] < 0.7).sum()


def test_an_error_says_which_design_it_is_of():
    """The arithmetic on residuals of a known spread: 400 rows, half of them untreated."""
    sigma, n = 0.05, 400
    likelihood = -n * (math.log(sigma) + 0.5 + math.log(2 * math.pi) / 2)
    one = {"rows": n, "log_likelihood": likelihood, "cutoff": "0.7", "bandwidth": "none"}
    one["intercept"] = {"value": "1", "z": str(1 / (sigma / math.sqrt(n / 2)))}
    assert printed_errors.spread(one) == pytest.approx(sigma)
    assert printed_errors.if_by_rule(one, (0.5, 0.9)) == pytest.approx(sigma * math.sqrt(8 / 200))
    assert printed_errors.if_by_rule(one | {"bandwidth": "0.1"}, (0.5, 0.9)) == pytest.approx(
        sigma * math.sqrt(8 / 200)
    )
    assert printed_errors.if_both_sides(one) == pytest.approx(sigma * math.sqrt(2 / 200))
    one["intercept"]["z"] = "1e9"
    assert math.isnan(printed_errors.if_both_sides(one))


def test_the_printed_errors_are_those_of_a_treatment_on_both_sides():
    full, near, placebo = printed_errors.table(printed_code.load("causal"))
    for row in (full, near):
        error, rule, both = (
            float(row[key])
            for key in ("printed error of tau", "if by the rule", "if on both sides")
        )
        assert abs(error - both) < 0.1 * error
        assert rule > 1.8 * error
    assert placebo["if on both sides"] == "–"
    assert "no step up" in printed_errors.picture(printed_code.load("causal"))


def test_ways_of_reading_records_are_held_against_the_experiment():
    worlds = pd.DataFrame({"way": ["plain"] * 2, "effect": [UP, Interval(0.4, 0.3, 0.5, 9)]})
    (row,) = confounded_subsample.by_way(worlds, Interval(0.2, 0, 1, 9))
    assert row["mean of draws"] == pytest.approx(0.3)
    assert row["off the experiment by"] == 0.1
    assert row["intervals that hold it"] == "50%"


def test_each_estimate_of_a_draw_is_refuted_and_held_against_the_experiment():
    of = treatment_effects.contrast(runs(), SMOTE)
    experiment = confounded_subsample.truth(of, "score")
    table = refutation_tests.table(
        confounded_subsample.confounded(of, 0), "score", experiment, 20, 0
    )
    assert list(table["held fixed"]) == list(refutation_tests.WAYS)
    for row in table.to_dict("records"):
        off = round(row["estimate"].value - experiment.value, 3)
        assert row["off the experiment by"] == off
        ranges = {name: row[name] for name in (refutation_tests.PLACEBO, refutation_tests.SUBSET)}
        ranges[refutation_tests.COMMON_CAUSE] = row[refutation_tests.COMMON_CAUSE]
        passed = refutation_tests.passes(ranges, row["estimate"].value)
        assert row["all three"] == ("passed" if passed else "not passed")


def test_verdicts_of_the_page():
    average = {(one, score): UP for one in (SMOTE, FOCAL) for score in outcomes.OUTCOMES}
    average[SMOTE, "recall of disgust"] = DOWN
    found = {(designs.BY_RULE, None): jump(OPEN), (designs.AS_CODED, None): jump(UP)}
    experiment = {"at the cutoff": UP, "bias": UP, "remains": OPEN}
    ground = Ground("huang2025", "rendered_micro", "book")
    rows = verdicts.rows(LEDGER, ground, average, found, experiment).rows
    told = {(row.claims[0].id, row.title): row.verdict.word for row in rows}
    words = list(told.values())
    seen, unseen = "direction seen on rendered faces", "direction not seen on rendered faces"
    assert words[:6] == ["not comparable", seen, seen, unseen, seen, "not decided"]
    assert words.count("consistent") == 1
    assert words.count("underspecified") == 5
    assert rows[0].ours == f"{OPEN} by the rule; {UP} as coded; {UP} in the experiment"
    (significant,) = (row for row in rows if row.claims[0].id == "s5_1.significant")
    assert significant.ours == "no significant jump"


@pytest.mark.parametrize(
    ("found", "words"), [(UP, "raises"), (DOWN, "lowers"), (OPEN, "does not measurably move")]
)
def test_words_on_the_experiment_follow_the_intervals(found, words):
    effects = {(SMOTE, name): OPEN for name in (*outcomes.OUTCOMES, outcomes.BOTH_RARE)}
    effects[SMOTE, "macro F1"] = found
    told = in_words.average(effects, 7)
    assert f"SMOTE {words} macro-F1: {found}" in told
    assert "mean over 7 classes" in told
    kinds = {"raises": ("it rises", "does not make up"), "lowers": ("it falls", "more than makes")}
    slope, gap = kinds.get(words, ("cannot tell", "cannot tell"))
    assert slope in in_words.along(found)
    assert gap in in_words.remains(found)


def test_the_printed_jump_stands_beside_both_designs_and_the_experiment():
    of = treatment_effects.contrast(runs(), SMOTE)
    kept = {
        designs.BY_RULE: regression_discontinuity.assigned_by_cutoff(of.rows, SMOTE),
        designs.AS_CODED: (of.rows, of.treated),
    }
    jump = designs.jumps(kept, "macro F1")
    rows = designs.beside_printed(jump, UP)
    assert rows[0]["tau"] == LEDGER["fig6.tau"].shown
    assert [row["tau"] for row in rows[3:5]] == [
        str(jump[name, None].tau) for name in (designs.BY_RULE, designs.AS_CODED)
    ]
    assert rows[5]["tau"] == str(UP)
    table = designs.bandwidths(kept, "macro F1")
    assert list(table["design"].unique()) == [designs.BY_RULE, designs.AS_CODED]
    wide = table[(table["design"] == designs.AS_CODED) & (table["bandwidth"] == "all runs")]
    assert wide["tau"].iloc[0] == jump[designs.AS_CODED, None].tau
    assert wide["standard error"].iloc[0] == f"{jump[designs.AS_CODED, None].error:.4f}"
