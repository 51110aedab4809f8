"""Read the scores of a recorded run from its file."""

from __future__ import annotations

from collections.abc import Mapping

from fer_lib.evaluation.bootstrap import Interval


def interval(record: Mapping[str, float | None], groups: int) -> Interval:
    """Return a record's ``value``, ``low`` and ``high``; nan for null in the file."""
    ends = (float("nan") if record[k] is None else record[k] for k in ("value", "low", "high"))
    return Interval(*ends, groups)
