"""The audit page of a paper: counts of verdicts, each contradiction redone by hand, the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import combinations

import pandas as pd
from IPython.display import display

from claimcheck import claim_status, cli
from claimcheck.finding import WORDS, Finding
from engine.page import header, tables
from engine.store import keys
from fer_lib.evaluation import ledgers
from fer_lib.evaluation.verdicts import Row, Verdict

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


def agree(meanings: Iterable[Iterable[str]]) -> bool:
    """Return whether of every two meanings one contains the other."""
    pairs = combinations(map(set, meanings), 2)
    return all(one <= other or other <= one for one, other in pairs)


class Audit:
    """What the auditor finds in one paper, and which contradictions a page has redone so far.

    Parameters
    ----------
    key : str
        Of the paper.
    """

    def __init__(self, key: str) -> None:
        self.ledger = ledgers.load(key)
        self.findings = cli.audit(self.ledger)
        self._redone: list[Finding] = []
        self._key = key

    def prints(self, value: float, name: str) -> bool:
        """Return whether a value rounds to what a claim prints."""
        low, high = self.ledger[name].rounding
        return bool(low - 1e-9 <= value <= high + 1e-9)

    def agree(self, names: Iterable[str]) -> bool:
        """Return whether the meanings of some passages `agree`."""
        return agree(self.ledger[name].means for name in names)

    def beside(
        self, caption: str, names: Iterable[str], read_as: Mapping[str, Iterable[str]] | None = None
    ) -> None:
        """Show what some claims print beside each other, and how each is read.

        Parameters
        ----------
        caption : str
            Of the table.
        names : iterable of str
            Ids.
        read_as : mapping of str to iterable of str, optional
            Meanings by id; those of the ledger by default.
        """
        meant = read_as or {}
        shown = [(self.ledger[name], meant.get(name, self.ledger[name].means)) for name in names]
        rows = [
            (
                one.where,
                one.about,
                f"“{one.printed}”" if one.kind == "procedure" else one.shown,
                ", ".join(sorted(means)),
            )
            for one, means in shown
        ]
        frame = pd.DataFrame(rows, columns=["where", "what", "printed", "read as"])
        tables.table(frame, caption, index=False)

    def tally(self) -> None:
        """Show where the numbers come from, and how many checks of each family end how."""
        written = ledgers.files()[self._key].read_bytes()
        facts = header.of_arithmetic(self._key, keys.sha256(written))
        shown = header.strip(facts, facts["notes"])
        display({"text/html": shown, header.MIME: facts}, raw=True)
        count = Counter((one.family, one.verdict) for one in self.findings)
        families = dict.fromkeys(one.family for one in self.findings)
        rows = {family: {word: count[family, word] for word in WORDS} for family in families}
        rows["all"] = {word: sum(row[word] for row in rows.values()) for word in WORDS}
        tables.table(
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
            raise ValueError(
                f"with these values {', '.join(names)} can be right; with the printed ones the "
                "auditor finds that they cannot"
            )
        met = [one for one in self.findings if clash(one) and set(names) & set(one.claims)]
        rows = []
        for name in names:
            own = [one for one in met if name in one.claims]
            if not own:
                raise ValueError(f"the auditor has no contradiction of {name} to redo")
            rows.append(Row(self.ledger[name], Verdict(claim_status.decisive(own), why)))
        self._redone += [one for one in met if one not in self._redone]
        tables.verdict_table(rows, "Redone by hand")

    def all_redone(self) -> None:
        """Say that every contradiction was redone above.

        Raises
        ------
        ValueError
            If one was not; the message lists them.
        """
        clashes = [one for one in self.findings if clash(one)]
        left = [one for one in clashes if one not in self._redone]
        if left:
            raise ValueError("not redone by hand: " + "; ".join(map(cli.line, left)))
        read = sum(bool(one.rests_on) for one in clashes)
        tables.say(
            f"Redone by hand above: contradictions, {len(clashes) - read}; findings that rest on "
            f"how we read a place, {read}. The auditor has no other."
        )

    def listed(self, verdict: str, folded: bool = False) -> None:
        """Show all findings with a verdict, one a row."""
        found = [one for one in self.findings if one.verdict == verdict]
        if not found:
            tables.say(f"No check ends as {verdict}.")
            return
        caption = f"{len(found):,} check{'s' * (len(found) != 1)}: {verdict}"
        frame = pd.DataFrame([self._row(one) for one in found])
        if folded:
            tables.folded(frame, caption)
        else:
            tables.table(frame, caption, index=False)

    def _row(self, one: Finding) -> dict:
        """Return a finding as a row of a table."""
        of = self.ledger[one.claims[0]].title if one.claims else "the protocol"
        more = f" and {len(one.claims) - 1} more" if len(one.claims) > 1 else ""
        return {"family": one.family, "claim": of + more, "arithmetic": one.how}

    def unknown(self) -> None:
        """Show of how many claims nothing can be said, and why."""
        found = claim_status.of(self.ledger, self.findings)
        rows = Counter(
            (one.why, KINDS[self.ledger[name].kind])
            for name, one in found.items()
            if one.verdict == "not testable"
        )
        if not rows:
            tables.say("Something can be said of every claim.")
            return
        frame = pd.DataFrame(
            [{"why": why, "kind": kind, "claims": count} for (why, kind), count in rows.items()]
        ).sort_values(["why", "claims"], ascending=[True, False])
        total = sum(rows.values())
        tables.table(frame, f"Of {total:,} claims nothing can be said", index=False)
