"""What a page shows: where its numbers come from, tables, and verdicts."""

from __future__ import annotations

import html
import subprocess

import pandas as pd
from IPython.display import HTML, Markdown, display

from fer_lib import paths

RENDERED_NOTE = (
    "These faces are rendered, not photographed: results show whether a method recovers cues that "
    "were planted, and prove nothing about people."
)
NEAR_DUPLICATE_NOTE = (
    "This data set has no subject ids. Images are grouped by near-duplication only, so the same "
    "person may recur in training and test."
)
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
    "not testable": ("?", "unclear"),
    "underspecified": ("?", "unclear"),
    "ok": ("✓", "good"),
    "leak": ("✗", "bad"),
    "not checked": ("?", "unclear"),
}


def commit() -> str:
    """Return the checkout's commit, marked where files differ from it; "unknown" without git."""
    command = ["git", "-C", str(paths.root()), "describe", "--always", "--dirty=-modified"]
    command += ["--exclude=*", "--abbrev=12"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def header(profile: str, data_name: str, data_sha256: str, group_kind: str, seed: int) -> None:
    """Show which profile, data and seed made the page, and what that allows one to conclude."""
    facts = {
        "profile": profile,
        "data": f"{data_name} ({data_sha256[:12]})",
        "seed": str(seed),
        "commit": commit(),
    }
    items = " · ".join(
        f"<span><b>{html.escape(name)}</b> {html.escape(value)}</span>"
        for name, value in facts.items()
    )
    notes = [RENDERED_NOTE] if data_name.startswith("rendered") else []
    if group_kind == "near-duplicate":
        notes.append(NEAR_DUPLICATE_NOTE)
    if profile == "smoke":
        notes.append("Profile smoke trains for seconds to test the build: its scores mean nothing.")
    told = "".join(f"<p>{html.escape(note)}</p>" for note in notes)
    display(
        HTML(
            '<div class="provenance" role="note" aria-label="What made this page">'
            f"<p>{items}</p>{told}</div>"
        )
    )


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
        f'<span class="verdict verdict-{tone}"><span aria-hidden="true">{symbol}</span> '
        f"{verdict}</span>"
    )


def table_html(table: pd.DataFrame, caption: str, index: bool = True) -> str:
    """Return a table with a caption, in a box that scrolls by itself on a narrow screen.

    Floats are shown with three digits; a column called "verdict" is shown as badges.
    """
    shown = table.copy()
    for column in shown.columns:
        if column == "verdict":
            shown[column] = [badge(value) for value in shown[column]]
        else:
            shown[column] = [html.escape(_text(value)) for value in shown[column]]
    if index:
        names = [name if isinstance(name, str) else "" for name in shown.index.names]
        shown.index = shown.index.map(
            lambda v: (
                tuple(html.escape(_text(x)) for x in v)
                if isinstance(v, tuple)
                else html.escape(_text(v))
            )
        )
        shown = shown.rename_axis(names if len(names) > 1 else names[0]).reset_index()
    head = "".join(f'<th scope="col">{html.escape(str(c)) or "&nbsp;"}</th>' for c in shown.columns)
    body = []
    for row in shown.itertuples(index=False):
        cells = [
            f'<th scope="row">{value}</th>' if index and place == 0 else f"<td>{value}</td>"
            for place, value in enumerate(row)
        ]
        body.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f'<table class="dataframe"><caption>{html.escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    )


def table(frame: pd.DataFrame, caption: str, index: bool = True) -> None:
    """Show a table as `table_html` makes it."""
    display(HTML(table_html(frame, caption, index)))


def verdict_table(rows: list[tuple], caption: str) -> None:
    """Show claims with their verdicts.

    Parameters
    ----------
    rows : list of tuple
        (what is claimed, as printed, `fer_lib.claims.Verdict`) and, where one was measured, ours.
    caption : str
        Of the table.
    """
    frame = pd.DataFrame(
        [
            {
                "claim": row[0],
                "printed": row[1],
                **({"ours": row[3]} if len(row) > 3 else {}),
                "verdict": row[2].word,
                "why": row[2].why,
            }
            for row in rows
        ]
    )
    table(frame, caption, index=False)


def curve_data(frame: pd.DataFrame, caption: str) -> None:
    """Show the numbers behind a figure, folded away under their caption."""
    display(
        HTML(
            f'<details class="curve-data"><summary>{html.escape(caption)}</summary>'
            f"{table_html(frame, caption, index=False)}</details>"
        )
    )


def say(text: str) -> None:
    """Show a sentence whose numbers were computed, in Markdown."""
    display(Markdown(text))


def _text(value: object) -> str:
    if isinstance(value, float):
        return "–" if value != value else f"{value:.3f}"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)
