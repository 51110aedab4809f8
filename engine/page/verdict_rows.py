"""Collect the rows of a verdict table, one claim at a time."""

from __future__ import annotations

from collections.abc import Mapping

from claimcheck import Claim
from engine.page import tables
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.evaluation.verdicts import Ground, Row, Verdict, checked, of_direction
from fer_lib.evaluation.verdicts import verdict as verdict_on

Names = str | tuple[str, ...]


class VerdictRows:
    """The rows of one table of verdicts on the claims of one paper.

    Every method takes one id of a claim, or a tuple of ids that one row judges together, and adds
    one row. What it takes besides is that of `fer_lib.evaluation.verdicts.Row`: ``ours``, ``about``
    and ``printed``.

    Parameters
    ----------
    ledger : mapping of str to Claim
        The claims by id.
    ground : Ground, optional
        What measured numbers stand on; not needed where only printed numbers are compared.
    """

    def __init__(self, ledger: Mapping[str, Claim], ground: Ground | None = None) -> None:
        self.ledger = ledger
        self.ground = ground
        self.rows: list[Row] = []

    def add(self, names: Names, verdict: Verdict, ours: object = None, **shown: str) -> None:
        """Add a row with a verdict that was reached elsewhere."""
        self.rows.append(Row(self._claims(names), verdict, ours, **shown))

    def underspecified(self, names: Names, why: str, ours: object = None, **shown: str) -> None:
        """Add a row on what the paper leaves open."""
        self.add(names, Verdict("underspecified", why), ours, **shown)

    def not_testable(self, names: Names, why: str, ours: object = None, **shown: str) -> None:
        """Add a row on what neither arithmetic nor a measurement can decide."""
        self.add(names, Verdict("not testable", why), ours, **shown)

    def consistent_if(
        self, holds: bool, names: Names, why: str, ours: object = None, **shown: str
    ) -> None:
        """Add a row that is consistent if ``holds``, and inconsistent otherwise."""
        self.add(names, Verdict("consistent" if holds else "inconsistent", why), ours, **shown)

    def inconsistent(self, names: Names, why: str, ours: object = None, **shown: str) -> None:
        """Add a row on printed things that contradict each other."""
        self.consistent_if(False, names, why, ours, **shown)

    def within(self, name: str, low: float, high: float, how: str) -> None:
        """Add a row that checks a printed number against the range that other numbers allow."""
        self.rows.append(checked(self.ledger[name], low, high, how))

    def all_within(self, ranges: Mapping[str, tuple[float, float]], how: str, **shown: str) -> None:
        """Add one row on all printed numbers that lie in their ranges, and one on each other."""
        each = {name: checked(self.ledger[name], *ends, how) for name, ends in ranges.items()}
        agree = [name for name, row in each.items() if row.verdict.word == "consistent"]
        if agree:
            spans = [
                f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"
                for low, high in map(ranges.get, agree)
            ]
            self.consistent_if(True, tuple(agree), f"{how} {', '.join(spans)}", **shown)
        self.rows += [row for name, row in each.items() if name not in agree]

    def number(
        self, names: Names, measured: Interval, scale: float = 1.0, ours: object = None, **shown
    ) -> None:
        """Add a row that compares a printed number, the first of ``names``, with a measured one.

        Shown is the interval, in percent where ``scale`` is 100, unless ``ours`` is given.
        """
        verdict = verdict_on(self._claims(names)[0], measured, self._on(), scale)
        told = measured.percent() if scale != 1 else measured
        self.add(names, verdict, told if ours is None else ours, **shown)

    def direction(
        self,
        names: Names,
        difference: Interval,
        ours: object = None,
        how: str = "",
        what: str = "",
        p_holm: float | None = None,
        **shown: str,
    ) -> None:
        """Add a row of a claim that a difference is positive, judged by its interval.

        Shown is the interval, unless ``ours`` is given. ``how`` it was measured stands before the
        reason of the verdict, ``what`` was measured behind the title of the claim.
        """
        verdict = of_direction(difference, self._on(), p_holm)
        if how:
            verdict = Verdict(verdict.word, f"{how}: {verdict.why}")
        if what:
            shown["about"] = f"{self._claims(names)[0].title}: {what}"
        self.add(names, verdict, difference if ours is None else ours, **shown)

    def show(self, caption: str) -> None:
        """Show the table, and hand its rows to the ledger of the book."""
        tables.verdict_table(self.rows, caption)

    def _claims(self, names: Names) -> tuple[Claim, ...]:
        return tuple(self.ledger[name] for name in ((names,) if isinstance(names, str) else names))

    def _on(self) -> Ground:
        """Return what a measured number stands on.

        Raises
        ------
        ValueError
            If it was not said: then no measured number can be judged.
        """
        if self.ground is None:
            raise ValueError("a measured number is judged by its ground: none was given")
        return self.ground
