"""The opening of a page: what it asks, what it answers, and what the answer rests on.

The box stands at the top of the page. It is shown with the question, and filled at the end, where
the numbers are known: `Question.answer` changes what the first cell shows, in Jupyter too.
"""

from __future__ import annotations

import html

from IPython.display import DisplayHandle, display

# What programs read of it; a page whose answer is "" is refused (`engine.jobs.output_checks`).
MIME = "application/vnd.fer.opening+json"
NOT_YET = "Run the page to its end: the answer is computed there."


def box(question: str, answer: str, rests_on: str) -> str:
    """Return the opening as HTML; without an answer it says where that comes from."""
    rows = {"Question": question, "Answer": answer or NOT_YET}
    if rests_on:
        rows["Rests on"] = rests_on
    shown = "".join(
        f"<div><dt>{name}</dt><dd>{html.escape(text)}</dd></div>" for name, text in rows.items()
    )
    return (
        '<div class="opening" role="note" aria-label="What this page asks and answers">'
        f"<dl>{shown}</dl></div>"
    )


class Question:
    """What a page asks, shown at its top.

    Parameters
    ----------
    text : str
        One plain sentence.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._shown: DisplayHandle = display(self._bundle("", ""), raw=True, display_id=True)

    def answer(self, answer: str, rests_on: str) -> None:
        """Fill the box at the top of the page.

        Parameters
        ----------
        answer : str
            One sentence with the number and its interval, computed.
        rests_on : str
            One sentence, or part of one: runs, seeds, subjects, data.

        Raises
        ------
        ValueError
            If one of them is empty: the box would look as if the page had not ended.
        """
        if not answer.strip() or not rests_on.strip():
            raise ValueError(f"the answer to {self.text!r} needs words, and what it rests on")
        self._shown.update(self._bundle(answer, rests_on), raw=True)

    def _bundle(self, answer: str, rests_on: str) -> dict:
        told = {"question": self.text, "answer": answer, "rests_on": rests_on}
        return {"text/html": box(self.text, answer, rests_on), MIME: told}


def ask(text: str) -> Question:
    """Show the question of a page at its top; its `Question.answer` is called at the end."""
    return Question(text)
