"""Coverage pages leave nothing of a paper out, and every row leads somewhere or says why."""

import re

import pytest

from engine.jobs import page_table
from engine.store import paths

SECTIONS = (
    "3 3-1 3-2 3-3 3-4 4 4-1 4-2 4-3 4-4 4-4-1 4-4-2 4-4-3 4-4-4 4-4-5 "
    "5 5-1 5-1-1 5-1-2 5-1-3 5-1-4 5-1-5 5-1-6 5-1-7 5-1-8 5-2 5-2-1 5-2-2 5-2-3 "
    "5-3 5-3-1 5-3-2 5-3-3 5-3-4 5-3-5 5-4 5-5 5-6 5-7 6 6-1 6-2 6-3"
)
HUANG = (
    "1 1.1 1.2 1.3 1.4 1.5 2 2.1 2.2 2.3 3 3.1 3.2 4 4.1 4.2 5 5.1 5.2 6 7"  # the body of the paper
)
PAPERS = {
    "papers/diya2026/coverage": {
        "Sections": SECTIONS.split(),
        "Tables": [str(n) for n in range(2, 9)],
        "Figures": [str(n) for n in range(1, 22)],
        "Equations": [str(n) for n in range(1, 9)],
    },
    "papers/huang2025/coverage": {
        "Sections": HUANG.split(),
        "Tables": ["1"],
        "Figures": [str(n) for n in range(1, 9)],
    },
}
EXPECTED = [(page, heading) for page, parts in PAPERS.items() for heading in parts]


def rows_of(heading, text):
    """Return (number, what this book has) of each row of the table under a heading."""
    part = text.split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| \*\*([\d.-]+)\*\* .+? \| (.+) \|$", part, re.MULTILINE)


def text_of(page):
    return (paths.root() / "book" / f"{page}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("page", "heading"), EXPECTED)
def test_everything_of_the_paper_has_its_row_once(page, heading):
    assert [row[0] for row in rows_of(heading, text_of(page))] == PAPERS[page][heading]


@pytest.mark.parametrize(("page", "heading"), EXPECTED)
def test_every_row_leads_to_a_page_and_says_what_is_there(page, heading):
    for row in rows_of(heading, text_of(page)):
        pages = re.findall(r"\]\(\.\./\.\./\.\./notebooks/([\w/]+)\.ipynb\)", row[1])
        assert pages, row
        assert all(page in page_table.names() for page in pages), row
        assert len(row[1].rpartition("): ")[2]) > 3, row


def test_a_row_left_out_is_noticed():
    without = re.sub(r"\| \*\*15\*\* .*\n", "", text_of("papers/diya2026/coverage"))
    assert [row[0] for row in rows_of("Figures", without)] != PAPERS["papers/diya2026/coverage"][
        "Figures"
    ]


def test_every_page_of_the_chapters_is_covered_by_a_row():
    whole = "".join(map(text_of, PAPERS))
    linked = set(re.findall(r"\.\./notebooks/([\w/]+)\.ipynb", whole))
    chapter = {name for name in page_table.names() if "audit" not in name}
    assert chapter - linked <= {"start_here", "ethics"}
