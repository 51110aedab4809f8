"""One paper's audit as a page: the tally, each contradiction redone by hand, all the rest."""

from __future__ import annotations

import html
from collections import Counter

import pandas as pd
from IPython.display import HTML, display

from fer_lib import claims, keys, page, paths, provenance
from fer_lib.claims import audit, standing
from fer_lib.claims.finding import WORDS, Finding

KINDS = {
    "count": "counts",
    "proportion": "proportions",
    "metric": "metrics",
    "measurement": "measurements",
    "test statistic": "test statistics",
    "hyper-parameter": "settings",
    "parameter count": "parameter counts",
    "procedure": "procedures",
}


def clash(finding: Finding) -> bool:
    """Return whether printed things contradict each other, as they stand or by our reading."""
    return finding.verdict == "inconsistent" or bool(finding.rests_on)


class Audit:
    """What the auditor finds in one paper, and which contradictions a page has redone so far.

    Parameters
    ----------
    key : str
        Of the paper.
    """

    def __init__(self, key: str) -> None:
        self.ledger = claims.load(key)
        self.findings = audit.audit(self.ledger)
        self._left = [one for one in self.findings if clash(one)]
        text = (paths.root() / "book" / "claims" / f"{key}.yml").read_bytes()
        facts = provenance.of_arithmetic(key, keys.sha256(text))
        shown = provenance.strip(facts, facts["notes"])
        display({"text/html": shown, provenance.MIME: facts}, raw=True)

    def value(self, name: str) -> float:
        """Return the printed number of a claim."""
        return self.ledger[name].value

    def ends(self, name: str) -> tuple[float, float]:
        """Return the ends of what a claim stands for by its rounding, in the printed unit."""
        return self.ledger[name].rounding

    def tally(self) -> None:
        """Show how many checks of each family end how."""
        count = Counter((one.family, one.verdict) for one in self.findings)
        families = dict.fromkeys(one.family for one in self.findings)
        rows = {family: {word: count[family, word] for word in WORDS} for family in families}
        rows["all"] = {word: sum(row[word] for row in rows.values()) for word in WORDS}
        page.table(
            pd.DataFrame(rows).T.rename_axis("family of checks"),
            f"{len(self.ledger):,} claims, {len(self.findings):,} checks",
        )

    def redo(self, *names: str, holds: bool, why: str) -> None:
        """Show what a calculation by hand says of claims in which the auditor sees a contradiction.

        One that rests on an open reading is underspecified, and redone all the same.

        Parameters
        ----------
        names : str
            The ids that are judged.
        holds : bool
            Whether the printed values can be right, as just worked out without the auditor.
        why : str
            The result, with its numbers.

        Raises
        ------
        ValueError
            If the auditor has no such contradiction, or if by hand there is none: then one of the
            two is wrong, and the page must not be built.
        """
        if holds:
            raise ValueError(f"by hand {', '.join(names)} hold, and the auditor says otherwise")
        met = [one for one in self._left if set(names) & set(one.claims)]
        for name in names:
            if not any(name in one.claims for one in met):
                raise ValueError(f"the auditor has no contradiction of {name} left to redo")
        self._left = [one for one in self._left if one not in met]
        judged = tuple(self.ledger[name] for name in names)
        word = min((one.verdict for one in met), key=standing.ORDER.index)
        row = claims.Row(judged, claims.Verdict(word, why))
        page.verdict_table([row], "Redone by hand")

    def all_redone(self) -> None:
        """Say that every contradiction was redone above.

        Raises
        ------
        ValueError
            If one was not; the message lists them.
        """
        if self._left:
            raise ValueError(
                "not redone by hand: " + "; ".join(audit.line(one) for one in self._left)
            )
        firm = sum(one.verdict == "inconsistent" for one in self.findings)
        read = sum(bool(one.rests_on) for one in self.findings)
        page.say(
            f"All {firm} contradictions that the auditor finds are redone by hand above"
            + (f", and {read} more that rest on how we read a place." if read else ".")
        )

    def listed(self, verdict: str, folded: bool = False) -> None:
        """Show all findings with a verdict, one a row."""
        found = [one for one in self.findings if one.verdict == verdict]
        if not found:
            page.say(f"No check ends as {verdict}.")
            return
        caption = f"{len(found):,} checks: {verdict}"
        frame = pd.DataFrame([self._row(one) for one in found])
        shown = page.table_html(frame, caption, index=False)
        if folded:
            shown = (
                f'<details class="curve-data"><summary>{html.escape(caption)}</summary>'
                f"{shown}</details>"
            )
        display(HTML(shown))

    def _row(self, one: Finding) -> dict:
        """Return a finding as a row of a table."""
        of = self.ledger[one.claims[0]].title if one.claims else "the protocol"
        more = f" and {len(one.claims) - 1} more" if len(one.claims) > 1 else ""
        return {"family": one.family, "claim": of + more, "arithmetic": one.how}

    def unknown(self) -> None:
        """Show of how many claims nothing can be said, and why."""
        found = standing.of(self.ledger, self.findings)
        rows = Counter(
            (one.why, KINDS[self.ledger[name].kind])
            for name, one in found.items()
            if one.verdict == "not testable"
        )
        frame = pd.DataFrame(
            [{"why": why, "kind": kind, "claims": count} for (why, kind), count in rows.items()]
        ).sort_values(["why", "claims"], ascending=[True, False])
        total = sum(rows.values())
        page.table(frame, f"Of {total:,} claims nothing can be said", index=False)
