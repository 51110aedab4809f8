"""Tables of class activation maps have the values of the functions behind them, named rightly."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

from fer_lib.evaluation.bootstrap import Interval
from fer_lib.explain import grad_cam
from fer_lib.papers.diya2026.explanations import (
    cam_tables,
    cams_one_pass,
    deletion_insertion,
    face_regions,
    map_agreement,
    map_page,
    map_scores,
)
from fer_lib.papers.diya2026.explanations.explained_faces import Cases
from fer_lib.papers.diya2026.models import cnn_baseline
from fer_lib.papers.diya2026.task import TASK
from tests.helpers.explained import SIDE

N = 8
HEADS = ("emotion", "authenticity")


@pytest.fixture(scope="module")
def faces():
    """Eight faces of noise, of four subjects, happy and angry, genuine and fake in turn."""
    table = pd.DataFrame(
        {
            "image_id": [str(k) for k in range(N)],
            "group": [f"p{k // 2}" for k in range(N)],
            "emotion": ["happy", "angry"] * (N // 2),
            "authenticity": ["genuine", "genuine", "fake", "fake"] * (N // 4),
        }
    )
    chance = np.random.default_rng(0)
    small = torch.from_numpy(chance.integers(0, 255, (N, 3, SIDE, SIDE), dtype=np.uint8))
    shown = Cases(table, small.permute(0, 2, 3, 1).numpy(), (), "test")
    return map_page.Faces(shown, small, 50, 0)


def network(seed=0):
    torch.manual_seed(seed)
    model = cnn_baseline.build(TASK, [], 0, SIDE, False).eval()
    with torch.no_grad():  # so that the shuffling of biases shows as well
        for parameter in model.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
    return model


@pytest.fixture(scope="module")
def explained(faces):
    model = network()
    answers = pd.DataFrame(
        {
            "emotion": [0, 3, 6, 0, 3, 6, 0, 3],  # whose maps do not vanish,
            "authenticity": [0, 1] * 4,
            "emotion right": [True, False] * 4,
            "authenticity right": [False] * 8,
        }
    )
    layers = cam_tables.layers_of(model, HEADS, "last", faces.small[:1])
    targets = {head: torch.tensor(answers[head].to_numpy()) for head in HEADS}
    maps = cams_one_pass.maps(model, faces.small, layers, targets)
    return cam_tables.Explained("the network", model, layers, answers, maps)


def test_a_run_is_explained_by_what_it_names(faces, explained, monkeypatch):
    run = SimpleNamespace(task=SimpleNamespace(names=HEADS))
    monkeypatch.setattr(cam_tables.resized_model, "of_run", lambda run, side: explained.network)
    monkeypatch.setattr(cam_tables.explained_faces, "named", lambda *_: explained.answers)
    found = cam_tables.explain(run, "again", faces)
    assert found.called == "again" and dict(found.layers) == dict(explained.layers)
    for key, maps in explained.maps.items():
        assert np.array_equal(found.maps[key], maps)
    finer = cam_tables.explain(run, "finer", faces, "finer")
    assert finer.maps["Grad-CAM", "emotion"].shape[1] > maps.shape[1]
    with pytest.raises(ValueError, match="layer is 'first': choose last or finer"):
        cam_tables.explain(run, "first", faces, "first")


def test_one_pass_stands_beside_the_package_and_a_difference_shows(faces, explained, monkeypatch):
    given = (explained.network, explained.layers, explained.targets, faces.small)
    table = cam_tables.beside_package(*given)
    assert list(table.index) == list(grad_cam.METHODS)
    assert table["correlation"].tolist() == [1.0] * 3
    assert all(float(cell.text) > 0 for cell in table["one pass"])
    monkeypatch.setitem(
        cams_one_pass.METHODS, "Grad-CAM", lambda features, _: features.mean(1).relu()
    )
    assert cam_tables.beside_package(*given).loc["Grad-CAM", "correlation"] < 0.999


@pytest.fixture(scope="module")
def places():
    """Six regions: stripes of the picture, alike for every face."""
    found = np.zeros((N, len(face_regions.REGIONS), SIDE, SIDE), bool)
    edges = np.linspace(0, SIDE, len(face_regions.REGIONS) + 1).astype(int)
    for k in range(len(face_regions.REGIONS)):
        found[:, k, edges[k] : edges[k + 1]] = True
    return found


@pytest.fixture(scope="module")
def scored(faces, explained, places):
    masks = {(head, "whole"): np.zeros((N, SIDE, SIDE), bool) for head in HEADS}
    masks["emotion", "whole"][:, :8] = True
    masks["authenticity", "whole"][:, :, :4] = True
    return cam_tables.against_truth([explained], faces, masks, places), masks


def test_each_map_is_scored_under_its_own_names(scored, faces, explained):
    table, masks = scored
    assert len(table) == N * len(explained.maps)
    for head in HEADS:
        rows = map_page.rows_of(table, head=head, method="Grad-CAM++", model="the network")
        large = map_scores.resized(explained.maps["Grad-CAM++", head], SIDE)
        expected = np.diagonal(map_scores.auc(large, masks[head, "whole"]))
        np.testing.assert_allclose(rows["AUC"], expected)
        assert rows["right"].tolist() == explained.answers[f"{head} right"].tolist()
    gains = cam_tables.means_by(table, faces, "AUC: gain", "method")
    assert list(gains.index) == list(grad_cam.METHODS) and list(gains) == list(HEADS)
    expected = faces.mean(rows, ["AUC: gain"])["AUC: gain"]
    found = gains.loc["Grad-CAM++", head]
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.value == pytest.approx(expected.value) and found.groups == 4
    several = cam_tables.means_by(table, faces, ["AUC", "AUC: gain"], "method")
    assert list(several)[:2] == ["emotion: AUC", "emotion: AUC: gain"]
    found = several.loc["Grad-CAM++", f"{head}: AUC: gain"]
    assert found.value == pytest.approx(expected.value) and found.low == pytest.approx(expected.low)


def test_scores_stand_beside_both_levels_of_chance(scored, faces):
    table, _ = scored
    rows = map_page.rows_of(table, method="Grad-CAM")
    found = cam_tables.beside_chance(rows, faces)
    line = found.loc["AUC, emotion head"]
    of_head = map_page.rows_of(rows, head="emotion")
    assert line["score"].value == pytest.approx(of_head["AUC"].mean())
    assert line["even map"] == 0.5
    assert line["gain"].value == pytest.approx(line["score"].value - line["other subjects' maps"])
    assert found.loc["pointing game, authenticity head", "even map"] == pytest.approx(4 / SIDE)
    assert len(found) == 4


def test_kinds_of_faces_and_densities(scored, places):
    table, _ = scored
    rows = map_page.rows_of(table, method="Grad-CAM", head="emotion")
    kinds = cam_tables.by_kind(rows).groupby("faces")["face"].apply(list)
    assert kinds["genuine"] == [0, 1, 4, 5] and kinds["named wrongly"] == [1, 3, 5, 7]
    found = cam_tables.densities(rows, places)
    assert list(found.columns) == list(face_regions.REGIONS)
    happy = rows.loc[rows["emotion"] == "happy", "brows"].mean()
    assert found.loc["happy", "brows"] == pytest.approx(happy / places[:, 2].mean())


def test_curves_are_those_of_the_chosen_faces(faces, explained):
    which = np.array([1, 6])
    curves, better = cam_tables.deletion_and_insertion(explained, faces, which, 2)
    large = map_scores.resized(explained.maps["Grad-CAM", "authenticity"][which], SIDE)
    expected = deletion_insertion.curves(
        explained.network,
        faces.small[which],
        large,
        "authenticity",
        explained.targets["authenticity"][which],
        2,
    )
    rows = map_page.rows_of(curves, head="authenticity", method="Grad-CAM", kind="insertion")
    np.testing.assert_allclose(rows["probability"], expected.insertion.mean(0))
    assert rows["share of pixels changed"].tolist() == [0, 0.5, 1]
    assert set(curves["method"]) == {*grad_cam.METHODS, "noise"}
    assert set(better["method"]) == set(grad_cam.METHODS)
    assert better["group"].tolist()[:2] == ["p0", "p3"]


def test_shuffling_starts_from_the_trained_maps_and_takes_every_layer(faces, explained):
    which = np.arange(4)
    table = cam_tables.randomised(explained, faces, which, 3)
    shares = table["share of layers"].unique()
    assert shares[0] == 0 and shares[-1] == 1 and len(shares) == 4
    start = table[table["share of layers"] == 0]
    assert start["correlation"].tolist() == pytest.approx([1] * len(start))
    end = map_page.rows_of(table[table["share of layers"] == 1], method="Grad-CAM", head="emotion")
    assert end["correlation"].mean() < 0.6
    trained = explained.maps["Grad-CAM", "emotion"][which]
    expected = map_agreement.with_others(trained, trained, faces.people[which])
    np.testing.assert_allclose(end["other subjects"], expected)
    heads = table[table["share of layers"] == shares[1]]
    eigen = heads.loc[heads["method"] == "EigenCAM", "correlation"]
    assert eigen.tolist() == pytest.approx([1] * len(eigen))  # it never asks the heads


def test_agreement_is_of_the_same_face(faces, explained, monkeypatch):
    table = cam_tables.between_methods(explained, faces)
    rows = map_page.rows_of(table, head="emotion", methods="Grad-CAM and EigenCAM")
    pair = (explained.maps[method, "emotion"] for method in ("Grad-CAM", "EigenCAM"))
    np.testing.assert_allclose(rows["correlation"], map_agreement.spearman(*pair))
    assert table["methods"].nunique() == 3
    which = np.array([0, 3, 5])
    same, other = network(), network(4)
    monkeypatch.setattr(cam_tables.resized_model, "of_run", lambda run, side: run)
    again = cam_tables.between_trainings([same, same], explained, faces, which, "last")
    assert again["same face"].tolist() == pytest.approx([1] * 6)
    maps = cams_one_pass.one(
        other,
        faces.small[which],
        other.explained_layer("emotion"),
        "emotion",
        explained.targets["emotion"][which],
    )
    found = cam_tables.between_trainings([same, other], explained, faces, which, "last")
    expected = map_agreement.spearman(explained.maps["Grad-CAM", "emotion"][which], maps)
    np.testing.assert_allclose(map_page.rows_of(found, head="emotion")["same face"], expected)


def test_regions_of_a_run_at_its_own_size(faces, places, explained, monkeypatch):
    run = SimpleNamespace(about={"image_size": SIDE})
    monkeypatch.setattr(cam_tables.run_training, "trained_model", lambda run: explained.network)
    monkeypatch.setattr(cam_tables.explained_faces, "named", lambda *_: explained.answers)
    found = cam_tables.by_region(run, faces, places)
    assert np.allclose(found[list(face_regions.REGIONS)].sum(axis=1), 1)
    assert found["brows: area"].tolist() == pytest.approx([places[0, 2].mean()] * N)
    assert found["group"].tolist() == faces.people.tolist()


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [(0.1, 0.3, "yes"), (-0.1, 0.3, "not shown"), (-0.3, -0.1, "no, worse")],
)
def test_the_answer_follows_the_interval(low, high, word):
    told = cam_tables.in_words({"emotion": Interval((low + high) / 2, low, high, 9)})
    assert told.startswith(f"Emotion head: {word}")
    assert f"[{low:.3f}, {high:.3f}]" in told
