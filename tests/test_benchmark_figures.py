"""The page of figures: its numbers on small inputs, and that the page is what the numbers say."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import costs, graph_speed, growth
from benchmarks.call_graph.observed import ObservedEdge, Record, Site, Way
from benchmarks.call_graph.static import read_static
from benchmarks.call_graph.subjects import Subject
from benchmarks.figures import micro
from benchmarks.figures.__main__ import PAGE, RESULTS
from benchmarks.figures.entered import never_entered
from benchmarks.figures.page import page
from benchmarks.figures.scores import score

MODEL = """\
class Part:
    def __init__(self):
        pass

    def forward(self):
        return help()


class Idle:
    def __init__(self):
        pass

    def forward(self):
        pass


class Model:
    def __init__(self):
        self.part = Part()
        self.idle = Idle()

    def forward(self, part):
        return part()
"""


def _symbol(name: str, line: int) -> dict[str, object]:
    return {"name": name, "kind": "method", "path": "m:m.py", "line": line}


def _edge(caller: str, callee: str | None, line: int, certainty: str) -> dict[str, object]:
    place = {"path": "m:m.py", "line": line, "column": 15, "end_line": line, "end_column": 21}
    kind = "unresolved" if callee is None else "direct"
    why = {"kind": kind, "certainty": certainty, "reason": None}
    return {"caller": caller, "callee": callee, **why, **place}


GRAPH: dict[str, Any] = {
    "entry": ["m.Model.__init__", "m.Model.forward"],
    "symbols": [
        _symbol("m.Part.__init__", 2),
        _symbol("m.Idle.__init__", 10),
        _symbol("m.Model.__init__", 18),
        _symbol("m.Model.forward", 22),
        _symbol("m.Idle.forward", 13),
    ],
    "edges": [
        _edge("m.Model.__init__", "m.Part.__init__", 19, "resolved"),
        _edge("m.Model.forward", "m.Idle.forward", 23, "possible"),
        _edge("m.Model.forward", None, 23, "resolved"),
        _edge("m.Model.__init__", "m.Idle.__init__", 20, "resolved"),
    ],
}
RECORD = Record(
    scenarios=("s",),
    versions={},
    edges=(
        ObservedEdge(Way.EXPLICIT, "m.py:18", "m.py:2", Site("m.py", 19, 15, 19, 21)),
        ObservedEdge(Way.FORWARD, "m.py:22", "m.py:5", Site("m.py", 23, 15, 23, 21)),
    ),
    names={
        "m.py:2": "m.Part.__init__",
        "m.py:5": "m.Part.forward",
        "m.py:18": "m.Model.__init__",
        "m.py:22": "m.Model.forward",
    },
    links=(),
    whole=frozenset(),
    canonical={},
)
SUBJECT = Subject("m.Model", (), "none", ("m.py",), False, "m.Model")


def test_a_row_counts_what_ran_and_what_a_place_that_ran_says() -> None:
    found = score(read_static(GRAPH, {}), RECORD, SUBJECT)
    assert (found.forward, found.own) == ((0, 1), (1, 1))
    assert (found.resolved, found.all) == ((1, 1), (1, 2))  # line 20 did not run: not judged
    assert found.unresolved == (1, 3)


def test_a_module_is_lost_if_a_run_entered_it_and_the_graph_only_built_it(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(MODEL)
    assert never_entered(GRAPH, RECORD, [tmp_path]) == (["m.py:5"], ["m.py:5"])
    without = {**GRAPH, "symbols": GRAPH["symbols"][:4]}
    assert never_entered(without, RECORD, [tmp_path]) == (["m.py:5", "m.py:13"], ["m.py:5"])


def test_the_page_is_what_the_numbers_say() -> None:
    assert PAGE.read_text("utf-8") == page(json.loads(RESULTS.read_text("utf-8")))


def test_the_column_that_another_tool_leads_stands_first() -> None:
    ours = {"forward": (1, 1), "own": (1, 2), "builtins": (1, 1), "precision": (1, 1)}
    theirs = {"forward": (0, 1), "own": (2, 2), "builtins": (0, 1), "precision": (1, 1)}
    cost = {"units": 1.0, "megabytes": 9}
    share = {"forward": (1, 1), "own": (1, 2), "builtins": (1, 1), "resolved": (1, 1)}
    row = {**share, "all": (1, 1), "unresolved": (0, 1), "built": (0, 0), "functions": 1, **cost}
    results = {
        "srcread": {"torch.nn.LSTM": row | {"pairs": ours}},
        "peers": {"jedi": {"torch.nn.LSTM": theirs | cost, "other": {"failed": "no end"}}},
    }
    [head] = [line for line in page(results).splitlines() if line.startswith("| tool |")]
    assert head.split(" | ")[1] == "own explicit calls"
    assert "jedi 0.20.1 on `other`: no end" in page(results)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("main.<module>", "main"),
        ("main.outer.<locals>.inner", "main.outer.inner"),
        ("main.<lambda>", "main.<lambda1>"),
        ("main.f.<locals>.<lambda>~2", "main.f.<lambda2>"),
        ("main.f~2", "main.f"),
        ("program.main.<module>", "main"),
    ],
)
def test_a_name_is_written_as_the_expectations_write_it(name: str, short: str) -> None:
    assert micro.short_name(name) == short


def test_a_program_is_exact_if_its_edges_are_the_expected_ones(tmp_path: Path) -> None:
    for name, expected in (("right", ["main.g", "<builtin>.len"]), ("wrong", ["main.h"])):
        folder = tmp_path / "micro-benchmark/snippets/kind" / name
        folder.mkdir(parents=True)
        (folder / "main.py").write_text(
            "def f():\n    g(len(''))\n    id(1)\n\ndef g(x):\n    pass\n"
        )
        (folder / "callgraph.json").write_text(json.dumps({"main.f": expected, "main": []}))
    measured = micro.measured(micro.programs_of_pycg(tmp_path))
    assert measured["exact"] == (1, 2)
    assert measured["inexact"] == {"kind/wrong": ["- main.f -> main.h", "+ main.f -> main.g"]}


@pytest.mark.parametrize(
    ("expected", "differs"),
    [
        (["main.dec", "main.dec.inner"], []),
        (["main.dec", "main.f"], []),
        (["main.dec", "main.dec.inner", "main.f"], []),
        (["main.dec"], ["+ main -> main.dec.inner", "+ main -> main.f"]),
        (["main.dec", "main.g", "main.f"], ["- main -> main.g"]),
    ],
)
def test_a_call_of_a_decorated_function_is_named_by_one_of_its_edges(
    tmp_path: Path, expected: list[str], differs: list[str]
) -> None:
    folder = tmp_path / "micro-benchmark/snippets/kind/name"
    folder.mkdir(parents=True)
    (folder / "main.py").write_text(
        "def dec(x):\n    def inner():\n        x()\n    return inner\n"
        "@dec\ndef f(): ...\ndef g(): ...\nf()\n"
    )
    expectation = {"main": expected, "main.dec.inner": ["main.f"]}
    (folder / "callgraph.json").write_text(json.dumps(expectation))
    measured = micro.measured(micro.programs_of_pycg(tmp_path))
    assert measured["inexact"].get("kind/name", []) == differs


@pytest.mark.parametrize("caller", ["main", "main.Net"])
def test_what_a_class_body_runs_is_named_by_the_module_or_the_class(
    tmp_path: Path, caller: str
) -> None:
    folder = tmp_path / "micro-benchmark/snippets/kind/name"
    folder.mkdir(parents=True)
    text = "def f(): ...\nclass Net:\n    x = f()\n    def g(self): ...\nNet().g()\n"
    (folder / "main.py").write_text(text)
    expectation = {"main": ["main.Net.g"], caller: ["main.f"]}
    expectation["main"] = sorted({*expectation["main"], "main.Net.g"})
    (folder / "callgraph.json").write_text(json.dumps(expectation))
    assert micro.measured(micro.programs_of_pycg(tmp_path))["inexact"] == {}


def test_a_command_is_told_by_its_status_and_cost_and_stopped_at_its_limit() -> None:
    done = costs.run([sys.executable, "-c", "print('here'); raise SystemExit(3)"])
    assert (done.status, done.out) == (3, "here\n")
    assert done.seconds > 0 and done.megabytes > 1
    assert costs.run(["sleep", "60"], limit=0.2).status is None
    with pytest.raises(OSError, match="'no-such-command' did not start"):
        costs.run(["no-such-command"])


@pytest.mark.parametrize("shape", growth.SHAPES)
def test_every_shape_grows_and_is_python(shape: str) -> None:
    small, large = ("\n".join(growth.SHAPES[shape](size)) for size in (1, 9))
    assert "def entry(" in small
    assert len(list(ast.walk(ast.parse(large)))) > len(list(ast.walk(ast.parse(small))))


def test_growth_is_told_by_its_exponent() -> None:
    assert growth.exponent((100, 1.0), (200, 4.0)) == "2.00"
    assert growth.exponent(None, (200, 4.0)) == ""
    assert growth.exponent((100, 0.01), (200, 4.0)) == ""


def test_two_builds_are_compared_and_one_without_an_answer_is_said() -> None:
    this, other = graph_speed.Taken(2.0, 50, 0.5), graph_speed.Taken(4.0, 60, None)
    assert graph_speed.cells([this, other], 1.0) == ["2.00", "50", "0.25", "4.00", "60", "", "0.50"]
    assert graph_speed.cells([this, None], 1.0)[3:] == ["no answer", "", "", ""]
