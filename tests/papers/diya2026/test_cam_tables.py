"""The tables of the page on Grad-CAM, on networks whose explanation is known."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

from fer_lib.evaluation.bootstrap import Interval
from fer_lib.explain import grad_cam
from fer_lib.papers.diya2026.explanations import cam_tables, cams_one_pass, map_page
from fer_lib.papers.diya2026.explanations.cam_tables import Explained
from fer_lib.papers.diya2026.explanations.explained_faces import Cases
from tests.helpers.explained import SIDE, Corners, corner

N = 12


@pytest.fixture(scope="module")
def faces():
    """Twelve faces of four subjects, with something bright where `Corners` looks."""
    table = pd.DataFrame(
        {
            "image_id": [str(k) for k in range(N)],
            "group": [f"p{k // 3}" for k in range(N)],
            "emotion": ["happy", "angry"] * (N // 2),
            "authenticity": ["genuine", "fake"] * (N // 2),
        }
    )
    chance = np.random.default_rng(0)
    small = torch.full((N, 3, SIDE, SIDE), 110, dtype=torch.uint8)
    shape = (N, 8, 8)
    small[:, 0, :8, :8] = torch.from_numpy(chance.integers(130, 250, shape, dtype=np.uint8))
    small[:, 1, -8:, -8:] = torch.from_numpy(chance.integers(130, 250, shape, dtype=np.uint8))
    return map_page.Faces(Cases(table, small.numpy(), (), "test"), small, 200, 0)


@pytest.fixture(scope="module")
def explained(faces):
    """`Corners`, explained by all methods for the classes it looks for."""
    network = Corners().eval()
    layers = dict.fromkeys(("emotion", "authenticity"), network.bright)
    answers = pd.DataFrame({"emotion": [0] * N, "authenticity": [1] * N})
    answers["emotion right"], answers["authenticity right"] = [True, False] * (N // 2), True
    targets = {head: torch.tensor(answers[head].to_numpy()) for head in layers}
    maps = cams_one_pass.maps(network, faces.small, layers, targets)
    return Explained("corners", network, layers, answers, maps)


def test_one_pass_is_what_the_package_gives(explained, faces):
    found = cam_tables.beside_package(
        explained.network, explained.layers, explained.targets, faces.small
    )
    assert list(found.index) == list(grad_cam.METHODS)
    assert (found["correlation"] >= 0.999).all()


def test_maps_that_lie_on_the_truth_gain_nothing_only_where_others_lie_there_too(explained, faces):
    masks = {(h, "whole"): np.stack([corner(h)] * N) for h in explained.layers}
    places = np.ones((N, 6, SIDE, SIDE), bool)
    scored = cam_tables.against_truth([explained], faces, masks, places)
    assert len(scored) == N * len(explained.maps)
    assert set(scored["model"]) == {"corners"}
    of = map_page.rows_of(scored, method="Grad-CAM", head="emotion")
    assert of["AUC"].min() > 0.9
    levels = cam_tables.beside_chance(of, faces)
    assert levels.loc["AUC, emotion head", "gain"].value == pytest.approx(
        (of["AUC"] - of["AUC: other people"]).mean(), abs=1e-6
    )
    kinds = cam_tables.by_kind(of)
    assert kinds.groupby("faces").size().to_dict() == {
        "genuine": N // 2,
        "fake": N // 2,
        "named rightly": N // 2,
        "named wrongly": N // 2,
    }


def test_deleting_what_the_map_names_lowers_the_answer_more_than_noise_does(explained, faces):
    which = np.arange(0, N, 2)
    curves, better = cam_tables.deletion_and_insertion(explained, faces, which, steps=8)
    assert set(curves["kind"]) == {"deletion", "insertion"}
    assert set(curves["method"]) == {*grad_cam.METHODS, "noise"}
    assert len(better) == len(which) * len(explained.maps)
    areas = cam_tables.means_by(better, faces, "insertion above noise", "method")
    assert areas.loc["Grad-CAM", "emotion"].low > 0


def test_shuffling_starts_from_the_trained_network(explained, faces):
    which = np.arange(0, N, 2)
    found = cam_tables.randomised(explained, faces, which, steps=2)
    start = found[found["share of layers"] == 0]
    assert start["correlation"].min() == pytest.approx(1)
    assert set(found["share of layers"]) > {0.0}
    assert len(start) == len(which) * len(explained.maps)


def test_a_method_agrees_with_itself_and_is_named_with_another(explained, faces):
    found = cam_tables.between_methods(explained, faces)
    assert set(found["methods"]) == {
        "Grad-CAM and Grad-CAM++",
        "Grad-CAM and EigenCAM",
        "Grad-CAM++ and EigenCAM",
    }
    named = found[found["head"] == "emotion"].groupby("methods")["correlation"].mean()
    assert named["Grad-CAM and Grad-CAM++"] > 0.5


def test_means_are_of_each_pair_of_names(faces):
    rows = pd.DataFrame(
        {
            "x": np.arange(N, dtype=float),
            "y": 1.0,
            "head": ["a", "b"] * (N // 2),
            "kind": "k",
            "group": faces.people,
        }
    )
    found = cam_tables.means_by(rows, faces, "x", "kind")
    assert found.loc["k", "a"].value == pytest.approx(rows.loc[rows["head"] == "a", "x"].mean())
    both = cam_tables.means_by(rows, faces, ["x", "y"], "kind")
    assert both.loc["k", "b: y"].value == 1
    assert list(both) == ["a: x", "a: y", "b: x", "b: y"]


def test_the_layer_is_the_last_or_a_finer_one(explained):
    network = SimpleNamespace(explained_layer=lambda head: f"last of {head}")
    assert cam_tables.layers_of(network, ["emotion"], "last", None) == {
        "emotion": "last of emotion"
    }
    with pytest.raises(ValueError, match="layer is 'first': choose last or finer"):
        cam_tables.layers_of(network, ["emotion"], "first", None)


@pytest.mark.parametrize(
    ("gain", "word"),
    [
        (Interval(0.05, 0.03, 0.07, 9), "yes, better than"),
        (Interval(0.01, -0.03, 0.04, 9), "not shown"),
        (Interval(-0.2, -0.3, -0.1, 9), "no, worse than"),
    ],
)
def test_the_answer_goes_by_the_interval(gain, word):
    assert f"Emotion head: {word}" in cam_tables.in_words({"emotion": gain})
