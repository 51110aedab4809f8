"""Groups are scored rightly, only the tone changes, and a planted bias is found, a fair net not."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

import face_renderer as faces
from face_renderer import head
from face_renderer.render import expressed, raster_head, subject_of, view_of
from fer_lib.evaluation import metrics
from fer_lib.evaluation.bootstrap import bootstrap
from fer_lib.evaluation.counts_by_subject import by_class, summary
from fer_lib.labels import AUTHENTICITY, EMOTIONS
from fer_lib.papers.diya2026.fairness import group_fairness, skin_tone_effects, skin_tone_swap
from fer_lib.papers.diya2026.task import TASK
from tests.helpers import plain_scores

SIZE = 64  # pixels; the mesh is the same at every size


def predicted(subjects=30, seed=0, genuine_cut=None):
    """Return made-up predictions, 14 images a subject; some subjects called fake more often."""
    chance = np.random.default_rng(seed)
    cells = [(e, a) for e in EMOTIONS for a in AUTHENTICITY]
    table = pd.DataFrame(
        [(f"s{k:02d}", e, a) for k in range(subjects) for e, a in cells],
        columns=["group", "emotion", "authenticity"],
    )
    scores = chance.random((len(table), len(EMOTIONS)))
    truth = table["emotion"].map(EMOTIONS.index).to_numpy()
    scores[np.arange(len(table)), truth] += 0.3
    for k, emotion in enumerate(EMOTIONS):
        table[f"p_{emotion}"] = scores[:, k] / scores.sum(1)
    genuine = (table["authenticity"] == "genuine").to_numpy()
    p = 0.35 + 0.3 * genuine + chance.normal(0, 0.2, len(table))
    if genuine_cut is not None:
        p -= np.where(table["group"].isin(genuine_cut) & genuine, 0.3, 0.0)
    table["p_genuine"] = np.clip(p, 0, 1).round(2)  # rounded: ties must count half
    return table


def people_of(table):
    """Return factors: every second subject female, tones in turns, ages spread."""
    names = sorted(table["group"].unique())
    return pd.DataFrame(
        {
            "tone": [("light", "medium", "dark")[k % 3] for k in range(len(names))],
            "sex": [("female", "male")[k % 2] for k in range(len(names))],
            "age": [group_fairness.AGES[(k // 6) % 3][1] for k in range(len(names))],
        },
        index=pd.Index(names, name="group"),
    )


# Scores and differences of groups.


@pytest.mark.parametrize("drawn", [["s00", "s01", "s02"], ["s03", "s03", "s07", "s07", "s07"]])
def test_scores_from_sums_are_those_of_the_rows(drawn):
    table = predicted(10)
    of = group_fairness.answers(table)
    rows = pd.concat([table[table["group"] == name] for name in drawn])
    count = np.array([drawn.count(s) for s in of["emotion"].groups], float)
    emotion, authenticity = (metrics.judged(rows, head) for head in TASK.heads)
    genuine = authenticity.truth == 1
    expected = {
        group_fairness.ACCURACY: (emotion.truth == emotion.guess).mean(),
        group_fairness.AUC: metrics.auc(authenticity.truth, authenticity.score),
        group_fairness.WITHIN: plain_scores.auc_within(
            authenticity.truth, authenticity.score, authenticity.strata
        ),
        group_fairness.TRUE: authenticity.guess[genuine].mean(),
        group_fairness.FALSE: authenticity.guess[~genuine].mean(),
    }
    for name, value in expected.items():
        assert group_fairness.score(of, name, count) == pytest.approx(value, abs=1e-12), name


def test_a_score_without_images_is_not_a_number():
    of = group_fairness.answers(predicted(3).query("authenticity == 'fake'"))
    assert np.isnan(group_fairness.score(of, group_fairness.TRUE, np.ones(3)))
    assert np.isnan(group_fairness.score(of, group_fairness.AUC, np.ones(3)))
    assert np.isfinite(group_fairness.score(of, group_fairness.FALSE, np.ones(3)))


def test_intervals_are_those_of_the_bootstrap_by_rows():
    table = predicted(12)
    people = people_of(table).assign(sex="female")
    found, _ = group_fairness.by_group([group_fairness.answers(table)], people, 200, seed=3)
    of = metrics.judged(table, TASK["authenticity"])
    expected = bootstrap(
        of.groups, lambda rows: {"AUC": metrics.auc(of.truth[rows], of.score[rows])}, 200, 3
    )["AUC"]
    ours = found.set_index("value").loc["female", group_fairness.AUC]
    assert (ours.value, ours.low, ours.high) == pytest.approx(
        (expected.value, expected.low, expected.high)
    )


def test_a_group_that_is_called_fake_more_often_is_told_apart_and_no_other():
    table = predicted(60)
    people = people_of(table)
    wronged = people.index[people["tone"] == "dark"]
    runs = [group_fairness.answers(predicted(60, seed, genuine_cut=wronged)) for seed in (0, 1)]
    _, apart = group_fairness.by_group(runs, people, 50, 0)
    told = apart[apart["told apart"] == "yes"]
    assert set(told["factor"]) == {"tone"}
    assert set(told["score"]) == {group_fairness.TRUE, group_fairness.AUC}
    assert (told["second"] == "dark").all()
    row = told[told["score"] == group_fairness.TRUE].iloc[0]
    assert row["difference"].low > 0.2
    low, high = (float(end) for end in row["seeds"].split(" to "))
    assert 0.2 < low <= row["difference"].value + 5e-4
    assert row["difference"].value - 5e-4 <= high


def test_equal_groups_are_not_told_apart():
    table = predicted(60, seed=5)
    _, apart = group_fairness.by_group([group_fairness.answers(table)], people_of(table), 50, 0)
    assert len(apart) == 7 * len(group_fairness.COMPARED)
    assert (apart["told apart"] == "no").all()
    assert (apart["p adjusted"] >= apart["p"]).all()


def test_one_comparison_among_many_must_be_surer_than_one_alone():
    alone = group_fairness.adjusted(pd.DataFrame({"p": [0.04]}))
    many = group_fairness.adjusted(pd.DataFrame({"p": [0.04, 0.5, 0.6, 0.7, np.nan]}))
    assert alone["told apart"].tolist() == ["yes"]
    assert many["told apart"].tolist() == ["no"] * 5
    assert many["p adjusted"].isna().tolist() == [False] * 4 + [True]


def test_a_group_of_one_subject_has_no_interval_and_is_not_tested():
    table = predicted(4)
    people = people_of(table).assign(tone=["light", "light", "light", "dark"])
    found, apart = group_fairness.by_group([group_fairness.answers(table)], people, 50, 0)
    alone = found.set_index("value").loc["dark", group_fairness.ACCURACY]
    assert np.isnan(alone.low) and np.isfinite(alone.value) and alone.groups == 1
    tone = apart[apart["factor"] == "tone"]
    assert tone["p"].isna().all() and (tone["told apart"] == "no").all()


def test_small_crossed_cells_are_counted_and_not_scored():
    table = predicted(30)
    people = people_of(table).assign(
        tone=["light"] * 12 + ["dark"] * 18, sex="female", age="over 50"
    )
    people.iloc[29, :] = ("dark", "male", "under 35")
    found = group_fairness.intersections([group_fairness.answers(table)], people, 20, 0)
    found = found.set_index(["tone", "sex", "age"])
    assert len(found) == 18 and found["subjects"].sum() == 30
    of = metrics.judged(table[table["group"] < "s12"], TASK["emotion"])
    scored = found.loc[("light", "female", "over 50"), group_fairness.ACCURACY]
    assert scored.value == pytest.approx((of.truth == of.guess).mean())
    assert found.loc[("dark", "male", "under 35"), group_fairness.ACCURACY] == "too few subjects"
    cells = group_fairness.cells(people)
    assert cells[["under 35", "35 to 50", "over 50"]].to_numpy().sum() == 30


def test_photographs_cannot_be_measured_by_group():
    with pytest.raises(ValueError, match="no column 'tone'"):
        group_fairness.factors_of(pd.DataFrame({"group": ["a"], "emotion": ["happy"]}))


def test_ages_and_labels_are_the_generators():
    table = pd.DataFrame(faces.plan(faces.RENDERED_TEST.with_subjects(20)))
    people = group_fairness.factors_of(table.assign(group=table["subject_id"]))
    first = table.drop_duplicates("subject_id").set_index("subject_id")["age"].loc[people.index]
    assert ((first <= 35) == (people["age"] == "under 35")).all()
    assert ((first > 50) == (people["age"] == "over 50")).all()
    assert set(people["tone"]) <= set(group_fairness.VALUES["tone"])


def test_runs_about_other_subjects_are_refused():
    with pytest.raises(ValueError, match="same subjects"):
        group_fairness.by_group(
            [group_fairness.answers(predicted(4)), group_fairness.answers(predicted(5))],
            None,
            10,
            0,
        )


# Rows and pictures.


def small(rows):
    return [{**row, "size": SIZE} for row in rows]


@pytest.fixture(scope="module")
def rows():
    """Return 24 rows of 12 subjects: with fewer, no sign test could be sure."""
    return small(skin_tone_swap.chosen_rows(24, 100))


@pytest.fixture(scope="module")
def versions(rows):
    """Return every version of these faces."""
    return skin_tone_swap.rendered(rows, 32)


def test_chosen_rows_are_pairs_of_many_subjects_and_every_emotion():
    chosen = skin_tone_swap.chosen_rows(28, 100)
    assert len({row["subject_id"] for row in chosen}) == 14
    assert sorted(row["emotion"] for row in chosen) == sorted([*EMOTIONS] * 4)
    for fake, genuine in zip(chosen[::2], chosen[1::2], strict=True):
        assert (fake["subject_id"], fake["emotion"]) == (genuine["subject_id"], genuine["emotion"])
        assert (fake["authenticity"], genuine["authenticity"]) == AUTHENTICITY
    with pytest.raises(ValueError, match="must be even, 2 to 20"):
        skin_tone_swap.chosen_rows(22, 10)


def test_rows_differ_only_in_the_tone_columns(rows):
    made = skin_tone_swap.counterfactual_tones(rows)
    assert list(made) == list(skin_tone_swap.TONES)
    for tone, changed in made.items():
        for row, other in zip(rows, changed, strict=True):
            assert set(row) == set(other)
            assert {name for name in row if row[name] != other[name]} <= set(
                skin_tone_swap.TONE_COLUMNS
            )
            assert other["tone_angle"] == skin_tone_swap.TONES[tone]
            assert other["tone"] == {"lightest": "light", "darkest": "dark"}.get(tone, tone)


def test_an_unknown_tone_is_refused_with_the_known_ones(rows):
    with pytest.raises(ValueError, match=r"'beige'.*lightest, light, medium, dark, darkest"):
        skin_tone_swap.counterfactual_tones(rows, ["beige"])


def not_skin(row):
    """Return bool (size, size) of pixels that hold no part of the head but eyes and teeth."""
    vertices, _ = expressed(row, subject_of(row))
    wide = 2 * SIZE
    _, triangle, _, _ = raster_head(view_of(row, vertices, wide), wide)
    material = np.where(triangle >= 0, head.load().materials[triangle], -1)
    other = np.isin(material, (-1, head.EYE_LEFT, head.EYE_RIGHT, head.UPPER_TEETH))
    # A pixel mixes its samples, and lashes stand before the eye: keep clear of the edges.
    clear = other.reshape(SIZE, 2, SIZE, 2).all((1, 3))
    padded = np.pad(clear, 2, constant_values=True)
    return np.all([padded[i : i + SIZE, j : j + SIZE] for i in range(5) for j in range(5)], axis=0)


def test_only_the_skin_changes(rows):
    # Skin shows through shaved hair and beards, so that these take on some of its colour.
    bare = [r for r in rows[::2] if r["beard"] == "none" and r["hair_style"] != "shaved"]
    for row in bare[:3]:
        (dark,) = skin_tone_swap.counterfactual_tones([row], ["darkest"])["darkest"]
        changed = (faces.render(dark) != faces.render(row)).any(-1)
        kept = not_skin(row)
        assert kept.mean() > 0.1
        assert not changed[kept].any()
        assert changed[~kept].mean() > 0.3


def test_a_camera_left_to_react_changes_the_background_too(rows):
    row = rows[0]
    own, other = faces.render(row), faces.render(skin_tone_swap.with_tone(row, "darkest"))
    assert (own != other)[not_skin(row)].mean() > 0.5


def test_controls_change_what_they_say(rows):
    row = rows[0]
    light = skin_tone_swap.other_scene(row, skin_tone_swap.LIGHT_COLUMNS)
    assert {n for n in row if row[n] != light[n]} <= set(skin_tone_swap.LIGHT_COLUMNS)
    assert light["light_azimuth"] != row["light_azimuth"]
    background = skin_tone_swap.other_scene(row, skin_tone_swap.BACKGROUND_COLUMNS)
    assert {n for n in row if row[n] != background[n]} <= set(skin_tone_swap.BACKGROUND_COLUMNS)
    assert {n for n in row if row[n] != skin_tone_swap.other_noise(row)[n]} == {"seed"}


def test_versions_have_their_sizes(versions):
    mean = np.mean([versions.sizes[tone] for tone in skin_tone_swap.TONES], axis=0)
    assert versions.sizes[skin_tone_swap.OWN].max() == 0
    assert versions.sizes[skin_tone_swap.DARKER] == pytest.approx(mean, abs=0.6)
    assert (
        versions.sizes[skin_tone_swap.NOISE].mean()
        < 2
        < versions.sizes[skin_tone_swap.LIGHT].mean()
    )
    assert {tuple(images.shape) for images in versions.images.values()} == {(24, 3, 32, 32)}


# The controlled experiment finds a planted bias and leaves a fair network alone.


class Net(nn.Module):
    """A fake network: P(genuine) follows the mean value of a part of the picture."""

    def __init__(self, part, slope):
        super().__init__()
        self.part, self.slope = part, slope
        self.register_parameter("none", nn.Parameter(torch.zeros(1)))

    def forward(self, images):
        seen = images[(..., *self.part)].mean((1, 2, 3))
        emotion = torch.stack([seen * 0 + k for k in range(len(EMOTIONS))], 1)
        return {"emotion": emotion, "authenticity": self.slope * seen}


FACE = (slice(10, 22), slice(12, 20))
CORNER = (slice(0, 6), slice(0, 4))


def test_a_planted_bias_is_found(versions):
    answers = [skin_tone_effects.ask(Net(FACE, 3.0), versions)]
    ends = skin_tone_effects.ends_apart(answers, 100, 0).set_index("score")
    assert ends.loc[
        [skin_tone_effects.P_GENUINE, skin_tone_effects.P_FAKE], "told apart"
    ].tolist() == ["yes", "yes"]
    assert ends.loc[skin_tone_effects.P_GENUINE, "difference"].low > 0.3
    assert ends.loc[skin_tone_effects.ACCURACY, "told apart"] == "no"
    each = skin_tone_effects.per_tone(answers, 50, 0)[skin_tone_effects.P_GENUINE].map(
        lambda one: one.value
    )
    assert each.is_monotonic_decreasing
    beside = skin_tone_effects.beside_chance(answers, 100, 0).set_index(["measure", "against"])
    assert beside.loc[(skin_tone_effects.MOVED, skin_tone_swap.BACKGROUND), "told apart"] == "yes"
    assert beside.loc[(skin_tone_effects.MOVED, skin_tone_swap.BACKGROUND), "difference"].low > 0.1


def test_a_fair_network_is_not_flagged(versions):
    answers = [skin_tone_effects.ask(Net(CORNER, 3.0), versions)]
    assert (skin_tone_effects.ends_apart(answers, 100, 0)["told apart"] == "no").all()
    moved = skin_tone_effects.changes(answers, versions, 50, 0)
    beside = skin_tone_effects.beside_chance(answers, 100, 0).set_index(["measure", "against"])
    assert moved.loc["darkest", skin_tone_effects.FLIPPED].value == 0
    assert moved.loc[skin_tone_swap.BACKGROUND, skin_tone_effects.MOVED].value > 0.1
    assert moved.loc["darkest", skin_tone_effects.MOVED].value < 0.05
    assert beside.loc[(skin_tone_effects.MOVED, skin_tone_swap.BACKGROUND), "difference"].high < 0


class Restless(Net):
    """A fake network whose answer jumps with any change of the picture, whatever it is."""

    def forward(self, images):
        jump = torch.sin(1e4 * images.double().mean((1, 2, 3)))
        emotion = torch.stack([jump * k for k in range(len(EMOTIONS))], 1)
        return {"emotion": emotion, "authenticity": 2 * jump}


def test_a_restless_network_is_moved_by_everything_alike(versions):
    answers = [skin_tone_effects.ask(Restless(FACE, 0.0), versions)]
    assert (
        skin_tone_effects.changes(answers, versions, 50, 0)
        .loc["darkest", skin_tone_effects.MOVED]
        .value
        > 0.2
    )
    assert (skin_tone_effects.ends_apart(answers, 100, 0)["told apart"] == "no").all()
    assert (skin_tone_effects.beside_chance(answers, 100, 0)["told apart"] == "no").all()


def test_changes_are_means_over_seeds(versions):
    one, two = (skin_tone_effects.ask(Net(FACE, slope), versions) for slope in (1.0, 3.0))
    single = [
        skin_tone_effects.changes([of], versions, 5, 0)[skin_tone_effects.MOVED]
        for of in (one, two)
    ]
    both = skin_tone_effects.changes([one, two], versions, 5, 0)[skin_tone_effects.MOVED]
    for change in both.index:
        mean = np.mean([found[change].value for found in single])
        assert both[change].value == pytest.approx(mean)
    direct = np.abs(one.p_genuine["dark"] - one.p_genuine[skin_tone_swap.OWN]).mean()
    assert single[0]["dark"].value == pytest.approx(direct)


def test_the_sign_test_is_by_subject():
    values, subjects = np.ones(40), np.repeat(["a", "b"], 20)
    assert skin_tone_effects.sign_test(values, subjects, 0) == pytest.approx(
        0.5
    )  # 2 subjects, 4 signs
    assert skin_tone_effects.sign_test(values, np.arange(40).astype(str), 0) < 0.001
    assert np.isnan(skin_tone_effects.sign_test(values, np.repeat("a", 40), 0))


@pytest.mark.parametrize(
    ("name", "head", "column"),
    [
        (group_fairness.ACCURACY, "emotion", "accuracy"),
        (group_fairness.AUC, "authenticity", "AUC"),
        (group_fairness.WITHIN, "authenticity", "AUC within emotion"),
    ],
)
def test_a_group_scores_like_the_comparison_of_models(name, head, column):
    """Both pages add up the same tallies: the same draws give the same bits."""
    of = group_fairness.answers(predicted(12))
    drawn = np.random.default_rng(5).integers(0, 4, (20, 12)).astype(float)
    assert np.array_equal(group_fairness.score(of, name, drawn), summary(of[head], drawn)[column])
    # A row of weights and a stack of them alike.
    assert group_fairness.score(of, name, drawn[3]) == group_fairness.score(of, name, drawn)[3]


def test_the_share_called_genuine_is_the_recall_of_the_comparison():
    of = group_fairness.answers(predicted(9))
    drawn = np.random.default_rng(6).integers(0, 3, (15, 9)).astype(float)
    recall = by_class(of["authenticity"], drawn)
    assert np.array_equal(
        group_fairness.score(of, group_fairness.TRUE, drawn), recall["genuine/recall"]
    )
    assert group_fairness.score(of, group_fairness.FALSE, drawn) == pytest.approx(
        1 - recall["fake/recall"]
    )
