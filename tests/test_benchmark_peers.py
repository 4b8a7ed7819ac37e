"""The table of other tools' call graphs: their pairs count as ours do, and what lacks is told."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import peer_tools, peers
from benchmarks.call_graph.observed import ObservedEdge, Record, Site, Way
from benchmarks.call_graph.static import StaticGraph
from srcread.sources import open_path

CORE = peers.SUBJECT.core[0]
CALLER, FIRST, SECOND = f"{CORE}:10", f"{CORE}:20", f"{CORE}:30"


def _record() -> Record:
    """A caller that ran whole and called two functions and one builtin."""
    callees = {FIRST: Way.EXPLICIT, SECOND: Way.EXPLICIT, "torch.relu": Way.NATIVE}
    return Record(
        scenarios=("s",),
        versions={},
        edges=tuple(
            ObservedEdge(way, CALLER, callee, Site(CORE, line, 4, line, 9))
            for line, (callee, way) in enumerate(callees.items(), 11)
        ),
        names={CALLER: "m.caller", FIRST: "m.first", SECOND: "m.second"},
        links=(),
        whole=frozenset({CALLER}),
        canonical={"torch._C.relu": "torch.relu"},
    )


@pytest.mark.parametrize(
    ("pairs", "figures"),
    [
        ([(CALLER, FIRST)], "0.500 (1 of 2) | none | 0.000 (0 of 1) | 1.000 (1 of 1)"),
        (
            [(CALLER, FIRST), (CALLER, "torch._C.relu"), (CALLER, f"{CORE}:99")],
            "0.500 (1 of 2) | none | 1.000 (1 of 1) | 0.500 (1 of 2)",
        ),
        ([(SECOND, FIRST)], "0.000 (0 of 2) | none | 0.000 (0 of 1) | none"),
    ],
)
def test_a_peers_pairs_are_held_against_what_ran(
    pairs: list[tuple[str, str]], figures: str
) -> None:
    ours = StaticGraph((CALLER,), (), frozenset({CALLER}), frozenset())
    outcome = peers.Outcome("peer", "its work", 1.5, pairs)
    graph = peers._as_graph(pairs, ours, _record())
    assert peers._row(outcome, graph, _record()) == f"| peer | its work | 1.50 | {figures} |"


def test_a_peer_that_is_not_there_is_a_sentence_in_the_place_of_a_row(tmp_path: Path) -> None:
    (tmp_path / "model.py").touch()
    folder = open_path(tmp_path)
    assert peers._peer("griffe", None, folder) == (
        "griffe is skipped: name an interpreter that has it with --python."
    )
    assert peers._peer("no_such_tool", sys.executable, folder) == (
        f"no_such_tool is skipped: {sys.executable!r} cannot import no_such_tool."
    )


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
