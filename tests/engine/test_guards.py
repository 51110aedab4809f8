"""The table of guards names what is there; `make guards` takes them out one by one."""

from __future__ import annotations

import pytest

from engine.store import paths
from tests.helpers import guards


@pytest.mark.parametrize("guard", guards.GUARDS, ids=lambda guard: guard.name)
def test_a_guard_stands_where_the_table_says(guard):
    text = (paths.root() / guard.file).read_text(encoding="utf-8")
    assert text.count(guard.old) >= 1
    file, _, test = guard.test.partition("::")
    content = (paths.root() / "tests" / file).read_text(encoding="utf-8")
    assert f"def {test.partition('[')[0]}(" in content


def test_an_edit_row_that_a_guard_names_is_in_the_table():
    content = (paths.root() / "tests" / "engine" / "test_edits.py").read_text(encoding="utf-8")
    rows = {g.test.partition("[")[2].rstrip("]") for g in guards.GUARDS if guards.EDITS in g.test}
    assert rows
    assert not [row for row in rows if f'"{row}": ' not in content]
