"""What the page on LIME draws and says, on made-up faces and maps."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

from engine.page import budget
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.diya2026.explanations import (
    face_regions,
    lime_page,
    lime_stability,
    map_page,
    part_swaps,
)
from fer_lib.papers.diya2026.explanations import lime_beside_grad_cam as beside
from fer_lib.papers.diya2026.explanations.explained_faces import Cases
from fer_lib.papers.diya2026.task import TASK
from tests.helpers.explained import SIDE, squares

N, RIVAL = 8, "dual_branch"
METHODS = {"dual_task": ("LIME", "Grad-CAM", beside.FINER), RIVAL: ("LIME", "Grad-CAM")}


@pytest.fixture(scope="module")
def page():
    """Eight faces of four subjects; all that is true lies in the upper quarter of the picture."""
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
    whole = {}
    for head, parts in (
        ("emotion", ("whole",)),
        ("authenticity", ("whole", "geometry", "shading")),
    ):
        for part in parts:
            whole[head, part] = chance.random((N, SIDE, SIDE)).astype(np.float32) / 9
            whole[head, part][:, :8] += 1
    places = np.zeros((N, len(face_regions.REGIONS), SIDE, SIDE), bool)
    for k, rows in enumerate(np.array_split(np.arange(SIDE), len(face_regions.REGIONS))):
        places[:, k, rows] = True
    about = {"random_start": False}
    answers = pd.DataFrame({f"{head} right": [True, False] * (N // 2) for head in TASK.names})
    targets = {head: torch.ones(N, dtype=torch.int64) for head in TASK.names}
    return lime_page.LimePage(
        budget.get("smoke"),
        {name: SimpleNamespace(about=about, task=TASK) for name in METHODS},
        dict.fromkeys(METHODS),
        map_page.Faces(Cases(table, small.numpy(), (), "test"), small, 50, 0),
        dict.fromkeys(METHODS, answers),
        dict.fromkeys(METHODS, targets),
        whole,
        map_page.masks_of(whole),
        places,
    )


@pytest.fixture(scope="module")
def maps():
    chance = np.random.default_rng(2)
    return {
        (method, name, head): chance.random((N, SIDE, SIDE)).astype(np.float32)
        for name, methods in METHODS.items()
        for method in methods
        for head in TASK.names
    }


@pytest.fixture
def told(monkeypatch):
    """What is said, shown and folded, as text."""
    found = {"say": [], "table": [], "folded": []}
    for name, held in found.items():
        monkeypatch.setattr(lime_page.tables, name, lambda *given, held=held: held.append(given))
    return found


def test_every_map_is_scored_for_every_face(page, maps, told):
    seen = maps | {("LIME", "dual_task", "emotion"): page.whole["emotion", "whole"]}
    scored = page.scored(seen)
    assert len(scored) == N * len(maps)
    of_lime = lime_page.lines_of(scored, "LIME", "dual_task", "emotion")
    assert len(of_lime) == N and of_lime["AUC"].min() > 0.95
    gains = lime_page.gains_of(page, scored)
    assert list(gains) == list(maps)
    lime_page.say_gains(page, scored, gains)
    assert str(gains["LIME", "dual_task", "emotion"]) in told["say"][0][0]
    captions = [caption for _, caption in told["folded"]]
    assert len(captions) == 1 + len(METHODS)
    frame, _ = told["folded"][0]
    assert list(frame.columns) == ["head", "score", *METHODS["dual_task"]]
    lime_page.say_parts(page, scored)
    lines, caption = told["table"][0]
    assert "authenticity" in caption and len(lines) == len(METHODS["dual_task"])
    assert list(lines[0]) == ["map", *lime_page.PARTS.values()]


def test_figures_have_a_picture_for_each_thing_named(page, maps):
    weights = {head: np.arange(16.0) for head in TASK.names}
    figure = lime_page.one_face(page, 0, squares(), weights)
    names = [axis.get_title() for axis in figure.axes]
    assert names[:2] == ["face", "superpixels"] and len(names) == 6
    both = {head: (np.random.default_rng(0).random((4, 16)),) * 2 for head in TASK.names}
    assert len(lime_page.several_seeds(page, 0, squares(), both).axes) == 2 * 5
    figure = lime_page.examples(page, maps)
    assert len(figure.axes) == 4 * 5
    assert {a.get_ylabel() for a in figure.axes} >= {"happy,\ngenuine", "angry,\nfake"}
    swapped = np.zeros((N, 4, SIDE, SIDE, 3), np.uint8)
    assert len(lime_page.swap_pictures(page, swapped).axes) == 2 * 4


def test_stability_that_is_not_reached_is_said(page, told):
    index = pd.MultiIndex.from_product([METHODS, TASK.names], names=["model", "head"])
    stable = pd.DataFrame({64: [0.3, 0.6, 0.7, 0.8], 128: [0.55, 0.7, 0.8, 0.9]}, index=index)
    lime_page.say_stability(page, stable, 128)
    lime_page.say_stability(page, stable, 64)
    (reached,), (missed,) = told["say"]
    assert "0.55 to 0.90" in reached and "not reached" not in reached
    assert "0.30 to 0.80" in missed and "not reached" in missed


def test_weights_outside_the_packages_spread_are_said(page, told):
    chance = np.random.default_rng(0)
    package = 5 + chance.normal(size=(5, 16))
    near, far = (package.mean(0) + s * chance.normal(size=(5, 16)) for s in (0.1, 3))
    found = lime_stability.comparison(
        [{"emotion": (package, near), "authenticity": (package, far)}]
    )
    lime_page.say_comparison(found, 64, 5, 1)
    assert told["say"][0][0].startswith("For 1 of 2 heads")


def test_swaps_are_told_of_the_proposed_model(page, told):
    falls = {
        name: {
            c: Interval(k, k - 1, k + 1, 4) for c in (*part_swaps.CHANGED, part_swaps.DIFFERENCE)
        }
        for k, name in enumerate(METHODS, 2)
    }
    lime_page.say_swaps(page, falls)
    assert "geometry alone moves the log-odds by 2.000 [1.000, 3.000]" in told["say"][0][0]
    assert len(lime_page.swap_plot(page, falls).axes[0].get_yticklabels()) == len(METHODS)


UP, DOWN, OPEN = Interval(0.2, 0.1, 0.3, 9), Interval(-0.2, -0.3, -0.1, 9), Interval(0, -1, 1, 9)


def test_together_tells_the_finer_layer_and_its_sign(page, told):
    columns = ("agreement", "with other subjects", "AUC, both", beside.BOTH_LESS_BETTER)
    together = {
        (head, layer): dict.fromkeys(columns, gain if layer == beside.FINER else OPEN)
        for head, gain in (("emotion", UP), ("authenticity", DOWN))
        for layer in ("Grad-CAM", beside.FINER)
    }
    assert lime_page.say_together(page, together) == {"emotion": UP, "authenticity": DOWN}
    assert "more in the emotion head" in told["say"][0][0]
    assert "less in the authenticity head" in told["say"][0][0]
    photographs = {key: {"agreement": OPEN, "with other subjects": OPEN} for key in together}
    assert lime_page.say_together(page, photographs) == {}


@pytest.mark.parametrize(("gain", "word"), [(UP, "yes"), (DOWN, "no"), (OPEN, "not measurably")])
def test_the_answer_follows_the_interval(page, gain, word):
    gains = {(m, "dual_task", h): gain for m in ("LIME", beside.FINER) for h in TASK.names}
    answer, rests_on = lime_page.answer(page, gains, 64)
    assert f"emotion: {word}, LIME gains {gain}" in answer
    assert f"{N} faces of 4 subjects" in rests_on and "64 perturbed copies" in rests_on
    assert "Photographs" in lime_page.answer(page, {}, 64)[0]
