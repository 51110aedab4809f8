"""Which faces are explained, what a run said of them, and their truth."""

from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest

import face_renderer as faces
from fer_lib.labels import EMOTIONS
from fer_lib.papers.diya2026.explanations import explained_faces
from fer_lib.papers.diya2026.task import TASK


@pytest.fixture(scope="module")
def shown():
    rows = faces.plan(faces.RENDERED_TEST.with_subjects(2))[:3]
    table = pd.DataFrame(rows)[["image_id", "subject_id", "emotion", "authenticity"]]
    table = table.rename(columns={"subject_id": "group"}).astype(str)
    images = np.zeros((3, 224, 224, 3), np.uint8)
    return explained_faces.Cases(table, images, tuple(rows), "rendered_test")


def table_of(per_cell, people):
    rows = [
        {"emotion": e, "authenticity": a, "group": f"p{k % people}"}
        for e in ("happy", "sad")
        for a in ("genuine", "fake")
        for k in range(per_cell)
    ]
    return pd.DataFrame(rows)


def test_each_cell_comes_equally_often_and_people_lie_together():
    table = table_of(10, 5)
    found = explained_faces.drawn(table, 12, 0)
    assert len(set(found)) == 12
    assert (table.iloc[found].groupby(["emotion", "authenticity"]).size() == 3).all()
    groups = table["group"].to_numpy()[found]
    assert list(groups) == sorted(groups)
    assert np.array_equal(found, explained_faces.drawn(table, 12, 0))
    assert not np.array_equal(found, explained_faces.drawn(table, 12, 1))


def test_an_unequal_cell_gives_what_it_has():
    table = table_of(4, 2).drop(index=[0, 1, 2])
    found = explained_faces.drawn(table, 100, 0)
    assert sorted(found) == list(range(len(table)))
    assert len(explained_faces.drawn(table, 0, 0)) == 0


def test_what_a_run_said_is_read_by_image_id(shown):
    class Run:
        task = TASK
        predictions = pd.DataFrame(
            {
                "image_id": [*shown.table["image_id"][::-1], shown.table["image_id"][0]],
                "set": ["rendered_test"] * 3 + ["test"],
                **{f"p_{name}": [0.1, 0.1, 0.1, 1.0] for name in EMOTIONS},
                "p_genuine": [0.9, 0.2, 0.5, 0.0],
            }
        )

    Run.predictions.loc[2, "p_sad"] = 0.9  # the first case, whose prediction stands third
    found = explained_faces.named(shown, Run)
    assert found["emotion"][0] == list(EMOTIONS).index("sad")
    assert found["authenticity"].tolist() == [1, 0, 1]
    assert found["emotion right"][0] == (shown.table["emotion"][0] == "sad")
    genuine = shown.table["authenticity"] == "genuine"
    assert found["authenticity right"].tolist() == [genuine[0], not genuine[1], genuine[2]]
    assert explained_faces.targets(found)["authenticity"].tolist() == [1, 0, 1]


def test_truths_are_those_of_the_renderer(shown):
    found = explained_faces.truths(shown, 224, ("authenticity",))
    assert set(found) == {("emotion", "whole")} | {
        ("authenticity", p) for p in explained_faces.PARTS
    }
    row = shown.rows[1]
    expected = faces.truth_masks.expression_counterfactual(row)
    np.testing.assert_allclose(found["emotion", "whole"][1], expected, atol=1e-4)
    expected = faces.truth_masks.authenticity_counterfactual(row)
    np.testing.assert_allclose(found["authenticity", "whole"][1], expected, atol=1e-4)
    small = explained_faces.truths(shown, 56, ())
    assert small["emotion", "whole"].shape == (3, 56, 56)
    marks = explained_faces.landmarks(shown, 56)
    np.testing.assert_allclose(marks[1] * 4, faces.truth_masks.landmarks(row), rtol=1e-5)


def test_photographs_have_no_truth(shown):
    photographs = explained_faces.Cases(shown.table, shown.images, (), "test")
    assert not photographs.has_truth
    with pytest.raises(ValueError, match="no truth maps"):
        explained_faces.truths(photographs, 56)
    with pytest.raises(ValueError, match="no landmarks"):
        explained_faces.landmarks(photographs, 56)


@pytest.mark.parametrize(("kind", "of"), [("rendered", "rendered_test"), ("photographs", "test")])
def test_faces_are_those_that_the_run_was_tested_on(monkeypatch, shown, kind, of):
    table = pd.DataFrame(shown.rows).assign(group=lambda t: t["subject_id"])
    asked = []

    def load(name, root=None, n_subjects=None):
        asked.append((name, root, n_subjects))
        return SimpleNamespace(table=table, images=shown.images, has_truth=kind == "rendered")

    class Run:
        task = TASK
        about: ClassVar = {"data_kind": kind, "data": "gffd2025", "profile": "smoke"}
        predictions = pd.DataFrame({"image_id": table["image_id"], "set": [of, "validation", of]})

    monkeypatch.setattr(explained_faces.datasets, "by_name", load)
    found = explained_faces.of_run(Run, "somewhere", 10, 0)
    assert set(found.table["image_id"]) == {table["image_id"][0], table["image_id"][2]}
    assert found.has_truth == (kind == "rendered") and found.of == of
    if kind == "rendered":  # never the training's own set
        assert asked == [("rendered_test", None, 10)]
        np.testing.assert_array_equal(faces.render(found.rows[0]), faces.render(shown.rows[0]))
    else:
        assert asked == [("gffd2025", "somewhere", None)]
