"""What computes, or decides a verdict, stands in modules with tests, not in notebooks."""

import ast

import pytest

from engine.store import paths

FOLDER = paths.root() / "notebooks"
NOTEBOOKS = {
    str(path.relative_to(FOLDER).with_suffix("")): path for path in sorted(FOLDER.rglob("*.py"))
}
# Functions that notebooks still define. A list to be made shorter: move one to a module, test it
# there, and strike it out here.
LEFT = {
    ("diya2026/comparison", "draw"),  # a figure of two matrices that the page has counted
    ("diya2026/grad_cam", "large"),  # a row of the page's own tables, at the size of its images
    ("diya2026/grad_cam", "of"),
    ("diya2026/lime", "of"),
    ("diya2026/audit", "most"),  # the page's counts, handed to engine.page.audit_arithmetic
    ("diya2026/audit", "told"),  # how often made-up tables print like three claims
    ("audit_your_own", "number"),  # values of the example's ledger, in the reader's view
    ("audit_your_own", "ends"),
    ("audit_your_own", "of_class"),
    ("huang2025/search", "over"),  # a face under a map
}


def defined(source: str) -> set[str]:
    """Return the names of all functions and classes that a notebook defines, nested ones too."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)}


def found() -> set[tuple[str, str]]:
    return {
        (name, function)
        for name, path in NOTEBOOKS.items()
        for function in defined(path.read_text(encoding="utf-8"))
    }


def test_no_notebook_defines_a_new_function():
    new = found() - LEFT
    assert not new, f"move to a module with a test: {sorted(new)}"


def test_what_was_moved_is_struck_out():
    assert not LEFT - found()


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("x = 1\nprint([y for y in range(x)])", set()),
        ("def f():\n    return 1", {"f"}),
        ("if True:\n    class A:\n        def g(self): ...", {"A", "g"}),
        ("for x in y:\n    async def h(): ...", {"h"}),
    ],
)
def test_functions_are_found_wherever_they_stand(source, names):
    assert defined(source) == names


def test_all_notebooks_are_looked_at():
    paired = (path.relative_to(FOLDER).with_suffix("") for path in FOLDER.rglob("*.ipynb"))
    assert set(NOTEBOOKS) == set(map(str, paired))
    assert len(NOTEBOOKS) >= 30
