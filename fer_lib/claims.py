"""The claim ledger: what a paper prints, and what can be said of it.

One YAML file a paper in ``book/claims``. A record holds what is printed, never what we found;
what we found comes from runs, and the verdict is computed from both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path

import yaml

from fer_lib import paths
from fer_lib.metrics import Interval

KINDS = (
    "count",
    "proportion",
    "metric",
    "hyper-parameter",
    "parameter count",
    "procedure",
)
# The data set each paper's numbers were measured on: only there can a number be reproduced.
OWN_DATA = {"diya2026": "gffd2025"}


@dataclass(frozen=True)
class Claim:
    """One printed number or procedure.

    Attributes
    ----------
    id : str
        Unique within the paper.
    where : str
        Section, table or figure.
    about : str
        What it is, in words.
    printed : str
        As printed, digit for digit.
    kind : str
        One of `KINDS`.
    unit : str
        "" or, for instance, "%", "images", "parameters".
    """

    id: str
    where: str
    about: str
    printed: str
    kind: str
    unit: str = ""

    @property
    def value(self) -> float:
        """The printed number; percentages stay percentages."""
        return float(self.printed.replace(",", ""))

    @property
    def rounding(self) -> tuple[float, float]:
        """The interval of values that print like this: 0.92 means [0.915, 0.925]."""
        half = 0.5 * 10.0 ** Decimal(self.printed.replace(",", "")).as_tuple().exponent
        return self.value - half, self.value + half


def load(key: str) -> dict[str, Claim]:
    """Return the ledger of a paper by claim id.

    Raises
    ------
    ValueError
        If there is no such ledger, or a record has an unknown key, kind, or a repeated id.
    """
    path = paths.root() / "book" / "claims" / f"{key}.yml"
    if not path.exists():
        known = ", ".join(sorted(p.stem for p in path.parent.glob("*.yml")))
        raise ValueError(f"no ledger for {key!r}: choose one of {known}")
    return parse(path)


def parse(path: Path) -> dict[str, Claim]:
    """Return the claims of one file, checked as `load` says."""
    known = {field.name for field in fields(Claim)}
    ledger: dict[str, Claim] = {}
    for record in yaml.safe_load(path.read_text(encoding="utf-8")):
        unknown = set(record) - known
        if unknown:
            raise ValueError(f"{path.name}: unknown key {sorted(unknown)[0]!r} in {record}")
        claim = Claim(**record)
        if claim.kind not in KINDS:
            raise ValueError(f"{path.name}: unknown kind {claim.kind!r} in {claim.id}")
        if claim.id in ledger:
            raise ValueError(f"{path.name}: {claim.id} stands twice")
        if not isinstance(claim.printed, str):
            raise ValueError(f"{path.name}: quote the printed value of {claim.id}")
        ledger[claim.id] = claim
    return ledger


@dataclass(frozen=True)
class Verdict:
    """What can be said of a claim, and why."""

    word: str
    why: str


def of_number(claim: Claim, ours: Interval, paper: str, data: str, scale: float = 1.0) -> Verdict:
    """Compare a printed metric with a measured one.

    Parameters
    ----------
    claim : Claim
        Of paper ``paper``.
    ours : Interval
        Measured on data set ``data``, multiplied by ``scale`` (100 where percent is printed).
    """
    own = OWN_DATA[paper]
    if data != own:
        return Verdict("not comparable", f"measured on {data}, the paper used {own}")
    low, high = claim.rounding
    if math.isnan(ours.low):
        return Verdict("not testable", "too few groups for an interval")
    if ours.low * scale <= high and low <= ours.high * scale:
        return Verdict("reproduced", "the printed value lies in our interval")
    return Verdict("differs", "the printed value lies outside our interval")


def of_direction(difference: Interval, paper: str, data: str) -> Verdict:
    """Judge an ordering from the interval of our difference (first minus second, paired).

    The claim is that the difference is positive.
    """
    rendered = data != OWN_DATA[paper]
    where = "on rendered faces" if rendered else "on the paper's own data"
    shown = f"our difference is {difference}"
    if math.isnan(difference.low) or difference.low <= 0 <= difference.high:
        return Verdict("not decided", f"{shown}; the interval holds zero, {where}")
    if difference.low > 0:
        word = "direction seen on rendered faces" if rendered else "reproduced"
        return Verdict(word, shown)
    word = "direction not seen on rendered faces" if rendered else "differs"
    return Verdict(word, shown)


def of_arithmetic(printed: Claim, low: float, high: float, how: str) -> Verdict:
    """Check a printed number against the range that other printed numbers allow."""
    own_low, own_high = printed.rounding
    fits = low <= own_high and own_low <= high
    return Verdict("consistent" if fits else "inconsistent", how)
