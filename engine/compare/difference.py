"""Describe the difference of two texts or two nested values for readers of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

NUMBER = re.compile(
    r"(?<![\w.])[-−+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w])"
)
NOTHING = "nothing"
SHOWN = 60  # characters of a value; whole tables or pictures do not help


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same the second time.

    Attributes
    ----------
    place : str
        Page, cell and table or figure; or run and file.
    what : str
        Which row, point, word or tensor of it.
    first, second : str
        What stands there, the first and the second time.
    size : float or None
        Largest absolute difference, where nothing but numbers differs.
    """

    place: str
    what: str
    first: str
    second: str
    size: float | None = None

    def __str__(self) -> str:
        """Say it in one line."""
        said = f"{self.place}: {self.what}: {self.first} the first time, {self.second} the second"
        return said if self.size is None else f"{said}; numbers differ by at most {self.size:.3g}"


def leaves(data: object, path: tuple = ()) -> Iterator[tuple[tuple, object]]:
    """Yield each value in nested dicts and lists, with the keys and places that lead to it."""
    if isinstance(data, dict | list) and data:
        for step, below in data.items() if isinstance(data, dict) else enumerate(data):
            yield from leaves(below, (*path, step))
    else:
        yield path, data


def in_words(data: object, path: tuple) -> str:
    """Return a path in words, such as "axes 1 “joint loss”, line 2 “training”, y 3"."""
    words = []
    for step in path:
        data = data[step]
        if isinstance(step, str):
            words.append(step)
            continue
        about = data if isinstance(data, dict) else {}
        name = about.get("title") or about.get("label")
        # "drawn 3" becomes "line 3", and the second step of "values 2" is "values 2 5".
        words[-1] = f"{about.get('kind', words[-1])} {step + 1}" + (f" “{name}”" if name else "")
    return ", ".join(words)


def between_data(place: str, one: dict, other: dict, without: frozenset = frozenset()) -> list:
    """Return the difference of two nested data: the first place, how many, how large; or [].

    Keys in ``without`` are passed over at any depth.
    """
    sides = [
        {path: value for path, value in leaves(data) if not without.intersection(path)}
        for data in (one, other)
    ]
    pairs = {path: [side.get(path, NOTHING) for side in sides] for path in sides[0] | sides[1]}
    # By repr, for then nan equals nan, and one decimal differs in the last bit.
    pairs = {path: pair for path, pair in pairs.items() if repr(pair[0]) != repr(pair[1])}
    if not pairs:
        return []
    path, told = next(iter(pairs.items()))
    what = in_words(one if path in sides[0] else other, path)
    if len(pairs) > 1:
        what = f"{len(pairs):,} values, the first is {what}"
    numbers = all(type(value) in (int, float) for pair in pairs.values() for value in pair)
    size = max(abs(a - b) for a, b in pairs.values()) if numbers else None
    return [Difference(place, what, *(str(value)[:SHOWN] for value in told), size)]


def between_texts(place: str, one: str, other: str) -> list[Difference]:
    """Return where two texts, HTML or plain, part: a cell of a table, or the first words; or []."""
    if one == other:
        return []
    soups = [BeautifulSoup(text if "<" in text else "", "html.parser") for text in (one, other)]
    plain = [
        soup.get_text(" ", strip=True) if soup.contents else text
        for soup, text in zip(soups, (one, other), strict=True)
    ]
    caption = soups[0].find(["caption", "summary"])
    if caption:
        place = f"{place}, “{caption.get_text(' ', strip=True)}”"
    if plain[0] == plain[1]:
        what = "a picture inside it" if "base64," in one else "the markup of the same words"
        return [Difference(place, what, *_from_parting(list(one), list(other), ""))]
    size = None
    if NUMBER.sub("#", plain[0]) == NUMBER.sub("#", plain[1]):
        found = [[_number(number) for number in NUMBER.findall(text)] for text in plain]
        size = max(abs(a - b) for a, b in zip(*found, strict=True))
    cells = [soup.find_all(["th", "td"]) for soup in soups]
    if len(cells[0]) == len(cells[1]):
        for pair in zip(*cells, strict=True):
            told = [cell.get_text(" ", strip=True) for cell in pair]
            if told[0] != told[1]:
                shown = (f"“{text[:SHOWN]}”" for text in told)
                return [Difference(place, _place_in_table(pair[0]), *shown, size)]
    words = (text.split() for text in plain)
    return [Difference(place, "the words", *_from_parting(*words, " "), size)]


def _from_parting(one: list[str], other: list[str], joint: str) -> tuple[str, str]:
    """Return what follows the first place where two lists part."""
    pairs = enumerate(zip(one, other, strict=False))
    start = next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))
    rest = (joint.join(side[start:])[:SHOWN] for side in (one, other))
    return tuple(f"“{text}”" if text else NOTHING for text in rest)


def _place_in_table(cell: Tag) -> str:
    row = cell.find_parent("tr").find_all(["th", "td"])
    heads = cell.find_parent("table").find("tr").find_all(["th", "td"])
    place = next(n for n, beside in enumerate(row) if beside is cell)
    names = [part.get_text(" ", strip=True) for part in (row[0], *heads[place : place + 1])]
    return ", ".join(
        f"{kind} “{name}”" for kind, name in zip(("row", "column"), names, strict=False)
    )


def _number(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))
