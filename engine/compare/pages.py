"""Compare two executions of a page; for runs see `engine.compare.runs`.

Numbers are compared with tolerance zero. Times are measurements and left out: what
`engine.page.tables.measured` marks, and keys such as ``seconds``. A figure is compared by the data
behind it (`engine.page.figure_data`), never by the bytes of its picture.
"""

from __future__ import annotations

import re
from pathlib import Path

import nbformat

from engine.compare.difference import (
    NOTHING,
    Difference,
    between_data,
    between_texts,
    in_words,
    leaves,
)
from engine.compare.runs import MEASURED, compare_runs, largest
from engine.jobs import notebook_cells
from engine.page import figure_data, header

__all__ = ["Difference", "compare_pages", "compare_runs", "largest"]
OF_ITS_DAY = MEASURED | {"commit", "modified", "computed"}  # in the provenance of a page
SPAN = re.compile(r'(<span class="measurement">)[^<]*(</span>)')


def compare_pages(first: Path, second: Path) -> list[Difference]:
    """Return what differs between two executed notebooks, in the order of their cells.

    Cells, their code, the number and kinds of outputs, texts, tables, data and figures count;
    counters, pictures as such and output metadata do not.
    """
    pages = [nbformat.read(path, as_version=4) for path in (first, second)]
    name = first.parent.name.rpartition("-")[0] or first.parent.name
    ids = [[cell.get("id", str(n)) for n, cell in enumerate(page.cells, 1)] for page in pages]
    if ids[0] != ids[1]:
        return [Difference(name, "cells", ", ".join(ids[0]), ", ".join(ids[1]))]
    found = []
    for cell_id, *pair in zip(ids[0], pages[0].cells, pages[1].cells, strict=True):
        place = f"{name}, cell {cell_id}"
        found += between_texts(f"{place}, code", pair[0].source, pair[1].source)
        outputs = [notebook_cells.joined(cell.get("outputs", [])) for cell in pair]
        kinds = [[_kind(output) for output in shown] for shown in outputs]
        if kinds[0] != kinds[1]:
            told = (f"{len(kind)} ({'; '.join(kind) or NOTHING})" for kind in kinds)
            found.append(Difference(place, "number or kind of outputs", *told))
            continue
        for number, shown in enumerate(zip(*outputs, strict=True), 1):
            found += _compare_outputs(f"{place}, output {number}", *shown)
    return found


def _kind(output: nbformat.NotebookNode) -> str:
    """Return what an output is; whether a figure has data is looked at by itself."""
    formats = [output.name] if output.output_type == "stream" else output.get("data", ())
    return " ".join([output.output_type, *sorted(set(formats) - {figure_data.MIME})])


def _compare_outputs(
    place: str, one: nbformat.NotebookNode, other: nbformat.NotebookNode
) -> list[Difference]:
    if "data" not in one:
        texts = (o.get("text") or f"{o.get('ename')}: {o.get('evalue')}" for o in (one, other))
        return _between_shown(place, *texts)
    found = []
    if any(mime.startswith("image/") for mime in one.data):
        behind = (output.data.get(figure_data.MIME) for output in (one, other))
        found += _compare_figures(f"{place}, figure", *behind)
    if header.MIME in one.data:  # the text beside it says the same
        pair = (output.data[header.MIME] for output in (one, other))
        return found + between_data(f"{place}, what made this page", *pair, OF_ITS_DAY)
    for mime, value in one.data.items():
        if mime.startswith("image/") or mime == figure_data.MIME:
            continue
        compare = _between_shown if isinstance(value, str) else between_data
        found += compare(place, value, other.data[mime])
    return found


def _between_shown(place: str, one: str, other: str) -> list[Difference]:
    return between_texts(place, SPAN.sub(r"\1\2", one), SPAN.sub(r"\1\2", other))


def _compare_figures(place: str, one: dict | None, other: dict | None) -> list[Difference]:
    if one is None or other is None:
        told = ("data" if data else "no data behind it" for data in (one, other))
        return [Difference(place, "what is behind the picture", *told)]
    unread = [path for path, kind in leaves(one) if path[-1] == "kind" and kind == "unread"]
    if unread:
        what = f"{in_words(one, unread[0][:-1])} has no data behind it"
        return [Difference(place, what, "a picture", "a picture")]
    return between_data(place, one, other)
