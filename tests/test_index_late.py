"""Large files, whose functions are parsed when somebody looks into them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from srcread.index import Index
from srcread.index.late import last_line, parse_late
from srcread.sources import Sources, open_path

FILL = "    # of many words, so that it is worth the trouble to leave this body out\n" * 3
LONG = "# a comment that makes the file large\n" * 500

SHAPES = {
    "plain": f"def f(a, b=(1, 2)):\n{FILL}    return a\n\n\nx = 1\n",
    "over lines": f"def f(\n    a: int = 1,\n    *b,\n) -> dict[str, a]:  # why\n{FILL}    pass\n",
    "async": f"async def f():\n{FILL}    await g()\n",
    "decorated": f"@d(1)\n@e\ndef f():\n{FILL}    pass\n@d\ndef g():\n{FILL}    yield\n",
    "methods": f"class A:\n    def f(self):\n{FILL}        x = 1  # é\n\n    # next\n    y = 2\n",
    "last method": f"class A:\n    def f(self):\n{FILL}        return 1\n\n    # end\n\nz = 3\n",
    "nested": f"def f():\n{FILL}    def g():\n        return 1\n    return g\n",
    "docstring at the edge": f'def f():\n    """Doc.\n\nAt the edge:\nx = 1\n"""\n{FILL}    pass\n',
    "text at the edge": f"def f():\n    g('''\nclass A: pass\n''')\n{FILL}    return 1\n",
    "brackets at the edge": f"def f():\n{FILL}    g(\n1,\n)\n    return 1\n",
    "quotes in a comment": f'def f():\n    # """\n{FILL}    return 1\ny = """\n{FILL}"""\n',
    "bracket in a default": f"def f(a='(', b=')'):\n{FILL}    return 1\n",
    "one line": f"def f(): return 1\ndef g():\n{FILL}    return 2\n",
    "in branches": f"if a:\n    def f():\n{FILL}        b = 1\n    c = 2\nelse:\n    d = 3\n",
    "in try": f"try:\n    import a\nexcept E:\n    def f():\n{FILL}        b = 1\n    c = 2\n",
    "quotes in two comments": (
        f'def f():\n    # """\n{FILL}    return 1\nx = 1\n'
        f'def g():\n    # """\n{FILL}    return 2\ny = 3\n'
    ),
    "line continued at the edge": f"def f(a):\n{FILL}    return a + \\\nb\nx = 1\n",
    "comment like a continued line": f"def f(a):\n{FILL}    return a  # \\\nb = 1\nx = 1\n",
    "no end": f"def f():\n{FILL}    return 1",
}


WHOLE = {
    *("quotes in a comment", "quotes in two comments", "brackets at the edge"),
    "comment like a continued line",
}
"""Shapes that are not told apart from others, and parsed whole."""


@pytest.mark.parametrize("shape", SHAPES)
def test_who_looks_into_a_late_tree_sees_what_parsing_the_whole_file_gives(shape: str) -> None:
    text = LONG + SHAPES[shape]
    tree = parse_late(text, ast.parse, _fail)
    whole = ast.parse(text)
    cut = shape not in WHOLE
    assert (tree is not None) is cut
    if tree is not None:
        assert ast.unparse(tree) == ast.unparse(whole)
        assert ast.dump(tree, include_attributes=True) == ast.dump(whole, include_attributes=True)


def test_a_body_is_parsed_at_the_first_look_and_only_then() -> None:
    text = LONG + SHAPES["decorated"]
    parsed: list[str] = []

    def parse(part: str) -> ast.Module:
        parsed.append(part)
        return ast.parse(part)

    tree = parse_late(text, parse, _fail)
    assert tree is not None and len(parsed) == 1
    first, second = tree.body
    assert isinstance(first, ast.FunctionDef) and isinstance(second, ast.FunctionDef)
    assert (first.lineno, last_line(first), len(parsed)) == (503, 507, 1)
    assert isinstance(second.body[0], ast.Expr) and len(parsed) == 2
    assert first.end_lineno == 507 and len(parsed) == 3
    assert isinstance(first.body[0], ast.Pass) and len(parsed) == 3


@pytest.mark.parametrize("text", ["def f():\n    pass\n", LONG.replace("\n", "\r\n")])
def test_small_files_and_other_line_ends_are_parsed_whole(text: str) -> None:
    assert parse_late(text, ast.parse, _fail) is None


def test_an_error_in_a_body_costs_that_function_and_a_diagnostic(tmp_path: Path) -> None:
    text = f"def bad():\n{FILL}    return (\n\n\ndef good():\n{FILL}    return 1\n"
    (tmp_path / "m.py").write_text(LONG + text, "utf-8")
    index = Index(Sources([open_path(tmp_path / "m.py")]))
    good, bad = index.defined("m.good"), index.defined("m.bad")
    assert good is not None and bad is not None
    assert len(good.scope.returns) == 1 and index.diagnostics == []
    assert bad.scope.returns == []
    (told,) = index.diagnostics
    assert (told.code, told.path, told.line) == ("SRC001", "m:m.py", 505)
    assert "was never closed" in told.message and "read as empty" in told.hint


def _fail(error: Exception) -> None:
    raise error
