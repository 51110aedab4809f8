"""The table schema and the dispatch of ``datasets.by_name``."""

from __future__ import annotations

import pandas as pd
import pytest

from fer_lib.data import datasets, schema


def table(**changes) -> pd.DataFrame:
    columns = {
        "image_id": ["a", "b", "c"],
        "dataset": "demo",
        "file": ["x/1.jpg", "x/2.jpg", ""],
        "emotion": ["angry", "happy", "sad"],
        "authenticity": ["fake", "genuine", "genuine"],
        "group": ["s1", "s1", "s2"],
        "group_kind": "subject",
        "width": 224,
        "height": 224,
        "sha256": ["0" * 64, "1" * 64, "f" * 64],
    }
    return pd.DataFrame(columns | changes)


def test_a_sound_table_passes_and_comes_back():
    sound = table(extra=[0.5, 0.1, 0.2])
    assert schema.validate(sound) is sound


def test_authenticity_may_be_missing_for_sets_without_it():
    schema.validate(table(authenticity=None))


def test_a_data_set_may_declare_its_own_labels():
    labels = ["interested", "bored", "interested"]
    schema.validate(table(emotion=labels), emotions=("interested", "bored"))
    with pytest.raises(ValueError, match=r"'emotion', row 0: 'interested'.*2 rows|3 rows"):
        schema.validate(table(emotion=labels))


@pytest.mark.parametrize(
    ("column", "values", "row"),
    [
        ("image_id", ["a", "b", "a"], 2),
        ("image_id", ["a", "", "c"], 1),
        ("image_id", [1, 2, 3], 0),
        ("dataset", ["demo", None, "demo"], 1),
        ("file", ["/abs/1.jpg", "", ""], 0),
        ("file", ["", "", "a/../../b.jpg"], 2),
        ("file", ["", "C:\\x.jpg", ""], 1),
        ("emotion", ["angry", "contempt", "sad"], 1),
        ("emotion", ["angry", None, "sad"], 1),
        ("authenticity", ["fake", "genuine", "real"], 2),
        ("group", ["s1", float("nan"), "s2"], 1),
        ("group_kind", ["subject", "person", "subject"], 1),
        ("group_kind", ["subject", "subject", "near-duplicate"], 2),
        ("width", [224, 0, 224], 1),
        ("height", [224, 224, -3], 2),
        ("height", [224.5, 224, 3], 0),
        ("sha256", ["0" * 64, "0" * 63, "0" * 64], 1),
        ("sha256", ["0" * 64, "0" * 64, "F" * 64], 2),
    ],
)
def test_a_planted_error_is_named_by_column_and_row(column, values, row):
    with pytest.raises(ValueError, match=rf"column '{column}', row {row}: "):
        schema.validate(table(**{column: values}))


def test_missing_column_and_empty_table():
    with pytest.raises(ValueError, match="lacks the column 'sha256'"):
        schema.validate(table().drop(columns="sha256"))
    with pytest.raises(ValueError, match="no rows"):
        schema.validate(table().iloc[:0])


def test_labels_agree_with_the_generator():
    from face_renderer import recipes

    assert tuple(recipes.EMOTIONS) == schema.EMOTIONS
    assert tuple(recipes.AUTHENTICITY) == schema.AUTHENTICITY


def test_load_refuses_unknown_names_and_sizes():
    with pytest.raises(ValueError, match=r"unknown data set 'ck\+': choose one of rendered46"):
        datasets.by_name("ck+")
    with pytest.raises(ValueError, match="size is 0"):
        datasets.by_name("rendered46", size=0)


def test_a_root_for_a_rendered_set_is_a_mistake():
    for attempt in (datasets.by_name, datasets.check):
        with pytest.raises(schema.DataError, match="add DATA=gffd2025"):
            attempt("rendered46", root="/some/where")


def test_checking_a_name():
    datasets.check("rendered46")
    datasets.check("rendered_test", "")
    with pytest.raises(ValueError, match="unknown data set 'fer2013'"):
        datasets.check("fer2013")
