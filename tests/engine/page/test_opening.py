"""A page's opening is filled at its end, and a page that never answers is refused."""

import nbformat
import pytest
from nbclient import NotebookClient

from engine.jobs import output_checks
from engine.page import opening

ASKED = "from engine.page import opening\nquestion = opening.ask('Is a < b?')"


def executed(*sources):
    """Return a notebook of code cells, executed in a kernel as papermill does it."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in sources])
    NotebookClient(book, kernel_name="python3", timeout=120).execute()
    return book


@pytest.fixture(scope="module")
def answered():
    return executed(ASKED, "x = 0.25", "question.answer(f'By {x}.', 'Two seeds.')")


def test_the_box_at_the_top_has_the_answer_that_the_last_cell_gave(answered):
    (first,), _, last = (cell.outputs for cell in answered.cells)
    assert last == []
    assert first.data[opening.MIME] == {
        "question": "Is a < b?",
        "answer": "By 0.25.",
        "rests_on": "Two seeds.",
    }
    shown = first.data["text/html"]
    assert "Is a &lt; b?" in shown
    assert shown.index("By 0.25.") < shown.index("Two seeds.")
    assert output_checks.problems(answered) == []


def test_a_page_that_never_answers_is_refused(answered):
    book = answered.copy()
    book.cells[0].outputs[0].data[opening.MIME] = {"question": "Is a < b?", "answer": ""}
    (problem,) = output_checks.problems(book)
    assert problem.what == "a question without an answer ('Is a < b?')"
    assert problem.cell == 1
    assert "Run the page to its end" in opening.box("Is a < b?", "", "")


def test_an_answer_has_words(monkeypatch):
    monkeypatch.setattr(opening, "display", lambda *_, **__: None)
    with pytest.raises(ValueError, match="what it rests on"):
        opening.ask("Is it?").answer("Yes.", " ")
