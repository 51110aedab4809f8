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
from fer_lib.intervals import Interval

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
    def title(self) -> str:
        """Where it stands and what it is, for a row of a table."""
        return f"{self.where}: {self.about}"

    @property
    def shown(self) -> str:
        """As printed, with its unit."""
        return f"{self.printed} {self.unit}".strip()

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


@dataclass(frozen=True)
class Ground:
    """What a measured number stands on.

    Attributes
    ----------
    paper, data, profile : str
        Whose claim is judged, and the data set and profile that our number comes from.
    """

    paper: str
    data: str
    profile: str

    @property
    def own_data(self) -> bool:
        """Whether the number was measured on the paper's own data."""
        return self.data == OWN_DATA[self.paper]

    def refusal(self) -> Verdict | None:
        """Return the verdict that ends the matter before any number is looked at, if there is one.

        A profile that trains for seconds tests the build, not the paper; and on the paper's own
        data only the paper's own protocol may speak of the paper.
        """
        if self.profile == "smoke":
            return Verdict("not comparable", "profile smoke trains for seconds")
        if self.own_data and self.profile != "paper":
            return Verdict(
                "not comparable",
                f"profile {self.profile} has another image size, schedule and split; "
                "profile paper has the paper's",
            )
        return None


def of_number(claim: Claim, ours: Interval, ground: Ground, scale: float = 1.0) -> Verdict:
    """Compare a printed metric with a measured one.

    Parameters
    ----------
    claim : Claim
        Of the paper that ``ground`` names.
    ours : Interval
        Measured, and multiplied by ``scale`` (100 where percent is printed).
    ground : Ground
        Only the paper's own data can reproduce a number.
    """
    refused = ground.refusal()
    if refused:
        return refused
    if not ground.own_data:
        return Verdict("not comparable", "measured on rendered faces, not on the paper's own data")
    low, high = claim.rounding
    if math.isnan(ours.low):
        return Verdict("not testable", "too few groups for an interval")
    if ours.low * scale <= high and low <= ours.high * scale:
        return Verdict("reproduced", f"our interval holds it, in profile {ground.profile}")
    return Verdict("differs", f"our interval does not hold it, in profile {ground.profile}")


def of_direction(difference: Interval, ground: Ground) -> Verdict:
    """Judge an ordering from the interval of our difference (first minus second, paired).

    The claim is that the difference is positive.
    """
    refused = ground.refusal()
    if refused:
        return refused
    where = "on the paper's own data" if ground.own_data else "on rendered faces"
    if math.isnan(difference.low) or difference.low <= 0 <= difference.high:
        return Verdict("not decided", f"the interval of the difference holds zero, {where}")
    if difference.low > 0:
        word = "reproduced" if ground.own_data else f"direction seen {where}"
        return Verdict(word, "the paired difference and its interval lie above zero")
    word = "differs" if ground.own_data else f"direction not seen {where}"
    return Verdict(word, "the paired difference and its interval lie below zero")


def of_arithmetic(printed: Claim, low: float, high: float, how: str) -> Verdict:
    """Check a printed number against the range that other printed numbers allow."""
    own_low, own_high = printed.rounding
    fits = low <= own_high and own_low <= high
    return Verdict("consistent" if fits else "inconsistent", how)


def checked(printed: Claim, low: float, high: float, how: str) -> tuple[str, str, Verdict]:
    """Return the row of a verdict table that `of_arithmetic` makes of a claim."""
    return printed.title, printed.printed, of_arithmetic(printed, low, high, how)
