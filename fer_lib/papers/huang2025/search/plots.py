"""Figure 7 as a script-free figure: bars that move between before and after."""

from __future__ import annotations

import html
import math
import re

import numpy as np
import pandas as pd

from fer_lib.evaluation.bootstrap import Interval
from fer_lib.plots.figures import BLUE, GREEN, ORANGE, RED

COLUMNS = ("score", "model", "before", "after")
COLOURS = (BLUE, ORANGE, GREEN, RED)
# All rules begin with the class, so that nothing else of the page is touched. The state is that of
# two radio buttons; whoever wants less motion gets the same bars without it.
STYLE = """
.before-after { color: var(--pst-color-text-base, currentColor); margin: 0.5rem 0 1rem;
  max-width: 44rem; }
.before-after fieldset { border: 0; margin: 0; min-width: 0; padding: 0; }
.before-after legend { float: none; font-size: 1rem; font-weight: 600; margin: 0 0 0.4rem;
  padding: 0; width: auto; }
.before-after input { accent-color: var(--pst-color-primary, #0072B2); margin: 0 0.3rem 0 0; }
.before-after label { display: inline; margin: 0 1.2rem 0 0; }
.before-after input:focus-visible + label { outline: 2px solid currentColor; outline-offset: 2px; }
.before-after .ba-score { font-weight: 600; margin: 0.8rem 0 0.2rem; }
.before-after .ba-row { align-items: center; display: grid; gap: 0 0.6rem;
  grid-template-columns: 8.5rem minmax(0, 1fr) 7.6rem; margin: 0 0 0.3rem; }
.before-after .ba-track { border: solid currentColor; border-width: 0 0 1px 1px; height: 1.5rem;
  position: relative; }
.before-after .ba-bar { border: 1px solid currentColor; border-left: 0; height: 1.1rem; left: 0;
  position: absolute; top: 0.15rem; }
.before-after .ba-span { border-left: 2px solid currentColor; border-right: 2px solid currentColor;
  height: 0.7rem; position: absolute; top: 0.35rem; }
.before-after .ba-span::before { border-top: 2px solid currentColor; content: ""; left: 0;
  position: absolute; right: 0; top: calc(50% - 1px); }
.before-after .ba-value { font-size: 0.92rem; font-variant-numeric: tabular-nums;
  white-space: nowrap; }
.before-after .ba-value small { display: block; font-size: 0.85em; }
.before-after .ba-ends { display: flex; font-size: 0.85rem; justify-content: space-between; }
.before-after .ba-first:checked ~ .ba-chart .ba-bar { width: var(--ba-before); }
.before-after .ba-second:checked ~ .ba-chart .ba-bar { width: var(--ba-after); }
.before-after .ba-first:checked ~ .ba-chart .ba-span { left: var(--ba-before-low);
  width: var(--ba-before-wide); }
.before-after .ba-second:checked ~ .ba-chart .ba-span { left: var(--ba-after-low);
  width: var(--ba-after-wide); }
.before-after .ba-first:checked ~ .ba-chart .ba-after { display: none; }
.before-after .ba-second:checked ~ .ba-chart .ba-before { display: none; }
@media (prefers-reduced-motion: no-preference) {
  .before-after .ba-bar { transition: width 0.9s ease-in-out; }
  .before-after .ba-span { transition: left 0.9s ease-in-out, width 0.9s ease-in-out; }
}
@media (max-width: 600px) {
  .before-after .ba-row { grid-template-columns: minmax(0, 1fr) 7.6rem; margin: 0 0 0.6rem; }
  .before-after .ba-row > :first-child { grid-column: 1 / -1; }
  .before-after .ba-ends { padding-right: 8.2rem; }
}
@media (min-width: 601px) {
  .before-after .ba-ends { padding: 0 8.2rem 0 9.1rem; }
}
"""


