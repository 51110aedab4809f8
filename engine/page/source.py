"""Show the source of a model, a loss or a step of training on the page that explains it."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable

from IPython.display import Markdown, display


def without_docstrings(source: str) -> str:
    """Return Python source without its docstrings; comments and blank lines between stay."""
    lines = source.splitlines()
    kinds = ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef
    cut = [
        (first.lineno, first.end_lineno)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, kinds) and ast.get_docstring(node) is not None
        for first in (node.body[0],)
    ]
    for first, last in sorted(cut, reverse=True):
        # The blank line behind a class's docstring goes with it.
        last += last < len(lines) and not lines[last].strip()
        del lines[first - 1 : last]
    return "\n".join(lines)


def of(what: type | Callable) -> str:
    """Return the source of a class or function without docstrings.

    Examples
    --------
    >>> print(of(of).splitlines()[0])
    def of(what: type | Callable) -> str:
    """
    return without_docstrings(textwrap.dedent(inspect.getsource(what)))


def show(*what: type | Callable) -> None:
    """Show the source of classes and functions as code, without docstrings, and where it stands."""
    for each in what:
        place = f"{each.__module__.replace('.', '/')}.py"
        display(Markdown(f"`{place}`\n\n```python\n{of(each)}\n```"))
