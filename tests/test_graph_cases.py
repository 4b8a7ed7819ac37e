"""The graph of one construct at a time: each file of cases/ tells its own edges, at the calls.

At the end of the line on which a call starts stands what it reaches, and nothing else may be there:

    run(x)  # -> .run [direct] if fast         one callee; `.run` is of this module
    pick()(x)  # -> .pick [direct]; .a [direct] | .b [direct]    two calls; rivals of the second
    A()  # -> .A.__new__ [constructor] & .A.__init__ [constructor]    both run
    sorted(xs, key=f)  # -> perhaps .f [direct]    it may be called from what is not read
    module(x)  # -> ? not known                unresolved, with a part of the reason

Calls that only reach Python's own functions may stand without: they must be there all the same.
"""

from __future__ import annotations

import ast
import re
from itertools import groupby
from pathlib import Path

import pytest
from support.graph_calls import calls_of, functions_of

from srcread.graph.idioms import read_idioms
from srcread.graph.present import graph_as_tree
from srcread.graph.stored import dump_graph, load_graph
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
    lines, functions = text.split("\n"), functions_of(ast.parse(text))
    missing = [
        ast.unparse(call)
        for name in graph.order
        if name.startswith(f"cases.{case}.")
        if not name.rpartition(".")[2].startswith("<lambda>")
        for call in calls_of(functions[graph.symbols[name].line])
        if not any(
            start.line == call.lineno
            and start.column == len(lines[call.lineno - 1].encode()[: call.col_offset].decode())
            and end.line == call.end_lineno
            for start, end in sites
        )
    ]
    assert missing == []
    for _, edges in groupby(graph.edges, key=lambda edge: edge.site):
        possible = [edge for edge in edges if edge.certainty is Certainty.POSSIBLE]
        assert len(possible) != 1 or "may be called" in str(possible[0].reason)


def test_a_call_of_too_many_functions_names_all_and_walks_into_none() -> None:
    entry = "cases.dict_large.through"
    graph = build_graph(Index(Sources([open_path(HERE / "cases")])), [entry])
    many = [edge for edge in graph.edges if edge.reason is not None]
    assert len(many) == 28
    assert {edge.reason for edge in many} == {
        "one of 14 that may be called here: too many to be walked into"
    }
    tree = [line for line in graph_as_tree(graph) if line.endswith(str(many[0].reason))]
    assert len(tree) == 2 and all(" and 11 more (possible)" in line for line in tree)
    assert graph.order == (entry,)


def test_of_too_many_functions_the_one_is_walked_into_that_the_text_falls_back_on() -> None:
    entry = "cases.dict_large_default.run"
    graph = build_graph(Index(Sources([open_path(HERE / "cases")])), [entry])
    assert [name for name in graph.order if name.count(".") == 2] == [
        "cases.dict_large_default.run",
        "cases.dict_large_default.a",
        "cases.dict_large_default.done",
    ]


def test_quoted_annotations_keep_their_own_values_however_many_there_are(tmp_path: Path) -> None:
    forms = ("C{}", "list[C{}]", "C{} | None", "dict[str, C{}]", "Optional[C{}]", "quoted.C{}")
    uses = ("x", "x[0]", "x", "x['a']", "x", "x")
    lines = ["from typing import Optional", "import quoted"]
    for n in range(300):
        lines += [f"class C{n}:", "    def go(self):", "        pass"]
        lines += [f"def f{n}(x: {forms[n % 6].format(n)!r}):", f"    {uses[n % 6]}.go()"]
    (tmp_path / "quoted.py").write_text("\n".join([*lines, ""]), "utf-8")
    graph = build_graph(Index(Sources([open_path(tmp_path)])), ["quoted"])
    found = {edge.site.caller: edge.callee for edge in graph.edges}
    assert found == {f"quoted.f{n}": f"quoted.C{n}.go" for n in range(300)}


def _graph(case: str) -> CallGraph:
    folders = [HERE / "cases", HERE / "data" / "tinynet"]
    sources = Sources([open_path(folder) for folder in folders])
    return build_graph(Index(sources), [f"cases.{case}"], IDIOMS)


def _rivals(text: str, case: str) -> list[list[list[str]]]:
    """Parse what a line expects: calls, of all that run at each of them, the rivals."""
    return [
        sorted(
            sorted(_full(rival.strip(), case) for rival in all_run.split(" | "))
            for all_run in call.split(" & ")
        )
        for call in text.split("; ")
    ]


def _full(written: str, case: str) -> str:
    word, _, name = written.rpartition("perhaps ")
    perhaps = "perhaps " if word or written.startswith("perhaps ") else ""
    return perhaps + (f"cases.{case}{name}" if name.startswith(".") else name)


def _found(
    graph: CallGraph, case: str, text: str, expected: dict[int, list[list[list[str]]]]
) -> dict[int, list[list[list[str]]]]:
    """Write a case's edges down as its lines do; Python's own only where a line names them."""
    found: dict[int, list[list[list[str]]]] = {}
    edges = [edge for edge in graph.edges if edge.site.caller.startswith(f"cases.{case}.")]
    edges.sort(key=lambda edge: edge.site.range)
    for site, group in groupby(edges, key=lambda edge: edge.site.range):
        line = site.start.line
        named = "[external]" in str(expected.get(line))
        seen = {
            (_as_written(edge, text), edge.certainty): edge
            for edge in group
            if named or edge.kind is not EdgeKind.EXTERNAL
        }
        if not seen:
            continue
        told = found.setdefault(line, [])
        wanted = expected.get(line, [])
        here = wanted[len(told)] if len(told) < len(wanted) else []
        reasons = [part for parts in here for part in parts]
        told.append(_all_run([_shortened(written, reasons) for written, _ in seen], seen))
    return found


def _all_run(written: list[str], seen: dict[tuple[str, Certainty], Edge]) -> list[list[str]]:
    """Put the rivals at a site together; what certainly runs stands alone."""
    pairs = list(zip(written, seen.values(), strict=True))
    certain = [[name] for name, edge in pairs if edge.certainty is Certainty.RESOLVED]
    rivals = [name for name, edge in pairs if edge.certainty is Certainty.POSSIBLE]
    perhaps = [f"perhaps {rivals[0]}"] if len(rivals) == 1 else sorted(rivals)
    return sorted([*certain, perhaps] if perhaps else certain)


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


def test_quiet_hooks_are_recorded_apart_and_not_walked() -> None:
    graph = _graph("idiom_quiet")
    lines = [(edge.callee, edge.site.range.first_line) for edge in graph.quiet]
    assert lines == [
        ("tinynet.Hooked.__getattr__", 12),
        ("tinynet.Hooked.__setattr__", 8),
        ("tinynet.Hooked.__setattr__", 9),
    ]
    assert {edge.reason for edge in graph.quiet} == {
        "folded: notes what is set",
        "folded: finds what was noted",
    }
    assert "tinynet.record" not in graph.order
    assert load_graph(dump_graph(graph)) == graph


def test_no_rule_names_a_frameworks_class() -> None:
    rules = sorted((HERE.parent / "srcread" / "graph").rglob("*.py"))
    strings = [
        (path.name, node.value)
        for path in rules
        for tree in [ast.parse(path.read_text("utf-8"))]
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if re.fullmatch(r"(torch|tensorrt_llm|transformers|tensorrt)(\.\w+)+", node.value)
    ]
    assert strings == []


def test_there_are_cases_for_many_constructs() -> None:
    assert len(CASES) >= 120