def figure(
    table: pd.DataFrame,
    caption: str,
    name: str,
    first: str = "before",
    second: str = "after",
) -> str:
    """Return bars of scores as HTML, with two buttons that move them.

    Bars, their intervals and the numbers beside them change together; the scale ends at 0.5 where
    nothing lies beyond, else at 1. Readers of the page by ear
    get all numbers of both states at once.

    Parameters
    ----------
    table : DataFrame
        One row a bar: ``score`` (rows of one score stand together), ``model``, ``before`` and
        ``after``, each an `Interval` between 0 and 1; ends may be nan.
    caption : str
        Above the buttons.
    name : str
        Of this figure, one of a kind on its page: small letters, digits and hyphens.
    first, second : str
        What the buttons say; the second is chosen at the start.

    Raises
    ------
    ValueError
        If the table has no rows, lacks a column, or a score is not between 0 and 1; if the name is
        no name.
    """
    missing = [column for column in COLUMNS if column not in table]
    if missing or table.empty:
        raise ValueError(f"the table lacks {', '.join(missing) or 'rows'}: give {COLUMNS}")
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        raise ValueError(f"{name!r} is no name: small letters, digits and hyphens")
    models = list(dict.fromkeys(table["model"]))
    found = [one for side in ("before", "after") for one in table[side]]
    top = 0.5 if max(np.nanmax([one.value, one.high]) for one in found) <= 0.5 else 1.0
    shown, spoken = [], []
    for score, rows in table.groupby("score", sort=False):
        shown.append(f'<div class="ba-score">{html.escape(str(score))}</div>')
        for row in rows.to_dict("records"):
            for side in ("before", "after"):
                if not 0 <= row[side].value <= 1:
                    raise ValueError(f"{score} of {row['model']} is {row[side].value}: give 0 to 1")
            colour = COLOURS[models.index(row["model"]) % len(COLOURS)]
            shown.append(_row(row, colour, top))
            spoken.append(
                f"{score}, {row['model']}: {first} {row['before']}, {second} {row['after']}"
            )
    told = html.escape(f"{caption}. {'; '.join(spoken)}.", quote=True)
    button = '<input type="radio" name="{n}" id="{n}-{k}" class="ba-{k}"{on}><label for="{n}-{k}">'
    buttons = "".join(
        button.format(n=name, k=key, on=" checked" if key == "second" else "")
        + f"{html.escape(words)}</label>"
        for key, words in (("first", first), ("second", second))
    )
    return (
        f'<div class="before-after"><style>{STYLE}</style><fieldset>'
        f"<legend>{html.escape(caption)}</legend>{buttons}"
        f'<div class="ba-chart" role="img" aria-label="{told}">{"".join(shown)}'
        '<div class="ba-ends"><span>0</span>'
        f"<span>{top:g}</span></div></div></fieldset></div>"
    )


def _row(row: dict, colour: str, top: float) -> str:
    """Return one bar with its interval and its numbers; ``top`` is where the track ends."""
    sides = {side: row[side] for side in ("before", "after")}
    places = [f"--ba-{side}: {_percent(found.value / top)}" for side, found in sides.items()]
    span = ""
    if not any(math.isnan(found.low) for found in sides.values()):
        span = '<div class="ba-span"></div>'
        for side, found in sides.items():
            low, high = max(found.low, 0.0) / top, min(found.high, top) / top
            places.append(f"--ba-{side}-low: {_percent(low)}")
            places.append(f"--ba-{side}-wide: {_percent(high - low)}")
    numbers = "".join(
        f'<span class="ba-{side}">{_number(found)}<small>{found.ends}</small></span>'
        for side, found in sides.items()
    )
    return (
        f'<div class="ba-row" style="{"; ".join(places)}">'
        f"<div>{html.escape(str(row['model']))}</div>"
        f'<div class="ba-track"><div class="ba-bar" style="background: {colour}"></div>{span}</div>'
        f'<div class="ba-value">{numbers}</div></div>'
    )


def _percent(value: float) -> str:
    return f"{100 * value:.2f}%"


def _number(found: Interval) -> str:
    return f"{found.value:.{found.digits}f}"
