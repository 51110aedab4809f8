"""Write the parts of the page "About this build" that only a build knows, as HTML."""

from __future__ import annotations

import html
from datetime import datetime
from pathlib import Path

from engine.page import tables
from engine.site import page_footer
from engine.site.html_tables import Html, each, table

ROOT = ".."  # the way from the page to the root of the site
MOST = 20  # differences that the page lists


def plain_commit(state: dict) -> str:
    """Return a commit as text, marked where files differed from it."""
    return state["commit"] + (" (modified)" if state["modified"] else "")


def made(records: list[dict], runs: list[dict], rendered: dict) -> str:
    """Return the software and machines behind pages and runs; all of them, where they differ."""
    facts = [fact for record in records for fact in page_footer.stated(record)]
    machines = [made_by["environment"] for made_by in (*records, *runs)]
    rows = {
        "pages computed at commit": each([plain_commit(r["computed"]) for r in records]),
        "pages rendered at commit": plain_commit(rendered),
        "profile": each([fact["profile"] for fact in facts if fact["profile"]]),
        "data set": each([fact["data"] for fact in facts]),
        "data sha256": each([fact["data_sha256"] for fact in facts if fact["data_sha256"]]),
        "processor": each([machine["processor"] for machine in machines]),
        "cores": each([machine["cores"] for machine in machines]),
        "threads": each([machine["threads"] for machine in machines]),
        "Python": each([machine["python"] for machine in machines]),
    }
    for name in dict.fromkeys(name for machine in machines for name in machine["packages"]):
        rows[name] = each([m["packages"][name] for m in machines if name in m["packages"]])
    told = [{"what": name, "value": value} for name, value in rows.items()]
    return table(told, "What made these pages", "wrapping")


def seconds(iso: str) -> int:
    """Return an ISO time as whole seconds, as exact as records are."""
    return int(datetime.fromisoformat(iso).timestamp())


def pages(records: list[dict], rendered: dict) -> str:
    """Return when, where from and in what time each page was computed."""
    if not records:
        return "<p>No page was computed.</p>"
    rows = []
    for record in records:
        name, computed = html.escape(record["notebook"]), record["computed"]
        row = {
            "page": Html(f'<a href="{ROOT}/notebooks/{name}.html">{name}</a>'),
            "computed": Html(tables.measured(page_footer.day(computed["start"]))),
            "at commit": plain_commit(computed),
            "took": Html(tables.measured(f"{computed['wall_seconds']} s")),
        }
        if "build_start" in rendered:
            now = seconds(computed["start"]) >= seconds(rendered["build_start"])
            row["came from"] = "this build" if now else "the store"
        rows.append(row)
    return table(rows, f"{page_footer.counted(len(records), 'page')}, and what each took")


def failed(failures: list[dict]) -> str:
    """Return a list of the failures, or a sentence that there are none."""
    if not failures:
        return "<p>Nothing failed in this build.</p>"
    rows = [{"what": failure["name"], "why": failure["reason"]} for failure in failures]
    return table(rows, "Failed in this build", "wrapping")


def budget(runs: list[dict]) -> str:
    """Return what each arm cost: seeds, scale, and the minutes that its trainings took."""
    rows = []
    for arm in dict.fromkeys(run["arm"] for run in runs):
        own = [run for run in runs if run["arm"] == arm]
        took = sum(run["wall_seconds"] for run in own) / 60
        first = own[0]
        rows.append(
            {
                "arm": arm,
                "model": first["settings"]["model"],
                "seeds": len(own),
                "scale": first["settings"]["scale"],
                "pixels": first["image_size"],
                "frozen": first["frozen_stages"],
                "learn": first["trainable"],
                "minutes": Html(tables.measured(f"{took:.1f}")),
            }
        )
    total = sum(run["wall_seconds"] for run in runs) / 60
    told = (
        f"<p>{tables.measured(f'{total:.0f}')} minutes of training in all, before dividing by the "
        "trainings that run side by side. Pixels are the side of the input; frozen are the stages "
        "of each backbone that stay as they are, learn the parameters that do not.</p>"
    )
    return told + table(rows, f"What {page_footer.counted(len(rows), 'arm')} cost", "runs")


