"""The source on a page is the module's own, without docstrings."""

from engine.page import source
from fer_lib.papers.diya2026.models.dual_task import DualTask


def test_docstrings_go_and_code_and_comments_stay():
    text = (
        'class A:\n    """Say.\n\n    More.\n    """\n\n    x = 1  # one\n\n'
        '    def f(self):\n        """Return."""\n        return "no docstring"\n'
    )
    assert source.without_docstrings(text) == (
        'class A:\n    x = 1  # one\n\n    def f(self):\n        return "no docstring"'
    )


def test_a_model_is_shown_with_the_place_where_it_stands(monkeypatch):
    shown = []
    monkeypatch.setattr(source, "display", lambda what: shown.append(what.data))
    source.show(DualTask)
    (text,) = shown
    assert text.startswith("`fer_lib/papers/diya2026/models/dual_task.py`\n\n```python\nclass Dual")
    assert "def forward(self" in text and '"""' not in text
