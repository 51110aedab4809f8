"""Show headers, tables and verdicts on a page."""

from __future__ import annotations

import html
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from IPython.display import HTML, Markdown, display

from engine.page import header as provenance
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.evaluation.verdicts import Row


class HasRecord(Protocol):
    """A run: ``about`` is the content of its ``run.json``."""

    about: dict


# In a notebook each figure is shown with the data behind it. Elsewhere matplotlib is not loaded: it
# would leave a list of fonts in the user's own folder.
if "IPython" in sys.modules and sys.modules["IPython"].get_ipython():
    from engine.page import figure_data

    figure_data.register()

MOST_ABREAST = 3  # columns that a phone shows side by side
# What `verdict_table` tells programs; rendering joins it to the ledger.
VERDICTS_MIME = "application/vnd.fer.verdicts+json"
# A verdict is told by its word, its symbol and its colour, never by colour alone.
VERDICTS = {
    "consistent": ("✓", "good"),
    "reproduced": ("✓", "good"),
    "direction seen on rendered faces": ("↗", "good"),
    "inconsistent": ("✗", "bad"),
    "differs": ("✗", "bad"),
    "direction not seen on rendered faces": ("↘", "bad"),
    "not comparable": ("≠", "unclear"),
    "not decided": ("?", "unclear"),
    "said again": ("=", "unclear"),
    "not testable": ("?", "unclear"),
    "underspecified": ("?", "unclear"),
    "ok": ("✓", "good"),
    "leak": ("✗", "bad"),
    "unbalanced": ("✗", "bad"),
    "not checked": ("?", "unclear"),
}


def header(
    profile: str,
    data_name: str,
    data_sha256: str,
    group_kind: str,
    seed: int,
    random_start: bool = False,
    trained: str = "",
    measured: str = "",
) -> None:
    """Show which profile, data and seed made the page, and what that allows one to conclude.

    The commit is not shown here: it would change the output where nothing else did. The page of
    the book adds it at rendering.

    ``random_start`` says that the pretrained model had to begin without its weights, ``trained``
    what `engine.page.header.of_runs` says of the page's runs, ``measured`` what its study or its
    data hold.
    """
    told = (profile, data_name, data_sha256, group_kind, seed, random_start, trained, measured)
    facts = provenance.facts(*told)
    shown = provenance.strip(facts, facts["notes"])
    display({"text/html": shown, provenance.MIME: facts}, raw=True)


def header_of_runs(runs: Sequence[HasRecord]) -> None:
    """Show `header` for all runs that a page reads: what they were trained on, and how."""
    abouts = [run.about for run in runs]
    at_random = any(about["random_start"] for about in abouts)
    header_of_run(abouts[0] | {"random_start": at_random}, provenance.of_runs(abouts))


def header_of_run(about: dict, trained: str = "") -> None:
    """Show `header` for the run whose record is ``about``."""
    header(
        about["profile"],
        about["data"],
        about["data_sha256"],
        about["group_kind"],
        about["seed"],
        about["random_start"],
        trained,
    )


def header_of_study(about: dict) -> None:
    """Show `header` for a page that reads the study whose ``about.json`` is ``about``."""
    of = ("profile", "data", "data_sha256", "group_kind", "seed", "random_start")
    header(*(about[name] for name in of), measured=provenance.of_study(about))


def badge(verdict: str) -> str:
    """Return a verdict as HTML: symbol, word, and a class for its colour.

    Raises
    ------
    ValueError
        If the verdict is not one of `VERDICTS`.
    """
    if verdict not in VERDICTS:
        raise ValueError(f"unknown verdict {verdict!r}: choose one of {', '.join(VERDICTS)}")
    symbol, tone = VERDICTS[verdict]
    return (
        f'<span class="verdict verdict-{tone}"><span aria-hidden="true">{symbol}</span>'
        f"&nbsp;{verdict}</span>"
    )


