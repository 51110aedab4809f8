"""What the pages on explanations share: scores of faces, and verdicts on planted relevance."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation import ledgers
from fer_lib.evaluation.bootstrap import Interval, means
from fer_lib.evaluation.verdicts import Ground
from fer_lib.papers.diya2026 import named_configs
from fer_lib.papers.diya2026.explanations import (
    deletion_insertion,
    face_regions,
    map_agreement,
    map_page,
    map_scores,
)
from fer_lib.papers.diya2026.explanations.explained_faces import Cases
from fer_lib.papers.diya2026.verdicts import maps as map_verdicts
from tests.helpers.explained import SIDE, Patch

LEDGER = ledgers.load("diya2026")
GROUND = Ground("diya2026", "rendered46", "book")
SEEN, UNSEEN = "direction seen on rendered faces", "direction not seen on rendered faces"
UP, DOWN = Interval(0.2, 0.1, 0.3, 9), Interval(-0.2, -0.3, -0.1, 9)
N = 12


@pytest.fixture(scope="module")
def faces():
    """Twelve faces of four people, happy and angry, genuine and fake in turn."""
    table = pd.DataFrame(
        {
            "image_id": [str(k) for k in range(N)],
            "group": [f"p{k // 3}" for k in range(N)],
            "emotion": ["happy", "angry"] * (N // 2),
            "authenticity": ["genuine", "genuine", "fake", "fake"] * (N // 4),
        }
    )
    chance = np.random.default_rng(0)
    small = torch.from_numpy(chance.integers(0, 255, (N, 3, SIDE, SIDE), dtype=np.uint8))
    return map_page.Faces(Cases(table, small.numpy(), (), "test"), small, 200, 0)


@pytest.fixture(scope="module")
def places():
    """Six regions: stripes of the picture, alike for every face."""
    found = np.zeros((N, len(face_regions.REGIONS), SIDE, SIDE), bool)
    edges = np.linspace(0, SIDE, len(face_regions.REGIONS) + 1).astype(int)
    for k in range(len(face_regions.REGIONS)):
        found[:, k, edges[k] : edges[k + 1]] = True
    return found


def test_one_face_of_each_emotion_is_chosen_where_there_is_one(faces):
    first = faces.of_each_emotion("genuine", apart=False)
    assert first == {"angry": 1, "happy": 0}
    spread = faces.of_each_emotion("genuine", apart=True)
    assert set(spread) == {"angry", "happy"}
    assert spread["happy"] in (0, 4, 8) and spread["happy"] != 0  # not the first person
    assert faces.side == SIDE and list(faces.people[:4]) == ["p0", "p0", "p0", "p1"]


def test_means_are_those_of_the_bootstrap_by_subject(faces):
    frame = pd.DataFrame({"x": np.arange(N, dtype=float)})
    wanted = means({"x": frame["x"]}, faces.people, 200, 0)
    assert faces.mean(frame, people=faces.people) == wanted
    assert faces.mean(frame.assign(group=faces.people), ["x"]) == wanted


def test_a_map_is_scored_on_the_truth_its_parts_and_the_regions(faces, places):
    whole = np.zeros((N, SIDE, SIDE), np.float32)
    whole[:, :8] = 1
    shading = whole.copy()
    shading[:, 8:12] = 1
    truths = {("authenticity", "whole"): whole, ("authenticity", "geometry"): whole}
    truths |= {("authenticity", "shading"): shading, ("emotion", "whole"): whole}
    truths["emotion", "whole"] = np.zeros_like(whole)
    truths["emotion", "whole"][0, :4] = 1
    masks = map_page.masks_of(truths)
    assert not masks["emotion", "whole"][1:].any()  # nothing changes in a neutral face
    maps = whole + 1e-3
    right = pd.Series([True, False] * (N // 2), index=range(100, 100 + N))
    found = faces.scored(maps, masks, places, "authenticity", right)
    own = map_scores.energy_share(maps[:1], masks["authenticity", "geometry"][:1])[0, 0]
    area = masks["authenticity", "geometry"][0].mean()
    assert found["geometry"].iloc[0] == pytest.approx(own)
    assert found["geometry: excess"].iloc[0] == pytest.approx(own - area)
    assert found[map_page.ONLY_SHADING].max() < 0  # no relevance where shading alone lies
    inside = sum(found[region] for region in face_regions.REGIONS)
    assert np.allclose(inside, 1)
    assert found["right"].tolist() == right.tolist()
    assert found["group"].tolist() == faces.people.tolist()
    assert found["face"].tolist() == list(range(N))
    without = faces.scored(
        maps, {("emotion", "whole"): masks["emotion", "whole"]}, places, "emotion", right
    )
    assert "geometry" not in without
    rows = map_page.rows_of(found, emotion="happy", authenticity="fake")
    assert rows["face"].tolist() == [2, 6, 10] and rows.index.tolist() == [0, 1, 2]


def test_pictures_have_the_truth_only_where_there_is_one(faces):
    maps = {head: np.ones((N, SIDE, SIDE)) for head in ("emotion", "authenticity")}
    whole = {(head, "whole"): one for head, one in maps.items()}
    for given, columns in ((whole, 5), (None, 3)):
        figure = faces.explained({"a": 0, "b": 1}, "LIME", maps, given)
        assert len(figure.axes) == 2 * columns
        assert figure.axes[columns - 1].get_title() == "LIME:\nauthenticity"
    assert faces.over(0, maps["emotion"][0]).shape == (SIDE, SIDE, 3)


def test_models_that_began_at_random_are_called_so():
    runs = {
        name: SimpleNamespace(about={"random_start": name == "b3_embedding"})
        for name in ("dual_task", "b3_embedding")
    }
    assert map_page.titles(runs) == {
        "dual_task": named_configs.MODELS["dual_task"],
        "b3_embedding": named_configs.MODELS["b3_embedding"] + ", random start",
    }


def test_faces_to_probe_lie_all_along_the_list():
    assert map_page.probed(9, 3).tolist() == [0, 4, 8]
    assert map_page.probed(2, 5).tolist() == [0, 1]


def test_curves_stand_beside_those_of_noise():
    chance = np.random.default_rng(1)
    images = torch.from_numpy(chance.integers(0, 255, (3, 3, SIDE, SIDE), dtype=np.uint8))
    seen = np.zeros((3, SIDE, SIDE), np.float32)
    seen[:, 8:16, 16:24] = 1
    found = deletion_insertion.with_noise(
        Patch(), images, {"seen": seen}, "emotion", torch.zeros(3, dtype=torch.long), 4, 4, 0
    )
    assert list(found) == ["seen", "noise"]
    table = deletion_insertion.beside_noise(found["seen"], found["noise"])
    own, noise = found["seen"].areas(), found["noise"].areas()
    assert np.allclose(table["deletion below noise"], noise["deletion"] - own["deletion"])
    assert np.allclose(table["insertion above noise"], own["insertion"] - noise["insertion"])


def test_ranks_are_of_each_face_by_itself():
    maps = np.array([[[3.0, 1.0], [2.0, 9.0]], [[0.0, 0.0], [5.0, -1.0]]])
    assert map_agreement.ranked(maps).tolist() == [
        [[0.5, 0.0], [0.25, 0.75]],
        [[0.25, 0.5], [0.75, 0.0]],
    ]


def scored(**changed):
    """Maps with half of the relevance in the periphery, the rest even, but where it is changed."""
    area = dict.fromkeys(face_regions.REGIONS, 0.1) | {"periphery": 0.5}
    frame = pd.DataFrame({"group": [f"p{k}" for k in range(8)]})
    for name, value in area.items():
        frame[name], frame[f"{name}: area"] = changed.get(name, value), value
    frame["AUC: gain"] = changed.get("gain", 0.1)
    frame["shading: excess"] = changed.get("shading", 0.2)
    frame["geometry: excess"] = changed.get("geometry", 0.1)
    frame["emotion"] = ["angry", "happy"] * 4
    return frame.assign(authenticity="fake")


def mean(frame, columns):
    found = {}
    for column in columns:
        value = float(frame[column].mean())
        found[column] = Interval(value, value - 0.01, value + 0.01, len(frame))
    return found


def test_relevance_in_the_face_is_held_against_the_area_of_the_face():
    even = map_verdicts.in_face(scored(), face_regions.NAMED)
    assert even.tolist() == pytest.approx([0.0] * 8)
    lit = map_verdicts.in_face(scored(eyes=0.2), ["eyes"])
    assert lit.tolist() == pytest.approx([0.2 / 0.5 - 0.1 / 0.5] * 8)


def test_anger_is_a_difference_between_emotions():
    frame = scored()
    frame.loc[frame["emotion"] == "angry", "brows"] = 0.3
    found = map_verdicts.brows_of_anger(frame, 200, 0)
    assert found.value == pytest.approx(0.2)
    assert found.low == pytest.approx(0.2)


def test_sentences_on_grad_cam_are_judged_one_by_one():
    rows = VerdictRows(LEDGER, GROUND)
    emotion = scored(eyes=0.2, brows=0.02, mouth=0.2)
    authentic = scored(periphery=0.6, mouth=0.02, gain=-0.1)
    emphasis = {"with": pd.Series([0.1] * 8), "without": pd.Series([0.3] * 8)}
    map_verdicts.grad_cam(rows, mean, emotion, authentic, UP, emphasis)
    map_verdicts.of_psychology(rows)
    named = dict.fromkeys(face_regions.NAMED, SEEN) | {"brows": UNSEEN}
    assert [row.verdict.word for row in rows.rows] == [
        *named.values(), SEEN, SEEN, UNSEEN, SEEN, UNSEEN, SEEN, UNSEEN, "not testable",
    ]  # fmt: skip
    assert {row.claims[0].id for row in rows.rows} == {
        *map_verdicts.OF_GRAD_CAM,
        "xai.psychology",
    }
    title = LEDGER["xai.se"].title
    assert rows.rows[-2].title.startswith(f"{title}: the same start and training")


def test_sentences_on_lime_are_judged_one_by_one():
    rows = VerdictRows(LEDGER, GROUND)
    moved = {"wrinkles and shading alone": UP}
    together = {"authenticity": DOWN, "emotion": UP}
    map_verdicts.lime(rows, mean, scored(geometry=0.4), moved, together)
    assert [row.verdict.word for row in rows.rows] == [SEEN, UNSEEN, SEEN, UNSEEN, SEEN]
    assert {row.claims[0].id for row in rows.rows} == set(map_verdicts.OF_LIME)


def test_photographs_decide_nothing():
    rows = VerdictRows(LEDGER, GROUND)
    map_verdicts.without_truth(rows, map_verdicts.OF_LIME, "no truth")
    assert [row.verdict.word for row in rows.rows] == ["not testable"] * 2
