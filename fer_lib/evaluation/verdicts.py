"""Verdicts on a claim, from arithmetic or from a measurement."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from claimcheck.claim import Claim
from fer_lib.data import dataset_registry
from fer_lib.evaluation.bootstrap import Interval

# From how many trainings on the sign of a difference between training configurations is judged.
SEEDS_NEEDED = 3
SIGNIFICANT = 0.05  # of p after Holm's correction
SEEN, NOT_SEEN = "direction seen on rendered faces", "direction not seen on rendered faces"
# The rule by which print and all reruns become one verdict: the first that applies.
ORDER = (
    "inconsistent",
    "differs",
    "reproduced",
    NOT_SEEN,
    SEEN,
    "underspecified",
    "consistent",
    "not decided",
    "said again",
    "not comparable",
    "not testable",
)


def joined(from_print: str, found: Sequence[str]) -> str:
    """Return the one verdict of a claim: print and every finding of a rerun, by `ORDER`.

    ``from_print`` is `claimcheck`'s, "" where nothing printed is judged; ``found`` are the words of
    reruns and outside sources. On parts of a claim these are taken together: it holds where every
    part does, not where one is the other way round; else one undecided part leaves it so.

    Examples
    --------
    >>> joined("consistent", ["not comparable"])
    'consistent'
    >>> joined("said again", [SEEN, NOT_SEEN])
    'direction not seen on rendered faces'
    """
    words = set(found)
    if "not decided" in words and not words & {"differs", NOT_SEEN}:
        words -= {"reproduced", SEEN}
    return min(filter(None, (from_print, *words)), key=ORDER.index)


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
    source : str
        What decides, if that is neither print nor a measurement: "the paper's public code".
    """

    of: Claim | tuple[Claim, ...]
    verdict: Verdict
    ours: object = None
    about: str = ""
    printed: str = ""
    source: str = ""

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


def of_direction(difference: Interval, ground: Ground, p_holm: float | None = None) -> Verdict:
    """Judge an ordering from the interval of our difference (first minus second, paired).

    The claim is that the difference is positive.

    Parameters
    ----------
    difference : Interval
        95 %; of trainings it has ``seeds``, and fewer than `SEEDS_NEEDED` decide nothing.
    ground : Ground
        What it was measured on.
    p_holm : float, optional
        Of the difference after Holm's correction, if it is one of several that are judged together.
    """
    refused = ground.refusal()
    if refused:
        return refused
    where = "on the paper's own data" if ground.own_data else "on rendered faces"
    seeds = getattr(difference, "seeds", SEEDS_NEEDED)
    if seeds < SEEDS_NEEDED:
        return Verdict("not decided", f"{seeds} of the {SEEDS_NEEDED} seeds that are needed")
    if math.isnan(difference.low) or difference.low <= 0 <= difference.high:
        return Verdict("not decided", f"the interval of the difference holds zero, {where}")
    if p_holm is not None and not p_holm < SIGNIFICANT:
        return Verdict("not decided", f"p is {p_holm:.2g} after Holm's correction, {where}")
    if difference.low > 0:
        word = "reproduced" if ground.own_data else SEEN
        return Verdict(word, "the paired difference and its interval lie above zero")
    word = "differs" if ground.own_data else NOT_SEEN
    return Verdict(word, "the paired difference and its interval lie below zero")


def of_arithmetic(printed: Claim, low: float, high: float, how: str) -> Verdict:
    """Check a printed number against the range that other printed numbers allow."""
    own_low, own_high = printed.rounding
    fits = low <= own_high and own_low <= high
    return Verdict("consistent" if fits else "inconsistent", how)


def checked(printed: Claim, low: float, high: float, how: str) -> Row:
    """Return the row of a table of verdicts that `of_arithmetic` makes of a claim."""
    return Row(printed, of_arithmetic(printed, low, high, how))
