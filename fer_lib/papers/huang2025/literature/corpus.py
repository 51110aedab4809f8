"""Load a corpus of texts: your own export, or the titles of this book's references."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from engine.store import keys, paths
from fer_lib.papers.huang2025.literature import exports
from fer_lib.papers.huang2025.literature.exports import CorpusError, Document

__all__ = ["ENOUGH", "LONG", "Corpus", "CorpusError", "Document", "default", "read"]

LONG = 50  # words from which a text has the length of an abstract: our choice
ENOUGH = 100  # documents of that length, below which a corpus is a demonstration: our choice
DEFAULT = Path("book") / "references.bib"


@dataclass(frozen=True)
class Corpus:
    """Documents to count, each work once; `read` says what one work is.

    Attributes
    ----------
    name, sha256 : str
        Of the file.
    documents : tuple of Document
        In the order of the file.
    duplicates : tuple of (str, str)
        Keys of each work that was dropped and of the one it repeats.
    without_text : int
        Records that were left out because they have neither title nor abstract.
    """

    name: str
    sha256: str
    documents: tuple[Document, ...]
    duplicates: tuple[tuple[str, str], ...] = ()
    without_text: int = 0

    @property
    def texts(self) -> list[str]:
        """What is counted, one a document."""
        return [document.text for document in self.documents]

    @property
    def words(self) -> int:
        """Running words of all texts, numbers included."""
        return sum(map(_words, self.texts))

    @property
    def abstracts(self) -> int:
        """Documents with an abstract of any length."""
        return sum(bool(document.abstract) for document in self.documents)

    @property
    def long(self) -> int:
        """Documents of abstract length: `LONG` words or more."""
        return sum(_words(text) >= LONG for text in self.texts)

    @property
    def demonstration(self) -> bool:
        """Whether it is too small to speak of a literature: below `ENOUGH` of abstract length."""
        return self.long < ENOUGH

    @property
    def told(self) -> str:
        """A description of the corpus."""
        kind = "document" if self.abstracts else "title"
        several = "s" * (len(self.documents) > 1)
        return f"{len(self.documents):,} {kind}{several} with {self.words:,} words"


def read(path: str | Path) -> Corpus:
    """Read an export: BibTeX (.bib), RIS (.ris) or CSV (.csv), UTF-8.

    Records of one DOI are one work. A record without a DOI is the first work that has its title;
    two works may share a title (“Editorial”) if their DOIs differ. Each work is kept once, by its
    first record with an abstract, else by its first.

    Raises
    ------
    CorpusError
        If the file is missing, cannot be read, or holds no text; one line with the cure.
    """
    place = Path(path).expanduser()
    try:
        content = place.read_bytes()
    except FileNotFoundError:
        raise CorpusError(
            f"there is no corpus {place}: give the full path of your export"
        ) from None
    except OSError as error:
        raise CorpusError(
            f"the corpus {place} cannot be read ({error.strerror}): give the path of a file "
            "that you may read"
        ) from None
    found = exports.documents(place.name, content)
    if not found:
        raise CorpusError(
            f"{place.name}: no record is in it: check that its ending tells its format, "
            "or export it again"
        )
    kept, duplicates = _once([one for one in found if one.text])
    if not kept:
        raise CorpusError(
            f"{place.name}: none of {len(found)} records has a title or an abstract: "
            "export it again with these fields"
        )
    without = sum(not one.text for one in found)
    return Corpus(place.name, keys.sha256(content), tuple(kept), tuple(duplicates), without)


def default() -> Corpus:
    """Return the embedded corpus: the titles of the works that this book cites."""
    return read(paths.root() / DEFAULT)


def _words(text: str) -> int:
    return len(re.findall(r"\w+", text))


def _once(found: list[Document]) -> tuple[list[Document], list[tuple[str, str]]]:
    """Return each work once, at the place of its first record, and (dropped, kept) of the others.

    DOIs are looked at first: joined in the order of the file instead, the same records would be
    one work or two, depending on which comes first.
    """
    titled: dict[str, str] = {}
    for one in found:
        if one.doi:
            titled.setdefault(_letters(one), f"doi {one.doi}")
    works: dict[str, list[Document]] = {}
    of = []
    for number, one in enumerate(found):
        letters = _letters(one)
        if one.doi:
            work = f"doi {one.doi}"
        elif letters:
            work = titled.get(letters, f"title {letters}")
        else:  # such a title tells nothing
            work = f"record {number}"
        works.setdefault(work, []).append(one)
        of.append(work)
    kept = {
        work: next((one for one in records if one.abstract), records[0])
        for work, records in works.items()
    }
    pairs = zip(found, (kept[work] for work in of), strict=True)
    return list(kept.values()), [(one.key, best.key) for one, best in pairs if one is not best]


def _letters(one: Document) -> str:
    """Return the letters and digits of a title, of the abstract where there is none."""
    return re.sub(r"[\W_]+", "", (one.title or one.abstract).casefold())
