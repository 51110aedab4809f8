"""Searches try as many settings, choose without the test fold, and repeat; maps find what moves."""

from types import SimpleNamespace

import numpy as np
import optuna
import pandas as pd
import pytest
from scipy import stats

from face_renderer.clips import clip_set
from fer_lib.data.schema import DataError
from fer_lib.labels import EMOTIONS
from fer_lib.papers.huang2025 import pca
from fer_lib.papers.huang2025.search import (
    coefficient_maps,
    expression_change_maps,
    grid_and_optuna,
    nested_search,
    search_scores,
)
from fer_lib.papers.huang2025.search.grid_and_optuna import GRID, LR, OPTUNA, SVM
from tests.helpers import made_features

WIDTH = 20
LBP = coefficient_maps.CELLS**2 * coefficient_maps.CODES
TABLE = made_features.table(240, 16)
BOTH = made_features.spaces(TABLE, skill=0.22, widths=(WIDTH, LBP))["CNN + LBP"]


@pytest.fixture(scope="module")
def found():
    return nested_search.searches(TABLE, BOTH, WIDTH, 3, 8, 0)


@pytest.mark.parametrize("model", [SVM, LR])
@pytest.mark.parametrize("candidates", [1, 4, 12, 15, 24])
def test_both_searches_try_as_many_settings(model, candidates):
    tried = {
        GRID: grid_and_optuna.by_grid(model, lambda setting: setting["C"], candidates),
        OPTUNA: grid_and_optuna.by_optuna(model, lambda setting: setting["C"], candidates, 0),
    }
    assert {len(one) for one in tried.values()} == {grid_and_optuna.tries(candidates)}
    least, most = grid_and_optuna.C[model]
    for one in tried.values():
        assert all(least <= setting["C"] <= most for setting, _ in one)
        assert all(set(setting) == {"C", *grid_and_optuna.KINDS[model]} for setting, _ in one)
    grid = [tuple(setting.items()) for setting, _ in tried[GRID]]
    assert len(set(grid)) == len(grid)


def test_the_grid_of_the_book_is_the_public_codes_with_two_class_weights():
    grid = grid_and_optuna.grid(SVM, 12)
    assert {setting["C"] for setting in grid} == {0.1, 1.0, 10.0}
    assert {setting["kernel"] for setting in grid} == {"linear", "rbf"}


def test_optuna_finds_the_top_repeats_and_is_silent(capfd):
    def score(setting):
        return -abs(np.log(setting["C"])) - (setting["class_weight"] is None)

    optuna.logging.set_verbosity(optuna.logging.INFO)
    first, again = (grid_and_optuna.by_optuna(LR, score, 40, 3) for _ in range(2))
    assert first == again
    assert grid_and_optuna.best(first)["class_weight"] == "balanced"
    assert 0.7 < grid_and_optuna.best(first)["C"] < 1.4
    # It looks nearer the top later on than while it draws at random.
    scores = [value for _, value in first]
    assert np.mean(scores[-10:]) > np.mean(scores[:10])
    assert capfd.readouterr() == ("", "")


def test_equal_scores_give_the_first_setting():
    assert grid_and_optuna.best([({"C": 1}, 0.5), ({"C": 2}, 0.5), ({"C": 3}, 0.4)]) == {"C": 1}


def test_every_image_is_tested_once_by_people_not_trained_on(found):
    one, _ = found
    assert (one.predictions["fold"] >= 0).all()
    assert one.predictions.groupby("group")["fold"].nunique().eq(1).all()
    ways = [
        nested_search.column(m, s) for m in (SVM, LR) for s in (nested_search.BEFORE, GRID, OPTUNA)
    ]
    ways.append(nested_search.column(LR, nested_search.WRONG))
    assert set(ways) <= set(one.predictions)
    assert one.predictions[ways].isin(EMOTIONS).all().all()
    truth = one.predictions["emotion"].to_numpy()
    assert all(nested_search.macro_f1(truth, one.predictions[way]) > 0.3 for way in ways)


def test_fits_are_counted_and_equal(found):
    one, told = found
    honest = [nested_search.column(m, s) for m in (SVM, LR) for s in (GRID, OPTUNA)]
    wanted = told["folds"] * (told["candidates"] * told["inner_folds"] + 1)
    assert {told["fits"][way] for way in honest} == {wanted}
    assert told["fits"][nested_search.column(LR, nested_search.WRONG)] == 3 * (8 + 1)
    assert all(seconds > 0 for seconds in told["seconds"].values())
    counts = one.candidates.groupby(["fold", "model", "search"])
    assert counts.size().eq(8).all() and counts["chosen"].sum().eq(1).all()


def test_what_is_chosen_is_best_by_its_own_scores(found):
    one, _ = found
    for _, tried in one.candidates.groupby(["fold", "model", "search"]):
        assert tried.loc[tried["chosen"], "score"].item() == tried["score"].max()


