"""The recorder of benchmarks/call_graph and the comparison on top of it.

What is recorded is a small package, by the process that the benchmark itself starts.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]

CODE = """\
import dataclasses
import functools


def plain():
    return 1


def numbers():
    yield plain()


def keeps(function):
    @functools.wraps(function)
    def wrapper(*values):
        return function(*values)

    return wrapper


@keeps
def decorated():
    return 2


class Thing:
    def __init__(self):
        self.value = plain()

    @property
    def size(self):
        return 3

    def chain(self, *values):
        return self

    def __add__(self, other):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        return None


def calls():
    thing = (
        Thing()
        .chain()
        .chain(
            plain(),
        )
    )
    return [plain() for _ in "ab"], thing


def loops():
    return sum(number for number in numbers())


def stored():
    values = numbers()
    for value in values:
        return value


def wraps():
    return decorated()


def implicit(thing):
    with Thing():
        thing + thing
    sorted([1], key=key)
    return thing.size + (
        thing.chain()
        .size
    )


@dataclasses.dataclass
class Made:
    size: int = 1

    def __post_init__(self):
        self.size += 1


def makes():
    return Made(2)


def key(value):
    return value


def half(flag):
    if flag:
        return plain()
    return 0


def entry():
    calls(), loops(), stored(), wraps(), implicit(Thing()), half(False), makes()
    here = "é"; plain()


def imported():
    return plain()


def imports():
    import tiny.late
"""
LATE = """\
from tiny import code

code.imported()
"""
SCENARIOS = """\
from tiny import code


def prepare():
    pass


def scenarios():
    return {"all": code.entry, "import": code.imports}
"""
WRAPPED = """\
import torch


class Wrapped(torch.nn.Module):
    @torch.no_grad()
    def forward(self, value):
        return value
"""
TORCH = """\
import tinynn
import torch


def prepare():
    torch.manual_seed(0)


def linear():
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Dropout(), tinynn.Wrapped())
    model[1].register_forward_hook(lambda module, inputs, output: None)
    model(torch.ones(1, 2))


def scenarios():
    return {"linear": linear}
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package that is recorded, and its scenarios."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "tiny").mkdir()
    (folder / "tiny" / "__init__.py").write_text("")
    (folder / "tiny" / "code.py").write_text(CODE, "utf-8")
    (folder / "tiny" / "late.py").write_text(LATE)
    (folder / "tiny_scenarios.py").write_text(SCENARIOS)
    return folder


@pytest.fixture(scope="module")
def edges(tiny: Path) -> set[tuple[str, str, str, str]]:
    """What was observed: way, caller, the text of the site, callee."""
    return _edges(json.loads(_record(tiny, "tiny_scenarios", ["tiny"])), CODE)


def _record(folder: Path, scenarios: str, packages: list[str], **more: Any) -> str:
    request = {"scenarios": scenarios, "packages": packages, "natives": more.get("natives", [])}
    environment = {**os.environ, "PYTHONHASHSEED": more.get("seed", "0")}
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.call_graph.record"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment | {"PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])},
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def _edges(record: dict[str, Any], text: str) -> set[tuple[str, str, str, str]]:
    lines = text.splitlines()
    found = set()
    for edge in record["edges"]:
        site, names = edge["site"], record["names"]
        last = lines[site["end_line"] - 1][: site["end_column"]]
        first = lines[site["line"] - 1][site["column"] :]
        shown = last[site["column"] :] if site["line"] == site["end_line"] else first + "..." + last
        caller, callee = names[edge["caller"]], names.get(edge["callee"], edge["callee"])
        short = caller.removeprefix("tiny.code."), callee.removeprefix("tiny.code.")
        found.add((edge["way"], short[0], shown, short[1]))
    return found


def _of(edges: set[tuple[str, str, str, str]], caller: str) -> set[tuple[str, str, str]]:
    return {(way, site, callee) for way, by, site, callee in edges if by == caller}


def test_a_call_is_recorded_at_the_exact_range_of_its_expression(
    edges: set[tuple[str, str, str, str]],
) -> None:
    assert _of(edges, "calls") == {
        ("explicit", "Thing()", "Thing.__init__"),
        ("explicit", "Thing()...        .chain()", "Thing.chain"),
        ("explicit", "Thing()...        )", "Thing.chain"),
        ("explicit", "plain()", "plain"),
    }


def test_columns_are_counted_in_characters(edges: set[tuple[str, str, str, str]]) -> None:
    assert ("explicit", "plain()", "plain") in _of(edges, "entry")


