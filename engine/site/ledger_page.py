"""Write the page of all claims as HTML: counts of verdicts, and a row for each claim."""

from __future__ import annotations

import html
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from claimcheck import Claim, claim_status, cli, parse
from claimcheck.claim_status import Standing
from claimcheck.finding import Finding
from claimcheck.ledger import Ledger
from engine.page import tables
from engine.site import claim_verdicts
from engine.site.claim_verdicts import Claims, OneVerdict, plain
from engine.site.html_tables import Html, table
from engine.site.page_verdicts import Reached
from fer_lib.evaluation.ledgers import files
from fer_lib.evaluation.verdicts import ORDER

ROOT = ".."  # the way from the pages that show it to the root of the site
VERDICTS = "verdicts.json"
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


def standings(found: Mapping[str, Audited]) -> dict[str, Standing]:
    """Return what print says of every claim, by ``paper/id``."""
    return {
        of.ledger[name].name: standing
        for of in found.values()
        for name, standing in of.standings.items()
    }


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


def tally(found: Mapping[str, Audited], verdicts: Mapping[Claims, OneVerdict]) -> str:
    """Return how many claims of each paper have which verdict, as HTML."""
    rows = []
    for key, of in found.items():
        own = [verdicts[claim.name,] for claim in of.ledger.values()]
        count = Counter(one.word for one in own)
        rows.append((key, len(own), count))
    words = [word for word in ORDER if any(count[word] for _, _, count in rows)]
    shown = [
        {"of the claims": Html(tables.badge(word))} | {key: count[word] for key, _, count in rows}
        for word in words
    ]
    shown.append({"of the claims": "all"} | {key: number for key, number, _ in rows})
    total = sum(number for _, number, _ in rows)
    return table(shown, f"The verdicts on {total:,} printed claims", "tally")


def one_finding(finding: Finding) -> str:
    """Return a finding as an item of a list."""
    family = html.escape(finding.family)
    if finding.family.startswith("page "):
        name = html.escape(finding.family.removeprefix("page "))
        family = f'<a href="{ROOT}/notebooks/{name}.html">page {name}</a>'
    return f"<li>print: {plain(finding.verdict)}, {family}: {html.escape(finding.how)}</li>"