def test_the_wrong_way_reports_the_score_it_chose_by(found):
    one, _ = found
    wrong = one.candidates[one.candidates["search"] == nested_search.WRONG]
    for fold, tried in wrong.groupby("fold"):
        tested = one.predictions[one.predictions["fold"] == fold]
        reported = nested_search.macro_f1(
            tested["emotion"].to_numpy(), tested[nested_search.column(LR, nested_search.WRONG)]
        )
        assert reported == pytest.approx(tried["score"].max())


def test_images_of_the_test_fold_change_no_choice_on_inner_folds(found):
    one, _ = found
    last = (one.predictions["fold"] == 2).to_numpy()
    # Folds follow labels, so the labels stay and the features of one fold become nonsense.
    nonsense = BOTH.copy()
    nonsense[last] = np.random.default_rng(0).normal(size=nonsense[last].shape)
    other, _ = nested_search.searches(TABLE, nonsense, WIDTH, 3, 8, 0)

    def chosen(of, wrong):
        rows = of.candidates[(of.candidates["fold"] == 2) & of.candidates["chosen"]]
        rows = rows[(rows["search"] == nested_search.WRONG) == wrong]
        return rows.drop(columns="fold").reset_index(drop=True)

    pd.testing.assert_frame_equal(chosen(one, False), chosen(other, False))
    assert chosen(one, True)["score"].item() > chosen(other, True)["score"].item() + 0.2


