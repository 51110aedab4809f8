"""The result of one check: which claims, which arithmetic, which verdict."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from claimcheck.claim import Claim, Range

WORDS = ("consistent", "inconsistent", "underspecified", "said again", "not testable")


@dataclass(frozen=True)
class Finding:
    """The outcome of one check.

    Attributes
    ----------
    family : str
        Which kind of check.
    claims : tuple of str
        The ids that are judged.
    verdict : str
        One of `WORDS`.
    computed : str
        What the other claims give.
    allowed : str
        What the judged claim stands for, by its printed digits.
    how : str
        The arithmetic in words and numbers, which a reader can redo.
    given : tuple of str
        The ids that the arithmetic takes as they are printed.
    rests_on : tuple of str
        The ids whose reading is open: read in another way, they would contradict nothing.
    """

    family: str
    claims: tuple[str, ...]
    verdict: str
    computed: str
    allowed: str
    how: str
    given: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an unknown verdict."""
        if self.verdict not in WORDS:
            raise ValueError(f"unknown verdict {self.verdict!r}: choose one of {', '.join(WORDS)}")


def judged(holds: object) -> str:
    """Return the verdict on a claim: consistent if the rest of the paper agrees with it.

    Examples
    --------
    >>> judged(2 + 3 == 5), judged(2 + 3 == 6)
    ('consistent', 'inconsistent')
    """
    return "consistent" if holds else "inconsistent"


def ids(claims: Iterable[Claim]) -> tuple[str, ...]:
    """Return the ids of some claims, in order."""
    return tuple(claim.id for claim in claims)


def number(value: Fraction | float) -> str:
    """Return a number for readers: up to five significant digits, whole numbers whole.

    Examples
    --------
    >>> number(Fraction(1657)), number(Fraction(1, 3)), number(float("inf"))
    ('1,657', '0.33333', '∞')
    """
    if isinstance(value, float) and math.isinf(value):
        return "∞" if value > 0 else "−∞"
    value = Fraction(value)
    if value.denominator == 1:
        return f"{value.numerator:,}"
    return f"{float(value):.5g}"


def shown(span: Range) -> str:
    """Return a range for readers: one number, or both ends in brackets.

    Examples
    --------
    >>> shown(Range(Fraction(3), Fraction(3))), shown(Range(Fraction(1, 2), Fraction(2, 3)))
    ('3', '[0.5, 0.66667]')
    """
    if number(span.low) == number(span.high):
        return number(span.low)
    return f"[{number(span.low)}, {number(span.high)}]"


def to_places(span: Range, places: int) -> str:
    """Return both ends of a range in brackets, to so many decimal places.

    Examples
    --------
    >>> to_places(Range(0.8754, 1), 3)
    '[0.875, 1.000]'
    """
    return f"[{span.low:.{places}f}, {span.high:.{places}f}]"
