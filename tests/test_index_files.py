"""Files to modules, definitions, symbols, ranges and digests."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

import pytest

from srcread.index import Index, digest, digest_text, parse_symbol, range_of, split_lines
from srcread.index.glimpse import glimpse
from srcread.model import Position, Range, SourceFile, Symbol, SymbolKind
from srcread.sources import Sources, open_path


def _index(root: Path, **files: str) -> Index:
    """Return the index of a package `pkg` with these modules."""
    for name, text in {"__init__": "", **files}.items():
        (root / "pkg").mkdir(exist_ok=True)
        (root / "pkg" / f"{name}.py").write_bytes(textwrap.dedent(text).encode())
    return Index(Sources([open_path(root / "pkg")]))


def test_definitions_are_named_by_where_they_stand(tmp_path: Path) -> None:
    text = """\
        class A:
            class B:
                def run(self):
                    def inner():
                        class C: pass
            @property
            def x(self): ...
            @x.setter
            def x(self, new): ...
        if 1:
            def twice(): ...
        else:
            def twice(): ...
        try:
            async def tried(): ...
        finally:
            pass
    """
    index = _index(tmp_path, main=text)
    kinds = {
        "pkg.main.A": SymbolKind.CLASS,
        "pkg.main.A.B": SymbolKind.CLASS,
        "pkg.main.A.B.run": SymbolKind.METHOD,
        "pkg.main.A.B.run.<locals>.inner": SymbolKind.FUNCTION,
        "pkg.main.A.B.run.<locals>.inner.<locals>.C": SymbolKind.CLASS,
        "pkg.main.A.x": SymbolKind.METHOD,
        "pkg.main.A.x@setter": SymbolKind.METHOD,
        "pkg.main.twice": SymbolKind.FUNCTION,
        "pkg.main.twice~2": SymbolKind.FUNCTION,
        "pkg.main.tried": SymbolKind.FUNCTION,
    }
    for name, kind in kinds.items():
        symbol = index.symbol(name)
        assert symbol is not None and (symbol.name, symbol.kind) == (name, kind)
    for missing in ("pkg.main.B", "pkg.main.A.run", "pkg.main.twice~3", "pkg.other.A", "main"):
        assert index.symbol(missing) is None


def test_a_symbol_begins_at_its_first_decorator_and_names_its_def_line(tmp_path: Path) -> None:
    text = "@first\n@second(1,\n    2)\ndef run(a: int, *, b=1) -> str:\n    return a\n"
    symbol = _index(tmp_path, main=text).symbol("pkg.main.run")
    assert symbol is not None
    assert symbol.range == Range(Position(1, 0), Position(5, 12))
    assert (symbol.line, symbol.signature) == (4, "(a: int, *, b=1) -> str")
    assert symbol.decorators == ("first", "second(1, 2)")


def test_a_function_with_the_name_of_a_module_beside_it_is_found(tmp_path: Path) -> None:
    index = _index(tmp_path, __init__="def twin(): pass\n", twin="def other(): pass\n")
    assert index.symbol("pkg.twin") is not None
    assert index.symbol("pkg.twin.other") is not None


def test_the_files_that_were_consulted_are_remembered_and_no_others(tmp_path: Path) -> None:
    index = _index(tmp_path, one="def a(): pass\n", two="def b(): pass\n")
    index.symbol("pkg.one.a")
    assert list(index.files) == ["pkg:pkg/one.py"]


def test_the_nearest_name_is_of_the_same_module(tmp_path: Path) -> None:
    index = _index(tmp_path, main="class Encoder:\n    def forward(self): pass\n")
    assert index.nearest("pkg.main.Encodr.forwad") == "pkg.main.Encoder.forward"
    assert index.nearest("elsewhere.forward") is None


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a\nb", ["a", "b"]),
        ("a\r\nb\rc\n", ["a", "b", "c", ""]),
        ("a\x0cb\x0bc\u2028d", ["a\x0cb\x0bc\u2028d"]),
        ("", [""]),
    ],
)
def test_lines_end_where_the_tokenizer_ends_them(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines


def test_columns_are_counted_in_characters() -> None:
    text = "é = 'ü'; call('世')"
    statement = ast.parse(text).body[1]
    place = range_of(statement, split_lines(text))
    assert text[place.start.column : place.end.column] == "call('世')"


def test_a_symbol_is_parsed_alone_with_the_positions_of_its_file(tmp_path: Path) -> None:
    text = "class A:\n    @property\n    def x(self):\n        return '''\nleft'''\n\n\ny = 1\n"
    index = _index(tmp_path, main=text)
    symbol = index.symbol("pkg.main.A.x")
    assert symbol is not None
    node = parse_symbol(index.text(symbol), symbol)
    assert (node.name, node.lineno, node.col_offset, node.end_lineno) == ("x", 3, 4, 5)
    whole = ast.parse(text).body[0]
    assert isinstance(whole, ast.ClassDef)
    assert ast.dump(node, include_attributes=True) == ast.dump(
        whole.body[0], include_attributes=True
    )


def test_a_lambda_is_parsed_out_of_the_statement_around_it() -> None:
    text = "é = 1\nrun = {'ü': lambda x: [\n    x], 2: lambda: é}\n"
    place = Range(Position(2, 12), Position(3, 6))
    symbol = Symbol("m.<lambda>", SymbolKind.FUNCTION, "d", "m.py", place, 2)
    node = parse_symbol(text, symbol)
    (whole,) = (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Lambda) and n.args.args)
    (result,) = node.body
    assert isinstance(result, ast.Return) and result.value is not None
    assert ast.dump(result.value, include_attributes=True) == ast.dump(
        whole.body, include_attributes=True
    )
    assert digest(node) == digest_text("def <lambda>(x):\n    return [x]")
    with pytest.raises(ValueError, match="does not stand"):
        parse_symbol("é = 1\nrun = {'ü': lambda_x   [\n    x], 2: lambda: é}\n", symbol)


@pytest.mark.parametrize(
    "other",
    [
        "def f(a: int, b=2) -> int:\n    '''Doc.'''\n    return a + b",
        "def f(a,\n      b = 2):  # comment\n    return (a + b)",
    ],
    ids=["docstring and annotations", "layout"],
)
def test_a_digest_does_not_see_what_does_not_run(other: str) -> None:
    plain = "def f(a, b=2):\n    return a + b"
    assert digest(ast.parse(plain)) == digest(ast.parse(other))


@pytest.mark.parametrize(
    "other", ["def f(a, b=3):\n    return a + b", "def f(a, b=2):\n    return b + a"]
)
def test_a_digest_sees_what_runs(other: str) -> None:
    plain = "def f(a, b=2):\n    return a + b"
    assert digest(ast.parse(plain)) != digest(ast.parse(other))


def test_a_digest_is_the_same_on_every_python_and_leaves_the_tree_alone() -> None:
    tree = ast.parse("def f(a: int) -> str:\n    'Doc.'\n    x: int = g(a)\n    return f'{x!r:>3}'")
    before = ast.dump(tree)
    written = "def f(a):\n    x = g(a)\n    return f'{x!r:>3}'"
    assert digest(tree) == digest_text(written)
    assert ast.dump(tree) == before


def test_a_body_of_only_a_docstring_has_a_digest() -> None:
    assert digest(ast.parse("def f():\n    'Doc.'")) == digest(ast.parse("def f():\n    pass"))


def _glimpsed(text: str, name: str = "run") -> tuple[int, int] | None:
    file = SourceFile("d", "m.py", "m", text.encode(), text, "")
    node = glimpse(file, name)
    if node is None:
        return None
    first = node.decorator_list[0].lineno if node.decorator_list else node.lineno
    return first, node.end_lineno or 0


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("x = 1\n@a\n@b(1)\ndef run(\n    a,\n):\n    pass\n\n\ny = 2\n", (2, 7)),
        ("class run(A):\n    x = 1\n", (1, 2)),
        ("def runner(): pass\nasync def run(): pass\n# end\n", (2, 2)),
        ("def run():\n    pass\n# a comment\n    return 1\n\nz = 1\n", (1, 4)),
        ("def run(): pass\ndef run(): pass\n", None),
        ("if 1:\n    def run(): pass\n", None),
        ("@a(\n    1,\n)\ndef run(): pass\n", None),
        ("def run():\n    return '''\nleft'''\n", None),
        ("run = 1\n", None),
    ],
)
def test_a_plain_definition_is_found_in_the_text_and_any_other_is_left_to_parsing(
    text: str, lines: tuple[int, int] | None
) -> None:
    assert _glimpsed(text) == lines
