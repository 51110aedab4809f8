"""Tallies agree with scikit-learn on redrawn images; intervals over seeds cover what they say."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk

from fer_lib.evaluation import metrics, over_seeds, paired_differences
from fer_lib.evaluation.bootstrap import weights_of
from fer_lib.evaluation.counts_by_subject import by_class, matrices, summary, tally
from fer_lib.labels import EMOTIONS
from fer_lib.papers.diya2026 import bootstrap_coverage, model_ranking, result_page
from fer_lib.papers.diya2026.task import TASK
from tests.helpers import plain_scores


def faces(n=300, groups=12, seed=0, skill=1.5, name="test"):
    """Return predictions of a made-up model: ``skill`` moves the scores towards the truth."""
    chance = np.random.default_rng(seed)
    images = np.random.default_rng(99)  # the same images whichever model is asked
    truth, genuine = images.integers(0, 7, n), images.integers(0, 2, n)
    logits = chance.normal(size=(n, 7)) + skill * np.eye(7)[truth]
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    table = pd.DataFrame(
        {
            "image_id": [f"i{k}" for k in range(n)],
            "set": name,
            "group": [f"s{k % groups:02d}" for k in range(n)],
            "emotion": [EMOTIONS[t] for t in truth],
            "authenticity": np.where(genuine, "genuine", "fake"),
            # Rounded, so that ties occur.
            "p_genuine": (1 / (1 + np.exp(-chance.normal(size=n) - skill * (genuine - 0.5)))).round(
                2
            ),
        }
    )
    return table.assign(**{f"p_{e}": p[:, k] for k, e in enumerate(EMOTIONS)})


def run(seed, **made):
    return SimpleNamespace(about={"seed": seed}, predictions=faces(seed=seed, **made), task=TASK)


@pytest.mark.parametrize("head", ["emotion", "authenticity"])
def test_a_draw_of_groups_scores_like_the_images_it_holds(head):
    table = faces()
    of = tally(table, TASK[head])
    weights = weights_of(len(of.groups), 5, seed=3)
    found = summary(of, weights) | by_class(of, weights)
    for b in range(5):
        times = weights[b][np.searchsorted(of.groups.astype(str), table["group"].astype(str))]
        rows = table.iloc[np.repeat(np.arange(len(table)), times.astype(int))]
        judged = metrics.judged(rows, TASK[head])
        assert found["accuracy"][b] == pytest.approx(sk.accuracy_score(judged.truth, judged.guess))
        assert found["MCC"][b] == pytest.approx(sk.matthews_corrcoef(judged.truth, judged.guess))
        for average in ("macro", "weighted"):
            f1 = sk.f1_score(judged.truth, judged.guess, average=average)
            assert found[f"{average} F1"][b] == pytest.approx(f1)
        kappa = sk.cohen_kappa_score(judged.truth, judged.guess)
        assert found["Cohen's kappa"][b] == pytest.approx(kappa)
        each = sk.precision_recall_fscore_support(judged.truth, judged.guess, zero_division=0)
        for what, scores in zip(("precision", "recall", "F1"), each, strict=False):
            ours = [found[f"{name}/{what}"][b] for name in judged.classes]
            assert ours == pytest.approx(scores)
        counted = sk.confusion_matrix(judged.truth, judged.guess)
        assert (matrices(of, weights)[b] == counted).all()
        if head == "emotion":
            area = sk.roc_auc_score(judged.truth, judged.score, multi_class="ovr", average="macro")
            assert found["AUC (macro)"][b] == pytest.approx(area)
        else:
            area = sk.roc_auc_score(judged.truth, judged.score)
            assert found["AUC"][b] == pytest.approx(area)
            within = plain_scores.auc_within(judged.truth, judged.score, judged.strata)
            assert found["AUC within emotion"][b] == pytest.approx(within)
            ap = sk.average_precision_score(judged.truth, judged.score)
            assert found["average precision"][b] == pytest.approx(ap, abs=1e-6)


def test_a_threshold_moves_the_decision_and_not_the_ranking():
    low, high = (
        summary(tally(faces(), TASK["authenticity"], at), np.ones((1, 12))) for at in (0.5, 0.9)
    )
    assert low["accuracy"] != high["accuracy"]
    assert low["AUC"] == high["AUC"]


def test_no_prediction_is_refused():
    with pytest.raises(ValueError, match="no predictions to add up"):
        tally(faces().iloc[:0], TASK["emotion"])


def crossed(chance, seeds, subjects, seed_spread):
    """Return scores (K,), draws (K, B) of a score whose true value is 0."""
    x = (
        chance.normal(0, 1, (1, subjects))
        + chance.normal(0, seed_spread, (seeds, 1))
        + chance.normal(0, 1, (seeds, subjects))
    )
    weights = weights_of(subjects, 200, int(chance.integers(1 << 30)))
    return x.mean(1), (weights @ x.T / subjects).T


@pytest.mark.parametrize("seeds", [3, 5])
@pytest.mark.parametrize("spread", [0.0, 0.1, 0.5])
def test_intervals_over_seeds_cover_about_as_often_as_they_say(seeds, spread):
    chance = np.random.default_rng(7)
    inside = []
    for _ in range(300):
        values, draws = crossed(chance, seeds, 60, spread)
        found = over_seeds.pool(values, draws, 60)
        inside.append(found.low <= 0 <= found.high)
    assert 0.90 <= np.mean(inside) <= 1


def test_an_interval_without_the_seeds_part_would_be_too_short():
    chance = np.random.default_rng(7)
    inside = []
    for _ in range(300):
        values, draws = crossed(chance, 5, 60, 0.5)
        subjects_only = 1.96 * draws.mean(0).std(ddof=1)
        inside.append(abs(values.mean()) <= subjects_only)
    assert np.mean(inside) < 0.8


def test_more_spread_between_seeds_widens_the_interval():
    draws = np.random.default_rng(0).normal(0.8, 0.01, (3, 400))
    steady = over_seeds.pool(np.array([0.80, 0.80, 0.80]), draws, 50)
    shaky = over_seeds.pool(np.array([0.75, 0.80, 0.85]), draws, 50)
    assert steady.value == pytest.approx(shaky.value)
    assert steady.seed_error == pytest.approx(0, abs=1e-12)
    assert shaky.seed_error == pytest.approx(0.05 / np.sqrt(3))
    assert shaky.high - shaky.low > 5 * (steady.high - steady.low)


def test_one_seed_has_an_interval_of_subjects_only():
    found = over_seeds.over_seeds([tally(faces(), TASK["emotion"])], 200)["accuracy"]
    assert (found.seeds, found.seed_error) == (1, 0.0)
    assert found.low < found.value < found.high


def test_one_group_has_no_interval_over_seeds():
    found = over_seeds.over_seeds([tally(faces(groups=1), TASK["emotion"])], 50)["accuracy"]
    assert np.isnan(found.low)
    assert np.isnan(found.p)


def test_scores_are_averaged_over_seeds_not_over_images():
    # Own test parts of different size: each seed counts alike.
    small, large = faces(n=60, seed=1, skill=0.0), faces(n=600, seed=2, skill=4.0)
    found = over_seeds.over_seeds([tally(t, TASK["authenticity"]) for t in (small, large)], 50)[
        "accuracy"
    ]
    each = [
        ((t["p_genuine"] >= 0.5) == (t["authenticity"] == "genuine")).mean() for t in (small, large)
    ]
    assert found.value == pytest.approx(np.mean(each))


def test_class_table_over_seeds():
    found = result_page.class_table(
        [tally(faces(seed=s), TASK["authenticity"]) for s in (0, 1)], 50
    )
    assert list(found.index) == ["fake", "genuine"]
    assert found["support"].sum() == 300
    assert found.loc["fake", "recall"].seeds == 2
    expected = []
    for s in (0, 1):
        table = faces(seed=s)
        guess = np.where(table["p_genuine"] >= 0.5, "genuine", "fake")
        expected.append(sk.precision_score(table["authenticity"], guess, pos_label="fake"))
    assert found.loc["fake", "precision"].value == pytest.approx(np.mean(expected))


def models(**skills):
    return {name: [run(s, skill=skill) for s in seeds] for name, (skill, seeds) in skills.items()}


def test_identical_models_are_not_ranked():
    same = models(a=(1.5, (0, 1, 2)), b=(1.5, (0, 1, 2)))
    (only,) = model_ranking.every_pair(same, "test", [("authenticity", "AUC")], 200)
    assert only.difference.value == 0
    assert only.p_holm == 1
    place = model_ranking.judge(only, {"a": 3, "b": 3})
    assert not place.claimed
    assert "holds zero" in place.why


def test_models_of_equal_skill_are_seldom_ranked():
    claimed = 0
    for k in range(20):
        runs = {
            "a": [run(s, n=140, groups=20) for s in range(10 * k, 10 * k + 3)],
            "b": [run(s + 5000, n=140, groups=20) for s in range(10 * k, 10 * k + 3)],
        }
        for one, two in zip(runs["a"], runs["b"], strict=True):
            two.about["seed"] = one.about["seed"]
        (only,) = model_ranking.every_pair(runs, "test", [("authenticity", "AUC")], 200)
        claimed += model_ranking.judge(only, {"a": 3, "b": 3}).claimed
    assert claimed <= 3


def test_a_planted_difference_is_ranked_better_first():
    runs = models(weak=(0.3, (0, 1, 2)), strong=(3.0, (0, 1, 2)), twin=(3.0, (0, 1, 2)))
    found = model_ranking.every_pair(runs, "test", [("authenticity", "AUC")], 300)
    places = [model_ranking.judge(one, dict.fromkeys(runs, 3)) for one in found]
    assert model_ranking.ordering(places) == ["strong above weak", "twin above weak"]
    points, words = model_ranking.differences(places, list(runs))
    assert (points == -points.T).all() and (words.diagonal() == "").all()
    starred = {(r, c) for r, c in np.argwhere(np.char.endswith(words, "*"))}
    names = list(runs)
    weak = names.index("weak")
    assert starred == {(n, weak) for n in range(3) if n != weak} | {
        (weak, n) for n in range(3) if n != weak
    }
    table = model_ranking.table(places)
    assert [row["order claimed"] for row in table].count("yes") == 2
    strict = [model_ranking.judge(one, dict.fromkeys(runs, 3), least_seeds=4) for one in found]
    assert model_ranking.ordering(strict) == []
    assert {(p.comparison.first, p.comparison.second) for p in places if not p.claimed} == {
        ("strong", "twin")
    }


def test_two_seeds_are_never_ranked_however_clear():
    runs = models(weak=(0.0, (0, 1, 2)), strong=(5.0, (0, 1)))
    (only,) = model_ranking.every_pair(runs, "test", [("emotion", "accuracy")], 200)
    assert only.first == "strong"
    assert only.difference.low > 0
    place = model_ranking.judge(only, {"weak": 3, "strong": 2})
    assert not place.claimed
    assert place.why == "fewer than 3 seeds: strong has 2"
    assert model_ranking.ordering([place]) == []


def test_seeds_that_are_not_shared_do_not_count():
    runs = models(weak=(0.0, (0, 1, 2)), strong=(5.0, (2, 3, 4)))
    (only,) = model_ranking.every_pair(runs, "test", [("emotion", "accuracy")], 200)
    assert only.difference.seeds == 1
    assert model_ranking.judge(only, {"weak": 3, "strong": 3}).why == "only 1 seeds in common"


def test_a_stand_in_is_never_ranked():
    runs = models(weak=(0.0, (0, 1, 2)), substitute=(5.0, (0, 1, 2)))
    (only,) = model_ranking.every_pair(runs, "test", [("emotion", "accuracy")], 200)
    place = model_ranking.judge(only, dict.fromkeys(runs, 3), unranked=("substitute",))
    assert (place.claimed, place.why) == (False, "substitute never ranked")


def comparison(p, low=0.1):
    d = over_seeds.Pooled(0.2, low, 0.3, 50, seeds=3, p=p)
    return paired_differences.Comparison("a", "b", "emotion", "accuracy", d)


def test_holm_by_hand():
    # 0.01 x 3; then 0.02 x 2; then 0.04 x 1, each at least the one before.
    found = paired_differences.holm([comparison(p) for p in (0.04, 0.01, 0.02)])
    assert [one.p_holm for one in found] == pytest.approx([0.04, 0.03, 0.04])


def test_holm_counts_what_has_no_p():
    found = paired_differences.holm([comparison(0.02), comparison(float("nan")), comparison(0.5)])
    assert found[0].p_holm == pytest.approx(0.06)
    assert np.isnan(found[1].p_holm)
    assert not model_ranking.judge(found[1], {"a": 3, "b": 3}).claimed


def test_what_the_correction_takes_away_is_not_claimed():
    lost = paired_differences.holm([comparison(0.02), comparison(0.03), comparison(0.04)])[0]
    place = model_ranking.judge(lost, {"a": 3, "b": 3})
    assert (place.claimed, place.why) == (False, "p is 0.06 after correction for all comparisons")


def test_pairs_refuse_other_images():
    first, second = run(0), run(0)
    second.predictions = second.predictions.assign(image_id=lambda t: "x" + t["image_id"])
    with pytest.raises(ValueError, match="same images"):
        paired_differences.difference([first], [second], "test", "emotion", 10)


def test_pairs_refuse_strangers():
    with pytest.raises(ValueError, match="no seed in common"):
        paired_differences.difference([run(0)], [run(1)], "test", "emotion", 10)


def test_pairing_sees_what_unpaired_intervals_would_not():
    first, second = run(0), run(0)
    right = first.predictions["authenticity"] == "genuine"
    wrong = (first.predictions["p_genuine"] >= 0.5) != right
    rows = first.predictions[wrong].groupby("group").head(1).index
    first.predictions.loc[rows, "p_genuine"] = 1 - first.predictions.loc[rows, "p_genuine"]
    found = paired_differences.difference([first], [second], "test", "authenticity", 300)[
        "accuracy"
    ]
    assert found.value == pytest.approx(len(rows) / 300)
    assert found.low > 0


def test_five_draws_are_unstable_and_many_are_not():
    draws = np.random.default_rng(0).normal(0.9, 0.01, 2000)
    five, many = (
        bootstrap_coverage.from_few(draws, 5, 500),
        bootstrap_coverage.from_few(draws, 2000, 50),
    )
    full = 2 * 1.96 * 0.01
    assert many["width"].mean() == pytest.approx(full, rel=0.05)
    assert five["width"].mean() < 0.65 * full
    assert five["width"].std() > 5 * many["width"].std()


def test_coverage_of_few_draws():
    # Both tails in two draws: 2 x 0.025 x 0.025.
    assert bootstrap_coverage.coverage(2) == pytest.approx(2 * 0.025**2)
    chance = np.random.default_rng(0).random((40000, 5))
    both = ((chance < 0.025).any(1) & (chance > 0.975).any(1)).mean()
    assert bootstrap_coverage.coverage(5) == pytest.approx(both, abs=0.003)


def test_one_resample_is_refused():
    with pytest.raises(ValueError, match="take at least 2"):
        bootstrap_coverage.from_few(np.arange(10.0), 1, 3)
