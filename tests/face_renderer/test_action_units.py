"""Action units of a row: set, taken away, and refused where they cannot be."""

import pytest

import face_renderer as faces
from face_renderer import action_units


@pytest.fixture(scope="module")
def row():
    """Return the first row of the default set."""
    return faces.plan(faces.RENDERED46)[0]


def test_a_row_with_units_has_these_and_no_other(row):
    assert any(row[name] for name in faces.COLUMNS)
    changed = faces.with_units(row, {4: 0.5, 12: (0.0, 1.3)})
    given = {"AU04_L": 0.5, "AU04_R": 0.5, "AU12_L": 0.0, "AU12_R": 1.3}
    for name in faces.COLUMNS:
        assert changed[name] == given.get(name, 0.0)
    for name in set(row) - set(faces.COLUMNS):
        assert changed[name] == row[name]
    assert faces.with_units(row, {}) == action_units.neutral(row)


@pytest.mark.parametrize(
    ("units", "said"),
    [
        ({3: 1.0}, "no action unit 3: choose of 1, 2, 4"),
        ({6: -0.1}, "AU06 is"),
        ({6: (0.0, 1.31)}, "AU06 is"),
        ({6: (0.1, 0.2, 0.3)}, "give one intensity, or left and right"),
    ],
)
def test_units_that_cannot_be_are_refused(row, units, said):
    with pytest.raises(ValueError, match=said):
        faces.with_units(row, units)