def test_the_same_seed_gives_the_same_bytes(tmp_path, monkeypatch, found):
    cnn, lbp = BOTH[:, :WIDTH], BOTH[:, WIDTH:]
    held = SimpleNamespace(table=TABLE, cnn=cnn, lbp=lbp, both=BOTH)
    monkeypatch.setattr(nested_search.features, "read", lambda folder: held)
    small = SimpleNamespace(search_folds=3, search_candidates=8)
    monkeypatch.setattr(nested_search.budget, "get", lambda profile: small)
    asked = SimpleNamespace(profile="smoke", seed=0)
    told = nested_search.make(asked, {"micro_features": tmp_path}, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(nested_search.FILES)
    assert told["fits"] == found[1]["fits"]
    again = nested_search.read(tmp_path)
    pd.testing.assert_frame_equal(again.candidates, found[0].candidates, check_exact=True)
    pd.testing.assert_frame_equal(again.maps, found[0].maps, check_exact=True)
    way = nested_search.column(LR, OPTUNA)
    assert list(again.predictions[way]) == list(found[0].predictions[way])


def test_what_cannot_be_divided_is_refused():
    emotion, group = TABLE["emotion"].to_numpy(), TABLE["group"].to_numpy()
    with pytest.raises(ValueError, match="16 subjects for 20 folds: load more subjects"):
        nested_search.folds(emotion, group, 20, 0)
    one_person = (emotion != "disgust") | (group == group[emotion == "disgust"][0])
    with pytest.raises(ValueError, match="a training part has no disgust: load more subjects"):
        nested_search.folds(emotion[one_person], group[one_person], 3, 0)


def test_weights_lead_back_through_components():
    x = np.random.default_rng(0).normal(2.0, 3.0, size=(60, 9)).astype(np.float32)
    fitted = pca.fit(x, 0, dimensions=4)
    inside = fitted(x)
    assert inside.var(0, ddof=1).mean() == pytest.approx(1, rel=0.01)
    weights = np.random.default_rng(1).normal(size=(3, 4))
    assert fitted.standardised(x) @ fitted.back(weights).T == pytest.approx(inside @ weights.T)


def test_the_cell_that_moves_the_score_is_the_one_on_the_map():
    chance = np.random.default_rng(0)
    seen = chance.normal(size=(50, WIDTH + LBP))
    weights = np.zeros((7, WIDTH + LBP))
    cell = 2 * coefficient_maps.CELLS + 1  # row 2, column 1
    start = WIDTH + cell * coefficient_maps.CODES
    weights[2, start : start + coefficient_maps.CODES] = 0.5
    table = coefficient_maps.spread(weights, np.array(EMOTIONS), seen, WIDTH)
    maps = coefficient_maps.maps(table)
    assert np.unravel_index(maps["fear"].argmax(), (4, 4)) == (2, 1)
    assert maps["fear"][2, 1] > 0 and (np.delete(maps["fear"].ravel(), cell) == 0).all()
    part = seen[:, start : start + coefficient_maps.CODES].sum(1) * 0.5 * 6 / 7
    assert maps["fear"][2, 1] == pytest.approx(part.std())
    network = table[(table["row"] == coefficient_maps.ELSEWHERE) & (table["emotion"] == "fear")]
    assert network["spread"].item() == 0


def test_what_all_classes_share_moves_no_map():
    seen = np.random.default_rng(0).normal(size=(20, WIDTH + LBP))
    same = np.ones((7, WIDTH + LBP))
    table = coefficient_maps.spread(same, np.array(EMOTIONS), seen, WIDTH)
    assert table["spread"].max() < 1e-9
    with pytest.raises(ValueError, match="are not 4 x 4 cells of 59"):
        coefficient_maps.spread(same[:, :-3], np.array(EMOTIONS), seen[:, :-3], WIDTH)


def test_a_smile_changes_the_mouth_and_a_face_at_rest_nothing():
    rows = expression_change_maps.chosen(2, 3)
    assert set(rows) == set(EMOTIONS) - {"neutral"}
    assert all(len({row["subject_id"] for row in each}) == len(each) for each in rows.values())
    smile = expression_change_maps.changes(rows["happy"])
    assert smile[2:, 1:3].mean() > 2 * smile[:2].mean()
    # The corners hold background, which no expression moves.
    assert smile[[0, 0], [0, 3]].max() < smile[2:, 1:3].mean() / 4
    rest = [row for row in clip_set.plan(clip_set.RENDERED_MICRO, 2) if row["emotion"] == "neutral"]
    assert expression_change_maps.changes(rest[:1]).max() == 0
    assert np.array_equal(smile, expression_change_maps.changes(rows["happy"]))


def test_scores_are_scikit_learns_and_differences_are_paired(found):
    predictions = found[0].predictions
    of = search_scores.tuned(predictions, 200, 0)
    first, second = nested_search.column(SVM, GRID), nested_search.column(LR, OPTUNA)
    truth = predictions["emotion"].to_numpy()
    one = of.score(first, "macro F1")
    assert one.value == pytest.approx(nested_search.macro_f1(truth, predictions[first]))
    assert of.score(first, "accuracy").value == (truth == predictions[first]).mean()
    assert one.low < one.value < one.high and one.groups == 16
    both = of.difference(first, second, "macro F1")
    assert both.value == pytest.approx(one.value - of.score(second, "macro F1").value)
    alike = predictions.assign(**{second: predictions[first]})  # then no draw tells them apart
    none = search_scores.tuned(alike, 50, 0).difference(first, second, "accuracy")
    assert (none.low, none.value, none.high) == (0, 0, 0)
    with pytest.raises(ValueError, match="unknown 'SVM, by hand': choose of"):
        of.score("SVM, by hand", "accuracy")


def test_over_folds_each_fold_counts_once_and_folds_that_agree_leave_no_doubt(found):
    predictions = found[0].predictions
    of = search_scores.tuned(predictions, 50, 0)
    first, second = nested_search.column(SVM, GRID), nested_search.column(LR, OPTUNA)
    each = [
        (part["emotion"] == part[first]).mean() - (part["emotion"] == part[second]).mean()
        for _, part in predictions.groupby("fold")
    ]
    one = of.over_folds({first: 1.0, second: -1.0}, "accuracy")
    assert one.value == pytest.approx(np.mean(each)) and one.groups == len(each) == 3
    sizes = predictions["fold"].value_counts()
    ratio = (sizes / (len(predictions) - sizes)).mean()
    reach = stats.t.ppf(0.975, 2) * np.std(each, ddof=1) * np.sqrt(1 / 3 + ratio)
    assert one.high - one.value == pytest.approx(reach)
    alike = predictions.assign(**{second: predictions[first]})
    none = search_scores.tuned(alike, 50, 0).over_folds({first: 1.0, second: -1.0}, "macro F1")
    assert (none.low, none.value, none.high) == (0, 0, 0)


def test_an_emotion_that_too_few_people_show_is_left_out_and_said():
    emotion, group = TABLE["emotion"].to_numpy(), TABLE["group"].to_numpy()
    few = np.unique(group[emotion == "disgust"])[: nested_search.GROUPS - 1]
    kept = (emotion != "fear") & ((emotion != "disgust") | np.isin(group, few))
    left = int((emotion[kept] == "disgust").sum())
    found, told = nested_search.searches(TABLE[kept], BOTH[kept], WIDTH, 3, 4, 0)
    assert told["left_out"] == {"disgust": left} and told["images"] == kept.sum() - left
    assert set(found.predictions["emotion"]) == set(EMOTIONS) - {"fear", "disgust"}
    assert set(found.maps["emotion"]) == set(EMOTIONS) - {"fear", "disgust"}
    assert (
        search_scores.tuned(found.predictions, 50, 0)
        .score(nested_search.column(LR, OPTUNA), "macro F1")
        .value
        > 0.3
    )
    one = TABLE["emotion"] == "happy"
    with pytest.raises(DataError, match="fewer than three emotions are shown by 4 people or more"):
        nested_search.searches(TABLE[one], BOTH[one], WIDTH, 3, 4, 0)