def run_table(runs: list[dict]) -> str:
    """Return what each arm cost, and the runs behind the pages with their files, folded away."""
    if not runs:
        return "<p>No run is there.</p>"
    rows = []
    for run in runs:
        name = html.escape(run["arm"])
        folder = html.escape(run["folder"])
        rows.append(
            {
                "run": Html(f"{name}<br><code>{folder}</code>"),
                "protocol": run["settings"]["protocol"],
                "precision": run["config"]["precision"],
                "seed": str(run["seed"]),
                "epochs": f"{run['epochs']} of {run['config']['epochs']}",
                "took": Html(tables.measured(f"{run['wall_seconds']} s")),
                "predictions sha256": Html(f"<code>{run['predictions_sha256'][:12]}</code>"),
                "files": Html(page_footer.run_links(run["folder"], ROOT)),
            }
        )
    count = page_footer.counted(len(runs), "run")
    listed = table(rows, f"{count}, each a folder of files", "runs")
    return f"{budget(runs)}<details><summary>All {count}</summary>{listed}</details>"


def study_table(studied: list[dict]) -> str:
    """Return what each study took, with its files."""
    if not studied:
        return "<p>No study is there.</p>"
    rows = [
        {
            "study": Html(
                f"{html.escape(one['study'])}<br><code>{html.escape(one['folder'])}</code>"
            ),
            "data": one["data"],
            "seed": str(one["seed"]),
            "took": Html(tables.measured(f"{one['wall_seconds']} s")),
            "files": Html(page_footer.study_links(one["study"], one["folder"], ROOT)),
        }
        for one in studied
    ]
    return table(
        rows, f"{page_footer.counted(len(rows), 'result')} made once for several pages", "runs"
    )


def verification(verified: dict | None, rendered: dict) -> str:
    """Return the outcome of `make verify` for these results."""
    if verified is None:
        return (
            f"<p>{tables.badge('not checked')} These results are not verified yet: "
            "<code>make verify</code> does it.</p>"
        )
    word = tables.badge("reproduced" if verified["same"] else "differs")
    came = "every output came back the same" if verified["same"] else "not all came back the same"
    at = html.escape(verified["commit"])
    text = (
        f"<p>{word} {page_footer.counted(verified['pages'], 'page')} and "
        f"{page_footer.counted(verified['runs'], 'run')} were made a second time from nothing, "
        f"with {page_footer.counted(verified['threads'], 'thread')}, at commit <code>{at}</code>, "
        f"on {tables.measured(page_footer.day(verified['when']))}: {came}, times aside.</p>"
    )
    if verified["commit"] != rendered["commit"]:
        text += "<p>The pages were rendered at another commit, from these very results.</p>"
    if verified["differences"]:
        lines = verified["differences"]
        items = "".join(f"<li>{html.escape(line)}</li>" for line in lines[:MOST])
        count = f"{page_footer.counted(len(lines), 'difference')}"
        shown = f", the first {MOST} of them" if len(lines) > MOST else ""
        text += f"<p>{count}{shown}:</p><ul>{items}</ul>"
    return text + (across(verified["across"]) if verified["across"] else "")


def across(found: dict) -> str:
    """Return how far results move between thread counts."""
    counts = " and ".join(map(str, found["threads"]))
    names = ("probability", "emotion_accuracy", "authenticity_auc")
    shown = ("a predicted probability", "emotion accuracy", "authenticity AUC")
    rows = [
        {"quantity": quantity, "largest difference": f"{found[name]:.2g}"}
        for name, quantity in zip(names, shown, strict=True)
    ]
    return table(rows, f"The same trainings with {counts} threads")


def fragments(
    records: list[dict],
    runs: list[dict],
    studied: list[dict],
    failures: list[dict],
    verified: dict | None,
    rendered: dict,
    folder: Path,
) -> None:
    """Write ``made``, ``pages``, ``failed``, ``runs``, ``studies``, ``verified``, each ``.html``.

    Parameters
    ----------
    records : list of dict
        The ``record.json`` of each page.
    runs : list of dict
        The ``run.json`` of each run, with ``folder`` (its name) and ``predictions_sha256``.
    studied : list of dict
        The ``about.json`` of each study, with ``folder`` (its name).
    failures : list of dict
        ``name`` and ``reason`` of each.
    verified : dict or None
        The outcome of `make verify` for these very results.
    rendered : dict
        commit and modified at rendering; ``build_start`` (ISO time) if it is to be told which
        pages this build computed.
    folder : Path
        Where to write, beside the page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = {
        "made": made(records, runs, rendered),
        "pages": pages(records, rendered),
        "failed": failed(failures),
        "runs": run_table(runs),
        "studies": study_table(studied),
        "verified": verification(verified, rendered),
    }
    for name, text in parts.items():
        (folder / f"{name}.html").write_text(text + "\n", encoding="utf-8")
