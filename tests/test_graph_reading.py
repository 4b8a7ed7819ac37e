"""The order of reading: what a call runs first, what made its objects after it."""

from __future__ import annotations

from pathlib import Path

from srcread.graph.present import graph_as_tree
from srcread.graph.reading import in_reading_order
from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.model import CallGraph
from srcread.sources import Sources, open_path

TEXT = """\
def helped(): pass
class Block:
    def __init__(self):
        helped()
    def __call__(self):
        return shared()
def shared(): pass
class Model:
    def __init__(self):
        self.block = Block()
        shared()
    def run(self):
        self.block()
def run():
    Model().run()
"""


def _graph(folder: Path, entry: str) -> CallGraph:
    (folder / "model.py").write_text(TEXT)
    return build_graph(Index(Sources([open_path(folder / "model.py")])), [entry])


def test_constructors_and_what_only_they_call_come_after_all_that_runs(tmp_path: Path) -> None:
    assert _graph(tmp_path, "model.Model").order == (
        "model.Model.run",
        "model.Block.__call__",
        "model.shared",
        "model.Model.__init__",
        "model.Block.__init__",
        "model.helped",
    )


def test_a_constructor_that_is_the_entry_is_read_first(tmp_path: Path) -> None:
    names = ("model.Model.__init__", "model.Block.__init__", "model.helped", "model.shared")
    assert _graph(tmp_path, "model.Model.__init__").order == names


def test_each_function_has_the_one_from_which_it_is_first_reached(tmp_path: Path) -> None:
    graph = _graph(tmp_path, "model.run")
    calls = {
        name: [edge for edge in graph.edges if edge.site.caller == name] for name in graph.order
    }
    assert [tuple(reach) for reach in in_reading_order(graph.entries, calls)] == [
        (None, "model.run", False),
        ("model.run", "model.Model.run", False),
        ("model.Model.run", "model.Block.__call__", False),
        ("model.Block.__call__", "model.shared", False),
        (None, "model.Model.__init__", True),
        ("model.Model.__init__", "model.Block.__init__", True),
        ("model.Block.__init__", "model.helped", True),
    ]


def test_the_tree_opens_constructors_below_a_line_of_their_own(tmp_path: Path) -> None:
    lines = list(graph_as_tree(_graph(tmp_path, "model.run")))
    assert lines[:3] == [
        "model.run  model.py:14",
        "├─ L15 model.Model.__init__ [constructor] ↓",
        "└─ L15 model.Model.run [method]",
    ]
    apart = lines.index("Constructors, and what only they call:")
    assert lines[apart + 1] == "model.Model.__init__  model.py:9"
    assert lines[apart + 2] == "├─ L10 model.Block.__init__ [constructor]"