def one_found(one: Reached, claim: Claim) -> str:
    """Return what a page found as an item of a list."""
    name = html.escape(one.page)
    about = f"{html.escape(one.about)}: " if one.about else ""
    ours = f"ours {html.escape(one.ours)}; " if one.ours not in ("", "–") else ""
    others = [other.partition("/")[2] for other in one.together if other != claim.name]
    beside = f"with {html.escape(', '.join(others))}: " if others else ""
    return (
        f"<li>{beside}{about}{plain(one.word)}, {ours}{html.escape(one.why)} "
        f'(<a href="{ROOT}/notebooks/{name}.html">page {name}</a>: {html.escape(one.where)})</li>'
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


def unfolded(claim: Claim, of: Standing, found: list[Reached], repository: str) -> str:
    """Return the details of a row, shown when it is opened: all evidence, none of it a verdict."""
    items = "".join(map(one_finding, of.judged))
    items += "".join(one_found(one, claim) for one in found)
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


def row(
    claim: Claim,
    of: Standing,
    verdict: OneVerdict,
    found: list[Reached],
    repository: str,
) -> str:
    """Return a claim as a row of the table, with a second one that unfolds.

    ``found`` is what pages found of it, by itself and together with others.
    """
    facets = {
        "paper": claim.paper,
        "verdict": verdict.word,
        "evidence": "|".join(evidence(of, found)),
        "kind": claim.kind,
        "element": claim.element,
        "claims": claim.name,
    }
    told = "".join(f' data-{name}="{html.escape(value)}"' for name, value in facets.items())
    more = unfolded(claim, of, found, repository)
    return (
        f'<tbody id="{html.escape(claim.name)}"{told}><tr>'
        f'<th scope="row" class="text">{html.escape(claim.paper)} <br>{html.escape(claim.where)}'
        f'</th><td class="text">{html.escape(claim.about)}</td>'
        f'<td class="text printed">{html.escape(claim.shown)}</td>'
        f'<td class="text" data-label="verdict">{tables.badge(verdict.word)}</td></tr>'
        f'<tr><td class="text" colspan="4"><details><summary>{summary(of, found)}'
        f'<span class="visually-hidden"> of {html.escape(claim.name)}</span></summary>'
        f"{more}</details></td></tr></tbody>"
    )


def evidence(of: Standing, found: list[Reached]) -> list[str]:
    """Return the kinds of evidence that there are on a claim."""
    kinds = ["print"] if of.judged or of.given else []
    kinds += ["a rerun"] if any(one.measured and not one.source for one in found) else []
    kinds += ["another source"] if any(one.source for one in found) else []
    return kinds or ["none"]


def summary(of: Standing, found: list[Reached]) -> str:
    """Return what a row has to unfold, in words."""
    parts = [f"{len(of.judged)} check{'s' * (len(of.judged) != 1)}"] if of.judged else []
    parts += [f"{len(found)} from pages"] if found else []
    return ", ".join(parts) or ("used in a check" if of.given else "why")


def choice(name: str, label: str, values: list[str]) -> str:
    """Return a labelled list to choose from."""
    options = "".join(f"<option>{html.escape(value)}</option>" for value in values)
    return (
        f'<label>{label} <select name="{name}"><option value="">any</option>{options}</select>'
        "</label>"
    )


def whole(
    found: Mapping[str, Audited],
    reached: list[Reached],
    verdicts: Mapping[Claims, OneVerdict],
    repository: str = "",
) -> str:
    """Return all claims as a table that can be searched and filtered, as HTML.

    The strongest contradictions come first, papers in the order of the book.
    """
    by_claim = defaultdict(list)
    for one in reached:
        if one.measured:
            by_claim[one.claim].append(one)
    everything = [claim for of in found.values() for claim in of.ledger.values()]
    everything.sort(key=lambda claim: ORDER.index(verdicts[claim.name,].word))
    rows = "".join(
        row(
            claim,
            found[claim.paper].standings[claim.id],
            verdicts[claim.name,],
            by_claim[claim.name],
            repository,
        )
        for claim in everything
    )
    words = {one.word for unit, one in verdicts.items() if len(unit) == 1}
    choices = "".join(
        (
            choice("paper", "Paper", list(found)),
            choice("verdict", "Verdict", [word for word in ORDER if word in words]),
            choice("evidence", "Evidence", ["print", "a rerun", "another source", "none"]),
            choice("kind", "Kind", sorted({claim.kind for claim in everything})),
            choice("element", "Element", sorted({claim.element for claim in everything})),
        )
    )
    head = "".join(
        f'<th scope="col" class="text">{name}</th>'
        for name in ("where", "claim", "printed", "verdict")
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


def fragments(
    reached: list[Reached], folder: Path, repository: str = ""
) -> tuple[str, dict[Claims, OneVerdict]]:
    """Write ``ledger.html``, ``tally.html`` and ``verdicts.json``.

    Parameters
    ----------
    reached : list of Reached
        What all pages found.
    folder : Path
        Where to write.
    repository : str
        Address of the book's repository, where a claim can be discussed; "" for none.

    Returns
    -------
    (str, dict)
        The tally, and the one verdict of every claim and of all that pages judge together.
    """
    of = ledgers()
    known = {claim.name for ledger in of.values() for claim in ledger.values()}
    sound = [one for one in reached if known.issuperset(one.together)]
    found = audited(of, sound)
    verdicts = claim_verdicts.of(standings(found), sound)
    ledger, told = "<p>There is no ledger.</p>", ""
    if of:
        ledger, told = whole(found, sound, verdicts, repository), tally(found, verdicts)
    (folder / "ledger.html").write_text(ledger + "\n", encoding="utf-8")
    (folder / "tally.html").write_text((told or ledger) + "\n", encoding="utf-8")
    kept = json.dumps(claim_verdicts.record(verdicts), indent=1)
    (folder / VERDICTS).write_text(kept + "\n", encoding="utf-8")
    return told, verdicts
