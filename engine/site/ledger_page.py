"""Write the page of all claims as HTML: counts of verdicts, and a row for each claim."""

from __future__ import annotations

import html
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from claimcheck import Claim, claim_status, cli, parse
from claimcheck.claim_status import Standing
from claimcheck.finding import WORDS, Finding
from claimcheck.ledger import Ledger
from engine.page import tables
from engine.site.html_tables import Html, table
from engine.site.page_verdicts import Reached
from fer_lib.evaluation.ledgers import files

ROOT = ".."  # the way from the pages that show it to the root of the site
SAME = 6  # claims that are named where a claim is taken as given
Ledgers = Mapping[str, Ledger]


def ledgers() -> dict[str, Ledger]:
    """Return every ledger of the book by the key of its paper."""
    return {key: parse(path) for key, path in files().items()}


@dataclass(frozen=True)
class Audited:
    """One paper: its claims, the auditor's findings, and the status of each claim by id.

    Where a claim stands depends on what pages say of printed numbers too.
    """

    ledger: Ledger
    findings: list[Finding]
    standings: dict[str, Standing]


def page_findings(ledger: Ledger, reached: list[Reached]) -> list[Finding]:
    """Return the pages' verdicts that compare a paper's printed numbers, as findings."""
    found = []
    for one in reached:
        name = one.claim.partition("/")[2]
        if not one.measured and name in ledger and ledger[name].name == one.claim:
            made = Finding(f"page {one.page}", (name,), one.word, one.ours, "", one.why)
            found.append(made)
    return found


def audited(of: Ledgers, reached: list[Reached]) -> dict[str, Audited]:
    """Return claims, findings and statuses of every paper, by key."""
    found = {}
    for key, ledger in of.items():
        findings = cli.audit(ledger)
        stands = claim_status.of(ledger, findings + page_findings(ledger, reached))
        found[key] = Audited(ledger, findings, stands)
    return found


def tally(found: Mapping[str, Audited], reached: list[Reached]) -> str:
    """Return how many claims of each paper stand how, as HTML."""
    measured = defaultdict(set)
    for one in reached:
        if one.measured:
            measured[one.claim.partition("/")[0]].add(one.claim)
    rows = []
    for key, of in found.items():
        count = Counter(one.verdict for one in of.standings.values())
        name = html.escape(key)
        link = Html(f'<a href="{ROOT}/book/ledger.html?paper={name}">{name}</a>')
        rows.append(
            {
                "paper": link,
                "claims": len(of.ledger),
                **{word: count[word] for word in WORDS},
                "measured here": len(measured[key]),
                "checks": len(of.findings),
                "of them fail": sum(one.verdict == "inconsistent" for one in of.findings),
                "or as we read it": sum(bool(one.rests_on) for one in of.findings),
            }
        )
    total = sum(row["claims"] for row in rows)
    shown = table(rows, f"What can be said of {total:,} printed claims, from print alone", "tally")
    words = Counter(one.word for one in reached if one.measured)
    listed = ", ".join(f"{tables.badge(word)} {count:,}" for word, count in words.most_common())
    more = f"<p>Verdicts from measurements of this build: {listed}.</p>" if words else ""
    return shown + more


def one_finding(finding: Finding) -> str:
    """Return a finding as an item of a list."""
    family = html.escape(finding.family)
    if finding.family.startswith("page "):
        name = html.escape(finding.family.removeprefix("page "))
        family = f'<a href="{ROOT}/notebooks/{name}.html">page {name}</a>'
    return f"<li>{tables.badge(finding.verdict)} {family}: {html.escape(finding.how)}</li>"


def one_measured(one: Reached) -> str:
    """Return a verdict of a page as an item of a list."""
    name = html.escape(one.page)
    about = f"{html.escape(one.about)}: " if one.about else ""
    ours = f"ours {html.escape(one.ours)}; " if one.ours not in ("", "–") else ""
    where = html.escape(f"{one.data}, profile {one.profile}")
    return (
        f"<li>{tables.badge(one.word)} {about}{ours}{html.escape(one.why)} "
        f'(<a href="{ROOT}/notebooks/{name}.html">page {name}</a>: {where})</li>'
    )


def discuss(claim: Claim, repository: str) -> str:
    """Return a link to a new issue about a claim, filled in; "" if the book has no repository."""
    if not repository:
        return ""
    about = f"{claim.where}: {claim.about}, printed {claim.shown}"
    words = urlencode({"title": f"Claim {claim.name}", "body": f"{claim.name}\n{about}\n\n"})
    return (
        f'<p><a href="{html.escape(f"{repository}/issues/new?{words}")}">Discuss this claim</a></p>'
    )


def unfolded(claim: Claim, of: Standing, measured: list[Reached], repository: str) -> str:
    """Return the details of a row, shown when it is opened."""
    items = "".join(map(one_finding, of.judged)) + "".join(map(one_measured, measured))
    told = "" if of.judged else f"<p>From print: {html.escape(of.why)}.</p>"
    told += f"<ul>{items}</ul>" if items else ""
    if of.given:
        names = list(dict.fromkeys(name for one in of.given for name in one.claims))
        links = ", ".join(
            f'<a href="#{html.escape(f"{claim.paper}/{name}")}">{html.escape(name)}</a>'
            for name in names[:SAME]
        )
        more = f" and {len(names) - SAME} more" if len(names) > SAME else ""
        told += f"<p>Taken as printed to check {links}{more}.</p>"
    if claim.note:
        told += f"<p>How we read it: {html.escape(claim.note)}</p>"
    place = f"{html.escape(claim.id)} · {html.escape(claim.element)} · {html.escape(claim.kind)}"
    return f'{told}<p class="place">{place}</p>{discuss(claim, repository)}'


