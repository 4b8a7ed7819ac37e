"""What a selector names of signatures, nested definitions, classes and lines of many kinds."""

from __future__ import annotations

import sys

import pytest
from support.notes_lookup import found, shown

SIGNATURE = '''\
@first
@wrap(
    mode="a:b",
)
def f(
    query: "Tensor",  # a comment: with a colon
    *rest,
    scale: float = 1.0 / (2),
    **options,
) -> dict[str, int]:  # another:
    """Say
    it."""
    return {}
'''


def test_bare_def_is_the_signature_up_to_its_colon() -> None:
    assert shown(SIGNATURE, "def").startswith("def f(\n    query")
    assert shown(SIGNATURE, "def").endswith("-> dict[str, int]:")


def test_parameters_docstring_and_decorators_are_places() -> None:
    assert shown(SIGNATURE, "param query") == 'query: "Tensor"'
    assert shown(SIGNATURE, "param scale") == "scale: float = 1.0 / (2)"
    assert shown(SIGNATURE, "param rest") == "rest"
    assert shown(SIGNATURE, "param options") == "options"
    assert shown(SIGNATURE, "doc") == '"""Say\n    it."""'
    assert shown(SIGNATURE, "decorator first") == "first"
    assert shown(SIGNATURE, "call wrap(mode)") == 'wrap(\n    mode="a:b",\n)'


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("def f(): return {1: 2}\n", "def f():"),
        ("def f(x=lambda: 0, /): pass\n", "def f(x=lambda: 0, /):"),
        ("def f(*, x): pass\n", "def f(*, x):"),
        ("def f(\n) -> (\n    int\n):\n    pass\n", "def f(\n) -> (\n    int\n):"),
        ("class f: x = 1\n", "class f:"),
        ("class f(A, metaclass=B[{1: 2}]):\n    pass\n", "class f(A, metaclass=B[{1: 2}]):"),
    ],
)
def test_a_signature_ends_at_its_own_colon(text: str, signature: str) -> None:
    assert shown(text, "def") == signature


NESTED = '''\
def f(x):
    """Outer."""

    @cached
    def g(x, y):
        """Inner."""
        return x

    class H:
        def run(self):
            return 2

    return g
'''


def test_a_nested_definition_is_named_and_holds_what_is_in_it() -> None:
    assert shown(NESTED, "def g").endswith("return x")
    assert found(NESTED, "def g > return") == ["return x"]
    assert found(NESTED, "def H > def run > return") == ["return 2"]
    assert found(NESTED, "decorator cached") == ["cached"]


def test_signature_parameters_and_docstring_are_first_the_symbols_own() -> None:
    assert found(NESTED, "def") == ["def f(x):"]
    assert found(NESTED, "param x") == ["x):"]
    assert found(NESTED, "doc") == ['"""Outer."""']
    assert found(NESTED, "def g > doc") == ['"""Inner."""']
    assert found(NESTED, "param y") == ["y):"]


def test_a_class_has_its_statements_and_its_methods_as_wholes() -> None:
    text = 'class f(Base):\n    """Doc."""\n    size: int = 3\n    def g(self):\n        return 1\n'
    assert found(text, "assign size") == ["size: int = 3"]
    assert shown(text, "def g") == "def g(self):\n        return 1"
    assert found(text, "return") == []
    assert found(text, "doc") == ['"""Doc."""']
    assert found(text, "def") == ["class f(Base):"]


def test_a_method_is_parsed_from_its_own_indented_lines() -> None:
    text = "class C:\n    @wrap\n    def g(self):\n        return (\n  1)\n    x = 1\n"
    assert shown(text, "return", "C.g") == "return (\n  1)"
    assert found(text, "assign x", "C.g") == []


def test_columns_count_characters_not_bytes() -> None:
    text = 'def f(größe):\n    é = "日本"; à = "語"; return größe\n'
    assert shown(text, "assign à") == 'à = "語"'
    assert shown(text, "return größe") == "return größe"


def test_statements_on_one_line_are_places_each() -> None:
    text = "def f():\n    a = 1; b = 2\n"
    assert shown(text, "assign b") == "b = 2"


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`type X = …` needs Python 3.12")
def test_a_type_statement_is_an_assignment() -> None:
    assert found("def f():\n    type Row = list[int]\n", "assign Row = list") == [
        "type Row = list[int]"
    ]
