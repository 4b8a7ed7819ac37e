"""Syntax that only a newer Python parses: read where it runs, a diagnostic elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.sources import Sources, open_path

GENERIC = """\
type Maker = Thing


class Box[T]:
    def go(self):
        pass


class Thing(Box[int]):
    pass


def first[T](value: T) -> T:
    return value


def use(made: Maker):
    made.go()


def run():
    first(Thing()).go()
"""
PARAM_SPEC = """\
from typing import Callable, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def logged(function: Callable[P, R]) -> Callable[P, R]:
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    return wrapper


class Thing:
    def go(self):
        pass


@logged
def make() -> Thing:
    return Thing()


def run():
    make().go()
"""


def _edges(folder: Path, text: str, entry: str) -> tuple[set[str], list[str]]:
    package = folder / "pkg"
    package.mkdir()
    (package / "__init__.py").write_text(text, "utf-8")
    graph = build_graph(Index(Sources([open_path(package)])), [entry])
    callees = {f"{edge.callee} {edge.kind.value}" for edge in graph.edges if edge.callee}
    return callees, [str(item) for item in graph.diagnostics]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="PEP 695 needs Python 3.12 to be parsed")
def test_generics_and_type_aliases_of_pep_695_lead_to_their_classes(tmp_path: Path) -> None:
    callees, diagnostics = _edges(tmp_path, GENERIC, "pkg.run")
    assert callees == {"pkg.first direct", "pkg.Thing constructor", "pkg.Box.go method"}
    assert diagnostics == []


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="Python 3.12 parses PEP 695")
def test_a_module_in_newer_syntax_is_a_diagnostic_where_another_calls_it(tmp_path: Path) -> None:
    package = tmp_path / "pkg"
    package.mkdir()
    (package / "__init__.py").write_text("from .new import first\n\n\ndef run():\n    first(1)\n")
    (package / "new.py").write_text(GENERIC, "utf-8")
    graph = build_graph(Index(Sources([open_path(package)])), ["pkg.run"])
    (edge,) = graph.edges
    assert edge.callee is None
    assert [(item.path, item.line) for item in graph.diagnostics] == [("pkg:pkg/new.py", 1)]


def test_what_param_spec_annotates_is_followed_through_the_wrapper(tmp_path: Path) -> None:
    callees, diagnostics = _edges(tmp_path, PARAM_SPEC, "pkg.run")
    assert callees == {
        "pkg.make direct",
        "pkg.logged.<locals>.wrapper decorator",
        "pkg.Thing constructor",
        "pkg.Thing.go method",
    }
    assert diagnostics == []