def row(claim: Claim, of: Standing, measured: list[Reached], repository: str) -> str:
    """Return a claim as a row of the table, with a second one that unfolds."""
    words = list(dict.fromkeys(one.word for one in measured))
    facets = {
        "paper": claim.paper,
        "verdict": of.verdict,
        "measured": "|".join(words),
        "kind": claim.kind,
        "element": claim.element,
    }
    told = "".join(f' data-{name}="{html.escape(value)}"' for name, value in facets.items())
    badges = " ".join(tables.badge(word) for word in words)
    more = unfolded(claim, of, measured, repository)
    return (
        f'<tbody id="{html.escape(claim.name)}"{told}><tr>'
        f'<th scope="row" class="text">{html.escape(claim.paper)} <br>{html.escape(claim.where)}'
        f'</th><td class="text">{html.escape(claim.about)}</td>'
        f'<td class="text printed">{html.escape(claim.shown)}</td>'
        f'<td class="text" data-label="from print">{tables.badge(of.verdict)}</td>'
        f'<td class="text" data-label="measured here">{badges}</td></tr>'
        f'<tr><td class="text" colspan="5"><details><summary>{summary(of, measured)}'
        f'<span class="visually-hidden"> of {html.escape(claim.name)}</span></summary>'
        f"{more}</details></td></tr></tbody>"
    )


def summary(of: Standing, measured: list[Reached]) -> str:
    """Return what a row has to unfold, in words."""
    parts = [f"{len(of.judged)} check{'s' * (len(of.judged) != 1)}"] if of.judged else []
    parts += [f"{len(measured)} from a measurement"] if measured else []
    return ", ".join(parts) or ("used in a check" if of.given else "why")


def choice(name: str, label: str, values: list[str]) -> str:
    """Return a labelled list to choose from."""
    options = "".join(f"<option>{html.escape(value)}</option>" for value in values)
    return (
        f'<label>{label} <select name="{name}"><option value="">any</option>{options}</select>'
        "</label>"
    )


def whole(found: Mapping[str, Audited], reached: list[Reached], repository: str = "") -> str:
    """Return all claims as a table that can be searched and filtered, as HTML."""
    by_claim = defaultdict(list)
    for one in reached:
        if one.measured:
            by_claim[one.claim].append(one)
    everything = [claim for of in found.values() for claim in of.ledger.values()]
    rows = "".join(
        row(claim, found[claim.paper].standings[claim.id], by_claim[claim.name], repository)
        for claim in everything
    )
    words = [word for word in tables.VERDICTS if any(one.word == word for one in reached)]
    choices = "".join(
        (
            choice("paper", "Paper", list(found)),
            choice("verdict", "From print", list(WORDS)),
            choice("measured", "Measured here", [word for word in words if word not in WORDS]),
            choice("kind", "Kind", sorted({claim.kind for claim in everything})),
            choice("element", "Element", sorted({claim.element for claim in everything})),
        )
    )
    head = "".join(
        f'<th scope="col" class="text">{name}</th>'
        for name in ("where", "claim", "printed", "from print", "measured here")
    )
    count = f"{len(everything):,}"
    return (
        '<form class="ledger-filter" id="ledger-filter" role="search" aria-label="Claims" hidden>'
        '<label class="wide">Search <input type="search" name="words" autocomplete="off" '
        'placeholder="AUC Table 7"></label>'
        f'{choices}<button type="reset">Show all</button><p role="status">{count} claims</p></form>'
        f'<table class="dataframe ledger" id="ledger"><caption><span>{count} claims, one a row'
        f"</span></caption><thead><tr>{head}</tr></thead>{rows}</table>"
        '<p id="ledger-more" hidden><button type="button" name="step">Show more</button> '
        '<button type="button" name="all">Show all</button></p>'
        '<script src="../_static/ledger.js"></script>'
    )


def fragments(reached: list[Reached], folder: Path, repository: str = "") -> tuple[str, set[str]]:
    """Write ``ledger.html`` and ``tally.html``; return the tally, and the name of every claim.

    Parameters
    ----------
    reached : list of Reached
        The verdicts of all pages.
    folder : Path
        Where to write.
    repository : str
        Address of the book's repository, where a claim can be discussed; "" for none.
    """
    of = ledgers()
    if not of:
        for name in ("ledger", "tally"):
            (folder / f"{name}.html").write_text("<p>There is no ledger.</p>\n", encoding="utf-8")
        return "", set()
    known = {claim.name for ledger in of.values() for claim in ledger.values()}
    sound = [one for one in reached if one.claim in known]
    found = audited(of, sound)
    (folder / "ledger.html").write_text(whole(found, sound, repository) + "\n", encoding="utf-8")
    told = tally(found, sound)
    (folder / "tally.html").write_text(told + "\n", encoding="utf-8")
    return told, known
