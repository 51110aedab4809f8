"""Read exports of reference managers and search engines: BibTeX, RIS, CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import rispy
from pybtex.database.input.bibtex import LowLevelParser, UndefinedMacro, month_names
from pybtex.richtext import Text
from pybtex.scanner import PybtexSyntaxError
from pybtex.utils import CaseInsensitiveDict

# How common exports call the columns, compared in lower case.
COLUMNS = {
    "title": ("title", "article title", "document title", "primary_title"),
    "abstract": ("abstract", "abstracts", "summary"),
    "doi": ("doi", "doi link"),
}
SHOWN = 80  # characters of a file in a message
LONGEST = 10_000  # characters of a head that are looked at for its separator
SEPARATORS = ",;\t"
# Excel reads and some exports write this line before the head.
SEPARATOR_LINE = re.compile(r'"?sep=([,;\t|])"?[ ]*(\n|$)', re.IGNORECASE)
# The tags of RIS that are read; each may come on several lines.
TAGS = {"TI": "title", "T1": "other title", "AB": "abstract", "N2": "other abstract", "DO": "doi"}
NO_ABSTRACT = re.compile(r"\W*(no abstract( is)? available|n/?a|none)?\W*", re.IGNORECASE)


class CorpusError(ValueError):
    """A corpus cannot be used; the message is one line and names the cure."""


@dataclass(frozen=True)
class Document:
    """One work of a corpus.

    Attributes
    ----------
    key : str
        How the export calls it: a BibTeX key, or the number of a record.
    title, abstract, doi : str
        Plain text; "" where there is none.
    """

    key: str
    title: str
    abstract: str
    doi: str = ""

    @property
    def text(self) -> str:
        """What is counted: the abstract, as in the paper; the title where there is none."""
        return self.abstract or self.title


def documents(name: str, content: bytes) -> list[Document]:
    """Return the records of an export, in order, also those without a word of text.

    Parameters
    ----------
    name : str
        Of the file; its extension tells the format.
    content : bytes
        Of the file, UTF-8.

    Raises
    ------
    CorpusError
        If the format is unknown or the content cannot be read as it.
    """
    suffix = Path(name).suffix.lower()
    if suffix not in READERS:
        raise CorpusError(f"{name}: export the corpus as one of {', '.join(READERS)}")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"{name}: byte {error.start:,} is not UTF-8: export it again as UTF-8, "
            "or convert it with iconv -t UTF-8"
        ) from None
    text = text.replace("\ufeff", "")  # byte order marks, several where files were joined
    return READERS[suffix](name, text.replace("\r\n", "\n").replace("\r", "\n"))


def _bibtex(name: str, text: str) -> list[Document]:
    """Read BibTeX; two entries of one key are two records, as in exports of search engines."""
    found = []

    def refuse(error: Exception) -> None:
        if not isinstance(error, UndefinedMacro):  # as a rule the short name of a journal
            raise error

    macros = CaseInsensitiveDict(month_names)
    try:
        for command, (key, *body) in LowLevelParser(text, macros=macros, handle_error=refuse):
            if command.lower() in ("string", "preamble"):
                continue
            fields = {field.lower(): "".join(parts) for field, parts in body[0]}
            found.append(_document(key, *(_plain(fields.get(one, "")) for one in COLUMNS)))
    except PybtexSyntaxError as error:
        told = " ".join(str(error).split())
        raise CorpusError(
            f"{name}: broken BibTeX, {told}: mend that entry or export the file again"
        ) from None
    return found


def _plain(latex: str) -> str:
    """Return LaTeX as plain text; a bare percent sign is no comment in an exported abstract."""
    escaped = re.sub(r"(?<!\\)%", r"\\%", latex)
    try:
        return str(Text.from_latex(escaped))
    except (PybtexSyntaxError, ValueError):
        return latex


def _ris(name: str, text: str) -> list[Document]:
    """Read RIS; several abstracts of one record are joined, each of them once."""
    records = rispy.loads(
        text, mapping={"TY": "type", **TAGS}, list_tags=list(TAGS), skip_unknown_tags=True
    )
    begun = len(re.findall(r"^TY  -", text, re.MULTILINE))
    if len(records) < begun:
        raise CorpusError(
            f"{name}: broken RIS, {begun - len(records)} of {begun} records have no end: "
            "close each with a line “ER  - ”, or export the file again"
        )
    # The parser passes over what stands between two records, also a record without its first line.
    outside = re.sub(r"^TY  -.*?^ER  -", "", text, flags=re.MULTILINE | re.DOTALL)
    if stray := re.search(rf"^({'|'.join(TAGS)}|ER)  -.*", outside, re.MULTILINE):
        raise CorpusError(
            f"{name}: broken RIS, “{stray[0].strip()[:SHOWN]}” stands in no record: begin each "
            "with a line “TY  - ” and the kind of work, close it with “ER  - ”, or export the file "
            "again"
        )
    found = []
    for number, record in enumerate(records, 1):
        one = {field: " ".join(dict.fromkeys(record.get(field, ()))) for field in TAGS.values()}
        title = one["title"].strip() or one["other title"]
        abstract = one["abstract"].strip() or one["other abstract"]
        doi = next(filter(None, record.get("doi", ())), "")
        found.append(_document(f"record {number}", title, abstract, doi))
    return found


def _csv(name: str, text: str) -> list[Document]:
    """Read a table; fields that a row lacks at its end are empty, as Excel leaves them out."""
    separators = SEPARATORS
    if marked := SEPARATOR_LINE.match(text):
        separators, text = marked[1], "\n" + text[marked.end() :]
    separator = _separator(text, separators)
    lines = csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True, strict=True)
    try:
        rows = [(lines.line_num, row) for row in lines if len(row) > 1 or "".join(row).strip()]
    except csv.Error as error:
        raise CorpusError(
            f"{name}: broken CSV, {error} in line {lines.line_num}: put quotes around texts that "
            "hold the separator, and double the quotes within them"
        ) from None
    if not rows:
        return []
    (_, head), *body = rows
    places = _places(head)
    if not {"title", "abstract"} & set(places):
        listed = " ".join(", ".join(head).split())[:SHOWN]
        raise CorpusError(
            f"{name}: no column of titles or abstracts (found: {listed}): call one “title” or "
            "“abstract”, and separate columns by comma, semicolon or tab"
        )
    found = []
    for number, (line, row) in enumerate(body, 1):
        if len(row) > len(head):  # which of them is the title cannot be told
            raise CorpusError(
                f"{name}: broken CSV, line {line} has {len(row)} fields, more than the {len(head)} "
                "of the head: put quotes around texts that hold the separator, and delete "
                "separators at the ends of lines"
            )
        padded = [*row, *[""] * (len(head) - len(row))]
        values = (padded[places[kind]] if kind in places else "" for kind in COLUMNS)
        found.append(_document(f"record {number}", *values))
    return found


def _separator(text: str, among: str) -> str:
    """Return the separator by which the head has most columns that are known, then most at all."""
    head = next((line for line in text.split("\n") if line.strip()), "")

    def columns(separator: str) -> tuple[int, int]:
        row = next(csv.reader([head[:LONGEST]], delimiter=separator, skipinitialspace=True), [])
        return len(_places(row)), len(row)

    return max(among, key=columns)


def _places(head: list[str]) -> dict[str, int]:
    """Return where the columns of `COLUMNS` stand, of those that the head has."""
    names = [one.strip().lower() for one in head]
    found = {
        kind: next((names.index(one) for one in known if one in names), None)
        for kind, known in COLUMNS.items()
    }
    return {kind: place for kind, place in found.items() if place is not None}


def _document(key: str, title: str, abstract: str, doi: str) -> Document:
    title, abstract, doi = (" ".join(str(one).split()) for one in (title, abstract, doi))
    doi = re.sub(r"^(https?://(dx\.)?doi\.org/|doi:\s*)", "", doi.lower())
    return Document(key, title, "" if NO_ABSTRACT.fullmatch(abstract) else abstract, doi)


READERS: dict[str, Callable[[str, str], list[Document]]] = {
    ".bib": _bibtex,
    ".ris": _ris,
    ".csv": _csv,
}
