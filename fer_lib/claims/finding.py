"""What a check found: from which claims, by what arithmetic, with which verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from fer_lib.claims.record import Range

WORDS = ("consistent", "inconsistent", "underspecified", "not testable")


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


def number(value: Fraction | float) -> str:
    """Return a number for readers: up to five significant digits, whole numbers whole."""
    if isinstance(value, float) and math.isinf(value):
        return "∞" if value > 0 else "−∞"
    value = Fraction(value)
    if value.denominator == 1:
        return f"{value.numerator:,}"
    return f"{float(value):.5g}"


def shown(span: Range) -> str:
    """Return a range for readers: one number, or both ends in brackets."""
    if number(span.low) == number(span.high):
        return number(span.low)
    return f"[{number(span.low)}, {number(span.high)}]"
