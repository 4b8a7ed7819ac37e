"""Names as a reader sees them, where a module defines one name several times."""

from __future__ import annotations

from pathlib import Path

from srcread.graph.names import plain_name, shown_names
from srcread.graph.present import graph_as_json, graph_as_tree
from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.model import CallGraph
from srcread.sources import Sources, open_path

TEXT = """
from typing import overload

class A:
    @overload
    def __init__(self, x: int): ...
    @overload
    def __init__(self, x: str): ...
    def __init__(self, x):
        self.go()

    def go(self):
        pass

def run():
    def inner():
        pass
    inner()
    def inner():
        A(1)
    inner()
"""


def test_what_stands_behind_overloads_has_its_own_name_in_the_tree(tmp_path: Path) -> None:
    assert list(graph_as_tree(_graph(tmp_path))) == [
        "m.run  m.py:15",
        "├─ L18 m.run.<locals>.inner",
        "└─ L21 m.run.<locals>.inner (of line 19)",
        "   └─ L20 m.A.__init__ [constructor] ↓",
        "",
        "Constructors, and what only they call:",
        "m.A.__init__  m.py:9",
        "└─ L10 m.A.go [method]",
    ]


def test_json_numbers_only_names_that_would_be_taken_for_each_other(tmp_path: Path) -> None:
    data = graph_as_json(_graph(tmp_path), [])
    names = {symbol["name"] for symbol in data["symbols"]}
    assert "m.A.__init__" in names
    assert {"m.run.<locals>.inner", "m.run.<locals>.inner~2"} <= names
    assert {edge["callee"] for edge in data["edges"]} <= names
    assert {edge["caller"] for edge in data["edges"]} <= names


def test_a_name_loses_its_number_where_no_other_is_left_with_it() -> None:
    assert shown_names(["a.A.go~3", "a.f", "a.f~2", "a.A~2.run"]) == {
        "a.A.go~3": "a.A.go",
        "a.A~2.run": "a.A.run",
    }
    assert plain_name("runs around a.f~12 and a.g") == "runs around a.f and a.g"
    assert plain_name("a.tilde~b") == "a.tilde~b"


def _graph(tmp_path: Path) -> CallGraph:
    (tmp_path / "m.py").write_text(TEXT, "utf-8")
    return build_graph(Index(Sources([open_path(tmp_path)])), ["m.run"])
