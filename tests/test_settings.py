"""Settings are one value in one order, refused at once where they cannot be."""

import json
from dataclasses import asdict, astuple, fields

import pytest

from engine import command_line
from engine.jobs import undeclared_reads
from fer_lib.settings import Settings

GOOD = {"data": "rendered46", "data_root": "", "profile": "smoke", "seed": 0}
ORDER = tuple(GOOD)


def test_there_is_one_order():
    assert tuple(field.name for field in fields(Settings)) == ORDER
    assert astuple(Settings("rendered46", "", "smoke", 0)) == tuple(GOOD.values())


@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize("second", range(4))
def test_two_values_that_change_places_are_noticed(first, second):
    values = ["rendered46", "/my/faces", "smoke", 0]
    values[first], values[second] = values[second], values[first]
    if first == second:
        Settings(*values)
        return
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        Settings(*values)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"data": "rendered47"}, "unknown data set 'rendered47': choose one of rendered46"),
        ({"profile": "bok"}, "unknown profile 'bok': choose one of smoke, book"),
        ({"data_root": None}, "data_root is None: give a folder's name, or none"),
        ({"seed": "0"}, "seed is '0': give a whole number"),
        ({"seed": -1}, "seed is -1: give a whole number"),
        ({"seed": 2**32}, "give a whole number from 0 to 4294967295"),
    ],
)
def test_what_cannot_be_is_one_line_with_its_cure(wrong, said):
    with pytest.raises(ValueError, match=said) as error:
        Settings(**GOOD | wrong)
    assert "\n" not in str(error.value)


def test_to_look_whether_they_can_be_uses_no_row():
    """A page has settings whose profile decides nothing on it."""
    with undeclared_reads.Rows() as rows:
        Settings(**GOOD)
    assert rows.found == set()


def test_where_the_data_lie_decides_nothing():
    there = Settings(**GOOD | {"data": "gffd2025", "data_root": "/my/faces"})
    assert there.counted == {"data": "gffd2025", "profile": "smoke", "seed": 0}
    assert there.name == "gffd2025-smoke-seed0"


def test_what_a_build_was_asked_for_comes_back_from_its_file():
    asked = command_line.Asked(Settings(**GOOD), 2, 60, "fs:///mnt", "2026-01-01T00:00:00+00:00")
    assert command_line.Asked.restored(json.loads(json.dumps(asdict(asked)))) == asked
