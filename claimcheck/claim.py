"""A claim of a paper: a printed number or procedure, and the range of values it stands for."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

EXACT = ("count", "hyper-parameter")
# Of one unit in the unit that ranges are compared in.
SCALES = {"%": Fraction(1, 100), "points": Fraction(1, 100), "million": Fraction(10**6)}
NUMBER = re.compile(r"[+-]?(\d+(\.\d+)?|\.\d+)(e[+-]?\d+)?")
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
POWER = re.compile(r"\s*(?:×|\\times)\s*10\s*\^?\s*\{?\s*([+\-−–]?\s*\d+)\s*\}?")
SQUARE = re.compile(r"(\d+)\s*(?:×|x|\\times)\s*\1(?:\s*(?:×|x|\\times)\s*[13])?")
IN_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Range:
    """All values from ``low`` to ``high``, both included, in base units; an end may be infinite.

    Examples
    --------
    >>> Range(0.5, 0.7).meets(Range(0.7, 0.9)), Range(0.5, 0.6).meets(Range(0.7, 0.9))
    (True, False)
    """

    low: Fraction | float
    high: Fraction | float

    def meets(self, other: Range) -> bool:
        """Return whether a value lies in both."""
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True)
class Claim:
    """One printed number or procedure; ``schema.json`` beside this has the whole of it.

    Attributes
    ----------
    id : str
        Unique within the paper.
    where : str
        Abstract, section, table, figure or equation.
    about : str
        What it is, in words.
    printed : str
        As printed, digit for digit; empty if only a figure's image shows it.
    kind : str
        Count, proportion, metric, ...: one of those in the schema.
    unit : str
        "" or, for instance, "%", "images", "million".
    element : str
        Part of the page: abstract, body, table, caption, equation, figure or conclusion.
    sense : str
        "" for a value as it stands, or "about", "more than", "less than", "at least", "at most".
    quantity : str
        Names the thing itself: claims with the same one must agree.
    means : tuple of str
        Of a procedure: the word, or the list, by which claims of one quantity are compared.
    cited : str
        The work whose result it is, if it is not the paper's own.
    state : str
        "image not available", or "".
    note : str
        How an ambiguous place was read.
    reading : str
        "open" if the place can be read in another way by which a contradiction goes away, or "".
    report : mapping
        ``of`` (one test run of one model and task) with ``class`` and ``score``, with ``truth``
        and ``guess``, or with ``score`` alone.
    relations : tuple of mapping
        What ties the claim to others, by ``is``; the claim is the result.
    paper : str
        The key of the paper, the name of the ledger's file.

    Examples
    --------
    >>> accuracy = Claim("accuracy", "Table 1", "accuracy", "92", "metric", unit="%")
    >>> accuracy.value, float(accuracy.range.low), float(accuracy.range.high)
    (92.0, 0.915, 0.925)
    >>> accuracy.prints(Range(0.919, 0.919)), accuracy.prints(Range(0.929, 0.929))
    ('rounded', 'cut off')
    """

    id: str
    where: str
    about: str
    printed: str
    kind: str
    unit: str = ""
    element: str = "body"
    sense: str = ""
    quantity: str = ""
    means: tuple[str, ...] = ()
    cited: str = ""
    state: str = ""
    note: str = ""
    reading: str = ""
    report: Mapping = field(default_factory=dict)
    relations: tuple[Mapping, ...] = ()
    paper: str = ""

    @property
    def name(self) -> str:
        """The claim among those of all papers: ``paper/table5.angry.f1``."""
        return f"{self.paper}/{self.id}"

    @property
    def title(self) -> str:
        """Its place and its description, for a row of a table."""
        return f"{self.where}: {self.about}"

    @property
    def shown(self) -> str:
        """As printed, with its unit; or why nothing is."""
        return self.state or f"{self.printed} {self.unit}".strip()

    @property
    def plain(self) -> str:
        """The printed number as Python writes it.

        2,224 is 2224, 1×10^{-4} is 1e-4, seven is 7, and 224×224×3 the side of a picture, 224.
        """
        text = THOUSANDS.sub("", self.printed.replace("−", "-").replace("–", "-").strip())
        if text.lower() in IN_WORDS:
            return str(IN_WORDS.index(text.lower()))
        square = SQUARE.fullmatch(text)
        if square:
            return square[1]
        return POWER.sub(lambda hit: "e" + hit[1].replace(" ", ""), text).lstrip("+")

    @property
    def numeric(self) -> bool:
        """Whether the printed value is one number."""
        return bool(NUMBER.fullmatch(self.plain))

    @property
    def value(self) -> float:
        """The printed number; percentages stay percentages.

        Raises
        ------
        ValueError
            If no number is printed.
        """
        return float(self.plain)

    @property
    def last_place(self) -> Fraction:
        """One unit of the last printed digit, as printed: 0.01 for 0.92."""
        digits, _, power = self.plain.partition("e")
        return Fraction(10) ** (int(power or 0) - len(digits.partition(".")[2]))

    @property
    def rounding(self) -> tuple[float, float]:
        """The interval of values that print like this: 0.92 means [0.915, 0.925]."""
        half = self.last_place / 2
        return float(Fraction(self.plain) - half), float(Fraction(self.plain) + half)

    @property
    def scale(self) -> Fraction:
        """What the printed number is multiplied by to be in base units."""
        return SCALES.get(self.unit, Fraction(1))

    @property
    def amount(self) -> Fraction:
        """The printed number in base units: 2.2 million is 2,200,000."""
        return Fraction(self.plain) * self.scale

    @property
    def range(self) -> Range:
        """The values it may stand for, in base units.

        A count and a setting are exact; any other number was rounded to its last digit. A value
        called approximate may be off by one unit of that digit, and "more than" has no upper end.
        """
        value, give = Fraction(self.plain), self.last_place / 2
        if self.kind in EXACT:
            give = Fraction(0)
        if self.sense == "about":
            give = self.last_place
        low, high = (value - give) * self.scale, (value + give) * self.scale
        if self.sense in ("more than", "at least"):
            return Range(low, math.inf)
        if self.sense in ("less than", "at most"):
            return Range(-math.inf, high)
        return Range(low, high)

    @property
    def cut(self) -> Range:
        """The values that print like this if further digits are dropped, in base units.

        The end away from zero is the first value that does not.
        """
        value, place = Fraction(self.plain) * self.scale, self.last_place * self.scale
        if self.kind in EXACT:
            return Range(value, value)
        return Range(value, value + place) if value >= 0 else Range(value - place, value)

    @property
    def widest(self) -> Range:
        """All values that may print like this, rounded or cut off; an end may be one too many."""
        return Range(min(self.range.low, self.cut.low), max(self.range.high, self.cut.high))

    def prints(self, span: Range) -> str:
        """Return how some value of ``span`` comes to print like this.

        Returns
        -------
        str
            "rounded", or "cut off" if digits were dropped instead; "" if no value does.
        """
        if self.range.meets(span):
            return "rounded"
        # The end away from zero is not among them.
        end = span.low == self.cut.high if self.value >= 0 else span.high == self.cut.low
        return "cut off" if self.cut.meets(span) and not end else ""
