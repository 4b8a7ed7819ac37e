"""The example of the site with recorded runs: three scenarios of its model, written out as values.

`plain` runs the model, `masked` with a mask, and the forced `broken` stops at the first layer.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from srcread.graph.observe import seen_calls, with_seen
from srcread.model import (
    Case,
    Decision,
    Depends,
    Device,
    Environment,
    Operation,
    Reason,
    ReasonCode,
    Scenario,
    ScenarioGroup,
    Span,
    Trace,
)
from srcread.site import TourView
from srcread.site.runs.condense import KnownLines, condense, ordered
from srcread.site.runs.ends import Source
from srcread.site.scenarios import FunctionRuns, TourRuns
from support.reasons import LIMITS
from support.site_example import METHODS, SOURCE, between, graph, view

FORWARD, LAYER, SCALE = "pkg.model.Model.forward", "pkg.model.Layer.forward", "pkg.model.scale"
ENVIRONMENT = Environment("3.11.7", "linux", {"pkg": "1.5"}, Device("cpu", "cpu"), LIMITS)
OPERATIONS = (Operation("aten::t"), Operation("aten::linear", (0,)))
SCENARIOS = {
    "plain": Scenario("plain", Path("plain.py"), "As it comes", ScenarioGroup.READING, False, "x"),
    "masked": Scenario("masked", Path("m.py"), "With a mask", ScenarioGroup.WHY_NOT, False, "xx"),
    "broken": Scenario("broken", Path("b.py"), "A wrong input", ScenarioGroup.ERRORS, True, "xx"),
}
EXECUTABLE = {
    "pkg.model.Model.__init__": (3, 4),
    FORWARD: (14, 15, 16, 17),
    LAYER: (22,),
    SCALE: (26,),
}


def with_runs(
    never: Mapping[str, Sequence[tuple[int, str, Mapping[str, str]]]] | None = None,
    traces: Sequence[Trace] | None = None,
    scenarios: Mapping[str, Scenario] = SCENARIOS,
    titles: Mapping[str, Mapping[str, str]] | None = None,
) -> TourView:
    """Return the example with these traces, else with all three."""
    chosen = traces if traces is not None else (plain(), masked(), broken())
    runs = ordered(chosen, scenarios, [FORWARD], titles)
    known = never or {}
    texts = condense(
        runs, list(METHODS), source, lambda name: KnownLines(EXECUTABLE[name], known.get(name, ()))
    )
    functions = {name: FunctionRuns(text) for name, text in texts.items()}
    seen = seen_calls(graph(), chosen)
    told = TourRuns(tuple(scenario for scenario, _ in runs), functions, seen)
    return replace(view(), runs=told, graph=with_seen(graph(), seen))


def plain() -> Trace:
    """Two cases of `scale`: the one that `forward` calls, and that which it calls itself."""
    inner = case(SCALE, {"x": "(2,) f32", "factor": "0"}, ["return scale(x"])
    outer = case(SCALE, {"x": "(2,) f32", "factor": "2.0"}, ["return scale(x"])
    place = spot(SCALE, "scale(x, factor) if")
    call = replace_end(place, "scale(x, factor)")
    outer = replace(outer, calls={call: ((0, 1),)})
    layer = case(LAYER, {"self": "<Layer>", "x": "(2,) f32"}, ["return native"])
    layer = replace(
        layer,
        values={layer.ran[0]: ("(2,) f32",)},
        operations={layer.ran[0]: (1,)},
    )
    return trace("plain", inner, outer, layer, forward(False))


def masked() -> Trace:
    inner = case(SCALE, {"x": "(2,) f32", "factor": "0"}, ["return scale(x"])
    layer = case(LAYER, {"self": "<Layer>", "x": "(2,) f32"}, ["return native"])
    return trace("masked", inner, inner, layer, forward(True))


def broken() -> Trace:
    layer = case(LAYER, {"self": "<Layer>", "x": "None"}, ["return native"])
    return trace("broken", replace(layer, raised="TypeError: no tensor"))


def forward(is_masked: bool) -> Case:
    """Return a case of Model.forward, which calls case 2 of a layer, and case 1 of `scale`."""
    texts = ["hidden = self.layer", "if mask", "return scale(h"]
    texts[2:2] = ["hidden = self.pick"] if is_masked else []
    mask = "(2,) bool" if is_masked else "None"
    one = case(FORWARD, {"self": "<Model>", "x": "(2,) f32", "mask": mask}, texts)
    test = spot(FORWARD, "mask is not None")
    test = replace_end(test, "mask is not None")
    call = replace_end(spot(FORWARD, "self.layer(x)"), "self.layer(x)")
    last = replace_end(spot(FORWARD, "scale(hidden.relu(), 2.0)"), "scale(hidden.relu(), 2.0)")
    return replace(
        one,
        values={one.ran[0]: ("(2,) f32",)},
        tests={test: (Decision(is_masked, test, is_masked, (mask,)),)},
        calls={call: ((2, 1),), last: ((1, 1),)},
    )


def trace(scenario: str, *cases: Case) -> Trace:
    return Trace(
        scenario, ENVIRONMENT, "2026-01-02", Depends(""), cases, OPERATIONS,
        (len(cases) - 1,), {"pkg.model.Model.__init__": Reason(ReasonCode.GENERATOR)},
    )  # fmt: skip


def case(name: str, arguments: Mapping[str, str], texts: Sequence[str]) -> Case:
    """Return a case in which the statements that begin with these texts ran."""
    return Case(name, arguments, tuple(spot(name, text) for text in texts), {}, {}, {}, {})


def spot(name: str, text: str) -> Span:
    """Return the place of a text in a function, up to the end of its line."""
    whole = between(*METHODS[name])
    lines = SOURCE.split("\n")
    for line in range(whole.first_line, whole.last_line + 1):
        if text in lines[line - 1]:
            offset = line - whole.first_line
            return Span(offset, lines[line - 1].index(text), offset, len(lines[line - 1]))
    raise AssertionError(text)


def replace_end(place: Span, text: str) -> Span:
    return place._replace(end_column=place.column + len(text))


def source(name: str) -> Source:
    first = between(*METHODS[name]).first_line
    nodes = ast.walk(ast.parse(SOURCE))
    node = next(
        item for item in nodes if isinstance(item, ast.FunctionDef) and item.lineno == first
    )
    return Source(node, SOURCE.split("\n"), first)
