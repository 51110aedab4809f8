"""Add to each page where it comes from: a banner, a footer, and the files they link to.

Both are written at rendering, from the record of the page's execution, so the commit at which a
page is rendered changes no stored output. They are HTML without blank lines, which Markdown does
not change.
"""

from __future__ import annotations

import html
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from engine.jobs import page_table
from engine.jobs.jobs import Job
from engine.page import header, study_registry
from engine.page.tables import measured
from fer_lib.training import config

PUBLISHED = ("run", "study")  # of these kinds the site carries the tables
TABLES = (".csv", ".json", ".parquet")  # no weights and no features, which are large
MANY = 6  # runs; more are folded away
UNCHANGED = "Nothing that its outputs depend on changed in between."


def stated(record: dict) -> list[dict]:
    """Return the facts the page stated of itself; the parameters have to do if it stated none."""
    given = record["parameters"]
    return record["provenance"] or [
        header.facts(given["profile"], given["data"], seed=given["seed"])
    ]


def notes(record: dict) -> list[str]:
    """Return what a reader must know before the page's numbers, each note once."""
    return list(dict.fromkeys(note for facts in stated(record) for note in facts["notes"]))


def banner(record: dict) -> str:
    """Return the strip at the head of a page; "" where real data were used as in the paper."""
    facts = stated(record)[0]
    real = not facts["rendered"] and facts["profile"] == "paper"
    if real and not facts["random_start"]:
        return ""
    return header.strip(facts, notes(record), ' · <a href="#page-proof">how it was made</a>')


def commit_html(state: dict) -> str:
    """Return a commit as HTML, "(modified)" where files of the checkout differed from it."""
    if state["commit"] == "unknown":
        return "an unknown commit"
    modified = " (modified)" if state["modified"] else ""
    return f"commit <code>{html.escape(state['commit'])}</code>{modified}"


def commits(record: dict, rendered: dict) -> str:
    """Return in words, as HTML, at which commits the page was computed and rendered."""
    computed = record["computed"]
    if all(computed[name] == rendered[name] for name in ("commit", "modified")):
        text = f"Computed and rendered at {commit_html(computed)}."
    else:
        text = f"Computed at {commit_html(computed)}, rendered at {commit_html(rendered)}. "
        text += UNCHANGED
    if computed["modified"] or rendered["modified"]:
        text += " Modified: files of the checkout differed from that commit."
    key = f"<code>{html.escape(record['key'])}</code>"
    return f"{text} Key {key} stands for the exact content of all that decides the page."


def counted(number: int, thing: str) -> str:
    """Return "1 core", "2 cores"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def day(iso: str) -> str:
    """Return an ISO time for readers, in UTC."""
    return datetime.fromisoformat(iso).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def published(contents: Sequence[str]) -> list[str]:
    """Return those files of a result that the site carries."""
    return [name for name in contents if Path(name).suffix in TABLES]


def _links(contents: Sequence[str], at: str) -> str:
    at = html.escape(at)
    return " · ".join(f'<a href="{at}/{name}">{name}</a>' for name in published(contents))


def run_links(folder: str, root: str) -> str:
    """Return links to the published files of a run as HTML."""
    return _links(config.RUN_FILES, f"{root}/runs/{folder}")


def study_links(name: str, folder: str, root: str) -> str:
    """Return links to the published files of a study as HTML."""
    return _links(study_registry.get(name).contents, f"{root}/studies/{folder}")


def files(record: dict, root: str) -> str:
    """Return a list of the files behind the page as HTML."""
    name = html.escape(record["notebook"])
    at = f"{html.escape(root)}/records/{page_table.stem(name)}"
    items = [f'this page: <a href="{at}.json">record</a> · <a href="{at}.ipynb">as executed</a>']
    studied = [
        f"{html.escape(study)}: {study_links(study, folder, root)}"
        f"<br><code>{html.escape(folder)}</code>"
        for study, folder in record["studies"].items()
    ]
    runs = [
        f"{html.escape(run)}: {run_links(folder, root)}<br><code>{html.escape(folder)}</code>"
        for run, folder in record["runs"].items()
    ]
    if len(runs) > MANY:
        listed = "".join(f"<li>{item}</li>" for item in runs)
        runs = [f"<details><summary>{len(runs)} runs</summary><ul>{listed}</ul></details>"]
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items + studied + runs)}</ul>"


def footer(record: dict, rendered: dict, root: str) -> str:
    """Return the section at the end of a page that says how it was made, as HTML.

    Parameters
    ----------
    record : dict
        The page's ``record.json``.
    rendered : dict
        commit and modified (`engine.store.git_state.commit`) at rendering.
    root : str
        The way from the page to the root of the site, such as "..".
    """
    computed, made = record["computed"], record["environment"]
    facts = stated(record)
    seeds = sorted({fact["seed"] for fact in facts} | {record["parameters"]["seed"]})
    data = dict.fromkeys((fact["data"], fact["data_sha256"]) for fact in facts)
    shown = {
        "Commits": commits(record, rendered),
        "Computed": measured(f"{day(computed['start'])}, in {computed['wall_seconds']} s"),
        "Profile": ", ".join(dict.fromkeys(html.escape(fact["profile"]) for fact in facts))
        or "none: no data, no training",
        "Data": "<br>".join(
            html.escape(name) + (f" <code>{html.escape(sha256)}</code>" if sha256 else "")
            for name, sha256 in data
        ),
        "Seed" if len(seeds) == 1 else "Seeds": ", ".join(map(str, seeds)),
        "Machine": f"{html.escape(made['processor'])}, {counted(made['cores'], 'core')}",
        "Threads": str(made["threads"]),
        "Files": files(record, root),
    }
    if not banner(record) and notes(record):
        shown["Caution"] = " ".join(html.escape(note) for note in notes(record))
    rows = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in shown.items())
    versions = {"Python": made["python"], **made["packages"]}
    listed = "".join(
        f"<div><dt>{html.escape(name)}</dt><dd>{html.escape(version)}</dd></div>"
        for name, version in versions.items()
    )
    return (
        '<section class="proof" id="page-proof" aria-labelledby="page-proof-title">'
        f'<h2 id="page-proof-title">How this page was made</h2><dl>{rows}</dl>'
        f"<details><summary>Versions</summary><dl>{listed}</dl></details></section>"
    )


def publish(jobs: list[Job], verdicts: Path, site: Path) -> None:
    """Copy what pages lead to into the site: records, notebooks, runs, studies, the verdicts."""
    records = site / "records"
    records.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(verdicts, records / verdicts.name)
    for job in jobs:
        if job.kind == "page":
            shutil.copyfile(
                job.place() / "record.json", records / f"{page_table.stem(job.name)}.json"
            )
            shutil.copyfile(
                job.place() / "page.ipynb", records / f"{page_table.stem(job.name)}.ipynb"
            )
        elif job.kind in PUBLISHED:
            target = site / job.folder
            target.mkdir(parents=True, exist_ok=True)
            for name in published(job.stage.contents):
                shutil.copyfile(job.place() / name, target / name)
