"""Other tools' call graphs: their pairs count as ours do, their lines are places of a record."""

from __future__ import annotations

import ast
import json
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import peer_tools
from benchmarks.call_graph.observed import ObservedEdge, Record, Site, Way
from benchmarks.call_graph.subjects import SUBJECTS
from benchmarks.figures import peer_graphs, peers
from benchmarks.figures.definitions import Definitions
from benchmarks.figures.scores import pair_score

SUBJECT = replace(SUBJECTS[0], core=("m.py",), defined="m.Model")
CALLER, FIRST, SECOND = "m.py:10", "m.py:20", "m.py:30"


def _record() -> Record:
    """A forward that ran whole and called two functions and one builtin."""
    callees = {FIRST: Way.EXPLICIT, SECOND: Way.EXPLICIT, "torch.relu": Way.NATIVE}
    return Record(
        scenarios=("s",),
        versions={},
        edges=tuple(
            ObservedEdge(way, CALLER, callee, Site("m.py", line, 4, line, 9))
            for line, (callee, way) in enumerate(callees.items(), 11)
        ),
        names={CALLER: "m.Model.forward", FIRST: "m.first", SECOND: "m.second"},
        links=(),
        whole=frozenset({CALLER}),
        canonical={"torch._C.relu": "torch.relu"},
    )


@pytest.mark.parametrize(
    ("pairs", "own", "builtins", "precision"),
    [
        ([(CALLER, FIRST)], (1, 2), (0, 1), (1, 1)),
        ([(CALLER, FIRST), (CALLER, "torch._C.relu"), (CALLER, "m.py:99")], (1, 2), (1, 1), (1, 2)),
        ([(SECOND, FIRST)], (0, 2), (0, 1), (0, 0)),
    ],
)
def test_a_tools_pairs_are_held_against_what_ran(
    pairs: list[tuple[str, str]],
    own: tuple[int, int],
    builtins: tuple[int, int],
    precision: tuple[int, int],
) -> None:
    graph = peers.as_graph(pairs, _record(), SUBJECT)
    found = pair_score(graph, _record(), SUBJECT)
    assert (found.own, found.builtins, found.precision) == (own, builtins, precision)


def test_a_tool_that_is_not_there_is_said_with_its_version(tmp_path: Path) -> None:
    for peer in peers.PEERS:
        row = peers.measured(peer, SUBJECT, _record(), [], tmp_path, 1.0)
        assert row == {"failed": f"{peer.package} {peer.version} is not installed"}


def test_the_files_in_which_anything_ran_come_with_the_packages_around_them(tmp_path: Path) -> None:
    root = tmp_path / "root"
    for name in ("m.py", "pack/__init__.py", "pack/ran.py", "pack/idle.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")
    record = replace(_record(), links=((CALLER, "pack/ran.py:1"),))
    assert peers.copied(SUBJECT, record, [root], tmp_path / "copy") == ["m.py", "pack/ran.py"]
    copies = {path.name for path in (tmp_path / "copy").rglob("*.py")}
    assert copies == {"m.py", "__init__.py", "ran.py"}


CODE = """\
class Base:
    def __init__(self):
        pass


@mark
class Derived(Base):
    @mark
    def run(self):
        pass
"""


def test_any_line_of_a_head_stands_for_the_function_and_a_class_for_its_constructor(
    tmp_path: Path,
) -> None:
    (tmp_path / "code.py").write_text(CODE)
    definitions = Definitions(tmp_path)
    places = {line: definitions.place("code.py", line) for line in range(1, 11)}
    assert {line: place for line, place in places.items() if place} == {
        1: "code.py:2",
        2: "code.py:2",
        6: "code.py:2",
        7: "code.py:2",
        8: "code.py:9",
        9: "code.py:9",
    }


def test_each_database_is_read_as_places(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("def a():\n    b()\n\ndef b():\n    pass\n")
    wanted = [("code.py:1", "code.py:4")]
    _database(
        tmp_path / ".codegraph/codegraph.db",
        "nodes(id, file_path, start_line)",
        [("a", "code.py", 1), ("b", "code.py", 4)],
        "edges(source, target, kind)",
        [("a", "b", "calls"), ("b", "a", "imports")],
    )
    _database(
        tmp_path / ".code-review-graph/graph.db",
        "nodes(qualified_name, file_path, line_start)",
        [("a", str(tmp_path / "code.py"), 1), ("b", str(tmp_path / "code.py"), 4)],
        "edges(source_qualified, target_qualified, kind)",
        [("a", "b", "CALLS"), ("a", "print", "CALLS")],
    )
    _database(
        tmp_path / ".repowise/wiki.db",
        "graph_nodes(node_id, file_path, start_line)",
        [("a", "code.py", 1), ("b", "code.py", 4)],
        "graph_edges(source_node_id, target_node_id, edge_type)",
        [("a", "b", "calls")],
    )
    nodes = [
        {"id": "a", "source_file": "code.py", "source_location": "L1"},
        {"id": "b", "source_file": "code.py", "source_location": "L4"},
    ]
    links = [{"source": "a", "target": "b", "relation": "calls"}]
    (tmp_path / "graphify-out").mkdir()
    text = json.dumps({"nodes": nodes, "links": links})
    (tmp_path / "graphify-out/graph.json").write_text(text)
    assert list(peer_graphs.codegraph(tmp_path)) == wanted
    assert list(peer_graphs.code_review_graph(tmp_path)) == wanted
    assert list(peer_graphs.repowise(tmp_path)) == wanted
    assert list(peer_graphs.graphify(tmp_path)) == wanted


def _database(
    path: Path,
    nodes: str,
    node_rows: list[tuple[str, str, int]],
    edges: str,
    edge_rows: list[tuple[str, str, str]],
) -> None:
    path.parent.mkdir()
    database = sqlite3.connect(path)
    for table, rows in ((nodes, node_rows), (edges, edge_rows)):
        database.execute(f"CREATE TABLE {table}")
        database.executemany(f"INSERT INTO {table.partition('(')[0]} VALUES (?, ?, ?)", rows)
    database.commit()
    database.close()


def test_a_call_is_asked_about_for_the_innermost_function_around_it() -> None:
    text = (
        "first()\n\ndef outer():\n    second()\n    def inner():\n        return third(fourth())\n"
    )
    found = [
        (function.name, ast.unparse(call.func))
        for function, call in peer_tools._calls(ast.parse(text), None)
    ]
    assert found == [("outer", "second"), ("inner", "third"), ("inner", "fourth")]


def test_the_tools_run_without_srcread() -> None:
    script = Path(peer_tools.__file__)
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-c",
            f"import runpy, sys; runpy.run_path({str(script)!r})\n"
            "print([name for name in sys.modules if name.startswith('srcread')])",
        ],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (done.returncode, done.stdout) == (0, "[]\n")