def test_a_generator_is_called_where_its_call_stands(edges: set[tuple[str, str, str, str]]) -> None:
    assert _of(edges, "loops") == {("explicit", "numbers()", "numbers")}
    assert _of(edges, "stored") == {("explicit", "numbers()", "numbers")}
    assert _of(edges, "numbers") == {("explicit", "plain()", "plain")}


def test_what_a_dataclass_runs_once_it_is_made_is_called_where_it_is_made(
    edges: set[tuple[str, str, str, str]],
) -> None:
    assert ("explicit", "Made(2)", "Made.__post_init__") in _of(edges, "makes")


def test_what_has_no_call_expression_is_implicit(edges: set[tuple[str, str, str, str]]) -> None:
    found = _of(edges, "implicit")
    assert ("explicit", "Thing()", "Thing.__init__") in found
    assert {callee for way, _, callee in found if way == "implicit"} == {
        "Thing.__add__",
        "Thing.__enter__",
        "Thing.__exit__",
        "Thing.size",
        "key",
    }
    properties = {site for way, site, callee in found if callee == "Thing.size"}
    assert properties == {"thing.size", "thing.chain()...        .size"}
    explicit = {callee for way, _, callee in found if way == "explicit"}
    assert explicit == {"Thing.__init__", "Thing.chain"}


def test_a_wrapper_keeps_what_it_went_on_to(tiny: Path) -> None:
    record = json.loads(_record(tiny, "tiny_scenarios", ["tiny"]))
    names = record["names"]
    called = [edge for edge in record["edges"] if names[edge["caller"]] == "tiny.code.wraps"]
    assert [names[edge["callee"]] for edge in called] == ["tiny.code.keeps.<locals>.wrapper"]
    assert [[names[place] for place in edge["via"]] for edge in called] == [["tiny.code.decorated"]]


def test_a_function_ran_whole_only_if_every_line_ran(tiny: Path) -> None:
    record = json.loads(_record(tiny, "tiny_scenarios", ["tiny"]))
    whole = {record["names"].get(place) for place in record["whole"]}
    assert "tiny.code.calls" in whole
    assert "tiny.code.half" not in whole


def test_what_an_import_runs_counts_neither_as_lines_nor_as_edges(
    tiny: Path, edges: set[tuple[str, str, str, str]]
) -> None:
    record = json.loads(_record(tiny, "tiny_scenarios", ["tiny"]))
    whole = {record["names"].get(place) for place in record["whole"]}
    assert "tiny.code.imports" in whole
    assert "tiny.code.imported" not in whole
    assert _of(edges, "imported") == set()


def test_the_record_is_the_same_whatever_the_hash_seed_and_names_no_path(tiny: Path) -> None:
    first = _record(tiny, "tiny_scenarios", ["tiny"], seed="1")
    assert first == _record(tiny, "tiny_scenarios", ["tiny"], seed="2")
    assert str(tiny) not in first


@pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
def test_a_module_call_goes_to_the_forward_and_a_builtin_by_one_name(tmp_path: Path) -> None:
    (tmp_path / "torch_scenarios.py").write_text(TORCH)
    (tmp_path / "tinynn").mkdir()
    (tmp_path / "tinynn" / "__init__.py").write_text(WRAPPED)
    natives = ["torch._C._nn.linear", "torch._C._nn.no_such_thing"]
    packages = ["torch", "tinynn"]
    record = json.loads(_record(tmp_path, "torch_scenarios", packages, natives=natives))
    names = record["names"]
    forwards = [edge for edge in record["edges"] if edge["way"] == "forward"]
    through = [names[place] for edge in forwards for place in edge["via"]]
    assert through == ["tinynn.Wrapped.forward"]
    found = {
        (edge["way"], names[edge["caller"]], names.get(edge["callee"], edge["callee"]))
        for edge in record["edges"]
    }
    nn = "torch.nn.modules"
    linear, sequential = f"{nn}.linear.Linear.forward", f"{nn}.container.Sequential.forward"
    assert {("forward", sequential, linear), ("native", linear, natives[0])} <= found
    assert ("forward", sequential, f"{nn}.dropout.Dropout.forward") in found  # it has a hook
    assert not [callee for _, _, callee in found if callee.endswith("_call_impl")]
    assert record["canonical"] == {natives[0]: natives[0], natives[1]: None}


