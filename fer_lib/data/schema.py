"""The table schema of all data sets, and the class that holds a data set."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fer_lib.labels import AUTHENTICITY, EMOTIONS

GROUP_KINDS = ("subject", "near-duplicate")
COLUMNS = (
    "image_id",
    "dataset",
    "file",
    "emotion",
    "authenticity",
    "group",
    "group_kind",
    "width",
    "height",
    "sha256",
)
REPORT_COLUMNS = ("file", "problem", "cure", "action", "count")

_SHA256 = re.compile(r"[0-9a-f]{64}")
_ABSOLUTE = re.compile(r"([/\\~]|[A-Za-z]:)")


class DataError(RuntimeError):
    """A data set cannot be used as it is; the message is one line and names the cure."""


@dataclass(frozen=True)
class FaceData:
    """One data set: its table, its pixels and what was found wrong with it.

    Attributes
    ----------
    table : DataFrame
        ``COLUMNS`` and any further factor columns, one row an image, index 0..N-1.
    images : ndarray
        (N, S, S, 3) uint8 RGB in the order of the table; read-only, may be memory-mapped.
    name : str
        The name it was loaded by.
    kind : str
        ``rendered`` or ``photographs``.
    group_kind : str
        ``subject`` (groups are subjects) or ``near-duplicate`` (a subject may be in several).
    sha256 : str
        Hash of the source data, 64 hexadecimal digits.
    report : DataFrame
        ``REPORT_COLUMNS``: files that were skipped, ignored or repaired. ``action`` is one of
        ``used``, ``skipped``, ``ignored``, ``missing``; ``count`` is the number of files behind
        the row, of which ``file`` is the first.
    has_truth : bool
        Whether ``face_renderer.truth_masks`` can be asked about its rows.
    emotions : tuple of str
        The emotion labels of this data set, in the order of the model's outputs.
    """

    table: pd.DataFrame
    images: np.ndarray
    name: str
    kind: str
    group_kind: str
    sha256: str
    report: pd.DataFrame
    has_truth: bool
    emotions: tuple[str, ...] = EMOTIONS


def empty_report() -> pd.DataFrame:
    """Return a report without rows."""
    return report_frame([])


def report_frame(rows: list[tuple]) -> pd.DataFrame:
    """Return ``rows`` of (file, problem, cure, action, count) as a report."""
    report = pd.DataFrame(rows, columns=list(REPORT_COLUMNS))
    return report.astype({"count": "int64"})


def validate(table: pd.DataFrame, emotions: tuple[str, ...] = EMOTIONS) -> pd.DataFrame:
    """Check ``table`` against the schema and return it.

    Parameters
    ----------
    table : DataFrame
        A candidate table. ``authenticity`` may be missing (NA) where a data set has none.
    emotions : tuple of str
        The labels that the data set declares; the paper's seven by default.

    Raises
    ------
    ValueError
        Naming the first offending column and row.
    """
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise ValueError(f"the table lacks the column {missing[0]!r}: the schema is {COLUMNS}")
    if len(table) == 0:
        raise ValueError("the table has no rows: a data set needs at least one image")
    repeated = table["image_id"].duplicated()
    _refuse(table, "image_id", repeated, "repeats an earlier row: make it unique")
    for name in ("image_id", "dataset", "group"):
        wrong = [not _is_text(value) for value in table[name]]
        _refuse(table, name, wrong, "must be a non-empty string")
    _refuse(
        table,
        "file",
        [not _is_relative(value) for value in table["file"]],
        "must be a path relative to the data root, or '' for rendered images",
    )
    _refuse(
        table,
        "emotion",
        ~table["emotion"].isin(emotions),
        f"must be one of {', '.join(emotions)}",
    )
    known = table["authenticity"].isna() | table["authenticity"].isin(AUTHENTICITY)
    _refuse(table, "authenticity", ~known, "must be fake, genuine or missing")
    _refuse(
        table,
        "group_kind",
        ~table["group_kind"].isin(GROUP_KINDS),
        f"must be one of {', '.join(GROUP_KINDS)}",
    )
    mixed = table["group_kind"] != table["group_kind"].iloc[0]
    _refuse(table, "group_kind", mixed, "differs from the first row: a table has one kind")
    for name in ("width", "height"):
        wrong = [not _is_positive_integer(value) for value in table[name]]
        _refuse(table, name, wrong, "must be a whole number of pixels above 0")
    wrong = [not (_is_text(value) and _SHA256.fullmatch(value)) for value in table["sha256"]]
    _refuse(table, "sha256", wrong, "must be 64 lower-case hexadecimal digits")
    return table


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_relative(value: object) -> bool:
    if not isinstance(value, str):
        return False
    climbs = ".." in re.split(r"[/\\]", value)
    return not _ABSOLUTE.match(value) and not climbs


def _is_positive_integer(value: object) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool) and value > 0


def _refuse(table: pd.DataFrame, column: str, wrong, rule: str) -> None:
    positions = np.flatnonzero(np.asarray(wrong, dtype=bool))
    if len(positions) == 0:
        return
    row = int(positions[0])
    value = table[column].iloc[row]
    more = f" ({len(positions)} rows in all)" if len(positions) > 1 else ""
    raise ValueError(f"column {column!r}, row {row}: {value!r} {rule}{more}")