def table_html(table: pd.DataFrame, caption: str, index: bool = True) -> str:
    """Return a table with a caption; on a phone the rows of a wide one become cards.

    Numbers stand right, words left; floats have three digits, an interval stands under its score,
    a column called "verdict" is shown as badges, and one called "seconds" as measurements.
    """
    frame = table.reset_index() if index else table
    words = [not _numeric(frame[column]) for column in frame.columns]
    head = "".join(
        f'<th scope="col"{_kind(word)}>{html.escape(_name(column))}</th>'
        for column, word in zip(frame.columns, words, strict=True)
    )
    body = []
    for row in frame.itertuples(index=False):
        cells = []
        for place, (column, word, value) in enumerate(zip(frame.columns, words, row, strict=True)):
            shown = _cell(value, badge if column == "verdict" else html.escape)
            shown = measured(value) if column == "seconds" else shown
            if index and place == 0:
                cells.append(f'<th scope="row"{_kind(word)}>{shown}</th>')
            else:
                label = html.escape(_name(column), quote=True)
                cells.append(f'<td data-label="{label}"{_kind(word)}>{shown}</td>')
        body.append(f"<tr>{''.join(cells)}</tr>")
    kind = "dataframe verdicts" if "verdict" in frame.columns else "dataframe"
    kind += " stacked" if len(frame.columns) > MOST_ABREAST or "verdict" in frame.columns else ""
    return (
        f'<table class="{kind}"><caption><span>{html.escape(caption)}</span></caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    )


def table(frame: pd.DataFrame | list[dict], caption: str, index: bool = True) -> None:
    """Show a table as `table_html` makes it; a list has a row in each dict, and no index."""
    if isinstance(frame, list):
        frame, index = pd.DataFrame(frame), False
    display(HTML(table_html(frame, caption, index)))


def verdict_table(rows: list[Row], caption: str) -> None:
    """Show claims with their verdicts, and hand them to the ledger of the book.

    What is printed stands under the claim, and the reason under the verdict.

    Parameters
    ----------
    rows : list of Row
        One a verdict; there is a column for what we measured if any row has something.
    caption : str
        Of the table.
    """
    measured_any = any(row.ours is not None for row in rows)
    frame = pd.DataFrame(
        [
            {
                "claim": Noted(row.title, f"printed: {row.shown}"),
                **({"ours": "–" if row.ours is None else row.ours} if measured_any else {}),
                "verdict": Noted(row.told.word, row.told.why),
            }
            for row in rows
        ]
    )
    told = [
        {
            "claims": [claim.name for claim in row.claims],
            "about": row.about,
            "word": row.told.word,
            "why": row.told.why,
            "ours": "" if row.ours is None else str(row.ours),
            "source": row.source,
        }
        for row in rows
    ]
    shown = table_html(frame, caption, index=False)
    display({"text/html": shown, VERDICTS_MIME: {"caption": caption, "rows": told}}, raw=True)


def folded(frame: pd.DataFrame | list[dict], caption: str) -> None:
    """Show a table, such as the numbers behind a figure, folded away under its caption."""
    display(
        HTML(
            f'<details class="folded"><summary>{html.escape(caption)}</summary>'
            f"{table_html(pd.DataFrame(frame), caption, index=False)}</details>"
        )
    )


def say(text: str) -> None:
    """Show a sentence whose numbers were computed, in Markdown."""
    display(Markdown(text))


@dataclass(frozen=True)
class Noted:
    """A cell of a table with a smaller line under it."""

    text: str
    note: str


@dataclass(frozen=True)
class Measurement:
    """A time or a speed in a cell of a table, shown as `measured` shows it.

    Not a kind of str: pandas would keep the text only.
    """

    text: str


def measured(text: object) -> str:
    """Return a time or a speed as HTML that marks it: a second execution need not repeat it."""
    return f'<span class="measurement">{html.escape(str(text))}</span>'


def p_value(p: float) -> str:
    """Return a p value as text: two digits, and no more than that it is small below 0.0001."""
    if np.isnan(p):
        return "–"
    return "< 0.0001" if p < 1e-4 else f"{p:.2g}"


def mean_and_range(values: Iterable[float], digits: int = 3) -> str:
    """Return the mean of some values as text, the lowest and the highest in brackets."""
    found = pd.Series(list(values))
    mean, low, high = (f"{one:.{digits}f}" for one in (found.mean(), found.min(), found.max()))
    return f"{mean} ({low} to {high})"


def noted(text: str, note: str, words: Callable[[str], str] = html.escape) -> str:
    """Return words with a smaller line under them as HTML; ``words`` makes HTML of the first."""
    below = f'<div class="note">{html.escape(note)}</div>' if note else ""
    return f"<div>{words(text)}{below}</div>"


def _numeric(column: pd.Series) -> bool:
    return all(isinstance(value, int | float | np.number | Interval) for value in column)


def _kind(word: bool) -> str:
    return ' class="text"' if word else ""


def _name(column: object) -> str:
    return "\u00a0" if column in (None, "", "index") else str(column)


def _cell(value: object, words: Callable[[str], str] = html.escape) -> str:
    """Return one value as HTML: an interval stands under its score, both unbroken.

    ``words`` makes HTML of text.
    """
    if isinstance(value, Noted):
        return noted(value.text, value.note, words)
    if isinstance(value, Measurement):
        return measured(value.text)
    if isinstance(value, Interval):
        rounded = round(value.value, value.digits) + 0.0  # without the sign of a rounded -0.0
        score = "–" if np.isnan(rounded) else f"{rounded:.{value.digits}f}"
        return f'<span class="score">{score}</span> <span class="ends">{value.ends}</span>'
    if isinstance(value, float | np.floating):
        return "–" if value != value else f"{value:.3f}"
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return f"{value:,}"
    return words(str(value))