def _compared(
    *static: tuple[str, str | None, str],
    observed: list[tuple[str, int, str]],
    links: tuple[tuple[str, str], ...] = (),
) -> Any:
    """Compare edges of `a` (callee, reason, kind), each on a line of its own from line 2 on.

    What was observed is way, line and callee; the caller is `d` from line 31 on, else `a`.
    """
    package = "benchmarks.call_graph"
    vocabulary = importlib.import_module(f"{package}.observed")
    graph = {
        "entry": ["m.a"],
        "symbols": [
            {"name": f"m.{name}", "kind": "function", "path": "m:m.py", "line": line}
            for name, line in (("a", 1), ("b", 10), ("c", 20), ("d", 30))
        ],
        "edges": [
            {
                "caller": "m.a",
                "callee": callee or None,
                "kind": kind,
                "certainty": "resolved",
                "reason": reason,
                "path": "m:m.py",
                "line": 2 + number,
                "column": 4,
                "end_line": 2 + number,
                "end_column": 7,
            }
            for number, (callee, reason, kind) in enumerate(static)
        ],
    }
    canonical = {"x.native": "x.native", "x.gone": None}
    seen = [
        vocabulary.ObservedEdge(
            vocabulary.Way(way),
            "m.py:30" if line > 30 else "m.py:1",
            callee,
            vocabulary.Site("m.py", line, 4, line, 7),
        )
        for way, line, callee in observed
    ]
    record = vocabulary.Record(
        scenarios=("s",),
        versions={},
        edges=tuple(seen),
        names={"m.py:1": "m.a", "m.py:10": "m.b", "m.py:20": "m.c", "m.py:30": "m.d"},
        links=links,
        whole=frozenset({"m.py:1"}),
        canonical=canonical,
    )
    static_graph = importlib.import_module(f"{package}.static").read_static(graph, canonical)
    return importlib.import_module(f"{package}.compare").compare(static_graph, record, ["m.py"])


def _row(figures: Any, what: str) -> tuple[tuple[int, int], tuple[int, int]]:
    [row] = [row for row in figures.rows if row.what == what]
    return row.sites, row.pairs


def test_recall_counts_sites_and_pairs() -> None:
    figures = _compared(
        ("m.b", None, "direct"),
        ("m.c", None, "direct"),
        observed=[
            ("explicit", 2, "m.py:10"),
            ("explicit", 3, "m.py:10"),
            ("explicit", 3, "m.py:30"),
        ],
    )
    core = _row(figures, "recall: explicit calls of Python functions, core")
    assert core == ((1, 3), (1, 2))


def test_only_what_runs_below_the_entry_counts() -> None:
    aside = _compared(("m.b", None, "direct"), observed=[("explicit", 31, "m.py:20")])
    assert aside.misses == ()
    below = _compared(
        ("m.b", None, "direct"),
        observed=[("implicit", 5, "m.py:10"), ("explicit", 31, "m.py:20")],
        links=(("m.py:1", "~sorted"), ("~sorted", "m.py:30")),
    )
    [miss] = below.misses
    assert miss.cause == (
        "its caller is not walked: behind m.a -> ~sorted, in functions that are not read"
    )
    assert _row(below, "recall: implicit calls, all callers")[0] == (0, 1)


def test_a_static_edge_that_did_not_run_is_told() -> None:
    figures = _compared(
        ("m.b", None, "direct"),
        ("m.c", None, "direct"),
        ("m.d", None, "direct"),
        observed=[("explicit", 2, "m.py:10"), ("explicit", 3, "m.py:10")],
    )
    assert _row(figures, "precision bound: functions whose every line ran")[0] == (1, 3)
    assert _row(figures, "precision: sites seen to call, Python")[0] == (1, 2)
    assert [(edge.callee, edge.why) for edge in figures.false_edges] == [
        ("m.c", "something else was called here"),
        ("m.d", "every line ran"),
    ]


def test_a_miss_gives_its_cause() -> None:
    figures = _compared(
        ("", "the parameter 'x' may hold anything", "unresolved"),
        ("m.c", None, "direct"),
        ("x.gone", None, "native"),
        observed=[
            ("explicit", 2, "m.py:10"),
            ("explicit", 3, "m.py:10"),
            ("native", 4, "x.native"),
            ("explicit", 5, "m.py:10"),
        ],
    )
    assert [(miss.site.line, miss.cause) for miss in figures.misses] == [
        (2, "not resolved: the parameter 'x' may hold anything"),
        (3, "the graph names m.c"),
        (5, "no edge stands at the site"),
        (4, "the graph names x.gone, which does not exist"),
    ]


def test_an_unknown_entry_is_told_with_the_nearest() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.call_graph", "torch.nn.LSTN"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert ran.returncode == 2
    assert "'torch.nn.LSTN'" in ran.stdout
    assert "Did you mean 'torch.nn.LSTM'?" in ran.stdout
