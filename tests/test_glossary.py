"""The glossary: sorted, one line a term, and every verdict that the code can give is in it."""

import math
import re
from itertools import product
from types import SimpleNamespace

import pytest

from claimcheck import claim_status, finding
from claimcheck.claim import Claim
from engine.page import tables
from engine.store import paths
from fer_lib.evaluation import verdicts
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.training import profiles

TEXT = (paths.root() / "book" / "glossary.md").read_text(encoding="utf-8")
TERM = re.compile(r"(\S.*)\n  (\S.*)")


def entries(text: str) -> dict[str, str]:
    """Return term -> its line; refuse what is not a sorted list of both."""
    (block,) = re.findall(r"^```\{glossary\}\n(.*?)\n```$", text, re.MULTILINE | re.DOTALL)
    found = {}
    for entry in block.split("\n\n"):
        match = TERM.fullmatch(entry)
        if not match:
            raise ValueError(f"not a term and one line: {entry!r}")
        term, line = match.groups()
        if term.casefold() in {known.casefold() for known in found}:
            raise ValueError(f"{term} is there twice")
        if not (line[0].isupper() and line.endswith(".")):
            raise ValueError(f"{term} has no sentence")
        found[term] = line
    if list(found) != sorted(found, key=str.casefold):
        raise ValueError("not sorted")
    return found


TERMS = entries(TEXT)


def test_the_terms_of_the_book_are_there():
    known = " ".join(TERMS).casefold()
    for term in (
        "subject",
        "confidence interval",
        "percentile bootstrap over subjects",
        "training configuration",
        "cross-validation fold",
        "held-out test set",
        "class imbalance",
        "prediction",
        "ground-truth mask",
    ):
        assert term in TERMS
    for word in ("auc", "ece", "mcc", "kappa", "smote", "lime", "grad-cam", "focal loss"):
        assert word in known
    assert "arm" in TERMS["training configuration"]
    for name in profiles.TABLE:
        assert re.search(rf"\b{name}\b", TERMS["profile"])


def given() -> set[str]:
    """Return every word that the functions of `fer_lib.evaluation.verdicts` give."""
    claim = Claim("a", "Table 1", "accuracy", "0.90", "metric")
    spans = [Interval(v, v - 0.01, v + 0.01, 9) for v in (0.9, 0.1, -0.9)]
    spans += [Interval(0.0, -1.0, 1.0, 9), Interval(0.9, math.nan, math.nan, 1)]
    words = set()
    for own, rendered, profile in product((True, False), (True, False), ("smoke", "paper", "book")):
        ground = verdicts.Ground("p", "d", profile)
        row = SimpleNamespace(own=own, rendered=rendered)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(verdicts.dataset_registry, "get", lambda name, row=row: row)
            patch.setattr(verdicts.dataset_registry.TABLE, "paper", lambda name: "p")
            patch.setattr(verdicts.dataset_registry.TABLE, "has", lambda name: True)
            for span in spans:
                words.add(verdicts.verdict(claim, span, ground).word)
                words.add(verdicts.of_direction(span, ground).word)
    for low in (0.9, 0.1):
        words.add(verdicts.of_arithmetic(claim, low, low, "").word)
    return words


def test_every_verdict_is_explained():
    words = {*given(), *finding.WORDS, *claim_status.ORDER, *tables.VERDICTS}
    assert {"reproduced", "differs", "direction seen on rendered faces", "inconsistent"} <= words
    assert words - set(TERMS) == set()
    for word in {*given(), *finding.WORDS}:
        assert TERMS[word].startswith("Verdict: "), word


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("\n\nclaim\n", "\n\nverdicts\n", "not sorted"),
        ("\n\nclaim\n", "\n\nChance level\n", "twice"),
        ("\n\nclaim\n", "\n\nclaim\n  Another line.\n", "one line"),
        ("\n  The range", "\n  the range", "no sentence"),
    ],
)
def test_a_planted_fault_is_found(old, new, said):
    assert TEXT.count(old) == 1
    with pytest.raises(ValueError, match=said):
        entries(TEXT.replace(old, new))


def test_readers_are_led_to_it():
    assert "file: book/glossary" in (paths.root() / "_toc.yml").read_text()
    for page, link in {
        "README.md": "(book/glossary.md)",
        "book/contributing.md": "(glossary.md)",
    }.items():
        assert link in (paths.root() / page).read_text(), page
