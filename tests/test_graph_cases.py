"""The graph of one construct at a time: each file of cases/ tells its own edges, at the calls.

At the end of the line on which a call starts stands what it reaches, and nothing else may be there:

    run(x)  # -> .run [direct] if fast         one callee; `.run` is of this module
    pick()(x)  # -> .pick [direct]; .a [direct] | .b [direct]    two calls; rivals of the second
    module(x)  # -> ? not known                unresolved, with a part of the reason

Calls that only reach Python's own functions may stand without: they must be there all the same.
"""

from __future__ import annotations

import ast
import re
from itertools import groupby
from pathlib import Path

import pytest

from srcread.graph.idioms import read_idioms
from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.model import CallGraph, Certainty, Edge, EdgeKind, Range
from srcread.sources import Sources, open_path

HERE = Path(__file__).parent
CASES = sorted(path.stem for path in (HERE / "cases").glob("*.py") if path.stem != "__init__")
IDIOMS = read_idioms(HERE / "data" / "idioms.toml")
EXPECTATION = re.compile(r"  # -> (.+)$")


@pytest.mark.parametrize("case", CASES)
def test_each_call_of_a_case_reaches_what_its_line_says_and_nothing_else(case: str) -> None:
    text = (HERE / "cases" / f"{case}.py").read_text("utf-8")
    graph = _graph(case)
    expected = {
        number: _rivals(match[1], case)
        for number, line in enumerate(text.split("\n"), 1)
        if (match := EXPECTATION.search(line))
    }
    assert _found(graph, case, text, expected) == expected
    assert [str(diagnostic) for diagnostic in graph.diagnostics] == []


@pytest.mark.parametrize("case", CASES)
def test_each_call_of_a_case_is_an_edge_and_only_rivals_are_possible(case: str) -> None:
    text = (HERE / "cases" / f"{case}.py").read_text("utf-8")
    graph = _graph(case)
    sites = {(edge.site.range.start, edge.site.range.end) for edge in graph.edges}
    lines = text.split("\n")
    missing = [
        ast.unparse(call)
        for name in graph.order
        if name.startswith(f"cases.{case}.")
        for call in _calls(_definition(ast.parse(text), graph, name))
        if not any(
            start.line == call.lineno
            and start.column == len(lines[call.lineno - 1].encode()[: call.col_offset].decode())
            and end.line == call.end_lineno
            for start, end in sites
        )
    ]
    assert missing == []
    for _, rivals in groupby(graph.edges, key=lambda edge: edge.site):
        certainties = [edge.certainty for edge in rivals]
        several = len(certainties) > 1
        assert set(certainties) == {Certainty.POSSIBLE if several else Certainty.RESOLVED}


def _graph(case: str) -> CallGraph:
    folders = [HERE / "cases", HERE / "data" / "tinynet"]
    sources = Sources([open_path(folder) for folder in folders])
    return build_graph(Index(sources), [f"cases.{case}"], IDIOMS)


def _rivals(text: str, case: str) -> list[list[str]]:
    """Parse what a line expects: a list of calls, each a sorted list of rivals."""
    return [
        sorted(
            f"cases.{case}{rival.strip()}" if rival.strip().startswith(".") else rival.strip()
            for rival in call.split(" | ")
        )
        for call in text.split("; ")
    ]


def _found(
    graph: CallGraph, case: str, text: str, expected: dict[int, list[list[str]]]
) -> dict[int, list[list[str]]]:
    """Write a case's edges down as its lines do; Python's own only where a line names them."""
    found: dict[int, list[list[str]]] = {}
    edges = [edge for edge in graph.edges if edge.site.caller.startswith(f"cases.{case}.")]
    edges.sort(key=lambda edge: edge.site.range)
    for site, group in groupby(edges, key=lambda edge: edge.site.range):
        line = site.start.line
        rivals = list({_as_written(edge, text): edge for edge in group}.items())
        own = all(edge.kind is EdgeKind.EXTERNAL for _, edge in rivals)
        if own and "[external]" not in str(expected.get(line)):
            continue
        told = found.setdefault(line, [])
        wanted = expected.get(line, [])
        reasons = wanted[len(told)] if len(told) < len(wanted) else []
        told.append(sorted(_shortened(written, reasons) for written, _ in rivals))
    return found


def _as_written(edge: Edge, text: str) -> str:
    if edge.kind is EdgeKind.UNRESOLVED:
        return f"? {edge.reason}"
    condition = f" if {_text_at(text, edge.condition)}" if edge.condition is not None else ""
    return f"{edge.callee} [{edge.kind.value}]{condition}"


def _shortened(written: str, reasons: list[str]) -> str:
    """Take a reason for the part of it that the line names."""
    for reason in reasons:
        if reason.startswith("? ") and written.startswith("? ") and reason[2:] in written:
            return reason
    return written


def _text_at(text: str, place: Range) -> str:
    lines = text.split("\n")
    assert place.start.line == place.end.line
    return lines[place.start.line - 1][place.start.column : place.end.column]


def _definition(tree: ast.Module, graph: CallGraph, name: str) -> ast.AST:
    line = graph.symbols[name].line
    (node,) = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno == line
    )
    return node


def _calls(function: ast.AST) -> list[ast.Call]:
    """Return the calls of a function, without those of the functions inside it."""
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    calls: list[ast.Call] = []
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call):
            calls.append(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            waiting.extend(node.decorator_list)
        else:
            waiting.extend(ast.iter_child_nodes(node))
    return calls


def test_what_is_folded_is_not_walked_into_unless_it_is_the_entry() -> None:
    assert "tinynet.compiler.compiled" not in _graph("idiom_folded").order
    sources = Sources([open_path(HERE / "data" / "tinynet")])
    graph = build_graph(Index(sources), ["tinynet.compiler.compiled"], IDIOMS)
    assert graph.order == ("tinynet.compiler.compiled", "tinynet.compiler.optimise")


def test_a_folded_callee_says_why_and_has_its_symbol() -> None:
    graph = _graph("idiom_folded")
    (edge,) = (edge for edge in graph.edges if edge.callee == "tinynet.compiler.compiled")
    assert edge.reason == "folded: compiles what it is given"
    symbol = graph.symbols["tinynet.compiler.compiled"]
    assert (symbol.path, symbol.line, symbol.range.last_line) == ("tinynet/compiler.py", 1, 2)


def test_there_are_cases_for_many_constructs() -> None:
    assert len(CASES) >= 90
