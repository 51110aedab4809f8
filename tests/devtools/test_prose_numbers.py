"""No number is typed into prose without something that binds it."""

import pytest

from devtools import prose_numbers
from engine.store import paths

PAGES = sorted((paths.root() / "notebooks").rglob("*.ipynb"))
PAGES += sorted((paths.root() / "book").rglob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_numeral_in_prose_is_bound(page):
    assert prose_numbers.problems([page]) == []


@pytest.mark.parametrize(
    "text",
    [
        "It reaches 92.2 % in the test.",
        "There are 1,657 images.",
        "A threshold of 0.5 is used.",
        "| row | 14 |",
        "- 3 heads",
        "The loss fell by -0.2 there.",
        "See Table 5, where 332 images stand.",
        "In Table 5, 332 images stand.",
        "It is < 0.5 and > n of them.",
        "```{note}\nThere are 14 of them.\n```",
        "A p of .05 is asked for.",
    ],
)
def test_a_typed_number_is_found(text):
    assert len(prose_numbers.unbound(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "See Table 5 and sections 5-1, 5-2 to 5-7; equation (6), Figures 3 and 4.",
        "Article 5(1)(f) of the act.",
        "EfficientNet-B0, F1, ResNet18 and FER-2013 are names.",
        "{claim}`diya2026/table5.angry.f1` and {literal}`96 pixels <set in the profile>`",
        "`alpha = 0.4` is code, $x = 3$ is a formula, [a link](page-2.html#3), <b title='3'>x</b>",
        "```python\nn = 3\n```",
        "$$\na = 3\n$$",
        "| **5-1** Metrics | [page](x.html) |",
        "seven emotions, two heads",
    ],
)
def test_what_binds_a_number_is_left_alone(text):
    assert prose_numbers.unbound(text) == []


def test_the_place_of_a_numeral_is_named(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# Title\n\nIt took 14 days.\n")
    assert prose_numbers.problems([page]) == ["page: 14 in 'It took 14 days.'"]
