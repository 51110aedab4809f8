"""The settings of ``huang2025`` and the counts of its public code, as files that a page reads."""

from __future__ import annotations

import re

import pytest
import yaml

from claimcheck.checks.public_datasets import SETS
from engine.store import paths
from face_renderer.clips import clip_set, clip_spec, time_course
from fer_lib.evaluation import ledgers
from fer_lib.labels import EMOTIONS
from fer_lib.papers.huang2025 import printed_counts, printed_settings

ONE = {
    "setting": "image size",
    "part": "data",
    "text": {"value": "80 x 80", "where": "section 3.2"},
    "code": {"value": "224", "where": "PRED 18"},
    "ours": {"value": "80 x 80", "tag": "text", "why": "the text's"},
}


def parsed(*rows: dict):
    return printed_settings.load(
        yaml.safe_dump({"notebooks": {"PRED": "p.ipynb"}, "settings": list(rows)})
    )


def here(name: str) -> str:
    return printed_settings.load().set_index("setting")["here"][name]


def test_every_setting_has_ours_with_a_known_tag_and_a_reason():
    table = printed_settings.load()
    assert len(table) > 40
    assert set(table["tag"]) == set(printed_settings.TAGS)
    assert set(table["part"]) == set(printed_settings.PARTS)
    assert (table[["here", "why", "text", "code"]].map(len) > 0).all(axis=None)
    silent = (table["text"] == printed_settings.NOTHING) & (
        table["code"] == printed_settings.NOTHING
    )
    assert set(table.loc[silent, "tag"]) == {"our choice"}


def test_places_of_the_text_are_places_of_the_paper():
    ledger = ledgers.load("huang2025")
    known = {claim.where for claim in ledger.values()}
    content = yaml.safe_load((paths.root() / printed_settings.SETTINGS).read_text())
    for one in content["settings"]:
        if one["text"]:
            head, _, rest = one["text"]["where"].partition(" ")
            for number in re.findall(r"[\d.]+", rest):
                assert f"{head.removesuffix('s')} {number}" in known, one["setting"]


def test_what_is_said_of_the_rendered_set_is_what_the_code_does():
    rows = clip_set.plan(clip_set.RENDERED_MICRO)
    assert here("number of images") == f"{sum(clip_spec.COUNTS.values()):,}"
    assert here("subjects").startswith(
        f"{clip_set.RENDERED_MICRO.n_subjects}, as many men as women"
    )
    assert here("frame rate") == f"{clip_set.FPS} frames a second"
    low, high = clip_set.DURATION_MS
    assert here("duration of a micro-expression") == f"{low:.0f} to {high:.0f} ms, evenly"
    low, high = clip_set.INTENSITY
    assert here("intensity").startswith(f"{low} to {high} of a full expression")
    low, high = clip_set.APEX_AT
    assert f"the apex at {low} to {high} of the duration" in here("course of a clip")
    assert len(rows) == 1150
    assert len(time_course.times(clip_set.DURATION_MS[0], clip_set.FPS)) > 10


def test_shares_of_the_rendered_set_are_those_of_the_training_folders():
    printed = printed_counts.printed("train")["all"]
    total = sum(clip_spec.COUNTS.values())
    for emotion in EMOTIONS:
        assert abs(clip_spec.COUNTS[emotion] - total * printed[emotion] / printed.sum()) < 1


def test_sums_are_those_the_code_prints():
    train, test = printed_counts.printed("train"), printed_counts.printed("test")
    assert train["all"].sum() == 45379
    assert test["all"].sum() == 2841
    assert test["all"].drop("contempt").sum() == 2787
    assert list(train.index) == list(EMOTIONS)
    assert train.sum().to_dict() == {"train1": 28709, "train2": 7643, "train3": 9027, "all": 45379}
    assert test.sum().to_dict() == {"test1": 981, "test2": 1860, "all": 2841}
    assert train["all"].rank(ascending=False)["fear"] == 4


def test_the_first_folders_have_the_counts_of_two_known_sets():
    fer = printed_counts.fer2013()
    assert (fer["train1"] == fer["FER-2013, training part"]).all()
    assert fer["train1"].sum() == SETS["FER-2013"]["training images"]
    assert fer["rest"].to_dict() == {
        "angry": 958,
        "disgust": 111,
        "fear": 1024,
        "happy": 1774,
        "neutral": 1233,
        "sad": 1247,
        "surprise": 831,
    }
    ck = printed_counts.ckplus()
    assert ck["CK+, labelled sequences"].sum() == 327
    assert set(ck["images a sequence"].dropna()) == {3.0}
    assert ck.loc["neutral", "test1"] == 0


@pytest.mark.parametrize("field", ["train1", "train3"])
def test_a_slip_in_a_count_is_found(monkeypatch, field):
    found = printed_counts.counts()
    found["printed"]["train"]["folders"][field]["fear"] += 1
    monkeypatch.setattr(printed_counts, "counts", lambda: found)
    with pytest.raises(
        printed_settings.SettingsError, match=r"train folders do not add up.*'fear': 6076"
    ):
        printed_counts.printed("train")


def test_a_slip_in_a_published_count_is_found(monkeypatch):
    found = printed_counts.counts()
    found["fer2013_training"]["sad"] -= 10
    monkeypatch.setattr(printed_counts, "counts", lambda: found)
    with pytest.raises(printed_settings.SettingsError, match="do not add up to its parts"):
        printed_counts.fer2013()


def test_a_sound_setting_is_read():
    row = parsed(ONE).iloc[0]
    assert (row["text"], row["code"]) == ("80 x 80 (section 3.2)", "224 (PRED 18)")
    assert parsed(ONE | {"code": None}).iloc[0]["code"] == printed_settings.NOTHING


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"ours": {**ONE["ours"], "tag": "guess"}}, "tag 'guess', choose text, code, our choice"),
        ({"ours": {**ONE["ours"], "why": " "}}, "ours lacks 'why'"),
        ({"ours": None}, "ours lacks 'value'"),
        ({"part": "weather"}, "part 'weather', choose data"),
        ({"text": None}, "is tagged 'text', which says nothing of it"),
        ({"code": {"value": "224"}}, "needs value and where"),
        ({"code": {"value": "224", "where": "cell 18"}}, "'cell 18' names no notebook"),
        ({"text": {"value": "80", "where": "s", "page": 3}}, "needs value and where"),
    ],
)
def test_a_bad_setting_is_told_in_one_line(change, told):
    with pytest.raises(printed_settings.SettingsError, match=told) as error:
        parsed(ONE | change)
    assert "image size" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_field_and_a_second_setting_of_one_name_are_told():
    with pytest.raises(printed_settings.SettingsError, match="lacks 'code': add it"):
        parsed({name: value for name, value in ONE.items() if name != "code"})
    with pytest.raises(printed_settings.SettingsError, match="'image size' occurs twice"):
        parsed(ONE, ONE)
