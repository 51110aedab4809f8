"""Tables whose cells may be HTML, in the style of the other pages."""

from __future__ import annotations

import html

import pandas as pd

from engine.page import tables


class Html(str):
    """A cell of a table that is HTML already."""

    __slots__ = ()


def table(rows: list[dict], caption: str, kind: str = "") -> str:
    """Return a table like those of the other pages, in a box that scrolls sideways by itself.

    The first column heads the rows; ``kind`` is a class for the box.
    """
    made: list[Html] = []

    def held(value: object) -> object:
        """Return a mark for a cell of HTML, which the table would escape."""
        if not isinstance(value, Html):
            return value
        made.append(value)
        return f"\ue000{len(made) - 1}\ue001"

    marked = [{name: held(value) for name, value in row.items()} for row in rows]
    frame = pd.DataFrame(marked)
    text = tables.table_html(frame.set_index(frame.columns[0]), caption)
    for number, value in enumerate(made):
        text = text.replace(f"\ue000{number}\ue001", value)
    return f'<div class="pst-scrollable-table-container {kind}">{text}</div>'


def each(values: list) -> Html:
    """Return the distinct ones of some values, one a line."""
    return Html("<br>".join(html.escape(text) for text in dict.fromkeys(map(str, values))))
