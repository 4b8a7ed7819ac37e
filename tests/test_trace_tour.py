"""The traces that the shipped tour holds: what they cover, their sizes, and the graph with them."""

from __future__ import annotations

import hashlib
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest

from srcread.evidence.traces.files import read_traces
from srcread.evidence.traces.scenario import read_scenario, scenario_paths
from srcread.graph.observe import observe
from srcread.model import Certainty, EdgeKind, ScenarioGroup
from srcread.opening.coverage import coverage
from srcread.opening.tour import OpenTour, open_tour

FOLDER = Path(__file__).parent.parent / "annotations" / "torch-transformer"

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="needs torch's sources")


@pytest.fixture(scope="module")
def opened() -> OpenTour:
    return open_tour(FOLDER, words=False)


def test_every_scenario_has_a_trace_of_its_text_and_none_is_too_large() -> None:
    traces, problems = read_traces(FOLDER)
    assert problems == ()
    by_name = {trace.scenario: trace for trace in traces}
    scenarios = [read_scenario(path)[0] for path in scenario_paths(FOLDER)]
    for scenario in scenarios:
        assert scenario is not None
        data = scenario.text.encode()
        digest = by_name[scenario.stem].depends.script
        assert digest == hashlib.sha256(data).hexdigest(), scenario.stem
    assert len(scenarios) == len(traces)
    assert max(path.stat().st_size for path in (FOLDER / "traces").iterdir()) <= 60_000
    groups = Counter(scenario.group for scenario in scenarios if scenario)
    assert set(groups) == set(ScenarioGroup)


def test_the_forwards_are_run_but_for_lines_with_a_reason(opened: OpenTour) -> None:
    lines, findings = coverage(opened)
    assert findings == ()
    executable = sum(len(item.executable) for item in lines)
    assert len(lines) == 7
    assert sum(len(item.ran) for item in lines) >= 0.95 * executable


def test_no_trace_names_a_machine() -> None:
    text = "".join(path.read_text("utf-8") for path in (FOLDER / "traces").iterdir())
    assert not any(word in text for word in ("/tmp", "/home", "/root", "site-packages", "0x7"))


def test_the_attention_function_has_a_case_for_each_of_its_three_callers() -> None:
    (trace,) = [item for item in read_traces(FOLDER)[0] if item.scenario == "causal"]
    cases = [c for c in trace.cases if c.symbol.endswith("multi_head_attention_forward")]
    assert len(cases) == 3
    shapes = {(case.arguments["query"], case.arguments["key"]) for case in cases}
    assert shapes == {
        ("(10, 3, 32) f32", "(10, 3, 32) f32"),
        ("(7, 3, 32) f32", "(7, 3, 32) f32"),
        ("(7, 3, 32) f32", "(10, 3, 32) f32"),
    }


def test_a_refusal_tells_the_operand_and_the_element_that_decided() -> None:
    (trace,) = [item for item in read_traces(FOLDER)[0] if item.scenario == "why-layer-hook"]
    (case,) = [c for c in trace.cases if c.symbol.endswith("EncoderLayer.forward")]
    (decision,) = [d for tests in case.tests.values() for d in tests if d.element]
    assert (decision.outcome, decision.element) == (True, "element 3: 1 for <Linear>")


def test_the_graph_with_traces_keeps_every_edge_and_marks_those_that_ran(opened: OpenTour) -> None:
    graph = opened.code.graph
    merged = observe(graph, read_traces(FOLDER)[0])
    static = {(edge.site, edge.callee, edge.kind) for edge in graph.edges}
    assert static <= {(edge.site, edge.callee, edge.kind) for edge in merged.edges}
    observed = [edge for edge in merged.edges if edge.certainty is Certainty.OBSERVED]
    forwards = [edge for edge in observed if edge.kind is EdgeKind.FORWARD]
    assert len(forwards) >= 25
    assert observe(graph, ()).edges == graph.edges
    assert [edge.site for edge in merged.edges if edge.site.caller not in graph.order] == []
