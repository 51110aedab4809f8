"""The counts and sentences of the page on data, and the record of the outside classifier."""

import numpy as np
import pandas as pd
import pytest

import face_renderer as faces
from fer_lib.data import datasets
from fer_lib.data.splits import by_image, split
from fer_lib.evaluation import ledgers
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.diya2026 import data_page, leakage_audit, outside_judge
from fer_lib.papers.diya2026.verdicts import data as verdicts


@pytest.fixture(scope="module")
def loaded():
    return datasets.by_name("rendered46", size=48, n_subjects=12, progress=False)


@pytest.fixture(scope="module")
def beside(loaded):
    return data_page.counts(loaded.table, verdicts.table_3(ledgers.load("diya2026")))


def test_table_3_stands_beside_the_counts_of_the_set(loaded, beside):
    assert list(beside.columns) == ["fake, here", "fake, paper", "genuine, here", "genuine, paper"]
    assert list(beside.loc["sum"]) == [
        *((loaded.table["authenticity"] == "fake").sum(), 855),
        *((loaded.table["authenticity"] == "genuine").sum(), 802),
    ]
    assert beside.loc["surprise", "genuine, paper"] == 41
    told = data_page.in_words(beside.assign(**{"fake, here": 9, "genuine, here": 3}))
    assert told.startswith("Fake images are the more numerous for angry, disgust, fear, happy")


def test_no_factor_of_a_rendered_set_tells_and_a_planted_one_does(loaded):
    alone = data_page.one_factor(loaded.table)
    assert set(alone.index) == set(data_page.FACTORS.values())
    assert alone.between(0.5, 0.65).all()
    truth = data_page.genuine(loaded.table)
    planted = data_page.one_factor(loaded.table.assign(exposure=-truth))
    assert planted.index[0] == "exposure" and planted.iloc[0] == 1
    long = data_page.factors(loaded.table)
    assert len(long) == len(loaded.table) * len(data_page.FACTORS)


def test_the_unit_that_separates_is_named_with_its_direction(loaded):
    truth = data_page.genuine(loaded.table)
    planted = loaded.table.assign(AU12_L=truth * 1.0, AU12_R=truth * 1.0)
    units = data_page.one_unit(planted)
    assert (units["feature"] == "AU12, mean of both sides").all()
    assert (units["higher in"] == "genuine").all() and (units["AUC alone"] == 1).all()
    told = data_page.shortcuts(data_page.one_factor(planted), units)
    assert "AU12, mean of both sides" in told and "AUC 1.000" in told


def test_the_split_is_counted(loaded):
    parts = split(loaded.table, 0)
    found = data_page.split_counts(loaded.table, parts)
    assert list(found.index) == ["train", "val", "test"]
    assert found["images"].sum() == len(loaded.table) and found["groups"].sum() == 12
    assert found["share of images"].sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("divide", "said"),
    [(split, "finds nothing on two sides."), (by_image, "a leak: groups in more than one split")],
)
def test_the_answer_names_a_leak_where_there_is_one(loaded, beside, divide, said):
    audit = leakage_audit.audit(loaded.table, divide(loaded.table, 0), loaded.images)
    told, rests_on = data_page.answer(loaded, beside, 0.6, audit, "by hand")
    assert said in told and "unlike the paper's Table 3" in told and "AUC of 0.600" in told
    assert rests_on.startswith("All 12 subjects of rendered46")
    same = beside.assign(**{f"{k}, here": beside[f"{k}, paper"] for k in ("fake", "genuine")})
    assert (
        "happy has 2.4 times the images of surprise"
        in data_page.answer(loaded, same, 0.6, audit, "by hand")[0]
    )


def test_what_a_record_leaves_undefined_is_nan():
    one = outside_judge.interval({"value": 0.5, "low": None, "high": None}, 7)
    assert (one.value, one.groups) == (0.5, 7)
    assert np.isnan(one.low) and np.isnan(one.high)
    assert str(outside_judge.interval({"value": 0.5, "low": 0.4, "high": 0.6}, 7)) == str(
        Interval(0.5, 0.4, 0.6, 7)
    )


def test_the_record_of_the_outside_classifier_is_read_as_it_stands():
    judge = outside_judge.load()
    goals, emotions, gap = judge.goals(), judge.by_emotion(), judge.gap()
    assert list(emotions.index) == list(faces.EMOTIONS) and list(emotions) == ["full", "default"]
    for setting, found in judge.settings.items():
        named = np.array(found["confusion"]["genuine"])
        share = np.diag(named) / named.sum(1)
        assert [one.value for one in emotions[setting]] == pytest.approx(share, abs=1e-4)
        assert goals.loc["genuine fear", setting] == emotions.loc["fear", setting]
    assert goals["reached"].isin(["yes", "no"]).all()
    assert list(gap.index) == list(outside_judge.PARTS.values())
    assert "This was look" in judge.in_words()


def test_a_gap_is_claimed_only_where_its_interval_is_clear_of_zero(monkeypatch):
    judge = outside_judge.load()
    for ends, said in (((-0.1, 0.1), "no gap can be seen"), ((0.01, 0.1), "there is a gap")):
        of = Interval(0.05, *ends, 9)
        gap = pd.DataFrame({"default": dict.fromkeys(outside_judge.PARTS.values(), of)})
        monkeypatch.setattr(outside_judge.Judged, "gap", lambda _, gap=gap: gap)
        assert said in judge.gap_in_words()
    older = outside_judge.Judged(judge.record | {"generator_version": "0"})
    assert older.outdated and "Outdated" in older.in_words()
