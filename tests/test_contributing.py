"""README and *Adding a paper* name every field of a table, and no file that is not there."""

import re
from dataclasses import fields

import pytest

from engine.jobs import page_table
from engine.page import study_registry
from engine.store import paths
from fer_lib import models, paper_registry, task
from fer_lib.data import dataset_registry as datasets
from fer_lib.models import pretrained_registry
from fer_lib.training import config

ROOT = paths.root()
TEXTS = ("README.md", "book/contributing.md", "book/glossary.md")
GUIDE = (ROOT / "book" / "contributing.md").read_text(encoding="utf-8")
# Heading -> the dataclasses whose fields a row of its table gives, fields that no row gives, and
# what a row gives besides.
TABLES = {
    "What `paper.toml` says": ((paper_registry.Paper, task.Head), {"key"}, set()),
    "A page": ((page_table.Page,), set(), set()),
    "A training configuration": ((config.Arm,), {"name"}, {"like", "seeds"}),
    "A data set": ((datasets.Dataset,), {"name"}, set()),
    "A study": ((study_registry.Study,), {"name", "paper"}, set()),
    "A pretrained file": ((pretrained_registry.Pretrained,), set(), set()),
}


def described(heading: str, text: str = GUIDE) -> set[str]:
    """Return the fields that the tables under a heading describe."""
    part = re.split(rf"^##+ {re.escape(heading)}$", text, flags=re.MULTILINE)[1]
    part = re.split(r"^##+ ", part, flags=re.MULTILINE)[0]
    rows = re.findall(r"^\| (`.*?) \|", part, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


@pytest.mark.parametrize("heading", TABLES)
def test_every_field_of_a_row_is_described(heading):
    kinds, never, besides = TABLES[heading]
    own = {field.name for kind in kinds for field in fields(kind)}
    assert described(heading) == own - never | besides


def test_the_fields_in_prose_are_those_there_are():
    assert "whose field `where` names" in GUIDE
    assert {field.name for field in fields(models.Model)} == {"name", "where"}
    assert "its field `weights` names" in GUIDE
    assert [field.name for field in fields(pretrained_registry.Family)] == ["weights"]
    for kind in paper_registry.TABLES:
        assert f"`[{kind}.<" in GUIDE


def test_a_field_left_out_is_noticed():
    without = re.sub(r"^\| `further` .*\n", "", GUIDE, flags=re.MULTILINE)
    assert described("A data set", without) == described("A data set") - {"further"}


def named_paths(text: str) -> set[str]:
    """Return the paths that a text names in code or links, as patterns: ``*`` for any name."""
    code = re.findall(r"`([\w.<>/-]+)`", text) + re.findall(r"\]\(([\w./-]+)\)", text)
    tops = {path.name for path in ROOT.iterdir()} - {"_build"}  # which commands make
    named = {re.sub(r"<\w+>", "*", name).rstrip("/") for name in code}
    return {name for name in named if "/" in name and name.split("/")[0] in tops}


def missing(text: str) -> set[str]:
    """Return the paths that a text names and that are not there."""
    return {name for name in named_paths(text) if not list(ROOT.glob(name))}


@pytest.mark.parametrize("text", TEXTS)
def test_every_path_is_there(text):
    said = (ROOT / text).read_text(encoding="utf-8")
    assert text == "book/glossary.md" or len(named_paths(said)) > 8
    assert missing(said) == set()


def test_a_path_that_is_not_there_is_noticed():
    said = "See `engine/nowhere.py`, `book/papers/<key>/claims.yml` and [it](book/nowhere.md)."
    assert missing(said) == {"engine/nowhere.py", "book/nowhere.md"}


def test_modules_that_are_named_are_there():
    for text in TEXTS:
        for name in re.findall(r"`((?:engine|fer_lib)(?:\.\w+)+)`", (ROOT / text).read_text()):
            stem = ROOT.joinpath(*name.split("."))
            attribute = stem.parent.with_suffix(".py")
            assert (
                stem.with_suffix(".py").exists()
                or (stem / "__init__.py").exists()
                or re.search(rf"^class {stem.name}\b", attribute.read_text(), re.MULTILINE)
            ), name
