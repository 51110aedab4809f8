"""Verdicts on a claim, from arithmetic or from a measurement."""

from __future__ import annotations

import math
from dataclasses import dataclass

from claimcheck.claim import Claim
from fer_lib.data import dataset_registry
from fer_lib.evaluation.bootstrap import Interval


@dataclass(frozen=True)
class Verdict:
    """The verdict on a claim: a word and a reason."""

    word: str
    why: str


@dataclass(frozen=True)
class Row:
    """One row of a table of verdicts.

    Attributes
    ----------
    of : Claim or tuple of Claim
        What is judged.
    verdict : Verdict
        What can be said of it.
    ours : object
        What was measured beside it, an `Interval` or words; None if nothing was.
    about, printed : str
        Shown instead of the claims' own titles and of what they print.
    """

    of: Claim | tuple[Claim, ...]
    verdict: Verdict
    ours: object = None
    about: str = ""
    printed: str = ""

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims that the row judges."""
        return (self.of,) if isinstance(self.of, Claim) else self.of

    @property
    def told(self) -> Verdict:
        """The verdict; a contradiction that rests on an open reading is underspecified."""
        open_ = [claim.title for claim in self.claims if claim.reading]
        if self.verdict.word != "inconsistent" or not open_:
            return self.verdict
        why = f"{self.verdict.why}; this rests on how we read {'; '.join(open_)}"
        return Verdict("underspecified", why)

    @property
    def title(self) -> str:
        """What is claimed, in words."""
        return self.about or "; ".join(claim.title for claim in self.claims)

    @property
    def shown(self) -> str:
        """What is printed."""
        return self.printed or "; ".join(claim.shown for claim in self.claims)


@dataclass(frozen=True)
class Ground:
    """Where a measured number comes from: the paper it is compared with, data set and profile.

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
        if not dataset_registry.TABLE.has(self.data):  # print alone, or a corpus of texts
            return False
        return (
            dataset_registry.get(self.data).own
            and dataset_registry.TABLE.paper(self.data) == self.paper
        )

    def refusal(self) -> Verdict | None:
        """Return a verdict that needs no number, such as "not comparable", or None.

        Profile smoke trains for seconds: it tests the build, not the paper. On the paper's own data
        only the paper's own protocol can confirm or contradict the paper.
        """
        if self.profile == "smoke":
            return Verdict("not comparable", "profile smoke trains for seconds")
        if not self.own_data and not dataset_registry.get(self.data).rendered:
            return Verdict(
                "not comparable",
                f"measured on {self.data}: that these are the images behind the paper's numbers is "
                "not known",
            )
        if self.own_data and self.profile != "paper":
            return Verdict(
                "not comparable",
                f"profile {self.profile} has another image size, schedule and split; "
                "profile paper has the paper's",
            )
        return None


def verdict(claim: Claim, ours: Interval, ground: Ground, scale: float = 1.0) -> Verdict:
    """Return the verdict on a printed metric beside a measured one.

    Parameters
    ----------
    claim : Claim
        Of the paper that ``ground`` names.
    ours : Interval
        Measured, and multiplied by ``scale`` (100 where percent is printed).
    ground : Ground
        Only the paper's own data can reproduce a number.
    scale : float
        Of the claim's unit: 1 where a share in [0, 1] is printed, 100 where percent is.

    Returns
    -------
    Verdict
        ``reproduced`` or ``differs``; ``not decided`` or ``not comparable``, and why.

    Examples
    --------
    >>> claim = Claim("cnn", "Table 7", "accuracy of the CNN", "52.1", "metric")
    >>> measured = Interval(0.49, 0.44, 0.53, groups=46)
    >>> verdict(claim, measured, Ground("paper2026", "rendered46", "book"), 100).word
    'not comparable'
    """
    refused = ground.refusal()
    if refused:
        return refused
    if not ground.own_data:
        return Verdict("not comparable", "measured on rendered faces, not on the paper's own data")
    low, high = claim.rounding
    if math.isnan(ours.low):
        return Verdict("not decided", "too few groups for an interval")
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


def checked(printed: Claim, low: float, high: float, how: str) -> Row:
    """Return the row of a table of verdicts that `of_arithmetic` makes of a claim."""
    return Row(printed, of_arithmetic(printed, low, high, how))
