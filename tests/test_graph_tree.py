"""The order of the outline and the tree: where a function opens."""

from __future__ import annotations

from pathlib import Path

from srcread.graph.present import graph_as_tree
from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.model import CallGraph
from srcread.sources import Sources, open_path

WRAPPED = """
def logged(function):
    def around(*args):
        return function(*args)
    return around

@logged
def mask(x):
    return deep(x)

@logged
def attend(x):
    return deep(x)

def deep(x):
    return x

def run(x):
    mask(x)
    attend(x)

def alone(x):
    mask(x)
    return logged(deep)(x)
"""
RIVALS = """
class A:
    def go(self):
        return self.back()
    def back(self):
        return run(None)

class B:
    def go(self):
        return 1

def pick(x):
    return A() if x else B()

def run(x):
    pick(x).go()
    A().go()
"""


def test_a_wrapped_function_opens_where_it_is_called_and_not_in_the_wrapper(tmp_path: Path) -> None:
    assert _tree(tmp_path, WRAPPED, "run") == [
        "m.run  m.py:18",
        "├─ L19 m.mask",
        "│  └─ L9 m.deep",
        "├─ L19 m.logged.<locals>.around [decorator]",
        "│  ├─ L4 m.mask ↑",
        "│  └─ and what else it runs around, elsewhere: 1",
        "├─ L20 m.attend",
        "│  └─ L13 m.deep ↑",
        "└─ L20 m.logged.<locals>.around [decorator] ↑",
    ]


def test_a_wrapper_that_is_called_by_itself_shows_all_that_it_calls(tmp_path: Path) -> None:
    graph = _graph(tmp_path, WRAPPED, "alone")
    assert graph.order == ("m.alone", "m.mask", "m.deep", "m.logged.<locals>.around", "m.logged")
    assert _tree(tmp_path, WRAPPED, "alone")[3:6] == [
        "├─ L23 m.logged.<locals>.around [decorator]",
        "│  ├─ L4 m.deep (possible) ↑",
        "│  └─ L4 m.mask (possible) ↑",
    ]


def test_a_function_opens_under_a_certain_call_though_a_possible_one_comes_first(
    tmp_path: Path,
) -> None:
    assert _tree(tmp_path, RIVALS, "run") == [
        "m.run  m.py:15",
        "├─ L16 m.pick",
        "│  ├─ L13 m.A [constructor]",
        "│  └─ L13 m.B [constructor]",
        "├─ L16 m.A.go [method] (possible) ↓",
        "├─ L16 m.B.go [method] (possible)",
        "├─ L17 m.A [constructor]",
        "└─ L17 m.A.go [method]",
        "   └─ L4 m.A.back [method]",
        "      └─ L6 m.run ↑",
    ]


def test_every_walked_function_opens_once(tmp_path: Path) -> None:
    for text in (WRAPPED, RIVALS):
        graph = _graph(tmp_path, text, "run")
        assert sorted(graph.order) == sorted(set(graph.order))
        lines = _tree(tmp_path, text, "run")
        for name in graph.order[1:]:
            opened = [line for line in lines if f" {name}" in line and line[-1] not in "↑↓"]
            assert len(opened) == 1, name


def _graph(tmp_path: Path, text: str, entry: str) -> CallGraph:
    (tmp_path / "m.py").write_text(text, "utf-8")
    return build_graph(Index(Sources([open_path(tmp_path)])), [f"m.{entry}"])


def _tree(tmp_path: Path, text: str, entry: str) -> list[str]:
    return list(graph_as_tree(_graph(tmp_path, text, entry)))


def test_what_decorates_the_constructor_of_an_entry_is_walked_too(tmp_path: Path) -> None:
    text = """
def kept(init):
    def inner(self, *args):
        note(args)
        init(self, *args)
    return inner

def note(args):
    pass

class Net:
    @kept
    def __init__(self, part):
        self.part = part
"""
    graph = _graph(tmp_path, text, "Net")
    assert graph.entries == ("m.Net.__init__", "m.kept.<locals>.inner")
    assert graph.order == ("m.kept.<locals>.inner", "m.note", "m.Net.__init__")
