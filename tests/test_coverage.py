"""The coverage page leaves nothing of the paper out, and every row leads somewhere or says why."""

import re

import pytest

from fer_lib import paths
from tools import graph

SECTIONS = (
    "3 3-1 3-2 3-3 3-4 4 4-1 4-2 4-3 4-4 4-4-1 4-4-2 4-4-3 4-4-4 4-4-5 "
    "5 5-1 5-1-1 5-1-2 5-1-3 5-1-4 5-1-5 5-1-6 5-1-7 5-1-8 5-2 5-2-1 5-2-2 5-2-3 "
    "5-3 5-3-1 5-3-2 5-3-3 5-3-4 5-3-5 5-4 5-5 5-6 5-7 6 6-1 6-2 6-3"
)
EXPECTED = {
    "Sections": SECTIONS.split(),
    "Tables": [str(n) for n in range(2, 9)],
    "Figures": [str(n) for n in range(1, 22)],
    "Equations": [str(n) for n in range(1, 9)],
}


def rows_of(heading, text):
    """Return (number, what this book has) of each row of the table under a heading."""
    part = text.split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| \*\*([\d-]+)\*\* .+? \| (.+) \|$", part, re.MULTILINE)


@pytest.fixture(scope="module")
def text():
    return (paths.root() / "book" / "coverage.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("heading", EXPECTED)
def test_everything_of_the_paper_has_its_row_once(heading, text):
    assert [row[0] for row in rows_of(heading, text)] == EXPECTED[heading]


@pytest.mark.parametrize("heading", EXPECTED)
def test_every_row_leads_to_a_page_and_says_what_is_there(heading, text):
    for row in rows_of(heading, text):
        pages = re.findall(r"\]\(\.\./notebooks/(\w+)\.ipynb\)", row[1])
        assert pages, row
        assert all(page in graph.PAGES for page in pages), row
        assert len(row[1].rpartition("): ")[2]) > 3, row


def test_a_row_left_out_is_noticed(text):
    without = re.sub(r"\| \*\*15\*\* .*\n", "", text)
    assert [row[0] for row in rows_of("Figures", without)] != EXPECTED["Figures"]


def test_every_page_of_the_chapter_is_covered_by_a_row(text):
    linked = set(re.findall(r"\.\./notebooks/(\w+)\.ipynb", text))
    chapter = {name for name in graph.PAGES if "_audit_" not in name}
    assert chapter - linked <= {"01_start_here", "20_ethics"}
