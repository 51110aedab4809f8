"""Strip the words of progress lines from a Python file, so that they count for no key."""

from __future__ import annotations

import ast
from collections.abc import Iterator

MODULE = "engine.store.progress"


class _WithoutWords(ast.NodeTransformer):
    """Leave out the words of a progress line; what is computed for it stays."""

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant("") if isinstance(node.value, str) else node


def _progress_names(tree: ast.Module) -> set[str]:
    """Return what a module calls when it speaks: ``say``, ``progress.say``, ``Progress``, ..."""
    found = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom):
            continue
        for alias in node.names:
            name = alias.asname or alias.name
            if node.module == MODULE:
                found.add(name)
            elif f"{node.module}.{alias.name}" == MODULE:
                found |= {f"{name}.say", f"{name}.Progress"}
    return found


def _outermost_calls(node: ast.AST, names: set[str]) -> Iterator[ast.Call]:
    """Yield the calls of these names that lie in no other such call."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from _outermost_calls(child, names)


def counted(source: bytes) -> bytes:
    """Return a Python file without the words of its progress lines, for its hash.

    A call of `engine.store.progress` is replaced by its syntax tree without strings. What it
    computes counts, and so does every other byte.

    Raises
    ------
    SyntaxError
        If a file that may speak does not parse.
    """
    if b"progress" not in source:
        return source
    tree = ast.parse(source)
    names = _progress_names(tree)
    calls = list(_outermost_calls(tree, names))
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    # From the end, so that the places of those before stay right.
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        start = starts[call.lineno - 1] + call.col_offset
        end = starts[call.end_lineno - 1] + call.end_col_offset
        plain = ast.dump(_WithoutWords().visit(call))
        source = source[:start] + plain.encode() + source[end:]
    return source
